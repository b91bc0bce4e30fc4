"""Nouns that the rules ask about: the table `rag/knowledge/nouns.toml`."""

from __future__ import annotations

from rag.knowledge.tables import words_of

PERSON_NOUNS = words_of("nouns", "persons")
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
