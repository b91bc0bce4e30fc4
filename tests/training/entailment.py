"""Fine-tunes the judge of entailment on the claims beside this file and writes its adapter:
`python -m tests.training.entailment`.

With `--further` and names of files of claims it goes on from that adapter, on those claims and on some of the others,
and writes the mean of the weights before and after, so that the others are not forgotten.

Each claim about a story is paired with the sentences that it cites: alone, behind the sentence before, among others;
and with sentences that it does not cite, which do not state it. Copies of sentences, some with a number or a negation
changed, are claims too. Training starts from the judge of questions.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from rag.providers.graphs import ADAPTERS
from tests.training.judge import STORIES, read_rows, sentences
from tests.training.network import Network
from tests.training.training_loop import SEED, batches, train

CLAIMS = Path(__file__).with_name("claims")
CLASSES = ("supported", "contradicted", "not_stated")

_PASSES = 2  # over claims, where training begins
_COPIES = 4  # of a story
_NUMBER = re.compile(r"(?<![\d.,])\d{1,6}(?![\d.,])")
_AUXILIARY = re.compile(r"\b(is|are|was|were|will|would|can|could|should|has|have|had|did)\b( not\b)?")
_SMOOTHING = 0.03
_KEPT = 1 / 4  # of the other claims when training goes on
_LINES = 3  # sentences of a source that a claim does not cite

Example = tuple[str, str, int]


def examples(
    claims: Sequence[Mapping[str, Any]], stories: Mapping[str, Mapping[str, Any]], chance: random.Random
) -> Iterator[Example]:
    """Claim, source and class, in the order of the claims."""
    for row in claims:
        texts, title = sentences(stories[row["id"]]), stories[row["id"]]["title"]
        for claim in row["claims"]:
            label, cited = CLASSES.index(claim["label"]), sorted(claim["sentences"])
            first, others = cited[0], [at for at in range(len(texts)) if at not in cited]
            yield claim["text"], _joined(texts, cited), label
            context = [title.rstrip(".") + ".", *(texts[first - 1 : first] if first - 1 not in cited else ())]
            yield claim["text"], " ".join([*context, _joined(texts, cited)]), label
            if others and chance.random() < 1 / 2:
                yield claim["text"], _joined(texts, sorted({*cited, chance.choice(others)})), label
            far = [at for at in others if at not in (first - 1, cited[-1] + 1)]
            if len(far) >= _LINES and chance.random() < 1 / 3:
                yield claim["text"], _joined(texts, sorted(chance.sample(far, _LINES))), CLASSES.index("not_stated")
        for _ in range(_COPIES):
            source = chance.choice(texts)
            copy, name = _altered(source, chance) if chance.random() < 2 / 3 else (source, "supported")
            yield copy, source, CLASSES.index(name)


def _altered(text: str, chance: random.Random) -> tuple[str, str]:
    """A sentence with one number or negation changed, and its class; as it is where it has neither."""
    numbers = [match.span() for match in _NUMBER.finditer(text)]
    verb = _AUXILIARY.search(text)
    if numbers and (not verb or chance.random() < 1 / 2):
        start, end = chance.choice(numbers)
        return text[:start] + str(int(text[start:end]) + chance.choice((-1, 1, 2, 10))) + text[end:], "contradicted"
    if verb:
        return text[: verb.end(1)] + (text[verb.end() :] if verb[2] else f" not{text[verb.end() :]}"), "contradicted"
    return text, "supported"


def _joined(texts: Sequence[str], places: Sequence[int]) -> str:
    return " ".join(texts[at] for at in places)


def loss_of(logits: Tensor, labels: Sequence[int]) -> Tensor:
    """The cross-entropy of logits and classes."""
    return functional.cross_entropy(logits, torch.tensor(labels), label_smoothing=_SMOOTHING)


def main() -> None:
    """Train from the judge in two passes over all claims, or further in one pass, and write the adapter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--further", nargs="+", metavar="NAME", help="names of files of claims, without their endings")
    names = parser.parse_args().further
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    stories = {row["id"]: row for row in read_rows(STORIES)}
    network = Network(classes=len(CLASSES))
    network.load(ADAPTERS / ("entailment-adapter.npz" if names else "judge-adapter.npz"))
    files = {file.stem: read_rows(CLAIMS, file.name) for file in sorted(CLAIMS.glob("*.jsonl"))}
    claims = [
        row for name, rows in files.items() for row in rows if not names or name in names or chance.random() < _KEPT
    ]
    passes = (batches(list(examples(claims, stories, chance)), chance) for _ in range(1 if names else _PASSES))
    train(network, [batch for work in passes for batch in work], loss_of)
    if names:
        network.mix(ADAPTERS / "entailment-adapter.npz")
    network.save(ADAPTERS / "entailment-adapter.npz")


if __name__ == "__main__":
    main()
