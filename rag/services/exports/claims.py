"""What the text of an article can tell about a field that is shown with its words: it stands there, or it does not.

Export and check use the same functions on the same texts: what does not stand in the text is exported with the words
"(inferred)" or "(given by hand)", and what comes without them must stand there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from rag.domain import Citation, DraftSentence, Evidence, EvidenceSentence, Month, Span, Statement
from rag.text.dates.in_text import mentions, resolve
from rag.text.places import acts_for_state, place_of, places_in, same_place
from rag.text.quotations import quotations
from rag.text.terms import words
from rag.verification import verify

Texts = dict[tuple[str, str], str]
INFERRED, BY_HAND = " (inferred)", " (given by hand)"
_DOT = re.compile(r"\s*·\s*")


def field(text: str) -> str:
    """A field that may stand between middle dots."""
    return _DOT.sub(" - ", text)


def occurs_in(shown: str, texts: Sequence[str]) -> bool:
    """True if every word of a field occurs in one of the texts, as it is or under another name of its state; a city
    or seat of government counts where it acts for the state."""
    wanted = words(shown)
    state = place_of(shown)
    for text in texts:
        held = _words(text)
        if wanted and all(word in held for word in wanted):
            return True
        for place in places_in(text) if state else ():
            if same_place(shown, text[place.start : place.end]):
                return True
            if state and place.country == state[1] == shown and acts_for_state(place, text):
                return True
    return False


@lru_cache(maxsize=64)
def _words(text: str) -> frozenset[str]:
    return frozenset(words(text))


def date_is_cited(day: date, citations: Sequence[Citation], texts: Texts) -> bool:
    """True if the day is one on which a cited article appeared, or that its cited words name."""
    for item in citations:
        if item.published == day:
            return True
        if item.published is None:
            continue
        text = texts.get((item.article_id, item.version), "")
        if any(mention.day == day for mention in mentions(text[item.start : item.end], item.published)):
            return True
    return False


def date_resolves(day: date, basis: str | None, citations: Sequence[Citation], held: Sequence[str]) -> bool:
    """True if the words that a day was read from stand in the text and name that day as seen from a publication."""
    if not basis:
        return any(item.published == day for item in citations)
    if isinstance(day, Month):
        return occurs_in(basis, held)
    anchors = {item.published for item in citations if item.published}
    return occurs_in(basis, held) and any(resolve(basis, anchor) == day for anchor in anchors)


def has_quotation(citations: Sequence[Citation], texts: Texts) -> bool:
    """True if a quotation of a source touches the span that is cited of it."""
    for item in citations:
        text = texts.get((item.article_id, item.version), "")
        if any(item.start < one.span.end and one.span.start < item.end for one in quotations(text)):
            return True
    return False


def why_unsupported(
    text: str, citations: Sequence[Citation], texts: Texts, speaker: str | None, *, by_hand: bool
) -> str:
    """Why a sentence in other words does not pass the check that every sentence passes before it is shown, else ''."""
    statement = Statement(
        speaker=speaker, kind="indirect", source=None, cue=None, content=(), text="", article_id="", version="",
        corrected=by_hand,
    )  # fmt: skip
    cited = tuple(
        EvidenceSentence(
            sid=str(item.n), article_id=item.article_id, version=item.version, start=item.start, end=item.end,
            text=Span(item.start, item.end).of(texts[item.article_id, item.version]), title=item.title,
            outlet=item.outlet, published=item.published,
        )
        for item in citations
    )  # fmt: skip
    evidence = Evidence(sentences=cited, texts=texts)
    reason = ""
    for form in (text, f"{speaker}: {text}") if speaker else (text,):
        checked = verify(DraftSentence(text=form, sids=tuple(one.sid for one in cited), statement=statement), evidence)
        if checked.outcome != "withheld":
            return ""
        reason = reason or checked.note or ""
    return reason
