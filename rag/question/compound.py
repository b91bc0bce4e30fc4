"""Compound questions: each part is a question of its own, with its own evidence.

"What did Lund say about the ferry, and what did Holm say about taxes?" is split behind a question mark, or at an "and",
"but" or semicolon before a question word with its verb ("what did", "who won", "how many ships"). A part that refers to
an earlier one ("and when will it open?") is made standalone by the rules of `followups`. A text that may be one
question is not split: where a part has hardly a word of its own ("Who designed and who built the tower?") or a pronoun
without antecedent, and where the clause is what is asked about ("say about where and when the plant will be built").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.domain import Evidence, Span, Understood
from rag.question.conversation import Turn
from rag.question.followups import is_follow_up, rewrite_standalone
from rag.question.kinds import AnswerKind, shape_of
from rag.question.lexicon import PATTERNS
from rag.text.terms import content_words, words

_FEWEST_CONTENT_WORDS = 2  # of each part
_MOST_PARTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SubQuestion:
    """One part of a compound question: its span and wording there, and the standalone question that is answered."""

    span: Span
    original: str
    text: str

    @property
    def label(self) -> str:
        """The part as a notice calls it: as it was typed, if that says what it asks."""
        return (self.original if content_words(self.original) else self.text).rstrip(" ?.!")

    @property
    def reading(self) -> Understood:
        """The part as it is shown."""
        is_same = words(self.text) == words(self.original)
        return Understood(
            kind="part",
            value=" ".join(words(self.original)),
            text=self.original,
            start=self.span.start,
            end=self.span.end,
            note="one of several questions, answered by itself" if is_same else f"answered by itself, as “{self.text}”",
        )

    def readings(self, understood: Sequence[Understood]) -> list[Understood]:
        """The part, and what was understood of it, with offsets of the compound question; what only the standalone
        wording has is left out.
        """
        readings = [self.reading]
        for item in understood:
            at = self.original.find(item.text)
            if item.kind != "segment" and at >= 0:
                start = self.span.start + at
                readings.append(replace(item, start=start, end=start + len(item.text)))
        return readings


def split_question(question: str) -> tuple[SubQuestion, ...]:
    """The parts of a compound question, in order; empty for a single question and for one of more than four parts."""
    if sides := _both_sides(question):
        return sides
    spans = _parts(question)
    if not 1 < len(spans) <= _MOST_PARTS:
        return ()
    parts: list[SubQuestion] = []
    for span in spans:
        original = span.of(question)
        if not PATTERNS.compound_start.match(original):
            return ()
        standalone = rewrite_standalone(original, [Turn(part.text) for part in parts])
        if parts and standalone is None and is_follow_up(original):
            return ()
        text = standalone or original
        if len(content_words(text)) < (1 if standalone else _FEWEST_CONTENT_WORDS):
            return ()
        parts.append(SubQuestion(span=span, original=original, text=text if text.endswith("?") else f"{text}?"))
    return tuple(parts)


def _both_sides(question: str) -> tuple[SubQuestion, ...]:
    """Who is for and who is against something, each as a question of its own: "Who supports and who opposes the levy?",
    "Which parties are for and which against the levy?". Empty for any other question.
    """
    match = PATTERNS.both_sides.match(question)
    if match is None:
        return ()
    who, right = match["who"], match["right"]
    if PATTERNS.bare_side.match(right):
        right = f"{who} {match['helps'] or 'is'} {right}"
    elif not right.casefold().startswith(who.casefold()):
        right = f"{who} {right}"
    other = shape_of(right)
    text = f"{match['left']} {other.subject}"
    one = shape_of(text)
    if not other.subject or {one.kind, other.kind} != {AnswerKind.SIDE} or one.side == other.side:
        return ()
    spans = Span(*match.span("left")), Span(*match.span("rest"))
    texts = f"{text}?", f"{right}?"
    return tuple(
        SubQuestion(span=span, original=span.of(question), text=part) for span, part in zip(spans, texts, strict=True)
    )


def _parts(question: str) -> list[Span]:
    """The spans between the boundaries, without white space at their edges and without blank ones."""
    spans, start = list[Span](), 0
    for boundary in PATTERNS.compound_boundary.finditer(question):
        before = question[start : boundary.start()]
        if boundary["weak"] is not None and PATTERNS.embedded_question.search(before):
            continue
        end = boundary.start() + 1 if boundary["mark"] else boundary.start()
        spans += _listed(question, start, end)
        start = boundary.end()
    return [*spans, *_stripped_span(question, start, len(question))]


def _listed(question: str, start: int, end: int) -> list[Span]:
    """The questions that commas divide before an "and" with another: "When was it shut, what will it cost and ...?"."""
    spans = list[Span]()
    for comma in PATTERNS.listed_question.finditer(question, start, end):
        if PATTERNS.compound_start.match(question[start : comma.start()]):
            spans += _stripped_span(question, start, comma.start())
            start = comma.end()
    return [*spans, *_stripped_span(question, start, end)]


def _stripped_span(question: str, start: int, end: int) -> list[Span]:
    text = question[start:end]
    start += len(text) - len(text.lstrip())
    return [Span(start, start + len(text.strip()))] if text.strip() else []


def merge_evidence(several: Sequence[Evidence]) -> Evidence:
    """The evidence for several questions as one, without duplicates and with sentences numbered anew."""
    if len(several) == 1:
        return several[0]
    sentences = {(item.article_id, item.version, item.span): item for one in several for item in one.sentences}
    hits = {(item.article_id, item.version, item.start, item.end): item for one in several for item in one.hits}
    return Evidence(
        hits=tuple(hits.values()),
        sentences=tuple(replace(item, sid=f"s{n}") for n, item in enumerate(sentences.values(), start=1)),
        statements=tuple(dict.fromkeys(item for one in several for item in one.statements)),
        positions=tuple(dict.fromkeys(item for one in several for item in one.positions)),
        texts={key: text for one in several for key, text in one.texts.items()},
        quarantined=tuple(
            {(item.article_id, item.start): item for one in several for item in one.quarantined}.values()
        ),
        judged=any(one.judged for one in several),
    )
