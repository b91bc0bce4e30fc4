"""How older libraries become newer ones, by Alembic: a revision for each change that a new table alone is not."""
