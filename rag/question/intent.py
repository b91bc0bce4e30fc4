"""The intent of a question: whose words it asks for, whether that is a position, and which words carry its topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from string import capwords

from rag.display import with_article
from rag.domain import Understood
from rag.knowledge.tables import words_of
from rag.knowledge.words import DAY_NAMES, HONORIFICS, NAME_PARTICLES, TITLES, any_of
from rag.question.lexicon import LEXICON, PATTERNS
from rag.question.scope import QueryScope
from rag.text.canonical import fold
from rag.text.places import (
    country_asked,
    is_given_name,
    is_office,
    is_verbal,
    names_of,
    office_acts,
    place_asked,
    place_of,
)
from rag.text.terms import STOPWORDS, words

_HEADLINE_WORDS, _HEADLINE_SHARE = 4, 0.9  # more words than these, and the share with a capital, make a headline
_MOST_WORDS = 16  # of a question with one verb of saying; a longer one may ask more than one thing
_NAME = re.compile(rf"\b[^\W\d_a-z][\w’'.-]*(?:\s+(?:(?:of|the|{any_of(NAME_PARTICLES)})\s+)*[^\W\d_a-z][\w’'.-]*)*")
_SELF = re.compile(r"I(?:['’](?:m|d|ve|ll))?")  # has a capital and is no name
_TITLES = TITLES | {title for title in HONORIFICS if not title.endswith(".")}
# Before a surname: "Bishop Lund".
NAME_PREFIXES = _TITLES | {noun for noun in words_of("nouns", "persons", "women", "men") if not is_given_name(noun)}
_POSTS = _TITLES | words_of("questions", "posts")
_MOST_NAME_WORDS = 4  # of a person who may be called by the surname alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its intent.

    `actors` are those whose words are asked for: canonical countries, or names as the library folds them. `topic` are
    folded words of what these should be about. `names` are the names in the question's own letters; `unknown_actor` is
    the one that a position is asked of although the library has no such speaker. `asks_who` is True where anybody's
    words will do ("who said that ..."), `asks_claim` where it is asked whether words are somebody's ("did X say that
    ..."). `segments` and `outlets` narrow the search; `understood` are all readings as they are shown.
    """

    text: str
    actors: tuple[str, ...]
    asks_position: bool
    topic: tuple[str, ...]
    names: tuple[str, ...]
    unknown_actor: str | None = None
    asks_who: bool = False
    asks_denial: bool = False
    asks_claim: bool = False
    segments: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()


def parse_intent(text: str, known_actors: Sequence[str], scope: QueryScope | None = None) -> Question:
    """The intent of a question. `known_actors` are the folded names of the library's speakers and actors; `scope` holds
    what the question says of sources and days, and which readings the user has undone.
    """
    scope = scope or QueryScope()
    question, text = text, scope.topic_of(text)
    tokens = words(text)
    form = _form(text, tokens)
    end = _end_of_party(tokens)
    if form is not None:
        end = min(end, len(words(text[: form.start("verb")])))
    names = _without_opener(names_in(text), text, known_actors)
    actors = _actors(tokens[:end], known_actors, names, is_phrase=form is not None)
    if comparison := PATTERNS.compares_with.search(text):
        other = words(text[comparison.end() :])
        actors += _actors(other[: _end_of_party(other)], known_actors, names, is_phrase=False)
        actors = list(dict.fromkeys(actors))
    asks_position = form is not None or bool(PATTERNS.asks_position.search(text))
    if form is not None and form.re is PATTERNS.how_form and not actors:
        asks_position = False  # markets and voters respond without words
    readings = [item for actor in actors if asks_position and (item := _reading_of(actor, question))]
    undone = {item.value.casefold() for item in readings if not scope.keeps(item)}
    actors = [actor for actor in actors if actor.casefold() not in undone]
    actor_words = {word for actor in actors for name in (actor, *names_of(actor)) for word in words(name)}
    topic = [word for word in tokens if word not in actor_words | LEXICON.intent | STOPWORDS]
    strangers = [
        name
        for name in names
        if set(words(name)) <= set(tokens[:end])
        and place_of(name) is None
        and not re.search(rf"\b[a-z]\w+ (?:in|at|near|from|of) (?:the )?{re.escape(name)}", text)
    ]
    is_unknown = asks_position and strangers and not actors and not undone
    verb = form["verb"].lower() if form else ""
    is_yes_no = form is not None and form.re is PATTERNS.yes_no_form
    return Question(
        text=question,
        actors=tuple(actors),
        asks_position=asks_position,
        topic=tuple(dict.fromkeys(topic)),
        names=tuple(names),
        unknown_actor=strangers[0] if is_unknown else None,
        asks_who=form is not None and form.re is PATTERNS.who_form,
        asks_denial=not is_yes_no and verb.startswith(("deny", "deni")),
        asks_claim=is_yes_no and bool(PATTERNS.claim_verb.match(verb)),
        segments=scope.segments,
        outlets=scope.outlets,
        understood=(*scope.understood, *(item for item in readings if item.value.casefold() not in undone)),
    )


