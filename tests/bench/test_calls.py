"""The record over HTTP and MCP beside the door in process: requests a second, milliseconds, and what a call costs more.

The sample corpus and questions that were asked before, so that what is told is the way and not the work. Run by `make
bench`.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import httpx
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from rag import Newsroom, Settings
from tests.browser.serving import serving
from tests.conftest import PROJECT

pytestmark = pytest.mark.bench

CLIENTS, CALLS, ALONE = (1, 25, 100), 400, 100
QUERY, QUESTION = "Bayraktar plant", "What is Turkey's stated position?"
TOKEN = "a-token-of-the-bench"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("calls") / "home"
    with Newsroom.open(Settings(home=made)) as room:
        room.add(PROJECT / "corpus")
        room.wait()
    return made


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(home, {"ONRECORD_API_TOKEN": TOKEN, "ONRECORD_API_RATE": "10000000"}) as served:
        yield f"{served}/api/v1"


def print_rate(name: str, clients: int, spent: list[float], seconds: float) -> None:
    cut = statistics.quantiles(spent, n=20)
    rate = len(spent) / seconds
    print(f"\n{name}, {clients} clients: p50 {cut[9]:.0f} ms, p95 {cut[18]:.0f} ms, {rate:.0f} calls a second")


@pytest.mark.parametrize("clients", CLIENTS)
@pytest.mark.parametrize("name", ["search", "ask"])
def test_in_process(home: Path, name: str, clients: int) -> None:
    with Newsroom.open(Settings(home=home)) as room:
        call: Callable[[], object] = (lambda: room.search(QUERY)) if name == "search" else (lambda: room.ask(QUESTION))
        call()
        spent: list[float] = []

        def client() -> None:
            for _ in range(max(2, CALLS // clients)):
                start = time.perf_counter()
                call()
                spent.append((time.perf_counter() - start) * 1000)

        threads = [threading.Thread(target=client) for _ in range(clients)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print_rate(f"{name} in process", clients, spent, time.perf_counter() - start)


async def _sent(client: httpx.AsyncClient, name: str) -> None:
    if name == "search":
        reply = await client.get("/search", params={"q": QUERY})
    else:
        reply = await client.post("/ask", json={"question": QUESTION})
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("clients", CLIENTS)
@pytest.mark.parametrize("name", ["search", "ask"])
def test_over_http(address: str, name: str, clients: int) -> None:
    spent: list[float] = []

    async def work() -> float:
        limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=120) as client:
            await _sent(client, name)

            async def one() -> None:
                for _ in range(max(2, CALLS // clients)):
                    start = time.perf_counter()
                    await _sent(client, name)
                    spent.append((time.perf_counter() - start) * 1000)

            start = time.perf_counter()
            await asyncio.gather(*(one() for _ in range(clients)))
            return time.perf_counter() - start

    print_rate(f"{name} over HTTP", clients, spent, asyncio.run(work()))


def test_what_a_call_costs_more(home: Path, address: str, tmp_path: Path) -> None:
    """The three ways by turns, so that what else the machine does falls on each alike."""
    ways: dict[str, list[float]] = {"door": [], "HTTP": [], "MCP": []}
    own = shutil.copytree(home, tmp_path / "home")
    environment = {"PYTHONPATH": str(PROJECT)}
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "rag", "mcp", "--home", str(own)], env=environment
    )

    async def work(room: Newsroom, client: httpx.AsyncClient) -> None:
        async with Client(stdio_client(server)) as assistant:
            for at in range(ALONE + 5):
                start = time.perf_counter()
                room.search(QUERY)
                after_door = time.perf_counter()
                await _sent(client, "search")
                after_http = time.perf_counter()
                await assistant.call_tool("search", {"query": QUERY})
                spent = (after_door - start, after_http - after_door, time.perf_counter() - after_http)
                if at >= 5:
                    for way, seconds in zip(ways.values(), spent, strict=True):
                        way.append(seconds * 1000)

    async def both() -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with Newsroom.open(Settings(home=home)) as room:
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120) as client:
                await work(room, client)

    anyio.run(both)
    door = statistics.median(ways["door"])
    for name, way in ways.items():
        print(f"\n{name}: median {statistics.median(way):.1f} ms, {statistics.median(way) - door:+.1f} ms")
