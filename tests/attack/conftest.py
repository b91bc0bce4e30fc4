"""Says how many attacks were tried, and how many got through."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line after the run."""
    ended = {
        state: [item for item in terminalreporter.stats.get(state, []) if "tests/attack/" in item.nodeid]
        for state in ("passed", "failed")
    }
    if tried := sum(map(len, ended.values())):
        terminalreporter.write_line(f"attacks tried: {tried}, got through: {len(ended['failed'])}")
