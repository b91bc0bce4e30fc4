"""The people of a claim: does the record spell their names so, and give them these offices on that day?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from rag import display
from rag.domain import ActorRole
from rag.knowledge.words import LESSER_OFFICES, NAME_PARTICLES, PLAIN_SAYING_VERBS, TITLES, any_of
from rag.text.canonical import fold
from rag.text.dates.periods import periods
from rag.text.name_forms import spelled
from rag.text.places import country_of, is_given_name, is_office
from rag.text.related_words import is_common
from rag.text.terms import STOPWORDS, words
from rag.verification.facts import american
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.tokens import DAYS, tokens

_PARTICLES = any_of(NAME_PARTICLES)
_NAMES = re.compile(rf"[A-Z][\w’'-]*(?: (?:(?:{_PARTICLES}) )?[A-Z][\w’'-]*)+")
_CAPITAL = re.compile(r"[A-Z][\w’'-]*")
_POSSESSIVE = re.compile(r"[’']s?$")
_NEARLY, _FEWEST_LETTERS = 0.75, 4  # share of their letters that two spellings of one name have in common; of how many
_MODIFIERS = 2  # words before the head of an office that are part of it
_BEFORE = 12  # characters before an office in which a word may say that it is over
_FULL_NAME = 2  # words

RolesOf = Callable[[str], Sequence[ActorRole]]


# -- spellings


def other_spellings(claim: str, record: str) -> dict[str, str]:
    """The words of names in a claim that a text of the record has in another spelling only, by the whole name there.

    Two words in a row are one name if one of them is the same and the other nearly so.
    """
    record_words = set(words(record))
    changes: dict[str, str] = {}
    for mine, _ in _name_pairs(claim):
        for its, whole in _name_pairs(record):
            for at in (0, 1):
                is_other = fold(mine[at]) not in record_words and fold(mine[1 - at]) == fold(its[1 - at])
                if is_other and _is_nearly(fold(mine[at]), fold(its[at])) and not _is_no_name(*mine, *its):
                    changes[mine[at]] = whole
    return changes


@lru_cache(maxsize=128)
def _name_pairs(text: str) -> tuple[tuple[tuple[str, str], str], ...]:
    """Each two capitalised words in a row with the whole name, without titles, that they are part of."""
    pairs: dict[tuple[str, str], str] = {}
    for match in _NAMES.finditer(text):
        parts = [_POSSESSIVE.sub("", part) for part in _CAPITAL.findall(match[0])]
        whole = " ".join(part for part in parts if not _is_title(part) and not country_of(part))
        for pair in pairwise(parts):
            pairs.setdefault(pair, whole)
    return tuple(pairs.items())


def _is_nearly(one: str, other: str) -> bool:
    if one == other or min(len(one), len(other)) < _FEWEST_LETTERS or one[0] != other[0]:
        return False
    return (
        max(SequenceMatcher(None, *pair).ratio() for pair in ((one, other), (spelled(one), spelled(other)))) > _NEARLY
    )


def _is_no_name(*parts: str) -> bool:
    """True if a word is a title, a country, a day, a body's, or a plain word with no given name before it."""
    is_person = any(is_given_name(part) for part in parts[::2])
    return any(
        _is_title(part)
        or country_of(part)
        or fold(part) in LEXICON.bodies
        or fold(part) in DAYS
        or (not is_person and is_common(fold(part)))
        for part in parts
    )


def _is_title(word: str) -> bool:
    form = fold(word)
    return form not in STOPWORDS and (form in TITLES or form in LEXICON.titles or is_office(form))


# -- offices


@dataclass(frozen=True, slots=True)
class _Office:
    """An office that a claim gives somebody, in its words; `former` for one that is over."""

    name: str
    words: str
    former: bool
    is_now: bool  # the sentence is in the present tense


