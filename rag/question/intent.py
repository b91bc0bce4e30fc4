"""Whose words a question asks for: whom it is about, whether it wants a position, and which words carry its topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.domain import Understood
from rag.knowledge.words import DAY_NAMES, HONORIFICS, TITLES
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

_SAYS = (
    "say|said|saying|think|claim|claimed|announce|announced|argue|argued|insist|deny|denied|warn|warned|promise"
    "|promised|demand|demanded|respond|responded|react|reacted|tell|told|want|hope|oppose|opposed|support"
)
_ASKS_POSITION = re.compile(
    r"\b(?:position|stance|view|viewpoint|opinion|attitude|reaction|response|statement|comment(?:s|ed)?)\b"
    rf"|\bwhat (?:did|does|do|has|have|had|is|are|was|were) .{{1,80}}?\b(?:{_SAYS})\b"
    r"|\bwhere (?:do|does|did) .{1,60}? stand\b"
    r"|\b(?:compar\w+|differ\w*|contrast\w*|at odds|in line) (?:with|to|from) what .{1,80}?"
    rf"\b(?:{_SAYS}|says|thinks)\b"
    rf"|\b(?:compare|contrast|tell me|list|summari[sz]e) what .{{1,80}}?\b(?:{_SAYS}|says|thinks|claims|wants)\b"
    r"|\bwho (?:said|says|claimed|denied|announced|argued|told|warned)\b|\baccording to\b|\bon (?:the )?record\b",
    re.IGNORECASE,
)
# "Has X commented on Y?" wants X's words or that there are none; the one whose they are stands before the verb.
_WHETHER = re.compile(
    r"^\W*(?:did|does|do|has|have|had)\s+(?:\S+\s+){1,6}?"
    r"(?P<verb>(?:say|said) (?:any|some)thing|comment(?:ed)?|respond(?:ed)?|react(?:ed)?|spoken?|speak"
    r"|deny|denied|confirm(?:ed)?|mention(?:ed)?|address(?:ed)?|say|said|claim(?:ed)?|admit(?:ted)?|acknowledged?"
    r"|promised?|warn(?:ed)?|insist(?:ed)?|argued?|suggest(?:ed)?|announced?)\b",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"(?:sa(?:y|id)|claim|admit|acknowledg|promis|warn|insist|argu|suggest|announc)(?!.*thing)", re.IGNORECASE
)
_WHAT_DID = re.compile(
    rf"^\W*what (?:did|does|do|has|have|had)\s+(?:\S+\s+){{1,6}}?(?P<verb>{_SAYS}|confirm(?:ed)?)\b(?! by\b)",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"^\W*who (?:has |have |had |else )*"
    r"(?P<verb>said|says|claimed|denied|denies|announced|argued|told|warned|confirmed)\b",
    re.IGNORECASE,
)
# What follows it is the other party of a comparison.
_COMPARED_WITH = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|disagree\w*|at odds|in line|square[sd]?|consistent)\s+(?:\w+\s+)?"
    r"(?:with|to|from)\b",
    re.IGNORECASE,
)
_FEWEST_TITLED, _TITLED = 4, 0.9  # words, and the share of them with a capital, of a question typed like a headline
_LONGEST = 16  # words of a question that is read by its form; a longer one may ask more than one thing
_INTENT = frozenset(
    """position stance view viewpoint opinion attitude reaction response statement comment comments commented stated
    official officially public publicly think claim claimed announce announced argue argued insist deny denied warn
    warned promise promised demand demanded respond responded react reacted want hope record saying question compare
    current currently latest lately newest recent recently today
    now anything something confirm confirmed spoken speak responds reacts denies
    compared comparison contrast differ differs difference says thinks claims wants stand stands""".split()
)
_NAME = re.compile(r"\b[^\W\d_a-z][\w’'.-]*(?:\s+(?:(?:of|the|al|bin|de|van|von)\s+)*[^\W\d_a-z][\w’'.-]*)*")


# What a question may open with beside its stop words; capitalised there, and no name.
_OPENERS = frozenset(
    """according amid among based beside besides compare compared comparing concerning considering describe despite
    discuss explain find following give given identify if list name outline please regarding show since summarise
    summarize tell unlike using whether within without""".split()
)
BEFORE_NAMES = TITLES | {title for title in HONORIFICS if not title.endswith(".")}
_POSTS = frozenset("ceo cfo coo cto pm mp mep vp chair head owner".split())


_AUXILIARIES = frozenset("did does do has have had will would can could is are was were".split())
# What stands after one of these is what the question is about, not whose words it asks for.
_ABOUT = frozenset("about on regarding concerning toward towards over against".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was understood.

    `actors` are whose words are asked for: canonical countries, or names as the library folds them. `topic` are stems
    of what they should be about. `names` are what the question calls by name, as typed; `missing_actor` is the one
    that a position is asked of although the library knows no such speaker. `segments` and `outlets` are what search
    takes, `understood` is all of it as it is shown.
    """

    text: str
    actors: tuple[str, ...]
    asks_position: bool
    topic: tuple[str, ...]
    names: tuple[str, ...]
    missing_actor: str | None = None
    asks_who: bool = False  # "who said that ...": anybody's words, whatever names follow
    asks_denial: bool = False
    asks_claim: bool = False  # "did X say that ...": whether these words are theirs
    segments: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()


