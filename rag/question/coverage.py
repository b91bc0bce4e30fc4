"""Which names of a question the evidence covers, and whether the question can be answered without the others.

A question with coordinated names ("Turkey and Russia"), or with many names, is answered for those that the articles
have. A name that stands alone, or beside one other, carries the question: without it nothing is answered, as the same
words about somebody else would be no answer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from functools import cache

from rag.domain import Evidence, Statement
from rag.knowledge.tables import table
from rag.question.intent import NAME_PREFIXES, Question
from rag.question.lexicon import LEXICON, PATTERNS
from rag.text.canonical import fold
from rag.text.places import (
    acts_for_state,
    city_spellings,
    country_asked,
    country_of,
    is_given_name,
    place_of,
    places_in,
    same_place,
    speaks_bare,
)
from rag.text.related_words import similar_to
from rag.text.terms import STOPWORDS, content_words, joint_speakers, stem, words

MOST_CARRYING = 2  # of so few names none may be missing
_MOST_PARTS, _SHORTEST = 4, 4  # words of a person's name; letters of a surname that stands for it
_FEWEST_LETTERS, _MOST_LETTERS = 3, 6  # of an acronym
_PAST_VERB = re.compile(r"\s+[a-z]+ed\b")
_OTHER_WORD = 0.6  # of a word that a text has in another one
_WORDS_BEFORE = 3  # most words before a subject
_SIMILAR = 0.84  # difflib ratio from which on two spellings are one name (Zelensky, Zelenskyy)


def uncovered_names(question: Question, evidence: Evidence) -> list[str]:
    """The names of the question that occur nowhere in the evidence, under any of their names, forms or spellings."""
    text = "\n".join(f"{item.text}\n{item.title}\n{item.outlet or ''}" for item in evidence.sentences)
    return missing_names(question.names, text, actors=question.actors)


def missing_names(names: Sequence[str], text: str, *, actors: Sequence[str] = ()) -> list[str]:
    """The names that occur nowhere in a text, under any of their names, forms or spellings."""
    vocabulary = set(words(text))
    places = {text[place.start : place.end] for place in places_in(text)}
    return [
        name
        for name in dict.fromkeys(names)
        if not (_occurs(name, vocabulary, places, actors) or _has_surname(text, name) or _has_acronym(text, name))
    ]


def is_partly_answerable(missing: Sequence[str], question: Question) -> bool:
    """True if every missing name is coordinated with one that is covered, or if the question has more than two names
    and at least half of them are covered.
    """
    present = [name for name in dict.fromkeys(question.names) if name not in missing]
    if len(present) + len(missing) > MOST_CARRYING and len(present) >= len(missing):
        return True
    return bool(present) and all(any(are_joined(name, other, question.text) for other in present) for name in missing)


def are_joined(name: str, other: str, text: str) -> bool:
    """True if the text coordinates the two names, or has them as parts of one title."""
    return are_coordinated(name, other, text) or share_title(name, other, text)


def share_title(name: str, other: str, text: str) -> bool:
    """True if the names are parts of one, either of which may stand for it: "Norland's Oldest Bridge", "The Gate: A
    Story".
    """
    return _are_linked(name, other, r"(?:['’]s?\s+|:\s+)", text)


def are_coordinated(name: str, other: str, text: str) -> bool:
    """True if the text joins the names by "and", "or" or a comma."""
    link = r"(?:['’]s?)?\s*(?:,|,?\s+(?:and|or|nor|versus|vs\.?))\s+(?:the\s+|of\s+|by\s+|for\s+)?"
    return _are_linked(name, other, link, text)


def _are_linked(name: str, other: str, link: str, text: str) -> bool:
    a, b = re.escape(name), re.escape(other)
    return bool(re.search(rf"\b{a}{link}{b}\b|\b{b}{link}{a}\b", text))


def silent_actors(actors: Sequence[str], statements: Sequence[Statement]) -> list[str]:
    """The actors that none of the statements is by or for."""
    speakers = {fold(name) for item in statements for name in (item.speaker, item.on_behalf_of) if name}
    speakers |= {fold(name) for item in statements for name in joint_speakers(item.speaker or "")}
    return [name for name in actors if fold(name) not in speakers]


def coordinated_strangers(question: Question) -> list[str]:
    """Names that are coordinated with an actor of the question but are no speakers of the library."""
    in_question = {name_in_question(actor, question) for actor in question.actors} & set(question.names)
    return [
        name
        for name in dict.fromkeys(question.names)
        if name not in in_question and any(are_coordinated(name, other, question.text) for other in in_question)
    ]


def is_subject(name: str, text: str) -> bool:
    """True for an organisation, person or state with which a text opens as its subject: "On Monday Turkey banned ...",
    "The Turkish parliament voted ..."; of a country never "Turkish drones ...".
    """
    country = country_asked(" ".join(words(name)))
    if country is None:
        start = rf"\W*(?:the\s+)?(?:\w+\s+){{0,2}}{re.escape(name)}(?!['’]s\b)(?!\w)"
        return bool(re.match(start, text, re.IGNORECASE))
    return any(
        place.country == country
        and not PATTERNS.coordinator_before.search(text[: place.start])
        and (acts_for_state(place, text) or bool(_PAST_VERB.match(text[place.end :]) and speaks_bare(place.kind)))
        for place in places_in(text)
        if len(words(text[: place.start])) <= _WORDS_BEFORE
    )


def name_in_question(actor: str, question: Question) -> str:
    """An actor by the name that the question uses, else by the library's."""
    for name in question.names:
        place = place_of(name)
        if place and place[0] == "demonym" and place[1] == actor:
            continue  # "the German ministry" asks after Germany
        tokens = words(name)
        if fold(name) == fold(actor) or country_asked(" ".join(tokens)) == actor or tokens[-1:] == words(actor)[-1:]:
            return name
    return actor if actor[:1].isupper() else actor.title()


