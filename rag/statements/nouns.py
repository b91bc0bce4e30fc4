"""Nouns that the rules ask about, as data."""

from __future__ import annotations

PERSON_NOUNS = frozenset(
    """
activist adviser advisor aide ally ambassador analyst announcer attorney author billionaire boss businessman
businesswoman candidate captain chair chairman chairperson chairwoman chancellor chief clerk coach colonel columnist
commander commissioner congressman congresswoman consultant contender coordinator correspondent counsel critic
deputy diplomat director economist editor emperor envoy executive expert father foe founder frontrunner general
governor head historian host investigator journalist judge justice king lawmaker lawyer leader legislator lieutenant
major manager mayor minister mogul mother negotiator nominee officer official operative opponent organizer owner
partner pastor politician pollster pope premier president prince princess prosecutor producer professor queen rabbi
reporter representative researcher resident rival scholar scientist secretary senator sergeant sheriff speaker
specialist spokesman spokesperson spokeswoman staffer strategist student superintendent supporter surrogate teacher
treasurer veteran voter whip widow wife woman man husband son daughter brother sister winner witness worker writer
actor actress singer comedian cardinal bishop archbishop prelate ayatollah sultan emir monarch strongman statesman
tycoon magnate victim lady boy girl
""".split()
)
"""Nouns that name one person; with "the" they can stand for a name."""

WOMEN = frozenset(
    """
actress businesswoman chairwoman congresswoman daughter girl lady mother princess queen sister spokeswoman wife
woman widow
""".split()
)
"""Those that only a woman bears."""

MEN = frozenset(
    """
actor boy brother businessman chairman congressman emperor father husband king man prince pope son spokesman
statesman sultan
""".split()
)
"""Those that only a man bears."""

OCCASIONS = frozenset(
    """
address appearance briefing broadcast call ceremony chat clip column comment conference convention conversation
debate dinner email e-mail essay event forum hearing interview letter luncheon magazine meeting memo message
newspaper note op-ed panel podcast post press program programme rally reception release remark report session show
speech statement summit testimony town tweet video visit fundraiser gathering
""".split()
)
"""Nouns for where something is said or written: in *a statement*, at *a briefing*."""
