"""Whether plain questions about news stories get the sentence that answers, and the others are declined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.domain import Answer, Filters
from rag.evaluation.abstention import sentences_at
from rag.evaluation.asking import Asker, add_article
from rag.evaluation.data import bootstrap_interval, mean, read_rows
from rag.newsroom import Newsroom
from rag.text.canonical import canonical

HALVES = ("development", "held_out")


@dataclass(frozen=True, slots=True)
class _Case:
    """One question: whether its story answers it, whether it was declined; of the sentences shown, whether the first
    one answers, whether any does, and how many are no answer."""

    answerable: bool
    abstained: bool
    first: bool
    holds: bool
    shown: int
    wrong: int


def plain_questions(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks the questions of `data/questions/development.jsonl` and `held_out.jsonl`, each of its own story.

    Of each half: `first`, share of the answerable questions whose first sentence answers; `holds`, those whose answer
    has such a sentence; `declined`, share of the others; `wrong`, share of the sentences shown that do not answer.
    Raises UnreadableSource where the data is absent.
    """
    halves = {half: read_rows(data / "questions" / f"{half}.jsonl") for half in HALVES}
    ids = {row["id"]: add_story(room, row) for rows in halves.values() for row in rows}
    room.wait()
    asker = Asker()
    cases = {
        half: [
            _case(room, asker.ask(room, item["q"], Filters(article=ids[row["id"]])), ids[row["id"]], row, item)
            for row in rows
            for item in row["questions"]
        ]
        for half, rows in halves.items()
    }
    return {**{half: _scores(items) for half, items in cases.items()}, **asker.counts()}


def add_story(room: Newsroom, row: Mapping[str, Any]) -> str | None:
    """The id of the article with a story, added if need be; None if it is rejected."""
    return add_article(
        room,
        "\n\n".join(" ".join(paragraph) for paragraph in row["paragraphs"]),
        title=row["title"],
        outlet=row["outlet"],
        published=row["published"],
    )


def sentences_of(row: Mapping[str, Any]) -> list[str]:
    """The sentences of a story, as its questions and claims number them."""
    return [text for paragraph in row["paragraphs"] for text in paragraph]


def places_of(text: str, row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Start and end of each sentence of a story in the canonical text, half-open; (0, 0) for one that is not there."""
    places, at = [], 0
    for sentence in map(canonical, sentences_of(row)):
        start = text.find(sentence, at)
        at = max(at, start + len(sentence)) if start >= 0 else at
        places.append((start, start + len(sentence)) if start >= 0 else (0, 0))
    return places


def _case(
    room: Newsroom, answer: Answer, article_id: str | None, row: Mapping[str, Any], item: Mapping[str, Any]
) -> _Case:
    sentences = sentences_of(row)
    text = room.article(article_id or "").text
    places = {
        citation.n: (citation.start, citation.end) for citation in answer.citations if citation.article_id == article_id
    }
    right = {sentences[at] for at in item["answers"]}
    passable = {sentences[at] for at in item["ok"]}
    cited_by_sentence: list[set[str]] = []
    for sentence in answer.sentences if not answer.abstained else ():
        own = [places[n] for n in sentence.citations if n in places]
        cited_by_sentence.append(set(sentences_at(own, text, sentences)))
    return _Case(
        answerable=bool(right),
        abstained=answer.abstained,
        first=bool(cited_by_sentence) and bool(cited_by_sentence[0] & right),
        holds=any(cited & right for cited in cited_by_sentence),
        shown=sum(not cited & passable for cited in cited_by_sentence),
        wrong=sum(not cited & (right | passable) for cited in cited_by_sentence),
    )


def _scores(cases: Sequence[_Case]) -> dict[str, object]:
    answerable = [case for case in cases if case.answerable]
    others = [case for case in cases if not case.answerable]
    return {
        "answerable": len(answerable),
        "first": round(mean([case.first for case in answerable]), 3),
        "first_interval": bootstrap_interval([float(case.first) for case in answerable], mean),
        "holds": round(mean([case.holds for case in answerable]), 3),
        "answered": round(mean([not case.abstained for case in answerable]), 3),
        "wrong": round(sum(case.wrong for case in answerable) / max(1, sum(case.shown for case in answerable)), 3),
        "unanswerable": len(others),
        "declined": round(mean([case.abstained for case in others]), 3),
        "declined_interval": bootstrap_interval([float(case.abstained) for case in others], mean),
    }
