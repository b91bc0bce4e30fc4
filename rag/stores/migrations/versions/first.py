"""The first schema of the library: articles, versions, sources, passages with their words, statements."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Does nothing: every library has these tables."""


def downgrade() -> None:
    """Not supported: an older release rejects a newer library."""
    raise NotImplementedError("libraries are not taken back to older forms; put a backup in place")
