"""Words that the rules ask about: `rag/knowledge/statements.toml`, `nouns.toml` and `saying.tsv`."""

from __future__ import annotations

from rag.knowledge.tables import WordLists, words_of
from rag.knowledge.words import verbs_of, verbs_used

LEXICON = WordLists("statements")
TELLING_VERBS = verbs_used("tells")
RELAYING_VERBS = verbs_used("relays")
QUESTION_VERBS = verbs_of("question")

PERSON_NOUNS = words_of("nouns", "persons", "women", "men")
KIN = words_of("nouns", "kin")
RELATIONS = KIN | words_of("nouns", "peers")
MEMBERS = words_of("nouns", "members")
WOMEN = words_of("nouns", "women")
MEN = words_of("nouns", "men")
OCCASIONS = words_of("nouns", "occasions")
SPOKESPEOPLE = words_of("nouns", "spokespeople")
GENERIC_BODIES = words_of("nouns", "generic_bodies")
SPEAKING_BODIES = GENERIC_BODIES | words_of("nouns", "speaking_bodies")
BODY_WORDS = words_of("nouns", "in_names_of_bodies")
FIGURES = words_of("nouns", "figures")
