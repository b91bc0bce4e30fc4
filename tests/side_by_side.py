"""A plugin of pytest for runs side by side: each takes the next file of tests that no other run has taken, one from the
front and one from the back, so that both end at the same time on any machine. One thread a model, as two that wait for
each other keep a core busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.providers import packaged
from rag.text.canonical import digest

packaged.MOST_THREADS = 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--taken", type=Path, required=True, help="a folder in which the runs note the files they took")
    parser.addoption("--from-the-back", action="store_true", help="take the last files first")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run what this run can take. As pytest's own loop, but for the choice of the tests."""
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        raise session.Interrupted(f"{session.testsfailed} errors during collection")
    tests = items_to_run(session)
    item = next(tests, None)
    while item is not None:
        following = next(tests, None)  # a file is taken before the last test of the one before it ends
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def items_to_run(session: pytest.Session) -> Iterator[pytest.Item]:
    """The tests of each file that this run is the first to take."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in session.items:
        files.setdefault(item.path, []).append(item)
    for path, items in reversed(files.items()) if session.config.option.from_the_back else files.items():
        try:
            (session.config.option.taken / digest(str(path))).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield from items
