"""Wire copies: an article refers to its original, or notes that a user took it out of a fold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two columns to `article`; no article is a copy yet."""
    # Alembic would add a column with a foreign key only by creating the table again, which is not needed here.
    op.execute("ALTER TABLE article ADD COLUMN copy_of VARCHAR REFERENCES article (article_id) ON DELETE SET NULL")
    op.create_index("ix_article_copy_of", "article", ["copy_of"])
    op.add_column("article", sa.Column("apart", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Not supported: an older release rejects a newer library."""
    raise NotImplementedError("libraries are not taken back to older forms; put a backup in place")
