"""Addresses that are read again, watches and their news, and the lease of who reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update

from rag.domain import Following, News, Watch, as_json
from rag.errors import UnusableInput
from rag.stores.base import Transactions
from rag.stores.tables import following, insert, lease, news, watch, watch_known


@cache
def _followings() -> TypeAdapter[Following]:
    return TypeAdapter(Following)


@cache
def _watches() -> TypeAdapter[Watch]:
    return TypeAdapter(Watch)


@cache
def _news() -> TypeAdapter[News]:
    return TypeAdapter(News)


class FollowingStore:
    """The tables `following`, `watch`, `watch_known`, `news` and `lease`. Every method is one transaction."""

    def __init__(self, library: Transactions) -> None:
        self._library = library

    # -- addresses

    def put(self, item: Following) -> None:
        """Keep an address, new or as it is now."""
        values = {"next_read": item.next_read.isoformat(), "value": as_json(item)}
        with self._library.writing() as connection:
            row = insert(connection, following).values(address=item.address, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["address"], set_=values))

    def all(self) -> list[Following]:
        """Every address, the one that is read next first."""
        with self._library.reading() as connection:
            rows = connection.execute(select(following.c.value).order_by(following.c.next_read)).scalars().all()
        return [_followings().validate_python(value) for value in rows]

    def forget(self, address: str) -> None:
        """Read an address no more. Raises UnusableInput for one that is not followed."""
        with self._library.writing() as connection:
            if not connection.execute(delete(following).where(following.c.address == address)).rowcount:
                raise UnusableInput(f"{address} is not followed. `onrecord following` lists what is.")

    # -- watches

    def put_watch(self, item: Watch, known: Iterable[str]) -> None:
        """Keep a new watch with the statements that are no news to it."""
        with self._library.writing() as connection:
            row = insert(connection, watch).values(watch_id=item.watch_id, value=as_json(item))
            if not connection.execute(row.on_conflict_do_nothing()).rowcount:
                return  # it is watched already
            if keys := [{"watch_id": item.watch_id, "key": key} for key in dict.fromkeys(known)]:
                connection.execute(insert(connection, watch_known).on_conflict_do_nothing(), keys)

    def watches(self) -> list[Watch]:
        """Every watch, with how much of its news is unread, the oldest first."""
        unread = select(news.c.watch_id, func.count()).where(~news.c.seen).group_by(news.c.watch_id)
        with self._library.reading() as connection:
            counts = {row[0]: row[1] for row in connection.execute(unread)}
            rows = connection.execute(select(watch.c.value)).scalars().all()
        held = [_watches().validate_python(value) for value in rows]
        return [replace(item, unread=counts.get(item.watch_id, 0)) for item in sorted(held, key=lambda one: one.begun)]

    def forget_watch(self, watch_id: str) -> None:
        """Watch no more. Raises UnusableInput for a watch that is not there."""
        with self._library.writing() as connection:
            connection.execute(delete(news).where(news.c.watch_id == watch_id))
            connection.execute(delete(watch_known).where(watch_known.c.watch_id == watch_id))
            if not connection.execute(delete(watch).where(watch.c.watch_id == watch_id)).rowcount:
                raise UnusableInput(f"There is no watch {watch_id}. `onrecord following` lists them.")

    def known_keys(self, watch_id: str) -> set[str]:
        """The keys of the statements that a watch has met."""
        with self._library.reading() as connection:
            return set(
                connection.execute(select(watch_known.c.key).where(watch_known.c.watch_id == watch_id)).scalars()
            )

    def record_news(self, item: Watch, known: Iterable[str], items: Sequence[News]) -> list[News]:
        """Keep what is new for a watch together with what it has met by now, all or nothing; gives what was not kept
        before.
        """
        fresh: list[News] = []
        with self._library.writing() as connection:
            connection.execute(update(watch).where(watch.c.watch_id == item.watch_id).values(value=as_json(item)))
            if keys := [{"watch_id": item.watch_id, "key": key} for key in dict.fromkeys(known)]:
                connection.execute(insert(connection, watch_known).on_conflict_do_nothing(), keys)
            for one in items:
                row = insert(connection, news).values(
                    news_id=one.news_id, watch_id=one.watch_id, article_id=one.article_id,
                    noticed=one.noticed.isoformat(), seen=one.seen, value=as_json(one),
                )  # fmt: skip
                if connection.execute(row.on_conflict_do_nothing()).rowcount:
                    fresh.append(one)
        return fresh

    def news(self, *, since: date | None = None, watch_id: str | None = None, unread: bool = False) -> list[News]:
        """What was noticed, newest first."""
        chosen = select(news.c.value, news.c.seen).order_by(news.c.noticed.desc(), news.c.news_id)
        if since is not None:
            chosen = chosen.where(news.c.noticed >= datetime.combine(since, time.min, UTC).isoformat())
        if watch_id is not None:
            chosen = chosen.where(news.c.watch_id == watch_id)
        if unread:
            chosen = chosen.where(~news.c.seen)
        with self._library.reading() as connection:
            rows = connection.execute(chosen).all()
        return [replace(_news().validate_python(value), seen=seen) for value, seen in rows]

    def mark_seen(self, watch_id: str | None = None) -> None:
        """Mark the news of a watch, or all, as seen."""
        marked = update(news).values(seen=True)
        with self._library.writing() as connection:
            connection.execute(marked if watch_id is None else marked.where(news.c.watch_id == watch_id))

    # -- leases

    def acquire_lease(self, name: str, holder: str, seconds: float) -> bool:
        """Take or renew a piece of work for so long; False while another holds it."""
        now = datetime.now(UTC)
        values = {"holder": holder, "until": (now + timedelta(seconds=seconds)).isoformat()}
        with self._library.writing() as connection:
            row = connection.execute(select(lease).where(lease.c.name == name)).one_or_none()
            if row is not None and row.holder != holder and row.until > now.isoformat():
                return False
            written = insert(connection, lease).values(name=name, **values)
            connection.execute(written.on_conflict_do_update(index_elements=["name"], set_=values))
        return True

    def release_lease(self, name: str, holder: str) -> None:
        """Give up a piece of work."""
        with self._library.writing() as connection:
            connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
