"""The API against its own OpenAPI document: `python -m tests.api.fuzzing [--requests N] [--seed N]`.

Requests that fit the document and requests that do not, made by schemathesis, sent to a served library. What does not
keep to the document, and every 5xx, is told; exits 1 where there was any.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from rag import Newsroom, Settings
from tests.browser.serving import PROJECT, serving

TOKEN = "a-token-of-the-fuzzer"
KEPT_TO = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "ignored_auth", "unsupported_method",
)  # fmt: skip
LENIENT = ("/articles/file", "/verify")  # what is wrong may be lost on its way: form fields, as queries, are text


class Fuzzed:
    """What was sent, what came back, and what was wrong with it."""

    def __init__(self) -> None:
        self.sent = 0
        self.statuses: Counter[int] = Counter()
        self.wrong: dict[str, str] = {}  # by what is wrong: one example


def fuzzed(address: str, requests: int, number: int = 1) -> Fuzzed:
    """Send at least so many requests, and one of each kind to each address, to the API that is served there: some
    addresses have few different ones, so further rounds with other seeds make up the number.
    """
    load_all_checks()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", headers=headers)
    every = [CHECKS.get_one(name) for name in KEPT_TO]
    lenient = [CHECKS.get_one(name) for name in KEPT_TO if name != "negative_data_rejection"]
    given_there: Iterator[Any] = schema.get_all_operations()  # results, whose errors the document does not have
    operations = [found.ok() for found in given_there]
    found = Fuzzed()
    kinds = list(product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))
    while found.sent < requests:
        each = -(-(requests - found.sent) // len(kinds))
        for operation, mode in kinds:

            @seed(number)
            @settings(
                max_examples=each, deadline=None, database=None, derandomize=False, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def one(case: Any) -> None:
                reply = case.call(headers=headers, timeout=120)
                found.sent += 1
                found.statuses[reply.status_code] += 1
                try:
                    case.validate_response(
                        reply, checks=lenient if case.method == "GET" or case.path in LENIENT else every
                    )
                except (FailureGroup, AssertionError) as exc:
                    problems = exc.exceptions if isinstance(exc, FailureGroup) else [exc]
                    for problem in problems:
                        name = f"{case.method} {case.path} {type(problem).__name__} {reply.status_code}"
                        found.wrong.setdefault(name, f"{problem}\n{case.as_curl_command()}\n{reply.text[:500]}")

            with suppress(Unsatisfiable):  # nothing can be wrong with a request that takes nothing
                one()
        number += 1
    return found


def main() -> int:
    """Serve a library of the sample corpus and send what is asked for."""
    asked = argparse.ArgumentParser(prog="python -m tests.api.fuzzing", description=__doc__)
    asked.add_argument("--requests", type=int, default=10_000, help="in all (10000)")
    asked.add_argument("--seed", type=int, default=1)
    chosen = asked.parse_args()
    home = Path(tempfile.mkdtemp(prefix="onrecord-fuzz-"))
    try:
        with Newsroom.open(Settings(home=home)) as room:
            room.add(PROJECT / "corpus")
            room.wait()
        begun = time.monotonic()
        with serving(home, {"ONRECORD_API_TOKEN": TOKEN, "ONRECORD_API_RATE": "1000000"}) as address:
            found = fuzzed(address, chosen.requests, chosen.seed)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for name, example in found.wrong.items():
        print(f"{name}\n    {example}\n", flush=True)
    told = {str(status): n for status, n in sorted(found.statuses.items())}
    print(json.dumps({"requests": found.sent, "statuses": told, "wrong": len(found.wrong),
                      "seconds": round(time.monotonic() - begun)}))  # fmt: skip
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
