"""Guards against tests that pass because there is nothing to test."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def some(items: Iterable[T]) -> list[T]:
    """The items as a list; fails the test where there is none."""
    results = list(items)
    assert results, "nothing to test"
    return results
