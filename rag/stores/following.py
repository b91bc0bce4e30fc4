"""Followed addresses, watches and their news, and leases for work that only one process may do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, func, select, update

from rag.domain import Following, News, Watch, as_json, decode
from rag.errors import UnusableInput
from rag.stores.base import Repository
from rag.stores.tables import following, insert, lease, news, watch, watch_known


class FollowingStore(Repository):
    """The tables `following`, `watch`, `watch_known`, `news` and `lease`."""

    # -- addresses

    def put(self, item: Following) -> None:
        """Insert or replace a followed address."""
        values = {"next_read": item.next_read.isoformat(), "value": as_json(item)}
        with self._library.writing() as connection:
            row = insert(connection, following).values(address=item.address, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["address"], set_=values))

    def all(self) -> list[Following]:
        """Every followed address, in the order in which they are read next."""
        with self._library.reading() as connection:
            rows = connection.execute(select(following.c.value).order_by(following.c.next_read)).scalars().all()
        return [decode(Following, value) for value in rows]

    def forget(self, address: str) -> None:
        """Delete an address. Raises UnusableInput for one that is not followed."""
        with self._library.writing() as connection:
            if not connection.execute(delete(following).where(following.c.address == address)).rowcount:
                raise UnusableInput(f"{address} is not followed. `onrecord following` lists what is.")

    # -- watches

    def put_watch(self, item: Watch, seen_keys: Iterable[str]) -> None:
        """Store a new watch with the keys of the statements that are not news to it."""
        with self._library.writing() as connection:
            row = insert(connection, watch).values(watch_id=item.watch_id, value=as_json(item))
            if not connection.execute(row.on_conflict_do_nothing()).rowcount:
                return  # it exists
            if keys := [{"watch_id": item.watch_id, "key": key} for key in dict.fromkeys(seen_keys)]:
                connection.execute(insert(connection, watch_known).on_conflict_do_nothing(), keys)

    def watches(self) -> list[Watch]:
        """Every watch with its number of unread news, oldest first."""
        unread = select(news.c.watch_id, func.count()).where(~news.c.seen).group_by(news.c.watch_id)
        with self._library.reading() as connection:
            counts = {row[0]: row[1] for row in connection.execute(unread)}
            rows = connection.execute(select(watch.c.value)).scalars().all()
        items = [decode(Watch, value) for value in rows]
        return [replace(item, unread=counts.get(item.watch_id, 0)) for item in sorted(items, key=lambda one: one.begun)]

    def forget_watch(self, watch_id: str) -> None:
        """Delete a watch and its news. Raises UnusableInput for a watch that does not exist."""
        with self._library.writing() as connection:
            connection.execute(delete(news).where(news.c.watch_id == watch_id))
            connection.execute(delete(watch_known).where(watch_known.c.watch_id == watch_id))
            if not connection.execute(delete(watch).where(watch.c.watch_id == watch_id)).rowcount:
                raise UnusableInput(f"There is no watch {watch_id}. `onrecord following` lists them.")

    def known_keys(self, watch_id: str) -> set[str]:
        """The keys of the statements that a watch has already seen."""
        with self._library.reading() as connection:
            return set(
                connection.execute(select(watch_known.c.key).where(watch_known.c.watch_id == watch_id)).scalars()
            )

    def record_news(self, item: Watch, seen_keys: Iterable[str], items: Sequence[News]) -> list[News]:
        """Store the news of a watch and the keys of all statements that it has seen by now, in one transaction. Returns
        the news that are new.
        """
        new_items: list[News] = []
        with self._library.writing() as connection:
            connection.execute(update(watch).where(watch.c.watch_id == item.watch_id).values(value=as_json(item)))
            if keys := [{"watch_id": item.watch_id, "key": key} for key in dict.fromkeys(seen_keys)]:
                connection.execute(insert(connection, watch_known).on_conflict_do_nothing(), keys)
            for news_item in items:
                row = insert(connection, news).values(
                    news_id=news_item.news_id, watch_id=news_item.watch_id, article_id=news_item.article_id,
                    noticed=news_item.noticed.isoformat(), seen=news_item.seen, value=as_json(news_item),
                )  # fmt: skip
                if connection.execute(row.on_conflict_do_nothing()).rowcount:
                    new_items.append(news_item)
        return new_items

    def news(self, *, since: date | None = None, watch_id: str | None = None, unread: bool = False) -> list[News]:
        """News, newest first."""
        query = select(news.c.value, news.c.seen).order_by(news.c.noticed.desc(), news.c.news_id)
        if since is not None:
            query = query.where(news.c.noticed >= datetime.combine(since, time.min, UTC).isoformat())
        if watch_id is not None:
            query = query.where(news.c.watch_id == watch_id)
        if unread:
            query = query.where(~news.c.seen)
        with self._library.reading() as connection:
            rows = connection.execute(query).all()
        items = [replace(decode(News, value), seen=seen) for value, seen in rows]
        # What was noticed in one round is in the order of its articles.
        return sorted(items, key=lambda item: (item.noticed, item.published or date.min), reverse=True)

    def mark_seen(self, watch_id: str | None = None, news_ids: Sequence[str] = ()) -> None:
        """Mark news as seen: those of a watch, those with these ids, or all."""
        statement = update(news).values(seen=True)
        if watch_id is not None:
            statement = statement.where(news.c.watch_id == watch_id)
        if news_ids:
            statement = statement.where(news.c.news_id.in_(news_ids))
        with self._library.writing() as connection:
            connection.execute(statement)

    # -- leases

    def acquire_lease(self, name: str, holder: str, seconds: float) -> bool:
        """Acquire or renew a lease for `seconds`; False while another holder has it."""
        now = datetime.now(UTC)
        values = {"holder": holder, "until": (now + timedelta(seconds=seconds)).isoformat()}
        with self._library.writing() as connection:
            row = connection.execute(select(lease).where(lease.c.name == name)).one_or_none()
            if row is not None and row.holder != holder and row.until > now.isoformat():
                return False
            statement = insert(connection, lease).values(name=name, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
        return True

    def release_lease(self, name: str, holder: str) -> None:
        """Release a lease."""
        with self._library.writing() as connection:
            connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
