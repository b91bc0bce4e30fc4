"""The library: the record of articles, versions and what was extracted, with the lexical index in the same file.

Everything an article needs to be found by its words is written in one transaction, so an article is there whole or not
at all. Passages, words, vectors and statements are derived and can be made again from the versions' texts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, delete, exists, func, select, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, OperationalError

from rag.domain import (
    AddResult,
    Article,
    ArticleSummary,
    Extract,
    Filters,
    Fragment,
    Passage,
    Span,
    Statement,
    Version,
    as_json,
)
from rag.errors import LibraryBusy, LibraryDamaged, StoreError, UnknownArticle
from rag.stores.base import FOREVER, VectorRow
from rag.stores.tables import (
    SCHEMA,
    SECURE_DELETE,
    WORDS,
    article,
    connect,
    meta,
    metadata,
    passage,
    source,
    statement,
    version,
)
from rag.text.canonical import digest, fold

Work = Literal["embedded_as", "stated_as"]
Cut = Callable[[str], list[Span]]
AnyRow = Row[*tuple[Any, ...]]


class Library:
    """The record on SQLite. Safe for many threads and processes; every method is one transaction.

    Raises LibraryDamaged where the file is not a sound library, LibraryBusy where another process holds it too long.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._engine: Engine = connect(path)
        with self._write() as connection:
            metadata.create_all(connection)
            connection.execute(text(WORDS))
            if SECURE_DELETE:
                connection.execute(text("INSERT INTO passage_words(passage_words, rank) VALUES ('secure-delete', 1)"))
            connection.execute(insert(meta).values(key="schema", value=str(SCHEMA)).on_conflict_do_nothing())
            found = connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one()
        if int(found) > SCHEMA:
            raise LibraryDamaged(
                f"{path} was written by a newer onrecord (schema {found}). Upgrade onrecord to open it."
            )

    def close(self) -> None:
        """Release every connection."""
        self._engine.dispose()

    # -- writing

    def put(self, extract: Extract, *, key: str | None, name: str, cut: Cut, cut_as: str) -> AddResult:
        """Store what was read from one source, with its passages and words.

        `key` (a URL or a path) ties later readings of the same source to the same article. `cut` gives the passages of
        a text, `cut_as` the fingerprint of how.
        """
        known = self._known(extract, key)
        if known and known.status == "duplicate":
            return AddResult(
                source=name,
                status="duplicate",
                article_id=known.article_id,
                version=known.version,
                of=known.article_id,
                reason="the library has this text already",
            )
        spans = cut(extract.text)  # outside the transaction: it is the slow part
        now = datetime.now(UTC).replace(microsecond=0)
        with self._write() as connection:
            known = _known(connection, extract, key)
            if known and known.status == "duplicate":
                return AddResult(
                    source=name,
                    status="duplicate",
                    article_id=known.article_id,
                    version=known.version,
                    of=known.article_id,
                    reason="the library has this text already",
                )
            article_id = known.article_id if known and known.article_id else _article_id(extract)
            number = _supersede(connection, article_id, _seconds(now))
            found = _version_hash(connection, article_id, extract.text, number)
            _put_article(connection, article_id, found, extract, now)
            published = datetime.combine(extract.published, datetime.min.time(), UTC) if extract.published else now
            known_from = _seconds(min(now, published) if number == 1 else now)
            connection.execute(
                insert(version).values(
                    article_id=article_id,
                    version=found,
                    number=number,
                    text=extract.text,
                    ingested=now.isoformat(),
                    known_from=known_from,
                    known_to=FOREVER,
                    cut_as=cut_as,
                )
            )
            _put_passages(connection, article_id, found, extract, spans, known_from)
            if key:
                connection.execute(insert(source).values(key=key, article_id=article_id).on_conflict_do_nothing())
        status: Literal["added", "updated"] = "added" if number == 1 else "updated"
        return AddResult(source=name, status=status, article_id=article_id, version=found)

    def remove(self, article_id: str) -> None:
        """Take an article with all its versions, passages, words and statements out of the file, so that no byte of its
        text stays. Raises UnknownArticle.
        """
        with self._write() as connection:
            _drop_passages(connection, passage.c.article_id == article_id)
            gone = connection.execute(delete(article).where(article.c.article_id == article_id)).rowcount
            if gone and not SECURE_DELETE:
                connection.execute(text("INSERT INTO passage_words(passage_words) VALUES ('optimize')"))
        if not gone:
            raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
        with self._read() as connection:
            connection.exec_driver_sql("ROLLBACK")  # a checkpoint needs no transaction of its own
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def recut(self, article_id: str, found: str, spans: Sequence[Span], cut_as: str) -> None:
        """Replace the passages of one version; its vectors count as to do."""
        with self._write() as connection:
            row = connection.execute(
                select(article.c.title, article.c.outlet, version)
                .join(version)
                .where(version.c.article_id == article_id, version.c.version == found)
            ).one()
            _drop_passages(connection, and_(passage.c.article_id == article_id, passage.c.version == found))
            extract = Extract(text=row.text, title=row.title, outlet=row.outlet)
            _put_passages(connection, article_id, found, extract, spans, row.known_from, row.known_to)
            connection.execute(
                update(version)
                .where(version.c.article_id == article_id, version.c.version == found)
                .values(cut_as=cut_as, embedded_as=None)
            )

    def mark(self, work: Work, done: Iterable[tuple[str, str]], fingerprint: str | None) -> None:
        """Note that derived data of these (article id, version) pairs was made as `fingerprint` says."""
        with self._write() as connection:
            for article_id, found in done:
                connection.execute(
                    update(version)
                    .where(version.c.article_id == article_id, version.c.version == found)
                    .values({work: fingerprint})
                )

    def forget(self, work: Work) -> None:
        """Note that derived data of every version must be made again."""
        with self._write() as connection:
            connection.execute(update(version).values({work: None}))

    def put_statements(self, article_id: str, found: str, statements: Sequence[Statement], fingerprint: str) -> None:
        """Replace the statements of one version. Does nothing if the article is gone by now."""
        with self._write() as connection:
            here = (statement.c.article_id == article_id, statement.c.version == found)
            connection.execute(delete(statement).where(*here))
            marked = connection.execute(
                update(version)
                .where(version.c.article_id == article_id, version.c.version == found)
                .values(stated_as=fingerprint)
            ).rowcount
            if marked and statements:
                connection.execute(insert(statement), [_statement_row(n, item) for n, item in enumerate(statements)])

    def note(self, key: str, value: str) -> None:
        """Keep a small fact about the library, such as the generation of the vectors."""
        with self._write() as connection:
            row = insert(meta).values(key=key, value=value)
            connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    # -- reading

    def noted(self, key: str) -> str | None:
        """What `note` kept under `key`."""
        with self._read() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()

    def article(self, article_id: str, found: str | None = None) -> Article:
        """An article at its current version, or at the version given. Raises UnknownArticle."""
        with self._read() as connection:
            row = connection.execute(select(article).where(article.c.article_id == article_id)).one_or_none()
            if row is None:
                raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
            rows = connection.execute(
                select(version).where(version.c.article_id == article_id).order_by(version.c.number)
            ).all()
        chosen = next((item for item in rows if item.version == (found or row.version)), None)
        if chosen is None:
            raise UnknownArticle(
                f"Article {article_id!r} has no version {found!r}. `onrecord show` lists its versions."
            )
        versions = tuple(
            Version(version=item.version, number=item.number, ingested=datetime.fromisoformat(item.ingested))
            for item in rows
        )
        shared = {**_article_fields(row), "version": chosen.version}
        return Article(**shared, text=chosen.text, versions=versions)

    def articles(
        self, filters: Filters, *, limit: int | None = None, offset: int = 0, query: str | None = None
    ) -> list[ArticleSummary]:
        """Articles that pass the filters, newest publication first, without texts; `query`: words of the title."""
        chosen = _matching(select(article), filters, query)
        chosen = chosen.order_by(
            article.c.published.desc().nulls_last(), article.c.ingested.desc(), article.c.article_id
        )
        with self._read() as connection:
            rows = connection.execute(chosen.limit(limit).offset(offset)).all()
        return [ArticleSummary(**_article_fields(row), words=row.words) for row in rows]

    def count(self, filters: Filters, *, query: str | None = None) -> int:
        """How many articles pass the filters."""
        with self._read() as connection:
            return int(
                connection.execute(_matching(select(func.count()).select_from(article), filters, query)).scalar_one()
            )

    def ids(self, filters: Filters) -> list[str]:
        """Ids of the articles that pass the filters."""
        with self._read() as connection:
            return list(connection.execute(_matching(select(article.c.article_id), filters)).scalars())

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets and how many articles each has, the most first."""
        with self._read() as connection:
            counted = func.count().label("n")
            rows = connection.execute(
                select(article.c.outlet, counted)
                .where(article.c.outlet.is_not(None))
                .group_by(article.c.outlet_key)
                .order_by(counted.desc(), article.c.outlet)
            ).all()
        return [(row.outlet, row.n) for row in rows]

    def span(self) -> tuple[date | None, date | None]:
        """First and last day of publication."""
        with self._read() as connection:
            first, last = connection.execute(select(func.min(article.c.published), func.max(article.c.published))).one()
        return _day(first), _day(last)

    def match(self, terms: Sequence[str], *, k: int, filters: Filters) -> list[tuple[Passage, float]]:
        """The `k` passages that match any of the folded terms best by BM25, best first; a higher score is better."""
        asked = " OR ".join('"' + term.replace('"', "") + '"' for term in dict.fromkeys(terms) if term.strip('"'))
        if not asked:
            return []
        rank = text("bm25(passage_words, 2.0, 1.0, 1.0) AS rank")
        chosen = (
            select(passage, rank)
            .select_from(text("passage_words"), passage.join(article))
            .where(text("passage_words MATCH :asked"), text("passage_words.rowid = passage.rowid"))
            .where(*_conditions(filters), _current(passage.c.known_from, passage.c.known_to, filters))
            .order_by(text("rank"))
            .limit(k)
        )
        with self._read() as connection:
            return [(_passage(row), -row.rank) for row in connection.execute(chosen, {"asked": asked})]

    def frequency(self, term: str) -> int:
        """In how many passages a folded term stands (as the index stems it)."""
        with self._read() as connection:
            asked = '"' + term.replace('"', "") + '"'
            found = text("SELECT count(*) FROM passage_words WHERE passage_words MATCH :asked")
            return int(connection.execute(found, {"asked": asked}).scalar_one())

    def passage_count(self) -> int:
        """How many passages the library is cut into, all versions counted."""
        with self._read() as connection:
            return connection.execute(select(func.count()).select_from(passage)).scalar_one()

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """The passages with these ids; ids that are gone are left out."""
        with self._read() as connection:
            rows = connection.execute(select(passage).where(passage.c.passage_id.in_(passage_ids)))
            return {row.passage_id: _passage(row) for row in rows}

    def texts(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Canonical texts by (article id, version)."""
        found = {}
        with self._read() as connection:
            for article_id, hashed in set(wanted):
                row = connection.execute(
                    select(version.c.text).where(version.c.article_id == article_id, version.c.version == hashed)
                ).one_or_none()
                if row:
                    found[article_id, hashed] = row.text
        return found

    def summaries(self, article_ids: Iterable[str]) -> dict[str, ArticleSummary]:
        """Articles by id, without their texts."""
        with self._read() as connection:
            rows = connection.execute(select(article).where(article.c.article_id.in_(set(article_ids))))
            return {row.article_id: ArticleSummary(**_article_fields(row), words=row.words) for row in rows}

    def to_do(self, work: Work, fingerprint: str, *, limit: int) -> list[tuple[str, str]]:
        """(article id, version) pairs whose derived data was not made as `fingerprint` says, newest ingested first."""
        column = version.c[work]
        with self._read() as connection:
            rows = connection.execute(
                select(version.c.article_id, version.c.version)
                .where((column != fingerprint) | column.is_(None))
                .order_by(version.c.ingested.desc(), version.c.article_id)
                .limit(limit)
            )
            return [(row.article_id, row.version) for row in rows]

    def to_do_count(self, work: Work, fingerprint: str) -> int:
        """How many versions `to_do` would give without a limit."""
        column = version.c[work]
        with self._read() as connection:
            chosen = select(func.count()).select_from(version).where((column != fingerprint) | column.is_(None))
            return connection.execute(chosen).scalar_one()

    def cut_differently(self, cut_as: str) -> list[tuple[str, str]]:
        """(article id, version) pairs whose passages were not cut as `cut_as` says."""
        with self._read() as connection:
            chosen = select(version.c.article_id, version.c.version)
            return [tuple(row) for row in connection.execute(chosen.where(version.c.cut_as != cut_as))]

    def vector_rows(self, article_id: str, found: str) -> list[tuple[VectorRow, Span]]:
        """What the vector index keeps of each passage of one version, with the passage's span."""
        with self._read() as connection:
            rows = connection.execute(
                select(passage, article.c.outlet_key, article.c.language, article.c.published)
                .join(article)
                .where(passage.c.article_id == article_id, passage.c.version == found)
                .order_by(passage.c.start)
            ).all()
        return [
            (
                VectorRow(
                    passage_id=row.passage_id,
                    article_id=article_id,
                    outlet=row.outlet_key,
                    language=row.language,
                    published=int(row.published.replace("-", "")) if row.published else None,
                    known_from=row.known_from,
                    known_to=row.known_to,
                ),
                Span(row.start, row.end),
            )
            for row in rows
        ]

    def statements(self, filters: Filters, *, actor: str | None = None, limit: int | None = None) -> list[Statement]:
        """Statements of the versions that the filters allow, newest publication first, then as they stand in the text.

        `actor` keeps those made by or on behalf of that name (folded, equal).
        """
        chosen = (
            select(statement.c.value, article.c.title, article.c.outlet, article.c.published)
            .select_from(statement.join(article))
            .join(
                version, and_(version.c.article_id == statement.c.article_id, version.c.version == statement.c.version)
            )
            .where(*_conditions(filters), _current(version.c.known_from, version.c.known_to, filters))
            .order_by(article.c.published.desc().nulls_last(), statement.c.article_id, statement.c.ordinal)
            .limit(limit)
        )
        if filters.speaker:
            chosen = chosen.where(_speaks(filters.speaker))
        if actor:
            key = fold(actor)
            chosen = chosen.where((statement.c.actor_key == key) | (statement.c.speaker_key == key))
        with self._read() as connection:
            return [_statement(row) for row in connection.execute(chosen)]

    def actors(self) -> list[tuple[str, int]]:
        """Folded names of speakers and actors with how many statements each has, the most first."""
        with self._read() as connection:
            counts: dict[str, int] = {}
            for column in (statement.c.actor_key, statement.c.speaker_key):
                chosen = select(column, func.count()).where(column.is_not(None)).group_by(column)
                for name, n in connection.execute(chosen):
                    counts[name] = counts.get(name, 0) + n
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    # -- transactions

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._mapped(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._mapped(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as exc:
            cause = str(exc.orig)
            if "locked" in cause or "busy" in cause:
                raise LibraryBusy(f"{self.path} is held by another process. Try again when it is done.") from exc
            if "full" in cause:
                raise StoreError(f"No space is left for {self.path}. Free some; nothing was changed.") from exc
            raise StoreError(
                f"The library {self.path} can't be used: {cause}. Check its folder and permissions."
            ) from exc
        except DBAPIError as exc:
            if isinstance(exc.orig, sqlite3.DatabaseError) and not isinstance(exc.orig, sqlite3.IntegrityError):
                raise LibraryDamaged(
                    f"{self.path} is not a sound library ({exc.orig}). Nothing was changed; put a backup in its place."
                ) from exc
            raise

    def _known(self, extract: Extract, key: str | None) -> AddResult | None:
        with self._read() as connection:
            return _known(connection, extract, key)


# -- rows and values


def _known(connection: Connection, extract: Extract, key: str | None) -> AddResult | None:
    """The article that this source or this text belongs to: `duplicate` if nothing is new, `updated` if the text is."""
    if key:
        row: AnyRow | None = connection.execute(
            select(article.c.article_id, article.c.version, version.c.text)
            .select_from(source.join(article))
            .join(version, and_(version.c.article_id == article.c.article_id, version.c.version == article.c.version))
            .where(source.c.key == key)
        ).one_or_none()
        if row:
            same: Literal["duplicate", "updated"] = "duplicate" if row.text == extract.text else "updated"
            return AddResult(source=key, status=same, article_id=row.article_id, version=row.version)
    row = connection.execute(
        select(version.c.article_id, version.c.version).where(version.c.version == digest(extract.text)).limit(1)
    ).one_or_none()
    return (
        AddResult(source=key or "", status="duplicate", article_id=row.article_id, version=row.version) if row else None
    )


def _article_id(extract: Extract) -> str:
    return digest("article", extract.outlet or "", extract.title or "", extract.text)


def _version_hash(connection: Connection, article_id: str, content: str, number: int) -> str:
    """A hash of the text; with its number where the article returns to a text that it had before."""
    found = digest(content)
    taken = select(version.c.version).where(version.c.article_id == article_id, version.c.version == found)
    return digest(content, str(number)) if connection.execute(taken).one_or_none() else found


def _supersede(connection: Connection, article_id: str, now: int) -> int:
    """End the current version, if there is one, and give the number of the next."""
    latest = connection.execute(
        select(func.max(version.c.number)).where(version.c.article_id == article_id)
    ).scalar_one_or_none()
    if latest:
        for table in (version, passage):
            connection.execute(
                update(table).where(table.c.article_id == article_id, table.c.known_to == FOREVER).values(known_to=now)
            )
        # The vectors of older versions carry known_to too.
        connection.execute(update(version).where(version.c.article_id == article_id).values(embedded_as=None))
    return (latest or 0) + 1


def _put_article(connection: Connection, article_id: str, found: str, extract: Extract, now: datetime) -> None:
    values = {
        "version": found,
        "title": extract.title or "Untitled",
        "outlet": extract.outlet,
        "outlet_key": fold(extract.outlet) if extract.outlet else None,
        "byline": extract.byline,
        "published": extract.published.isoformat() if extract.published else None,
        "updated": extract.updated.isoformat() if extract.updated else None,
        "date_basis": extract.date_basis,
        "language": extract.language,
        "url": extract.url,
        "words": len(extract.text.split()),
        "notes": list(extract.notes),
    }
    row = insert(article).values(article_id=article_id, ingested=now.isoformat(), **values)
    connection.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=values))


