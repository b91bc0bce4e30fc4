"""Values of the register of actors: people, bodies and countries that make statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ActorKind = Literal["person", "body", "country"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMention:
    """An actor as one version of an article names it.

    `name` is the fullest form there, `forms` are the others. `role` is one role that the article gives the actor,
    `body` the body or country that the actor represents, `former` True for a past role. `statements` counts the actor's
    statements.
    """

    name: str
    kind: ActorKind
    forms: tuple[str, ...] = ()
    role: str | None = None
    body: str | None = None
    former: bool = False
    statements: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorRole:
    """A role and the body that it belongs to. `since` and `until` are the first and the last day of an article that
    gives it.
    """

    words: str
    body: str | None = None
    former: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, body or country of the library under one name.

    `aliases` are its other names, as written. `roles` are in chronological order. `body` is whom a person represents,
    where the articles agree on one. `articles` counts the articles that name the actor, `statements` its statements;
    `since` and `until` are the first and the last day of those articles. `decided` is True where a user merged or split
    it.
    """

    name: str
    kind: ActorKind
    aliases: tuple[str, ...] = ()
    roles: tuple[ActorRole, ...] = ()
    body: str | None = None
    articles: int = 0
    statements: int = 0
    since: date | None = None
    until: date | None = None
    decided: bool = False

    @property
    def country(self) -> str | None:
        """The country that it is or represents; for somebody who represents a body, that body; None where unknown."""
        return self.name if self.kind == "country" else self.body
