"""The actors of the library: people, bodies and countries across articles."""

from __future__ import annotations

from rag.domain import Actor, ActorKind, ArticleSummary
from rag.stores.library import Library


class ActorService:
    """Looks actors up in the register, and keeps what users decide about their names."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def search(self, query: str | None = None, *, kind: ActorKind | None = None) -> list[Actor]:
        """The people, bodies and countries that the articles name as speakers or with a role, those who say the most
        first. `query` keeps those with all its words in a name, a role or their body.
        """
        return self._library.actor_register.registry().search(query, kind)

    def get(self, name: str) -> Actor:
        """Whom a name or alias means. Raises UnknownActor."""
        return self._library.actor_register.actor(name)

    def articles(self, name: str, *, limit: int = 50) -> list[ArticleSummary]:
        """The articles that name an actor, under any of its names, the newest first."""
        ids = self._library.actor_register.article_ids(name, limit)
        summaries = self._library.articles.summaries(ids)
        return [summaries[one] for one in ids if one in summaries]

    def merge(self, name: str, other: str) -> Actor:
        """Have two actors be one, called `name`, whatever is read later. Raises UnknownActor, UnusableInput."""
        return self._library.actor_register.merge(name, other)

    def split(self, name: str, alias: str) -> Actor:
        """Have an alias be an actor of its own, whatever is read later; gives that. Raises UnknownActor, UnusableInput
        where it is none of the actor's other names.
        """
        return self._library.actor_register.split(name, alias)

    def reset(self, name: str) -> Actor:
        """Forget what was merged into an actor and split off it by hand. Raises UnknownActor."""
        return self._library.actor_register.reset(name)
