"""The command that runs the app."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from rag.cli.showing import DONE, settings_of


def serve_app(asked: argparse.Namespace) -> int:
    """`onrecord serve`: the app, until it is stopped."""
    environment = {**os.environ, "ONRECORD_HOME": str(settings_of(asked).home)}
    command = [sys.executable, "-m", "rag.ui.server", "--host", asked.host, "--port", str(asked.port)]
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return DONE
