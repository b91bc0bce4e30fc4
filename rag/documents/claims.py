"""Whether the text of an article bears out a field that is shown with its words: speaker, role, venue or day.

Export and check use the same functions on the same texts: a field that the text does not have is exported with the mark
"(inferred)" or "(given by hand)", and a field without a mark must be in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from rag.domain import Citation, DraftSentence, Evidence, EvidenceSentence, Month, Outcome, Span, Statement
from rag.text.dates.in_text import event_days, resolve
from rag.text.places import acts_for_state, place_of, places_in, same_place
from rag.text.quotations import quotations
from rag.text.terms import words
from rag.verification import verify

Texts = dict[tuple[str, str], str]
INFERRED_MARK, BY_HAND_MARK = " (inferred)", " (given by hand)"
_DOT = re.compile(r"\s*·\s*")


def without_middle_dots(text: str) -> str:
    """The text with hyphens for middle dots, which separate fields."""
    return _DOT.sub(" - ", text)


def occurs_in(value: str, texts: Sequence[str]) -> bool:
    """True if one of the texts has every word of a field, or names the same state in another way: by another name, or
    by a city or seat of government that acts for it."""
    target = words(value)
    state = place_of(value)
    for text in texts:
        text_words = _word_set(text)
        if target and all(word in text_words for word in target):
            return True
        for place in places_in(text) if state else ():
            if same_place(value, text[place.start : place.end]):
                return True
            if state and place.country == state[1] == value and acts_for_state(place, text):
                return True
    return False


@lru_cache(maxsize=64)
def _word_set(text: str) -> frozenset[str]:
    return frozenset(words(text))


def date_is_cited(day: date, citations: Sequence[Citation], texts: Texts) -> bool:
    """True if a cited article appeared on that day, or if its cited words name the day."""
    for item in citations:
        if item.published == day:
            return True
        if item.published is None:
            continue
        text = texts.get((item.article_id, item.version), "")
        if any(mention.day == day for mention in event_days(text[item.start : item.end], item.published)):
            return True
    return False


def date_resolves(day: date, basis: str | None, citations: Sequence[Citation], texts: Sequence[str]) -> bool:
    """True if a text has the words that a day was read from, and they mean that day relative to a day of publication.
    Without such words, true if a cited article appeared on that day.
    """
    if not basis:
        return any(item.published == day for item in citations)
    if isinstance(day, Month):
        return occurs_in(basis, texts)
    anchors = {item.published for item in citations if item.published}
    return occurs_in(basis, texts) and any(resolve(basis, anchor) == day for anchor in anchors)


def has_quotation(citations: Sequence[Citation], texts: Texts) -> bool:
    """True if a quotation in a source overlaps the cited span."""
    for item in citations:
        text = texts.get((item.article_id, item.version), "")
        if any(item.start < one.span.end and one.span.start < item.end for one in quotations(text)):
            return True
    return False


def why_unsupported(
    text: str,
    citations: Sequence[Citation],
    texts: Texts,
    speaker: str | None,
    *,
    by_hand: bool,
    outcome: Outcome,
) -> str:
    """Why a sentence in other words fails the check that precedes display; empty if it passes. One whose outcome is
    `unconfirmed` is shown with the mark that words of it are missing from its source, so only a contradiction counts.
    """
    statement = Statement(
        speaker=speaker, kind="indirect", source=None, cue=None, content=(), text="", article_id="", version="",
        corrected=by_hand,
    )  # fmt: skip
    sources = tuple(
        EvidenceSentence.of(item, Span(item.start, item.end), texts[item.article_id, item.version], sid=str(item.n))
        for item in citations
    )
    evidence = Evidence(sentences=sources, texts=texts)
    reason = ""
    for form in (text, f"{speaker}: {text}") if speaker else (text,):
        check = verify(DraftSentence(text=form, sids=tuple(one.sid for one in sources), statement=statement), evidence)
        if check.outcome != "withheld" or (outcome == "unconfirmed" and check.objections[0].severity == "missing"):
            return ""
        reason = reason or check.note or ""
    return reason
