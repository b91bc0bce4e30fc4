"""The commands that keep running: the app, and the record for assistants."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from contextlib import suppress

from rag.cli.common import DONE, open_newsroom, settings_of
from rag.errors import BadSettings


def serve_app(args: argparse.Namespace) -> int:
    """`onrecord serve`: run the app until it is stopped, in this process, as another one would take longer to start."""
    if args.home:
        os.environ["ONRECORD_HOME"] = str(args.home)
    sys.argv[1:] = ["--host", args.host, "--port", str(args.port)]
    with suppress(KeyboardInterrupt):
        runpy.run_module("rag.ui.server", run_name="__main__", alter_sys=True)
    return DONE


def serve_assistants(args: argparse.Namespace) -> int:
    """`onrecord mcp`: serve until the assistant disconnects, or until stopped."""
    try:
        from rag.api import mcp_server
    except ModuleNotFoundError as exc:
        raise BadSettings("Assistants need the extra `mcp`: pip install 'onrecord[mcp]'.") from exc
    with open_newsroom(args) as room:
        if not args.http:
            mcp_server.serve_stdio(room, allow_add=args.allow_add)
            return DONE
        token = settings_of(args).api_token
        if token is None:
            raise BadSettings("Over HTTP, assistants need a token: set ONRECORD_API_TOKEN.")
        print(f"http://{args.host}:{args.port}/mcp", file=sys.stderr)
        mcp_server.serve_http(room, token.get_secret_value(), host=args.host, port=args.port, allow_add=args.allow_add)
    return DONE
