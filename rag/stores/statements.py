"""Statements: who said what, with what users decided about them, and the names of those who speak."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, func, select, update

from rag.domain import ActorMention, Correction, Filters, Statement, Verdict
from rag.stores import corrections, index_state, lexical, narrowing, statement_rows
from rag.stores.actors import ActorStore, put_mentions
from rag.stores.base import Library
from rag.stores.tables import article, statement, version
from rag.text.terms import joint_speakers, words


class StatementStore:
    """The tables `statement` and `correction`. Every method is one transaction."""

    def __init__(self, library: Library, register: ActorStore) -> None:
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
        """Statements of the versions that the filters allow, newest publication first, then as they stand in the text.

        `version_hash` asks for the statements of that version instead.

        `actor` keeps those made by or on behalf of that actor or any of these, under any of their names, `articles`
        those of these.
        `terms` keeps those that hold any of these folded words, best match by BM25 first.
        """
        if articles == []:
            return []
        with self._library.reading() as connection:
            joined = statement.join(article)
            ranked: list[ColumnElement[float]] = []
            if terms is not None:
                matched = lexical.of(connection).matched(connection, "statement", terms)
                if matched is None:
                    return []
                joined = joined.join(matched, matched.c.rowid == statement.c.rowid)
                ranked = [matched.c.rank]
            chosen = _statements(joined, filters, ranked, version_hash).limit(limit)
            if articles is not None:
                chosen = chosen.where(statement.c.article_id.in_(articles))
            if actor:
                chosen = chosen.where(self._register.by_or_for(*([actor] if isinstance(actor, str) else actor)))
            return [
                self._register.completed(statement_rows.as_statement(row)) for row in connection.execute(chosen).all()
            ]

    def put(
        self,
        article_id: str,
        version_hash: str,
        statements: Sequence[Statement],
        fingerprint: str,
        mentions: Sequence[ActorMention] = (),
    ) -> None:
        """Replace the statements of one version, and whom it names. Does nothing if the article is gone by now."""
        with self._library.writing() as connection:
            marked = connection.execute(
                update(version)
                .where(version.c.article_id == article_id, version.c.version == version_hash)
                .values(stated_as=fingerprint)
            ).rowcount
            if marked:
                corrections.restate(connection, article_id, version_hash, statements)
                put_mentions(connection, article_id, version_hash, mentions)
                index_state.succeed(connection, [(article_id, version_hash)], "stated_as")

    def correct(self, item: Statement, verdict: Verdict, changes: Mapping[str, Any]) -> Statement:
        """Keep a user's decision about a statement, in place of an earlier one about it, and give the statement as it
        is now. Raises UnknownStatement.
        """
        with self._library.writing() as connection:
            corrections.keep(connection, item, verdict, changes)
        return self._statement(item) if verdict != "dismissed" else item

    def restore(self, item: Statement) -> Statement | None:
        """Forget a user's decision: the statement as extracted, None where it was added. Raises UnknownStatement."""
        with self._library.writing() as connection:
            back = corrections.forget(connection, item)
        return self._statement(item) if back else None

    def corrections(self, article_id: str) -> list[Correction]:
        """What users decided about the statements of an article, of all its versions, in the order of the text."""
        with self._library.reading() as connection:
            return corrections.of_article(connection, article_id)

    def actors(self) -> list[tuple[str, int]]:
        """Folded names of speakers and actors with how many statements each has, the most first; people who said
        something together also one by one.
        """
        with self._library.reading() as connection:
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

    def _by_ending(self) -> dict[str, list[tuple[int, str]]]:
        now = self._library.change_counter()
        known_at, endings = self._endings
        if known_at != now:
            endings = {}  # read after `now`, so that what is written meanwhile is read the next time
            for place, (name, _) in enumerate(self.actors()):
                for word in {*name.split()[-1:], *words(name)[-1:]}:
                    endings.setdefault(word, []).append((place, name))
            self._endings = (now, endings)
        return endings

    def _statement(self, item: Statement) -> Statement:
        statements = self.find(Filters(article=item.article_id), articles=[item.article_id], version_hash=item.version)
        return next(one for one in statements if corrections.place(one) == corrections.place(item))


def _statements(
    joined: FromClause, filters: Filters, ranked: Sequence[ColumnElement[float]], version_hash: str | None
) -> Select[Any]:
    """Statements of the versions that the filters allow, or of the one that is named, in their order."""
    newest = (article.c.published.desc().nulls_last(), statement.c.article_id, statement.c.ordinal)
    same = and_(version.c.article_id == statement.c.article_id, version.c.version == statement.c.version)
    this_version = narrowing.current(version.c.known_from, version.c.known_to, filters)
    if version_hash:
        this_version = version.c.version == version_hash
    chosen = (
        select(statement.c.value, article.c.title, article.c.outlet, article.c.published)
        .select_from(joined.join(version, same))
        .where(*narrowing.conditions(filters), this_version)
        .order_by(*ranked, *newest)
    )
    return chosen.where(narrowing.speaks(filters.speaker)) if filters.speaker else chosen
