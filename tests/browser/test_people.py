"""Several people at one server, each in a session of their own."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.browser.reader import Reader

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
PEOPLE = 25


def test_none_of_25_people_who_ask_at_once_sees_anothers_conversation(address: str) -> None:
    questions = [f"What did speaker number {number} say of Turkey?" for number in range(PEOPLE)]

    def reads(question: str) -> tuple[str, str]:
        with Reader(address) as reader:
            reader.ask(question)
            reader.rerun()
            return reader.query, "".join(reader.html)

    with ThreadPoolExecutor(PEOPLE) as people:
        results = list(people.map(reads, questions))
    for question, (_, shown) in zip(questions, results, strict=True):
        assert set(re.findall(r"speaker number \d+ say", shown)) == {question[9:-11]}
    assert len({query for query, _ in results}) == PEOPLE


def test_who_has_no_link_finds_no_conversation(address: str) -> None:
    with Reader(address) as one, Reader(address) as other:
        one.ask("What is Turkey's stated position?")
        other.rerun()
        assert 'class="asked"' in "".join(one.html)
        assert 'class="asked"' not in "".join(other.html)
    with Reader(address, query="chat=guessed") as guessing:
        assert 'class="asked"' not in "".join(guessing.html)