def parse_intent(text: str, known_actors: Sequence[str], scope: QueryScope | None = None) -> Question:
    """Read a question. `known_actors` are the folded names of the speakers and actors that the library knows;
    `scope` says what in it is about sources and days, and what the reader took back.
    """
    scope = scope or QueryScope()
    question, text = text, scope.topic_of(text)
    tokens = words(text)
    about = next((at for at, word in enumerate(tokens) if at and word in _ABOUT), len(tokens))
    form = _form(text, tokens)
    if form is not None:
        about = min(about, len(words(text[: form.start("verb")])))
    names = _without_opener(names_in(text), text, known_actors)
    actors = _actors(tokens[:about], known_actors, names, is_phrase=form is not None)
    if compared := _COMPARED_WITH.search(text):
        other = words(text[compared.end() :])
        ends = next((at for at, word in enumerate(other) if at and word in _ABOUT), len(other))
        actors += [name for name in _actors(other[:ends], known_actors, names, is_phrase=False) if name not in actors]
    asks = form is not None or bool(_ASKS_POSITION.search(text))
    spoken = [item for actor in actors if asks and (item := _as_understood(actor, question))]
    refused = {item.value.casefold() for item in spoken if not scope.keeps(item)}
    actors = [actor for actor in actors if actor.casefold() not in refused]
    used = {part for name in actors for other in (name, *names_of(name)) for part in words(other)}
    topic = [word for word in tokens if word not in used and word not in _INTENT and word not in STOPWORDS]
    strangers = [name for name in names if set(words(name)) <= set(tokens[:about]) and place_of(name) is None]
    return Question(
        text=question,
        actors=tuple(actors),
        asks_position=asks,
        topic=tuple(dict.fromkeys(topic)),
        names=tuple(names),
        missing_actor=strangers[0] if asks and strangers and not actors and not refused else None,
        asks_who=form is not None and form.re is _WHO,
        asks_denial=form is not None and form.re is not _WHETHER and form["verb"].lower().startswith(("deny", "deni")),
        asks_claim=form is not None and form.re is _WHETHER and bool(_CLAIMS.match(form["verb"])),
        segments=scope.segments,
        outlets=scope.outlets,
        understood=(*scope.understood, *(item for item in spoken if item.value.casefold() not in refused)),
    )


def _form(text: str, tokens: Sequence[str]) -> re.Match[str] | None:
    """The form of a short question for somebody's words, with its one verb of saying."""
    if len(tokens) > _LONGEST:
        return None
    return _WHO.match(text) or _WHAT_DID.match(text) or _WHETHER.match(text)


def _as_understood(actor: str, question: str) -> Understood | None:
    """Whose words are asked for, as it is shown: under the name that the question has, with the one that is meant."""
    for name in (*(names_of(actor) or (actor,)), actor.split()[-1]):
        # Folding changes lengths, so the name is looked for as typed, in any case.
        if match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question, re.IGNORECASE):
            shown = actor if names_of(actor) else actor.title()
            return Understood(
                kind="actor",
                value=shown,
                text=match[0],
                start=match.start(),
                end=match.end(),
                note=f"statements by or for {shown}",
            )
    return None


