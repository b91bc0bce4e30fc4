"""The actors of the library: people, bodies and countries across articles."""

from __future__ import annotations

from rag.domain import Actor, ActorKind, ArticleSummary
from rag.stores.library import Library


class ActorService:
    """Looks actors up in the register, and stores what users decide about their names."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def search(self, query: str | None = None, *, kind: ActorKind | None = None) -> list[Actor]:
        """The people, bodies and countries that the articles name as speakers or with a role, those with the most
        statements first. `query` keeps those with all its words in a name, a role or their body.
        """
        return self._library.actor_register.registry().search(query, kind)

    def get(self, name: str) -> Actor:
        """The actor with this name or alias. Raises UnknownActor."""
        return self._library.actor_register.actor(name)

    def articles(self, name: str, *, limit: int = 50) -> list[ArticleSummary]:
        """The articles that name an actor, under any of its names, the newest first."""
        ids = self._library.actor_register.article_ids(name, limit)
        summaries = self._library.articles.summaries(ids)
        return [summaries[one] for one in ids if one in summaries]

    def merge(self, name: str, other: str) -> Actor:
        """Merge two actors for good under `name`. Raises UnknownActor, UnusableInput."""
        return self._library.actor_register.merge(name, other)

    def split(self, name: str, alias: str) -> Actor:
        """Make an alias an actor of its own for good and return it. Raises UnknownActor, and UnusableInput for what is
        not an alias of the actor.
        """
        return self._library.actor_register.split(name, alias)

    def reset(self, name: str) -> Actor:
        """Undo the merges and splits of an actor that were made by hand. Raises UnknownActor."""
        return self._library.actor_register.reset(name)
