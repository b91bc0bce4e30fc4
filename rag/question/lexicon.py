"""The words and patterns of `rag/knowledge/questions.toml`, with the verbs that questions for somebody's words use."""

from __future__ import annotations

from rag.knowledge.tables import Patterns, WordLists, table, words_of
from rag.knowledge.words import (
    MODALS,
    MONTH_PATTERN,
    NEGATION_PATTERN,
    SAYING_FORMS_PATTERN,
    SAYING_PATTERN,
    all_forms,
    any_of,
    verbs_used,
)
from rag.text.language import LANGUAGES


def _in_question(use: str) -> str:
    """The verbs of a use as they stand behind an auxiliary: say, said."""
    verbs = verbs_used(use)
    return any_of(verbs | all_forms(verbs, 2, -1))


LEXICON = WordLists("questions")
AUXILIARIES = LEXICON.auxiliaries | MODALS
VERBS = {use: _in_question(use) for use in ("asked", "broached", "taken")} | {
    "claim": _in_question("claimed"),
    "claimed": any_of(all_forms(verbs_used("claimed"), 1, -1)),
    "asked_of": any_of(all_forms(verbs_used("asked"), last=-1)),
}
"""The verbs of saying for the patterns of questions: `claimed`, without an auxiliary, is "says" or "said"."""

PATTERNS = Patterns(
    "questions",
    "patterns",
    **VERBS,
    negation=NEGATION_PATTERN,
    auxiliary=f"(?:{any_of(AUXILIARIES)})",
    spans="|".join(str(table("calendar")["spans"]).split()),
    months=MONTH_PATTERN,
    languages="|".join(LANGUAGES),
    states=any_of(LEXICON.states),
    plans=any_of(words_of("sides", "plans")),
    saying=SAYING_PATTERN,
    saying_forms=SAYING_FORMS_PATTERN,
)
