"""Run by Alembic: applies the revisions in the transaction of the connection that the caller passes."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
