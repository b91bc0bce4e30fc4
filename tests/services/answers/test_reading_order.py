"""What stands first in an answer, and that its citations are numbered as a reader meets them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain import Answer, AnswerSentence, Citation, Conflict, SentenceKind, Statement
from rag.newsroom import Newsroom
from rag.services.answers.reading_order import in_reading_order
from rag.ui.answer_views import answer_html


def cited(n: int, published: date | None = None) -> Citation:
    return Citation(
        n=n, article_id=f"a{n}", version="1", start=0, end=4, quote="Words", match="exact", title=f"Title {n}",
        outlet="Lakeside Courier", published=published, url=None,
    )  # fmt: skip


def said(speaker: str, *citations: int, on: date | None = None) -> AnswerSentence:
    statement = Statement(
        speaker=speaker, kind="direct", source=None, cue=None, content=(), text="", article_id="", version="",
        said_on=on,
    )  # fmt: skip
    return AnswerSentence(text=f"{speaker} {citations}", kind="quoted", citations=citations, statement=statement)


def told(*citations: int, kind: SentenceKind = "reported", span: tuple[int, int] | None = None) -> AnswerSentence:
    return AnswerSentence(text=f"{kind} {citations}", kind=kind, citations=citations, answer_span=span)


def ordered(
    *sentences: AnswerSentence,
    citations: tuple[Citation, ...],
    kind: str = "open",
    conflicts: tuple[Conflict, ...] = (),
) -> Answer:
    return in_reading_order(
        Answer(
            question="?", abstained=False, support=1.0, engine="e", answer="", sentences=sentences,
            citations=citations, kind=kind, conflicts=conflicts,
        )
    )  # fmt: skip


def speakers(answer: Answer) -> list[str]:
    return [item.statement.speaker or "" if item.statement else item.kind for item in answer.sentences]


def test_each_speaker_stands_once_the_best_first_then_the_newest_and_numbers_follow() -> None:
    found = ordered(
        said("Ida Holm", 1, on=date(2020, 1, 1)), said("Tom Reed", 2, on=date(2021, 1, 1)), told(3),
        said("Una Voss", 4, on=date(2022, 1, 1)), said("Ida Holm", 5, on=date(2023, 1, 1)),
        citations=tuple(cited(n) for n in range(1, 6)), conflicts=(Conflict(about="?", sides=((2,), (5, 1))),),
    )  # fmt: skip
    assert speakers(found) == ["Ida Holm", "Ida Holm", "Una Voss", "Tom Reed", "reported"]
    assert [item.citations for item in found.sentences] == [(1,), (2,), (3,), (4,), (5,)]
    assert [(item.n, item.article_id) for item in found.citations] == [
        (1, "a5"), (2, "a1"), (3, "a4"), (4, "a2"), (5, "a3"),
    ]  # fmt: skip
    assert found.conflicts[0].sides == ((4,), (1, 2))
    assert found.answer.splitlines()[0].endswith("[1]")


def test_the_direct_answer_stands_first_and_an_opening_report_keeps_the_reports_before_the_voices() -> None:
    both = (cited(1), cited(2), cited(3))
    value = told(3, span=(0, 4))
    assert ordered(told(1), said("Ida Holm", 2), value, citations=both).sentences[0].answer_span
    kinds = speakers(ordered(told(1), said("Ida Holm", 2), told(3), citations=both))
    assert kinds == ["reported", "reported", "Ida Holm"]
    assert speakers(ordered(said("Ida Holm", 2), told(1), told(3, kind="synthesis"), citations=both)) == [
        "synthesis", "Ida Holm", "reported",
    ]  # fmt: skip


def test_a_comparison_keeps_its_parties_in_their_order() -> None:
    days = (date(2020, 1, 1), date(2024, 1, 1))
    found = ordered(
        said("Una Voss", 1, on=days[0]), said("Tom Reed", 2, on=days[1]), citations=(cited(1), cited(2)),
        kind="comparison",
    )  # fmt: skip
    assert speakers(found) == ["Una Voss", "Tom Reed"]


SENTENCES = st.lists(
    st.tuples(
        st.sampled_from(["Ida Holm", "Tom Reed", "reported", "synthesis"]),
        st.lists(st.integers(1, 6), min_size=1, max_size=3, unique=True),
        st.none() | st.dates(date(2020, 1, 1), date(2024, 1, 1)),
    ),
    max_size=8,
)


@given(SENTENCES)
def test_numbers_ascend_as_they_are_met_nothing_is_lost_and_a_second_time_changes_nothing(
    drawn: list[tuple[str, list[int], date | None]],
) -> None:
    sentences = [
        told(*cites, kind=who) if who in ("reported", "synthesis") else said(who, *cites, on=on)  # type: ignore[arg-type]
        for who, cites, on in drawn
    ]
    citations = tuple(cited(n) for n in range(1, 7))
    found = ordered(*sentences, citations=citations)
    met = list(dict.fromkeys(n for item in found.sentences for n in item.citations))
    assert met == list(range(1, len(met) + 1))
    assert [item.n for item in found.citations] == list(range(1, 7))
    articles = {item.n: item.article_id for item in found.citations}
    before = sorted((item.text, tuple(f"a{n}" for n in item.citations)) for item in sentences)
    assert sorted((item.text, tuple(articles[n] for n in item.citations)) for item in found.sentences) == before
    assert in_reading_order(found) == found


@pytest.mark.library
@pytest.mark.parametrize("question", ["What is Turkey's stated position?", "What is said about drones?"])
def test_screen_files_and_values_have_the_same_ascending_numbers(sample: Newsroom, question: str) -> None:
    answer = sample.ask(question)
    met = list(dict.fromkeys(n for item in answer.sentences for n in item.citations))
    assert met == sorted(met)
    shown = [int(n) for n in re.findall(r'data-source="0-(\d+)"', answer_html(answer.sentences, answer.citations, "0"))]
    assert list(dict.fromkeys(shown)) == met
    exported = sample.export(answer, "md")
    body = exported.decode().partition("## Sources")[0]
    assert (marks := list(dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\\?\]", body)))) == sorted(marks)
    assert sample.verify(exported, "a.md").ok


@pytest.mark.library
def test_a_briefing_is_numbered_as_it_is_read(sample: Newsroom) -> None:
    briefing = sample.brief(topic="drones")
    met = list(dict.fromkeys(n for part in briefing.sections for item in part.sentences for n in item.citations))
    assert met == sorted(met)
    parts = [part.part for part in briefing.sections]
    assert parts.index("positions") < parts.index("conflicts") < parts.index("timeline") < parts.index("sources")
    assert sample.verify(sample.export(briefing, "md"), "b.md").ok
