"""A PostgreSQL cluster in a temporary folder, listening on loopback alone; a fresh database for whoever asks."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PASSWORD = "a/secret@word"  # what an address must quote
QUOTED = "a%2Fsecret%40word"
_NUMBERS = itertools.count()
_SECONDS_TO_END, _SECONDS_TO_START = 180, 180


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, the newest one; None where there is none."""
    results = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if results:
        return results[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named else None


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


class Cluster:
    """One PostgreSQL server. It is asked for a password, and refuses to run as root, so root hands it to `nobody`."""

    def __init__(self, folder: Path) -> None:
        programs = binaries()
        assert programs is not None
        self._programs, self._data, self.port = programs, folder / "data", free_port()
        self._as = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        if self._as:
            os.chown(folder, self._as.pw_uid, self._as.pw_gid)
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run("initdb", "--pgdata", self._data, "--username", "onrecord", "--pwfile", secret,
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        until = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", self._data.parent / "log", "-o", options)
                return
            except subprocess.CalledProcessError:  # what is left of a killed server still holds its memory
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is as a crash."""
        self._run("pg_ctl", "stop", "-w", "-D", self._data, "-m", mode)

    @property
    def pid(self) -> int:
        """The first of its running processes."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """SIGKILL the server; its processes end by themselves when they see it."""
        number = self.pid
        os.kill(number, signal.SIGKILL)
        until = time.monotonic() + _SECONDS_TO_END
        while _alive(number) or self._serving():
            assert time.monotonic() < until, "processes of a killed server go on"
            time.sleep(0.05)

    def _serving(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def address(self, database: str, password: str = QUOTED) -> str:
        """The address of a database, as ONRECORD_DATABASE_URL takes it."""
        return f"postgresql://onrecord:{password}@127.0.0.1:{self.port}/{database}"

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"library{next(_NUMBERS)}_{os.getpid()}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "onrecord", "-w", name)
        return self.address(name)

    def _run(self, program: str, *arguments: object) -> None:
        who: dict[str, Any] = (
            {"user": self._as.pw_uid, "group": self._as.pw_gid, "extra_groups": []} if self._as else {}
        )
        subprocess.run(
            [self._programs / program, *map(str, arguments)],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "PGPASSWORD": PASSWORD, "LC_ALL": "C.UTF-8"},
            **who,
        )


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running server, gone afterwards. Its folder is not one of pytest's, which it closes to other users."""
    with tempfile.TemporaryDirectory(prefix="onrecord-postgres-") as folder:
        Path(folder).chmod(0o755)
        result = Cluster(Path(folder))
        result.start()
        try:
            yield result
        finally:
            result.stop("immediate")
