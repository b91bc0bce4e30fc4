"""The whole suite as three runs of pytest side by side: `python -m tests`.

One mostly waits for a browser, one for servers, killed processes and a language model, and runs the pages without a
browser, one computes the rest, so that two cores take little more than half of the time that one run would. What they
write lies in memory where there is room: nothing here is lost with the power. Fails if any does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).parent
MEMORY, ROOM = Path("/dev/shm"), 6_000_000_000  # bytes
BROWSER = ("browser",)
WAITING = (
    "test_never_lost.py", "test_shared.py", "providers/test_local_model.py", "test_cli.py",
    "attack", "faults", "pages", "ui",
)  # fmt: skip


def main() -> int:
    """Run all three, and show what each said when it is done, one after the other."""
    pytest = [sys.executable, "-m", "pytest", "-m", "not bench", *sys.argv[1:]]
    groups = [[f"tests/{name}" for name in names] for names in (BROWSER, WAITING)]
    rest = [f"--ignore={path}" for paths in groups for path in paths]
    environment = dict(os.environ)
    with ExitStack() as stack:
        if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
            environment["TMPDIR"] = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
            Path(environment["TMPDIR"]).chmod(0o755)  # PostgreSQL runs as somebody else
        runs = []
        for chosen in (*groups, rest):
            said = stack.enter_context(tempfile.TemporaryFile("w+"))
            run = subprocess.Popen([*pytest, *chosen], cwd=HERE.parent, env=environment, stdout=said, stderr=said)
            runs.append((run, said))
        for run, said in runs:
            run.wait()
            said.seek(0)
            sys.stdout.write(said.read())
            sys.stdout.flush()
    return max(run.returncode != 0 for run, _ in runs)


if __name__ == "__main__":
    sys.exit(main())
