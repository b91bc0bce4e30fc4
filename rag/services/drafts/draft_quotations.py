"""Reading the quotations of a draft: where they stand, block quotations included, and to whom it gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.domain import Fragment, Span, Statement
from rag.knowledge.tables import words_of
from rag.knowledge.words import ARTICLES
from rag.text.name_forms import same_name
from rag.text.places import is_given_name
from rag.text.quotations import quotations
from rag.text.sentences import lines, sentences, trimmed
from rag.text.terms import STOPWORDS, UNSPACED, words
from rag.verification.attributions import attributions_in

FEWEST_WORDS = 3  # a shorter quotation may be a title or a word in scare quotes
_FEWEST_UNSPACED = 6  # letters, in a script without blanks
_FULL_NAME = re.compile(r"[A-Z][\w’'-]+(?: [A-Z]\.)?(?: [A-Z][\w’'-]+)+")
_QUOTED_BLOCK = re.compile(r"[ \t]*>[ \t>]*(?=\S)")
_WITHIN_BLOCK = re.compile(r"\s*\n[ \t]*>[ \t>]*")  # between two lines of one block
_SENTENCE_END = re.compile(r"[.!?…][”\"’'»)]*\s*$")
_SPEECH_DASH = re.compile(r"(?:[—–―]|--?)[ \t]*(?=\w)")
_TAG_EDGE, _BETWEEN = ",?!…—–―-", " \t,—–―-"  # what stands before "Lund said", and is no part of what Lund said
_MOST_BEHIND_TAG = 9  # words of a sentence behind its "Lund said"
_OWN_PERSONS = words_of("function_words", "of_who_speaks")
_WHO = re.compile(r"[A-Z]|he\b|she\b|they\b")


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

    @property
    def is_open(self) -> bool:
        """True where a mark is missing at one end, so that the text does not show how far the quotation goes."""
        return self.span != self.inner and (self.span.start == self.inner.start or self.span.end == self.inner.end)


def quotation_spans(text: str) -> list[tuple[Span, Span]]:
    """The spans of the quotations of a draft, block quotations (`> ...`) and lines of a dialogue with a dash included,
    each with its marks and without. Lines of a block that follow each other are one quotation, unless a sentence ends
    with the line. Without its closing mark a quotation ends at the words that say who speaks, else with its paragraph.
    """
    spans = []
    for item in quotations(text):
        inner = item.inner if item.closed else _before_tag(text, item.inner) or item.inner
        spans.append((item.span if item.closed else Span(item.span.start, inner.end), inner))
    spans += [
        (Span(line.start, inner.end), inner) for line, inner in _dash_lines(text) if _is_speech(text, line, inner)
    ]
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


def count_unread_dashes(text: str) -> int:
    """How many lines begin with a dash and say who speaks, but are not certain to be the speaker's own words."""
    return sum(not _is_speech(text, line, inner) for line, inner in _dash_lines(text))


def _dash_lines(text: str) -> Iterator[tuple[Span, Span]]:
    """The lines without quotation marks that a dash begins and that say who speaks, each with what was said."""
    for line in lines(text):
        dash = _SPEECH_DASH.match(text, line.start, line.end)
        if dash and not quotations(line.of(text)) and (inner := _before_tag(text, Span(dash.end(), line.end))):
            yield line, inner


def _is_speech(text: str, line: Span, inner: Span) -> bool:
    """True for words in the first or second person behind a dash: others may be an item of a list, in its writer's
    words, and so may all behind a hyphen.
    """
    return text[line.start] != "-" and not _OWN_PERSONS.isdisjoint(words(inner.of(text)))


def _before_tag(text: str, span: Span) -> Span | None:
    """What stands before the first sentence end like "..., Lund said" or "... — said Ada Lund"; None without one."""
    whole = span.of(text)
    for sentence in sentences(whole):
        part = sentence.of(whole)
        for item in attributions_in(part):
            source = item.source.strip()
            at = part.rfind(source, 0, item.end)
            at = sentence.start + (at if at >= 0 else item.end - len(item.cue))
            behind = words(part[item.end :].replace(source, "", 1))
            if whole[:at].rstrip()[-1:] in _TAG_EDGE and len(behind) <= _MOST_BEHIND_TAG and _WHO.search(source):
                end = len(whole[:at].rstrip(_BETWEEN))
                return trimmed(text, span.start, span.start + end)
    return None


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
        is_short = len(tokens) < FEWEST_WORDS and len(UNSPACED.findall(inner.of(text))) < _FEWEST_UNSPACED
        if not tokens or (is_short and statement is None):
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