def _end_of_party(tokens: Sequence[str]) -> int:
    """The index of the first preposition of aboutness behind the first word, else the number of the words."""
    return next((at for at, word in enumerate(tokens) if at and word in LEXICON.aboutness), len(tokens))


def _form(text: str, tokens: Sequence[str]) -> re.Match[str] | None:
    """The match of a short question for somebody's words, with its one verb of saying."""
    if len(tokens) > _MOST_WORDS:
        return None
    forms = (PATTERNS.who_form, PATTERNS.what_form, PATTERNS.how_form, PATTERNS.yes_no_form)
    return next((match for form in forms if (match := form.match(text))), None)


def _reading_of(actor: str, question: str) -> Understood | None:
    """An actor as it is shown, under the name in the question; None where the question has none of its names."""
    for name in (*(names_of(actor) or (actor,)), actor.split()[-1]):
        # Folding changes lengths, so the unfolded question is searched.
        if match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question, re.IGNORECASE):
            has_capitals = fold(match[0]) == actor and not match[0].islower()  # "IMF", which `actor` has folded
            label = actor if names_of(actor) else match[0] if has_capitals else capwords(actor)
            return Understood(
                kind="actor",
                value=label,
                text=match[0],
                start=match.start(),
                end=match.end(),
                note=f"statements by or for {with_article(label)}",
            )
    return None


def _actors(tokens: Sequence[str], speakers: Sequence[str], names: Sequence[str], *, is_phrase: bool) -> list[str]:
    """Countries, then speakers of the library, by full name or by surname unless the question has another first name
    before it; `names` are those of the question, and `is_phrase` is True where `tokens` end before the verb.

    A country within somebody's name ("Chad Smith"), or before what does not act for it ("Berlin police"), is left out.
    A surname that is a country's name as well ("Jordan") means the known speaker, or both.
    """
    line = f" {' '.join(tokens)} "
    actors, name_tokens = list[str](), _tokens_in_names(tokens, speakers)
    for at, size, country in _country_mentions(tokens):
        is_inside = any(index in name_tokens for index in range(at, at + size))
        if not is_inside and country not in actors and _stands_for_state(tokens, at, size, names, is_phrase=is_phrase):
            actors.append(country)
    countries = list(actors)
    country_names = {fold(name) for country in countries for name in (country, *names_of(country))}
    surnames_in_full = {actor.split()[-1] for actor in speakers if " " in actor and f" {_tokens_of(actor)} " in line}
    for actor in speakers:
        parts = actor.split()
        if not parts or actor in country_names:
            continue
        # "the director of ... Erdogan" is not Erdogan: only a plain name may be called by its last word.
        is_plain = (
            1 < len(parts) <= _MOST_NAME_WORDS and not STOPWORDS.intersection(parts) and _is_surname(parts, names)
        )
        by_surname = is_plain and f" {parts[-1]} " in line and parts[-1] not in surnames_in_full
        by_surname = by_surname and not _is_namesake(parts, names)
        if by_surname or f" {_tokens_of(actor)} " in line:
            actors.append(actor)
            namesake = country_asked(parts[-1]) if by_surname else None
            if namesake in countries and fold(namesake or "") not in speakers:
                countries.remove(namesake)
                actors.remove(namesake)
    actors = _without_parts(actors, line)
    surnames = {actor.split()[-1] for actor in actors if " " in actor}
    return [actor for actor in actors if actor not in surnames or not country_asked(actor)]  # "Mr Jordan" is no state


