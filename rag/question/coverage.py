"""What of a question the evidence covers: which names it calls stand nowhere, and whether the rest can be answered.

A question that calls names side by side ("Turkey and Russia", "A, B or C"), or many of them, is answered for those that
the articles have, and says which they don't. A name that stands alone, or with one other, carries the question: without
it nothing is answered, as the same words about somebody else would be no answer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from rag.domain import Evidence, Statement
from rag.question.intent import NAME_PREFIXES, Question
from rag.text.canonical import fold
from rag.text.places import acts_for_state, country_asked, country_of, place_of, places_in, same_place, speaks_bare
from rag.text.terms import STOPWORDS, joint_speakers, words

MOST_CARRYING = 2  # so few names carry a question: none of them may be missing
_MOST_PARTS, _SHORTEST = 4, 4  # words of a person's name; letters of a last name that stands for it
_FEWEST_LETTERS, _MOST_LETTERS = 3, 6  # of initials
# What a body of three words and more is called without: "Blue Heron" for Blue Heron Airways.
_SHORTENED = frozenset(
    """airways airlines airport bank group holdings foods motors industries technologies systems media energy partners
    university college hospital council railways agency federation association company corporation""".split()
)
_JOINED = re.compile(r"\b(?:and|or|with)\s+(?:the\s+)?$", re.IGNORECASE)
_ACTED = re.compile(r"\s+[a-z]+ed\b")
_WORDS_BEFORE = 3  # that may stand before a subject
_FORMS = frozenset("inc incorporated ltd limited corp corporation co company plc group llc ag sa".split())
_ALIKE = 0.84  # difflib ratio at which two spellings of a name count as one (Zelensky, Zelenskyy)


def absent(question: Question, evidence: Evidence) -> list[str]:
    """The names of the question that stand nowhere in the evidence, under any of their names, forms or spellings."""
    read = "\n".join(f"{item.text}\n{item.title}\n{item.outlet or ''}" for item in evidence.sentences)
    return missing_in(question.names, read, actors=question.actors)


def missing_in(names: Sequence[str], read: str, *, actors: Sequence[str] = ()) -> list[str]:
    """Those of the names that stand nowhere in a text, under any of their names, forms or spellings."""
    vocabulary = set(words(read))
    places = {read[place.start : place.end] for place in places_in(read)}
    return [
        name
        for name in dict.fromkeys(names)
        if not (_stands(name, vocabulary, places, actors) or _by_last_name(name, read) or _by_initials(name, read))
    ]


def spared(missing: Sequence[str], question: Question) -> bool:
    """True if the question can be answered in part: every missing name stands side by side with one that is there, or
    the question calls more than two names and at least half of them are there.
    """
    there = [name for name in dict.fromkeys(question.names) if name not in missing]
    if len(there) + len(missing) > MOST_CARRYING and len(there) >= len(missing):
        return True
    return bool(there) and all(
        any(side_by_side(name, other, question.text) or in_one_title(name, other, question.text) for other in there)
        for name in missing
    )


def in_one_title(name: str, other: str, text: str) -> bool:
    """True if the two names are parts of one, either of which may stand for it: "Norland's Oldest Bridge", "The Gate: A
    Story"."""
    a, b = re.escape(name), re.escape(other)
    return bool(re.search(rf"\b{a}(?:['’]s?\s+|:\s+){b}\b|\b{b}(?:['’]s?\s+|:\s+){a}\b", text))


def side_by_side(name: str, other: str, text: str) -> bool:
    """True if the text joins the two names by "and", "or" or a comma."""
    joined = r"(?:['’]s?)?\s*(?:,|,?\s+(?:and|or|nor|versus|vs\.?))\s+(?:the\s+|of\s+|by\s+|for\s+)?"
    a, b = re.escape(name), re.escape(other)
    return bool(re.search(rf"\b{a}{joined}{b}\b|\b{b}{joined}{a}\b", text))


def unheard(actors: Sequence[str], statements: Sequence[Statement]) -> list[str]:
    """Of the actors that a question asks after, those that none of the statements is by or for."""
    heard = {fold(name) for item in statements for name in (item.speaker, item.on_behalf_of) if name}
    heard |= {fold(name) for item in statements for name in joint_speakers(item.speaker or "")}
    return [name for name in actors if fold(name) not in heard]


def strangers_beside(question: Question) -> list[str]:
    """Names side by side with the actors that a question asks after, whom the library does not know as speakers."""
    known = [name for name in question.names if any(as_asked(actor, question) == name for actor in question.actors)]
    return [
        name
        for name in dict.fromkeys(question.names)
        if name not in known and any(side_by_side(name, other, question.text) for other in known)
    ]


