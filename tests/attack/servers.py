"""A name server on loopback, and what asks it: DNS rebinding is tried with a real look-up over the wire."""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_A, _AAAA = 1, 28


@dataclass
class Names:
    """Answers every question with the next of `answers`, the last one for ever, with no time to live."""

    answers: Sequence[Sequence[str]]
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def look_up(self, host: str, port: int) -> list[str]:
        """A resolver for the fetcher: one question over UDP for IPv4, and what came with it."""
        del port
        labels = b"".join(bytes([len(part)]) + part.encode() for part in host.split(".")) + b"\0"
        question = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + struct.pack(">HH", _A, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(10)
            asking.sendto(question, ("127.0.0.1", self.port))
            return _addresses(asking.recv(4096), len(question))


@contextmanager
def name_server(*answers: Sequence[str]) -> Iterator[Names]:
    """Serve names on a free port of loopback."""
    names = Names(answers)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        names.port = listening.getsockname()[1]

        def serve() -> None:
            while True:
                question, asker = listening.recvfrom(512)
                if not question:
                    return
                names.asked.append(question[13:].split(b"\0")[0].decode("ascii", "replace"))
                listening.sendto(_answer(question, names.answers[min(len(names.asked), len(names.answers)) - 1]), asker)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield names
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", ("127.0.0.1", names.port))
            thread.join(5)


def _answer(question: bytes, addresses: Sequence[str]) -> bytes:
    packed = [ipaddress.ip_address(one).packed for one in addresses]
    records = b"".join(
        struct.pack(">HHHIH", 0xC00C, _A if len(one) == 4 else _AAAA, 1, 0, len(one)) + one for one in packed
    )
    return question[:2] + struct.pack(">HHHHH", 0x8180, 1, len(packed), 0, 0) + question[12:] + records


def _addresses(answer: bytes, at: int) -> list[str]:
    results = []
    for _ in range(struct.unpack(">H", answer[6:8])[0]):
        size = struct.unpack(">H", answer[at + 10 : at + 12])[0]
        results.append(str(ipaddress.ip_address(answer[at + 12 : at + 12 + size])))
        at += 12 + size
    return results
