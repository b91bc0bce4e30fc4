"""Reading a question: whom it is about, whether it asks for a position, and which words carry its topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.text.canonical import fold
from rag.text.countries import countries, names_of
from rag.text.words import STOPWORDS, content_words, words

_SAYS = (
    "say|said|saying|think|claim|claimed|announce|announced|argue|argued|insist|deny|denied|warn|warned|promise"
    "|promised|demand|demanded|respond|responded|react|reacted|tell|told|want|hope|oppose|opposed|support"
)
_ASKS_POSITION = re.compile(
    r"\b(?:position|stance|view|viewpoint|opinion|attitude|reaction|response|statement|comment(?:s|ed)?)\b"
    rf"|\bwhat (?:did|does|do|has|have|had|is|are|was|were) .{{1,80}}?\b(?:{_SAYS})\b"
    r"|\bwho (?:said|says|claimed|denied|announced|argued|told|warned)\b|\baccording to\b|\bon (?:the )?record\b",
    re.IGNORECASE,
)
_INTENT = frozenset(
    """position stance view viewpoint opinion attitude reaction response statement comment comments commented stated
    official officially public publicly think claim claimed announce announced argue argued insist deny denied warn
    warned promise promised demand demanded respond responded react reacted want hope record saying question""".split()
)
_NAME = re.compile(r"\b[^\W\d_a-z][\w’'.-]*(?:\s+(?:(?:of|the|al|bin|de|van|von)\s+)*[^\W\d_a-z][\w’'.-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was understood. `actors` are canonical countries or names as the library folds them; `topic` are stems."""

    text: str
    actors: tuple[str, ...]
    asks_position: bool
    topic: tuple[str, ...]
    names: tuple[str, ...]


def read_question(text: str, known_actors: Sequence[str]) -> Question:
    """Read a question. `known_actors` are the folded names of the speakers and actors that the library knows."""
    asked = words(text)
    actors = _actors(text, asked, known_actors)
    about_actor = {part for name in actors for other in (name, *names_of(name)) for part in words(other)}
    topic = tuple(
        dict.fromkeys(
            term
            for word in asked
            if word not in about_actor and word not in _INTENT and word not in STOPWORDS
            for term in content_words(word)
        )
    )
    return Question(
        text=text,
        actors=tuple(actors),
        asks_position=bool(_ASKS_POSITION.search(text)),
        topic=topic,
        names=tuple(_names(text)),
    )


def _actors(text: str, asked: Sequence[str], known: Sequence[str]) -> list[str]:
    """Countries first, then people and bodies that make statements in the library: by full name or by last name."""
    found = []
    line = f" {' '.join(asked)} "
    for size in (3, 2, 1):
        for at in range(len(asked) - size + 1):
            country = _asked_names().get(" ".join(asked[at : at + size]))
            if country and country not in found:
                found.append(country)
    names = {fold(name) for country in found for name in (country, *names_of(country))}
    for actor in known:
        parts = words(actor)
        if not parts or actor in names or parts[-1] in STOPWORDS:
            continue
        if f" {' '.join(parts)} " in line or (len(parts) > 1 and f" {parts[-1]} " in line and len(parts[-1]) > 2):
            found.append(actor)
    return found


@cache
def _asked_names() -> dict[str, str]:
    """Countries by the folded words of each of their names: questions are often typed without capitals."""
    named = {" ".join(words(name)): country for country in countries() for name in names_of(country)}
    return {name: country for name, country in named.items() if name not in STOPWORDS}


def _names(text: str) -> list[str]:
    """Capitalised words that are not there because a sentence starts: what the question calls by name."""
    found = []
    for match in _NAME.finditer(text):
        name = match.group()
        first = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '?.!:“"'
        if name[0].isupper() and not (first and fold(name.split()[0]) in STOPWORDS | {"did", "has", "is", "was"}):
            found.append(re.sub("['’]s?$", "", name))
    return found
