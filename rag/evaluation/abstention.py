"""Whether answers rest on the right sentences, and are declined where the articles do not hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.domain import Answer, Filters
from rag.evaluation.asking import Asker, added, mean, rows_of, share
from rag.evaluation.intervals import interval
from rag.evaluation.scorers import load_scorers
from rag.newsroom import Newsroom

_DRAWS = 200  # of an AUC, whose every draw compares all pairs


@dataclass(frozen=True, slots=True)
class _Case:
    """One question: whether it can be answered, whether it was declined, how sure the answer was, how well it cites."""

    answerable: bool
    abstained: bool
    support: float
    cited: float | None = None


def clapnq(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks the questions of `data/clapnq`, each of its own passage.

    `citation_f1`: the best agreement of the cited sentences with those an annotator picked, averaged over all
    answerable questions (0 where declined); `citation_f1_answered` over those answered. `auc`: of `support`, for
    answerable against not. Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    rows = rows_of(data / "clapnq" / "dev.jsonl")
    ids = {row["qid"]: added(room, row["passage"], title=row["title"]) for row in rows}
    room.wait()
    asker, cases = Asker(), []
    for row in rows:
        answer = asker.ask(room, row["question"], Filters(article=ids[row["qid"]]))
        cited = None
        if row["answerable"]:
            text = room.article(ids[row["qid"]] or "").text
            cited_sentences = _cited(answer, text, row["sentences"])
            cited = (
                float(scorers.sentence_citation(cited_sentences, row["selected_sentences"])["f1"])
                if cited_sentences
                else 0.0
            )
        cases.append(_Case(bool(row["answerable"]), answer.abstained, answer.support, cited))
    every = {row["qid"]: item.cited for row, item in zip(rows, cases, strict=True) if item.cited is not None}
    answered = [item.cited for item in cases if item.cited is not None and not item.abstained]
    return {
        **_declined(scorers, cases),
        "citation_f1_answered": round(mean(answered), 3),
        "citation_f1_answered_interval": interval(answered, mean),
        **asker.counts(),
        "items": {"citation_f1": every},
    }


def squad(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks the questions of `data/squad2_sample`, each of its own paragraph; `held`: share of the answerable whose
    answer holds an accepted span. Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    rows = rows_of(data / "squad2_sample" / "dev.jsonl")
    ids = {row["qid"]: added(room, row["context"], title=row["context"][:60]) for row in rows}
    room.wait()
    asker, cases, held = Asker(), [], []
    for row in rows:
        answer = asker.ask(room, row["question"], Filters(article=ids[row["qid"]]))
        cases.append(_Case(not row["is_impossible"], answer.abstained, answer.support))
        if not row["is_impossible"]:
            held.append(any(scorers.squad_norm(one) in scorers.squad_norm(answer.answer) for one in row["answers"]))
    return {**_declined(scorers, cases), "held": round(share(held), 3), **asker.counts()}


def null_queries(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks the questions of `data/multihoprag` of a library of its facts, an article for each source.

    `abstain_r`: share of the questions that no article answers which are declined. Raises UnreadableSource where the
    data is absent.
    """
    scorers = load_scorers(data)
    for row in rows_of(data / "multihoprag" / "evidence_corpus.jsonl"):
        added(
            room,
            "\n\n".join(row["facts"]),
            title=row["title"],
            outlet=row["source"],
            byline=row["author"],
            published=date.fromisoformat(row["published_at"][:10]),
            url=row["url"],
        )
    room.wait()
    asker, cases, by_type = Asker(), [], dict[str, list[bool]]()
    for row in rows_of(data / "multihoprag" / "dev.jsonl"):
        answer = asker.ask(room, row["question"])
        cases.append(_Case(row["question_type"] != "null_query", answer.abstained, answer.support))
        by_type.setdefault(row["question_type"], []).append(not answer.abstained)
    return {
        **_declined(scorers, cases),
        "answered_by_type": {name: round(share(values), 3) for name, values in sorted(by_type.items())},
        **asker.counts(),
    }


def _declined(scorers: Any, cases: Sequence[_Case]) -> dict[str, object]:
    """Counts, how well support tells answerable from not, and precision, recall and F1 of declining."""

    def auc(items: Sequence[_Case]) -> float:
        labels = [item.answerable for item in items]
        return float(scorers.auc([item.support for item in items], labels)) if len(set(labels)) > 1 else 0.5

    def recall(items: Sequence[_Case]) -> float:
        return share([item.abstained for item in items])

    scores = scorers.abstention_scores([(item.answerable, item.abstained) for item in cases])
    answerable = [item for item in cases if item.answerable]
    impossible = [item for item in cases if not item.answerable]
    return {
        "questions": len(cases),
        "answerable": len(answerable),
        "auc": round(auc(cases), 3),
        "auc_interval": interval(cases, auc, draws=_DRAWS),
        **{name: round(float(value), 3) for name, value in scores.items()},
        "abstain_r_interval": interval(impossible, recall),
        "coverage_interval": interval(answerable, lambda items: 1 - recall(items)),
    }


def _cited(answer: Answer, text: str, sentences: Iterable[str]) -> list[str]:
    """The data's sentences of which at least half of the characters are cited; blanks don't count."""
    return cited_of([(item.start, item.end) for item in answer.citations], text, sentences)


def cited_of(places: Iterable[tuple[int, int]], text: str, sentences: Iterable[str]) -> list[str]:
    """Of given sentences of a text those of which at least half of the characters lie in these places."""
    cited = {at for start, end in places for at in range(start, end)}
    chosen, at = [], 0
    for sentence in sentences:
        places_of_chars = []
        for char in (char for char in sentence if not char.isspace()):
            place = text.find(char, at)
            if place < 0:
                break
            places_of_chars.append(place)
            at = place + 1
        if places_of_chars and sum(place in cited for place in places_of_chars) * 2 >= len(places_of_chars):
            chosen.append(sentence)
    return chosen
