"""Search in a library of many passages: what approximate vectors lose, filters included. `growth.py` tells its speed.

Texts and vectors are generated, so that only the search is measured. Sizes come from ONRECORD_BENCH_PASSAGES, such as
"1000,10000,100000".
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.bench.growth import Stores, grow, measure

pytestmark = pytest.mark.bench
SIZES = [int(size) for size in os.environ.get("ONRECORD_BENCH_PASSAGES", "1000,10000,100000").split(",")]


@pytest.mark.parametrize("passages", SIZES)
def test_search_by_meaning_finds_what_exact_search_finds(passages: int, tmp_path: Path) -> None:
    stores = Stores.of(tmp_path)
    for line in grow(stores, passages):
        print(json.dumps(line))
    for line in measure(stores):
        print(json.dumps(line))
        assert line["recall@10"] >= 0.98
    stores.close()
