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

MEN_NAMED = frozenset(
    """
aaron abdullah adam adrian ahmed alan albert aleksandr aleksey alexander alexei ali andrew andrei anthony antonio
arthur barack ben benjamin bernard bernie bill bob boris brad brandon brian bruce carl carlos charles christopher
craig dan daniel dave david dean dennis dmitri dmitry don donald doug douglas ed edward emmanuel eric ernest
fahrettin francis francisco frank franz fred gary george gerald giorgos glenn gordon greg gregory hamid hans harold
harry hassan henry herbert howard hugh hussein ibrahim igor ivan jack jacob jake james jason jeff jeffrey jens
jeremy jerome jerry jim jimmy jorge joe john jonathan jose joseph joshua juan julian justin karl keith ken kenneth
kevin larry lars lawrence leo leonard louis luis marc mario mark martin matt matthew mehmet michael michel miguel
mike mikhail mohamed mohammed muhammad mustafa nathan neil nicholas nick nicolas nikolai olaf oleg omar oscar paul
pedro pete peter petro philip philippe phillip pierre rafael ralph ray raymond recep richard rick rob robert roger
ron ronald roy russell ryan sam samuel scott sean sergei sergey simon stefan stephen steve steven stuart ted terry
thomas tim timothy tom tony vasily victor viktor vincent vladimir volodymyr walter wayne william yuri yusuf
""".split()
)
"""Given names that nearly always are a man's: "she" is not he."""

WOMEN_NAMED = frozenset(
    """
agnes alexandra alice alicia amanda amy ana anastasia andrea angela anita ann anna anne annette annie barbara
beatrice betty beth brenda carla carmen carol caroline carolyn catherine cecilia charlotte christina christine cindy
claire claudia cynthia dana daria deborah debra denise diana diane donna dorothy elena elaine eleanor elizabeth ella
ellen emily emma erin esther eva evelyn fatima federica fiona florence frances gabriela gloria grace hannah heather
heidi helen helena hillary ingrid irene irina isabel ivana ivanka jacqueline jane janet janice jean jennifer jessica
joan joanna josephine joyce judith judy julia julie karen karin kate katherine kathleen kathryn katie kayleigh
kristen laura lauren linda lisa liz loretta louise lucia lucy madeleine margaret maria marie marine marina martha
mary megan melania melissa michelle monica nancy naomi natalia nataliya natasha nicole nina olga olivia pamela
patricia paula rachel rebecca renee rita roberta rosa rose ruth sabine samantha sandra sara sarah sharon sheila
sofia sonia sophie stephanie susan suzanne svetlana sylvia tamara tanya tatiana teresa theresa tina ursula valerie
vanessa vera veronica victoria virginia wendy yulia yvonne zeynep
""".split()
)
"""Given names that nearly always are a woman's."""