def _actors(tokens: Sequence[str], known: Sequence[str], called: Sequence[str], *, is_phrase: bool) -> list[str]:
    """Countries first, then people and bodies that make statements in the library: by full name, or by last name unless
    the question has another first name before it (`called` are the names as typed). A country inside somebody's name
    ("Chad Smith"), or before what does not act for it ("Berlin police"), is not asked for; a surname that a country has
    as well ("Jordan") means the one that the library knows, or both. `is_phrase`: `tokens` ends before the verb.
    """
    line = f" {' '.join(tokens)} "
    actors, held = [], _places_of_names(tokens, known)
    for at, size, country in _countries_of(tokens):
        inside = any(word in held for word in range(at, at + size))
        if not inside and country not in actors and _is_asked(tokens, at, size, called, is_phrase=is_phrase):
            actors.append(country)
    names = {fold(name) for country in actors for name in (country, *names_of(country))}
    whole = {actor.split()[-1] for actor in known if len(actor.split()) > 1 and f" {_spoken(actor)} " in line}
    countries = list(actors)
    for actor in known:
        parts = actor.split()
        if not parts or actor in names:
            continue
        # "the director of ... Erdogan" is not Erdogan: only a plain name may be called by its last word.
        plain = 1 < len(parts) <= 4 and not STOPWORDS.intersection(parts) and _is_surname(parts, called)
        by_last = plain and f" {parts[-1]} " in line and parts[-1] not in whole and not _another(parts, called)
        if by_last or f" {_spoken(actor)} " in line:
            actors.append(actor)
            namesake = country_asked(parts[-1]) if by_last else None
            if namesake in countries and fold(namesake or "") not in known:
                countries.remove(namesake)
                actors.remove(namesake)
    surnames = {actor.split()[-1] for actor in actors if " " in actor}
    return [actor for actor in actors if actor not in surnames or not country_asked(actor)]  # "Mr Jordan" is no state


def _is_surname(parts: Sequence[str], called: Sequence[str]) -> bool:
    """True if a name may be called by its last word: not "the bank of Norway", but Jim Jordan, behind a given name;
    and not "exit polls", where the question has names and "polls" is none of them."""
    if is_given_name(parts[0]):
        return True
    return not country_asked(parts[-1]) and (not called or any(parts[-1] in words(name) for name in called))


def _countries_of(tokens: Sequence[str]) -> list[tuple[int, int, str]]:
    """(place, number of words, country) of each name of a country, the longest first."""
    countries: list[tuple[int, int, str]] = []
    for size in (4, 3, 2, 1):
        for at in range(len(tokens) - size + 1):
            country = country_asked(" ".join(tokens[at : at + size]))
            if country and not any(at < start + length and start < at + size for start, length, _ in countries):
                countries.append((at, size, country))
    return countries


def _places_of_names(tokens: Sequence[str], known: Sequence[str]) -> set[int]:
    """The words that are part of the full name of somebody whom the library knows."""
    line, taken = f" {' '.join(tokens)} ", set[int]()
    for actor in known:
        name = _spoken(actor)
        if " " in name and not country_asked(name) and (start := line.find(f" {name} ")) >= 0:
            first = line[:start].count(" ")
            own = name.split()
            # "Turkish officials" are known and act for their state
            if not any(is_office(word) for word in own):
                taken.update(range(first, first + len(own)))
    return taken


def _is_asked(tokens: Sequence[str], at: int, size: int, called: Sequence[str], *, is_phrase: bool) -> bool:
    """True if a country's name stands there for the state: alone, or with an office of it."""
    place = place_asked(" ".join(tokens[at : at + size]))
    if place is None:
        return False
    kind = place[0]
    before, after = tokens[:at], tokens[at + size :]
    if before and (before[-1] in BEFORE_NAMES or _is_first_name(before[-1], tokens[at], called)):
        return False
    for reach, word in enumerate(after[:5]):
        if office_acts(kind, word, after[:reach]):
            return True
        if word in STOPWORDS or is_intent(word):
            break
    if after and not (after[0] in STOPWORDS or is_intent(after[0]) or is_verbal(after[0])):
        if is_phrase or kind in ("capital", "seat", "demonym"):
            return False
        subject = bool(before) and (before[-1] in _AUXILIARIES or before[-1] in ("and", "or"))
        return subject and not _is_first_name(tokens[at], after[0], called) and not is_given_name(tokens[at])
    if before and before[-1] in ("of", "in", "from", "for", "at"):
        held = next((word for word in reversed(before[:-1]) if word not in STOPWORDS), None)
        if held is not None and not is_intent(held):
            return office_acts(kind, held)
        return kind != "body" and (before[-1] in ("of", "from", "for") or kind not in ("capital", "seat"))
    return kind != "body"


