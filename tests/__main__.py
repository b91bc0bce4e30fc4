"""The whole suite as two runs of pytest side by side: `python -m tests`.

One half mostly waits (for browsers, killed processes and a language model), the other mostly computes, so that two
cores take little more than half of the time that one run would. Fails if either does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
WAITING = [
    f"tests/{name}"
    for name in (
        "attack",
        "browser",
        "test_never_lost.py",
        "test_shared.py",
        "providers/test_local_model.py",
        "test_cli.py",
    )
]


def main() -> int:
    """Run both and show what they said, the waiting half when it is done."""
    pytest = [sys.executable, "-m", "pytest", "-m", "not bench", *sys.argv[1:]]
    with tempfile.TemporaryFile("w+") as said:
        waiting = subprocess.Popen([*pytest, *WAITING], cwd=HERE.parent, stdout=said, stderr=subprocess.STDOUT)
        ignored = [f"--ignore={path}" for path in WAITING]
        computed = subprocess.run([*pytest, *ignored], cwd=HERE.parent).returncode
        waited = waiting.wait()
        said.seek(0)
        sys.stdout.write(said.read())
    return computed or waited


if __name__ == "__main__":
    sys.exit(main())
