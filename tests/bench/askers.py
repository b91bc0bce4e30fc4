"""Many ask at once, of a library in a folder and of the same library on servers: `python -m tests.bench.askers [N...]`.

N are numbers of simultaneous askers (25 and 100). Each asks its questions one after the other, without a pause, of the
sample corpus, with the built-in engine; in a folder of one application, on servers of two that share them. Says the
median and the 95th percentile of the seconds that an answer took, answers a second, and processor time an answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

from rag import Newsroom, Settings
from tests.servers.chroma import ChromaProcess
from tests.servers.postgres import cluster

CORPUS = Path(__file__).parents[2] / "corpus"
EACH = 3
QUESTIONS = [
    "What is Turkey's stated position?",
    "What did Russia say about the drones?",
    "Where will the drone plant be built?",
    "Who signed the agreement with Ukraine?",
    "What does NATO say about it?",
    "How many drones has Ukraine bought?",
]


def ask(settings: Settings, askers: int) -> list[float]:
    """The seconds that each answer took, with so many threads asking at once."""
    took: list[float] = []
    with Newsroom.open(settings) as room:
        for question in QUESTIONS:
            room.ask(question)
        gate = threading.Barrier(askers)

        def asker(number: int) -> None:
            gate.wait()
            for turn in range(EACH):
                begun = time.perf_counter()
                room.ask(QUESTIONS[(number + turn) % len(QUESTIONS)])
                took.append(time.perf_counter() - begun)

        threads = [threading.Thread(target=asker, args=(number,)) for number in range(askers)]
        begun, spent = time.perf_counter(), time.process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seconds, spent = time.perf_counter() - begun, time.process_time() - spent
    print(json.dumps({"took": took, "seconds": seconds, "spent": spent}), flush=True)
    return took


def measured(name: str, settings: Settings, askers: int, applications: int) -> None:
    """Runs the applications side by side and prints what their askers saw together."""
    values = {"home": str(settings.home), "askers": askers // applications}
    for field in ("database_url", "chroma_url"):
        secret = getattr(settings, field)
        values[field] = secret.get_secret_value() if secret else None
    command = [sys.executable, "-m", "tests.bench.askers", "--one", json.dumps(values)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(applications)]
    results = [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]
    took = sorted(second for one in results for second in one["took"])
    cuts = quantiles(took, n=20)
    rate = len(took) / max(one["seconds"] for one in results)
    spent = sum(one["spent"] for one in results) / len(took)
    print(
        f"{name}: {askers} askers, {applications} application(s): p50 {cuts[9]:.2f} s, p95 {cuts[18]:.2f} s, "
        f"{rate:.1f} answers a second, {1000 * spent:.0f} ms of processor time an answer"
    )


def main(numbers: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder, cluster() as database, ChromaProcess(Path(folder)) as chroma:
        home = Settings(home=Path(folder) / "home")
        with Newsroom.open(home) as room:
            room.add(CORPUS)
            room.wait()
            address = database.database()
            room.move_store(address, chroma=chroma.address)
        servers = Settings(home=Path(folder) / "app", database_url=address, chroma_url=chroma.address)
        for askers in numbers:
            measured("folder", home, askers, 1)
            measured("servers", servers, askers, 1)
            measured("servers", servers, askers, 2)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        data = json.loads(sys.argv[2])
        number = data.pop("askers")
        ask(Settings(**data), number)
    else:
        main([int(number) for number in sys.argv[1:]] or [25, 100])