def opens_with(name: str, text: str) -> bool:
    """True for a text whose first words name a body, a person or a state as the one who says or does something: "On
    Monday Turkey banned ...", "The Turkish parliament voted ..."; of a country never "Turkish drones ..."."""
    country = country_asked(" ".join(words(name)))
    if country is None:
        start = rf"\W*(?:the\s+)?(?:\w+\s+){{0,2}}{re.escape(name)}(?!['’]s\b)(?!\w)"
        return bool(re.match(start, text, re.IGNORECASE))
    return any(
        place.country == country
        and not _JOINED.search(text[: place.start])
        and (acts_for_state(place, text) or bool(_ACTED.match(text[place.end :]) and speaks_bare(place.kind)))
        for place in places_in(text)
        if len(words(text[: place.start])) <= _WORDS_BEFORE
    )


def as_asked(actor: str, question: Question) -> str:
    """An actor by the name that the question uses, else as it is kept."""
    for name in question.names:
        key = " ".join(words(name))
        place = place_of(name)
        if place and place[0] == "demonym" and place[1] == actor:
            continue  # "the German ministry" asks after Germany
        if fold(name) == fold(actor) or country_asked(key) == actor or key.split()[-1:] == words(actor)[-1:]:
            return name
    return actor if actor[:1].isupper() else actor.title()


def _stands(name: str, vocabulary: set[str], places: set[str], actors: Sequence[str]) -> bool:
    """True if the evidence has the words of a name, or a country by another of its names. A city is its country only
    where the words of the state are asked for ("Ankara's position")."""
    called = place_of(name)
    if called and any(same_place(name, place) for place in places):
        return True
    if called and called[1] in actors and called[1] in {country_of(place) for place in places}:
        return True
    for part in _parts(name):
        keys = words(part)  # "GPT-3" is two
        held = all(key in vocabulary for key in keys) or _spelled(" ".join(keys), vocabulary)
        if keys and not held and not any(same_place(part, place) for place in places):
            return False
    return True


def _parts(name: str) -> list[str]:
    """The words of a name, without the form of a company and the second half of "AI-driven"."""
    parts = name.split()
    if len(parts) > MOST_CARRYING and fold(parts[-1]) in _SHORTENED:
        parts = parts[:-1]
    kept = [re.sub(r"-[a-z].*$", "", part) for part in parts if fold(part).strip(".,") not in _FORMS]
    return kept or name.split()


def _by_last_name(name: str, read: str) -> bool:
    """True for a full name whose last word is there, and never behind another first name: "Holm" is Ida Holm where no
    Erik Holm is told of."""
    parts = _parts(name)
    if not 1 < len(parts) <= _MOST_PARTS or not all(part[:1].isupper() for part in parts) or len(parts[-1]) < _SHORTEST:
        return False
    before = re.findall(rf"(?:\b([^\W\d_][\w.’'-]*) )?\b{re.escape(parts[-1])}\b(?! [A-Z][a-z])", read)
    first = [word for word in before if word[:1].isupper() and fold(word) not in NAME_PREFIXES | STOPWORDS]
    return bool(before) and all(word in parts for word in first)


def _by_initials(name: str, read: str) -> bool:
    """True for a name by its initials ("MLB" for Major League Baseball), and for initials by their name."""
    letters = [part[0] for part in name.split() if part[:1].isupper()]
    if len(letters) >= _FEWEST_LETTERS and re.search(rf"\b{re.escape(''.join(letters))}\b", read):
        return True
    if not (name.isupper() and name.isalpha() and _FEWEST_LETTERS <= len(name) <= _MOST_LETTERS):
        return False
    return bool(re.search(r"\b" + r"[a-z]+ (?:(?:of|the|and|for) )*".join(name) + r"[a-z]+", read))


def spelled_out(text: str, names: Sequence[str]) -> str:
    """The text with each of the names in the place of its initials, where it has these alone."""
    for name in names:
        letters = "".join(part[0] for part in name.split() if part[:1].isupper())
        if len(letters) >= _FEWEST_LETTERS and name not in text:
            text = re.sub(rf"\b{re.escape(letters)}\b", name.replace("\\", ""), text)
    return text


def _spelled(key: str, vocabulary: set[str]) -> bool:
    return len(key) > 5 and bool(difflib.get_close_matches(fold(key), vocabulary, n=1, cutoff=_ALIKE))
