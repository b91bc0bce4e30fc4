"""Fine-tunes the judge on the stories beside this file and writes its adapter: `python -m tests.training.judge`.

Each question of a story is paired with sentences of the story, alone and behind their headline and the sentence before,
and with the nearest sentences of other stories; the label says whether the sentence answers. Sentences that a reader
would accept but not ask for (`ok`) are left out.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from rag.providers.graphs import ADAPTERS
from rag.text.terms import content_words
from tests.training.network import Network
from tests.training.training_loop import SEED, batches, train

STORIES = Path(__file__).with_name("stories")

_TEMPERATURE = 2.0  # the packaged judge's logits run from -11 to 9, and thresholds lean on that scale
_SMOOTHING = 0.01
_OF_ANSWERS = 2.0  # weight of a pair that answers
_ALONE, _IN_CONTEXT = 1, 3  # pairs of a question that do not answer, besides those with the neighbours of its answers
_NEAR = 12  # sentences of other stories that are nearest to a question; one of them is a pair
_RATE = 2.5e-4  # of learning
_OPEN = re.compile(r"^\W*(?:He|She|They|It|This|That|These|Those|His|Her|Their|Its)\b")  # does not answer alone

Example = tuple[str, str, int]


def read_rows(folder: Path) -> list[dict[str, Any]]:
    """The objects of all files of JSON lines in a folder."""
    return [
        json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]


def sentences(story: Mapping[str, Any]) -> list[str]:
    """The sentences of a story, as its questions number them."""
    return [text for paragraph in story["paragraphs"] for text in paragraph]


def examples(stories: Sequence[Mapping[str, Any]], chance: random.Random) -> Iterator[Example]:
    """Question, text and whether it answers, in the order of the stories."""
    places = [(story, at, text) for story in stories for at, text in enumerate(sentences(story))]
    by_word: dict[str, list[int]] = {}
    for number, (_, _, text) in enumerate(places):
        for word in set(content_words(text)):
            by_word.setdefault(word, []).append(number)
    for story in stories:
        texts = sentences(story)
        for question in story["questions"]:
            answers, others = set(question["answers"]), set(range(len(texts))) - {*question["answers"], *question["ok"]}
            for at in answers:
                yield question["q"], _behind_context(story, at), 1
                if not _OPEN.match(texts[at]):
                    yield question["q"], texts[at], 1
            beside = others & {place for at in answers for place in (at - 1, at + 1)}
            for at in beside | set(_sample(others, _IN_CONTEXT, chance)):
                yield question["q"], _behind_context(story, at), 0
            for at in _sample(others, _ALONE, chance):
                yield question["q"], texts[at], 0
            near = [number for number in _nearest(question["q"], by_word) if places[number][0] is not story]
            for number in _sample(near, 1, chance):
                other, at, _ = places[number]
                yield question["q"], _behind_context(other, at), 0


def _nearest(question: str, by_word: Mapping[str, Sequence[int]]) -> list[int]:
    """The numbers of the sentences with most words of a question, rare ones first; `by_word` has those of each word."""
    weights: dict[int, float] = {}
    for word in set(content_words(question)):
        numbers = by_word.get(word, ())
        for number in numbers:
            weights[number] = weights.get(number, 0.0) + 1 / math.log(2 + len(numbers))
    return heapq.nlargest(_NEAR, weights, key=weights.__getitem__)


def _behind_context(story: Mapping[str, Any], at: int) -> str:
    """A sentence behind the headline and the sentence before, set off: what is judged is the sentence."""
    texts = sentences(story)
    return " ".join([f"{story['title'].rstrip('.')}.", *texts[max(0, at - 1) : at], "|", texts[at]])


def _sample(items: set[int] | Sequence[int], most: int, chance: random.Random) -> list[int]:
    return chance.sample(sorted(items), min(most, len(items)))


def loss_of(logits: Tensor, labels: Sequence[int]) -> Tensor:
    """The cross-entropy of logits and labels; answers weigh more, as there are fewer."""
    answers = torch.tensor([float(label) for label in labels])
    targets = answers * (1 - 2 * _SMOOTHING) + _SMOOTHING
    weights = 1 + (_OF_ANSWERS - 1) * answers
    return functional.binary_cross_entropy_with_logits(logits[:, 0] / _TEMPERATURE, targets, weight=weights)


def main() -> None:
    """Train, with `--further` from the adapter that is there, and write it."""
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    network = Network()
    if "--further" in sys.argv:
        network.load(ADAPTERS / "judge-adapter.npz")
    train(network, batches(list(examples(read_rows(STORIES), chance)), chance), loss_of, rate=_RATE)
    network.save(ADAPTERS / "judge-adapter.npz")


if __name__ == "__main__":
    main()
