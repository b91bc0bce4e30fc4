"""A small OpenID Connect provider on loopback: whoever comes is signed in at once as the user it is told."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "onrecord", "a secret of this client"


@dataclass
class Provider:
    """Where it is, and whom it signs in next."""

    address: str = ""
    user: str = "ida"
    grants: dict[str, tuple[str, str]] = field(default_factory=dict)  # code: user, nonce
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider, until the block ends."""
    here = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            if address.path == "/.well-known/openid-configuration":
                self._say(_described(here.address))
            elif address.path == "/keys":
                self._say({"keys": [here.key.as_dict(private=False)]})
            else:
                code = secrets.token_urlsafe(8)
                here.grants[code] = here.user, query["nonce"]
                self.send_response(302)
                back = urlencode({"code": code, "state": query["state"]})
                self.send_header("location", f"{query['redirect_uri']}?{back}")
                self.end_headers()

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            user, nonce = here.grants.pop(form["code"][0])
            now = int(time.time())
            claims = {"iss": here.address, "aud": CLIENT, "sub": user, "name": user.capitalize(), "nonce": nonce}
            token = jwt.encode({"alg": "RS256", "kid": "1"}, claims | {"iat": now, "exp": now + 600}, here.key)
            self._say({"access_token": "none", "token_type": "Bearer", "expires_in": 600, "id_token": token})

        def _say(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def _described(address: str) -> dict[str, Any]:
    return {
        "issuer": address,
        "authorization_endpoint": f"{address}/authorize",
        "token_endpoint": f"{address}/token",
        "jwks_uri": f"{address}/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    }
