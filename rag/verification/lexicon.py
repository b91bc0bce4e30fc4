"""Words and patterns that the rules ask about: `rag/knowledge/verification.toml`."""

from __future__ import annotations

from rag.knowledge.tables import Patterns, WordLists
from rag.knowledge.words import COUNTS, DAY_NAMES, NEGATIONS, ORDINALS, SAYING_PATTERN, any_of

LEXICON = WordLists("verification")
PATTERNS = Patterns(
    "verification",
    negations=any_of(NEGATIONS),
    counts=any_of(COUNTS),
    ordinals="|".join(ORDINALS),
    days=any_of(DAY_NAMES - {"may"}),
    saying=SAYING_PATTERN,
)
