"""The floors against the data that they were set on; skipped where the data is not beside the project."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest

from rag.domain import Extract, Filters, Span
from rag.evaluation import reports
from rag.evaluation.data import load_scorers
from rag.evaluation.measures import MEASURES, data_hash
from rag.retrieval.search import Retriever
from rag.stores.library import Library
from rag.text.canonical import canonical
from rag.text.chunking import passages

DATA = Path(__file__).parents[3] / "shared" / "eval"
OWN_DATA = Path(__file__).parents[1] / "training"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the evaluation data is not beside the project")
BY_WORDS = 0.53  # MAP of TIME by words alone: BM25 without stemming has .543, one of 47 queries moves it by .02


@pytest.mark.parametrize("name", sorted({floor.measure for floor in reports.read_floors()} & MEASURES.keys()))
def test_floors_were_set_on_the_data_that_is_here(name: str) -> None:
    folder = next((one for one in (DATA, OWN_DATA) if any(one.glob(MEASURES[name].files[0]))), None)
    if folder is None:
        pytest.skip("the evaluation data is not beside the project")
    held = {floor.data_sha256 for floor in reports.read_floors() if floor.measure == name and floor.data_sha256}
    assert held <= {data_hash(name, folder)}, f"run `onrecord eval {name} --out FILE` and `onrecord eval pin FILE`"


@needs_data
@pytest.mark.bench  # a minute of the processor
def test_search_by_words_alone_holds_the_floor_of_bm25(tmp_path: Path) -> None:
    library, names = Library(tmp_path / "library.db"), dict[str, str]()
    for line in (DATA / "time" / "corpus.jsonl").read_text("utf-8").splitlines():
        item = json.loads(line)
        result = library.articles.put(
            Extract(text=canonical(item["text"].lower())), key=None, name="x", cut=_cut, cut_as="words"
        )
        names.setdefault(result.of or result.article_id or "", item["id"])
    retriever, scorers, found = Retriever(library, None, None), load_scorers(DATA), []
    for line in (DATA / "time" / "dev.jsonl").read_text("utf-8").splitlines():
        item = json.loads(line)
        hits = retriever.search(item["question"].lower(), k=200, filters=Filters())
        ranked = list(dict.fromkeys(names[hit.article_id] for hit in hits if hit.article_id in names))
        found.append(scorers.rank_metrics(ranked, item["relevant"])["ap"])
    library.close()
    assert statistics.fmean(found) >= BY_WORDS


def _cut(text: str) -> list[Span]:
    return passages(text, count=lambda texts: [len(one.split()) * 4 // 3 for one in texts], limit=240)
