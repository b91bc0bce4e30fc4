"""The part of the door through which stories and digests are reached."""

from __future__ import annotations

from collections.abc import Sequence

from rag.composition import Composition
from rag.domain import Digest, Filters, Story
from rag.services.following.digests import DigestFormat, document, title_of


class NewsDesk:
    """What a newsroom makes of the news that it follows."""

    _parts: Composition

    def digest_document(self, digest: Digest, form: DigestFormat) -> str:
        """A digest as a file: text, md, html, or atom (RFC 4287)."""
        return document(digest, form)

    def send_digest(self, digest: Digest, to: str) -> None:
        """Send a digest to a mail address, through the server of `ONRECORD_SMTP_URL`. Raises BadSettings without one,
        UnusableInput for what is no address, SourceUnavailable where the server does not take it.
        """
        self._parts.mailer.send(
            to, subject=title_of(digest), text=document(digest, "text"), html=document(digest, "html")
        )

    # -- stories

    def stories(self, filters: Filters | None = None) -> list[Story]:
        """The stories with an article that passes the filters, the newest first, each with all of its articles. New
        articles get their story here; it waits for their statements.
        """
        return self._parts.stories.stories(filters or Filters())

    def story(self, story_id: str) -> Story:
        """A story, also by the id of one that was merged into it. Raises UnusableInput."""
        return self._parts.stories.story(story_id)

    def merge_stories(self, *story_ids: str) -> Story:
        """Make one story of several, under the id of the first; kept for good. Raises UnusableInput."""
        return self._parts.stories.merge(story_ids)

    def split_story(self, story_id: str, article_ids: Sequence[str]) -> Story:
        """Take articles out of a story into one of their own, kept for good; that one. Raises UnusableInput."""
        return self._parts.stories.split(story_id, article_ids)