def _occurs(name: str, vocabulary: set[str], places: set[str], actors: Sequence[str]) -> bool:
    """True if a text has the words of a name, or a country by another of its names. A city stands for its country only
    where the words of the state are asked for ("Ankara's position").
    """
    place = place_of(name)
    if place and any(same_place(name, other) for other in places):
        return True
    if place and place[1] in actors and place[1] in {country_of(other) for other in places}:
        return True
    if not vocabulary.isdisjoint(city_spellings(name)):
        return True
    for part in _parts(name):
        keys = words(part)  # "GPT-3" is two
        is_covered = all(key in vocabulary for key in keys) or _has_similar(" ".join(keys), vocabulary)
        if keys and not is_covered and not any(same_place(part, other) for other in places):
            return False
    return True


def _parts(name: str) -> list[str]:
    """The words of a name, without its legal form and the second half of "AI-driven"."""
    parts = name.split()
    if len(parts) > MOST_CARRYING and fold(parts[-1]) in LEXICON.name_endings:
        parts = parts[:-1]
    core = [re.sub(r"-[a-z].*$", "", part) for part in parts if fold(part).strip(".,") not in LEXICON.legal_forms]
    return core or name.split()


def _has_surname(text: str, name: str) -> bool:
    """True for a full name whose last word is in the text, but not behind another first name: "Holm" is Ida Holm where
    the text has no Erik Holm.
    """
    parts = _parts(name)
    if not 1 < len(parts) <= _MOST_PARTS or not all(part[:1].isupper() for part in parts) or len(parts[-1]) < _SHORTEST:
        return False
    before = re.findall(rf"(?:\b([^\W\d_][\w.’'-]*) )?\b{re.escape(parts[-1])}\b(?! [A-Z][a-z])", text)
    first_names = {word for word in before if word[:1].isupper() and fold(word) not in NAME_PREFIXES | STOPWORDS}
    return bool(before) and first_names <= set(parts)


def is_ambiguous_surname(name: str, sentence: str, text: str) -> bool:
    """True where a sentence calls somebody by a surname alone that its text gives to somebody else, too."""
    parts = _parts(name)
    if not 1 < len(parts) <= _MOST_PARTS or set(words(parts[0])) & set(words(sentence)):
        return False
    before = re.findall(rf"\b([A-Z][\w’'-]+) {re.escape(parts[-1])}\b", text)
    return any(
        fold(word) not in {fold(parts[0]), *NAME_PREFIXES, *STOPWORDS} and is_given_name(word) for word in before
    )


def _has_acronym(text: str, name: str) -> bool:
    """True if the text has the acronym of a name ("MLB" for Major League Baseball), or the name of an acronym."""
    acronym = _acronym(name)
    if len(acronym) >= _FEWEST_LETTERS and re.search(rf"\b{re.escape(acronym)}\b", text):
        return True
    if not (name.isupper() and name.isalpha() and _FEWEST_LETTERS <= len(name) <= _MOST_LETTERS):
        return False
    return bool(re.search(r"\b" + r"[a-z]+ (?:(?:of|the|and|for) )*".join(name) + r"[a-z]+", text))


def expand_acronyms(text: str, names: Sequence[str]) -> str:
    """The text with each of the names in place of its acronym, unless the text has the name itself."""
    for name in names:
        acronym = _acronym(name)
        if len(acronym) >= _FEWEST_LETTERS and name not in text:
            text = re.sub(rf"\b{re.escape(acronym)}\b", name.replace("\\", ""), text)
    return text


def _acronym(name: str) -> str:
    return "".join(part[0] for part in name.split() if part[:1].isupper())


def _has_similar(key: str, vocabulary: set[str]) -> bool:
    return len(key) > 5 and bool(difflib.get_close_matches(fold(key), vocabulary, n=1, cutoff=_SIMILAR))


def other_words(key: str) -> frozenset[str]:
    """The stems in which news may say what a question calls by a stem."""
    return similar_to(key) | _asked_as().get(key, frozenset())


def shared_words(stems: Collection[str], text: str) -> float:
    """How many stems a text has; one that it has in another word counts for less."""
    terms = set(content_words(text))
    return sum(1.0 if key in terms else 0.0 if terms.isdisjoint(other_words(key)) else _OTHER_WORD for key in stems)


def has_half(stems: Collection[str], text: str) -> bool:
    """True for a text with at least half of the stems, if in other words."""
    return 2 * shared_words(stems, text) >= len(stems)


@cache
def _asked_as() -> dict[str, frozenset[str]]:
    """The table of words that people ask with, by their stems, with the stems of what news says."""
    groups: dict[str, set[str]] = {}
    for line in str(table("questions")["asked_as"]).strip().splitlines():
        key, *others = map(stem, line.split())
        groups.setdefault(key, set()).update(others)
    return {key: frozenset(others) for key, others in groups.items()}
