"""`python -m tests.faults [--count N] [--articles N] [--servers]`: injects faults and prints what was lost, as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.faults import injecting, serving


def main() -> int:
    """Exits 1 where anything was lost, doubled or half-indexed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=injecting.__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--servers", action="store_true", help="a shared library, whose servers are killed too")
    args = parser.parse_args()
    if args.servers:
        said = serving.main(args.count)
        print(json.dumps(said, indent=1))
        return int(any(said[what] for what in serving.NONE))
    with tempfile.TemporaryDirectory() as folder:
        said = injecting.main(Path(folder), args.articles, args.count)
    print(json.dumps(said, indent=1))
    whole = said["broken"] == said["peace"] and not said["lost"] and not said["errors"]
    return 0 if whole and not {"overwritten", "unnoticed"} & said["libraries"].keys() else 1


if __name__ == "__main__":
    sys.exit(main())
