"""Upgrades of older libraries, by Alembic: a revision for every change other than a new table."""
