"""How versions were cut is read from an index, not from the rows with their texts."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One index more."""
    op.create_index("ix_version_cut_as", "version", ["cut_as"])


def downgrade() -> None:
    """Not supported: an older release refuses a newer library."""
    raise NotImplementedError("libraries are not taken back to older forms; put a backup in place")
