"""Rows of the library and the values that they hold; the conditions that filters put on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from rag.domain import (
    AddResult,
    Extract,
    Filters,
    Fragment,
    Overview,
    Passage,
    Removal,
    Span,
    Statement,
    as_json,
    parse_day_or_month,
)
from rag.stores import lexical
from rag.stores.base import FOREVER
from rag.stores.tables import article, insert, passage, source, statement, version
from rag.text.addresses import same_article
from rag.text.canonical import digest, fold
from rag.text.places import countries_in

_WORDS_A_BAR, _LONGEST_BAR = 100, 3000  # words; what is longer stands in the last bar
_MOST_OUTLETS = 15
AnyRow = Row[*tuple[Any, ...]]
UNTITLED = "Untitled"


# Made once, for it takes longer to make them than to run them, and every source that is added asks them twice.
_OF_KEY = (
    select(article.c.article_id, article.c.version, version.c.text)
    .select_from(source.join(article))
    .join(version, and_(version.c.article_id == article.c.article_id, version.c.version == article.c.version))
    .where(source.c.key == bindparam("key"))
)
_OF_TEXT = select(version.c.article_id, version.c.version).where(version.c.version == bindparam("digest")).limit(1)
# Another outlet with the same words is a wire copy: it counts as an outlet, though not as news.
_OF_TEXT_AND_OUTLET = _OF_TEXT.join(article).where(
    article.c.outlet_key.is_(None) | (article.c.outlet_key == bindparam("outlet"))
)


def known(connection: Connection, extract: Extract, key: str | None) -> AddResult | None:
    """The article that this source or this text belongs to: `duplicate` if nothing is new, `updated` if the text is."""
    for tied in source_keys(key, None):
        row: AnyRow | None = connection.execute(_OF_KEY, {"key": tied}).one_or_none()
        if row and row.text != extract.text:
            return AddResult(source=tied, status="updated", article_id=row.article_id, version=row.version)
        if row:
            return duplicate(tied, row.article_id, row.version)
    if extract.outlet:
        asked = {"digest": digest(extract.text), "outlet": fold(extract.outlet)}
        row = connection.execute(_OF_TEXT_AND_OUTLET, asked).one_or_none()
    else:
        row = connection.execute(_OF_TEXT, {"digest": digest(extract.text)}).one_or_none()
    return duplicate(key or "", row.article_id, row.version) if row else None


def source_keys(key: str | None, url: str | None) -> tuple[str, ...]:
    """What ties a source to its article: its key and its address, first in the form that is the same for all addresses
    of one article."""
    given = tuple(filter(None, (key, url)))
    return tuple(dict.fromkeys((*map(same_article, given), *given)))


def duplicate(name: str, article_id: str, found: str, reason: str = "the library has this text already") -> AddResult:
    """The result for a source that brings nothing new."""
    return AddResult(
        source=name, status="duplicate", article_id=article_id, version=found, of=article_id, reason=reason
    )


def article_id(extract: Extract) -> str:
    """The id of a new article: a hash of what it is."""
    return digest("article", extract.outlet or "", extract.title or "", extract.text)


def version_hash(connection: Connection, article_id: str, content: str, number: int) -> str:
    """A hash of the text; with its number where the article returns to a text that it had before."""
    found = digest(content)
    if number == 1:
        return found
    taken = select(version.c.version).where(version.c.article_id == article_id, version.c.version == found)
    return digest(content, str(number)) if connection.execute(taken).one_or_none() else found


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


def put_article(connection: Connection, article_id: str, found: str, extract: Extract, now: datetime) -> None:
    """Insert or replace the row of an article with what was read last."""
    values = {
        "version": found,
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


def removal(connection: Connection, article_id: str, *, answers: int) -> Removal | None:
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


def put_passages(
    connection: Connection,
    article_id: str,
    found: str,
    extract: Extract,
    spans: Sequence[Span],
    known_from: int,
    known_to: int = FOREVER,
) -> None:
    """Insert the passages of one version and their words."""
    title, outlet = searched_fields(extract.title, extract.outlet, str(extract.published or ""))
    first = connection.execute(select(func.coalesce(func.max(passage.c.rowid), 0) + 1)).scalar_one()
    kept, indexed = [], []
    for key, span in enumerate(spans, start=first):
        kept.append(
            {
                "rowid": key,
                "passage_id": digest(article_id, found, str(span.start), str(span.end), length=24),
                "article_id": article_id,
                "version": found,
                "start": span.start,
                "end": span.end,
                "known_from": known_from,
                "known_to": known_to,
            }
        )
        indexed.append(lexical.Entry(key, title, outlet, fold(span.of(extract.text))))
    if kept:
        connection.execute(insert(connection, passage), kept)
        lexical.of(connection).put(connection, "passage", indexed)


def searched_fields(title: str | None, outlet: str | None, published: str | None) -> tuple[str, str]:
    """What the lexical index keeps of an article's title, and of its outlet and day."""
    return fold(title or ""), fold(" ".join(filter(None, (outlet, published))))


