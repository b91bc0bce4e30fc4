"""Two runs of the suite share it: each file is run by one of them, whole and in its order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.side_by_side import items_to_run

# Tests of the first file come in two places, as pytest orders them by the parameters of wide fixtures.
COLLECTED = [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("c", 2), ("d", 1)]


def session(taken: Path, *, from_the_back: bool) -> Any:
    items = [SimpleNamespace(path=Path(f"test_{name}.py"), number=number) for name, number in COLLECTED]
    option = SimpleNamespace(taken=taken, from_the_back=from_the_back)
    return SimpleNamespace(items=items, config=SimpleNamespace(option=option))


def test_every_test_is_run_once_and_a_file_by_one_run(tmp_path: Path) -> None:
    both: list[Iterator[Any]] = [items_to_run(session(tmp_path, from_the_back=back)) for back in (False, True)]
    ran: list[list[tuple[Path, int]]] = [[], []]
    for turn in zip_longest(*both):
        for own, item in zip(ran, turn, strict=True):
            own += [(item.path, item.number)] if item else []
    front, back = ran
    assert sorted(front + back) == sorted((Path(f"test_{name}.py"), number) for name, number in COLLECTED)
    assert not {path for path, _ in front} & {path for path, _ in back}
    assert front[:2] == [(Path("test_a.py"), 1), (Path("test_a.py"), 2)]
    assert back[0] == (Path("test_d.py"), 1)
