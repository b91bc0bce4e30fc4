"""Reading the quotations of a draft: where they stand, block quotations included, and to whom it gives them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.domain import Fragment, Span, Statement
from rag.knowledge.words import ARTICLES
from rag.text.name_forms import same_name
from rag.text.places import is_given_name
from rag.text.quotations import quotations
from rag.text.sentences import lines
from rag.text.terms import STOPWORDS, words
from rag.verification.attributions import attributions_in

FEWEST_WORDS = 3  # a shorter quotation may be a title or a word in scare quotes
_FULL_NAME = re.compile(r"[A-Z][\w’'-]+(?: [A-Z]\.)?(?: [A-Z][\w’'-]+)+")
_QUOTED_BLOCK = re.compile(r"[ \t]*>[ \t>]*(?=\S)")
_WITHIN_BLOCK = re.compile(r"\s*\n[ \t]*>[ \t>]*")  # between two lines of one block
_SENTENCE_END = re.compile(r"[.!?…][”\"’'»)]*\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuotation:
    """A quotation of a draft, with the draft's statement that it is part of, if any. `inner` is without the marks;
    `before` are the words in the same sentence that it goes on from, behind the name of who speaks; empty for none.
    """

    span: Span
    inner: Span
    text: str
    statement: Statement | None
    sentence: str
    before: str = ""


def quotation_spans(text: str) -> list[tuple[Span, Span]]:
    """The spans of the quotations of a draft, block quotations (`> ...`) included, each with its marks and without.
    Lines of a block that follow each other are one quotation, unless a sentence ends with the line.
    """
    spans = [(item.span, item.inner) for item in quotations(text)]
    blocks: list[Span] = []
    for line in lines(text):
        mark = _QUOTED_BLOCK.match(text, line.start, line.end)
        if mark is None or any(span.touches(line) for span, _ in spans):
            continue
        goes_on = bool(blocks) and _WITHIN_BLOCK.fullmatch(text, blocks[-1].end, mark.end()) is not None
        if goes_on and not _SENTENCE_END.search(blocks[-1].of(text)):
            blocks[-1] = Span(blocks[-1].start, line.end)
        else:
            blocks.append(Span(mark.end(), line.end))
    return sorted([*spans, *((block, block) for block in blocks)])


def quotations_of(
    text: str, spans: Sequence[tuple[Span, Span]], statements: Sequence[Statement], sentence_spans: Sequence[Span]
) -> list[DraftQuotation]:
    """The quotations with these spans. One or two words without a speaker are left out: a title, or a word in scare
    quotes.
    """
    items = []
    previous: Span | None = None
    for span, inner in spans:
        statement = _statement_of(inner, statements)
        tokens = words(inner.of(text))
        if not tokens or (len(tokens) < FEWEST_WORDS and statement is None):
            continue
        own = [one for one in sentence_spans if one.touches(span)]
        sentence = " ".join(_QUOTED_BLOCK.sub("", one.of(text)) for one in own)
        goes_on = previous and any(one.touches(previous) for one in own) and inner.of(text)[:1].islower()
        before = previous.of(text).strip() if previous and goes_on else ""
        previous = inner
        names = _named_sources(sentence, inner.of(text))
        if names and (statement is None or not statement.speaker or _is_apposition(statement.speaker, names, sentence)):
            statement = _said_by(names, inner, text, statement)
        items.append(
            DraftQuotation(
                span=span,
                inner=inner,
                text=_WITHIN_BLOCK.sub(" ", inner.of(text)),
                statement=statement,
                sentence=sentence,
                before="" if before[-1:] in ".?!" else before,
            )
        )
    return items


def _named_sources(sentence: str, quotation: str) -> list[str]:
    """The people whom a sentence names as the source of its quotation by a verb of saying, where it has one source."""
    sources = {item.source for item in attributions_in(sentence.replace(quotation, " " * len(quotation)))}
    source = sources.pop() if len(sources) == 1 else ""
    names = [
        one for one in _FULL_NAME.finditer(source) if is_given_name(one[0].split()[0]) and one[0][-2:-1] not in "’'"
    ]
    if not names or STOPWORDS.intersection(words(source[: names[0].start()])) - ARTICLES:
        return []  # "a spokesman for Ada Lund"
    return [one[0] for one in names]


def _is_apposition(speaker: str, names: Sequence[str], sentence: str) -> bool:
    """True for a description that stands right behind the one name: "Ada Lund, the Norland minister said"."""
    return len(names) == 1 and not same_name(speaker, names[0]) and f"{names[0]}, {speaker}" in sentence


def _said_by(names: Sequence[str], inner: Span, text: str, statement: Statement | None) -> Statement:
    speaker = " and ".join(names)
    if statement is not None:
        return replace(statement, speaker=speaker)
    content = Fragment(start=inner.start, end=inner.end, text=inner.of(text))
    return Statement(
        speaker=speaker, kind="direct", source=None, cue=None, content=(content,), text=content.text, article_id="",
        version="",
    )  # fmt: skip


def _statement_of(span: Span, statements: Sequence[Statement]) -> Statement | None:
    """The statement whose content covers most of the span; None if none covers any."""
    best = max(statements, key=lambda item: overlap_with(span, item), default=None)
    return best if best is not None and overlap_with(span, best) else None


def overlap_with(span: Span, item: Statement) -> int:
    """Characters that a span shares with the content of a statement."""
    return sum(max(0, min(span.end, part.end) - max(span.start, part.start)) for part in item.content)
