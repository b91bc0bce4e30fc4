"""What two sides dispute, as a question in words where it can be read off a sentence."""

from __future__ import annotations

import re

from rag.knowledge.words import SAYING_PATTERN

_LONGEST_QUESTION = 90  # characters
_END = r"[.!?]?[”\"]?$"
_DENIED_CLAIM = re.compile(rf"\bden(?:y|ies|ied|ying) that (?P<claim>[^,;:.!?“”\"()]+){_END}")
_SAID_CLAIM = re.compile(
    rf"\b(?:{SAYING_PATTERN}|warn(?:s|ed)?|alarm)\b[^,;:.!?“”\"()]{{0,40}}? that (?P<claim>[^,;:.!?“”\"()]+){_END}",
    re.IGNORECASE,
)
# "called it a violation of the ceasefire", "was condemned as violating a ceasefire that ..."
_CHARGE = re.compile(
    r"\b(?:call(?:s|ed)? (?:it|this|that|them|the \w+)|(?:condemn|denounc|describ|brand|criticis|criticiz)"
    r"(?:e?s|ed|ing)(?: [\w’'-]+){0,3} as|accus(?:es?|ed|ing) [^,;:.!?]{1,40}? of)\s+"
    r"(?!(?:only|to|and|or|but|for|from|about|on|in|at|when|after|before|by|with)\b)(?P<charge>[^,;:.!?“”\"()]+?)"
    r"(?=\s+(?:that|which|who)\b|[,;:.!?“”\"()]|$)",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"(?:^|\bthat )(?P<claim>(?P<subject>[^,;:.!?“”\"()]+?) "
    r"(?P<verb>did|does|do|is|are|was|were|has|have|had|will|would|can|could)"
    rf" (?:not|never) (?P<rest>[^,;:.!?“”\"()]+)){_END}"
)
_POINTS_AT = re.compile(r"\b(?:he|she|it|they|this|that|these|those|we|i|you|there|who|which)\b", re.IGNORECASE)


def denied_question(text: str, start: int, end: int) -> str:
    """What the words from `start` to `end` of a sentence deny, as a question in words where it can be read off; else
    these words.
    """
    denied = f"“{shortened(text[start:end])}”"
    match = _DENIED_CLAIM.search(text) or _NOT_SO.search(text)
    if match is None or not match.start("claim") <= start < match.end("claim"):
        return denied
    claim = match["claim"]
    if match.re is _NOT_SO:
        subject = match["subject"].removeprefix("that ").rpartition(" that ")[2]
        if match.start() == 0 and subject.split()[0] in ("The", "A", "An"):
            subject = subject[0].lower() + subject[1:]
        claim = f"{subject} {match['verb']} {match['rest']}"
    return denied if len(claim) > _LONGEST_QUESTION or _POINTS_AT.match(claim) else f"whether {claim}"


def shortened(text: str, most: int = 60) -> str:
    """Words of a text without the end of its sentence, cut where they are many."""
    text = text.rstrip('.!?"”’ ')
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def said_question(text: str) -> str | None:
    """What a sentence says that somebody says, as a question in words; None where it can't be read off."""
    match = _SAID_CLAIM.search(text)
    if match is None or _POINTS_AT.match(match["claim"]) or len(match["claim"]) > _LONGEST_QUESTION:
        return None
    return f"whether {match['claim']}"


def charge(text: str) -> re.Match[str] | None:
    """What a sentence says that somebody calls something or accuses somebody of, as the group `charge`."""
    match = _CHARGE.search(text)
    return match if match and len(match["charge"]) <= _LONGEST_QUESTION else None
