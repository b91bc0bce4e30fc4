"""Articles with their versions: the record. An article is written with its passages and words in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, select, update

from rag.domain import (
    AddResult,
    AddStatus,
    Article,
    ArticleSummary,
    Extract,
    Filters,
    Overview,
    Removal,
    Span,
    Version,
)
from rag.errors import UnknownArticle
from rag.stores import amendments, chats, corrections, drafts, lexical, narrowing, passages, wire_copies
from rag.stores.base import FOREVER, Storage
from rag.stores.briefings import withdraw_article
from rag.stores.tables import (
    UNTITLED,
    AnyRow,
    article,
    in_pairs,
    insert,
    of_version,
    passage,
    source,
    statement,
    version,
)
from rag.text.addresses import normalize_address
from rag.text.canonical import digest, fold
from rag.text.duplicates import minhash_keys

ARTICLE_KEY_PREFIX = "article:"  # of a source key: a new version of the article with the id that follows
Cut = Callable[[str], list[Span]]
_BATCH = 500
_MAX_OUTLETS = 15
_BAR_WORDS, _LAST_BAR = 100, 3000  # words; longer articles count in the last bar

# Built once: that takes longer than running them, and every added source runs them twice.
_ARTICLE_BY_KEY = (
    select(article.c.article_id, article.c.version, version.c.text)
    .select_from(source.join(article))
    .join(version, of_version(version, article.c.article_id, article.c.version))
    .where(source.c.key == bindparam("key"))
)
_ARTICLE_BY_ID = (
    select(article.c.article_id, article.c.version, version.c.text)
    .join(version, of_version(version, article.c.article_id, article.c.version))
    .where(article.c.article_id == bindparam("article_id"))
)
_VERSION_BY_TEXT = (
    select(version.c.article_id, version.c.version).where(version.c.version == bindparam("digest")).limit(1)
)
# The same text from another outlet is not a duplicate but a wire copy.
_VERSION_BY_TEXT_AND_OUTLET = _VERSION_BY_TEXT.join(article).where(
    article.c.outlet_key.is_(None) | (article.c.outlet_key == bindparam("outlet"))
)


class ArticleStore:
    """The tables `article`, `version` and `source`. Every method is one transaction."""

    def __init__(self, library: Storage) -> None:
        self._library = library

    def put(
        self,
        extract: Extract,
        *,
        key: str | None,
        name: str,
        cut: Cut,
        cut_as: str,
        user_fields: Mapping[str, Any] | None = None,
    ) -> AddResult:
        """Store what was read from one source, with its passages and words.

        `key` (a URL or a path) ties later readings of the same source to the same article. `user_fields` are set by the
        user: they win over extracted ones, now and in later readings. `cut` gives the passages of a text, `cut_as` is
        the fingerprint of its rules. `name` is the source in the result.
        """
        user_fields = user_fields or {}
        amended = replace(extract, **user_fields)
        match = self._match(amended, key)
        if match and match.status == "duplicate" and not user_fields:
            return replace(match, source=name)
        spans, keys = cut(amended.text), minhash_keys(amended.text)  # outside the transaction, as these are slow
        now = datetime.now(UTC).replace(microsecond=0)
        with self._library.writing() as connection:
            match = matching_article(connection, amended, key)
            if match and match.status == "duplicate":
                return replace(_amend_duplicate(connection, match, key, user_fields), source=name)
            article_id = match.article_id if match and match.article_id else id_of(amended)
            number = supersede(connection, article_id, narrowing.unix_seconds(now))
            if number > 1 or user_fields:
                amended = amendments.apply_amendments(connection, article_id, extract, user_fields)
            version_id = version_hash(connection, article_id, amended.text, number)
            put_article(connection, article_id, version_id, amended, now)
            if number > 1 or user_fields:
                amendments.record_amendments(connection, article_id, extract, user_fields)
            known_from = narrowing.known_since(now, amended.published) if number == 1 else narrowing.unix_seconds(now)
            connection.execute(
                insert(connection, version).values(
                    article_id=article_id,
                    version=version_id,
                    number=number,
                    text=amended.text,
                    ingested=now.isoformat(),
                    known_from=known_from,
                    known_to=FOREVER,
                    cut_as=cut_as,
                )
            )
            passages.put_passages(connection, article_id, version_id, amended, spans, known_from)
            lost_count = corrections.carry_forward(connection, article_id, version_id, number) if number > 1 else 0
            original = wire_copies.fold_article(connection, article_id, amended.text, keys, first=number == 1)
            near_note = wire_copies.near_copy_notes(connection, (article_id,)).get(article_id)
            for source_key in source_keys(key, amended.url):
                row = insert(connection, source).values(key=source_key, article_id=article_id)
                connection.execute(row.on_conflict_do_nothing())
        status: AddStatus = "updated" if number > 1 else "copy" if original else "added"
        fold_notice = "folded under an article with the same news" if original else None
        notice = corrections.not_carried_notice(lost_count) or fold_notice or near_note
        return AddResult(
            source=name, status=status, article_id=article_id, version=version_id, of=original, reason=notice
        )

    def amend(self, article_id: str, fields: Mapping[str, Any], undo: Iterable[str] = ()) -> set[str]:
        """Set fields of an article to the user's values, and return those in `undo` to the extracted ones. Returns the
        names of the fields that changed. Raises UnknownArticle.
        """
        with self._library.writing() as connection:
            return amendments.amend(connection, article_id, fields, undo)

    def remove(self, article_id: str) -> Removal:
        """Remove an article with all its versions, passages, words and statements, and what stored answers took from
        it, so that no byte of its text stays. Raises UnknownArticle.
        """
        with self._library.writing() as connection:
            wire_copies.promote_copy(connection, article_id)
            withdraw_article(connection, article_id)
            drafts.withdraw_article(connection, article_id)
            report = removal_report(connection, article_id, answers=chats.clear_article(connection, article_id))
            deleted = connection.execute(delete(article).where(article.c.article_id == article_id)).rowcount
            if deleted:
                lexical.backend_for(connection).scrub(connection)
        if report is None:
            raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
        self._library.scrub()
        return report

    def fold(self, copy_id: str, original_id: str) -> bool:
        """Fold an article, and its own copies, under another as its copy; False unless the library has both."""
        with self._library.writing() as connection:
            return wire_copies.fold_again(connection, copy_id, original_id)

    def unfold(self, article_id: str) -> bool:
        """Take a wire copy out of its fold permanently; False if it was in none."""
        with self._library.writing() as connection:
            return wire_copies.unfold(connection, article_id)

    def matching_id(self, extract: Extract, key: str | None) -> str | None:
        """The id of the article that this source or this text belongs to; None if the library has none."""
        result = self._match(extract, key)
        return result.article_id if result else None

    def get(self, article_id: str, version_hash: str | None = None) -> Article:
        """An article at its current version, or at the given one. Raises UnknownArticle."""
        with self._library.reading() as connection:
            row = amendments.article_row(connection, article_id)
            version_rows = connection.execute(
                select(version).where(version.c.article_id == article_id).order_by(version.c.number)
            ).all()
            amended = amendments.load_amendments(connection, article_id)
            near_notes = wire_copies.near_copy_notes(connection, (article_id,)).values()
        version_row = next((item for item in version_rows if item.version == (version_hash or row.version)), None)
        if version_row is None:
            raise UnknownArticle(
                f"Article {article_id!r} has no version {version_hash!r}. `onrecord show` lists its versions."
            )
        versions = tuple(
            Version(version=item.version, number=item.number, ingested=datetime.fromisoformat(item.ingested))
            for item in version_rows
        )
        fields = {**article_fields(row), "version": version_row.version, "notes": (*row.notes, *near_notes)}
        return Article(**fields, text=version_row.text, versions=versions, amended=amended)

    def page(
        self, filters: Filters, *, limit: int | None = None, offset: int = 0, query: str | None = None
    ) -> list[ArticleSummary]:
        """Articles that pass the filters, newest publication first, without texts; `query`: words of title or text."""
        with self._library.reading() as connection:
            selection = narrowing.apply_filters(connection, select(article), filters, query).order_by(
                article.c.published.desc().nulls_last(), article.c.ingested.desc(), article.c.article_id
            )
            return article_summaries(connection, selection.limit(limit).offset(offset))

    def copies(self, article_id: str) -> list[ArticleSummary]:
        """The wire copies that are folded under an article, in the order in which they were read."""
        query = (
            select(article).where(article.c.copy_of == article_id).order_by(article.c.ingested, article.c.article_id)
        )
        with self._library.reading() as connection:
            return article_summaries(connection, query)

    def count(self, filters: Filters, *, query: str | None = None) -> int:
        """How many articles pass the filters."""
        with self._library.reading() as connection:
            selection = narrowing.apply_filters(connection, select(func.count()).select_from(article), filters, query)
            return int(connection.execute(selection).scalar_one())

    def overview(self, filters: Filters, *, query: str | None = None) -> Overview:
        """How the articles that pass the filters are distributed over time, outlets and lengths."""
        with self._library.reading() as connection:
            return overview(connection, filters, query)

    def ids(self, filters: Filters) -> list[str]:
        """Ids of the articles that pass the filters."""
        with self._library.reading() as connection:
            query = narrowing.apply_filters(connection, select(article.c.article_id), filters)
            return list(connection.execute(query).scalars())

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets with their number of articles, largest first."""
        with self._library.reading() as connection:
            article_count = func.count().label("n")
            name = func.min(article.c.outlet).label("outlet")
            rows = connection.execute(
                select(name, article_count)
                .where(article.c.outlet.is_not(None))
                .group_by(article.c.outlet_key)
                .order_by(article_count.desc(), name)
            ).all()
        return [(row.outlet, row.n) for row in rows]

    def languages(self) -> list[tuple[str, int]]:
        """Language codes with their number of articles, largest first."""
        with self._library.reading() as connection:
            article_count = func.count().label("n")
            rows = connection.execute(
                select(article.c.language, article_count)
                .where(article.c.language.is_not(None))
                .group_by(article.c.language)
                .order_by(article_count.desc(), article.c.language)
            ).all()
        return [(row.language, row.n) for row in rows]

    def span(self) -> tuple[date | None, date | None]:
        """First and last day of publication."""
        with self._library.reading() as connection:
            first, last = (  # two queries: each is one look into the index
                connection.execute(select(end(article.c.published))).scalar_one() for end in (func.min, func.max)
            )
        return narrowing.to_day(first), narrowing.to_day(last)

    def texts(self, versions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Canonical texts by (article id, version); pairs that do not exist are left out."""
        pairs = sorted(set(versions))
        texts: dict[tuple[str, str], str] = {}
        with self._library.reading() as connection:
            for at in range(0, len(pairs), _BATCH):
                query = select(version.c.article_id, version.c.version, version.c.text)
                for row in connection.execute(query.where(in_pairs(version, pairs[at : at + _BATCH]))):
                    texts[row.article_id, row.version] = row.text
        return texts

    def originals(self, article_ids: Iterable[str]) -> dict[str, str]:
        """For each article id the original that it is folded under, or itself; ids that do not exist are left out."""
        with self._library.reading() as connection:
            query = select(article.c.article_id, func.coalesce(article.c.copy_of, article.c.article_id).label("of"))
            rows = connection.execute(query.where(article.c.article_id.in_(set(article_ids)))).all()
        return {row.article_id: row.of for row in rows}

    def versions(self, filters: Filters) -> dict[str, str]:
        """For each article that passes the filters its current version, or the one of the day `as_of`."""
        same_article = version.c.article_id == article.c.article_id
        is_current = narrowing.current_condition(version.c.known_from, version.c.known_to, filters)
        query = select(article.c.article_id, version.c.version).select_from(article.join(version, same_article))
        with self._library.reading() as connection:
            rows = connection.execute(query.where(*narrowing.article_conditions(filters), is_current))
            return {row.article_id: row.version for row in rows}

    def summaries(self, article_ids: Iterable[str]) -> dict[str, ArticleSummary]:
        """Articles by id, without their texts."""
        with self._library.reading() as connection:
            summaries = article_summaries(connection, select(article).where(article.c.article_id.in_(set(article_ids))))
        return {item.article_id: item for item in summaries}

    def _match(self, extract: Extract, key: str | None) -> AddResult | None:
        with self._library.reading() as connection:
            return matching_article(connection, extract, key)


def article_summaries(connection: Connection, query: Select[Any]) -> list[ArticleSummary]:
    """The selected articles, each with a note if it is a near copy of another."""
    rows = connection.execute(query).all()
    near_notes = wire_copies.near_copy_notes(connection, [row.article_id for row in rows])
    summaries = []
    for row in rows:
        fields = article_fields(row)
        notes = (*fields["notes"], *filter(None, (near_notes.get(row.article_id),)))
        summaries.append(ArticleSummary(**{**fields, "notes": notes}, words=row.words))
    return summaries


def _amend_duplicate(
    connection: Connection, result: AddResult, key: str | None, fields: Mapping[str, Any]
) -> AddResult:
    """The result for a source without new text, after storing the fields that the user gave with it. If it is another
    source with the same text, they only fill empty fields.
    """
    if not fields or not result.article_id:
        return result
    article_ids = select(source.c.article_id).where(source.c.key.in_(source_keys(key, None)))
    same_source = result.article_id in connection.execute(article_ids).scalars()
    changes = (amendments.amend if same_source else amendments.amend_empty)(connection, result.article_id, fields)
    notice = f"{result.reason}; {' and '.join(sorted(changes))} as given" if changes else result.reason
    return replace(result, reason=notice)


def matching_article(connection: Connection, extract: Extract, key: str | None) -> AddResult | None:
    """The article that this source or this text belongs to: `duplicate` if nothing is new, `updated` if the text is."""
    for source_key in source_keys(key, None):
        row: AnyRow | None = connection.execute(_ARTICLE_BY_KEY, {"key": source_key}).one_or_none()
        if row is None and source_key.startswith(ARTICLE_KEY_PREFIX):
            row = connection.execute(
                _ARTICLE_BY_ID, {"article_id": source_key.removeprefix(ARTICLE_KEY_PREFIX)}
            ).one_or_none()
        if row and row.text != extract.text:
            return AddResult(source=source_key, status="updated", article_id=row.article_id, version=row.version)
        if row:
            return duplicate_result(source_key, row.article_id, row.version)
    if extract.outlet:
        values = {"digest": digest(extract.text), "outlet": fold(extract.outlet)}
        row = connection.execute(_VERSION_BY_TEXT_AND_OUTLET, values).one_or_none()
    else:
        row = connection.execute(_VERSION_BY_TEXT, {"digest": digest(extract.text)}).one_or_none()
    return duplicate_result(key or "", row.article_id, row.version) if row else None


def source_keys(key: str | None, url: str | None) -> tuple[str, ...]:
    """The keys that tie a source to its article: its key and its URL, first in the form that all URLs of one article
    share.
    """
    keys = tuple(filter(None, (key, url)))
    return tuple(dict.fromkeys((*map(normalize_address, keys), *keys)))


def duplicate_result(name: str, article_id: str, version_hash: str) -> AddResult:
    """The result for a source that brings nothing new."""
    reason = "the library has this text already"
    return AddResult(
        source=name, status="duplicate", article_id=article_id, version=version_hash, of=article_id, reason=reason
    )


def id_of(extract: Extract) -> str:
    """The id of a new article: a hash of its content."""
    return digest("article", extract.outlet or "", extract.title or "", extract.text)


def version_hash(connection: Connection, article_id: str, content: str, number: int) -> str:
    """A hash of the text; with its number where the article returns to a text that it had before."""
    text_hash = digest(content)
    if number == 1:
        return text_hash
    same_hash = select(version.c.version).where(of_version(version, article_id, text_hash))
    return digest(content, str(number)) if connection.execute(same_hash).one_or_none() else text_hash


def supersede(connection: Connection, article_id: str, now: int) -> int:
    """End the current version, if there is one, and return the number of the next."""
    latest = connection.execute(
        select(func.max(version.c.number)).where(version.c.article_id == article_id)
    ).scalar_one_or_none()
    if latest:
        for table in (version, passage):
            connection.execute(
                update(table).where(table.c.article_id == article_id, table.c.known_to == FOREVER).values(known_to=now)
            )
    return (latest or 0) + 1


def put_article(connection: Connection, article_id: str, version_hash: str, extract: Extract, now: datetime) -> None:
    """Insert or replace the row of an article with the latest reading."""
    values = {
        "version": version_hash,
        "title": extract.title or UNTITLED,
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
    row = insert(connection, article).values(article_id=article_id, ingested=now.isoformat(), **values)
    connection.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=values))


def removal_report(connection: Connection, article_id: str, *, answers: int) -> Removal | None:
    """What is removed with an article; None if it does not exist."""
    title = connection.execute(select(article.c.title).where(article.c.article_id == article_id)).scalar_one_or_none()
    if title is None:
        return None
    versions, passages, statements = (
        connection.execute(select(func.count()).where(table.c.article_id == article_id)).scalar_one()
        for table in (version, passage, statement)
    )
    return Removal(
        article_id=article_id,
        title=title,
        versions=versions,
        passages=passages,
        statements=statements,
        answers=answers,
    )


def overview(connection: Connection, filters: Filters, query: str | None) -> Overview:
    """How the articles are distributed over days, outlets and lengths, counted by the database."""
    article_count = func.count().label("n")

    def counts_by(*columns: ColumnElement[Any]) -> Select[Any]:
        return narrowing.apply_filters(connection, select(*columns, article_count).select_from(article), filters, query)

    days = counts_by(article.c.published).where(article.c.published.is_not(None)).group_by(article.c.published)
    outlets = counts_by(func.min(article.c.outlet)).group_by(article.c.outlet_key)
    size = (article.c.words // _BAR_WORDS * _BAR_WORDS).label("size")
    lengths = {row.size: row.n for row in connection.execute(counts_by(size).group_by(size))}
    by_outlet = [
        (name, n) for name, n in connection.execute(outlets.order_by(article_count.desc(), func.min(article.c.outlet)))
    ]
    largest = [(name, n) for name, n in by_outlet if name][:_MAX_OUTLETS]
    remaining_count = sum(n for _, n in by_outlet) - sum(n for _, n in largest)
    last = min(max(lengths, default=-1), _LAST_BAR)
    bars = range(0, last + 1, _BAR_WORDS)
    return Overview(
        days=tuple(
            (date.fromisoformat(row.published), row.n) for row in connection.execute(days.order_by(article.c.published))
        ),
        outlets=(*largest, *([(None, remaining_count)] if remaining_count else [])),
        lengths=tuple(
            (at, sum(n for key, n in lengths.items() if key == at or (at == _LAST_BAR and key > at))) for at in bars
        ),
    )


def article_fields(row: AnyRow) -> dict[str, Any]:
    """The fields that Article and ArticleSummary share."""
    return {
        "article_id": row.article_id,
        "version": row.version,
        "title": row.title,
        "outlet": row.outlet,
        "byline": row.byline,
        "published": narrowing.to_day(row.published),
        "updated": narrowing.to_day(row.updated),
        "ingested": datetime.fromisoformat(row.ingested),
        "date_basis": row.date_basis,
        "language": row.language,
        "url": row.url,
        "notes": tuple(row.notes),
        "copy_of": row.copy_of,
    }
