"""The composition: the library, adapters and services of a newsroom, each made when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

from rag.composition.adapters import chat_model, check_model, job_queue, open_library, open_vectors, price, reranker
from rag.domain import AddResult, Article, Extract, Following, Statement, Watch
from rag.errors import BadSettings, ModelMissing
from rag.providers.base import Embedder, RelevanceJudge
from rag.providers.metered import Metered
from rag.retrieval.search import Retriever
from rag.services.answers.engines import ChatEngine, Engine
from rag.services.answers.service import AnswerService
from rag.services.drafts.service import DraftService
from rag.services.indexing.indexer import Extractor, Indexer, cut_fingerprint
from rag.services.indexing.pauses import shortage_message
from rag.services.ingestion.service import IngestionService
from rag.settings import Settings
from rag.stores.base import VectorStore
from rag.text.prompts import STATEMENTS_VERSION
from rag.verification.entailment import EntailmentModel
from rag.verification.model_claims import EntailmentJudge

if TYPE_CHECKING:  # imported only where they are used
    from rag.providers.fetch import Fetcher
    from rag.providers.mail import Mailer
    from rag.providers.spacy_parser import SpacyParser
    from rag.services.briefings.pipeline import BriefingMaker
    from rag.services.exports.export import ExportService
    from rag.services.following.scheduler import Scheduler
    from rag.services.following.service import FollowingService
    from rag.services.stories.service import StoryService


_RULE_LANGUAGES = ("en",)  # languages whose articles the rules read for statements

_SETTLE_SECONDS = 600.0  # how long a refresh waits for the statements of new articles before it asks the watches
T = TypeVar("T")


class lazy_part(Generic[T]):  # noqa: N801  # a decorator
    """A property that is computed once, on first use, under the lock of its composition."""

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
    """A library and all that works on it. Opening it loads no model and no index; each part is made when first needed.

    A subclass may override parts. `faults` says what is missing, in words for `doctor`. Raises StoreError.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.faults: list[str] = []
        self.library = open_library(settings)

    def has(self, name: str) -> bool:
        """True if the part of that name has been made."""
        return name in self.__dict__

    def close(self) -> None:
        """Stop background work after the current piece and release all files. Questions that are still running end with
        a StoreError or ModelError at their next step.
        """
        self._release("scheduler")
        self._release("answers")
        self._release("chat")  # before the indexer: background work may wait for it
        self._release("indexer")
        self.library.close()  # questions that are still running fail at their next step
        self._release("vectors")
        self._release("fetcher")

    def _release(self, name: str) -> None:
        """Close a part if it has been made and can be closed."""
        if callable(close := getattr(self.__dict__.get(name), "close", None)):
            close()

    @lazy_part
    def embedder(self) -> Embedder | None:
        """The endpoint's embedding model if one is set, else the built-in one; None where its weights are missing."""
        if self.settings.embed_model:
            from rag.providers.endpoint_embeddings import OpenAIEmbedder

            return OpenAIEmbedder(self.settings)
        from rag.providers.minilm import shared_minilm

        try:
            return shared_minilm()
        except (ModelMissing, MemoryError, OSError) as exc:
            self.faults.append(f"{shortage_message(exc)} Until then search goes by words alone.")
            return None

    @lazy_part
    def judge(self) -> RelevanceJudge | None:
        """Judges which sentences answer: the endpoint's reranking model if one is set, else the built-in one. None
        where it is off or its weights are missing; answers then go by words and vectors. Raises BadSettings.
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

    @lazy_part
    def entailment(self) -> EntailmentModel | None:
        """Compares claims with what they cite; None where the built-in judge is off or its weights are missing."""
        if self.judge is None:
            return None
        from rag.providers.cross_encoder import shared_entailment

        try:
            return shared_entailment()
        except ModelMissing as exc:
            self.faults.append(f"{exc} Until then claims are checked by rules alone.")
            return None

    @lazy_part
    def vectors(self) -> VectorStore | None:
        """The vector store; None without an embedder."""
        if self.embedder is None:
            return None
        return open_vectors(self.settings, self.library, cut_fingerprint(self.embedder))

    @lazy_part
    def indexer(self) -> Indexer:
        """Keeps the indices up to date: in this process, or through the queue of a shared library."""
        make: Callable[..., Indexer] = Indexer
        if (queue := job_queue(self.settings)) is not None:
            from rag.services.indexing.queued import QueuedIndexer

            make = partial(QueuedIndexer, jobs=queue)
        return make(
            self.library,
            vectors=self.vectors,
            embedder=self.embedder,
            extractor=self.extractor,
            release=installed_version("onrecord"),
        )

    @lazy_part
    def extractor(self) -> Extractor | None:
        """Extracts statements from articles; None where the parser is missing."""
        from rag.statements import FINGERPRINT, Reading, read_article

        parser = self._parser("articles get no statements; they will be added later.")
        if parser is None:
            return None
        refine = self.statement_model

        def extract(article: Article) -> Reading:
            reading = read_article(
                article.text,
                parser=parser,
                article_id=article.article_id,
                version=article.version,
                published=article.published,
                title=article.title,
            )
            return replace(reading, statements=refine(article, reading.statements)) if refine else reading

        fingerprint = f"{FINGERPRINT}-{parser.fingerprint}"
        if refine and self.settings.model_statements:  # else all English articles would be read again in vain
            fingerprint = f"{fingerprint}-{self.settings.model_name}-{STATEMENTS_VERSION}"
        return Extractor(fingerprint=fingerprint, extract=extract)

    def _parser(self, shortfall: str) -> SpacyParser | None:
        """The parser; None where it is missing, with the `shortfall` noted."""
        from rag.providers.spacy_parser import shared_parser

        try:
            return shared_parser()
        except (ModelMissing, MemoryError, OSError) as exc:
            self.faults.append(f"{shortage_message(exc)} Until then, {shortfall}")
            return None

    @lazy_part
    def statement_model(self) -> Callable[[Article, tuple[Statement, ...]], tuple[Statement, ...]] | None:
        """Lets the chat model read articles for statements: all articles if `model_statements` is set, else those in
        languages that the rules do not read. None without a chat model.
        """
        try:
            model = self.chat
        except BadSettings:  # `doctor` and the first question report it
            return None
        if model is None:
            return None
        from rag.services.indexing.llm_statements import statement_refiner

        return statement_refiner(model, languages=() if self.settings.model_statements else _RULE_LANGUAGES)

    @lazy_part
    def chat(self) -> Metered | None:
        """The configured chat model, metered and capped; None for the built-in engine. A GGUF file takes precedence
        over an endpoint. Raises BadSettings.
        """
        if self.settings.local_model is None and not self.settings.chat_model:
            return None
        return Metered(chat_model(self.settings), price=price(self.settings), cap=self.settings.max_cost)

    @lazy_part
    def entailment_judge(self) -> EntailmentJudge | None:
        """Judges whether sources support what the chat model writes; None without a chat model, or where it is off."""
        if self.chat is None or self.settings.check == "off":
            return None
        from rag.providers.entailment_chat import ChatJudge

        if not self.settings.check_model or self.settings.check_model == self.settings.model_name:
            return ChatJudge(self.chat)
        return ChatJudge(self.chat.beside(check_model(self.settings)))

    @lazy_part
    def fetcher(self) -> Fetcher:
        """Fetches pages."""
        from rag.providers.fetch import Fetcher

        return Fetcher(allow_hosts=self.settings.allow_hosts.split(","))

    @lazy_part
    def retriever(self) -> Retriever:
        """Search over the library."""
        return Retriever(self.library, self.vectors, self.embedder, reranker(self.settings))

    @lazy_part
    def engine(self) -> Engine:
        """What leads answers: the configured chat model, else nothing. Raises BadSettings."""
        if self.chat is None:
            return Engine()
        return ChatEngine(
            self.chat,
            budget=self.settings.evidence_tokens,
            entailment=self.entailment,
            judge=self.entailment_judge,
        )

    @lazy_part
    def ingestion(self) -> IngestionService:
        """Adds, previews, amends and removes articles."""
        return IngestionService(
            self.library,
            self.indexer,
            fetcher=lambda: self.fetcher,
            reader=installed_version("onrecord"),
            home=Path(self.settings.home),
        )

    @lazy_part
    def answers(self) -> AnswerService:
        """Search, questions and statements."""
        return AnswerService(
            self.library,
            lambda: self.retriever,
            judge=lambda: self.judge,
            engine=lambda: self.engine,
            overview=lambda *of: self.briefing_maker(builtin=True).outline(*of),
            give_way=lambda: self.indexer.give_way(),
        )

    @lazy_part
    def drafts(self) -> DraftService:
        """Checks drafts against the record."""
        return DraftService(
            self.library,
            lambda: self.retriever,
            extract=self.statements_of_draft,
            entailment=lambda: self.entailment,
            judge=lambda: self.entailment_judge,
            give_way=lambda: self.indexer.give_way(),
        )

    @lazy_part
    def statements_of_draft(self) -> Callable[[str, date], Sequence[Statement]] | None:
        """Extracts the statements of a draft, by the rules whatever model is set; None without a parser."""
        from rag.statements import extract_statements

        parser = self._parser("speakers of a draft are not compared.")
        if parser is None:
            return None
        return lambda text, today: extract_statements(text, parser=parser, article_id="", version="", published=today)

    @lazy_part
    def following(self) -> FollowingService:
        """Reads followed addresses and finds news for watches."""
        from rag.services.following.service import FollowingService
        from rag.services.positions import change_between

        return FollowingService(
            self.library,
            reads=self._read_address,
            answers=self._statements_of_watch,
            differs=change_between,
            settle=lambda: self.indexer.wait(_SETTLE_SECONDS),
            stories=lambda filters: self.stories.stories(filters),
            story=lambda name: self.stories.story(name),
        )

    @lazy_part
    def mailer(self) -> Mailer:
        """Sends digests. Raises BadSettings where no server is set."""
        from rag.providers.mail import Mailer

        url = self.settings.smtp_url
        return Mailer(url.get_secret_value() if url else None)

    @lazy_part
    def stories(self) -> StoryService:
        """Groups articles about one event."""
        from rag.services.stories.service import StoryService

        return StoryService(
            self.library,
            vectors=lambda texts: self.retriever.vectors(texts, "document"),
            settle=lambda: self.indexer.wait(_SETTLE_SECONDS),
        )

    @lazy_part
    def scheduler(self) -> Scheduler:
        """Reads due addresses in the background, from when it is first used."""
        from rag.services.following.scheduler import Scheduler

        return Scheduler(lambda cancel: self.following.refresh(everything=False, cancel=cancel))

    def _read_address(self, item: Following, most: int, cancel: threading.Event) -> tuple[list[AddResult], int]:
        def is_wanted(extract: Extract) -> bool:
            text = f"{extract.title or ''} {extract.text}".casefold()
            speaks = not item.language or not extract.language or extract.language == item.language
            return speaks and (not item.words or any(word.casefold() in text for word in item.words))

        fields = {"title": None, "outlet": item.outlet, "byline": None, "published": None, "url": None}
        remaining = item.left if item.last_read else None
        return self.ingestion.follow(
            item.address, is_wanted=is_wanted, most=most, left=remaining, fields=fields, cancel=cancel
        )

    def _statements_of_watch(self, item: Watch) -> list[Statement]:
        """The statements that answer a watch: those that answer its question, or those of its actor on its topic."""
        if item.question is None:
            return self.answers.statements(item.actor, item.topic, item.filters)
        return self.answers.statements_for(item.question, item.filters)

    @lazy_part
    def exports(self) -> ExportService:
        """Exports answers and briefings, and verifies the files."""
        from rag.services.exports.export import ExportService  # loads writers of every format

        return ExportService(self.library)

    def briefing_maker(self, *, builtin: bool) -> BriefingMaker:
        """Makes briefings: with the configured chat model, or without it if `builtin`."""
        from rag.services.briefings.pipeline import BriefingMaker
        from rag.verification.conflicts import disagreements

        writer = None
        if not builtin and self.chat is not None:
            from rag.services.briefings.writing import Writer

            writer = Writer(
                self.chat,
                self.library.briefings,
                budget=self.settings.evidence_tokens,
                entailment=self.entailment,
                judge=self.entailment_judge,
            )
        return BriefingMaker(
            self.library,
            self.retriever,
            self.embedder,
            writer=writer,
            compare=disagreements,
            judge=_topic_judge(self.judge),
        )


def _topic_judge(judge: RelevanceJudge | None) -> RelevanceJudge | None:
    """Judges which sentences are about a topic: the built-in judge with weights that know no questions, or the
    endpoint's model, which judges both.
    """
    from rag.providers.cross_encoder import CrossEncoder, shared_topic_judge

    return shared_topic_judge() if isinstance(judge, CrossEncoder) else judge
