"""Statements that the articles do not give something ("gaps"), and whether a search confirms them.

"The articles do not give the day of the strike" rests on no sentence, so it is checked the other way round: it stands
where nothing on its subject has a value of the kind that it misses, and where nothing at all tells what it misses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.domain import DraftSentence, EvidenceSentence
from rag.text.dates.in_text import mentions
from rag.text.terms import content_words
from rag.verification.tokens import similar

_TEXTS = r"(?:articles?|passages?|sources?|reports?|texts?|coverage|librar(?:y|ies)|sentences?|material)"
_GIVES = (
    r"(?:giv|sa(?:y|id)|stat|mention|nam|tell|told|report|specif|identif|quot|explain|includ|record|contain|hold|cover"
    r"|address|answer|describ|provid|disclos|indicat|make clear|set out|detail|list|cit|show|note|discuss)\w*"
)
_LEADS_UP = rf"^(?:[^,]{{1,60}},\s+)?(?:the|these|those|all|both|available|cited)\b[^,.]{{0,40}}?\b{_TEXTS}\s+"
_NOT = r"(?:\s+not|n['’]t)\s+(?:\w+ly\s+)?"
_WHAT = r"\s*(?P<what>.*)$"
# Forms of a sentence about what the articles lack; what follows them is what they lack.
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        _LEADS_UP + r"(?:themselves\s+|here\s+)?(?:do(?:es)?|did|have|has)" + _NOT + _GIVES + _WHAT,
        _LEADS_UP + _GIVES + r"\s+no\b" + _WHAT,
        (
            r"^(?:none|nothing|neither|no\s?one)\s+(?:of|in|among)\s+(?:the|these|those)\b[^,.]{0,40}?\b"
            rf"{_TEXTS}\s+(?:\w+ly\s+)?{_GIVES}{_WHAT}"
        ),
        rf"^no\s+(?:\w+\s+)?{_TEXTS}\s+(?:\w+ly\s+)?{_GIVES}{_WHAT}",
        (
            rf"^(?P<what>.+?)\s+(?:is|are|was|were){_NOT}{_GIVES}"
            rf"(?P<where>\s+(?:in|by|anywhere in)\s+(?:the|these|any of the)\b.{{0,40}}\b{_TEXTS})?[.]?$"
        ),
    )
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?"
    r"|billions?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![.!?“\"]\s)(?<!^)\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)+")
# Words for a kind of value.
_VALUES = (
    ("reason", r"why|for what reasons?|reasons?|causes?"),
    ("outcome", r"whether"),
    ("day", r"(?:exact |precise )?(?:days?|dates?)|on (?:what|which) day"),
    ("time", r"when|time|months?|years?"),
    ("number", r"how (?:many|much)|numbers?|figures?|amounts?|costs?|prices?|totals?|sums?|shares?|sizes?"),
    ("name", r"names?|who|which (?:person|official|company)|identit(?:y|ies)"),
)
_TIME = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\byesterday\b|\btoday\b|\btomorrow\b|\bago\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|owing|due|thanks|result\w*|caus\w+|since|so|as|for|therefore|reasons?|after|over|amid|in order"
    r"|blam\w+|citing|cited|fear\w*|why|explain\w*|said|says)\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"\b(?:demand\w*|ask\w*|call\w* (?:for|on)|urge[sd]?|want\w*|may|might|could|should|if|whether|hope[sd]?"
    r"|plan(?:s|ned)?|propos\w+)\b",
    re.IGNORECASE,
)
_FILLERS = frozenset(
    "exact precise detail further specific say give whether why how what which who when where any day date time number"
    " figure name question article subject matter reason information official anything".split()
)
_CITED_SHARE = 0.5  # share of the words of what is missing from which on a sentence may give it that is cited for that
_ANY_SHARE = 0.8  # the same for any sentence
_SUBJECT_SHARE = 0.6  # share of the words of what is missing that a sentence has which is about it


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the articles are said to lack: its words, and the kind of value that it is, if any: reason, outcome, day,
    time, number or name."""

    text: str
    value: str | None


def gap_in(draft: DraftSentence) -> Gap | None:
    """What a draft says is missing from the articles; None where it says no such thing, or something else besides."""
    if ";" in draft.text:
        return None
    for form in _FORMS:
        if match := form.match(draft.text.strip()):
            named = match.groupdict().get("where", "the articles")  # "no day is given" may be about one source
            if draft.sids and draft.claim != "gap" and not named:
                return None
            what = match["what"].strip(" .") or draft.text
            kinds = (name for name, pattern in _VALUES if re.search(rf"\b(?:{pattern})\b", what, re.IGNORECASE))
            return Gap(text=what, value=next(kinds, None))
    return None


def find_gap_answer(
    gap: Gap, question: str, sentences: Sequence[EvidenceSentence], *, cited: bool = False
) -> EvidenceSentence | None:
    """The sentence that gives what is said to be missing, the best one first; None where none does.

    What is missing by a kind of value ("the day of the strike") is given by a sentence on the same subject that has
    such a value; anything else by a sentence that has nearly all of its words. Of `cited` sentences, which are on its
    subject, half of the words or their like will do.
    """
    wanted = _subject_terms(gap.text) or _subject_terms(question)
    if not wanted:
        return None
    candidates: list[tuple[float, EvidenceSentence]] = []
    for item in sentences:
        held = set(content_words(item.text))
        alike = (term for term in wanted if term in held or (cited and any(similar(term, one) for one in held)))
        share = sum(1 for _ in alike) / len(wanted)
        if share >= (_CITED_SHARE if cited else _SUBJECT_SHARE if gap.value else _ANY_SHARE) and (
            not gap.value or _has_value(gap.value, item)
        ):
            candidates.append((share, item))
    return max(candidates, key=lambda pair: pair[0])[1] if candidates else None


def _subject_terms(text: str) -> set[str]:
    return set(content_words(text)) - {term for word in _FILLERS for term in content_words(word)}


def _has_value(value: str, item: EvidenceSentence) -> bool:
    if value == "day":
        return any(True for _ in mentions(item.text, item.published or date.min.replace(year=2000)))
    if value == "reason":
        return bool(_REASON.search(item.text))
    if value == "outcome":
        return not _UNDECIDED.search(item.text)
    if value == "time":
        return bool(_TIME.search(item.text))
    return bool((_NUMBER if value == "number" else _NAME).search(item.text))