def _without_parts(actors: Sequence[str], line: str) -> list[str]:
    """The actors without those named only within another one's name: "Liberal Democrats" are neither liberals nor
    Democrats. A person's surname is left: it is the same person.
    """
    rest = list(actors)
    for actor in actors:
        name = f" {_tokens_of(actor)} "
        if len(actor.split()) > 1 and not is_given_name(actor.split()[0]) and name in line:
            left = line.replace(name, "  ")
            rest = [one for one in rest if one == actor or f" {_tokens_of(one)} " not in name or f" {one} " in left]
    return rest


def _is_surname(parts: Sequence[str], names: Sequence[str]) -> bool:
    """True if a name may be called by its last word: "Jim Jordan" behind a given name, not "the bank of Norway", nor
    "exit polls" where the question has names and "polls" is in none of them.
    """
    if is_given_name(parts[0]):
        return True
    return not country_asked(parts[-1]) and (not names or any(parts[-1] in words(name) for name in names))


def _country_mentions(tokens: Sequence[str]) -> list[tuple[int, int, str]]:
    """(index, number of words, country) of each name of a country, the longest first."""
    countries: list[tuple[int, int, str]] = []
    for size in (4, 3, 2, 1):
        for at in range(len(tokens) - size + 1):
            country = country_asked(" ".join(tokens[at : at + size]))
            if country and not any(at < start + length and start < at + size for start, length, _ in countries):
                countries.append((at, size, country))
    return countries


def _tokens_in_names(tokens: Sequence[str], speakers: Sequence[str]) -> set[int]:
    """The indices of tokens within the full name of a known speaker; an office ("Turkish officials") is no name."""
    line, indices = f" {' '.join(tokens)} ", set[int]()
    for actor in speakers:
        name = _tokens_of(actor)
        if " " in name and not country_asked(name) and (start := line.find(f" {name} ")) >= 0:
            first = line[:start].count(" ")
            parts = name.split()
            if not any(map(is_office, parts)):
                indices.update(range(first, first + len(parts)))
    return indices


def _stands_for_state(tokens: Sequence[str], at: int, size: int, names: Sequence[str], *, is_phrase: bool) -> bool:
    """True if a country's name stands for the state: alone, or with one of its offices."""
    place = place_asked(" ".join(tokens[at : at + size]))
    if place is None:
        return False
    kind = place[0]
    before, after = tokens[:at], tokens[at + size :]
    if before and (before[-1] in NAME_PREFIXES or _are_one_name(before[-1], tokens[at], names)):
        return False
    for reach, word in enumerate(after[:5]):
        if office_acts(kind, word, after[:reach]):
            return True
        if word in STOPWORDS or is_intent_word(word):
            break
    if after and not (after[0] in STOPWORDS or is_intent_word(after[0]) or is_verbal(after[0])):
        if is_phrase or kind in ("capital", "seat", "demonym"):
            return False
        is_subject = bool(before) and before[-1] in LEXICON.auxiliaries | {"and", "or"}
        return is_subject and not _are_one_name(tokens[at], after[0], names) and not is_given_name(tokens[at])
    if before and before[-1] in ("of", "in", "from", "for", "at"):
        head = next((word for word in reversed(before[:-1]) if word not in STOPWORDS), None)
        if head is not None and not is_intent_word(head):
            return office_acts(kind, head)
        return kind != "body" and (before[-1] in ("of", "from", "for") or kind not in ("capital", "seat"))
    return kind != "body"


