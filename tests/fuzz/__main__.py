"""`python -m tests.fuzz [--inputs N] [--seed N] [--keep DIR] [TARGET...]`: hostile inputs for every parser.

Each target runs in a process of its own with bounded memory, each input within bounded time. A process that dies or
hangs in foreign code is one crash more, and the next one goes on after the input. Prints a line for each target and,
in the end, one JSON object; exits 1 where anything crashed.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fuzz.bounded import SECONDS, failure_of, limit_memory
from tests.fuzz.mutating import hostile
from tests.fuzz.targets import TARGETS

_HANGS = 60.0  # seconds without an input done, on a busy machine, after which foreign code is taken to hang


def child(name: str, count: int, seed: int, first: int) -> None:
    """Tries inputs from the `first` on; tells each by a line: its number, and what went wrong if anything did."""
    inputs = list(itertools.islice(hostile(name, count, seed), first, None))
    failure_of(TARGETS[name], inputs[0])  # imports and loads what it needs
    limit_memory()
    for number, data in enumerate(inputs, first):
        os.write(1, (json.dumps([number, None]) + "\n").encode())
        if wrong := failure_of(TARGETS[name], data):
            os.write(1, (json.dumps([number, wrong]) + "\n").encode())


def parent(name: str, count: int, seed: int) -> list[tuple[int, str]]:
    """The crashes of a target: the number of the input and what went wrong."""
    crashes: list[tuple[int, str]] = []
    first = 0
    while first < count:
        words = [
            sys.executable,
            "-m",
            "tests.fuzz",
            name,
            "--inputs",
            str(count),
            "--seed",
            str(seed),
            "--from",
            str(first),
        ]
        at, died = _watched(words, crashes)
        if not died:
            break
        if at is None:
            raise RuntimeError(f"It died before the first input. What it says: {' '.join(words)}")
        crashes.append((at, died))
        first = at + 1
    return crashes


def _watched(words: list[str], crashes: list[tuple[int, str]]) -> tuple[int | None, str | None]:
    """Which input was the last one, None before the first, and how the process died if it did."""
    import select

    at = None
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout is not None
        rest = b""
        while True:
            if not select.select([running.stdout], [], [], _HANGS)[0]:
                running.kill()
                return at, "hangs in foreign code"
            read = os.read(running.stdout.fileno(), 1 << 16)
            if not read:
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                at, wrong = json.loads(line)
                if wrong:
                    crashes.append((at, wrong))
        code = running.wait()
    return at, f"the process died ({code})" if code else None


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--inputs", type=int, default=10_000, help="in all (10000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write inputs that crash here")
    parser.add_argument("--from", type=int, dest="first", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.first is not None:
        child(args.targets[0], args.inputs, args.seed, args.first)
        return 0
    names = args.targets or list(TARGETS)
    each = -(-args.inputs // len(names))
    crashed = 0
    for name in names:
        started = time.monotonic()
        result = parent(name, each, args.seed)
        crashed += len(result)
        print(f"{name:14} {each:6} inputs  {len(result):3} crashes  {time.monotonic() - started:6.1f} s", flush=True)
        inputs = list(hostile(name, each, args.seed)) if result else []
        for number, wrong in result:
            print(f"    input {number}: {wrong}", flush=True)
            if args.keep:
                args.keep.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256(inputs[number]).hexdigest()[:8]
                (args.keep / f"{name.replace(' ', '-')}.{digest}").write_bytes(inputs[number])
    print(json.dumps({"inputs": each * len(names), "targets": len(names), "crashes": crashed, "seconds_each": SECONDS}))
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
