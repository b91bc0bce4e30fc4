"""Fine-tunes the judge on the stories beside this file and writes its adapter: `python -m tests.training.judge`.

Each question of a story is paired with sentences of the story, alone and behind their headline and the sentence before,
and with sentences of other stories; the label says whether the text answers. Sentences that a reader would accept but
not ask for (`ok`) are left out. One pass over all pairs takes 25 minutes on two cores.
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
_ALONE, _IN_CONTEXT, _ANSWERS_IN_CONTEXT, _FOREIGN = 7, 2, 1, 1  # pairs of a question, besides its answers alone
_NEAR, _HARD_FOREIGN = 12, 1  # sentences of other stories that are nearest to a question; of them in its second pass
_SECOND_RATE = 1.5e-4  # of learning in the second pass
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


def read_rows(folder: Path, pattern: str = "*.jsonl") -> list[dict[str, Any]]:
    """The objects of all files of JSON lines in a folder that match a pattern."""
    return [json.loads(line) for file in sorted(folder.glob(pattern)) for line in file.read_text("utf-8").splitlines()]


def harder_examples(stories: Sequence[Mapping[str, Any]], chance: random.Random) -> Iterator[Example]:
    """For a second pass: the sentences of other stories with most words of a question, which do not answer it, alone
    and in their context, among some of the pairs of its own story.
    """
    places = [(story, at, text) for story in stories for at, text in enumerate(sentences(story))]
    by_word: dict[str, list[int]] = {}
    for number, (_, _, text) in enumerate(places):
        for word in set(content_words(text)):
            by_word.setdefault(word, []).append(number)
    for story in stories:
        for asked in story["questions"]:
            shared: dict[int, float] = {}
            for word in set(content_words(asked["q"])):
                numbers = by_word.get(word, [])
                for number in numbers:
                    shared[number] = shared.get(number, 0.0) + 1 / math.log(2 + len(numbers))
            near = [
                number
                for number in heapq.nlargest(_NEAR, shared, key=shared.__getitem__)
                if places[number][0] is not story
            ]
            for number in chance.sample(near, min(_HARD_FOREIGN, len(near))):
                other, at, text = places[number]
                yield asked["q"], text, 0
                yield asked["q"], _in_context(other, at), 0
            alone, in_context = _texts(story, set(asked["answers"]), set(asked["ok"]))
            for pairs in (alone, in_context):
                for text, label in _sample(pairs, 1, 1, chance) + _sample(pairs, 0, 1, chance):
                    yield asked["q"], text, label


def _in_context(story: Mapping[str, Any], at: int) -> str:
    """A sentence behind the headline and the sentence before."""
    texts = sentences(story)
    return " ".join(filter(None, (f"{story['title'].rstrip('.')}.", texts[at - 1] if at else "", texts[at])))


def sentences(story: Mapping[str, Any]) -> list[str]:
    """The sentences of a story, as its questions number them."""
    return [text for paragraph in story["paragraphs"] for text in paragraph]


def _texts(story: Mapping[str, Any], answers: set[int], passable: set[int]) -> tuple[list[tuple[str, int]], ...]:
    """The sentences alone, and behind headline and the sentence before, each with its label."""
    alone, in_context = [], []
    texts = sentences(story)
    for at, text in enumerate(texts):
        if at in passable:
            continue
        if at not in answers or not _OPEN.match(text):
            alone.append((text, int(at in answers)))
        if at - 1 not in passable:
            in_context.append((_in_context(story, at), int(bool({at, at - 1} & answers))))
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
    """Train in two passes, or with `--second` in the second alone, and write the adapter."""
    chance = random.Random(SEED)
    torch.manual_seed(SEED)
    network = Network()
    stories = read_rows(STORIES)
    if "--second" in sys.argv:
        network.load(ADAPTERS / "judge-adapter.npz")
    else:
        train(network, batches(list(examples(stories, chance)), chance), loss_of)
        network.save(ADAPTERS / "judge-adapter.npz")
    train(network, batches(list(harder_examples(stories, chance)), chance), loss_of, rate=_SECOND_RATE)
    network.save(ADAPTERS / "judge-adapter.npz")


if __name__ == "__main__":
    main()
