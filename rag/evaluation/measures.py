"""The measures of `onrecord eval` by name, with the files that they read."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.errors import UnreadableSource, UnusableInput
from rag.evaluation.abstention import clapnq, null_queries, squad
from rag.evaluation.attribution import polnear
from rag.evaluation.drafts import drafts
from rag.evaluation.extraction import dates, duplicates, extraction
from rag.evaluation.finding import facts, speakers, world_news
from rag.evaluation.injection import injection
from rag.evaluation.noise import rgb
from rag.evaluation.plain_claims import plain_claims
from rag.evaluation.plain_questions import plain_questions
from rag.evaluation.qags import qags
from rag.evaluation.sentences import model_sentences, model_sentences_judged
from rag.evaluation.summaries import summaries
from rag.evaluation.whosaid import whosaid
from rag.newsroom import Newsroom
from rag.providers.spacy_parser import SpacyParser
from rag.settings import Settings

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: `run(data, home)` gives its metrics; `files` are patterns of the files that it reads in the data.

    Metrics are numbers by name, possibly nested. Under `items`, a metric that is a mean over items has the value of
    each by the item's id, from which mean, interval and paired comparison are computed. `X_interval` is an interval of
    metric `X` that the measure computed itself. Lists, such as ids of missed items, are shown but not reported.
    """

    run: Callable[[Path, Path], Mapping[str, object]]
    files: tuple[str, ...]
    about: str
    is_cached: bool = False  # the library is kept for the next run, as making it takes much longer than asking it


def with_newsroom(
    run: Callable[[Path, Newsroom], Mapping[str, object]],
) -> Callable[[Path, Path], Mapping[str, object]]:
    """A measure that asks a newsroom, opened in the home of the run."""

    def run_in_newsroom(data: Path, home: Path) -> Mapping[str, object]:
        with closing(Newsroom.open(Settings(home=home))) as room:
            return run(data, room)

    return run_in_newsroom


def _run_quotes(data: Path) -> Mapping[str, object]:
    """The mutation suite. Raises UnusableInput in an installed package, which does not have it."""
    try:
        from rag.evaluation.quotes import quotes
    except ModuleNotFoundError as exc:
        raise UnusableInput(
            "`onrecord eval quotes` alters sentences by rules that only a clone has; run it there."
        ) from exc
    return quotes(data, SpacyParser())


_POLNEAR = ("polnear/whosaid_dev.jsonl", "polnear/corpus.jsonl.gz")
MEASURES = {
    "polnear": Measure(lambda data, _: polnear(data, SpacyParser()), ("polnear/dev.jsonl",), "attributions found"),
    "whosaid": Measure(with_newsroom(whosaid), _POLNEAR, "the right words for a speaker", is_cached=True),
    "quotes": Measure(
        lambda data, _: _run_quotes(data), ("polnear/dev.jsonl",), "altered sentences withheld, faithful kept"
    ),
    "drafts": Measure(with_newsroom(drafts), ("polnear/dev.jsonl",), "altered quotations of drafts noticed"),
    "qags": Measure(with_newsroom(qags), ("qags/dev.jsonl",), "supported sentences told from unsupported ones"),
    "model_sentences": Measure(
        with_newsroom(model_sentences),
        ("model_sentences/dev.jsonl", "polnear/corpus.jsonl.gz"),
        "what a model writes, shown where it is true",
    ),
    "model_sentences_judged": Measure(
        with_newsroom(model_sentences_judged),
        ("model_sentences/dev.jsonl", "polnear/corpus.jsonl.gz"),
        "the same after a judge that errs on one in ten",
    ),
    "clapnq": Measure(
        with_newsroom(clapnq), ("clapnq/dev.jsonl",), "cited sentences, and what a passage leaves open", is_cached=True
    ),
    "abstention": Measure(
        with_newsroom(null_queries), ("multihoprag/*.jsonl",), "declining what no article answers", is_cached=True
    ),
    "squad": Measure(with_newsroom(squad), ("squad2_sample/dev.jsonl",), "declining what a paragraph leaves open"),
    "plain_questions": Measure(
        with_newsroom(plain_questions),
        ("questions/*.jsonl",),
        "plain questions about news, of which a third has no answer",
        is_cached=True,
    ),
    "plain_claims": Measure(
        with_newsroom(plain_claims),
        ("questions/*.jsonl", "unseen_claims/*.jsonl", "close_claims/*.jsonl", "far_claims/*.jsonl"),
        "claims about news, checked without a model",
        is_cached=True,
    ),
    "rgb": Measure(rgb, ("rgb_en_fact/dev.jsonl",), "answers from noise, gaps and contradictions", is_cached=True),
    "injection": Measure(
        with_newsroom(injection),
        ("injection_news/dev.jsonl", "notinject/dev.jsonl"),
        "text in articles that wants to steer",
        is_cached=True,
    ),
    "extraction": Measure(lambda data, _: extraction(data), ("aeb/**/*", "fundus_eval/**/*"), "bodies of pages"),
    "dates": Measure(lambda data, _: dates(data), ("htmldate/**/*",), "days of publication"),
    "duplicates": Measure(lambda data, _: duplicates(data), ("neardup/*",), "copies among articles"),
    "time": Measure(with_newsroom(world_news), ("time/*.jsonl",), "documents found in world news"),
    "multihoprag": Measure(with_newsroom(facts), ("multihoprag/*.jsonl",), "all facts found that a question needs"),
    "summary": Measure(with_newsroom(summaries), ("bbc_summary/dev.jsonl",), "summaries beside the lead"),
    "speakers": Measure(
        with_newsroom(speakers), _POLNEAR, "the article found in which a speaker says it", is_cached=True
    ),
}


