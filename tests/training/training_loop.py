"""One pass over pairs of texts that trains a `Network`."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from rag.providers.cross_encoder import CrossEncoder
from tests.training.network import Network, Pair

SEED = 7

_BATCH = 32  # pairs
_SORTED = 40  # batches whose pairs are sorted by length together
_SLOWER = 10  # how much slower than the low-rank factors biases, normalisation and the last layers learn
_WARM_UP, _LEAST = 0.06, 0.02  # of the steps; of the rate at the end

Label = TypeVar("Label")


def batches(examples: Sequence[tuple[str, str, Label]], chance: random.Random) -> list[list[tuple[Pair, Label]]]:
    """Shuffled batches of encoded pairs (first text, second text) of like length, with their labels."""
    judge = CrossEncoder()
    shuffled = list(examples)
    chance.shuffle(shuffled)
    result: list[list[tuple[Pair, Label]]] = []
    for start in range(0, len(shuffled), _BATCH * _SORTED):
        part = shuffled[start : start + _BATCH * _SORTED]
        encoded = [(judge.tokens(first, second), label) for first, second, label in part]
        encoded.sort(key=lambda item: sum(map(len, item[0])))
        result += [encoded[at : at + _BATCH] for at in range(0, len(encoded), _BATCH)]
    chance.shuffle(result)
    return result


def train(
    network: Network,
    work: Sequence[list[tuple[Pair, Label]]],
    loss_of: Callable[[Tensor, Sequence[Label]], Tensor],
    *,
    rate: float = 4e-4,
) -> None:
    """Train on each batch once; `loss_of` takes the logits and the labels of one, `rate` is that of learning."""
    factors = [value for name, value in network.named_parameters() if ".lora_" in name]
    others = [value for name, value in network.named_parameters() if ".lora_" not in name]
    optimiser = torch.optim.AdamW(
        [
            {"params": factors, "lr": rate, "weight_decay": 0.01},
            {"params": others, "lr": rate / _SLOWER, "weight_decay": 0.0},
        ]
    )
    steps = len(work)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, step / (_WARM_UP * steps)) * max(_LEAST, 1 - step / steps)
    )
    network.train()
    for step, batch in enumerate(work, 1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = network([pair for pair, _ in batch])
        loss = loss_of(logits.float(), [label for _, label in batch])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        if step % 25 == 0:
            print(f"{step} of {steps}: loss {loss.item():.3f}", file=sys.stderr, flush=True)
