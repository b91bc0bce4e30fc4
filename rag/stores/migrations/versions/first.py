"""The library as it was first made: articles, versions, sources, passages with their words, statements."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing: every library has these."""


def downgrade() -> None:
    """Not supported: an older release refuses a newer library."""
    raise NotImplementedError("libraries are not taken back to older forms; put a backup in place")
