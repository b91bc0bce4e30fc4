"""Shared fixtures: no network but loopback, a clean environment, a newsroom in a temporary folder."""

from __future__ import annotations

import inspect
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from rag import Newsroom, Settings
from rag.cli import main
from tests.servers.chroma import ChromaProcess
from tests.servers.postgres import Cluster, binaries, cluster
from tests.sites import Site, opened

# The same examples in each run, however slow the machine; `make fuzz` looks for new ones.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.load_profile("suite")

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared"
OUR_VARIABLES = ("OPENAI_", "ONRECORD_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that open a library can be left out by their mark: `python -m tests fast` does."""
    for item in items:
        if isinstance(item, pytest.Function):
            fixtures = [one.func for several in item._fixtureinfo.name2fixturedefs.values() for one in several]
            if any(map(_opens_library, (item.function, *fixtures))):
                item.add_marker("library")


@cache
def _opens_library(function: Callable[..., object]) -> bool:
    """True if a function of the tests, or one of them that it calls, opens a newsroom or runs a command."""
    if not inspect.isfunction(function) or not function.__module__.startswith("tests."):
        return False
    codes = [function.__code__]
    for code in codes:  # grows by what is defined inside
        codes += [one for one in code.co_consts if inspect.iscode(one)]
    values = [function.__globals__.get(name) for code in codes for name in code.co_names]
    return any(
        value is main
        or (inspect.isclass(value) and issubclass(value, Newsroom))
        or (inspect.isfunction(value) and value is not function and _opens_library(value))
        for value in values
    )


def _loopback(host: object) -> bool:
    if not isinstance(host, str) or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Every connection and look-up that leaves this machine fails, whatever library asks for it."""
    guarded = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    look_up = socket.getaddrinfo

    def guard(name: str) -> Callable[..., Any]:
        def call(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _loopback(address[0]):
                raise AssertionError(f"a test reached for {address[0]}")
            return guarded[name](self, *args)

        return call

    def guarded_look_up(host: Any, *args: Any, **named: Any) -> Any:
        shown = host.decode() if isinstance(host, bytes) else host
        if not _loopback(shown):
            raise AssertionError(f"a test looked up {shown}")
        return look_up(host, *args, **named)

    for name in guarded:
        setattr(socket.socket, name, guard(name))
    socket.getaddrinfo = guarded_look_up
    yield
    for name, original in guarded.items():
        setattr(socket.socket, name, original)
    socket.getaddrinfo = look_up


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None of our settings leak in from outside, and nothing is written into the project."""
    for name in list(os.environ):
        if name.startswith(OUR_VARIABLES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ONRECORD_HOME", str(tmp_path / "home"))


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between two tries of a request to an endpoint."""
    monkeypatch.setattr("rag.providers.endpoint._FIRST_PAUSE", 0.001)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """An empty newsroom with the built-in engine."""
    with Newsroom.open(Settings(home=tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample corpus, read to the end; copy it to change it."""
    home = tmp_path_factory.mktemp("sample")
    with Newsroom.open(Settings(home=home)) as opened:
        assert {item.status for item in opened.add(PROJECT / "corpus")} == {"added"}
        opened.wait()
    return home


@pytest.fixture
def sample(sample_home: Path) -> Iterator[Newsroom]:
    """A newsroom over the sample corpus; read it, don't change it."""
    with Newsroom.open(Settings(home=sample_home)) as opened:
        yield opened


@pytest.fixture(scope="session")
def library_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Newsroom]]:
    """Opens a newsroom over news in which `title | outlet | day` stands above each text, and an empty line between two.

    The same news gives the same newsroom throughout a run: read it, don't change it.
    """
    with ExitStack() as stack:

        @cache
        def newsroom_with(news: str) -> Newsroom:
            room = stack.enter_context(Newsroom.open(Settings(home=tmp_path_factory.mktemp("news"))))
            for entry in news.strip().split("\n\n"):
                head, _, text = entry.partition("\n")
                title, outlet, day = ([part.strip() or None for part in head.split("|")] + [None, None])[:3]
                room.add_text(" ".join(text.split()), title=title, outlet=outlet, published=day)
            room.wait()
            return room

        yield newsroom_with


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server of this run."""
    if binaries() is None:
        pytest.skip("needs PostgreSQL's programs (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="needs the extra `server`")
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """A Chroma server of this run."""
    with ChromaProcess(tmp_path_factory.mktemp("chroma")) as running:
        yield running


@pytest.fixture(scope="session")
def real_article() -> Path:
    """The real pasted article beside the project."""
    path = SHARED / "articles" / "turkish-drones-2022-02-03.txt"
    if not path.exists():
        pytest.skip(f"needs {path.relative_to(PROJECT.parent)} beside the project")
    return path


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on loopback."""
    with opened() as site:
        yield site
