"""Whom the articles name, and which names users joined or set apart: the tables `actor_mention` and `actor_choice`."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, cast, delete, func, or_, select
from sqlalchemy import String as PlainString

from rag.domain import Actor, ActorMention, Statement
from rag.errors import UnknownActor, UnusableInput
from rag.statements.registry import ActorRegistry, MentionRow, actor_key
from rag.stores import narrowing
from rag.stores.base import FOREVER, Transactions
from rag.stores.tables import actor_choice, actor_mention, article, insert, statement, version

_SLOW = 0.2  # seconds that reading the register may take without being put off
_RESTS = 20  # times as long a slow one is kept while others write
_ABOUT = timedelta(days=365)  # how far from an article that gives an office it is taken to be held


def put_mentions(connection: Connection, article_id: str, version_hash: str, mentions: Sequence[ActorMention]) -> None:
    """Replace the mentions of an article by those of its current version; those of an older one are not kept."""
    here = (version.c.article_id == article_id, version.c.version == version_hash)
    current = select(article.c.published).join(version, version.c.article_id == article.c.article_id)
    row = connection.execute(current.where(*here, version.c.known_to == FOREVER)).first()
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


class Watched(Transactions, Protocol):
    """A library that tells whether it was written to."""

    def change_counter(self) -> int:
        """A number that is another one whenever anybody has written."""
        ...


class ActorStore:
    """The register of actors of a library, and what users decided about it. Every method is one transaction."""

    def __init__(self, library: Watched) -> None:
        self._library = library
        self._made: tuple[int, ActorRegistry, float] = (-1, ActorRegistry((), {}, {}), 0.0)

    def registry(self) -> ActorRegistry:
        """The register as the articles and the decisions stand; read again when anybody has written."""
        known_at, registry, rests_until = self._made
        if time.monotonic() < rests_until:
            return registry
        now = self._library.change_counter()
        if known_at != now:  # read after `now`, so that what is written meanwhile is read the next time
            begun = time.monotonic()
            with self._library.reading() as connection:
                choices = {row.name_key: row.actor for row in connection.execute(select(actor_choice))}
                registry = ActorRegistry(_rows(connection), _seen(connection), choices)
            took = time.monotonic() - begun
            self._made = (now, registry, begun + _RESTS * took if took > _SLOW else 0.0)
        return registry

    def actor(self, name: str) -> Actor:
        """Whom a name or alias means. Raises UnknownActor."""
        return _known(self.registry(), name)

    def merge(self, name: str, other: str) -> Actor:
        """Have both names, with all that is known by either, be one actor, called `name`. Raises UnknownActor."""
        registry = self.registry()
        into, one = _known(registry, name), _known(registry, other)
        if into == one:
            raise UnusableInput(f"{name!r} and {other!r} are one actor already.")
        keys = {*registry.keys(into.name), *registry.keys(one.name)}
        self._keep(dict.fromkeys(keys, into.name))
        return _known(self.registry(), name)

    def split(self, name: str, alias: str) -> Actor:
        """Have `alias` be an actor of its own, apart from the one called `name`, and give that. Raises UnknownActor,
        UnusableInput where the alias is not one of its names.
        """
        registry = self.registry()
        one, key = _known(registry, name), actor_key(alias)
        if key not in registry.keys(one.name):
            raise UnusableInput(f"{alias!r} is no name of {one.name}. Its names: {', '.join(one.aliases) or 'none'}.")
        if key == actor_key(one.name):
            raise UnusableInput(f"{alias!r} is the name of the actor itself. Split off one of its other names.")
        self._keep({key: next(form for form in one.aliases if actor_key(form) == key)})
        return _known(self.registry(), alias)

    def reset(self, name: str) -> Actor:
        """Forget what was decided about all names of an actor. Raises UnknownActor."""
        registry = self.registry()
        keys = registry.keys(_known(registry, name).name)
        self._made = (-1, self._made[1], 0.0)
        with self._library.writing() as connection:
            connection.execute(delete(actor_choice).where(actor_choice.c.name_key.in_(keys)))
        return _known(self.registry(), name)

    def seen_in(self, name: str, limit: int) -> list[str]:
        """The ids of the articles whose current version names an actor, the newest first."""
        chosen = (
            select(article.c.article_id)
            .join(actor_mention, actor_mention.c.article_id == article.c.article_id)
            .where(actor_mention.c.name_key.in_(self.registry().keys(name)))
            .group_by(article.c.article_id)
            .order_by(article.c.published.desc().nulls_last(), article.c.article_id)
        )
        with self._library.reading() as connection:
            return list(connection.execute(chosen.limit(limit)).scalars())

    def by_or_for(self, *actors: str) -> ColumnElement[bool]:
        """What a statement must be by or for one of these: under any of the actor's names, or by somebody whose office
        for that body another article gives, where its own names none.
        """
        registry = self.registry()
        names = [*actors, *(form for one in actors for key in registry.keys(one) for form in (key, f"the {key}"))]
        people = [key for body in actors for one in registry.members(body) for key in registry.keys(one.name)]
        spoken = narrowing.by_actor(*names)
        if not people:
            return spoken
        return or_(spoken, statement.c.actor_key.is_(None) & statement.c.speaker_key.in_(people))

    def completed(self, item: Statement) -> Statement:
        """A statement whose article does not say for whom it is made, with the body whose office the speaker holds by
        other articles of about the same time; else as it is.
        """
        if item.on_behalf_of or not item.speaker or item.corrected or _is_over(item.role):
            return item
        one = self.registry().of(item.speaker)
        day = item.said_on or item.published
        if one is None or one.kind != "person" or self.registry().of(one.body or "") is None or not _holds(one, day):
            return item
        return replace(item, on_behalf_of=one.body, on_behalf_of_inferred=True)

    def _keep(self, choices: dict[str, str]) -> None:
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        self._made = (-1, self._made[1], 0.0)
        with self._library.writing() as connection:
            for key, actor in choices.items():
                row = insert(connection, actor_choice).values(name_key=key, actor=actor, made=now)
                fresh = {"actor": actor, "made": now}
                connection.execute(row.on_conflict_do_update(index_elements=["name_key"], set_=fresh))


def _is_over(role: str | None) -> bool:
    return role is not None and role.lower().startswith(("former", "ex-", "then", "late ", "retired", "onetime"))


def _holds(one: Actor, day: date | None) -> bool:
    """True if articles give the actor an office of its body at about that day."""
    return any(
        role.body is not None
        and not role.former
        and (
            day is None or role.since is None or role.until is None or role.since - _ABOUT <= day <= role.until + _ABOUT
        )
        for role in one.roles
    )


def _known(registry: ActorRegistry, name: str) -> Actor:
    one = registry.of(name)
    if one is None:
        raise UnknownActor(f"No actor is called {name!r}. `onrecord actors {name.split()[-1] if name else ''}` looks.")
    return one


def _seen(connection: Connection) -> dict[str, int]:
    """Folded name -> how many articles name it."""
    counted = func.count(actor_mention.c.article_id.distinct()).label("articles")
    chosen = select(actor_mention.c.name_key, counted).group_by(actor_mention.c.name_key)
    return {row.name_key: row.articles for row in connection.execute(chosen)}


def _rows(connection: Connection) -> list[MentionRow]:
    """The mentions of all articles, those that say the same as one. All are read; the register is kept meanwhile."""
    one = actor_mention.c
    forms = cast(one.forms, PlainString)  # JSON has no equality in PostgreSQL
    same = (one.name, one.kind, forms, one.role, one.body, one.former)
    chosen = (
        select(
            *same[:2],
            forms.label("written"),
            *same[3:],
            func.count().label("mentions"),
            func.sum(one.statements).label("said"),
            func.min(one.day).label("since"),
            func.max(one.day).label("until"),
        )
        .group_by(*same)
        .order_by(*same[:2])
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
            since=narrowing.day(row.since),
            until=narrowing.day(row.until),
        )
        for row in connection.execute(chosen)
    ]
