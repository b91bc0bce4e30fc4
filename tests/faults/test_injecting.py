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
    done = subprocess.run(words, capture_output=True, text=True, cwd=PROJECT)
    assert done.stdout, done.stderr
    said = json.loads(done.stdout)
    assert said["errors"] == []
    assert said["faults"] == COUNT
    assert set(said["kinds"]) == set(KINDS)
    assert said["lost"] == 0
    assert said["broken"] == said["peace"]
    assert not {"overwritten", "unnoticed"} & said["libraries"].keys()
    assert any(end.startswith("refused") for end in said["libraries"])
    assert done.returncode == 0