def put_statements(connection: Connection, article_id: str, found: str, statements: Sequence[Statement]) -> None:
    """Replace the statements of one version and their words."""
    connection.execute(delete(statement).where(statement.c.article_id == article_id, statement.c.version == found))
    first = connection.execute(select(func.coalesce(func.max(statement.c.rowid), 0) + 1)).scalar_one()
    kept, indexed = [], []
    for n, item in enumerate(statements):
        kept.append({"rowid": first + n, **statement_row(n, item)})
        indexed.append(statement_entry(first + n, item))
    if kept:
        connection.execute(insert(connection, statement), kept)
        lexical.of(connection).put(connection, "statement", indexed)


def ranked(
    connection: Connection, terms: Sequence[str], filters: Filters, k: int, *, among: int | None = None
) -> list[tuple[Passage, float]]:
    """The `k` passages that match best by BM25 and that the filters allow, best first; a higher score is better. With
    `among`, only so many of the best that match are looked at: it spares looking up the article of each.
    """
    found = lexical.of(connection).matched(connection, "passage", terms, among)
    if found is None:
        return []
    chosen = (
        select(passage, found.c.rank)
        .select_from(passage.join(found, found.c.rowid == passage.c.rowid))
        .where(*allowed(filters))
        .order_by(found.c.rank, passage.c.passage_id)  # ties fall alike, in whatever order articles came
        .limit(k)
    )
    return [(as_passage(row), -row.rank) for row in connection.execute(chosen).all()]


def passage_entries(connection: Connection, keys: Sequence[int]) -> list[lexical.Entry]:
    """What the lexical index keeps of the passages with these rowids, made of the record."""
    same = and_(version.c.article_id == passage.c.article_id, version.c.version == passage.c.version)
    found = connection.execute(
        select(passage.c.rowid, passage.c.start, passage.c.end, version.c.text)
        .add_columns(article.c.title, article.c.outlet, article.c.published)
        .select_from(passage.join(version, same).join(article, article.c.article_id == passage.c.article_id))
        .where(passage.c.rowid.in_(keys))
    )
    return [
        lexical.Entry(
            row.rowid, *searched_fields(row.title, row.outlet, row.published), fold(row.text[row.start : row.end])
        )
        for row in found
    ]


def statement_entries(connection: Connection, keys: Sequence[int]) -> list[lexical.Entry]:
    """What the lexical index keeps of the statements with these rowids, made of the record."""
    found = connection.execute(select(statement.c.rowid, statement.c.value).where(statement.c.rowid.in_(keys)))
    return [statement_entry(row.rowid, kept_statement(row.value)) for row in found]


def statement_entry(key: int, item: Statement) -> lexical.Entry:
    """What the lexical index keeps of a statement, besides its own words those of countries under every name."""
    said = " ".join(filter(None, (item.text, item.venue, *countries(item.text))))
    return lexical.Entry(key, "", "", fold(said))


def countries(said: str) -> list[str]:
    """The canonical names of the countries that are named in any way, so that each is found under every name."""
    return list(dict.fromkeys(country for _, _, country in countries_in(said)))


def matching(chosen: Select[Any], filters: Filters, query: str | None = None) -> Select[Any]:
    """The selection narrowed to articles that pass the filters and whose title has the words of `query` as typed."""
    chosen = chosen.where(*conditions(filters))
    if query and query.strip():
        chosen = chosen.where(article.c.title.icontains(query.strip(), autoescape=True))
    return chosen


