"""What kind of answer a question wants, by its wording."""

from __future__ import annotations

import re
from enum import StrEnum

from rag.knowledge.tables import words_of
from rag.text.canonical import fold


class QuestionKind(StrEnum):
    """The shape of the answer: `PLAIN` is any that has no shape of its own."""

    PLAIN = "plain"
    CURRENT = "current"  # newest first, what is older is marked
    LATEST = "latest"  # the newest alone
    COUNT = "count"  # of articles
    LIST = "list"  # of everybody who spoke of it
    AGAINST = "against"
    FOR = "for"


_COUNT = re.compile(
    r"^\W*(?:in )?how many (?:articles|stories|reports|pieces|texts)\b.*?"
    r"\b(?:mention(?:s|ed)?|about|cover(?:s|ed)?|discuss(?:ed)?|refer(?:red)? to|deal(?:t)? with|name|on)\s+",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^\W*(?:(?:please )?(?:list|name|give me|show)\s+(?:everyone|everybody|all (?:the )?(?:people|those|speakers)|all)"
    r"|who (?:all|else)?)\s*(?:who|that)?\s*(?:has|have|had)?\s*"
    r"(?:commented|spoken|talked|spoke|said (?:some|any)thing|weighed in|remarked)\s+(?:on|about|of)\s+",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"^\W*(?:(?:list|name|which people|(?:list |name )?(?:everyone|everybody|all (?:those|people)))\s*)*(?:who)\s+"
    r"(?:else |all |has |have |had |is |are |was |were |speaks? |came out |in )*(?P<verb>\w+)(?:\s+(?:of|to|the))*\s+",
    re.IGNORECASE,
)
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|last (?:said|say|thing|statement|word|comment))\b"
    r"|\blast\s*\?*$",
    re.IGNORECASE,
)
_CURRENT = re.compile(
    r"\b(?:position|stance|current(?:ly)?|at present|these days|nowadays|who leads|who is the)\b|\bnow\s*\?*$"
    r"|\bwhat (?:does|do) .{1,80}?\b(?:say|think|want)\b",
    re.IGNORECASE,
)


def question_kind(text: str) -> QuestionKind:
    """The kind of answer that a question wants; of several kinds the narrowest."""
    if _COUNT.match(text):
        return QuestionKind.COUNT
    if _LIST.match(text):
        return QuestionKind.LIST
    if side := _side(text):
        return side
    if _LATEST.search(text):
        return QuestionKind.LATEST
    return QuestionKind.CURRENT if _CURRENT.search(text) else QuestionKind.PLAIN


def subject_of(text: str) -> str:
    """What a question that counts, lists or asks for a side is about, without its article; empty for others."""
    form = _COUNT.match(text) or _LIST.match(text) or (_SIDE.match(text) if _side(text) else None)
    rest = text[form.end() :] if form else ""
    return re.sub(r"^(?:the|an?)\s+", "", rest.strip(" ?.!"), flags=re.IGNORECASE)


def _side(text: str) -> QuestionKind | None:
    if not (match := _SIDE.match(text)):
        return None
    for kind, key in ((QuestionKind.AGAINST, "asks_against"), (QuestionKind.FOR, "asks_for")):
        if any(_begins(match["verb"], cue) for cue in words_of("sides", key)):
            return kind
    return None


def _begins(word: str, cue: str) -> bool:
    word = fold(word)
    return word == cue if len(cue) < 4 else word.startswith(cue) and len(word) - len(cue) < 6
