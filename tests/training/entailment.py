"""Fine-tunes the judge of entailment on the claims beside this file and writes its adapter:
`python -m tests.training.entailment`.

Each claim about a story is paired with the sentences that it cites: alone, behind the sentence before, among others;
and with sentences that it does not cite, which do not state it. Training starts from the judge of questions.
"""

from __future__ import annotations

import random
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

_SMOOTHING = 0.03
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
        copy = chance.choice(texts)
        yield copy, copy, CLASSES.index("supported")


def _joined(texts: Sequence[str], places: Sequence[int]) -> str:
    return " ".join(texts[at] for at in places)


def loss_of(logits: Tensor, labels: Sequence[int]) -> Tensor:
    """The cross-entropy of logits and classes."""
    return functional.cross_entropy(logits, torch.tensor(labels), label_smoothing=_SMOOTHING)


def main() -> None:
    """Train, and write the adapter."""
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    stories = {row["id"]: row for row in read_rows(STORIES)}
    network = Network(classes=len(CLASSES))
    network.load(ADAPTERS / "judge-adapter.npz")
    train(network, batches(list(examples(read_rows(CLAIMS), stories, chance)), chance), loss_of)
    network.save(ADAPTERS / "entailment-adapter.npz")


if __name__ == "__main__":
    main()
