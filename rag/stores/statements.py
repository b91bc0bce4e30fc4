"""Statements: who said what, with users' decisions about them, and the names of speakers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select, update

from rag.domain import ActorMention, Correction, Filters, Statement, Verdict
from rag.stores import corrections, index_state, lexical, narrowing, statement_rows
from rag.stores.actors import ActorStore, put_mentions
from rag.stores.base import Storage
from rag.stores.tables import article, of_version, statement, version
from rag.text.terms import joint_speakers, words

_OUTNUMBERED = 8  # times the statements of another bearer of the surname


class StatementStore:
    """The tables `statement` and `correction`. Every method is one transaction."""

    def __init__(self, library: Storage, register: ActorStore) -> None:
        self._library, self._register = library, register
        self._endings: tuple[int, dict[str, list[tuple[int, str]]]] = (-1, {})

    def find(
        self,
        filters: Filters,
        *,
        actor: str | Sequence[str] | None = None,
        articles: Sequence[str] | None = None,
        terms: Sequence[str] | None = None,
        version_hash: str | None = None,
        limit: int | None = None,
    ) -> list[Statement]:
        """Statements of the versions that the filters allow, newest publication first, then in text order.

        `version_hash` selects the statements of that version instead. `actor` keeps those by or on behalf of that
        actor, or of any of these, under any of their names, `articles` those of these. `terms` keeps those with
        any of these folded words, best match by BM25 first.
        """
        if articles == []:
            return []
        # The register reads the library too: a reader that waits for a second connection while it holds one can wait
        # for ever where all readers do.
        actors = [actor] if isinstance(actor, str) else actor
        attribution = self._register.attribution_condition(*actors) if actors else None
        with self._library.reading() as connection:
            source = statement.join(article)
            ranks: list[ColumnElement[float]] = []
            if terms is not None:
                matches = lexical.backend_for(connection).ranked_matches(connection, "statement", terms)
                if matches is None:
                    return []
                source = source.join(matches, matches.c.rowid == statement.c.rowid)
                ranks = [matches.c.rank]
            query = _select_statements(source, filters, ranks, version_hash).limit(limit)
            if articles is not None:
                query = query.where(statement.c.article_id.in_(articles))
            if attribution is not None:
                query = query.where(attribution)
            rows = connection.execute(query).all()
        return [self._register.with_inferred_body(statement_rows.statement_from_row(row)) for row in rows]

    def put(
        self,
        article_id: str,
        version_hash: str,
        statements: Sequence[Statement],
        fingerprint: str,
        mentions: Sequence[ActorMention] = (),
    ) -> None:
        """Replace the statements and mentions of one version. Does nothing if the article no longer exists."""
        with self._library.writing() as connection:
            updated = connection.execute(
                update(version).where(of_version(version, article_id, version_hash)).values(stated_as=fingerprint)
            ).rowcount
            if updated:
                corrections.rebuild_statements(connection, article_id, version_hash, statements)
                put_mentions(connection, article_id, version_hash, mentions)
                index_state.clear_failures(connection, [(article_id, version_hash)], "stated_as")

    def correct(self, item: Statement, verdict: Verdict, changes: Mapping[str, Any]) -> Statement:
        """Store a user's decision about a statement, in place of an earlier one, and return the statement as it is now.
        Raises UnknownStatement.
        """
        with self._library.writing() as connection:
            corrections.save_correction(connection, item, verdict, changes)
        return self._statement(item) if verdict != "dismissed" else item

    def restore(self, item: Statement) -> Statement | None:
        """Delete a user's decision. Returns the statement as extracted, None where it was added. Raises
        UnknownStatement.
        """
        with self._library.writing() as connection:
            remains = corrections.delete_correction(connection, item)
        return self._statement(item) if remains else None

    def corrections(self, article_id: str) -> list[Correction]:
        """Users' decisions about the statements of an article, of all its versions, in text order."""
        with self._library.reading() as connection:
            return corrections.load_corrections(connection, article_id)

    def actors(self) -> list[tuple[str, int]]:
        """Folded names of speakers and actors with their number of statements, largest first; people who said something
        together are also counted individually.
        """
        with self._library.reading() as connection:
            counts: dict[str, int] = {}
            for column in (statement.c.actor_key, statement.c.speaker_key):
                query = select(column, func.count()).where(column.is_not(None)).group_by(column)
                for name, n in connection.execute(query):
                    for each in {name, *joint_speakers(name)}:
                        counts[each] = counts.get(each, 0) + n
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def actors_ending(self, last: Collection[str]) -> list[str]:
        """Folded names of speakers and actors whose last word is one of these folded words, those with most statements
        first. Where one bearer of a surname has many times the statements of another, the other has to have its further
        words among these. All names are cached until somebody writes to the library.
        """
        endings, own = self._names_by_last_word(), set(last)
        names = {
            (-count, name)
            for word in own
            for bearers in [endings.get(word, [])]
            for count, name in bearers
            if _OUTNUMBERED * count > bearers[0][0] or own.issuperset(words(name))
        }
        return [name for _, name in sorted(names)]

    def speakers(self) -> list[str]:
        """Folded names of speakers and actors, each once, in no order."""
        return list({name for items in self._names_by_last_word().values() for _, name in items})

    def _names_by_last_word(self) -> dict[str, list[tuple[int, str]]]:
        """(Number of statements, name) by last word, largest first."""
        now = self._library.change_counter()
        cached_at, endings = self._endings
        if cached_at != now:
            endings = {}  # read after `now`, so that what is written meanwhile is noticed the next time
            for name, count in self.actors():
                for word in {*name.split()[-1:], *words(name)[-1:]}:
                    endings.setdefault(word, []).append((count, name))
            self._endings = (now, endings)
        return endings

    def _statement(self, item: Statement) -> Statement:
        statements = self.find(Filters(article=item.article_id), articles=[item.article_id], version_hash=item.version)
        return next(one for one in statements if corrections.content_key(one) == corrections.content_key(item))


def _select_statements(
    source: FromClause, filters: Filters, ranks: Sequence[ColumnElement[float]], version_hash: str | None
) -> Select[Any]:
    """A query for the statements of the versions that the filters allow, or of the given version, in their order."""
    newest = (article.c.published.desc().nulls_last(), statement.c.article_id, statement.c.ordinal)
    same = of_version(version, statement.c.article_id, statement.c.version)
    this_version = narrowing.current_condition(version.c.known_from, version.c.known_to, filters)
    if version_hash:
        this_version = version.c.version == version_hash
    query = (
        select(statement.c.value, article.c.title, article.c.outlet, article.c.published)
        .select_from(source.join(version, same))
        .where(*narrowing.article_conditions(filters), this_version)
        .order_by(*ranks, *newest)
    )
    return query.where(narrowing.speaker_condition(filters.speaker)) if filters.speaker else query
