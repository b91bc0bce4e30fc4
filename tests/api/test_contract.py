"""The served API keeps to its own document; `make fuzz` sends a hundred times as much."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.api.fuzzing import TOKEN, fuzzed
from tests.browser.serving import serving


def test_what_is_served_keeps_to_its_document(sample_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sample_home, tmp_path / "home")
    with serving(home, {"ONRECORD_API_TOKEN": TOKEN, "ONRECORD_API_RATE": "1000000"}) as address:
        found = fuzzed(address, 100)
    assert found.wrong == {}
    assert found.sent >= 80
    assert {200, 401, 404, 422} <= set(found.statuses)