def is_intent(word: str) -> bool:
    """True for a folded word that says what is wanted, not what about: position, comment, latest."""
    return word in _INTENT or word.removesuffix("s") in _INTENT


def _is_first_name(first: str, last: str, called: Sequence[str]) -> bool:
    """True if the question writes the two words as one name: Jim Jordan, Chad Smith."""
    return any((first, last) in pairwise(parts) and not is_office(first) for parts in (words(name) for name in called))


def _another(parts: Sequence[str], called: Sequence[str]) -> bool:
    """True if the names called have the last of `parts` behind other first names only, or nowhere but before a last
    name: Hillary Clinton is not meant by "Bill Clinton", nor Ann Paul by "Paul Clinton", but she may be by "Clinton" or
    "Secretary Clinton"."""
    names = [words(name) for name in called if name]
    same = [first for *first, last in names if last == parts[-1]]
    if not same and any(parts[-1] in name and is_given_name(parts[-1]) for name in names):
        return True
    return bool(same) and all(
        first and not set(first) & set(parts[:-1]) and not set(first) <= BEFORE_NAMES for first in same
    )


@lru_cache(65536)
def _spoken(actor: str) -> str:
    """A folded name as `words` cuts a question: without apostrophes and full stops."""
    return " ".join(words(actor))


def _is_day(word: str) -> bool:
    return fold(word).strip(".,") in DAY_NAMES or bool(re.fullmatch(r"Q[1-4]", word))


def _without_opener(names: list[str], text: str, known: Sequence[str]) -> list[str]:
    """The names without a single word that opens the question, unless the library knows a speaker or the world a
    country by it: there a capital says nothing ("Overview of ...", "Quotes by ..."). None where nearly every word has
    one.
    """
    typed = [word for word in re.findall(r"[^\W\d_][\w’'-]*", text) if fold(word) not in STOPWORDS]
    if len(typed) > _FEWEST_TITLED and sum(word[0].isupper() for word in typed) >= _TITLED * len(typed):
        return []
    first = re.match(r"\W*([^\W\d_][\w’'.-]*)", text)
    if first and names[:1] == [re.sub("['’]s?$", "", first[1])]:
        opener = names[0]
        if not (
            country_asked(fold(opener))
            or _is_known(opener, known)
            or text[first.end(1) - 2 : first.end(1)] in ("’s", "'s")
        ):
            return names[1:]
    return names


def _is_known(name: str, known: Sequence[str]) -> bool:
    return any(set(words(name)) <= set(words(actor)) for actor in known)


def names_in(text: str) -> list[str]:
    """What the question calls by name: capitalised words that are not there because a sentence starts, and no days."""
    names = []
    for match in _NAME.finditer(text):
        opens = match.start() == 0 or text[: match.start()].rstrip()[-1:] in '?.!:“"'
        for name in re.split(r"(?<=\w)['’]s\s+", match.group()):  # "OpenAI's GPT" are two
            parts = name.split()
            while opens and parts and (fold(parts[0]) in STOPWORDS or fold(parts[0]) in _OPENERS):
                parts.pop(0)
            opens = False
            while len(parts) > 2 and fold(parts[0]) in BEFORE_NAMES | _POSTS and parts[1] == "of":
                parts = parts[2:]  # "the CEO of Ostra Lines" is asked after, the name is theirs
                while len(parts) > 1 and parts[0] == "the":
                    parts.pop(0)
            while parts and not parts[-1][0].isupper():  # `_NAME` takes accented small letters for capitals
                parts.pop()
            if parts and parts[0][0].isupper() and not all(_is_day(part) for part in parts):
                names.append(re.sub("['’]s?$", "", " ".join(parts)))
    return names
