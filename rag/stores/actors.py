"""The register of actors: mentions in articles, and the names that users merged or split.

The tables are `actor_mention` and `actor_choice`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, cast, delete, func, or_, select
from sqlalchemy import String as PlainString

from rag.domain import Actor, ActorMention, ActorRole, ArticleSummary, Statement
from rag.errors import UnknownActor, UnusableInput
from rag.knowledge.words import FORMER_PREFIXES
from rag.statements.actor_registry import ActorRegistry, MentionRow, actor_key
from rag.stores import narrowing
from rag.stores.articles import article_summaries
from rag.stores.base import FOREVER, Storage
from rag.stores.tables import actor_choice, actor_mention, article, insert, of_version, statement, version

_SLOW_SECONDS = 0.2  # a register that takes longer to read is cached even while others write
_CACHE_FACTOR = 20  # for so many times the seconds that it took
_OFFICE_TOLERANCE = timedelta(days=365)  # an office counts as held so long before and after the articles that give it


def put_mentions(connection: Connection, article_id: str, version_hash: str, mentions: Sequence[ActorMention]) -> None:
    """Replace the mentions of an article by those of its current version. Ignores those of an older version."""
    query = select(article.c.published).join(version, version.c.article_id == article.c.article_id)
    this_version = of_version(version, article_id, version_hash)
    row = connection.execute(query.where(this_version, version.c.known_to == FOREVER)).first()
    if row is None:
        return
    connection.execute(delete(actor_mention).where(actor_mention.c.article_id == article_id))
    rows = [
        {
            "article_id": article_id,
            "version": version_hash,
            "ordinal": ordinal,
            "name": item.name,
            "name_key": actor_key(item.name),
            "kind": item.kind,
            "forms": list(item.forms),
            "role": item.role,
            "body": item.body,
            "former": item.former,
            "statements": item.statements,
            "day": row.published,
        }
        for ordinal, item in enumerate(mentions)
    ]
    if rows:
        connection.execute(insert(connection, actor_mention), rows)


class ActorStore:
    """The register of actors of a library, with the decisions of users. Every method is one transaction."""

    def __init__(self, library: Storage) -> None:
        self._library = library
        self._cache: tuple[int, ActorRegistry, float] = (-1, ActorRegistry((), {}, {}), 0.0)

    def registry(self) -> ActorRegistry:
        """The register from articles and decisions, cached until somebody writes to the library."""
        cached_at, registry, cached_until = self._cache
        if time.monotonic() < cached_until:
            return registry
        now = self._library.change_counter()
        if cached_at != now:  # read after `now`, so that what is written meanwhile is noticed the next time
            started = time.monotonic()
            with self._library.reading() as connection:
                choices = {row.name_key: row.actor for row in connection.execute(select(actor_choice))}
                registry = ActorRegistry(_mention_rows(connection), _article_counts(connection), choices)
            seconds = time.monotonic() - started
            self._cache = (now, registry, started + _CACHE_FACTOR * seconds if seconds > _SLOW_SECONDS else 0.0)
        return registry

    def actor(self, name: str) -> Actor:
        """The actor with this name or alias. Raises UnknownActor."""
        return _find_actor(self.registry(), name)

    def merge(self, name: str, other: str) -> Actor:
        """Merge two actors with all their names into one called `name`. Raises UnknownActor, UnusableInput."""
        registry = self.registry()
        target, merged = _find_actor(registry, name), _find_actor(registry, other)
        if target == merged:
            raise UnusableInput(f"{name!r} and {other!r} are one actor already.")
        keys = {*registry.keys(target.name), *registry.keys(merged.name)}
        self._save_choices(dict.fromkeys(keys, target.name))
        return _find_actor(self.registry(), name)

    def split(self, name: str, alias: str) -> Actor:
        """Make `alias` an actor of its own, apart from the one called `name`, and return it. Raises UnknownActor,
        UnusableInput where the alias is not one of its names.
        """
        registry = self.registry()
        actor, key = _find_actor(registry, name), actor_key(alias)
        if key not in registry.keys(actor.name):
            raise UnusableInput(
                f"{alias!r} is no name of {actor.name}. Its names: {', '.join(actor.aliases) or 'none'}."
            )
        if key == actor_key(actor.name):
            raise UnusableInput(f"{alias!r} is the name of the actor itself. Split off one of its other names.")
        self._save_choices({key: next(form for form in actor.aliases if actor_key(form) == key)})
        return _find_actor(self.registry(), alias)

    def reset(self, name: str) -> Actor:
        """Delete the decisions about all names of an actor. Raises UnknownActor."""
        registry = self.registry()
        keys = registry.keys(_find_actor(registry, name).name)
        self._cache = (-1, self._cache[1], 0.0)
        with self._library.writing() as connection:
            connection.execute(delete(actor_choice).where(actor_choice.c.name_key.in_(keys)))
        return _find_actor(self.registry(), name)

    def roles(self, name: str) -> tuple[ActorRole, ...]:
        """The roles that articles give to somebody by this very name, in chronological order."""
        with self._library.reading() as connection:
            rows = _mention_rows(connection, actor_mention.c.name_key == actor_key(name))
        actor = ActorRegistry(rows, {}, {}).of(name)
        return actor.roles if actor else ()

    def articles(self, name: str, limit: int) -> list[ArticleSummary]:
        """The articles whose current version names an actor, newest first."""
        keys = self.registry().keys(name)
        naming = select(actor_mention.c.article_id).where(actor_mention.c.name_key.in_(keys))
        query = select(article).where(article.c.article_id.in_(naming))
        with self._library.reading() as connection:
            newest = query.order_by(article.c.published.desc().nulls_last(), article.c.article_id).limit(limit)
            return article_summaries(connection, newest)

    def attribution_condition(self, *actors: str) -> ColumnElement[bool]:
        """The condition that a statement is by or for one of the actors: under any of its names, or by somebody who
        holds an office of that body according to another article, where the statement's own article names no body.
        """
        registry = self.registry()
        names = [*actors, *(form for one in actors for key in registry.keys(one) for form in (key, f"the {key}"))]
        members = [key for body in actors for one in registry.members(body) for key in registry.keys(one.name)]
        by_speaker = narrowing.actor_condition(*names)
        if not members:
            return by_speaker
        return or_(by_speaker, statement.c.actor_key.is_(None) & statement.c.speaker_key.in_(members))

    def with_inferred_body(self, item: Statement) -> Statement:
        """The statement with the body that its speaker represents: the one whose office the speaker holds, according to
        other articles of about the same time. Unchanged where its own article names a body, or no office is known.
        """
        if item.on_behalf_of or not item.speaker or item.corrected or _is_former_role(item.role):
            return item
        speaker = self.registry().of(item.speaker)
        day = item.day
        if (
            speaker is None
            or speaker.kind != "person"
            or self.registry().of(speaker.body or "") is None
            or not _holds_office(speaker, day)
        ):
            return item
        return replace(item, on_behalf_of=speaker.body, on_behalf_of_inferred=True)

    def _save_choices(self, choices: dict[str, str]) -> None:
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        self._cache = (-1, self._cache[1], 0.0)
        with self._library.writing() as connection:
            for key, actor in choices.items():
                row = insert(connection, actor_choice).values(name_key=key, actor=actor, made=now)
                fresh = {"actor": actor, "made": now}
                connection.execute(row.on_conflict_do_update(index_elements=["name_key"], set_=fresh))


def _is_former_role(role: str | None) -> bool:
    return role is not None and role.lower().startswith((*FORMER_PREFIXES, "then"))


def _holds_office(actor: Actor, day: date | None) -> bool:
    """True if articles give the actor an office of its body at about that day."""
    return any(
        role.body is not None
        and not role.former
        and (
            day is None
            or role.since is None
            or role.until is None
            or role.since - _OFFICE_TOLERANCE <= day <= role.until + _OFFICE_TOLERANCE
        )
        for role in actor.roles
    )


def _find_actor(registry: ActorRegistry, name: str) -> Actor:
    actor = registry.of(name)
    if actor is None:
        raise UnknownActor(f"No actor is called {name!r}. `onrecord actors {name.split()[-1] if name else ''}` looks.")
    return actor


def _article_counts(connection: Connection) -> dict[str, int]:
    """How many articles name each folded name."""
    articles = func.count(actor_mention.c.article_id.distinct()).label("articles")
    query = select(actor_mention.c.name_key, articles).group_by(actor_mention.c.name_key)
    return {row.name_key: row.articles for row in connection.execute(query)}


def _mention_rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[MentionRow]:
    """The mentions of all articles that meet the conditions; identical ones are counted as one row."""
    columns = actor_mention.c
    forms = cast(columns.forms, PlainString)  # JSON has no equality in PostgreSQL
    grouping = (columns.name, columns.kind, forms, columns.role, columns.body, columns.former)
    query = (
        select(
            *grouping[:2],
            forms.label("written"),
            *grouping[3:],
            func.count().label("mentions"),
            func.sum(columns.statements).label("said"),
            func.min(columns.day).label("since"),
            func.max(columns.day).label("until"),
        )
        .where(*conditions)
        .group_by(*grouping)
        .order_by(*grouping[:2])
    )
    return [
        MentionRow(
            name=row.name,
            kind=row.kind,
            forms=tuple(json.loads(row.written)),
            role=row.role,
            body=row.body,
            former=row.former,
            mentions=row.mentions,
            statements=int(row.said),
            since=narrowing.to_day(row.since),
            until=narrowing.to_day(row.until),
        )
        for row in connection.execute(query)
    ]