def run_measure(name: str, data: Path, *, home: Path | None = None) -> dict[str, object]:
    """Run one measure over the folder `data`. Its library is made in `home`; with None in a temporary folder, or for
    measures that are `kept` in the user's cache, named by data and schema: a later run adds nothing and extracts
    statements again only if the rules have changed.

    The result has the metrics, values by item, seconds, the SHA-256 of scorers and data, the version of the code with a
    hash of its files, the settings that are not secret, and the time of the run. Raises UnusableInput for an unknown
    name, UnreadableSource if the data is absent.
    """
    measure = MEASURES.get(name)
    if measure is None:
        raise UnusableInput(f"There is no measurement {name!r}. There are {', '.join(MEASURES)}.")
    files = _files_of(measure, data)
    if not files:
        raise UnreadableSource(f"There is no {measure.files[0]} in {data}; give the folder of the evaluation data.")
    started = time.perf_counter()
    with TemporaryDirectory(prefix="onrecord-eval-", ignore_cleanup_errors=True) as temporary:
        library_home = _cached_home(files, data) if measure.is_cached and home is None else home
        metrics = dict(measure.run(data, library_home or Path(temporary)))
    items = metrics.pop("items", {})
    return {
        "name": name,
        "about": measure.about,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "metrics": metrics,
        "items": items,
        "seconds": round(time.perf_counter() - started, 1),
        "data_sha256": data_hash(name, data),
        "code_version": f"{installed_version('onrecord')}+{_hash(sorted(_PACKAGE.rglob('*.py')), _PACKAGE)[:12]}",
        "settings": _settings(),
    }


def data_hash(name: str, data: Path) -> str:
    """The SHA-256 of scorers and data that a measure would read in the folder `data`."""
    return _hash([data / "scorers.py", *_files_of(MEASURES[name], data)], data)


def _files_of(measure: Measure, data: Path) -> list[Path]:
    return sorted({path for pattern in measure.files for path in data.glob(pattern) if path.is_file()})


def _cached_home(files: list[Path], data: Path) -> Path:
    """The folder in which the library of these files is kept between runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    schema = _hash([_PACKAGE / "stores" / "tables.py"], _PACKAGE)
    return cache / "onrecord" / f"eval-{_hash(files, data)[:12]}-{schema[:8]}"


def _settings() -> dict[str, object]:
    """The settings that may change a result; of addresses and keys only whether an endpoint is set."""
    private = {"home", "api_key", "base_url", "database_url", "chroma_url", "chroma_token"}
    public = Settings().model_dump(mode="json", exclude=private)
    return {**public, "endpoint_set": Settings().endpoint_set}


def _hash(paths: list[Path], root: Path) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
