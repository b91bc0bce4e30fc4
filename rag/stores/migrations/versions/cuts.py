"""An index for the fingerprints of passages, so that the rows with their texts need not be read."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_version_cut_as", "version", ["cut_as"])


def downgrade() -> None:
    """Not supported: an older release rejects a newer library."""
    raise NotImplementedError("libraries are not taken back to older forms; put a backup in place")
