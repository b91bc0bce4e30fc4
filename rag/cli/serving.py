"""The command that runs the app."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from rag.cli.showing import DONE


def serve_app(asked: argparse.Namespace) -> int:
    """`onrecord serve`: the app, until it is stopped. Where the system can, it takes the place of this process, so that
    nobody waits for two of them.
    """
    environment = {**os.environ, **({"ONRECORD_HOME": str(asked.home)} if asked.home else {})}
    command = [sys.executable, "-m", "rag.ui.server", "--host", asked.host, "--port", str(asked.port)]
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(command[0], command, environment)  # noqa: S606
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return DONE
