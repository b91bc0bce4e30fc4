"""Fine-tunes the judge on the stories beside this file and writes its adapter: `python -m tests.training.judge`.

Each question of a story is paired with sentences of the story, alone and behind their headline and the sentence before,
and with sentences of other stories; the label says whether the text answers. Sentences that a reader would accept but
not ask for (`ok`) are left out. One pass over all pairs takes 25 minutes on two cores.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from rag.providers.graphs import ADAPTERS
from tests.training.network import Network
from tests.training.training_loop import SEED, batches, train

STORIES = Path(__file__).with_name("stories")

_TEMPERATURE = 2.0  # the packaged judge's logits run from -11 to 9, and thresholds lean on that scale
_SMOOTHING = 0.01
_OF_ANSWERS = 2.0  # weight of a pair that answers
_ALONE, _IN_CONTEXT, _ANSWERS_IN_CONTEXT, _FOREIGN = 7, 2, 1, 1  # pairs of a question, besides its answers alone
_OPEN = re.compile(r"^\W*(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its)\b")  # does not answer alone

Example = tuple[str, str, int]


def examples(stories: Sequence[Mapping[str, Any]], chance: random.Random) -> Iterator[Example]:
    """Question, text and whether it answers, in the order of the stories."""
    everything = [text for story in stories for text in sentences(story)]
    for story in stories:
        for asked in story["questions"]:
            alone, in_context = _texts(story, set(asked["answers"]), set(asked["ok"]))
            pairs = [pair for pair in alone if pair[1]] + _sample(alone, 0, _ALONE, chance)
            pairs += _sample(in_context, 1, _ANSWERS_IN_CONTEXT, chance) + _sample(in_context, 0, _IN_CONTEXT, chance)
            pairs += [(chance.choice(everything), 0) for _ in range(_FOREIGN)]
            for text, label in pairs:
                yield asked["q"], text, label


def read_rows(folder: Path) -> list[dict[str, Any]]:
    """The objects of all files of JSON lines in a folder."""
    return [
        json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]


def sentences(story: Mapping[str, Any]) -> list[str]:
    """The sentences of a story, as its questions number them."""
    return [text for paragraph in story["paragraphs"] for text in paragraph]


def _texts(story: Mapping[str, Any], answers: set[int], passable: set[int]) -> tuple[list[tuple[str, int]], ...]:
    """The sentences alone, and behind headline and the sentence before, each with its label."""
    alone, in_context = [], []
    texts, title = sentences(story), f"{story['title'].rstrip('.')}."
    for at, text in enumerate(texts):
        if at in passable:
            continue
        if at not in answers or not _OPEN.match(text):
            alone.append((text, int(at in answers)))
        if at - 1 not in passable:
            before = texts[at - 1] if at else ""
            in_context.append((" ".join(filter(None, (title, before, text))), int(bool({at, at - 1} & answers))))
    return alone, in_context


def _sample(pairs: Sequence[tuple[str, int]], label: int, most: int, chance: random.Random) -> list[tuple[str, int]]:
    own = [pair for pair in pairs if pair[1] == label]
    return chance.sample(own, min(most, len(own)))


def loss_of(logits: Tensor, labels: Sequence[int]) -> Tensor:
    """The cross-entropy of logits and labels; answers weigh more, as there are fewer."""
    answers = torch.tensor([float(label) for label in labels])
    targets = answers * (1 - 2 * _SMOOTHING) + _SMOOTHING
    weights = 1 + (_OF_ANSWERS - 1) * answers
    return functional.binary_cross_entropy_with_logits(logits[:, 0] / _TEMPERATURE, targets, weight=weights)


def main() -> None:
    """Train, and write the adapter."""
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    network = Network()
    train(network, batches(list(examples(read_rows(STORIES), chance)), chance), loss_of)
    network.save(ADAPTERS / "judge-adapter.npz")


if __name__ == "__main__":
    main()
