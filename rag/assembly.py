"""What a newsroom is made of: the only place that puts parts together."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Any

from rag import logs
from rag.domain import AddResult, Article, Extract, Statement
from rag.errors import BadSettings, ModelError, ModelMissing
from rag.providers.base import Embedder, RelevanceJudge
from rag.providers.metered import Metered
from rag.retrieval.search import Retriever
from rag.services.answers.base import DraftEngine
from rag.services.answers.extractive import BuiltinEngine
from rag.services.indexing.indexer import Extractor, Indexer, cut_fingerprint
from rag.services.ingestion.files import Files
from rag.settings import Settings
from rag.stores.base import VectorStore
from rag.text.prompts import STATEMENTS_VERSION
from rag.text.revisions import notes
from rag.wiring import chat_model, jobs, library, reranker, vectors

if TYPE_CHECKING:  # reading pages takes half a second to import, and few uses read one
    from rag.services.briefings.pipeline import BriefingMaker
    from rag.services.ingestion.add_pages import Addresses
    from rag.services.ingestion.pages import Fetches
    from rag.services.ingestion.previews import Previewing

_log = logging.getLogger(__name__)


class Assembly:
    """A library and all that works on it, each part made when it is first needed: opening loads no model and no index.

    A subclass may give other parts. `_faults` says what is missing, in words for `doctor`. Raises StoreError.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._library = library(settings)
        self._faults: list[str] = []
        self._making = threading.RLock()

    def _put(self, found: Extract, *, name: str, given: dict[str, Any], key: str | None = None) -> AddResult:
        told = (f"{note.kind}: {note.span.of(found.text)}" for note in notes(found.text))
        noted = replace(found, notes=tuple(dict.fromkeys((*found.notes, *told))))
        key = given.get("url", found.url) or key
        return self._library.put(
            noted, key=key, name=name, cut=self._indexer.cut, cut_as=self._indexer.cut_as, given=given
        )

    @cached_property
    def _embedder(self) -> Embedder | None:
        """The endpoint's embedding model if one is set, else the built-in one; None where its weights are missing."""
        if self.settings.embed_model:
            from rag.providers.openai_endpoint import OpenAIEmbedder

            return OpenAIEmbedder(self.settings)
        from rag.providers.minilm import shared_minilm

        try:
            return shared_minilm()
        except ModelMissing as exc:
            self._faults.append(f"{exc} Until then search goes by words alone.")
            return None

    @cached_property
    def _judge(self) -> RelevanceJudge | None:
        """Says which sentences answer: the endpoint's reranking model if one is set, else the built-in one; None where
        it is off or its weights are missing, and answers then go by words and vectors."""
        if not self.settings.judge:
            return None
        from rag.providers.cross_encoder import RerankerJudge, shared_cross_encoder

        if (model := reranker(self.settings)) is not None:
            return RerankerJudge(model)
        try:
            return shared_cross_encoder()
        except ModelMissing as exc:
            self._faults.append(f"{exc} Until then answers are chosen by words and vectors.")
            return None

    @cached_property
    def _vectors(self) -> VectorStore | None:
        if self._embedder is None:
            return None
        return vectors(self.settings, self._library, cut_fingerprint(self._embedder))

    @property
    def _made(self) -> bool:
        """True once something needed the models or an index: opening loads none, so that a listing is quick."""
        return "_one_indexer" in self.__dict__

    @property
    def _indexer(self) -> Indexer:
        with self._making:
            return self._one_indexer

    @cached_property
    def _one_indexer(self) -> Indexer:
        queue = jobs(self.settings)
        if queue is None:
            return Indexer(self._library, vectors=self._vectors, embedder=self._embedder, extractor=self._extractor)
        from rag.services.indexing.queued import QueuedIndexer

        return QueuedIndexer(
            self._library, vectors=self._vectors, embedder=self._embedder, extractor=self._extractor, jobs=queue
        )

    @cached_property
    def _files(self) -> Files:
        return Files(self._library, put=self._put, wake=self._indexer.start, reader=installed_version("onrecord"))

    @cached_property
    def _addresses(self) -> Addresses:
        from rag.services.ingestion.add_pages import Addresses

        return Addresses(
            self._library,
            put=self._put,
            wake=self._indexer.start,
            fetcher=lambda: self._fetcher,
            reader=installed_version("onrecord"),
        )

    @cached_property
    def _previewing(self) -> Previewing:
        from rag.services.ingestion.previews import Previewing

        return Previewing(
            self._library,
            put=self._put,
            wake=self._indexer.start,
            fetcher=lambda: self._fetcher,
            web=self._addresses,
        )

    @cached_property
    def _extractor(self) -> Extractor | None:
        from rag.providers.spacy_parser import shared_parser
        from rag.statements import FINGERPRINT, extract_statements

        parser = shared_parser()

        again = self._second_pass

        def extract(article: Article) -> tuple[Statement, ...]:
            found = extract_statements(
                article.text,
                parser=parser,
                article_id=article.article_id,
                version=article.version,
                published=article.published,
                title=article.title,
            )
            return again(article, found) if again else found

        read_as = f"{FINGERPRINT}-{parser.fingerprint}"
        if again:
            read_as = f"{read_as}-{self.settings.model_name}-{STATEMENTS_VERSION}"
        return Extractor(fingerprint=read_as, extract=extract)

    @cached_property
    def _second_pass(self) -> Callable[[Article, tuple[Statement, ...]], tuple[Statement, ...]] | None:
        """Adds what the chat model finds, if it is asked to look for statements. Where it fails the rules' remain."""
        try:
            model = self._chat if self.settings.model_statements else None
        except BadSettings:  # `doctor` and the first question say so
            model = None
        if model is None:
            return None
        from rag.services.indexing.llm_statements import second_pass

        def again(article: Article, found: tuple[Statement, ...]) -> tuple[Statement, ...]:
            try:
                more = second_pass(article, found, model)
            except ModelError as exc:
                told = logs.fields(article_id=article.article_id, **logs.why(exc))
                _log.warning("no second reading for statements", extra=told)
                return found
            counts = {"more": len(more.statements), "dropped": more.dropped}
            _log.info("second reading for statements", extra=logs.fields(article_id=article.article_id, **counts))
            return tuple(sorted((*found, *more.statements), key=lambda item: item.content[0].start))

        return again

    @cached_property
    def _chat(self) -> Metered | None:
        """The chat model that is set, counted and capped. Raises BadSettings."""
        return chat_model(self.settings)

    @cached_property
    def _fetcher(self) -> Fetches:
        from rag.providers.fetch import Fetcher

        return Fetcher()

    @cached_property
    def _retriever(self) -> Retriever:
        return Retriever(self._library, self._vectors, self._embedder, reranker(self.settings))

    def _maker(self, *, builtin: bool) -> BriefingMaker:
        from rag.services.briefings.pipeline import BriefingMaker
        from rag.verification.conflicts import disagreements

        writer = None
        if not builtin and self._chat is not None:
            from rag.services.briefings.writing import Writer

            writer = Writer(self._chat, self._library, budget=self.settings.evidence_tokens)
        return BriefingMaker(self._library, self._retriever, self._embedder, writer=writer, compare=disagreements)

    @cached_property
    def _engine(self) -> DraftEngine:
        if self._chat is None:
            return BuiltinEngine()
        from rag.services.answers.generative import ChatEngine

        return ChatEngine(self._chat, budget=self.settings.evidence_tokens)
