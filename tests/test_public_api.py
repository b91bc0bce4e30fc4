"""What scripts may lean on: named, sorted, documented."""

from __future__ import annotations

import inspect

import rag


def test_every_public_name_is_there_sorted_and_documented() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    for name in rag.__all__:
        found = getattr(rag, name)
        assert not inspect.isclass(found) or inspect.getdoc(found), name


def test_every_public_method_of_the_door_is_documented() -> None:
    for name, method in inspect.getmembers(rag.Newsroom, inspect.isfunction):
        assert name.startswith("_") or inspect.getdoc(method), name
