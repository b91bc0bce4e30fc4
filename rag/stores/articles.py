"""Articles with their versions: the record itself, written with all that is found of it by words in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, select, update

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
from rag.stores.base import FOREVER, Library
from rag.stores.briefings import withdraw_article
from rag.stores.tables import UNTITLED, AnyRow, article, in_pairs, insert, passage, source, statement, version
from rag.text.addresses import same_article
from rag.text.canonical import digest, fold
from rag.text.duplicates import minhash_keys

ARTICLE_KEY_PREFIX = "article:"  # begins the key of what is to be a new version of the article with the id that follows
Cut = Callable[[str], list[Span]]
_BATCH = 500
_MAX_OUTLETS = 15
_BAR_WORDS, _LAST_BAR = 100, 3000  # words; what is longer stands in the last bar

# Made once, for it takes longer to make them than to run them, and every source that is added asks them twice.
_ARTICLE_BY_KEY = (
    select(article.c.article_id, article.c.version, version.c.text)
    .select_from(source.join(article))
    .join(version, and_(version.c.article_id == article.c.article_id, version.c.version == article.c.version))
    .where(source.c.key == bindparam("key"))
)
_ARTICLE_BY_ID = (
    select(article.c.article_id, article.c.version, version.c.text)
    .join(version, and_(version.c.article_id == article.c.article_id, version.c.version == article.c.version))
    .where(article.c.article_id == bindparam("article_id"))
)
_VERSION_BY_TEXT = (
    select(version.c.article_id, version.c.version).where(version.c.version == bindparam("digest")).limit(1)
)
# Another outlet with the same words is a wire copy: it counts as an outlet, though not as news.
_VERSION_BY_TEXT_AND_OUTLET = _VERSION_BY_TEXT.join(article).where(
    article.c.outlet_key.is_(None) | (article.c.outlet_key == bindparam("outlet"))
)


class ArticleStore:
    """The tables `article`, `version` and `source`. Every method is one transaction."""

    def __init__(self, library: Library) -> None:
        self._library = library

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
        known = self._match(extract, key)
        if known and known.status == "duplicate" and not given:
            return replace(known, source=name)
        spans, shared = cut(extract.text), minhash_keys(extract.text)  # outside the transaction: they are the slow part
        now = datetime.now(UTC).replace(microsecond=0)
        with self._library.writing() as connection:
            known = matching_article(connection, extract, key)
            if known and known.status == "duplicate":
                return replace(_amend_duplicate(connection, known, key, given), source=name)
            article_id = known.article_id if known and known.article_id else id_of(extract)
            number = supersede(connection, article_id, narrowing.unix_seconds(now))
            if number > 1 or given:
                extract = amendments.apply_amendments(connection, article_id, found, given)
            hashed = version_hash(connection, article_id, extract.text, number)
            put_article(connection, article_id, hashed, extract, now)
            if number > 1 or given:
                amendments.record_amendments(connection, article_id, found, given)
            known_from = narrowing.known_since(now, extract.published) if number == 1 else narrowing.unix_seconds(now)
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
            passages.put_passages(connection, article_id, hashed, extract, spans, known_from)
            lost = corrections.carry_forward(connection, article_id, hashed, number) if number > 1 else 0
            original = wire_copies.fold_article(connection, article_id, extract.text, shared, first=number == 1)
            near = wire_copies.near_copy_notes(connection, (article_id,)).get(article_id)
            for tied in source_keys(key, extract.url):
                row = insert(connection, source).values(key=tied, article_id=article_id)
                connection.execute(row.on_conflict_do_nothing())
        status: AddStatus = "updated" if number > 1 else "copy" if original else "added"
        folded = "folded under an article with the same news" if original else None
        notice = corrections.not_carried_notice(lost) or folded or near
        return AddResult(source=name, status=status, article_id=article_id, version=hashed, of=original, reason=notice)

    def amend(self, article_id: str, fields: Mapping[str, Any], undo: Iterable[str] = ()) -> set[str]:
        """Set fields of an article to what the user says, and those named in `undo` back to what was found. Gives the
        names of the fields that are other than before. Raises UnknownArticle.
        """
        with self._library.writing() as connection:
            return amendments.amend(connection, article_id, fields, undo)

    def remove(self, article_id: str) -> Removal:
        """Take an article with all its versions, passages, words and statements out of the file, and what kept answers
        took from it, so that no byte of its text stays. Raises UnknownArticle.
        """
        with self._library.writing() as connection:
            wire_copies.promote_copy(connection, article_id)
            withdraw_article(connection, article_id)
            drafts.withdraw_article(connection, article_id)
            report = removal_report(connection, article_id, answers=chats.clear_article(connection, article_id))
            gone = connection.execute(delete(article).where(article.c.article_id == article_id)).rowcount
            if gone:
                lexical.backend_for(connection).scrub(connection)
        if report is None:
            raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
        self._library.scrub()
        return report

    def unfold(self, article_id: str) -> bool:
        """Take a wire copy out of its fold, for good; False if it was in none."""
        with self._library.writing() as connection:
            return wire_copies.unfold(connection, article_id)

    def matching_id(self, extract: Extract, key: str | None) -> str | None:
        """The id of the article that this source or this text belongs to, if the library has it."""
        result = self._match(extract, key)
        return result.article_id if result else None

    def get(self, article_id: str, version_hash: str | None = None) -> Article:
        """An article at its current version, or at the version given. Raises UnknownArticle."""
        with self._library.reading() as connection:
            row = connection.execute(select(article).where(article.c.article_id == article_id)).one_or_none()
            if row is None:
                raise UnknownArticle(f"The library has no article {article_id!r}. `onrecord list` shows the ids.")
            fetched = connection.execute(
                select(version).where(version.c.article_id == article_id).order_by(version.c.number)
            ).all()
            amended = amendments.load_amendments(connection, article_id)
            near = wire_copies.near_copy_notes(connection, (article_id,)).values()
        chosen = next((item for item in fetched if item.version == (version_hash or row.version)), None)
        if chosen is None:
            raise UnknownArticle(
                f"Article {article_id!r} has no version {version_hash!r}. `onrecord show` lists its versions."
            )
        versions = tuple(
            Version(version=item.version, number=item.number, ingested=datetime.fromisoformat(item.ingested))
            for item in fetched
        )
        shared = {**article_fields(row), "version": chosen.version, "notes": (*row.notes, *near)}
        return Article(**shared, text=chosen.text, versions=versions, amended=amended)

    def page(
        self, filters: Filters, *, limit: int | None = None, offset: int = 0, query: str | None = None
    ) -> list[ArticleSummary]:
        """Articles that pass the filters, newest publication first, without texts; `query`: words of title or
        text.
        """
        with self._library.reading() as connection:
            chosen = narrowing.apply_filters(connection, select(article), filters, query).order_by(
                article.c.published.desc().nulls_last(), article.c.ingested.desc(), article.c.article_id
            )
            return _summaries(connection, chosen.limit(limit).offset(offset))

    def copies(self, article_id: str) -> list[ArticleSummary]:
        """The wire copies that are folded under an article, in the order they were read."""
        chosen = (
            select(article).where(article.c.copy_of == article_id).order_by(article.c.ingested, article.c.article_id)
        )
        with self._library.reading() as connection:
            return _summaries(connection, chosen)

    def count(self, filters: Filters, *, query: str | None = None) -> int:
        """How many articles pass the filters."""
        with self._library.reading() as connection:
            chosen = narrowing.apply_filters(connection, select(func.count()).select_from(article), filters, query)
            return int(connection.execute(chosen).scalar_one())

    def overview(self, filters: Filters, *, query: str | None = None) -> Overview:
        """How the articles that pass the filters spread over time, outlets and lengths."""
        with self._library.reading() as connection:
            return overview(connection, filters, query)

    def ids(self, filters: Filters) -> list[str]:
        """Ids of the articles that pass the filters."""
        with self._library.reading() as connection:
            chosen = narrowing.apply_filters(connection, select(article.c.article_id), filters)
            return list(connection.execute(chosen).scalars())

    def outlets(self) -> list[tuple[str, int]]:
        """Outlets and how many articles each has, the most first."""
        with self._library.reading() as connection:
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
        with self._library.reading() as connection:
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
        with self._library.reading() as connection:
            first, last = (  # each by itself is one look into the index
                connection.execute(select(end(article.c.published))).scalar_one() for end in (func.min, func.max)
            )
        return narrowing.to_day(first), narrowing.to_day(last)

    def texts(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Canonical texts by (article id, version)."""
        pairs = sorted(set(wanted))
        texts: dict[tuple[str, str], str] = {}
        with self._library.reading() as connection:
            for at in range(0, len(pairs), _BATCH):
                chosen = select(version.c.article_id, version.c.version, version.c.text)
                for row in connection.execute(chosen.where(in_pairs(version, pairs[at : at + _BATCH]))):
                    texts[row.article_id, row.version] = row.text
        return texts

    def originals(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Of articles, the one that each is folded under, or itself; those that are gone are left out."""
        with self._library.reading() as connection:
            chosen = select(article.c.article_id, func.coalesce(article.c.copy_of, article.c.article_id).label("of"))
            fetched = connection.execute(chosen.where(article.c.article_id.in_(set(article_ids)))).all()
        return {row.article_id: row.of for row in fetched}

    def versions(self, filters: Filters) -> dict[str, str]:
        """The version of each article that the filters let in: the current one, or the one of the day `as_of`."""
        same = and_(version.c.article_id == article.c.article_id)
        allowed = narrowing.current_condition(version.c.known_from, version.c.known_to, filters)
        chosen = select(article.c.article_id, version.c.version).select_from(article.join(version, same))
        with self._library.reading() as connection:
            rows = connection.execute(chosen.where(*narrowing.article_conditions(filters), allowed))
            return {row.article_id: row.version for row in rows}

    def summaries(self, article_ids: Iterable[str]) -> dict[str, ArticleSummary]:
        """Articles by id, without their texts."""
        with self._library.reading() as connection:
            fetched = _summaries(connection, select(article).where(article.c.article_id.in_(set(article_ids))))
        return {item.article_id: item for item in fetched}

    def _match(self, extract: Extract, key: str | None) -> AddResult | None:
        with self._library.reading() as connection:
            return matching_article(connection, extract, key)


def _summaries(connection: Connection, chosen: Select[Any]) -> list[ArticleSummary]:
    """The chosen rows of articles, each with a note where it is a near copy of another."""
    fetched = connection.execute(chosen).all()
    near = wire_copies.near_copy_notes(connection, [row.article_id for row in fetched])
    summaries = []
    for row in fetched:
        fields = article_fields(row)
        notes = (*fields["notes"], *filter(None, (near.get(row.article_id),)))
        summaries.append(ArticleSummary(**{**fields, "notes": notes}, words=row.words))
    return summaries


def _amend_duplicate(connection: Connection, known: AddResult, key: str | None, fields: Mapping[str, Any]) -> AddResult:
    """A source that brings no new text may bring the user's word about the article. Another source with the same text
    only fills what is empty.
    """
    if not fields or not known.article_id:
        return known
    tied = select(source.c.article_id).where(source.c.key.in_(source_keys(key, None)))
    same = known.article_id in connection.execute(tied).scalars()
    changed = (amendments.amend if same else amendments.amend_empty)(connection, known.article_id, fields)
    notice = f"{known.reason}; {' and '.join(sorted(changed))} as given" if changed else known.reason
    return replace(known, reason=notice)


def matching_article(connection: Connection, extract: Extract, key: str | None) -> AddResult | None:
    """The article that this source or this text belongs to: `duplicate` if nothing is new, `updated` if the text is."""
    for tied in source_keys(key, None):
        row: AnyRow | None = connection.execute(_ARTICLE_BY_KEY, {"key": tied}).one_or_none()
        if row is None and tied.startswith(ARTICLE_KEY_PREFIX):
            row = connection.execute(
                _ARTICLE_BY_ID, {"article_id": tied.removeprefix(ARTICLE_KEY_PREFIX)}
            ).one_or_none()
        if row and row.text != extract.text:
            return AddResult(source=tied, status="updated", article_id=row.article_id, version=row.version)
        if row:
            return duplicate_result(tied, row.article_id, row.version)
    if extract.outlet:
        values = {"digest": digest(extract.text), "outlet": fold(extract.outlet)}
        row = connection.execute(_VERSION_BY_TEXT_AND_OUTLET, values).one_or_none()
    else:
        row = connection.execute(_VERSION_BY_TEXT, {"digest": digest(extract.text)}).one_or_none()
    return duplicate_result(key or "", row.article_id, row.version) if row else None


def source_keys(key: str | None, url: str | None) -> tuple[str, ...]:
    """What ties a source to its article: its key and its address, first in the form that is the same for all addresses
    of one article.
    """
    named = tuple(filter(None, (key, url)))
    return tuple(dict.fromkeys((*map(same_article, named), *named)))


def duplicate_result(
    name: str, article_id: str, version_hash: str, reason: str = "the library has this text already"
) -> AddResult:
    """The result for a source that brings nothing new."""
    return AddResult(
        source=name, status="duplicate", article_id=article_id, version=version_hash, of=article_id, reason=reason
    )


def id_of(extract: Extract) -> str:
    """The id of a new article: a hash of what it is."""
    return digest("article", extract.outlet or "", extract.title or "", extract.text)


def version_hash(connection: Connection, article_id: str, content: str, number: int) -> str:
    """A hash of the text; with its number where the article returns to a text that it had before."""
    hashed = digest(content)
    if number == 1:
        return hashed
    taken = select(version.c.version).where(version.c.article_id == article_id, version.c.version == hashed)
    return digest(content, str(number)) if connection.execute(taken).one_or_none() else hashed


def supersede(connection: Connection, article_id: str, now: int) -> int:
    """End the current version, if there is one, and give the number of the next."""
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
    """Insert or replace the row of an article with what was read last."""
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
    """What goes with an article, None if there is none of that id."""
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
    """How the articles spread over days, outlets and lengths, counted where they are kept."""
    counted = func.count().label("n")

    def grouped(*columns: ColumnElement[Any]) -> Select[Any]:
        return narrowing.apply_filters(connection, select(*columns, counted).select_from(article), filters, query)

    days = grouped(article.c.published).where(article.c.published.is_not(None)).group_by(article.c.published)
    outlets = grouped(func.min(article.c.outlet)).group_by(article.c.outlet_key)
    size = (article.c.words // _BAR_WORDS * _BAR_WORDS).label("size")
    lengths = {row.size: row.n for row in connection.execute(grouped(size).group_by(size))}
    named = [(name, n) for name, n in connection.execute(outlets.order_by(counted.desc(), func.min(article.c.outlet)))]
    most = [(name, n) for name, n in named if name][:_MAX_OUTLETS]
    rest = sum(n for _, n in named) - sum(n for _, n in most)
    last = min(max(lengths, default=-1), _LAST_BAR)
    bars = range(0, last + 1, _BAR_WORDS)
    return Overview(
        days=tuple(
            (date.fromisoformat(row.published), row.n) for row in connection.execute(days.order_by(article.c.published))
        ),
        outlets=(*most, *([(None, rest)] if rest else [])),
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