def _put_passages(
    connection: Connection,
    article_id: str,
    found: str,
    extract: Extract,
    spans: Sequence[Span],
    known_from: int,
    known_to: int = FOREVER,
) -> None:
    outlet = fold(" ".join(filter(None, (extract.outlet, str(extract.published or "")))))
    for span in spans:
        rowid = connection.execute(
            insert(passage).values(
                passage_id=digest(article_id, found, str(span.start), str(span.end), length=24),
                article_id=article_id,
                version=found,
                start=span.start,
                end=span.end,
                known_from=known_from,
                known_to=known_to,
            )
        ).inserted_primary_key
        connection.execute(
            text("INSERT INTO passage_words(rowid, title, outlet, body) VALUES (:rowid, :title, :outlet, :body)"),
            {
                "rowid": rowid[0] if rowid else None,
                "title": fold(extract.title or ""),
                "outlet": outlet,
                "body": fold(span.of(extract.text)),
            },
        )


def _drop_passages(connection: Connection, which: ColumnElement[bool]) -> None:
    rowids = list(connection.execute(select(passage.c.rowid).where(which)).scalars())
    connection.execute(delete(passage).where(which))
    for rowid in rowids:
        connection.execute(text("DELETE FROM passage_words WHERE rowid = :rowid"), {"rowid": rowid})


