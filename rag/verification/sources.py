"""Whether two attributions name one source: a draft's and the record's."""

from __future__ import annotations

from collections.abc import Callable

from rag.domain import Statement
from rag.knowledge.words import GIVEN_NAMES, HONORIFICS, TITLES
from rag.text.canonical import fold
from rag.text.places import country_of
from rag.text.terms import STOPWORDS, joint_speakers, stem, words

_BODY = 2  # capitalised words at least that a person's name has


def same_source(ours: Statement, theirs: Statement, *, is_surname: Callable[[str], bool]) -> bool | None:
    """True where both statements are by, or for, one source as far as names go; False where they name two; None where
    one of them names nobody, or where a body and a person are named who may belong together. `is_surname` says of
    a folded word that stands alone whether it is known as the last name of a person.
    """
    if not ours.speaker or not (theirs.speaker or theirs.on_behalf_of):
        return None
    named = [name for name in (theirs.speaker, theirs.on_behalf_of) if name]
    if any(same_name(one, other) for one in _each(ours.speaker) for name in named for other in _each(name)):
        return True
    shared = _stems(ours.speaker) & _stems(" ".join((*named, theirs.role or "")))
    people = [
        any(_is_person(one) or is_surname(fold(one)) for one in _each(name))
        for name in (ours.speaker, theirs.speaker or "")
    ]
    if all(people) and not _stems(" ".join(_name(ours.speaker))) & _stems(" ".join(_name(theirs.speaker or ""))):
        return False
    country = country_of(ours.speaker) or country_of(ours.on_behalf_of or "")
    countries = {country_of(name) for name in (*named, theirs.role or "")} - {None}
    if country and country in countries:
        return True if country_of(ours.speaker) else None
    if shared:
        return None if people[0] else True  # "the defence ministry" and its minister
    return False if country and countries and not any(people) else None


def is_described(name: str) -> bool:
    """True for a speaker who is no more than described, in words without a name: "whose child", "a narrator"."""
    return not any(part[:1].isupper() for part in name.split())


def _each(name: str) -> list[str]:
    """Those who said a thing together, of whom one may be no more than described, and the name as it stands."""
    return [*dict.fromkeys((*joint_speakers(name), *name.split(" and "), name))]


def same_name(one: str, other: str) -> bool:
    """True if one name may be the other's longer or shorter form: the same last word, and no two given names that
    differ, titles and honorifics aside; initials stand for a name.
    """
    mine, its = _name(one), _name(other)
    if not mine or not its:
        return False
    short, long = sorted((mine, its), key=len)
    if short[-1] != long[-1]:
        return len(short) == 1 and short[0] == long[0] and len(long) <= _BODY
    if short == long[-len(short) :]:  # two surnames
        return True
    return all(a == b or (a[0] == b[0] and 1 in (len(a), len(b))) for a, b in zip(short[:-1], long[:-1], strict=False))


def _name(name: str) -> list[str]:
    held = [word for word in words(name) if word not in STOPWORDS]
    plain = [word for word in held if word not in TITLES and word not in HONORIFICS]
    return plain or held


def _is_person(name: str) -> bool:
    """True for a name that looks like a person's: two or more capitalised words, none of a country, and no office."""
    parts = [part for part in name.split() if fold(part).rstrip(".") not in HONORIFICS | dict.fromkeys(TITLES)]
    return (
        len(parts) >= _BODY
        and all(part[:1].isupper() or len(part) <= _BODY + 1 for part in parts)
        and (country_of(name) is None or fold(parts[0]) in GIVEN_NAMES)  # Michael Jordan
        and not {fold(part) for part in parts} & _OFFICES
    )


_OFFICES = frozenset(
    """ministry department office party council committee commission agency association union institute university
    court police government group company corporation inc ltd plc bank federation league club news times post
    parliament congress senate army navy force service authority board foundation centre center network coalition
    international house airlines motors""".split()
)


def _stems(text: str) -> set[str]:
    # A ministry and its minister, a president and a presidency: what their first letters share.
    return {stem(word)[:6] for word in words(text) if word not in STOPWORDS and len(word) > _BODY}
