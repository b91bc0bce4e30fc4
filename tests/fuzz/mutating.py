"""Seeded mutation of good inputs: hostile ones, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from rag.readers.archive import ZIP_ERRORS
from tests.fuzz.seeds import TOKENS, seeds
from tests.fuzz.targets import packed, unpacked

MOST = 60_000  # bytes of most inputs
LARGE = 1_000_000  # bytes of one in a hundred
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"99999999999999999999", b"1e9")


def hostile(target: str, count: int, seed: int = 1) -> Iterator[bytes]:
    """So many inputs for a target; the first ones are the good ones that it begins with."""
    good = seeds(target)
    yield from good[:count]
    for number in range(len(good), count):
        draw = random.Random(f"{seed}-{target}-{number}")
        yield mutated(draw.choice(good), good, draw)


def mutated(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    """One input made hostile. Of an archive mostly a file in it, so that the readers within are reached."""
    if data.startswith(b"PK\x03\x04") and draw.random() < 0.75:
        try:
            parts = unpacked(data)
        except ZIP_ERRORS:
            return mutate(data, others, draw)
        name = draw.choice(sorted(parts))
        if draw.random() < 0.1:
            parts.pop(name)
        else:
            parts[name] = mutate(parts[name], list(parts.values()), draw)
        return packed(parts)
    return mutate(data, others, draw)


def mutate(data: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    """Up to eight changes, and now and then a growth."""
    result = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        _change(result, others, draw)
    most = LARGE if draw.random() < 0.01 else MOST
    if most == LARGE or draw.random() < 0.05:
        piece = bytes(result[: draw.randint(1, 200)]) if draw.random() < 0.3 else draw.choice(TOKENS)
        at = draw.randint(0, len(result))
        result[at:at] = piece * (draw.randint(1000, most) // max(1, len(piece)))
    return bytes(result[:most])


def _change(made: bytearray, others: Sequence[bytes], draw: random.Random) -> None:
    at = draw.randint(0, len(made))
    end = min(len(made), at + int(draw.expovariate(0.05)) + 1)
    kind = draw.randrange(10)
    if kind == 0 and made:
        made[at % len(made)] = draw.randrange(256)
    elif kind == 1:
        del made[at:end]
    elif kind == 2:
        made[at:at] = made[at:end] * draw.choice((1, 2, 30))
    elif kind == 3:
        made[at:end] = b""
        made[at:at] = draw.choice(TOKENS)
    elif kind == 4:
        made[at:at] = draw.choice(TOKENS) * draw.choice((2, 20, 300))
    elif kind == 5:
        del made[at:]
    elif kind == 6:
        other = draw.choice(others)
        begin = draw.randint(0, len(other))
        made[at:end] = other[begin : begin + draw.randint(0, 500)]
    elif kind == 7 and (numbers := list(_NUMBER.finditer(made))):
        one = draw.choice(numbers)
        made[one.start() : one.end()] = draw.choice(_NUMBERS)
    elif kind == 8:
        made[at:at] = chr(draw.choice((draw.randrange(0xD800), draw.randrange(0xE000, 0x110000)))).encode()
    else:
        made[at:at] = draw.choice(TOKENS)
