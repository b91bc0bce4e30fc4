"""`onrecord mcp`: the record for assistants."""

from __future__ import annotations

import argparse
import sys

from rag.cli.common import DONE, opened, settings_of
from rag.errors import BadSettings


def serve_assistants(args: argparse.Namespace) -> int:
    """Serve until the assistant goes away, or until stopped."""
    try:
        from rag.api import mcp_server
    except ModuleNotFoundError as exc:
        raise BadSettings("Assistants need the extra `mcp`: pip install 'onrecord[mcp]'.") from exc
    with opened(args) as room:
        if not args.http:
            mcp_server.serve_stdio(room, allow_add=args.allow_add)
            return DONE
        token = settings_of(args).api_token
        if token is None:
            raise BadSettings("Over HTTP, assistants need a token: set ONRECORD_API_TOKEN.")
        print(f"http://{args.host}:{args.port}/mcp", file=sys.stderr)
        mcp_server.serve_http(room, token.get_secret_value(), host=args.host, port=args.port, allow_add=args.allow_add)
    return DONE