def overview(connection: Connection, filters: Filters, query: str | None) -> Overview:
    """How the articles spread over days, outlets and lengths, counted where they are kept."""
    counted = func.count().label("n")

    def grouped(*columns: ColumnElement[Any]) -> Select[Any]:
        return matching(select(*columns, counted).select_from(article), filters, query)

    days = grouped(article.c.published).where(article.c.published.is_not(None)).group_by(article.c.published)
    outlets = grouped(func.min(article.c.outlet)).group_by(article.c.outlet_key)
    size = (article.c.words // _WORDS_A_BAR * _WORDS_A_BAR).label("size")
    lengths = {row.size: row.n for row in connection.execute(grouped(size).group_by(size))}
    named = [(name, n) for name, n in connection.execute(outlets.order_by(counted.desc(), func.min(article.c.outlet)))]
    most = [(name, n) for name, n in named if name][:_MOST_OUTLETS]
    rest = sum(n for _, n in named) - sum(n for _, n in most)
    last = min(max(lengths, default=-1), _LONGEST_BAR)
    bars = range(0, last + 1, _WORDS_A_BAR)
    return Overview(
        days=tuple(
            (date.fromisoformat(row.published), row.n) for row in connection.execute(days.order_by(article.c.published))
        ),
        outlets=(*most, *([(None, rest)] if rest else [])),
        lengths=tuple(
            (at, sum(n for key, n in lengths.items() if key == at or (at == _LONGEST_BAR and key > at))) for at in bars
        ),
    )


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
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
        said = and_(statement.c.article_id == article.c.article_id, speaks(filters.speaker))
        wanted.append(exists(select(statement.c.rowid).where(said).correlate(article)))
    if filters.as_of:
        known = and_(version.c.article_id == article.c.article_id, version.c.known_from <= filters.moment)
        wanted.append(exists(select(version.c.version).where(known).correlate(article)))
    return wanted


def allowed(filters: Filters) -> list[ColumnElement[bool]]:
    """What the filters ask of the row of a passage that was found: it is of the current version, and its article is
    looked up only where they ask anything of it.
    """
    wanted = [current(passage.c.known_from, passage.c.known_to, filters)]
    if asked := conditions(replace(filters, as_of=None)):  # a version that was current was known
        own = article.c.article_id == passage.c.article_id
        wanted.append(exists(select(article.c.article_id).where(own, *asked).correlate(passage)))
    return wanted


def speaks(name: str) -> ColumnElement[bool]:
    """A statement whose speaker is that name, or ends with it: a surname alone is enough."""
    key = fold(name)
    alone = (statement.c.speaker_key == key) | statement.c.speaker_key.endswith(" " + key, autoescape=True)
    return alone | statement.c.speaker_key.contains(key + " and ", autoescape=True)


def by_actor(name: str) -> ColumnElement[bool]:
    """A statement by or for exactly that name, or of several together of whom it is one: "Ada Lund and Bo Marsh"."""
    key = fold(name)
    other = statement.alias()
    several = [
        other.c.speaker_key.startswith(f"{key} and ", autoescape=True),
        other.c.speaker_key.startswith(f"{key}, ", autoescape=True),
        other.c.speaker_key.contains(f", {key}, ", autoescape=True),
        other.c.speaker_key.contains(f", {key} and ", autoescape=True),
        other.c.speaker_key.endswith(f" and {key}", autoescape=True),
    ]
    together = select(other.c.speaker_key).where(other.c.speaker_key.contains(" and ") & or_(*several)).distinct()
    return (statement.c.actor_key == key) | (statement.c.speaker_key == key) | statement.c.speaker_key.in_(together)


def current(known_from: ColumnElement[int], known_to: ColumnElement[int], filters: Filters) -> ColumnElement[bool]:
    """True for what was the current version: now, or at the end of the day `as_of`."""
    if filters.moment is None:
        return known_to == FOREVER
    return and_(known_from <= filters.moment, known_to > filters.moment)


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970 UTC."""
    return int(moment.timestamp())


def known_from(read: datetime, published: date | None) -> int:
    """From when on a first version counts as known: its publication, where that is before it was read."""
    return seconds(min(read, datetime.combine(published, datetime.min.time(), UTC)) if published else read)


def day(value: str | None) -> date | None:
    """A day as kept, YYYY-MM-DD."""
    return date.fromisoformat(value) if value else None


def day_or_month(value: str | None) -> date | None:
    """A day as kept, or a month, YYYY-MM."""
    return parse_day_or_month(value) if value else None


def article_fields(row: AnyRow) -> dict[str, Any]:
    """The fields that Article and ArticleSummary share."""
    return {
        "article_id": row.article_id,
        "version": row.version,
        "title": row.title,
        "outlet": row.outlet,
        "byline": row.byline,
        "published": day(row.published),
        "updated": day(row.updated),
        "ingested": datetime.fromisoformat(row.ingested),
        "date_basis": row.date_basis,
        "language": row.language,
        "url": row.url,
        "notes": tuple(row.notes),
        "copy_of": row.copy_of,
    }


def as_passage(row: AnyRow) -> Passage:
    """A row of `passage` as its value."""
    return Passage(
        passage_id=row.passage_id, article_id=row.article_id, version=row.version, start=row.start, end=row.end
    )


def statement_row(ordinal: int, item: Statement) -> dict[str, Any]:
    """A statement as a row of `statement`; its place in the text orders it."""
    return {
        "article_id": item.article_id,
        "version": item.version,
        "ordinal": ordinal,
        "speaker_key": fold(item.speaker) if item.speaker else None,
        "actor_key": fold(item.on_behalf_of) if item.on_behalf_of else None,
        "value": as_json(item),
    }


def as_statement(row: AnyRow) -> Statement:
    """A row of `statement` joined with its article as its value."""
    about = {"title": row.title, "outlet": row.outlet, "published": day(row.published)}
    return replace(kept_statement(row.value), **about)


def kept_statement(kept_value: Mapping[str, Any]) -> Statement:
    """A statement as `as_json` wrote it, without the fields of its article."""
    value = dict(kept_value)
    for name, kept in value.items():
        if isinstance(kept, dict):
            value[name] = Fragment(**kept)
    value["content"] = tuple(Fragment(**kept) for kept in value["content"])
    value["said_on"] = day_or_month(value["said_on"])
    value["speaker_candidates"] = tuple(value.get("speaker_candidates", ()))
    return Statement(**{**value, "title": None, "outlet": None, "published": None})
