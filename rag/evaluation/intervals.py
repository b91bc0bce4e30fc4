"""Means, and bootstrap intervals of measures."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

_DRAWS = 1000
_Item = TypeVar("_Item")


def mean(values: Sequence[float]) -> float:
    """The mean, of truth values the share of the true ones; 0 for none."""
    return sum(values) / max(1, len(values))


def bootstrap_interval(
    items: Sequence[_Item], measure: Callable[[Sequence[_Item]], float], *, draws: int = _DRAWS
) -> tuple[float, float] | None:
    """The 95 % interval of `measure`, by bootstrap over `items`; the same on every run. None without items."""
    if not items:
        return None
    generator = random.Random(0)  # noqa: S311  # for statistics, and so that runs compare
    values = sorted(measure(generator.choices(items, k=len(items))) for _ in range(draws))
    return round(values[int(0.025 * draws)], 3), round(values[int(0.975 * draws)], 3)
