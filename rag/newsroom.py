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
from typing import Any, ClassVar, Self, Unpack

from rag import logs, verification
from rag.composition import (
    LIBRARY,
    Composition,
    library_at,
    model_trial,
    models_offered,
    open_vectors,
    target_of_move,
)
from rag.domain import (
    Actor,
    ActorKind,
    AddResult,
    AmendedField,
    Answer,
    Article,
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
    SentenceCheck,
    Statement,
    StatementChanges,
    Story,
    TurnState,
    Understood,
    Verification,
    Watch,
)
from rag.domain.following import HOURLY
from rag.domain.tallies import counts_of
from rag.errors import ModelMissing, UnusableInput
from rag.question.followups import MOST_TURNS
from rag.readers.dispatch import read_source_bytes
from rag.readers.source import Source
from rag.services.answers.sentence_checks import check_sentence
from rag.services.drafts.exporting import exported
from rag.services.drafts.reading import draft_text
from rag.services.following.digests import DigestFormat, document, title_of
from rag.services.indexing.indexer import cut_fingerprint
from rag.services.indexing.watcher import Watcher
from rag.services.ingestion.field_maps import FieldMap
from rag.services.ingestion.service import as_article
from rag.services.positions import MOST_STATEMENTS, matrix, table
from rag.services.statement_edits import Place, statement_from_spans, validated_changes
from rag.settings import Settings
from rag.stores import backup
from rag.text.canonical import canonical
from rag.text.revisions import sentence_pairs

_log = logging.getLogger(__name__)