def is_intent_word(word: str) -> bool:
    """True for a folded word that says what is wanted, not what about: position, comment, latest."""
    return word in LEXICON.intent or word.removesuffix("s") in LEXICON.intent


def _are_one_name(first: str, last: str, names: Sequence[str]) -> bool:
    """True if the two words are neighbours in a name of the question: Jim Jordan, Chad Smith."""
    return not is_office(first) and any((first, last) in pairwise(words(name)) for name in names)


def _is_namesake(parts: Sequence[str], names: Sequence[str]) -> bool:
    """True if the names have the surname of `parts` behind other first names only, or nowhere but as a first name:
    Hillary Clinton is not meant by "Bill Clinton", nor Ann Paul by "Paul Clinton", but she may be by "Clinton" or
    "Secretary Clinton".
    """
    split_names = [words(name) for name in names if name]
    first_names = [first for *first, last in split_names if last == parts[-1]]
    if not first_names and any(parts[-1] in name and is_given_name(parts[-1]) for name in split_names):
        return True
    return bool(first_names) and all(
        first and not set(first) & set(parts[:-1]) and not set(first) <= NAME_PREFIXES for first in first_names
    )


@lru_cache(65536)
def _tokens_of(actor: str) -> str:
    """A folded name in the tokens of a question, joined by blanks: without apostrophes and full stops."""
    return " ".join(words(actor))


def _is_day(word: str) -> bool:
    return fold(word).strip(".,") in DAY_NAMES or bool(re.fullmatch(r"Q[1-4]", word))


def _without_opener(names: list[str], text: str, speakers: Sequence[str]) -> list[str]:
    """The names without a single word that opens the question, where a capital says nothing ("Overview of ..."), unless
    a country, a known speaker or a possessive shows it to be a name. Empty for a question in headline capitals.
    """
    content = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if fold(word) not in STOPWORDS]
    capitals = sum(word[0].isupper() for word in content)
    if len(content) > _HEADLINE_WORDS and capitals >= _HEADLINE_SHARE * len(content):
        return []
    first = re.match(r"\W*([^\W\d_][\w’'.-]*)", text)
    opener = re.sub("['’]s?$", "", first[1]) if first else ""
    is_name = not first or first[1].endswith(("’s", "'s")) or country_asked(fold(opener))
    is_name = is_name or any(set(words(opener)) <= set(words(actor)) for actor in speakers)
    return names[1:] if names[:1] == [opener] and not is_name else names


def names_in(text: str) -> list[str]:
    """The proper names of a question: capitalised words, without those that a sentence opens with, and without days."""
    names = []
    for match in _NAME.finditer(text):
        is_first = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '?.!:“"'
        for name in re.split(r"(?<=\w)['’]s\s+", match.group()):  # "OpenAI's GPT" are two
            parts = name.split()
            while is_first and parts and re.split("['’]", fold(parts[0]))[0] in STOPWORDS | LEXICON.openers:
                parts.pop(0)
            is_first = False
            while parts and _SELF.fullmatch(parts[0]):
                parts.pop(0)
            while len(parts) > 2 and fold(parts[0]) in _POSTS and parts[1] == "of":
                parts = parts[2:]  # "the CEO of Ostra Lines" names Ostra Lines
                while len(parts) > 1 and parts[0] == "the":
                    parts.pop(0)
            while parts and not parts[-1][0].isupper():  # `_NAME` takes accented small letters for capitals
                parts.pop()
            if parts and parts[0][0].isupper() and not all(map(_is_day, parts)):
                names.append(re.sub("['’]s?$", "", " ".join(parts)))
    return names
