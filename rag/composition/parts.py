"""The composition: parts that are made when they are first needed, of the adapters that the settings name."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

from rag.composition.adapters import chat_model, check_model, job_queue, open_library, open_vectors, price, reranker
from rag.domain import AddResult, Article, Extract, Following, Statement, Watch
from rag.errors import BadSettings, ModelMissing
from rag.providers.base import Embedder, RelevanceJudge
from rag.providers.metered import Metered
from rag.retrieval.search import Retriever
from rag.services.actors import ActorService
from rag.services.answers.base import DraftEngine
from rag.services.answers.extractive import BuiltinEngine
from rag.services.answers.service import AnswerService
from rag.services.drafts.service import DraftService
from rag.services.exports.service import ExportService
from rag.services.indexing.indexer import Extractor, Indexer, cut_fingerprint, lacking
from rag.services.ingestion.service import IngestionService
from rag.services.maintenance import Maintenance
from rag.settings import Settings
from rag.stores.base import VectorStore
from rag.text.prompts import STATEMENTS_VERSION
from rag.verification.entailment import EntailmentJudge

if TYPE_CHECKING:  # whoever reads no page, writes no briefing and needs no server loads nothing for it
    from rag.providers.mail import Mailer
    from rag.services.briefings.pipeline import BriefingMaker
    from rag.services.following.scheduler import Scheduler
    from rag.services.following.service import FollowingService
    from rag.services.ingestion.pages import Fetches
    from rag.services.stories.service import StoryService

LIBRARY, VECTORS = "library.db", "vectors"
_READ_BY_RULES = ("en",)  # languages whose articles the rules read for statements
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_OWNER = "vectors_owner"  # kept in the library: what its vectors are called on a server
_SETTLED = 600.0  # seconds that new articles have to get their statements before watches are asked
T = TypeVar("T")


class part(Generic[T]):  # noqa: N801  # used as a decorator
    """A part that is made once, when it is first needed, under the lock of its composition."""

    def __init__(self, make: Callable[[Composition], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type[Composition], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, parts: None, owner: type[Composition]) -> Self: ...
    @overload
    def __get__(self, parts: Composition, owner: type[Composition]) -> T: ...
    def __get__(self, parts: Composition | None, owner: type[Composition]) -> T | Self:
        if parts is None:
            return self
        with parts.lock:
            if self._name not in parts.__dict__:
                parts.__dict__[self._name] = self._make(parts)
            value: T = parts.__dict__[self._name]
            return value


class Composition:
    """A library and all that works on it. Opening it loads no model and no index: each part is made when first needed.

    A subclass may give other parts. `faults` says what is missing, in words for `doctor`. Raises StoreError.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.faults: list[str] = []
        self.library = open_library(settings)

    def has(self, name: str) -> bool:
        """True once the part of that name was made."""
        return name in self.__dict__

    def close(self) -> None:
        """Stop background work after the piece in hand and release all files. Questions that still run end with a
        StoreError or ModelError at their next step.
        """
        self._release("scheduler")
        self._release("answers")
        self._release("chat")  # first: background work may wait for it
        self._release("indexer")
        self.library.close()  # whoever still asks is told so at the next step
        self._release("vectors")
        self._release("fetcher")

    def _release(self, name: str) -> None:
        """Close a part if it was made and can be closed."""
        if callable(close := getattr(self.__dict__.get(name), "close", None)):
            close()

    @part
    def embedder(self) -> Embedder | None:
        """The endpoint's embedding model if one is set, else the built-in one; None where its weights are missing."""
        if self.settings.embed_model:
            from rag.providers.endpoint_embeddings import OpenAIEmbedder

            return OpenAIEmbedder(self.settings)
        from rag.providers.minilm import shared_minilm

        try:
            return shared_minilm()
        except (ModelMissing, MemoryError, OSError) as exc:
            self.faults.append(f"{lacking(exc)} Until then search goes by words alone.")
            return None

    @part
    def judge(self) -> RelevanceJudge | None:
        """What says which sentences answer: the endpoint's reranking model if one is set, else the built-in one; None
        where it is off or its weights are missing, and answers then go by words and vectors. Raises BadSettings.
        """
        if not self.settings.judge:
            return None
        from rag.providers.cross_encoder import RerankerJudge, shared_cross_encoder

        if (model := reranker(self.settings)) is not None:
            return RerankerJudge(model)
        try:
            return shared_cross_encoder()
        except ModelMissing as exc:
            self.faults.append(f"{exc} Until then answers are chosen by words and vectors.")
            return None

    @part
    def vectors(self) -> VectorStore | None:
        """The vector store; None where no embedder is."""
        if self.embedder is None:
            return None
        return open_vectors(self.settings, self.library, cut_fingerprint(self.embedder))

    @part
    def indexer(self) -> Indexer:
        """What keeps the indices up to date: in this process, or through the queue of a shared library."""
        queue = job_queue(self.settings)
        if queue is None:
            return Indexer(
                self.library,
                vectors=self.vectors,
                embedder=self.embedder,
                extractor=self.extractor,
                release=installed_version("onrecord"),
            )
        from rag.services.indexing.queued import QueuedIndexer

        return QueuedIndexer(
            self.library,
            vectors=self.vectors,
            embedder=self.embedder,
            extractor=self.extractor,
            jobs=queue,
            release=installed_version("onrecord"),
        )

    @part
    def extractor(self) -> Extractor | None:
        """How statements are extracted from an article."""
        from rag.providers.spacy_parser import shared_parser
        from rag.statements import FINGERPRINT, Reading, read_article

        try:
            parser = shared_parser()
        except (ModelMissing, MemoryError, OSError) as exc:
            self.faults.append(f"{lacking(exc)} Until then articles get no statements; they are made up for later.")
            return None
        refine = self.statement_model

        def extract(article: Article) -> Reading:
            made = read_article(
                article.text,
                parser=parser,
                article_id=article.article_id,
                version=article.version,
                published=article.published,
                title=article.title,
            )
            return replace(made, statements=refine(article, made.statements)) if refine else made

        fingerprint = f"{FINGERPRINT}-{parser.fingerprint}"
        if refine and self.settings.model_statements:  # else English articles would all be read again for nothing
            fingerprint = f"{fingerprint}-{self.settings.model_name}-{STATEMENTS_VERSION}"
        return Extractor(fingerprint=fingerprint, extract=extract)

    @part
    def statement_model(self) -> Callable[[Article, tuple[Statement, ...]], tuple[Statement, ...]] | None:
        """What lets the chat model read articles for statements: all of them, if that is asked for, else those in
        languages that the rules do not read.
        """
        try:
            model = self.chat
        except BadSettings:  # `doctor` and the first question say so
            return None
        if model is None:
            return None
        from rag.services.indexing.llm_statements import refined_by

        return refined_by(model, languages=() if self.settings.model_statements else _READ_BY_RULES)

    @part
    def chat(self) -> Metered | None:
        """The chat model that is set, counted and capped; None where the built-in engine answers. A GGUF file goes
        before an endpoint. Raises BadSettings.
        """
        if self.settings.local_model is None and not self.settings.chat_model:
            return None
        return Metered(chat_model(self.settings), price=price(self.settings), cap=self.settings.max_cost)

    @part
    def entailment(self) -> EntailmentJudge | None:
        """What judges whether sources bear out what the chat model writes; None without one, or where it is off."""
        if self.chat is None or self.settings.check == "off":
            return None
        from rag.providers.entailment_chat import ChatJudge

        if not self.settings.check_model or self.settings.check_model == self.settings.model_name:
            return ChatJudge(self.chat)
        return ChatJudge(self.chat.beside(check_model(self.settings)))

    @part
    def fetcher(self) -> Fetches:
        """What fetches pages."""
        from rag.providers.fetch import Fetcher

        return Fetcher(allow_hosts=self.settings.allow_hosts.split(","))

    @part
    def retriever(self) -> Retriever:
        """Search over the library."""
        return Retriever(self.library, self.vectors, self.embedder, reranker(self.settings))

    @part
    def engine(self) -> DraftEngine:
        """What drafts answers: the chat model that is set, else the built-in engine."""
        if self.chat is None:
            return BuiltinEngine()
        from rag.services.answers.generative import ChatEngine

        return ChatEngine(self.chat, budget=self.settings.evidence_tokens)

    @part
    def ingestion(self) -> IngestionService:
        """Adding, previewing, amending and removing articles."""
        return IngestionService(
            self.library,
            self.indexer,
            fetcher=lambda: self.fetcher,
            reader=installed_version("onrecord"),
            home=Path(self.settings.home),
        )

    @part
    def answers(self) -> AnswerService:
        """Search, questions and statements."""
        return AnswerService(
            self.library,
            lambda: self.retriever,
            judge=lambda: self.judge,
            engine=lambda: self.engine,
            model=lambda: self.chat,
            entailment=lambda: self.entailment,
            overview=lambda *of: self.briefing_maker(builtin=True).outline(*of),
            give_way=lambda: self.indexer.give_way(),
        )

    @part
    def actors(self) -> ActorService:
        """The register of actors."""
        return ActorService(self.library)

    @part
    def drafts(self) -> DraftService:
        """Checking drafts against the record."""
        return DraftService(
            self.library,
            lambda: self.retriever,
            extract=self.statements_of_draft,
            give_way=lambda: self.indexer.give_way(),
        )

    @part
    def statements_of_draft(self) -> Callable[[str, date], Sequence[Statement]] | None:
        """How statements are extracted from a draft: by the rules, whatever model is set; None without a parser."""
        from rag.providers.spacy_parser import shared_parser
        from rag.statements import extract_statements

        try:
            parser = shared_parser()
        except (ModelMissing, MemoryError, OSError) as exc:
            self.faults.append(f"{lacking(exc)} Until then speakers of a draft are not compared.")
            return None
        return lambda text, today: extract_statements(text, parser=parser, article_id="", version="", published=today)

    @part
    def following(self) -> FollowingService:
        """Addresses that are read again, and what is new for what is watched."""
        from rag.services.following.service import FollowingService
        from rag.services.positions import change_between

        return FollowingService(
            self.library,
            reads=self._read_followed,
            answers=self._statements_of_watch,
            differs=change_between,
            settle=lambda: self.indexer.wait(_SETTLED),
            stories=lambda filters: self.stories.stories(filters),
        )

    @part
    def mailer(self) -> Mailer:
        """What sends digests. Raises BadSettings where no server is set."""
        from rag.providers.mail import Mailer

        url = self.settings.smtp_url
        return Mailer(url.get_secret_value() if url else None)

    @part
    def stories(self) -> StoryService:
        """Which articles are about one event."""
        from rag.services.stories.service import StoryService

        return StoryService(
            self.library,
            vectors=lambda texts: self.retriever.vectors(texts, "document"),
            settle=lambda: self.indexer.wait(_SETTLED),
        )

    @part
    def scheduler(self) -> Scheduler:
        """What reads the addresses that are due, in the background, once it is made."""
        from rag.services.following.scheduler import Scheduler

        return Scheduler(lambda cancel: self.following.refresh(everything=False, cancel=cancel))

    def _read_followed(self, item: Following, most: int, cancel: threading.Event) -> tuple[list[AddResult], int]:
        def wanted(extract: Extract) -> bool:
            text = f"{extract.title or ''} {extract.text}".casefold()
            speaks = not item.language or not extract.language or extract.language == item.language
            return speaks and (not item.words or any(word.casefold() in text for word in item.words))

        fields = {"title": None, "outlet": item.outlet, "byline": None, "published": None, "url": None}
        left = item.left if item.last_read else None
        return self.ingestion.follow(item.address, wanted=wanted, most=most, left=left, fields=fields, cancel=cancel)

    def _statements_of_watch(self, item: Watch) -> list[Statement]:
        """The statements that answer a watch: those that its question is answered with, and all by whom it asks for."""
        if item.question is None:
            return self.answers.statements(item.actor, item.topic, item.filters)
        return self.answers.statements_for(item.question, item.filters)

    @part
    def exports(self) -> ExportService:
        """Exporting answers and briefings, and verifying the files."""
        return ExportService(self.library)

    @part
    def maintenance(self) -> Maintenance:
        """Backups, transfers, workers and health."""
        return Maintenance(self)

    def briefing_maker(self, *, builtin: bool) -> BriefingMaker:
        """What makes briefings: with the chat model that is set, or with `builtin` without."""
        from rag.services.briefings.pipeline import BriefingMaker
        from rag.verification.conflicts import disagreements

        writer = None
        if not builtin and self.chat is not None:
            from rag.services.briefings.writing import Writer

            writer = Writer(
                self.chat, self.library.briefings, budget=self.settings.evidence_tokens, judge=self.entailment
            )
        return BriefingMaker(
            self.library, self.retriever, self.embedder, writer=writer, compare=disagreements, judge=self.judge
        )
