"""A briefing holds what bears on its topic, by a judge, and nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rag import Newsroom
from rag.domain import Briefing, BriefingRequest, Filters
from rag.errors import ModelUnavailable
from rag.providers.base import RelevanceJudge
from rag.services.briefings.pipeline import BriefingMaker


def part(made: Briefing, name: str) -> list[str]:
    return [one.text for item in made.sections if item.part == name for one in item.sentences]


def every(made: Briefing) -> list[str]:
    return [one.text for item in made.sections for one in item.sentences]


def filled(room: Newsroom, *articles: tuple[str, str, str]) -> None:
    for title, published, text in articles:
        room.add_text(text, title=title, published=published, outlet="Norland Courier")
    room.wait()


FERRY = (
    (
        "Tram crash near Lund square",
        "2024-06-03",
        (
            "Two trams collided near Lund square on Sunday. The fire service said 7 people had died. "
            "“The driver ignored our signals,” signal master Ole Brandt said."
        ),
    ),
    (
        "Toll of tram crash rises",
        "2024-06-05",
        (
            "The fire service said on Tuesday that 11 people had died in the Lund square tram crash. "
            "Sudria Trams, the operator, denied that the driver had ignored signals."
        ),
    ),
    (
        "Correction",
        "2024-06-06",
        "Correction: The Courier wrote that two trams had collided near Lund square. They collided at Esk gate.",
    ),
)


def test_an_article_that_only_shares_words_with_the_topic_is_set_aside(room: Newsroom) -> None:
    filled(
        room,
        *FERRY,
        (
            "Shares crash in Sudria",
            "2024-06-04",
            "Shares crashed on the exchange of Sudria as grain prices fell on Monday.",
        ),
    )
    made = room.brief(topic="tram crash at Lund")
    assert not any("grain" in text for text in every(made))
    assert "Shares crash in Sudria" not in [item.title for item in made.sources]


def test_the_newest_toll_and_the_correction_stand_and_nothing_twice(room: Newsroom) -> None:
    filled(room, *FERRY)
    made = room.brief(topic="tram crash")
    first = " ".join(part(made, "bottom-line"))
    assert "11 people" in first
    assert "7 people" not in first
    assert "They collided at Esk gate." in first
    assert len(every(made)) == len(set(every(made)))
    assert [item.about for item in made.conflicts] == ["whether the driver had ignored signals"]


def test_the_speakers_of_a_party_do_not_alternate(room: Newsroom) -> None:
    filled(
        room,
        (
            "Row over the dam",
            "2024-06-03",
            (
                "“The dam above Esk is safe for another century,” Mayor Ida Holm said.\n\n"
                "“The wall of the dam leaks at three places near the gate,” engineer Boris Vane said.\n\n"
                "“Divers from Sudria inspected the dam for us in May,” Holm said.\n\n"
                "“Nobody has measured how far the dam has sunk since spring,” Vane said."
            ),
        ),
    )
    speakers = [item.speaker for item in room.brief(topic="the dam").positions]
    assert len(speakers) > 2
    assert speakers == sorted(speakers, key=speakers.index)


class Silent:
    """A judge that is down."""

    fingerprint = "silent"

    def judge(self, question: str, sentences: Sequence[str]) -> list[float]:
        raise ModelUnavailable("The judge does not answer.")

    def warm(self) -> None:
        """Nothing to load."""


def test_without_the_judge_a_briefing_goes_by_words_and_says_so(room: Newsroom) -> None:
    filled(room, *FERRY)
    parts = room._parts
    judge: RelevanceJudge = Silent()
    maker = BriefingMaker(parts.library, parts.retriever, parts.embedder, judge=judge)
    asked = BriefingRequest(topic="tram crash", template="situation", length="medium", filters=Filters())
    *_, done = maker.stream(asked, cancel=threading.Event())
    assert "chosen by its words" in " ".join(done.briefing.notices)  # type: ignore[union-attr]
    assert every(done.briefing)  # type: ignore[union-attr]
