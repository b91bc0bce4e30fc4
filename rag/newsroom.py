"""Newsroom: the one door to the product."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar, Unpack

from rag import logs, verification
from rag.composition import (
    LIBRARY,
    Composition,
    endpoint_models,
    library_at,
    model_trial,
    move_target_settings,
    open_vectors,
)
from rag.composition.maintenance import Maintenance
from rag.domain import (
    Actor,
    ActorKind,
    AddResult,
    AmendedField,
    Answer,
    Article,
    ArticleChanges,
    ArticleSummary,
    AskEvent,
    Backup,
    BriefEvent,
    Briefing,
    BriefingChanges,
    BriefingFinished,
    BriefingRequest,
    BriefingStep,
    BriefingSummary,
    Chat,
    ChatTitle,
    Correction,
    Digest,
    DigestFormat,
    DraftCheck,
    DraftFormat,
    DraftProgress,
    ExportFormat,
    Extract,
    Filters,
    Finished,
    Following,
    HealthReport,
    Hit,
    Judgement,
    KeptDraft,
    ModelTrial,
    Moved,
    News,
    Overview,
    Positions,
    Preview,
    Progress,
    Refresh,
    Removal,
    RemovedArticle,
    SentenceCheck,
    Span,
    Statement,
    StatementChanges,
    Story,
    TurnState,
    Understood,
    Verification,
    Watch,
)
from rag.domain.briefings import log_counts
from rag.domain.following import DEFAULT_INTERVAL
from rag.errors import ModelMissing, UnusableInput
from rag.question.followups import MOST_TURNS
from rag.readers.dispatch import read_source_bytes
from rag.readers.source import Source
from rag.services import restoring
from rag.services.answers.sentence_checks import check_sentence
from rag.services.drafts.draft_files import draft_text, export_draft
from rag.services.following.digests import document, outline, title_of
from rag.services.indexing.indexer import cut_fingerprint
from rag.services.indexing.watcher import Watcher
from rag.services.ingestion.field_maps import FieldMap
from rag.services.ingestion.service import as_article
from rag.services.positions import MOST_STATEMENTS, matrix, table
from rag.services.statement_edits import Place, statement_from_spans, validated_changes
from rag.settings import Settings
from rag.stores import backup
from rag.text.canonical import canonical
from rag.text.matching import Match, best_match
from rag.text.revisions import sentence_pairs
from rag.text.sentences import sentences_around

_log = logging.getLogger(__name__)


T = TypeVar("T")


class Newsroom(AbstractContextManager["Newsroom"]):
    """A library of news and everything that can be asked of it. Safe for many threads.

    Open one with `Newsroom.open(settings)`; as a context manager it waits for background work and closes itself.
    """

    composition: ClassVar[type[Composition]] = Composition

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._parts = self.composition(settings)
        self._library = self._parts.library
        self._maintenance = Maintenance(self._parts)
        self._closed = False
        self._watcher: Watcher | None = None
        if settings.database_url is None:  # else workers do it
            self._watcher = Watcher(
                self._library,
                begin=lambda: self._parts.indexer.start(),
                is_postponed=lambda: self._parts.has("indexer") and self._parts.indexer.is_postponed,
            )

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """Open the library in `settings.home`; it is created on first use. Raises StoreError."""
        return cls(settings or Settings())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._closed and (self._parts.has("indexer") or any(self.pending().values())):
            self.wait()
        self.close()

    @staticmethod
    def log(settings: Settings) -> None:
        """Configure the log of this process by the settings. The command and the app call this; a program that uses the
        package may, or adds its own handlers to the logger `rag`.
        """
        logs.configure(
            settings.home,
            level=settings.log_level,
            log_format=settings.log_format,
            target=settings.log_to,
            secrets_to_hide=settings.secrets,
        )

    def backup(self, path: str | Path) -> Backup:
        """Copy the library to one new file, even while articles are being added, and check the copy. Raises
        UnusableInput where the file exists, StoreError.
        """
        return self._maintenance.backup(Path(path))

    @staticmethod
    def restore_backup(path: str | Path, settings: Settings | None = None) -> Backup:
        """Check a backup and put it into a home that holds no library; indices are rebuilt when it is opened. Raises
        UnusableInput where the home has one, LibraryDamaged, StoreError.
        """
        settings = settings or Settings()
        if settings.database_url is not None:
            raise UnusableInput(
                "A backup is restored into a folder: unset ONRECORD_DATABASE_URL, restore it there, and copy it to the "
                "server with `onrecord migrate-store --to URL`."
            )
        return backup.restore(Path(path), settings.home / LIBRARY)

    def move_store(
        self, to: str, *, chroma: str | None = None, progress: Callable[[str, int, int], None] | None = None
    ) -> Moved:
        """Copy the library and its vectors to another place, an address `postgresql://…` (with the address of a Chroma
        server) or a folder, and check that both are the same. Continues an earlier attempt that was interrupted. This
        library stays as it is. `progress` is called with a table's name, the rows copied and the rows in total. Raises
        BadSettings, UnusableInput where the place is not empty, StoreError.
        """
        settings = move_target_settings(self.settings, to, chroma)
        target = library_at(settings)
        try:
            return self._maintenance.move_store(
                target, lambda embedder: open_vectors(settings, target, cut_fingerprint(embedder)), progress
            )
        finally:
            target.close()

    def close(self) -> None:
        """Stop background work after the current piece and release all files. Questions that are still running end with
        a StoreError or ModelError at their next step.
        """
        self._closed = True
        if self._watcher:
            self._watcher.close()
        self._parts.close()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until all vectors and statements are made; False if `timeout` seconds were not enough."""
        self._parts.indexer.sync()
        return self._parts.indexer.wait(timeout)

    # -- adding

    def add(
        self,
        *sources: str | Path,
        feed: bool = False,
        field_map: FieldMap = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
        **fields: Unpack[ArticleChanges],
    ) -> list[AddResult]:
        """Add files, folders and web addresses, in their order; of a folder every file that is not hidden, by name.

        A feed is followed to the pages that it lists; with `feed`, a page is read for the feed that it offers. A page
        or feed that has not changed, as its site says, is a duplicate. `fields` win over extracted ones, now and later.
        One bad source does not stop the rest: it is `rejected`, with the reason. Raises BadDate, UnusableInput,
        StoreError.

        `field_map` says what dumps and tables call their fields: "title=Headline,text=Body", a file of such pairs, or a
        mapping of our fields to theirs. It is remembered for later files that have these fields.

        `progress` is called a few times a second. Once `cancel` is set, adding ends after the current source: what was
        added is kept and returned, and the last progress says how many sources were left.
        """
        return self._parts.ingestion.add(
            sources, dict(fields), feed=feed, field_map=field_map, progress=progress, cancel=cancel
        )

    def add_bytes(
        self, data: bytes, *, name: str, field_map: FieldMap = None, **fields: Unpack[ArticleChanges]
    ) -> list[AddResult]:
        """Add one upload, or standard input, by its content; `name` is used in messages. Fields as in `add`."""
        return self._parts.ingestion.add_bytes(data, name, dict(fields), field_map=field_map)

    def add_text(self, text: str, **fields: Unpack[ArticleChanges]) -> AddResult:
        """Add a text, such as a pasted page. Raises BadDate."""
        return self._parts.ingestion.add_text(text, dict(fields))

    def preview(
        self,
        source: str | Path,
        *,
        feed: bool = False,
        field_map: FieldMap = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Preview]:
        """The articles of a file, a folder or an address as they would be added; nothing is stored, and what can't be
        read says why. Of a feed these are the items that it lists; with `feed`, a page is read for the feed that it
        offers.
        """
        return self._parts.ingestion.preview(source, feed=feed, field_map=field_map, progress=progress, cancel=cancel)

    def preview_bytes(self, data: bytes, *, name: str, field_map: FieldMap = None) -> list[Preview]:
        """The articles of an upload or a pasted text as they would be added; nothing is stored."""
        return self._parts.ingestion.preview_bytes(data, name, field_map=field_map)

    def add_previewed(
        self,
        chosen: Sequence[Preview],
        *,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[AddResult]:
        """Add the chosen previews, with the changes made by `Preview.corrected`; results in their order.

        Raises BadDate, UnusableInput, StoreError.
        """
        return self._parts.ingestion.add_previewed(chosen, progress=progress, cancel=cancel)

    def extract(self, source: str | Path) -> Extract:
        """What adding a file or an address would extract, of several articles the first; nothing is stored.

        Raises UnreadableSource.
        """
        return self._parts.ingestion.extract(source)

    def extract_bytes(self, data: bytes, *, name: str) -> list[Extract]:
        """What adding these bytes would extract; nothing is stored. Raises UnreadableSource."""
        return read_source_bytes(data, name)

    def statements_in(self, extract: Extract) -> list[Statement]:
        """The statements that adding an extract would make; nothing is stored. Raises ModelMissing without a parser."""
        extractor = self._parts.extractor
        if extractor is None:
            raise ModelMissing(" ".join(self._parts.faults))
        return list(extractor.extract(as_article(extract, datetime.now(UTC))).statements)

    def amend(self, article_id: str, *, undo: Sequence[AmendedField] = (), **fields: Unpack[ArticleChanges]) -> Article:
        """Correct fields of an article: None leaves a field alone, an empty string clears it, and a field named in
        `undo` returns to the extracted value. Later readings do not change a corrected field. Raises UnknownArticle,
        BadDate, UnusableInput.
        """
        return self._parts.ingestion.amend(article_id, dict(fields), undo)

    def remove(self, article_id: str) -> Removal:
        """Remove an article from the library, every index and earlier answers, and report what was removed. Raises
        UnknownArticle.
        """
        return self._parts.ingestion.remove(article_id)

    def snapshot(self, article_id: str) -> RemovedArticle:
        """An article as it is before its removal, for `bring_back`. Raises UnknownArticle."""
        return restoring.snapshot(self._library, article_id)

    def bring_back(self, removed: RemovedArticle) -> None:
        """Add a removed article again with all its versions, edits, decisions and copies; answers that quoted it stay
        marked. Raises UnusableInput where the library has its text under another article, StoreError.
        """
        restoring.bring_back(
            self._library, removed, add=self.add_previewed, amend=self._parts.ingestion.amend, wait=self.wait
        )

    def work(self, *, once: bool = False) -> None:
        """Run as a worker: make vectors and statements for all who share the library, until the process is told to end,
        or with `once` until nothing is pending. Raises UnusableInput for a library in a folder, where each process does
        its own work, and StoreUnavailable.
        """
        if not once:
            self.keep_following()
        self._maintenance.work(once=once)

    def reindex(self) -> None:
        """Rebuild passages, vectors and statements from the record."""
        with logs.request("reindex", _log):
            self._parts.indexer.rebuild()

    # -- looking

    def article(self, article_id: str, version: str | None = None) -> Article:
        """An article at its current version, or at `version`. Raises UnknownArticle."""
        return self._library.articles.get(article_id, version)

    def first_match(self, article_id: str, query: str) -> Match | None:
        """The first sentence of an article with the most words of the query, the headline only if no other has one;
        None without one. Raises UnknownArticle.
        """
        article = self.article(article_id)
        return best_match(article.text, query, article.title)

    def differences(
        self, article_id: str, version: str | None = None, *, text: str | None = None
    ) -> list[tuple[str, str]]:
        """How the current text, or `text`, differs from that of a version (by default the current one): pairs of
        sentences before and after, one of them empty where sentences were only added or removed. Raises UnknownArticle.
        """
        earlier = self._library.articles.get(article_id, version).text
        current = self._library.articles.get(article_id).text if text is None else canonical(text)
        return sentence_pairs(earlier, current)

    def articles(
        self, filters: Filters | None = None, *, limit: int | None = None, offset: int = 0, query: str | None = None
    ) -> list[ArticleSummary]:
        """Articles that pass the filters, newest publication first; `query`: words of title or text."""
        return self._library.articles.page(filters or Filters(), limit=limit, offset=offset, query=query)

    def count(self, filters: Filters | None = None, *, query: str | None = None) -> int:
        """How many articles `articles` would return without a limit."""
        return self._library.articles.count(filters or Filters(), query=query)

    def overview(self, filters: Filters | None = None, *, query: str | None = None) -> Overview:
        """How the articles that `articles` would return are distributed over time, outlets and lengths."""
        return self._library.articles.overview(filters or Filters(), query=query)

    def copies(self, article_id: str) -> list[ArticleSummary]:
        """The wire copies that are folded under an article."""
        return self._library.articles.copies(article_id)

    def fold(self, article_id: str, original_id: str) -> None:
        """Fold an article under another as its wire copy, as before `unfold`. Raises UnknownArticle."""
        if not self._library.articles.fold(article_id, original_id):
            self._library.articles.get(article_id)
            self._library.articles.get(original_id)

    def unfold(self, article_id: str) -> None:
        """Take an article out of its fold permanently. Raises UnknownArticle, and UnusableInput if it is in none."""
        if not self._library.articles.unfold(article_id):
            raise UnusableInput(
                f"{self._library.articles.get(article_id).title!r} is not folded under another article."
            )

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets with their number of articles, largest first."""
        return self._library.articles.outlets()

    def languages(self) -> list[tuple[str, int]]:
        """Languages (codes such as `en`) with their number of articles, largest first."""
        return self._library.articles.languages()

    def span(self) -> tuple[date | None, date | None]:
        """First and last day of publication in the library."""
        return self._library.articles.span()

    def warm(self) -> None:
        """Load the models that a question needs, in the background, so that the first answer does not wait for them."""
        self._parts.answers.warm()

    def search(
        self, query: str, *, k: int = 10, filters: Filters | None = None, ignore: Collection[str] = ()
    ) -> list[Hit]:
        """The `k` best passages. What the query says of outlets and days narrows the search, as `understood` shows;
        `ignore` undoes that. Raises UnusableInput for an empty query.
        """
        self._parts.indexer.sync()
        return self._parts.answers.search(query, k=k, filters=filters, ignore=ignore)

    def search_notices(self, query: str, hits: Sequence[Hit]) -> tuple[str, ...]:
        """What a reader should know of how `search` found the hits, such as that it went by words alone, and why."""
        return self._parts.answers.search_notices(query, hits)

    def understood(
        self, question: str, *, filters: Filters | None = None, ignore: Collection[str] = ()
    ) -> tuple[Understood, ...]:
        """What a question says of where to look, as `search` and `ask` apply it. `ignore` leaves out kinds ("outlet")
        or single readings ("outlet:Reuters"). Raises UnusableInput for an empty question.
        """
        return self._parts.answers.understood(question, filters, ignore)

    def statements(
        self,
        *,
        actor: str | None = None,
        topic: str | None = None,
        article: str | None = None,
        filters: Filters | None = None,
    ) -> list[Statement]:
        """Statements by or on behalf of `actor`, about `topic`, in one `article`; every restriction is optional."""
        filters = filters or Filters()
        if article:
            filters = replace(filters, article=article)
        return self._parts.answers.statements(actor, topic, filters)

    def positions(
        self,
        *,
        actors: Sequence[str] | None = None,
        topics: Sequence[str] | None = None,
        filters: Filters | None = None,
    ) -> Positions:
        """The matrix of actors by topics with changes over time. Without `actors` it has those with the most statements
        among the newest 3,000, without `topics` the most frequent ones; an empty cell means that no statement was
        found.
        """
        filters = filters or Filters()
        by_actor = {name: self.statements(actor=name, filters=filters) for name in dict.fromkeys(actors or ())}
        by_topic = {name: self.statements(topic=name, filters=filters) for name in dict.fromkeys(topics or ())}
        newest = [] if by_actor else self._library.statements.find(filters, limit=MOST_STATEMENTS)
        registry = self._library.actor_register.registry()
        return matrix(newest, actors=by_actor, topics=by_topic, find_actor=registry.of if registry.actors else None)

    def positions_csv(self, positions: Positions) -> str:
        """A matrix as CSV: one line for each statement of each cell, and one for an empty cell."""
        return table(positions)

    # -- actors

    def actors(self, query: str | None = None, *, kind: ActorKind | None = None) -> list[Actor]:
        """The people, bodies and countries that the articles name as speakers or with a role, those with the most
        statements first. `query` keeps those with all its words in a name, a role or their body.
        """
        return self._library.actor_register.registry().search(query, kind)

    def actor(self, name: str) -> Actor:
        """The actor with this name or alias. Raises UnknownActor."""
        return self._library.actor_register.actor(name)

    def actor_articles(self, name: str, *, limit: int = 50) -> list[ArticleSummary]:
        """The articles that name an actor, under any of its names, newest first."""
        return self._library.actor_register.articles(name, limit)

    def merge_actors(self, name: str, other: str) -> Actor:
        """Merge two actors into one called `name`; later readings keep to it. Raises UnknownActor, UnusableInput."""
        return self._library.actor_register.merge(name, other)

    def split_actor(self, name: str, alias: str) -> Actor:
        """Make an alias an actor of its own and return that; later readings keep to it. Raises UnknownActor,
        UnusableInput where it is not one of the actor's other names.
        """
        return self._library.actor_register.split(name, alias)

    def reset_actor(self, name: str) -> Actor:
        """Undo what was merged into an actor and split off it by hand. Raises UnknownActor."""
        return self._library.actor_register.reset(name)

    # -- correcting statements

    def correct(self, statement: Statement, **changes: Unpack[StatementChanges]) -> Statement:
        """Correct fields of a statement; None clears one. The correction outlives new extractions, and moves to a new
        version of the article where the same words stand there. Raises UnknownStatement, UnusableInput, BadDate.
        """
        return self._library.statements.correct(statement, "corrected", validated_changes(changes))

    def dismiss(self, statement: Statement) -> None:
        """Remove a false statement; `restore` brings it back. Raises UnknownStatement."""
        self._library.statements.correct(statement, "dismissed", {})

    def restore(self, statement: Statement) -> Statement | None:
        """Undo a decision about a statement. Returns it as it was extracted, None where it was added by hand. Raises
        UnknownStatement.
        """
        restored = self._library.statements.restore(statement)
        self._parts.indexer.start()
        return restored

    def add_statement(
        self,
        article: str,
        content: Sequence[Place],
        *,
        version: str | None = None,
        source: Place | None = None,
        cue: Place | None = None,
        **fields: Unpack[StatementChanges],
    ) -> Statement:
        """Add a missing statement. Its content, source and cue are given by their spans in the text (half-open,
        characters) or as text that stands in the article exactly once. Raises UnknownArticle, UnusableInput, BadDate.
        """
        statement = statement_from_spans(self.article(article, version), content, source=source, cue=cue)
        return self._library.statements.correct(statement, "added", validated_changes(fields))

    def corrections(self, article: str) -> list[Correction]:
        """The decisions about the statements of an article, of all its versions; `carried` False marks those that could
        not be carried over to the next version. Raises UnknownArticle.
        """
        return self._library.statements.corrections(self.article(article).article_id)

    # -- asking

    def ask(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        ignore: Collection[str] = (),
        history: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """A checked, cited answer. `ignore` undoes readings of an earlier answer (`understood`), by kind ("outlet") or
        one by one ("outlet:Reuters"). `history` are earlier questions with the text of their answers, oldest first;
        they complete a follow-up such as "and Russia's?" (`Answer.rewritten`). Raises UnusableInput for an empty
        question, ModelError if the configured model fails.
        """
        events = self.ask_stream(question, filters=filters, ignore=ignore, history=history)
        return _last(events, Finished).answer

    def ask_stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        cancel: threading.Event | None = None,
        builtin: bool = False,
        ignore: Collection[str] = (),
        history: Sequence[tuple[str, str]] = (),
    ) -> Iterator[AskEvent]:
        """Phases, verified sentences and withheld notes as they come, then `Finished`. `cancel` ends it early with the
        answer so far; `builtin` answers without the configured model; `history` as in `ask`.
        """
        self._parts.indexer.sync()
        events = self._parts.answers.stream(
            question,
            filters=filters,
            cancel=cancel or threading.Event(),
            builtin=builtin,
            ignore=ignore,
            history=history,
        )
        return logs.traced_stream("ask", events, _log, log_counts, question_chars=len(question))

    def history(self, chat_id: str, *, before: int | None = None) -> list[tuple[str, str]]:
        """The last questions of a conversation, in their complete form, each with the text of its answer, oldest first:
        what `ask` takes as `history`. `before` leaves out the turn of that number and later ones. Raises UnknownChat.
        """
        turns = self._library.chats.get(chat_id, MOST_TURNS + 1).turns
        return [
            (turn.answer.rewritten or turn.question, turn.answer.answer)
            for turn in turns
            if turn.answer and (before is None or turn.number < before)
        ][-MOST_TURNS:]

    # -- briefings

    def brief(
        self,
        *,
        topic: str | None = None,
        articles: Sequence[str] = (),
        filters: Filters | None = None,
        template: str = "situation",
        length: str = "medium",
        builtin: bool = False,
        progress: Callable[[BriefingStep], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Briefing:
        """A checked, cited briefing over a topic, chosen articles (ids) or all that pass the filters; it is stored.

        `template` is situation, digest, positions, summary or the path of a TOML file; `length` is short, medium, long
        or a number of words for the first section. Once `cancel` is set, the briefing so far is returned with
        `finished` False. Raises UnusableInput, UnknownArticle.
        """
        request = BriefingRequest(
            topic=topic, articles=tuple(articles), filters=filters or Filters(), template=template, length=length
        )
        return _last(self.brief_stream(request, builtin=builtin, cancel=cancel), BriefingFinished, progress).briefing

    def brief_stream(
        self, request: BriefingRequest, *, builtin: bool = False, cancel: threading.Event | None = None
    ) -> Iterator[BriefEvent]:
        """Steps as they are done, then `BriefingFinished`. As `brief`."""
        self._parts.indexer.sync()
        events = self._parts.briefing_maker(builtin=builtin).stream(request, cancel=cancel or threading.Event())
        return logs.traced_stream("brief", events, _log, log_counts)

    def brief_matches(self, request: BriefingRequest) -> int:
        """How many articles a briefing would be about. Raises UnusableInput, UnknownArticle."""
        return self._parts.briefing_maker(builtin=True).matches(request)

    def briefings(self, *, topic: str | None = None, limit: int | None = None) -> list[BriefingSummary]:
        """Earlier briefings, newest first; `topic` keeps those on exactly that topic."""
        return self._library.briefings.summaries(topic=topic, limit=limit)

    def begun_briefings(self) -> list[BriefingRequest]:
        """Requests of briefings that were started but not finished, as after a crash; pass them to `brief_stream`."""
        return self._library.briefings.unfinished()

    def dismiss_briefing(self, request: BriefingRequest) -> None:
        """Drop a request from `begun_briefings`."""
        self._library.briefings.end(request)

    def briefing(self, briefing_id: str) -> Briefing:
        """An earlier briefing, without what came from articles removed since. Raises UnknownBriefing."""
        return self._library.briefings.get(briefing_id)

    def forget_briefing(self, briefing_id: str) -> None:
        """Delete a briefing. Raises UnknownBriefing."""
        self._library.briefings.forget(briefing_id)

    def what_changed(self, briefing_id: str) -> BriefingChanges:
        """What has changed since a briefing. Raises UnknownBriefing."""
        self._parts.indexer.sync()
        return self._parts.briefing_maker(builtin=True).changes(briefing_id)

    def support(self, sentence: str, source: str) -> float:
        """0..1: how far `source` supports `sentence`; the score that verification uses."""
        return verification.support(canonical(sentence), canonical(source))

    def check_sentence(
        self, text: str, spans: Sequence[tuple[str, int, int]], *, before: str | None = None
    ) -> SentenceCheck:
        """The outcome of the answer checks for a sentence and the spans that it cites: (article id, start, end) each,
        half-open, in characters of the current version. `before` is the sentence before it, where the antecedent of a
        pronoun may stand. Uses no chat model. Raises UnknownArticle, UnusableInput.
        """
        self._parts.indexer.sync()
        return check_sentence(self._library, text, spans, before=before, entailment=self._parts.entailment)

    # -- following

    def follow(
        self,
        address: str,
        *,
        interval: int = DEFAULT_INTERVAL,
        words: Sequence[str] = (),
        outlet: str | None = None,
        language: str | None = None,
    ) -> Following:
        """Read a feed, a news sitemap or a page that lists articles every `interval` minutes, first with the next
        `refresh`. Of what it lists, articles with one of `words` in `language` are added. An address that is already
        followed gets the new filters. Raises UnusableInput.
        """
        return self._parts.following.follow(address, interval=interval, words=words, outlet=outlet, language=language)

    def follow_list(self, data: bytes, name: str, *, interval: int = DEFAULT_INTERVAL) -> list[Following]:
        """Follow the feeds of a list (OPML) that are not followed yet, and return those. Raises UnreadableSource,
        UnusableInput.
        """
        return self._parts.following.follow_list(data, name, interval=interval)

    def unfollow(self, address: str) -> None:
        """Stop reading an address; its articles stay. Raises UnusableInput for one that is not followed."""
        self._parts.following.store.forget(address)

    def following(self) -> list[Following]:
        """The followed addresses, in the order in which they are read next."""
        return self._parts.following.store.all()

    def following_list(self) -> str:
        """The followed addresses as a list of feeds (OPML)."""
        return outline(self.following())

    def watch(
        self,
        question: str | None = None,
        *,
        actor: str | None = None,
        topic: str | None = None,
        story: str | None = None,
        filters: Filters | None = None,
    ) -> Watch:
        """Watch a question, an actor or a topic, or a `story` (its id): each `refresh` looks for news. What the library
        already holds is not news. Raises UnusableInput.
        """
        return self._parts.following.watch(question, actor, topic, story, filters or Filters())

    def watches(self) -> list[Watch]:
        """All watches, each with its number of unread news."""
        return self._parts.following.store.watches()

    def unwatch(self, watch_id: str) -> None:
        """Delete a watch and its news. Raises UnusableInput."""
        self._parts.following.store.forget_watch(watch_id)

    def refresh(
        self,
        *,
        everything: bool = False,
        cancel: threading.Event | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Refresh:
        """Read the addresses that are due (with `everything` all of them, even paused ones), and look for news of the
        watches. Only one process at a time can; `progress` is called with each address, from the threads that read.
        Raises LibraryBusy while another process reads.
        """
        return self._parts.following.refresh(
            everything=everything, cancel=cancel or threading.Event(), progress=progress
        )

    def keep_following(self) -> None:
        """Read due addresses in the background, once a minute, until the newsroom is closed."""
        self._parts.scheduler  # noqa: B018  # making the part starts it

    def news(self, *, since: date | None = None, watch_id: str | None = None, unread: bool = False) -> list[News]:
        """News, newest first: since a day, of one watch, or unread ones only."""
        return self._parts.following.store.news(since=since, watch_id=watch_id, unread=unread)

    def see_news(self, watch_id: str | None = None, *, news_ids: Sequence[str] = ()) -> None:
        """Mark the news of a watch, those with these ids, or all, as seen."""
        self._parts.following.store.mark_seen(watch_id, news_ids)

    def digest(self, since: date, *, only: Sequence[str] = ()) -> Digest:
        """What is new since a day (inclusive): news by watch, stories that grew, and article counts by outlet. `only`
        has the ids of the watches and stories to leave out all others. Raises UnusableInput for an unknown id.
        """
        return self._parts.following.digest(since, only)

    def digest_document(
        self, digest: Digest, form: DigestFormat, *, address: str | None = None, app: str | None = None
    ) -> str:
        """A digest as a file: text, md, html, or atom (RFC 4287), which gives its own `address` and links to the
        articles in the `app` at that address, where they are given.
        """
        return document(digest, form, address=address, app=app)

    def send_digest(self, digest: Digest, to: str) -> None:
        """Send a digest to a mail address, through the server of `ONRECORD_SMTP_URL`. Raises BadSettings without one,
        UnusableInput for an invalid address, SourceUnavailable where the server does not accept it.
        """
        self._parts.mailer.send(
            to, subject=title_of(digest), text=document(digest, "text"), html=document(digest, "html")
        )

    # -- stories

    def stories(self, filters: Filters | None = None, *, articles: Sequence[str] = ()) -> list[Story]:
        """The stories with an article that passes the filters (with one of these `articles`, if given), newest first,
        each with all of its articles. Assigns new articles to stories first, and waits for their statements.
        """
        return self._parts.stories.stories(filters or Filters(), articles)

    def story(self, story_id: str) -> Story:
        """A story, also by the id of one that was merged into it. Raises UnusableInput."""
        return self._parts.stories.story(story_id)

    def merge_stories(self, *story_ids: str) -> Story:
        """Merge stories permanently, under the id of the first. Raises UnusableInput."""
        return self._parts.stories.merge(story_ids)

    def split_story(self, story_id: str, article_ids: Sequence[str]) -> Story:
        """Move articles permanently into a story of their own, and return that. Raises UnusableInput."""
        return self._parts.stories.split(story_id, article_ids)

    # -- drafts

    def check(
        self,
        text: str,
        *,
        day: date | None = None,
        progress: Callable[[DraftProgress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> DraftCheck:
        """Check a draft against the record: each quotation, and each sentence that names somebody, a number or a day,
        with its outcome. `day` is the date of the draft (default: today), from which its weekdays count. Nothing is
        stored; use `keep_draft`. Once `cancel` is set, the findings so far are returned with `finished` False. Raises
        UnusableInput for an empty or too long draft.
        """
        return _last(self.check_stream(text, day=day, cancel=cancel), DraftCheck, progress)

    def check_stream(
        self, text: str, *, day: date | None = None, cancel: threading.Event | None = None
    ) -> Iterator[DraftProgress | DraftCheck]:
        """Steps as they are done, then the DraftCheck. As `check`."""
        self._parts.indexer.sync()
        return self._parts.drafts.stream(text, today=day or datetime.now().astimezone().date(), cancel=cancel)

    def keep_draft(self, text: str, check: DraftCheck, *, day: date | None = None) -> KeptDraft:
        """Store a draft with its check, so that it can be looked at and checked again; `changed` then says how many
        findings have another outcome.
        """
        return self._parts.drafts.keep(text, check, day or datetime.now().astimezone().date())

    def draft(self, draft_id: str) -> KeptDraft:
        """A stored draft. Raises UnusableInput for one that does not exist."""
        return self._parts.drafts.get(draft_id)

    def drafts(self, *, limit: int | None = None) -> list[KeptDraft]:
        """The stored drafts, newest check first."""
        return self._parts.drafts.list_all(limit)

    def forget_draft(self, draft_id: str) -> None:
        """Delete a draft. Raises UnusableInput for one that does not exist."""
        self._parts.drafts.forget(draft_id)

    def export_draft(self, item: KeptDraft, form: DraftFormat) -> bytes:
        """A stored draft as a file: Word with a comment at each finding (docx), html, md or json. Raises UnusableInput
        where its findings no longer exist.
        """
        return export_draft(item, form)

    def draft_text(self, source: str | Path | bytes, name: str | None = None) -> str:
        """The text of a draft in a file: text, Markdown, Word or PDF; a path or its bytes. Raises UnreadableSource."""
        if isinstance(source, bytes):
            return draft_text(source, name or "the draft")
        return draft_text(Source.of_file(Path(source), str(source)).data, name or Path(source).name)

    # -- conversations

    def chats(self) -> list[Chat]:
        """All conversations of this library, latest first, each with its first turn only. For the owner of the library:
        a server must not list them to its readers, since anybody with a conversation's id can read it.
        """
        return self._library.chats.all()

    def chat(self, chat_id: str, *, last: int | None = None) -> Chat:
        """A conversation or its last turns; marks tell which citations have changed since. Raises UnknownChat."""
        return self._library.chats.get(chat_id, last)

    def keep_turn(
        self,
        chat_id: str,
        question: str,
        *,
        filters: Filters | None = None,
        number: int | None = None,
        state: TurnState = "asked",
        answer: Answer | None = None,
        error: str | None = None,
    ) -> int:
        """Store a turn of a conversation and return its number. The first turn creates the conversation; `number`
        replaces the turn of that number. `chat_id` should be a secret that can't be guessed.
        """
        return self._library.chats.save_turn(
            chat_id, question, filters or Filters(), number=number, state=state, answer=answer, error=error
        )

    def chat_titles(
        self, *, limit: int, query: str | None = None, readable: Callable[[str], bool] | None = None
    ) -> list[ChatTitle]:
        """At most `limit` conversations, latest first, without their answers. `query` keeps those with it in the name
        or a question, `readable` those whose id it accepts.
        """
        return self._library.chats.titles(limit=limit, query=query, readable=readable)

    def rename_chat(self, chat_id: str, name: str | None) -> None:
        """Give a conversation a name; None removes it. Raises UnknownChat."""
        self._library.chats.rename(chat_id, name)

    def forget_chat(self, chat_id: str) -> None:
        """Delete a conversation. Raises UnknownChat."""
        self._library.chats.forget(chat_id)

    def judge(self, chat_id: str, number: int, judgement: Judgement | None, note: str | None = None) -> None:
        """Store a reader's judgement of an answer: `useful` or `wrong`; None deletes it. Raises UnknownChat."""
        self._library.chats.judge(chat_id, number, judgement, note)

    def cases(self) -> list[dict[str, Any]]:
        """The answers that readers judged, as cases for evaluation: question, filters, judgement, note, and the answer
        as `ask` gives it, all as plain JSON values.
        """
        return [item.as_case() for item in self._library.chats.judged_turns() if item.feedback]

    # -- handing on

    def export(self, value: Answer | Briefing, format: ExportFormat) -> bytes:  # noqa: A002
        """An answer or a briefing as a file (md, docx, pdf, html or json) whose citations `verify` can check again.

        A sentence that its sources no longer support is moved to the withheld ones. The file is sealed with a key of
        this library. Raises UnusableInput for another format, and where a cited version is no longer in the library.
        """
        return self._parts.exports.export(value, format)

    def as_text(self, value: Answer | Briefing) -> str:
        """An answer or a briefing as plain text for a terminal."""
        return self._parts.exports.as_text(value)

    def export_name(self, value: Answer | Briefing, format: ExportFormat) -> str:  # noqa: A002
        """A name for the exported file that is valid on every file system."""
        return self._parts.exports.file_name(value, format)

    def verify(self, source: str | Path | bytes, name: str | None = None) -> Verification:
        """Check an exported file (of any format; a path or its bytes) again: every citation, and every sentence that
        rests on one, against the library or else against the source texts in the file.

        Raises UnreadableSource for a path that cannot be read, UnusableInput for a file that is no export.
        """
        return self._parts.exports.verify(source, name)

    # -- state

    def pending(self) -> dict[str, int]:
        """How many article versions still wait for vectors and for statements."""
        return self._maintenance.pending()

    def why_pending(self) -> str | None:
        """Why vectors or statements are not being made; None where none are pending, or they only take time."""
        return self._parts.indexer.why_pending()

    def progress(self) -> tuple[Progress, ...]:
        """The progress of vectors and statements; empty once all are made."""
        return self._maintenance.progress()

    @staticmethod
    def sentences_around(text: str, span: Span, *, before: bool = False) -> Span:
        """The whole sentences of a text in which a span lies, with `before` and the one before them."""
        return sentences_around(text, span, before=before)

    @staticmethod
    def models(settings: Settings) -> list[str]:
        """The models that the endpoint of these settings lists. Raises BadSettings, ModelError."""
        return endpoint_models(settings)

    def doctor(self) -> HealthReport:
        """Engine, models, stores, versions, health, and what to do about problems."""
        return self._maintenance.health()

    def model_trial(self, settings: Settings | None = None) -> ModelTrial:
        """What the language model of `settings`, by default the configured one, can do: four small requests. It takes
        seconds; failures are part of the result.
        """
        return model_trial(settings or self.settings)


def _last(events: Iterator[Any], kind: type[T], progress: Callable[[Any], None] | None = None) -> T:
    """The one event of `kind` that ends a stream; the others go to `progress`."""
    result = None
    for event in events:
        if isinstance(event, kind):
            result = event
        elif progress:
            progress(event)
    assert result is not None  # noqa: S101  # every stream ends with it
    return result
