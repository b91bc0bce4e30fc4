"""The word lists of the tables under their names, for import."""

from __future__ import annotations

from rag.knowledge.tables import rows

MEN_NAMED = frozenset(row["name"] for row in rows("given_names") if row["gender"] == "m")
"""Given names that nearly always are a man's, folded."""

WOMEN_NAMED = frozenset(row["name"] for row in rows("given_names") if row["gender"] == "f")
"""Given names that nearly always are a woman's, folded."""

GENDERED_NAMES = MEN_NAMED | WOMEN_NAMED
"""Both together."""

GIVEN_NAMES = frozenset(row["name"] for row in rows("given_names"))
"""All given names, also those of both."""
