"""The library: the record of articles, versions and what was extracted, with the lexical index in the same file.

Everything an article needs to be found by its words is written in one transaction, so an article is there whole or not
at all. Passages, words, vectors and statements are derived and can be made again from the versions' texts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select, and_, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from rag.domain import (
    ActorMention,
    AddResult,
    AddStatus,
    Answer,
    Article,
    ArticleSummary,
    Chat,
    Correction,
    Extract,
    Filters,
    Judgement,
    Overview,
    Passage,
    Removal,
    Span,
    Statement,
    Step,
    Turn,
    TurnState,
    Verdict,
    Version,
)
from rag.errors import StoreError, UnknownArticle, UnknownChat, UnusableInput
from rag.stores import amendments, chats, corrections, database, index_state, lexical, queries, schema, wire_copies
from rag.stores.actors import ActorStore, put_mentions
from rag.stores.base import FOREVER
from rag.stores.briefings import BriefingStore, withdraw
from rag.stores.ingest_cache import IngestCache
from rag.stores.meta import MetaStore
from rag.stores.tables import (
    REREAD,
    article,
    failure,
    insert,
    meta,
    of_pairs,
    passage,
    source,
    statement,
    version,
)
from rag.text.duplicates import minhash_keys
from rag.text.terms import joint_speakers, words

Work = Literal["embedded_as", "stated_as"]
Cut = Callable[[str], list[Span]]
_KEYS_AT_ONCE = 500
_TRIED = 5  # as many passages as are asked for are looked at before all that match are


class Library:
    """The record, in an SQLite file (a path) or on a PostgreSQL server (an address). Safe for many threads and
    processes; every method is one transaction.

    Raises LibraryDamaged where it is not a sound library, LibraryBusy where another process holds it too long,
    StoreUnavailable where its server can't be reached.
    """

    def __init__(self, place: Path | str) -> None:
        self._closed = False
        self.briefings = BriefingStore(self)
        self.ingest_cache = IngestCache(self)
        self.actor_register = ActorStore(self)
        self.meta = MetaStore(self)
        self._database = database.opened(place)
        self._endings: tuple[int, dict[str, list[tuple[int, str]]]] = (-1, {})
        try:
            with self.reading() as connection:
                current = schema.is_current(connection, self._database)
                mended = current and wire_copies.is_mended(connection)
            if not mended:
                with self.writing() as connection:
                    schema.bring_up_to_date(connection, self._database)
                    wire_copies.mend(connection)
        except BaseException:
            self.close()
            raise

    @property
    def place(self) -> str:
        """Where the library is, as messages name it."""
        return self._database.place

    @property
    def path(self) -> Path:
        """The file that the library is. Raises UnusableInput where it is on a server."""
        if self._database.path is None:
            raise UnusableInput(
                f"The library is on a server ({self.place}), not in a file. Use the server's own tools, as pg_dump, or "
                "copy it into a folder with `onrecord migrate-store --to FOLDER`."
            )
        return self._database.path

    @property
    def engine_version(self) -> str:
        """The database that keeps the library, with its version."""
        with self._mapped():
            return self._database.version()

    @property
    def _engine(self) -> Engine:
        return self._database.engine

    def close(self) -> None:
        """Release every connection. Whoever still works on the library gets a StoreError at the next step."""
        self._closed = True
        self._database.close()

    # -- writing

    def put(
        self,
        found: Extract,
        *,
        key: str | None,
        name: str,
        cut: Cut,
        cut_as: str,
        given: Mapping[str, Any] | None = None,
    ) -> AddResult:
        """Store what was read from one source, with its passages and words.

        `key` (a URL or a path) ties later readings of the same source to the same article. `given` are fields in the
        user's word: they win over those found, now and in later readings. `cut` gives the passages of a text, `cut_as`
        the fingerprint of how.
        """
        given = given or {}
        extract = replace(found, **given)
        known = self._known(extract, key)
        if known and known.status == "duplicate" and not given:
            return replace(known, source=name)
        spans, shared = cut(extract.text), minhash_keys(extract.text)  # outside the transaction: they are the slow part
        now = datetime.now(UTC).replace(microsecond=0)
        with self.writing() as connection:
            known = queries.known(connection, extract, key)
            if known and known.status == "duplicate":
                return replace(_given_again(connection, known, key, given), source=name)
            article_id = known.article_id if known and known.article_id else queries.article_id(extract)
            number = queries.supersede(connection, article_id, queries.seconds(now))
            if number > 1 or given:
                extract = amendments.over(connection, article_id, found, given)
            hashed = queries.version_hash(connection, article_id, extract.text, number)
            queries.put_article(connection, article_id, hashed, extract, now)
            if number > 1 or given:
                amendments.note(connection, article_id, found, given)
            known_from = queries.known_from(now, extract.published) if number == 1 else queries.seconds(now)
            connection.execute(
                insert(connection, version).values(
                    article_id=article_id,
                    version=hashed,
                    number=number,
                    text=extract.text,
                    ingested=now.isoformat(),
                    known_from=known_from,
                    known_to=FOREVER,
                    cut_as=cut_as,
                )
            )
            queries.put_passages(connection, article_id, hashed, extract, spans, known_from)
            lost = corrections.carry(connection, article_id, hashed, number) if number > 1 else 0
            original = wire_copies.settle(connection, article_id, extract.text, shared, first=number == 1)
            near = wire_copies.notes(connection, (article_id,)).get(article_id)
            for tied in dict.fromkeys(filter(None, (key, extract.url))):
                row = insert(connection, source).values(key=tied, article_id=article_id)
                connection.execute(row.on_conflict_do_nothing())
        status: AddStatus = "updated" if number > 1 else "copy" if original else "added"
        folded = "folded under an article with the same news" if original else None
        told = corrections.not_carried(lost) or folded or near
        return AddResult(source=name, status=status, article_id=article_id, version=hashed, of=original, reason=told)

    def amend(self, article_id: str, given: Mapping[str, Any], undo: Iterable[str] = ()) -> set[str]:
        """Set fields of an article to what the user says, and those named in `undo` back to what was found. Gives the
        names of the fields that are other than before. Raises UnknownArticle.
        """
        with self.writing() as connection:
            return amendments.amend(connection, article_id, given, undo)

    def remove(self, article_id: str) -> Removal:
        """Take an article with all its versions, passages, words and statements out of the file, and what kept answers
        took from it, so that no byte of its text stays. Raises UnknownArticle.
        """
        with self.writing() as connection:
            wire_copies.orphans(connection, article_id)
            withdraw(connection, article_id)
            report = queries.removal(connection, article_id, answers=chats.clear(connection, article_id))
            gone = connection.execute(delete(article).where(article.c.article_id == article_id)).rowcount
            if gone:
                lexical.of(connection).scrub(connection)
        if report is None:
            raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
        self._scrub()
        return report

    def _scrub(self) -> None:
        with self._mapped():
            self._database.scrub()

    def unfold(self, article_id: str) -> bool:
        """Take a wire copy out of its fold, for good; False if it was in none."""
        with self.writing() as connection:
            return wire_copies.unfold(connection, article_id)

    def recut(self, article_id: str, found: str, spans: Sequence[Span], cut_as: str) -> None:
        """Replace the passages of one version; its vectors count as to do."""
        with self.writing() as connection:
            row = connection.execute(
                select(article.c.title, article.c.outlet, version)
                .join(version)
                .where(version.c.article_id == article_id, version.c.version == found)
            ).one()
            connection.execute(delete(passage).where(passage.c.article_id == article_id, passage.c.version == found))
            extract = Extract(text=row.text, title=row.title, outlet=row.outlet)
            queries.put_passages(connection, article_id, found, extract, spans, row.known_from, row.known_to)
            connection.execute(
                update(version)
                .where(version.c.article_id == article_id, version.c.version == found)
                .values(cut_as=cut_as, embedded_as=None)
            )

    def mark_indexed(self, work: Work, done: Iterable[tuple[str, str]], fingerprint: str | None) -> None:
        """Note that derived data of these (article id, version) pairs was made as `fingerprint` says."""
        with self.writing() as connection:
            for article_id, found in done:
                connection.execute(
                    update(version)
                    .where(version.c.article_id == article_id, version.c.version == found)
                    .values({work: fingerprint})
                )

    def confirm_indexed(self, written: Mapping[tuple[str, str], index_state.Rows], fingerprint: str) -> None:
        """Note that vectors of these versions were written as `vector_rows` gave them; one that has changed since, as
        by a new version of its article, stays to do.
        """
        with self.writing() as connection:
            index_state.confirm(connection, written, fingerprint)

    def reconcile(self, held: set[str], fingerprint: str) -> tuple[set[str], set[tuple[str, str]]]:
        """Compare with an index that holds these passage ids. Gives the ids that the library does not know, and the
        (article id, version) pairs that count as embedded but of which the index lacks a passage.
        """
        with self.reading() as connection:
            return index_state.compare(connection, held, fingerprint)

    def known(self, extract: Extract, key: str | None) -> str | None:
        """The id of the article that this source or this text belongs to, if the library has it."""
        found = self._known(extract, key)
        return found.article_id if found else None

    def repair_lexical(self) -> int:
        """See to it that the lexical indices have each passage and each statement, and nothing else. Gives how many
        entries were put in or taken out.
        """
        with self.reading() as connection:
            if index_state.same_words(connection):
                return 0
        with self.writing() as connection:
            return index_state.mend_words(connection)

    def rebuild_lexical(self) -> None:
        """Make the lexical indices again, in whatever state they are."""
        with self.writing() as connection:
            for index in get_args(lexical.Index):
                lexical.of(connection).clear(connection, index)
            index_state.mend_words(connection)

    def forget(self, work: Work) -> None:
        """Note that derived data of every version must be made again."""
        with self.writing() as connection:
            connection.execute(update(version).values({work: None}))
            connection.execute(delete(failure).where(failure.c.work == work))

    def fail(self, article_id: str, found: str, work: Work, *, made_as: str, reason: str, release: str) -> None:
        """Note that derived data of one version can't be made as `made_as` says, by this release of the program: it is
        no longer to do, and keeps what it had. Does nothing if the article is gone by now.
        """
        with self.writing() as connection:
            index_state.fail(connection, (article_id, found), work, made_as=made_as, reason=reason, release=release)

    def failures(self) -> dict[Step, list[tuple[str, str]]]:
        """Article ids with a reason, the latest first: versions whose vectors or statements could not be made."""
        with self.reading() as connection:
            return {
                "vectors": index_state.failures(connection, "embedded_as"),
                "statements": index_state.failures(connection, "stated_as"),
            }

    def retry_failures(self, release: str) -> None:
        """Put back to do what failed in another release than this. Once in the life of a library also each version
        without statements: earlier releases took a version that they could not read for one that has none.
        """
        reread = select(meta.c.key).where(meta.c.key == REREAD)
        with self.reading() as connection:
            due = connection.execute(select(failure.c.work).where(index_state.other_than(failure.c.release, release)))
            if due.first() is None and connection.execute(reread).first():
                return
        with self.writing() as connection:
            index_state.retry_failures(connection, release)
            if not connection.execute(reread).first():
                index_state.retry_without_statements(connection)
                connection.execute(insert(connection, meta).values(key=REREAD, value=release))

    def put_statements(
        self,
        article_id: str,
        found: str,
        statements: Sequence[Statement],
        fingerprint: str,
        mentions: Sequence[ActorMention] = (),
    ) -> None:
        """Replace the statements of one version, and whom it names. Does nothing if the article is gone by now."""
        with self.writing() as connection:
            marked = connection.execute(
                update(version)
                .where(version.c.article_id == article_id, version.c.version == found)
                .values(stated_as=fingerprint)
            ).rowcount
            if marked:
                corrections.restate(connection, article_id, found, statements)
                put_mentions(connection, article_id, found, mentions)
                index_state.succeed(connection, [(article_id, found)], "stated_as")

    def correct(self, item: Statement, verdict: Verdict, changes: Mapping[str, Any]) -> Statement:
        """Keep a user's decision about a statement, in place of an earlier one about it, and give the statement as it
        is now. Raises UnknownStatement.
        """
        with self.writing() as connection:
            corrections.keep(connection, item, verdict, changes)
        return self._statement(item) if verdict != "dismissed" else item

    def restore(self, item: Statement) -> Statement | None:
        """Forget a user's decision: the statement as extracted, None where it was added. Raises UnknownStatement."""
        with self.writing() as connection:
            back = corrections.forget(connection, item)
        return self._statement(item) if back else None

    # -- reading

    def article(self, article_id: str, found: str | None = None) -> Article:
        """An article at its current version, or at the version given. Raises UnknownArticle."""
        with self.reading() as connection:
            row = connection.execute(select(article).where(article.c.article_id == article_id)).one_or_none()
            if row is None:
                raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
            fetched = connection.execute(
                select(version).where(version.c.article_id == article_id).order_by(version.c.number)
            ).all()
            amended = amendments.of_article(connection, article_id)
            near = wire_copies.notes(connection, (article_id,)).values()
        chosen = next((item for item in fetched if item.version == (found or row.version)), None)
        if chosen is None:
            raise UnknownArticle(
                f"Article {article_id!r} has no version {found!r}. `onrecord show` lists its versions."
            )
        versions = tuple(
            Version(version=item.version, number=item.number, ingested=datetime.fromisoformat(item.ingested))
            for item in fetched
        )
        shared = {**queries.article_fields(row), "version": chosen.version, "notes": (*row.notes, *near)}
        return Article(**shared, text=chosen.text, versions=versions, amended=amended)

    def articles(
        self, filters: Filters, *, limit: int | None = None, offset: int = 0, query: str | None = None
    ) -> list[ArticleSummary]:
        """Articles that pass the filters, newest publication first, without texts; `query`: words of the title."""
        chosen = queries.matching(select(article), filters, query)
        chosen = chosen.order_by(
            article.c.published.desc().nulls_last(), article.c.ingested.desc(), article.c.article_id
        )
        with self.reading() as connection:
            return _summaries(connection, chosen.limit(limit).offset(offset))

    def copies(self, article_id: str) -> list[ArticleSummary]:
        """The wire copies that are folded under an article, in the order they were read."""
        chosen = (
            select(article).where(article.c.copy_of == article_id).order_by(article.c.ingested, article.c.article_id)
        )
        with self.reading() as connection:
            return _summaries(connection, chosen)

    def count(self, filters: Filters, *, query: str | None = None) -> int:
        """How many articles pass the filters."""
        with self.reading() as connection:
            chosen = queries.matching(select(func.count()).select_from(article), filters, query)
            return int(connection.execute(chosen).scalar_one())

    def overview(self, filters: Filters, *, query: str | None = None) -> Overview:
        """How the articles that pass the filters spread over time, outlets and lengths."""
        with self.reading() as connection:
            return queries.overview(connection, filters, query)

    def ids(self, filters: Filters) -> list[str]:
        """Ids of the articles that pass the filters."""
        with self.reading() as connection:
            return list(connection.execute(queries.matching(select(article.c.article_id), filters)).scalars())

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets and how many articles each has, the most first."""
        with self.reading() as connection:
            counted = func.count().label("n")
            name = func.min(article.c.outlet).label("outlet")
            fetched = connection.execute(
                select(name, counted)
                .where(article.c.outlet.is_not(None))
                .group_by(article.c.outlet_key)
                .order_by(counted.desc(), name)
            ).all()
        return [(row.outlet, row.n) for row in fetched]

    def languages(self) -> list[tuple[str, int]]:
        """Languages by their codes and how many articles each has, the most first."""
        with self.reading() as connection:
            counted = func.count().label("n")
            fetched = connection.execute(
                select(article.c.language, counted)
                .where(article.c.language.is_not(None))
                .group_by(article.c.language)
                .order_by(counted.desc(), article.c.language)
            ).all()
        return [(row.language, row.n) for row in fetched]

    def span(self) -> tuple[date | None, date | None]:
        """First and last day of publication."""
        with self.reading() as connection:
            first, last = (  # each by itself is one look into the index
                connection.execute(select(end(article.c.published))).scalar_one() for end in (func.min, func.max)
            )
        return queries.day(first), queries.day(last)

    def match(self, terms: Sequence[str], *, k: int, filters: Filters) -> list[tuple[Passage, float]]:
        """The `k` passages that match any of the folded terms best by BM25, best first; a higher score is better."""
        with self.reading() as connection:
            if not replace(filters, as_of=None):  # a filter that lets few through is faster looked at first
                found = queries.ranked(connection, terms, filters, k, among=_TRIED * k)
                if len(found) == k:
                    return found
            return queries.ranked(connection, terms, filters, k)

    def frequency(self, term: str) -> int:
        """In how many passages a folded term stands (as the index stems it)."""
        with self.reading() as connection:
            return lexical.of(connection).frequency(connection, term)

    def passage_count(self) -> int:
        """How many passages the library is cut into, all versions counted."""
        with self.reading() as connection:
            return lexical.of(connection).total(connection)

    def newest_passage(self) -> int:
        """A number that grows with the passages; 0 where there are none."""
        with self.reading() as connection:
            return int(connection.execute(select(func.coalesce(func.max(passage.c.rowid), 0))).scalar_one())

    def passages(self, passage_ids: Sequence[str], filters: Filters) -> dict[str, Passage]:
        """The passages with these ids that the filters allow; an index may be behind the library, which decides."""
        chosen = select(passage).where(passage.c.passage_id.in_(passage_ids), *queries.allowed(filters))
        with self.reading() as connection:
            fetched = connection.execute(chosen).all()
        return {row.passage_id: queries.as_passage(row) for row in fetched}

    def passage_ids(self, filters: Filters, *, most: int | None = None) -> list[str]:
        """The ids of all passages that the filters allow, or of so many of them."""
        chosen = (
            select(passage.c.passage_id)
            .select_from(article.join(passage))
            .where(*queries.conditions(replace(filters, as_of=None)))  # a version that was current was known
            .where(queries.current(passage.c.known_from, passage.c.known_to, filters))
            .limit(most)
        )
        with self.reading() as connection:
            return list(connection.execute(chosen).scalars())

    def texts(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Canonical texts by (article id, version)."""
        pairs = sorted(set(wanted))
        found: dict[tuple[str, str], str] = {}
        with self.reading() as connection:
            for at in range(0, len(pairs), _KEYS_AT_ONCE):
                chosen = select(version.c.article_id, version.c.version, version.c.text)
                for row in connection.execute(chosen.where(of_pairs(version, pairs[at : at + _KEYS_AT_ONCE]))):
                    found[row.article_id, row.version] = row.text
        return found

    def originals(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Of articles, the one that each is folded under, or itself; those that are gone are left out."""
        with self.reading() as connection:
            chosen = select(article.c.article_id, func.coalesce(article.c.copy_of, article.c.article_id).label("of"))
            fetched = connection.execute(chosen.where(article.c.article_id.in_(set(article_ids)))).all()
        return {row.article_id: row.of for row in fetched}

    def versions(self, filters: Filters) -> dict[str, str]:
        """The version of each article that the filters let in: the current one, or the one of the day `as_of`."""
        same = and_(version.c.article_id == article.c.article_id)
        allowed = queries.current(version.c.known_from, version.c.known_to, filters)
        chosen = select(article.c.article_id, version.c.version).select_from(article.join(version, same))
        with self.reading() as connection:
            found = connection.execute(chosen.where(*queries.conditions(filters), allowed))
            return {row.article_id: row.version for row in found}

    def summaries(self, article_ids: Iterable[str]) -> dict[str, ArticleSummary]:
        """Articles by id, without their texts."""
        with self.reading() as connection:
            fetched = _summaries(connection, select(article).where(article.c.article_id.in_(set(article_ids))))
        return {item.article_id: item for item in fetched}

    def pending(self, work: Work, fingerprint: str, *, limit: int, part: int | None = None) -> list[tuple[str, str]]:
        """(article id, version) pairs whose derived data was not made as `fingerprint` says, newest ingested first;
        `part` keeps those of one part of the library.
        """
        with self.reading() as connection:
            return index_state.to_do(connection, work, fingerprint, limit, part)

    def pending_parts(self, work: Work, fingerprint: str) -> list[int]:
        """The parts of the library in which there is anything for `pending`."""
        with self.reading() as connection:
            return index_state.parts_to_do(connection, work, fingerprint)

    def count_pending(self, work: Work, fingerprint: str) -> int:
        """How many versions `pending` would give without a limit."""
        column = version.c[work]
        with self.reading() as connection:
            missing = index_state.other_than(column, fingerprint) | column.is_(None)
            chosen = select(func.count()).select_from(version).where(missing)
            return connection.execute(chosen).scalar_one()

    def count_unindexed(self) -> dict[Step, int]:
        """Versions of which vectors and statements were never made, or are to be made again."""
        with self.reading() as connection:
            return {
                "vectors": index_state.unmade(connection, "embedded_as"),
                "statements": index_state.unmade(connection, "stated_as"),
            }

    def change_counter(self) -> int:
        """A number that changes when anybody writes to the library, in this process or another."""
        with self._mapped():
            return self._database.written()

    def cut_differently(self, cut_as: str) -> list[tuple[str, str]]:
        """(article id, version) pairs whose passages were not cut as `cut_as` says."""
        with self.reading() as connection:
            chosen = select(version.c.article_id, version.c.version)
            found = connection.execute(chosen.where(index_state.other_than(version.c.cut_as, cut_as)))
            return [tuple(row) for row in found]

    def vector_rows(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], index_state.Rows]:
        """What the vector index keeps of each passage of these (article id, version) pairs, with the passage's span."""
        with self.reading() as connection:
            return index_state.vector_rows(connection, pairs)

    def statements(
        self,
        filters: Filters,
        *,
        actor: str | None = None,
        articles: Sequence[str] | None = None,
        terms: Sequence[str] | None = None,
        version_hash: str | None = None,
        limit: int | None = None,
    ) -> list[Statement]:
        """Statements of the versions that the filters allow, newest publication first, then as they stand in the text.

        `version_hash` asks for the statements of that version instead.

        `actor` keeps those made by or on behalf of that actor, under any of its names, `articles` those of these.
        `terms` keeps those that hold any of these folded words, best match by BM25 first.
        """
        if articles == []:
            return []
        with self.reading() as connection:
            said = statement.join(article)
            ranked: list[ColumnElement[float]] = []
            if terms is not None:
                matched = lexical.of(connection).matched(connection, "statement", terms)
                if matched is None:
                    return []
                said = said.join(matched, matched.c.rowid == statement.c.rowid)
                ranked = [matched.c.rank]
            chosen = _statements(said, filters, ranked, version_hash).limit(limit)
            if articles is not None:
                chosen = chosen.where(statement.c.article_id.in_(articles))
            if actor:
                chosen = chosen.where(self.actor_register.by_or_for(actor))
            return [
                self.actor_register.completed(queries.as_statement(row)) for row in connection.execute(chosen).all()
            ]

    def actors(self) -> list[tuple[str, int]]:
        """Folded names of speakers and actors with how many statements each has, the most first; people who said
        something together also one by one.
        """
        with self.reading() as connection:
            counts: dict[str, int] = {}
            for column in (statement.c.actor_key, statement.c.speaker_key):
                chosen = select(column, func.count()).where(column.is_not(None)).group_by(column)
                for name, n in connection.execute(chosen):
                    for one in {name, *joint_speakers(name)}:
                        counts[one] = counts.get(one, 0) + n
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def actors_ending(self, last: Collection[str]) -> list[str]:
        """Folded names of speakers and actors whose last word is one of these folded words, those with most statements
        first. All names are read once and again when anybody has written.
        """
        endings = self._by_ending()
        return [name for _, name in sorted({item for word in set(last) for item in endings.get(word, ())})]

    def speakers(self) -> list[str]:
        """Folded names of speakers and actors, each once, in no order."""
        return list({name for items in self._by_ending().values() for _, name in items})

    def office_holders(self, text: str) -> list[tuple[str, str]]:
        """(folded name, words of the office and of its body) of those whose office a text names: the latest of each
        body.
        """
        return self.actor_register.registry().holders(text)

    def _by_ending(self) -> dict[str, list[tuple[int, str]]]:
        now = self.change_counter()
        known_at, endings = self._endings
        if known_at != now:
            endings = {}  # read after `now`, so that what is written meanwhile is read the next time
            for place, (name, _) in enumerate(self.actors()):
                for word in {*name.split()[-1:], *words(name)[-1:]}:
                    endings.setdefault(word, []).append((place, name))
            self._endings = (now, endings)
        return endings

    def corrections(self, article_id: str) -> list[Correction]:
        """What users decided about the statements of an article, of all its versions, in the order of the text."""
        with self.reading() as connection:
            return corrections.of_article(connection, article_id)

    def _statement(self, item: Statement) -> Statement:
        found = self.statements(Filters(article=item.article_id), articles=[item.article_id], version_hash=item.version)
        return next(one for one in found if corrections.place(one) == corrections.place(item))

    # -- conversations

    def keep_turn(
        self,
        chat_id: str,
        question: str,
        filters: Filters,
        *,
        number: int | None = None,
        state: TurnState = "asked",
        answer: Answer | None = None,
        error: str | None = None,
    ) -> int:
        """Keep a turn of a conversation, the next one or `number` in place of what it was, and give its number."""
        with self.writing() as connection:
            return chats.keep(
                connection, chat_id, question, filters, number=number, state=state, answer=answer, error=error
            )

    def chat(self, chat_id: str, last: int | None = None) -> Chat:
        """A conversation with its last turns. Raises UnknownChat."""
        with self.reading() as connection:
            found = chats.read(connection, chat_id, last)
        if found is None:
            raise UnknownChat("The library has no such conversation (any more). Start a new one.")
        return found

    def chats(self) -> list[Chat]:
        """All conversations, the latest first, each with its first turn alone."""
        with self.reading() as connection:
            return chats.listed(connection)

    def forget_chat(self, chat_id: str) -> None:
        """Take a conversation out, so that no byte of it stays. Raises UnknownChat."""
        with self.writing() as connection:
            known = chats.forget(connection, chat_id)
        if not known:
            raise UnknownChat("The library has no such conversation (any more).")
        self._scrub()

    def judge(self, chat_id: str, number: int, judgement: Judgement | None, note: str | None) -> None:
        """Keep what a reader thought of an answer; None forgets it. Raises UnknownChat."""
        with self.writing() as connection:
            chats.judge(connection, chat_id, number, judgement, note)

    def judged(self) -> list[Turn]:
        """The turns that a reader thought something of, in the order of the judgements."""
        with self.reading() as connection:
            return chats.judged(connection)

    # -- transactions

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it, or nothing where it raises."""
        with self._mapped(), self._database.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads the library as it is now."""
        with self._mapped(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        if self._closed:
            raise StoreError(f"{self.place} was closed meanwhile. Open it again, and do again what was not finished.")
        try:
            yield
        except DBAPIError as exc:
            raise self._database.fault(exc) from exc

    def _known(self, extract: Extract, key: str | None) -> AddResult | None:
        with self.reading() as connection:
            return queries.known(connection, extract, key)


def _summaries(connection: Connection, chosen: Select[Any]) -> list[ArticleSummary]:
    """The chosen rows of articles, each with a note where it is a near copy of another."""
    fetched = connection.execute(chosen).all()
    near = wire_copies.notes(connection, [row.article_id for row in fetched])
    summaries = []
    for row in fetched:
        fields = queries.article_fields(row)
        notes = (*fields["notes"], *filter(None, (near.get(row.article_id),)))
        summaries.append(ArticleSummary(**{**fields, "notes": notes}, words=row.words))
    return summaries


def _given_again(connection: Connection, known: AddResult, key: str | None, given: Mapping[str, Any]) -> AddResult:
    """A source that brings no new text may bring the user's word about the article. Another source with the same text
    only fills what is empty.
    """
    if not given or not known.article_id:
        return known
    tied = select(source.c.article_id).where(source.c.key == key)
    same = key is not None and connection.execute(tied).scalar_one_or_none() == known.article_id
    changed = (amendments.amend if same else amendments.fill)(connection, known.article_id, given)
    told = f"{known.reason}; {' and '.join(sorted(changed))} as given" if changed else known.reason
    return replace(known, reason=told)


def _statements(
    said: FromClause, filters: Filters, ranked: Sequence[ColumnElement[float]], version_hash: str | None
) -> Select[Any]:
    """Statements of the versions that the filters allow, or of the one that is named, in their order."""
    newest = (article.c.published.desc().nulls_last(), statement.c.article_id, statement.c.ordinal)
    same = and_(version.c.article_id == statement.c.article_id, version.c.version == statement.c.version)
    this_version = queries.current(version.c.known_from, version.c.known_to, filters)
    if version_hash:
        this_version = version.c.version == version_hash
    chosen = (
        select(statement.c.value, article.c.title, article.c.outlet, article.c.published)
        .select_from(said.join(version, same))
        .where(*queries.conditions(filters), this_version)
        .order_by(*ranked, *newest)
    )
    return chosen.where(queries.speaks(filters.speaker)) if filters.speaker else chosen
