"""Stored drafts with their checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from rag.domain import KeptDraft, as_json, decode
from rag.errors import UnusableInput
from rag.stores.base import Repository
from rag.stores.tables import draft, draft_article, insert


class DraftStore(Repository):
    """The tables `draft` and `draft_article`."""

    def put(self, item: KeptDraft) -> KeptDraft:
        """Store a draft with its check, in place of an earlier one of the same id."""
        item = replace(item, made=datetime.now(UTC).replace(microsecond=0))
        values = {"made": item.made.isoformat() if item.made else "", "value": as_json(item)}
        article_ids = {one.article_id for one in item.check.citations} if item.check else set()
        with self._library.writing() as connection:
            row = insert(connection, draft).values(draft_id=item.draft_id, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["draft_id"], set_=values))
            connection.execute(delete(draft_article).where(draft_article.c.draft_id == item.draft_id))
            if article_ids:
                pairs = [{"draft_id": item.draft_id, "article_id": one} for one in sorted(article_ids)]
                connection.execute(insert(connection, draft_article), pairs)
        return item

    def get(self, draft_id: str) -> KeptDraft:
        """A stored draft. Raises UnusableInput for one that does not exist."""
        with self._library.reading() as connection:
            value = connection.execute(select(draft.c.value).where(draft.c.draft_id == draft_id)).scalar_one_or_none()
        if value is None:
            raise UnusableInput(f"There is no draft {draft_id}. It was deleted, or the link is wrong.")
        return decode(KeptDraft, value)

    def all(self, limit: int | None = None) -> list[KeptDraft]:
        """The drafts, newest check first."""
        query = select(draft.c.value).order_by(draft.c.made.desc(), draft.c.draft_id).limit(limit)
        with self._library.reading() as connection:
            return [decode(KeptDraft, value) for value in connection.execute(query).scalars()]

    def forget(self, draft_id: str) -> None:
        """Delete a draft. Raises UnusableInput for one that does not exist."""
        with self._library.writing() as connection:
            connection.execute(delete(draft_article).where(draft_article.c.draft_id == draft_id))
            if not connection.execute(delete(draft).where(draft.c.draft_id == draft_id)).rowcount:
                raise UnusableInput(f"There is no draft {draft_id}. It was deleted, or the link is wrong.")


def withdraw_article(connection: Connection, article_id: str) -> None:
    """Remove the check of every draft that cites an article, as it quotes it; the drafts stay. Called before the
    article is deleted.
    """
    query = select(draft).join(draft_article).where(draft_article.c.article_id == article_id)
    for row in connection.execute(query).all():
        unchecked = replace(decode(KeptDraft, row.value), check=None)
        connection.execute(update(draft).where(draft.c.draft_id == row.draft_id).values(value=as_json(unchecked)))
    connection.execute(delete(draft_article).where(draft_article.c.article_id == article_id))