def office_note(claim: str, roles_of: RolesOf, *, today: date) -> str | None:
    """What the record calls somebody to whom a claim gives an office, where it never gives them that one, or not on the
    day of the claim; None where it agrees, or gives them none.
    """
    starts = [item for item in periods(claim, today) if item.since]
    day = starts[0].since if len(starts) == 1 else None
    for office in _offices_in(claim):
        roles = [role for role in roles_of(office.name) if _head(role.words)]
        own = [role for role in roles if _agree(office.words, role.words)]
        if roles and not own:
            return f"The record calls {office.name} {_with_day(roles[-1])}, not “{office.words}”."
        when = day or (today if office.is_now else None)
        if not own or when is None:
            continue
        nearest = min(roles, key=lambda role: (_days_off(role, when), role not in own))
        if nearest.former != office.former if nearest in own else _excludes(nearest, office):
            return f"The record calls {office.name} {_with_day(nearest)}."
    return None


def _offices_in(claim: str) -> Iterator[_Office]:
    """The offices right before a full name ("Transport Minister Ada Lund"), or right behind it (", the mayor of")."""
    for match in _NAMES.finditer(claim):
        parts = list(_CAPITAL.finditer(claim, match.start(), match.end()))
        first = max((at + 1 for at, part in enumerate(parts) if _is_title(part[0])), default=0)
        if len(parts) - first < _FULL_NAME:
            continue
        start = parts[first].start()
        name = _POSSESSIVE.sub("", claim[start : match.end()])
        behind = PATTERNS.office_behind.match(claim, start + len(name))
        text = behind["office"] if behind else claim[:start].rstrip()
        office = _head(text)
        if office is None or (behind is None and not _is_title(text.split()[-1])):
            continue
        until = behind.end() if behind else start
        is_former = bool(PATTERNS.over.search(claim[max(0, until - len(office) - _BEFORE) : until]))
        after = claim[behind.end() if behind else start + len(name) :]
        verb = next((item for item in tokens(after) if item.kind != "function"), None)
        is_now = verb is not None and (
            verb.tense == "present" or (verb.form in PLAIN_SAYING_VERBS and verb.form.endswith("s"))
        )
        yield _Office(name, office, is_former, is_now)


def _head(text: str) -> str | None:
    """The office at the end of some words: its last word for an office with those before that go with it."""
    parts = text.split()
    at = next((at for at in reversed(range(len(parts))) if _is_title(parts[at])), None)
    if at is None:
        return None
    first = at
    while first and at - first < _MODIFIERS and _goes_with_office(parts[first - 1]):
        first -= 1
    return " ".join(parts[first : at + 1])


def _goes_with_office(word: str) -> bool:
    form = fold(word)
    return form.isalpha() and form not in STOPWORDS | LEXICON.beside_office and country_of(word) is None


def _agree(ours: str, theirs: str) -> bool:
    """True for one office: the same head, and of the words before it one side has all of the other's."""
    (*mine, head), (*its, other) = (list(map(_root, (_head(text) or text).split())) for text in (ours, theirs))
    is_one_rank = LESSER_OFFICES & set(mine) == LESSER_OFFICES & set(its)
    return head == other and is_one_rank and (set(mine) <= set(its) or set(its) <= set(mine))


def _root(word: str) -> str:
    """What "chairwoman" and "chairman", "defence" and "defense" share."""
    return american(PATTERNS.gendered_ending.sub("", fold(word)))


def _with_day(role: ActorRole) -> str:
    days = [day for day in (role.since, role.until) if day]
    return f"“{role.words}”{f' ({display.day(days[-1])})' if days else ''}"


def _days_off(role: ActorRole, when: date) -> int:
    """How many days lie between a day and the articles that give a role."""
    since, until = role.since or role.until or when, role.until or role.since or when
    return max((since - when).days, (when - until).days, 0)


def _excludes(role: ActorRole, office: _Office) -> bool:
    """True for a role that who holds the office can't have too: another rank or portfolio, or the same one over."""
    mine, its = (_head(text) or text for text in (office.words, role.words))
    return role.former != office.former or _root(mine.split()[-1]) == _root(its.split()[-1])
