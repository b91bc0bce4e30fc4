"""The suite in three parts; all but the first as runs of pytest side by side, so that two cores are busy.

`python -m tests fast [ROOM ...]` is what a change to a rule needs while it is made: the floors of the house and the
rooms that are named, or else the pure ones, without what opens a library or is large. `python -m tests` is everything
but the slow part: browsers, killed processes, injected faults and a language model that runs here, which are
`python -m tests slow`. What the tests write lies in memory where there is room: nothing here is lost with the power.
Arguments that begin with a dash go to pytest. Fails if any run does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
MEMORY, ROOM = Path("/dev/shm"), 6_000_000_000  # bytes
ALWAYS = ("test_architecture.py",)
PURE = ("knowledge", "question", "text", "verification")
SLOW = (("browser",), ("test_never_lost.py", "test_shared.py", "faults", "providers/test_local_model.py"))


def runs_of(words: Sequence[str]) -> list[list[str]]:
    """The arguments of each run of pytest, from what follows `python -m tests`."""
    part, *rooms = [*words, ""] if words and words[0] in ("fast", "slow") else ["", *words]
    rooms = [room for room in rooms if room]
    if part == "fast":
        return [[*_paths((*ALWAYS, *(rooms or PURE))), "-m", "not bench and not library and not large"]]
    if rooms:
        raise SystemExit(f"python -m tests: rooms ({' '.join(rooms)}) are for `fast`; for one file run pytest.")
    if part == "slow":
        return [_paths(names) for names in SLOW]
    everything = ["tests", *(f"--ignore=tests/{name}" for names in SLOW for name in names)]
    return [everything, [*everything, "--from-the-back"]]


def _paths(names: Sequence[str]) -> list[str]:
    missing = [name for name in names if not (HERE / name).exists()]
    if missing:
        rooms = sorted(path.name for path in HERE.iterdir() if path.is_dir() and any(path.glob("test_*.py")))
        raise SystemExit(f"There is no tests/{missing[0]}. Rooms: {', '.join(rooms)}.")
    return [f"tests/{name}" for name in names]


def main() -> int:
    """Run all of a part, and show what each run said when it is done, one after the other."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    pytest = [sys.executable, "-m", "pytest", "-m", "not bench", *options]
    environment = dict(os.environ)
    chosen = runs_of(words)
    if len(chosen) == 1:
        return subprocess.run([*pytest, *chosen[0]], cwd=HERE.parent, check=False).returncode
    with ExitStack() as stack:
        taken = stack.enter_context(tempfile.TemporaryDirectory())
        pytest += ["-p", "tests.side_by_side", "--taken", taken]
        if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
            environment["TMPDIR"] = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
            Path(environment["TMPDIR"]).chmod(0o755)  # PostgreSQL runs as somebody else
        runs = []
        for paths in chosen:
            output = stack.enter_context(tempfile.TemporaryFile("w+"))
            run = subprocess.Popen([*pytest, *paths], cwd=HERE.parent, env=environment, stdout=output, stderr=output)
            runs.append((run, output))
        for run, output in runs:
            run.wait()
            output.seek(0)
            sys.stdout.write(output.read())
            sys.stdout.flush()
    return max(run.returncode != 0 for run, _ in runs)


if __name__ == "__main__":
    sys.exit(main())
