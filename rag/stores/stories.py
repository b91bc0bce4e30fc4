"""The stories of articles, and what users merged and split by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from rag.stores.base import Repository
from rag.stores.tables import article, insert, of_version, story_member, story_merge, story_split


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article in its story: the version that was compared, its day as an ordinal, and the data for comparisons."""

    article_id: str
    story_id: str
    version: str
    day: int
    value: Mapping[str, Any]


class StoryStore(Repository):
    """The tables `story_member`, `story_merge` and `story_split`."""

    def without_story(self, made_as: str) -> list[tuple[str, str]]:
        """(article id, version) of the articles without a story by these rules, in order of publication."""
        same = of_version(story_member, article.c.article_id, article.c.version)
        members = article.outerjoin(story_member, same & (story_member.c.made_as == made_as))
        query = select(article.c.article_id, article.c.version).select_from(members)
        query = query.where(story_member.c.article_id.is_(None))
        query = query.order_by(article.c.published, article.c.ingested, article.c.article_id)
        with self._library.reading() as connection:
            return [(row.article_id, row.version) for row in connection.execute(query)]

    def story_ids(self) -> dict[str, str]:
        """The story of every article that has one, by article id."""
        with self._library.reading() as connection:
            rows = connection.execute(select(story_member.c.article_id, story_member.c.story_id)).all()
        return {row.article_id: row.story_id for row in rows}

    def members(self, first: int, last: int, made_as: str) -> list[StoryMember]:
        """The articles of these days (both inclusive) that these rules assigned."""
        condition = story_member.c.day.between(first, last) & (story_member.c.made_as == made_as)
        with self._library.reading() as connection:
            rows = connection.execute(select(story_member).where(condition)).all()
        return [
            StoryMember(
                article_id=row.article_id, story_id=row.story_id, version=row.version, day=row.day, value=row.value
            )
            for row in rows
        ]  # fmt: skip

    def put(self, items: Sequence[StoryMember], made_as: str) -> None:
        """Store the stories of articles; skips articles that no longer exist."""
        with self._library.writing() as connection:
            ids = [item.article_id for item in items]
            article_query = select(article.c.article_id).where(article.c.article_id.in_(ids))
            existing = set(connection.execute(article_query).scalars())
            for item in items:
                if item.article_id in existing:
                    values = {
                        "story_id": item.story_id, "version": item.version, "day": item.day, "made_as": made_as,
                        "value": dict(item.value),
                    }  # fmt: skip
                    row = insert(connection, story_member).values(article_id=item.article_id, **values)
                    connection.execute(row.on_conflict_do_update(index_elements=["article_id"], set_=values))

    def user_edits(self) -> tuple[dict[str, str], dict[str, str]]:
        """What users did: merged stories with their targets, and split-off articles with their stories."""
        with self._library.reading() as connection:
            merged = {row.story_id: row.into for row in connection.execute(select(story_merge))}
            split = {row.article_id: row.story_id for row in connection.execute(select(story_split))}
        return merged, split

    def merge(self, story_ids: Sequence[str], into: str) -> None:
        """Merge stories permanently into `into`."""
        with self._library.writing() as connection:
            connection.execute(delete(story_merge).where(story_merge.c.story_id == into))
            for story_id in story_ids:
                row = insert(connection, story_merge).values(story_id=story_id, into=into)
                connection.execute(row.on_conflict_do_update(index_elements=["story_id"], set_={"into": into}))
            merged_before = story_merge.c.into.in_(story_ids)
            connection.execute(update(story_merge).where(merged_before).values(into=into))
            for table in (story_member, story_split):
                connection.execute(update(table).where(table.c.story_id.in_(story_ids)).values(story_id=into))

    def split(self, article_ids: Sequence[str], story_id: str) -> None:
        """Move articles permanently into a story of their own."""
        with self._library.writing() as connection:
            connection.execute(delete(story_merge).where(story_merge.c.story_id == story_id))
            for article_id in article_ids:
                row = insert(connection, story_split).values(article_id=article_id, story_id=story_id)
                connection.execute(
                    row.on_conflict_do_update(index_elements=["article_id"], set_={"story_id": story_id})
                )
            member_update = update(story_member).where(story_member.c.article_id.in_(article_ids))
            connection.execute(member_update.values(story_id=story_id))
