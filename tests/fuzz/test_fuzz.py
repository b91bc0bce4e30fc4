"""A slice of `make fuzz`, and every input that ever crashed a parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.bounded import failure_of
from tests.fuzz.mutating import hostile
from tests.fuzz.seeds import CASES, seeds
from tests.fuzz.targets import TARGETS

INPUTS = 200
SEED = 7


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_inputs_give_a_value_or_an_error_of_ours(name: str) -> None:
    each = INPUTS // len(TARGETS) + len(seeds(name)) + 1
    wrong = {
        number: said
        for number, data in enumerate(hostile(name, each, SEED))
        if (said := failure_of(TARGETS[name], data))
    }
    assert wrong == {}


@pytest.mark.parametrize("path", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_what_once_crashed_does_not_any_more(path: Path) -> None:
    name = path.name.split(".")[0].replace("-", " ")
    assert failure_of(TARGETS[name], path.read_bytes()) is None


def test_inputs_are_the_same_for_the_same_seed() -> None:
    assert list(hostile("html", 40, 3)) == list(hostile("html", 40, 3))
    assert list(hostile("html", 40, 3)) != list(hostile("html", 40, 4))
