"""Coverage-guided fuzzing with atheris, which is no dependency of ours: `pip install atheris`, then

`python -m tests.fuzz.guided TARGET CORPUS_DIR CRASH_DIR SECONDS`.

It goes on after a crash: each new place of a crash is kept once, in CRASH_DIR, and told on standard error.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rag", "feedparser", "pypdf", "docx", "yaml", "markdown_it", "email"]):
    from tests.fuzz import bounded, targets
from tests.fuzz.seeds import TOKENS, seeds


def main(name: str, corpus: Path, crashes: Path, seconds: int) -> None:
    """Fuzz one target."""
    target, label = targets.TARGETS[name], name.replace(" ", "-")
    for folder in (corpus, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    for data in seeds(name):
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    words = corpus.with_suffix(".dict")
    quoted = ("".join(f"\\x{byte:02x}" for byte in token) for token in TOKENS)
    words.write_text("\n".join(f'"{one}"' for one in quoted), "ascii")
    seen: set[str] = set()

    def one(data: bytes) -> None:
        wrong = bounded.failure_of(target, data)
        if wrong and (place := re.sub(r":(?= ).*|: .*", "", wrong)) not in seen:
            seen.add(place)
            digest = hashlib.sha256(data).hexdigest()[:8]
            (crashes / f"{label}.{digest}").write_bytes(data)
            sys.stderr.write(f"CRASH {name} {digest}: {wrong}\n")

    one(seeds(name)[0])
    options = [f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=2500", "-max_len=8192", f"-dict={words}"]
    options += [f"-artifact_prefix={crashes}/{label}.", "-print_final_stats=1", "-verbosity=1"]
    atheris.Setup([sys.argv[0], str(corpus), *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