class Newsroom(AbstractContextManager["Newsroom"]):
    """A library of news with everything that can be asked of it. Safe for many threads.

    Open one with `Newsroom.open(settings)`; as a context manager it waits for background work and closes itself.
    """

    composition: ClassVar[type[Composition]] = Composition

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._parts = self.composition(settings)
        self._library = self._parts.library
        self._closed = False
        self._watcher: Watcher | None = None
        if settings.database_url is None:  # else workers see to it
            self._watcher = Watcher(
                self._library,
                begin=lambda: self._parts.indexer.start(),
                is_postponed=lambda: self._parts.has("indexer") and self._parts.indexer.is_postponed,
            )

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """Open the library in `settings.home`, made on first use. Raises StoreError."""
        return cls(settings or Settings())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._closed and (self._parts.has("indexer") or any(self.pending().values())):
            self.wait()
        self.close()

    @staticmethod
    def log(settings: Settings) -> None:
        """Write the log of this process as the settings say. The command and the app do; a program that uses the
        package may, or adds handlers of its own to the logger `rag`.
        """
        logs.set_up(
            settings.home,
            level=settings.log_level,
            form=settings.log_format,
            to=settings.log_to,
            hide=settings.secrets,
        )

    def backup(self, path: str | Path) -> Backup:
        """Copy the library to one new file, whatever is being added meanwhile, and check the copy. Raises UnusableInput
        where the file exists, StoreError.
        """
        return self._parts.maintenance.backup(Path(path))

    @staticmethod
    def restore_backup(path: str | Path, settings: Settings | None = None) -> Backup:
        """Check a backup and put it into a home that holds no library; indices are made again when it is opened. Raises
        UnusableInput where the home has one, LibraryDamaged, StoreError.
        """
        chosen = settings or Settings()
        if chosen.database_url is not None:
            raise UnusableInput(
                "A backup is restored into a folder: unset ONRECORD_DATABASE_URL, restore it there, and copy it to the "
                "server with `onrecord migrate-store --to URL`."
            )
        return backup.restore(Path(path), chosen.home / LIBRARY)

    def move_store(
        self, to: str, *, chroma: str | None = None, progress: Callable[[str, int, int], None] | None = None
    ) -> Moved:
        """Copy the library to another place, an address `postgresql://…` (with the address of a Chroma server) or a
        folder, and its vectors with it; check that both are the same; go on where an earlier attempt was broken off.
        This library stays as it is. `progress` hears of what, how many of how many. Raises BadSettings, UnusableInput
        where the place holds something, StoreError.
        """
        settings = target_of_move(self.settings, to, chroma)
        target = library_at(settings)
        try:
            return self._parts.maintenance.move_store(
                target, lambda embedder: open_vectors(settings, target, cut_fingerprint(embedder)), progress
            )
        finally:
            target.close()

    def close(self) -> None:
        """Stop background work after the piece in hand and let go of all files. Questions that still run end with a
        StoreError or ModelError at their next step.
        """
        self._closed = True
        if self._watcher:
            self._watcher.close()
        self._parts.close()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until vectors and statements are made; False if `timeout` seconds were not enough."""
        self._parts.indexer.sync()
        return self._parts.indexer.wait(timeout)

    # -- adding

    def add(
        self,
        *sources: str | Path,
        title: str | None = None,
        outlet: str | None = None,
        byline: str | None = None,
        published: str | date | None = None,
        url: str | None = None,
        feed: bool = False,
        field_map: FieldMap = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[AddResult]:
        """Add files, folders and web addresses, in their order; of a folder every file that is not hidden, by name.

        A feed is followed to the pages that it lists; with `feed`, a page is asked for the feed that it offers. A page
        or feed that a site says has not changed is a duplicate. Fields given win over what is found, now and later. One
        bad source does not stop the rest: it is `rejected`, with the reason. Raises BadDate, UnusableInput, StoreError.

        `field_map` says what dumps and tables call their fields: "title=Headline,text=Body", a file of such pairs, or a
        mapping of our fields to theirs. It is remembered for the next files that have these fields.

        `progress` is told a few times a second how far it is. Once `cancel` is set, it ends after the source in hand:
        what is done is kept and returned, and the last progress says how many were left.
        """
        user = {"title": title, "outlet": outlet, "byline": byline, "published": published, "url": url}
        return self._parts.ingestion.add(
            sources, user, feed=feed, field_map=field_map, progress=progress, cancel=cancel
        )

    def add_bytes(self, data: bytes, *, name: str, field_map: FieldMap = None, **fields: Any) -> list[AddResult]:
        """Add one upload, or standard input, by its content; `name` is for messages. Fields as in `add`."""
        return self._parts.ingestion.add_bytes(data, name, fields, field_map=field_map)

    def add_text(
        self,
        text: str,
        *,
        title: str | None = None,
        outlet: str | None = None,
        byline: str | None = None,
        published: str | date | None = None,
        url: str | None = None,
    ) -> AddResult:
        """Add text in hand, such as a pasted page. Raises BadDate."""
        fields = {"title": title, "outlet": outlet, "byline": byline, "published": published, "url": url}
        return self._parts.ingestion.add_text(text, fields)

    def preview(
        self,
        source: str | Path,
        *,
        feed: bool = False,
        field_map: FieldMap = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[Preview]:
        """The articles that a file, a folder or an address holds, as they would be added; nothing is stored, and what
        can't be read says why. Of a feed it is what that lists; with `feed`, a page is asked for its feed.
        """
        return self._parts.ingestion.preview(source, feed=feed, field_map=field_map, progress=progress, cancel=cancel)

    def preview_bytes(self, data: bytes, *, name: str, field_map: FieldMap = None) -> list[Preview]:
        """The articles that an upload or a pasted text holds, as they would be added; nothing is stored."""
        return self._parts.ingestion.preview_bytes(data, name, field_map=field_map)

    def add_previewed(
        self,
        chosen: Sequence[Preview],
        *,
        progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> list[AddResult]:
        """Add what was chosen of previews, with what `Preview.corrected` says of each; results in their order.

        Raises BadDate, UnusableInput, StoreError.
        """
        return self._parts.ingestion.add_previewed(chosen, progress=progress, cancel=cancel)

    def feeds(self, url: str) -> list[str]:
        """The addresses of the feeds that a page offers, its own where it is one, or that a list of feeds (a file in
        OPML) names. Raises UnreadableSource.
        """
        return self._parts.ingestion.feeds(url)

    def extract(self, source: str | Path) -> Extract:
        """What adding a file or an address would make of it, the first article of many; nothing is stored.

        Raises UnreadableSource.
        """
        return self._parts.ingestion.extract(source)

    def extract_bytes(self, data: bytes, *, name: str) -> list[Extract]:
        """What adding these bytes would make of them; nothing is stored. Raises UnreadableSource."""
        return read_source_bytes(data, name)

    def statements_in(self, extract: Extract) -> list[Statement]:
        """The statements that adding an extract would make; nothing is stored. Raises ModelMissing without a parser."""
        extractor = self._parts.extractor
        if extractor is None:
            raise ModelMissing(" ".join(self._parts.faults))
        return list(extractor.extract(as_article(extract, datetime.now(UTC))).statements)

    def amend(
        self,
        article_id: str,
        *,
        title: str | None = None,
        outlet: str | None = None,
        byline: str | None = None,
        published: str | date | None = None,
        url: str | None = None,
        undo: Sequence[AmendedField] = (),
    ) -> Article:
        """Correct fields of an article: None leaves one, an empty text empties it, and a field named in `undo` goes
        back to what was found. No later reading changes a corrected field. Raises UnknownArticle, BadDate,
        UnusableInput.
        """
        fields = {"title": title, "outlet": outlet, "byline": byline, "published": published, "url": url}
        return self._parts.ingestion.amend(article_id, fields, undo)

    def remove(self, article_id: str) -> Removal:
        """Take an article out of the library, every index and earlier answers, and report what went. Raises
        UnknownArticle.
        """
        return self._parts.ingestion.remove(article_id)

    def work(self, *, once: bool = False) -> None:
        """Be a worker: make vectors and statements for all who share the library, until the process is told to end, or
        with `once` until nothing waits. Raises UnusableInput for a library in a folder, where each process does its own
        work, and StoreUnavailable.
        """
        if not once:
            self.keep_following()
        self._parts.maintenance.work(once=once)

    def reindex(self) -> None:
        """Make passages, vectors and statements again from the record."""
        with logs.request("reindex", _log):
            self._parts.indexer.rebuild()

    # -- looking

    def article(self, article_id: str, version: str | None = None) -> Article:
        """An article at its current version, or at the one given. Raises UnknownArticle."""
        return self._library.articles.get(article_id, version)

    def differences(
        self, article_id: str, version: str | None = None, *, text: str | None = None
    ) -> list[tuple[str, str]]:
        """How the current text, or the `text` given, differs from the one of a version, the current one unless named:
        sentences before and after, one of them empty where some were only added or removed. Raises UnknownArticle.
        """
        then = self._library.articles.get(article_id, version).text
        now = self._library.articles.get(article_id).text if text is None else canonical(text)
        return sentence_pairs(then, now)

    def articles(
        self, filters: Filters | None = None, *, limit: int | None = None, offset: int = 0, query: str | None = None
    ) -> list[ArticleSummary]:
        """Articles that pass the filters, newest publication first; `query`: words of title or text."""
        return self._library.articles.page(filters or Filters(), limit=limit, offset=offset, query=query)

    def count(self, filters: Filters | None = None, *, query: str | None = None) -> int:
        """How many articles `articles` would give without a limit."""
        return self._library.articles.count(filters or Filters(), query=query)

    def overview(self, filters: Filters | None = None, *, query: str | None = None) -> Overview:
        """How the articles that `articles` would give spread over time, outlets and lengths."""
        return self._library.articles.overview(filters or Filters(), query=query)

    def copies(self, article_id: str) -> list[ArticleSummary]:
        """The wire copies that are folded under an article."""
        return self._library.articles.copies(article_id)

    def unfold(self, article_id: str) -> None:
        """Take an article out of its fold, for good. Raises UnknownArticle, and UnusableInput if it is in none."""
        if not self._library.articles.unfold(article_id):
            raise UnusableInput(
                f"{self._library.articles.get(article_id).title!r} is not folded under another article."
            )

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets and how many articles each has, the most first."""
        return self._library.articles.outlets()

    def languages(self) -> list[tuple[str, int]]:
        """Languages (codes such as `en`) and how many articles each has, the most first."""
        return self._library.articles.languages()

    def span(self) -> tuple[date | None, date | None]:
        """First and last day of publication in the library."""
        return self._library.articles.span()

    def warm(self) -> None:
        """Load the models that a question needs, in the background, so that the first answer does not wait."""
        self._parts.answers.warm()

    def search(
        self, query: str, *, k: int = 10, filters: Filters | None = None, ignore: Collection[str] = ()
    ) -> list[Hit]:
        """The `k` passages that fit best. What the query says of sources and days narrows the search, as `understood`
        shows; `ignore` takes it back. Raises UnusableInput for an empty query.
        """
        self._parts.indexer.sync()
        return self._parts.answers.search(query, k=k, filters=filters, ignore=ignore)

    def search_notices(self, query: str, hits: Sequence[Hit]) -> tuple[str, ...]:
        """What a reader should know of how `search` has just found the hits: that it went by words alone, and why."""
        return self._parts.answers.search_notices(query, hits)

    def understood(
        self, question: str, *, filters: Filters | None = None, ignore: Collection[str] = ()
    ) -> tuple[Understood, ...]:
        """What a question says of where to look, as `search` and `ask` apply it. `ignore` takes kinds ("outlet") or
        single readings ("outlet:Reuters") back. Raises UnusableInput for an empty question.
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
        chosen = filters or Filters()
        if article:
            chosen = replace(chosen, article=article)
        return self._parts.answers.statements(actor, topic, chosen)

    def positions(
        self,
        *,
        actors: Sequence[str] | None = None,
        topics: Sequence[str] | None = None,
        filters: Filters | None = None,
    ) -> Positions:
        """The matrix of actors by topics with changes over time. Without `actors` those who say the most in the newest
        3,000 statements, without `topics` what most is said about; an empty cell means that no statement was found.
        """
        chosen = filters or Filters()
        by_actor = {name: self.statements(actor=name, filters=chosen) for name in dict.fromkeys(actors or ())}
        about = {name: self.statements(topic=name, filters=chosen) for name in dict.fromkeys(topics or ())}
        newest = [] if by_actor else self._library.statements.find(chosen, limit=MOST_STATEMENTS)
        registry = self._library.actor_register.registry()
        return matrix(newest, actors=by_actor, topics=about, known=registry.of if registry.actors else None)

    def positions_csv(self, positions: Positions) -> str:
        """A matrix as a table for spreadsheets: a line for each statement of each cell, and one for an empty cell."""
        return table(positions)

    # -- actors

    def actors(self, query: str | None = None, *, kind: ActorKind | None = None) -> list[Actor]:
        """The people, bodies and countries that the articles name as speakers or with a role, those who say the most
        first. `query` keeps those with all its words in a name, a role or their body.
        """
        return self._parts.actors.search(query, kind=kind)

    def actor(self, name: str) -> Actor:
        """Whom a name or alias means. Raises UnknownActor."""
        return self._parts.actors.get(name)

    def actor_articles(self, name: str, *, limit: int = 50) -> list[ArticleSummary]:
        """The articles that name an actor, under any of its names, the newest first."""
        return self._parts.actors.articles(name, limit=limit)

    def merge_actors(self, name: str, other: str) -> Actor:
        """Have two actors be one, called `name`, whatever is read later. Raises UnknownActor, UnusableInput."""
        return self._parts.actors.merge(name, other)

    def split_actor(self, name: str, alias: str) -> Actor:
        """Have an alias be an actor of its own, whatever is read later; gives that. Raises UnknownActor, UnusableInput
        where it is none of the actor's other names.
        """
        return self._parts.actors.split(name, alias)

    def reset_actor(self, name: str) -> Actor:
        """Forget what was merged into an actor and split off it by hand. Raises UnknownActor."""
        return self._parts.actors.reset(name)

    # -- correcting statements

    def correct(self, statement: Statement, **changes: Unpack[StatementChanges]) -> Statement:
        """Correct fields of a statement; None empties one. The correction outlives new extractions, and moves to a new
        version of the article where the same words stand there. Raises UnknownStatement, UnusableInput, BadDate.
        """
        return self._library.statements.correct(statement, "corrected", validated_changes(changes))

    def dismiss(self, statement: Statement) -> None:
        """Take out a statement that is none; `restore` brings it back. Raises UnknownStatement."""
        self._library.statements.correct(statement, "dismissed", {})

    def restore(self, statement: Statement) -> Statement | None:
        """Undo what was decided about a statement: as it was extracted, or None where it was added by hand. Raises
        UnknownStatement.
        """
        back = self._library.statements.restore(statement)
        self._parts.indexer.start()
        return back

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
        """Add a statement that was missed. Its words, source and cue are given by their spans in the text (half-open,
        characters) or as text that stands in the article once. Raises UnknownArticle, UnusableInput, BadDate.
        """
        statement = statement_from_spans(self.article(article, version), content, source=source, cue=cue)
        return self._library.statements.correct(statement, "added", validated_changes(fields))

    def corrections(self, article: str) -> list[Correction]:
        """What was decided by hand about the statements of an article, of all its versions; `carried` False marks those
        that did not come along to the version after theirs. Raises UnknownArticle.
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
        """A checked, cited answer. `ignore` takes back what an earlier answer `understood`, by kind ("outlet") or one
        by one ("outlet:Reuters"). `history` are earlier questions with the text of their answers, oldest first: a
        follow-up such as "and Russia's?" is made whole from them (`Answer.rewritten`). Raises UnusableInput for an
        empty question, ModelError if the model set fails.
        """
        answer = None
        for event in self.ask_stream(question, filters=filters, ignore=ignore, history=history):
            if isinstance(event, Finished):
                answer = event.answer
        assert answer is not None  # noqa: S101  # a stream always ends with Finished
        return answer

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
        """Phases, verified sentences and withheld notes as they come, then `Finished`. `cancel` ends it early with what
        stands; `builtin` answers without the model that is set; `history` as in `ask`.
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
        return logs.traced_stream("ask", events, _log, counts_of, question_chars=len(question))

    def history(self, chat_id: str, *, before: int | None = None) -> list[tuple[str, str]]:
        """The last questions of a conversation as they were understood, each with the text of its answer, oldest first:
        what `ask` takes as `history`. `before` leaves out a turn and those after it. Raises UnknownChat.
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
        """A checked, cited briefing over a topic, chosen articles (ids) or all that pass the filters; it is kept.

        `template` is situation, digest, positions, summary or the path of a TOML file; `length` is short, medium, long
        or a number of words for the first section. Raises UnusableInput, UnknownArticle. Once `cancel` is set, what
        stands comes back with `finished` False.
        """
        briefing = None
        request = BriefingRequest(
            topic=topic, articles=tuple(articles), filters=filters or Filters(), template=template, length=length
        )
        for event in self.brief_stream(request, builtin=builtin, cancel=cancel):
            if isinstance(event, BriefingFinished):
                briefing = event.briefing
            elif progress:
                progress(event)
        assert briefing is not None  # noqa: S101  # a stream always ends with BriefingFinished
        return briefing

    def brief_stream(
        self, request: BriefingRequest, *, builtin: bool = False, cancel: threading.Event | None = None
    ) -> Iterator[BriefEvent]:
        """Steps as they are done, then `BriefingFinished`. As `brief`."""
        self._parts.indexer.sync()
        events = self._parts.briefing_maker(builtin=builtin).stream(request, cancel=cancel or threading.Event())
        return logs.traced_stream("brief", events, _log, counts_of)

    def brief_matches(self, request: BriefingRequest) -> int:
        """How many articles a briefing would be about. Raises UnusableInput, UnknownArticle."""
        return self._parts.briefing_maker(builtin=True).matches(request)

    def briefings(self, *, topic: str | None = None, limit: int | None = None) -> list[BriefingSummary]:
        """Earlier briefings, newest first; `topic` keeps those on just that topic."""
        return self._library.briefings.summaries(topic=topic, limit=limit)

    def begun_briefings(self) -> list[BriefingRequest]:
        """Briefings that were begun and have not come to an end, as after a crash: make them with `brief_stream`."""
        return self._library.briefings.begun()

    def briefing(self, briefing_id: str) -> Briefing:
        """An earlier briefing as it was made, less what was removed since. Raises UnknownBriefing."""
        return self._library.briefings.get(briefing_id)

    def forget_briefing(self, briefing_id: str) -> None:
        """Take a briefing out of the library. Raises UnknownBriefing."""
        self._library.briefings.forget(briefing_id)

    def what_changed(self, briefing_id: str | None = None, *, topic: str | None = None) -> BriefingChanges:
        """What has changed since a briefing, or since the last on a topic. Raises UnknownBriefing, UnusableInput."""
        self._parts.indexer.sync()
        return self._parts.briefing_maker(builtin=True).changes(briefing_id, topic=topic)

    def support(self, sentence: str, source: str) -> float:
        """0..1: how far `source` bears `sentence` out; the score that verification uses."""
        return verification.support(canonical(sentence), canonical(source))

    def check_sentence(
        self, text: str, spans: Sequence[tuple[str, int, int]], *, before: str | None = None
    ) -> SentenceCheck:
        """What the checks of answers make of a sentence over the spans that it cites: (article id, start, end) each,
        half-open, in characters of the current version. `before` is the sentence before it, where the antecedent of a
        pronoun may stand. No model is asked. Raises UnknownArticle, UnusableInput.
        """
        self._parts.indexer.sync()
        return check_sentence(self._library, text, spans, before=before)

    # -- following

    def follow(
        self,
        address: str,
        *,
        interval: int = HOURLY,
        words: Sequence[str] = (),
        outlet: str | None = None,
        language: str | None = None,
    ) -> Following:
        """Read a feed, a news sitemap or a page that lists articles again every `interval` minutes, first with the next
        `refresh`. Of what it lists, articles with one of `words` in `language` are added. An address that is followed
        already gets the new filters. Raises UnusableInput.
        """
        return self._parts.following.follow(address, interval=interval, words=words, outlet=outlet, language=language)

    def unfollow(self, address: str) -> None:
        """Read an address no more; its articles stay. Raises UnusableInput for one that is not followed."""
        self._parts.following.unfollow(address)

    def following(self) -> list[Following]:
        """The addresses that are followed, the one that is read next first."""
        return self._parts.following.following()

    def watch(
        self,
        question: str | None = None,
        *,
        actor: str | None = None,
        topic: str | None = None,
        filters: Filters | None = None,
    ) -> Watch:
        """Keep asking a question, or after an actor or a topic: what is new is noticed with each `refresh`. What the
        library holds now is no news. Raises UnusableInput.
        """
        return self._parts.following.watch(question, actor, topic, filters or Filters())

    def watches(self) -> list[Watch]:
        """What is watched, with how much of its news is unread."""
        return self._parts.following.watches()

    def unwatch(self, watch_id: str) -> None:
        """Watch no more, and forget its news. Raises UnusableInput."""
        self._parts.following.unwatch(watch_id)

    def refresh(
        self,
        *,
        everything: bool = False,
        cancel: threading.Event | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Refresh:
        """Read the addresses that are due (or with `everything` all, paused ones too), and notice what is new for what
        is watched. One process at a time; `progress` hears each address. Raises LibraryBusy while another one reads.
        """
        return self._parts.following.refresh(
            everything=everything, cancel=cancel or threading.Event(), progress=progress
        )

    def keep_following(self) -> None:
        """Read what is due in the background, once a minute, until the newsroom is closed."""
        self._parts.scheduler  # noqa: B018  # it works once it is made

    def news(self, *, since: date | None = None, watch_id: str | None = None, unread: bool = False) -> list[News]:
        """What was noticed, newest first: since a day, of one watch, or what nobody has seen."""
        return self._parts.following.news(since, watch_id, unread=unread)

    def see_news(self, watch_id: str | None = None) -> None:
        """Mark the news of a watch, or all, as seen."""
        self._parts.following.see(watch_id)

    def digest(self, since: date) -> Digest:
        """What is new since a day (inclusive): news by watch, stories that grew, and the articles of each outlet."""
        return self._parts.following.digest(since)

    def digest_document(self, digest: Digest, form: DigestFormat) -> str:
        """A digest as a file: text, md, html, or atom (RFC 4287)."""
        return document(digest, form)

    def send_digest(self, digest: Digest, to: str) -> None:
        """Send a digest to a mail address, through the server of `ONRECORD_SMTP_URL`. Raises BadSettings without one,
        UnusableInput for what is no address, SourceUnavailable where the server does not take it.
        """
        self._parts.mailer.send(
            to, subject=title_of(digest), text=document(digest, "text"), html=document(digest, "html")
        )

    # -- stories

    def stories(self, filters: Filters | None = None) -> list[Story]:
        """The stories with an article that passes the filters, the newest first, each with all of its articles. New
        articles get their story here; it waits for their statements.
        """
        return self._parts.stories.stories(filters or Filters())

    def story(self, story_id: str) -> Story:
        """A story, also by the id of one that was merged into it. Raises UnusableInput."""
        return self._parts.stories.story(story_id)

    def merge_stories(self, *story_ids: str) -> Story:
        """Make one story of several, under the id of the first; kept for good. Raises UnusableInput."""
        return self._parts.stories.merge(story_ids)

    def split_story(self, story_id: str, article_ids: Sequence[str]) -> Story:
        """Take articles out of a story into one of their own, kept for good; that one. Raises UnusableInput."""
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
        """A draft against the record: each quotation, and each sentence that names somebody, a number or a day, with
        its outcome. `day` is the day that the draft is of (today), from which its weekdays count. Nothing of it is
        stored; `keep_draft` does. Once `cancel` is set, what was looked at comes back with `finished` False. Raises
        UnusableInput for an empty or endless draft.
        """
        check = None
        for event in self.check_stream(text, day=day, cancel=cancel):
            if isinstance(event, DraftCheck):
                check = event
            elif progress:
                progress(event)
        assert check is not None  # noqa: S101  # a stream always ends with a DraftCheck
        return check

    def check_stream(
        self, text: str, *, day: date | None = None, cancel: threading.Event | None = None
    ) -> Iterator[DraftProgress | DraftCheck]:
        """Steps as they are done, then the DraftCheck. As `check`."""
        self._parts.indexer.sync()
        return self._parts.drafts.stream(text, today=day or datetime.now().astimezone().date(), cancel=cancel)

    def keep_draft(self, text: str, check: DraftCheck, *, day: date | None = None) -> KeptDraft:
        """Keep a draft with its check in the library, to be looked at and checked again; `changed` then says how many
        findings have another outcome.
        """
        return self._parts.drafts.keep(text, check, day or datetime.now().astimezone().date())

    def draft(self, draft_id: str) -> KeptDraft:
        """A kept draft. Raises UnusableInput for one that is not there."""
        return self._parts.drafts.kept(draft_id)

    def drafts(self, *, limit: int | None = None) -> list[KeptDraft]:
        """The kept drafts, newest check first."""
        return self._parts.drafts.all_kept(limit)

    def forget_draft(self, draft_id: str) -> None:
        """Take a draft out of the library. Raises UnusableInput for one that is not there."""
        self._parts.drafts.forget(draft_id)

    def export_draft(self, item: KeptDraft, form: DraftFormat) -> bytes:
        """A kept draft as a file: Word with a comment at each finding (docx), html, md or json. Raises
        UnusableInput where its findings are gone.
        """
        return exported(item, form)

    def draft_text(self, source: str | Path | bytes, name: str | None = None) -> str:
        """The words of a draft in a file: text, Markdown, Word or PDF; a path or its bytes. Raises UnreadableSource."""
        if isinstance(source, bytes):
            return draft_text(source, name or "the draft")
        return draft_text(Source.of_file(Path(source), str(source)).data, name or Path(source).name)

    # -- conversations

    def chats(self) -> list[Chat]:
        """All conversations of this library, the latest first, each with its first turn alone. For whoever owns the
        library: a server must not list them to its readers, as who has a conversation's id can read it.
        """
        return self._library.chats.all()

    def chat(self, chat_id: str, *, last: int | None = None) -> Chat:
        """A conversation, or its last turns, marked with what became since of what they cite. Raises UnknownChat."""
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
        """Keep a turn as the next one of a conversation, which is begun with its first; gives its number. With `number`
        it takes the place of what was kept under it. `chat_id` should be a secret that can't be guessed.
        """
        return self._library.chats.keep(
            chat_id, question, filters or Filters(), number=number, state=state, answer=answer, error=error
        )

    def chat_titles(
        self, *, limit: int, query: str | None = None, readable: Callable[[str], bool] | None = None
    ) -> list[ChatTitle]:
        """At most `limit` conversations, the latest first, without their answers; with `query`, those whose name or one
        of whose questions has it; with `readable`, those whose id it accepts.
        """
        return self._library.chats.titles(limit=limit, query=query, readable=readable)

    def rename_chat(self, chat_id: str, name: str | None) -> None:
        """Give a conversation a name; None takes it away. Raises UnknownChat."""
        self._library.chats.rename(chat_id, name)

    def forget_chat(self, chat_id: str) -> None:
        """Take a conversation out of the library. Raises UnknownChat."""
        self._library.chats.forget(chat_id)

    def judge(self, chat_id: str, number: int, judgement: Judgement | None, note: str | None = None) -> None:
        """Keep what a reader thought of an answer: `useful`, `wrong`, or None for nothing (any more). Raises
        UnknownChat.
        """
        self._library.chats.judge(chat_id, number, judgement, note)

    def cases(self) -> list[dict[str, Any]]:
        """The answers that readers judged, as cases for evaluation: question, filters, judgement, note, and the answer
        as `ask` gives it, plain values all.
        """
        return [item.as_case() for item in self._library.chats.judged() if item.feedback]

    # -- handing on

    def export(self, value: Answer | Briefing, format: ExportFormat) -> bytes:  # noqa: A002
        """An answer or a briefing as a file (md, docx, pdf, html or json) whose citations `verify` can check again.

        A sentence that its sources no longer bear out moves to those withheld. The file is sealed with a key of this
        library. Raises UnusableInput for another format, and where a cited version is no longer in the library.
        """
        return self._parts.exports.export(value, format)

    def export_name(self, value: Answer | Briefing, format: ExportFormat) -> str:  # noqa: A002
        """A name for the file of an export that every file system takes."""
        return self._parts.exports.file_name(value, format)

    def verify(self, source: str | Path | bytes, name: str | None = None) -> Verification:
        """Check an exported file (of any format; a path or its bytes) again: every citation, and every
        sentence that rests on one, against the library and else against the source texts in the file.

        Raises UnreadableSource for a path that cannot be read, UnusableInput for what is no export.
        """
        return self._parts.exports.verify(source, name)

    # -- state

    def pending(self) -> dict[str, int]:
        """Article versions whose vectors and statements are still being made."""
        return self._parts.maintenance.pending()

    def why_pending(self) -> str | None:
        """Why vectors or statements wait instead of being made; None where none wait, or they only take time."""
        return self._parts.indexer.why_pending()

    def progress(self) -> tuple[Progress, ...]:
        """How far vectors and statements are; empty once all are made."""
        return self._parts.maintenance.progress()

    @staticmethod
    def models(settings: Settings) -> list[str]:
        """The models that the endpoint of these settings lists. Raises BadSettings, ModelError."""
        return models_offered(settings)

    def doctor(self) -> HealthReport:
        """Engine, models, stores, versions, health, and what to do about what is not well."""
        return self._parts.maintenance.health()

    def model_trial(self, settings: Settings | None = None) -> ModelTrial:
        """What the language model of `settings`, or else the one that is set, can do: four small requests. It takes
        seconds, and what fails is told in the result.
        """
        return model_trial(settings or self.settings)
