"""What an answer costs in a library of any size: `python -m tests.bench.asking HOME`, HOME grown by `growth.py`.

Answers of the built-in engine, search, steering, scoring, choice and verification included. The vectors are generated,
so the built-in model embeds an English sentence of at most 25 words beside each: its time counts, its vectors don't.
Told are milliseconds of the processor and of the clock for an answer, and how many of them are the model's.
"""

from __future__ import annotations

import argparse
import json
import statistics
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rag.domain import Filters, Finished
from rag.providers.base import EmbedKind
from rag.providers.cross_encoder import shared_cross_encoder
from rag.providers.minilm import MiniLM
from rag.question.interpret import interpret_one
from rag.retrieval.search import Retriever
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.pipeline import AnswerPipeline
from rag.stores.base import Vectors
from tests.bench.generated import Generated, questions
from tests.bench.growth import Stores

_ENGLISH = """the council said on monday that the harbour will be closed to larger ships until the new bridge has been
built and the old one taken down while shopkeepers fear that fewer visitors will come in the summer""".split()


class Embedding(Generated):
    """Generated vectors at the price of the built-in model's."""

    def __init__(self) -> None:
        self._model = MiniLM()
        self.spent = 0.0

    def embed(self, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        started = time.process_time()
        self._model.embed([" ".join((_ENGLISH * 8)[: min(25, len(text.split()))]) for text in texts], kind)
        self.spent += time.process_time() - started
        return super().embed(list(texts), kind)


def measure(home: Path, queries: int = 100) -> dict[str, object]:
    """Ask so many questions, each once."""
    stores, model = Stores.of(home), Embedding()
    retriever = Retriever(stores.library, stores.vectors, model)  # type: ignore[arg-type]
    answering = AnswerPipeline(stores.library, retriever, BuiltinEngine(), shared_cross_encoder())
    cpus, walls, models, answered = [], [], [], 0
    for at, question in enumerate(questions(queries + 3)):
        cpu, wall, before = time.process_time(), time.perf_counter(), model.spent
        last = list(
            answering.stream(interpret_one(question, stores.library.corpus, (), Filters()), cancel=threading.Event())
        )[-1]
        if at < 3:
            continue  # warm
        cpus.append((time.process_time() - cpu) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
        models.append((model.spent - before) * 1000)
        answered += isinstance(last, Finished) and not last.answer.abstained
    told: dict[str, object] = {
        f"{name}_{part}": round(statistics.quantiles(values, n=20)[at], 1)
        for name, values in (("cpu_ms", cpus), ("clock_ms", walls), ("model_cpu_ms", models))
        for part, at in (("p50", 9), ("p95", 18))
    }
    found = {"passages": stores.library.passages.count(), "asked": len(cpus), "answered": answered, **told}
    stores.close()
    return found


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("home", type=Path)
    given.add_argument("--queries", type=int, default=100)
    asked = given.parse_args()
    print(json.dumps(measure(asked.home, asked.queries)))
