"""The order in which an answer is read, on every screen and in every file, and its citations numbered in that order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from rag.domain import Answer, AnswerSentence, Citation, answer_text
from rag.verification.citation_ledger import conflict_with_numbers, renumbered, with_numbers


def in_reading_order(answer: Answer) -> Answer:
    """The answer with its direct answer first, then what its first speaker says, then the other speakers, newest first;
    the outlets' own sentences come last, unless the answer opens with one. Each speaker stands once. A comparison keeps
    the order of its parties, a sequence that of its sentences. Citations are numbered as a reader meets them.
    """
    sentences = _ordered(answer)
    new, citations = renumbered((n for item in sentences for n in item.citations), answer.citations)
    sentences = [with_numbers(item, new) for item in sentences]
    return replace(
        answer,
        sentences=tuple(sentences),
        citations=citations,
        conflicts=tuple(conflict_with_numbers(item, new) for item in answer.conflicts),
        answer=answer_text(sentences),
    )


def _ordered(answer: Answer) -> list[AnswerSentence]:
    items = answer.sentences
    if answer.is_sequence:
        return list(items)
    direct = [item for item in items if item.kind == "synthesis"] or [item for item in items if item.answer_span][:1]
    rest = [item for item in items if item not in direct]
    outlets = [item for item in rest if item.speech == "reported"]
    groups: dict[object, list[AnswerSentence]] = {}
    for item in rest:
        if item not in outlets:
            speaker = item.statement.speaker if item.statement else None
            groups.setdefault(speaker or id(item), []).append(item)
    speakers = list(groups.values())
    if not answer.is_by_party:
        speakers = _newest_first(speakers, answer.citations, keep_first=not direct)
    voices = [item for group in speakers for item in group]
    opens_with_outlet = not direct and rest[:1] == outlets[:1]
    return [*direct, *outlets, *voices] if opens_with_outlet else [*direct, *voices, *outlets]


def _newest_first(
    groups: Sequence[list[AnswerSentence]], citations: Iterable[Citation], *, keep_first: bool
) -> list[list[AnswerSentence]]:
    """Each speaker's sentences, and the speakers by their latest one, newest first; undated ones last. With
    `keep_first` the first speaker, who answers best, stays first.
    """
    cited = {item.n: item for item in citations}

    def when(item: AnswerSentence) -> date:
        said_on = item.statement.said_on if item.statement else None
        days = [one.published for n in item.citations if (one := cited.get(n)) and one.published]
        return said_on or max(days, default=date.min)

    ordered = [sorted(items, key=when, reverse=True) for items in groups]
    ordered.sort(key=lambda items: when(items[0]), reverse=True)
    if keep_first and groups:
        ordered.sort(key=lambda items: groups[0][0] not in items)
    return ordered
