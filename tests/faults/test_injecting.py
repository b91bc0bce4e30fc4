"""A slice of `make faults`: nothing reported as added is lost, whatever happens meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import PROJECT
from tests.faults.injecting import KINDS

COUNT = 20


@pytest.mark.timeout(900)  # seconds on a free machine
def test_nothing_is_lost_under_faults_of_every_kind() -> None:
    words = [sys.executable, "-m", "tests.faults", "--count", str(COUNT), "--articles", "40"]
    process = subprocess.run(words, capture_output=True, text=True, cwd=PROJECT)
    assert process.stdout, process.stderr
    data = json.loads(process.stdout)
    assert data["errors"] == []
    assert data["faults"] == COUNT
    assert set(data["kinds"]) == set(KINDS)
    assert data["lost"] == 0
    assert data["broken"] == data["peace"]
    assert not {"overwritten", "unnoticed"} & data["libraries"].keys()
    assert any(end.startswith("refused") for end in data["libraries"])
    assert process.returncode == 0
