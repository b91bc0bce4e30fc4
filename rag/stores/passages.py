"""Passages: the spans of versions that are searched, and their words in the lexical index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, delete, func, select, update

from rag.domain import Extract, Filters, Passage, Span
from rag.stores import lexical, narrowing
from rag.stores.base import FOREVER, Repository
from rag.stores.tables import AnyRow, article, insert, of_version, passage, version
from rag.text.canonical import digest, fold

_FIRST_TRY_FACTOR = 5  # times `k`: the best matches that are filtered first, before all matches are


class PassageStore(Repository):
    """The table `passage` with its lexical index."""

    def match(self, terms: Sequence[str], *, k: int, filters: Filters) -> list[tuple[Passage, float]]:
        """The `k` passages that best match any of the folded terms by BM25, best first; a higher score is better."""
        # Most often those that the filters allow are among the best matches, and the articles of no others are read. A
        # narrow filter is faster applied to all matches at once.
        tries = (None,) if replace(filters, as_of=None) else (_FIRST_TRY_FACTOR * k, None)
        hits: list[tuple[Passage, float]] = []
        with self._library.reading() as connection:
            for most in tries:
                matches = lexical.backend_for(connection).ranked_matches(connection, "passage", terms, most)
                if matches is None or len(hits) == k:
                    break
                query = (
                    select(passage, matches.c.rank)
                    .select_from(passage.join(matches, matches.c.rowid == passage.c.rowid))
                    .where(*narrowing.passage_conditions(filters))
                    .order_by(matches.c.rank, passage.c.passage_id)  # ties do not depend on the order of insertion
                    .limit(k)
                )
                hits = [(passage_from_row(row), -row.rank) for row in connection.execute(query)]
        return hits

    def frequency(self, term: str) -> int:
        """In how many passages a folded term stands, as the index stems it."""
        with self._library.reading() as connection:
            return lexical.backend_for(connection).frequency(connection, term)

    def count(self) -> int:
        """How many passages the library has, of all versions."""
        with self._library.reading() as connection:
            return lexical.backend_for(connection).total(connection)

    def newest_rowid(self) -> int:
        """The largest rowid, which grows with every new passage; 0 where there are none."""
        with self._library.reading() as connection:
            return int(connection.execute(select(func.coalesce(func.max(passage.c.rowid), 0))).scalar_one())

    def get(self, passage_ids: Sequence[str], filters: Filters) -> dict[str, Passage]:
        """The passages with these ids that the filters allow. An index may be behind the library, which decides."""
        query = select(passage).where(passage.c.passage_id.in_(passage_ids), *narrowing.passage_conditions(filters))
        with self._library.reading() as connection:
            rows = connection.execute(query).all()
        return {row.passage_id: passage_from_row(row) for row in rows}

    def ids(self, filters: Filters, *, most: int | None = None) -> list[str]:
        """The ids of all passages that the filters allow, or of `most` of them."""
        # Without `as_of`, as a version that was current was also known.
        query = (
            select(passage.c.passage_id)
            .select_from(article.join(passage))
            .where(*narrowing.article_conditions(replace(filters, as_of=None)))
            .where(narrowing.current_condition(passage.c.known_from, passage.c.known_to, filters))
            .limit(most)
        )
        with self._library.reading() as connection:
            return list(connection.execute(query).scalars())

    def recut(self, article_id: str, version_hash: str, spans: Sequence[Span], cut_as: str) -> None:
        """Replace the passages of one version; its vectors become pending."""
        with self._library.writing() as connection:
            row = connection.execute(
                select(article.c.title, article.c.outlet, version)
                .join(version)
                .where(of_version(version, article_id, version_hash))
            ).one()
            connection.execute(delete(passage).where(of_version(passage, article_id, version_hash)))
            extract = Extract(text=row.text, title=row.title, outlet=row.outlet)
            put_passages(connection, article_id, version_hash, extract, spans, row.known_from, row.known_to)
            connection.execute(
                update(version)
                .where(of_version(version, article_id, version_hash))
                .values(cut_as=cut_as, embedded_as=None)
            )

    def cut_differently(self, cut_as: str) -> list[tuple[str, str]]:
        """(article id, version) pairs whose passages have a fingerprint other than `cut_as`."""
        with self._library.reading() as connection:
            query = select(version.c.article_id, version.c.version)
            rows = connection.execute(query.where(narrowing.differs_from(version.c.cut_as, cut_as)))
            return [tuple(row) for row in rows]


def put_passages(
    connection: Connection,
    article_id: str,
    version_hash: str,
    extract: Extract,
    spans: Sequence[Span],
    known_from: int,
    known_to: int = FOREVER,
) -> None:
    """Insert the passages of one version and their words."""
    title, outlet = lexical_fields(extract.title, extract.outlet, str(extract.published or ""))
    first_rowid = connection.execute(select(func.coalesce(func.max(passage.c.rowid), 0) + 1)).scalar_one()
    rows, entries = [], []
    for key, span in enumerate(spans, start=first_rowid):
        rows.append(
            {
                "rowid": key,
                "passage_id": digest(article_id, version_hash, str(span.start), str(span.end), length=24),
                "article_id": article_id,
                "version": version_hash,
                "start": span.start,
                "end": span.end,
                "known_from": known_from,
                "known_to": known_to,
            }
        )
        entries.append(lexical.LexicalEntry(key, title, outlet, fold(span.of(extract.text))))
    if rows:
        connection.execute(insert(connection, passage), rows)
        lexical.backend_for(connection).put(connection, "passage", entries)


def lexical_fields(title: str | None, outlet: str | None, published: str | None) -> tuple[str, str]:
    """The words that the lexical index keeps of an article's title, and of its outlet and day."""
    return fold(title or ""), fold(" ".join(filter(None, (outlet, published))))


def passage_entries(connection: Connection, keys: Sequence[int]) -> list[lexical.LexicalEntry]:
    """The lexical entries of the passages with these rowids, made from the record."""
    same = of_version(version, passage.c.article_id, passage.c.version)
    rows = connection.execute(
        select(passage.c.rowid, passage.c.start, passage.c.end, version.c.text)
        .add_columns(article.c.title, article.c.outlet, article.c.published)
        .select_from(passage.join(version, same).join(article, article.c.article_id == passage.c.article_id))
        .where(passage.c.rowid.in_(keys))
    )
    return [
        lexical.LexicalEntry(
            row.rowid, *lexical_fields(row.title, row.outlet, row.published), fold(row.text[row.start : row.end])
        )
        for row in rows
    ]


def passage_from_row(row: AnyRow) -> Passage:
    """The Passage of a row of `passage`."""
    return Passage(
        passage_id=row.passage_id, article_id=row.article_id, version=row.version, start=row.start, end=row.end
    )
