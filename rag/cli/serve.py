"""The command that runs the app."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from contextlib import suppress

from rag.cli.common import DONE


def serve_app(args: argparse.Namespace) -> int:
    """`onrecord serve`: the app, until it is stopped. It runs in this very process, so that nobody waits for two."""
    if args.home:
        os.environ["ONRECORD_HOME"] = str(args.home)
    sys.argv[1:] = ["--host", args.host, "--port", str(args.port)]
    with suppress(KeyboardInterrupt):
        runpy.run_module("rag.ui.server", run_name="__main__", alter_sys=True)
    return DONE