def _matching(chosen: Select[Any], filters: Filters, query: str | None = None) -> Select[Any]:
    chosen = chosen.where(*_conditions(filters))
    if query and query.strip():
        chosen = chosen.where(article.c.title.icontains(query.strip(), autoescape=True))
    return chosen


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of the article row."""
    wanted: list[ColumnElement[bool]] = []
    if filters.outlet:
        wanted.append(article.c.outlet_key == fold(filters.outlet))
    if filters.since:
        wanted.append(article.c.published >= filters.since.isoformat())
    if filters.until:
        wanted.append(article.c.published <= filters.until.isoformat())
    if filters.article:
        wanted.append(article.c.article_id == filters.article)
    if filters.language:
        wanted.append(article.c.language == filters.language)
    if filters.speaker:
        said = and_(statement.c.article_id == article.c.article_id, _speaks(filters.speaker))
        wanted.append(exists(select(statement.c.rowid).where(said).correlate(article)))
    if filters.as_of:
        known = and_(version.c.article_id == article.c.article_id, version.c.known_from <= filters.moment)
        wanted.append(exists(select(version.c.version).where(known).correlate(article)))
    return wanted


def _speaks(name: str) -> ColumnElement[bool]:
    """A statement whose speaker is that name, or ends with it: a surname alone is enough."""
    key = fold(name)
    return (statement.c.speaker_key == key) | statement.c.speaker_key.endswith(" " + key, autoescape=True)


def _current(known_from: ColumnElement[int], known_to: ColumnElement[int], filters: Filters) -> ColumnElement[bool]:
    if filters.moment is None:
        return known_to == FOREVER
    return and_(known_from <= filters.moment, known_to > filters.moment)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _article_fields(row: AnyRow) -> dict[str, Any]:
    return {
        "article_id": row.article_id,
        "version": row.version,
        "title": row.title,
        "outlet": row.outlet,
        "byline": row.byline,
        "published": _day(row.published),
        "updated": _day(row.updated),
        "ingested": datetime.fromisoformat(row.ingested),
        "date_basis": row.date_basis,
        "language": row.language,
        "url": row.url,
        "notes": tuple(row.notes),
    }


def _passage(row: AnyRow) -> Passage:
    return Passage(
        passage_id=row.passage_id, article_id=row.article_id, version=row.version, start=row.start, end=row.end
    )


def _statement_row(ordinal: int, item: Statement) -> dict[str, Any]:
    return {
        "article_id": item.article_id,
        "version": item.version,
        "ordinal": ordinal,
        "speaker_key": fold(item.speaker) if item.speaker else None,
        "actor_key": fold(item.on_behalf_of) if item.on_behalf_of else None,
        "value": as_json(item),
    }


def _statement(row: AnyRow) -> Statement:
    value = dict(row.value)
    for name, kept in value.items():
        if isinstance(kept, dict):
            value[name] = Fragment(**kept)
    value["content"] = tuple(Fragment(**kept) for kept in value["content"])
    value["said_on"] = _day(value["said_on"])
    return Statement(**{**value, "title": row.title, "outlet": row.outlet, "published": _day(row.published)})
