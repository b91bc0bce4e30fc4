"""Whether answers cite the right sentences, and are declined if the articles do not have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.domain import Answer, Filters
from rag.evaluation.asking import Asker, add_article
from rag.evaluation.data import bootstrap_interval, load_scorers, mean, read_rows
from rag.newsroom import Newsroom

_DRAWS = 200  # of an AUC, whose every draw compares all pairs


@dataclass(frozen=True, slots=True)
class _Case:
    """One question: whether it is answerable, whether it was declined, the support of its answer, and the F1 of its
    citations."""

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
    rows = read_rows(data / "clapnq" / "dev.jsonl")
    ids = {row["qid"]: add_article(room, row["passage"], title=row["title"]) for row in rows}
    room.wait()
    asker, cases = Asker(), []
    for row in rows:
        answer = asker.ask(room, row["question"], Filters(article=ids[row["qid"]]))
        citation_f1 = None
        if row["answerable"]:
            text = room.article(ids[row["qid"]] or "").text
            answer_sentences = _cited_by_answer(answer, text, row["sentences"])
            citation_f1 = (
                float(scorers.sentence_citation(answer_sentences, row["selected_sentences"])["f1"])
                if answer_sentences
                else 0.0
            )
        cases.append(_Case(bool(row["answerable"]), answer.abstained, answer.support, citation_f1))
    f1_by_question = {row["qid"]: item.cited for row, item in zip(rows, cases, strict=True) if item.cited is not None}
    answers = [item.cited for item in cases if item.cited is not None and not item.abstained]
    return {
        **_abstention_scores(scorers, cases),
        "citation_f1_answered": round(mean(answers), 3),
        "citation_f1_answered_interval": bootstrap_interval(answers, mean),
        **asker.counts(),
        "items": {"citation_f1": f1_by_question},
    }


def squad(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks the questions of `data/squad2_sample`, each of its own paragraph; `held`: share of the answerable whose
    answer holds an accepted span. Raises UnreadableSource where the data is absent.
    """
    scorers = load_scorers(data)
    rows = read_rows(data / "squad2_sample" / "dev.jsonl")
    ids = {row["qid"]: add_article(room, row["context"], title=row["context"][:60]) for row in rows}
    room.wait()
    asker, cases, hits = Asker(), [], []
    for row in rows:
        answer = asker.ask(room, row["question"], Filters(article=ids[row["qid"]]))
        cases.append(_Case(not row["is_impossible"], answer.abstained, answer.support))
        if not row["is_impossible"]:
            hits.append(any(scorers.squad_norm(one) in scorers.squad_norm(answer.answer) for one in row["answers"]))
    return {**_abstention_scores(scorers, cases), "held": round(mean(hits), 3), **asker.counts()}


def null_queries(data: Path, room: Newsroom) -> dict[str, object]:
    """Asks the questions of `data/multihoprag` of a library of its facts, an article for each source.

    `abstain_r`: share of the questions that no article answers which are declined. Raises UnreadableSource where the
    data is absent.
    """
    scorers = load_scorers(data)
    for row in read_rows(data / "multihoprag" / "evidence_corpus.jsonl"):
        add_article(
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
    for row in read_rows(data / "multihoprag" / "dev.jsonl"):
        answer = asker.ask(room, row["question"])
        cases.append(_Case(row["question_type"] != "null_query", answer.abstained, answer.support))
        by_type.setdefault(row["question_type"], []).append(not answer.abstained)
    return {
        **_abstention_scores(scorers, cases),
        "answered_by_type": {name: round(mean(values), 3) for name, values in sorted(by_type.items())},
        **asker.counts(),
    }


def _abstention_scores(scorers: Any, cases: Sequence[_Case]) -> dict[str, object]:
    """Counts, the AUC of support for answerable questions, and precision, recall and F1 of declining."""

    def auc(items: Sequence[_Case]) -> float:
        labels = [item.answerable for item in items]
        return float(scorers.auc([item.support for item in items], labels)) if len(set(labels)) > 1 else 0.5

    def recall(items: Sequence[_Case]) -> float:
        return mean([item.abstained for item in items])

    scores = scorers.abstention_scores([(item.answerable, item.abstained) for item in cases])
    answerable = [item for item in cases if item.answerable]
    impossible = [item for item in cases if not item.answerable]
    return {
        "questions": len(cases),
        "answerable": len(answerable),
        "auc": round(auc(cases), 3),
        "auc_interval": bootstrap_interval(cases, auc, draws=_DRAWS),
        **{name: round(float(value), 3) for name, value in scores.items()},
        "abstain_r_interval": bootstrap_interval(impossible, recall),
        "coverage_interval": bootstrap_interval(answerable, lambda items: 1 - recall(items)),
    }


def _cited_by_answer(answer: Answer, text: str, sentences: Iterable[str]) -> list[str]:
    """The data's sentences with at least half of their characters cited, blanks not counted."""
    return sentences_at([(item.start, item.end) for item in answer.citations], text, sentences)


def sentences_at(places: Iterable[tuple[int, int]], text: str, sentences: Iterable[str]) -> list[str]:
    """The sentences of a text with at least half of their characters in the places, half-open intervals."""
    cited_characters = {at for start, end in places for at in range(start, end)}
    selection, at = [], 0
    for sentence in sentences:
        found_at = []
        for char in (char for char in sentence if not char.isspace()):
            place = text.find(char, at)
            if place < 0:
                break
            found_at.append(place)
            at = place + 1
        if found_at and sum(place in cited_characters for place in found_at) * 2 >= len(found_at):
            selection.append(sentence)
    return selection
