"""The command `onrecord`: parse, call the newsroom, show.

Exit codes: 0 done, 1 done in part or nothing found, 2 unusable input.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rag.cli.arguments import parser
from rag.cli.common import DONE, PARTLY, UNUSABLE
from rag.errors import OnRecordError

__all__ = ["DONE", "PARTLY", "UNUSABLE", "main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except OnRecordError as exc:
        print(f"onrecord: {exc}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("onrecord: stopped; what was reported as done is done.", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output has ended, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
