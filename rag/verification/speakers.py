"""Words stay with the one to whom the article gives them.

Whom a sentence credits is read from its form: "Ada Lund: “…”", or the names beside a verb of saying. Quoted words may
be credited only to the speaker of a statement that holds them, or else to the only speaker of their paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.domain import Span, Statement
from rag.knowledge.words import SAID_PATTERN
from rag.text.places import country_of
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, words
from rag.verification.quotations import Key, Place, Quoted, unquoted
from rag.verification.rejection import Refused

_SAYS = re.compile(rf"\b(?:{SAID_PATTERN}|according to)\b", re.IGNORECASE)
_CREDIT = re.compile(r"^\s*([^“”\"„«:]{2,80}):\s*[“\"„«‘']")
_BEFORE, _BEHIND = 8, 4  # words around a verb of saying among which its speaker stands
_CAPITAL = re.compile(r"[^\W\d_a-z][\w’'.-]*")


def check_speakers(
    text: str,
    spans: Sequence[Place],
    quoted: Sequence[Quoted],
    statements: Sequence[Statement],
    texts: Mapping[Key, str],
) -> None:
    """Raises Refused where the sentence gives words to somebody else than its sources do."""
    outside = unquoted(text, quoted)
    around, proper = set(words(outside)), _proper(outside)
    credited = _credited(text)
    for item in quoted:
        owners = _owners(item.place, statements, texts)
        if not owners and _unread(item.place, statements) and _capitals(outside) <= _named_beside(item.place, texts):
            continue
        for one in owners if around else ():
            # The quotation itself may hold the words that say who speaks.
            mentioned = around | set(words(item.quotation.inner.of(text))) if _tells(one, item.place) else around
            if not _names(one, mentioned, proper):
                raise Refused(f"its source gives these words to {one.speaker}")
        if proper and _SAYS.search(outside) and not any(_named(one, around, proper) for one in owners):
            raise Refused("its source names no such speaker")
        if credited and not any(one.speaker and _names(one, credited, proper) for one in owners):
            given = next((one.speaker for one in owners if one.speaker), None)
            raise Refused(f"its source gives these words to {given}" if given else "its source names no such speaker")
    if not quoted:
        _indirect(text, [item for item in statements if item.speaker and _within(item, spans)])


def _indirect(text: str, here: Sequence[Statement]) -> None:
    """A verb of saying in the sentence has one of the speakers of its sources beside it."""
    verbs = list(_SAYS.finditer(text))
    if not verbs or not here:
        return
    beside: set[str] = set()
    for verb in verbs:
        beside.update(words(text[: verb.start()])[-_BEFORE:], words(text[verb.end() :])[:_BEHIND])
    beside -= STOPWORDS
    if beside and not any(_names(item, beside, set()) for item in here):
        raise Refused("its source gives this to another speaker")


def _unread(place: Place, statements: Sequence[Statement]) -> bool:
    """True if the article has not been read for statements, as in the first seconds after it was added."""
    return not any((item.article_id, item.version) == place[0] for item in statements)


def _capitals(text: str) -> set[str]:
    return {word for item in _CAPITAL.finditer(text) for word in words(item.group())} - STOPWORDS


def _named_beside(place: Place, texts: Mapping[Key, str]) -> set[str]:
    """The words outside the marks of the sentences that the quoted words stand in, where one of them is of saying."""
    key, span = place
    outside = " ".join(one.of(texts[key]) for one in sentences(texts[key], touching=[span]))
    for mark in reversed(quotations(outside)):
        outside = outside[: mark.span.start] + " " + outside[mark.span.end :]
    return set(words(outside)) if _SAYS.search(outside) else set()


def _tells(item: Statement, place: Place) -> bool:
    return any(place[1].holds(part.span) for part in (item.source, item.cue) if part)


def _alone(place: Span, paragraph: Span, text: str) -> bool:
    """True if the sentence of a place has nothing but quoted words: who says them stands in another sentence."""
    marks = [item.span for item in quotations(paragraph.of(text))]
    for span in sentences(paragraph.of(text)):
        start, end = paragraph.start + span.start, paragraph.start + span.end
        if start < place.end and place.start < end:
            own = range(span.start, span.end)
            return all(
                any(mark.start <= at < mark.end for mark in marks) for at in own if paragraph.of(text)[at].isalnum()
            )
    return False


def _proper(text: str) -> set[str]:
    """Words that stand capitalised, but for one that opens the sentence alone: "Mayor Vane", not "Officials said". A
    blank at the start stands for a quotation, and what follows that opens nothing."""
    found = list(_CAPITAL.finditer(text))
    alone = found and found[0].start() == 0 and not (len(found) > 1 and found[1].start() == found[0].end() + 1)
    return {word for item in found[1 if alone else 0 :] for word in words(item.group())} - STOPWORDS


def _credited(text: str) -> set[str]:
    """Words of the name before "Name: “", empty where the sentence is of another form."""
    found = _CREDIT.match(text)
    if not found or not _CAPITAL.search(found[1]):
        return set()
    return {word for word in words(found[1]) if word not in STOPWORDS}


def _owners(place: Place, statements: Sequence[Statement], texts: Mapping[Key, str]) -> list[Statement]:
    """The statements that hold the words; without any, those of the paragraph if they have but one speaker."""
    key, span = place
    own = [item for item in statements if (item.article_id, item.version) == key]
    if held := [item for item in own if any(part.span.touches(span) for part in item.content)]:
        return held
    text = texts[key]
    end = text.find("\n", span.end)
    paragraph = Span(text.rfind("\n", 0, span.start) + 1, end if end >= 0 else len(text))
    if not _alone(span, paragraph, text):
        return []
    near = [item for item in own if any(part.span.touches(paragraph) for part in item.content)]
    return near if len({item.speaker for item in near}) == 1 else []


def _names(item: Statement, mentioned: set[str], proper: set[str]) -> bool:
    """True if the words mention the statement's speaker, or the article names none."""
    return item.speaker is None or _named(item, mentioned, proper)


def _named(item: Statement, mentioned: set[str], proper: set[str]) -> bool:
    """True if the words mention the statement's speaker: by last name, by the words of the text, by role, or by the
    country on whose behalf it is made. The role counts only where no name stands beside it that is not the speaker's
    (`proper`): "the mayor" may be Vane, "Mayor Lund" is not."""
    other = proper and not proper & set(words(item.speaker or ""))
    role = item.role if item.role and not other and item.role.split()[-1][:1].islower() else None
    country = item.on_behalf_of if item.on_behalf_of and country_of(item.on_behalf_of) else None
    for name in (item.speaker, item.source.text if item.source else None, role, country):
        if name and (parts := [part for part in words(name) if part not in STOPWORDS]) and parts[-1] in mentioned:
            return True
    return False


def _within(item: Statement, spans: Sequence[Place]) -> bool:
    key = (item.article_id, item.version)
    return any(place == key and span.touches(part.span) for place, span in spans for part in item.content)
