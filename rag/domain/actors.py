"""Values of the register of actors: people, bodies and countries that make statements, across articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

ActorKind = Literal["person", "body", "country"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMention:
    """Somebody as one version of an article names them.

    `name` is the fullest form there, `forms` are the others. `role` is one role that the article gives them, `body`
    the body or country that they stand for in it, `former` a role that is over. `statements` counts what they say.
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
    """A role with the body it is of; `since` and `until` are the first and the last day of an article that gives it."""

    words: str
    body: str | None = None
    former: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, body or country of the library under one name.

    `aliases` are the other names that it is known by, as written. `roles` are in the order of their days, the newest
    last. `body` is whom a person stands for, where the articles agree on one. `articles` and `statements` count where
    it is seen and what it says; `since` and `until` are the first and the last day of those articles. `decided` marks
    one that a reader merged or split.
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
        """The country that it is or stands for, None where that is a body or not known."""
        return self.name if self.kind == "country" else self.body
