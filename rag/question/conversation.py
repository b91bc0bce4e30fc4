"""What the turns of a conversation name: people, bodies, and what a question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.knowledge.words import FEMALE_NAMES, MALE_NAMES, SAYING_PATTERN
from rag.question.intent import NAME_PREFIXES, names_in
from rag.text.canonical import fold
from rag.text.places import country_asked, is_given_name, place_of
from rag.text.terms import STOPWORDS, content_words, words

ABOUT = re.compile(
    r"\b(?:about|on|regarding|concerning|towards?|over|against)\s+(?P<what>.+?)\s*[?.!]*$", re.IGNORECASE
)
TITLED_BEFORE_COLON = re.compile(r"^(?P<who>[^\W\d_a-z][^:“\"\n]{2,60}):\s*[“\"]", re.MULTILINE)
_SAYS_SO = re.compile(rf"^(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*)\s+(?:{SAYING_PATTERN})\b", re.MULTILINE)
_SUBJECT = re.compile(r"^[^:“\"\n]*?\b(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)+)\b(?!:)", re.MULTILINE)  # a full name
ASKED_WHO = re.compile(r"^\W*who\s+(?:else\s+)?(?:besides\s+.+?\s+(?=has\b))?", re.IGNORECASE)
_EMPTY = frozenset("something anything thing things matter".split())
GENDER = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f"}
_MOST_NAMES = 4  # of a person
_FEWEST, _COUPLE = 2, 2  # words of a name with an office before it; people
# "Why did the drivers go on strike?" is about their strike, and "How much does the Ostra 4 cost?" about the Ostra 4.
_ON_STRIKE = re.compile(
    r"\b(?:did|do|does|are|were|is|was|have|has|will)\s+(?:the\s+)?(?P<who>\S.*?)\s+"
    r"(?:(?:go|going|gone|still|be|been)\s+)*on\s+(?P<what>strike|trial|tour|bail|sale)\b"
)
_HELPED_BY_DO = re.compile(r"^\W*(?:how|when|where|why|what)\b.*?\b(?:do|does|did|will|would)\b", re.IGNORECASE)
_DOES = re.compile(
    r"\s+(?:cost|sell(?: for)?|happen|begin|start|end|die|last|open|close|work|mean|rise|fall|win|lose|leave|arrive"
    r"|change)$"
)


class Turn(NamedTuple):
    """An earlier question as it was understood (rewritten, where it was), and the plain text of its answer."""

    question: str
    answer: str = ""


def people_in(turn: Turn) -> list[str]:
    """Whom a turn named: in its question, as the speakers of its answer."""
    parties = [
        name
        for name in actors_in(turn.question)
        if re.search(
            rf"\b(?:did|does|has|is|do|have|was)\s+{re.escape(name)}\b|{re.escape(name)}['’]s?\s+\w*\s*(?:position|stance|view)",
            turn.question,
        )
    ]
    spoke = [match["who"].strip() for match in TITLED_BEFORE_COLON.finditer(turn.answer)]
    if ASKED_WHO.match(turn.question):
        subjects = [match["who"] for match in _SUBJECT.finditer(turn.answer)]
        spoke += [
            _untitled(who) for who in subjects if not any(map(country_asked, [" ".join(words(who)), *words(who)]))
        ]
    known = {name.split()[-1] for name in parties}
    return list(dict.fromkeys([*parties, *(name for name in spoke if name.split()[-1] not in known)]))


def _untitled(name: str) -> str:
    """A name without the office before it: "Mayor Ida Holm"."""
    parts = name.split()
    while len(parts) > _FEWEST and fold(parts[0]) in NAME_PREFIXES:
        parts.pop(0)
    return " ".join(parts)


def last_person(turns: Sequence[Turn], question: str = "") -> str | None:
    """Who was named last in a question and is no country; else whose words the last answer quotes, or the only person
    that it names. A "he" or "she" of the question is nobody of the other gender.
    """
    for turn in reversed(turns):
        people = _people_asked(turn)
        spoke = [match["who"].strip() for match in TITLED_BEFORE_COLON.finditer(turn.answer)][:1]
        spoke = spoke or [name for name in _SAYS_SO.findall(turn.answer) if not place_of(name)][:1]
        named = [person for name in names_in(turn.answer) if (person := person_in(name))]
        others = [name for name in named if people and name.split()[-1] != people[0].split()[-1]]
        alone = len(people) == 1 and not any(_may_be(question, name) for name in others)
        for some in (people[-1:], spoke, named if len({name.split()[-1] for name in named}) == 1 else []):
            if some and (alone or _may_be(question, _in_full(some[0], turn))):
                return some[0]
        fitting = {name for name in named if question and _gender(name) and _may_be(question, name)}
        if len(fitting) == 1:
            return fitting.pop()
    return None


def _people_asked(turn: Turn) -> list[str]:
    """The people whom a question names."""
    named = [name for name in actors_in(turn.question) if not _is_country(name) and not name.isupper()]
    return [name for name in named if not _is_a_body(name, turn.question)]


def both_asked(turn: Turn) -> str | None:
    """The two people of a question, whom "they" means where it names no body."""
    people = _people_asked(turn)
    return " and ".join(people) if len(people) == _COUPLE else None


def couple_asked(question: str, turn: Turn) -> dict[str, str] | None:
    """Who is he ("m") and who is she ("f"), where a question has both and the last one named two people of whom one is
    known to be a man or a woman."""
    people = _people_asked(turn)
    if {GENDER[word] for word in words(question) if word in GENDER} != {"m", "f"} or len(people) != _COUPLE:
        return None
    genders = [_gender(_in_full(name, turn)) for name in people]
    if genders in (["m", "f"], ["m", None], [None, "f"]):
        return {"m": people[0], "f": people[1]}
    return {"f": people[0], "m": people[1]} if genders in (["f", "m"], ["f", None], [None, "m"]) else None


def _in_full(name: str, turn: Turn) -> str:
    """A last name with the first names that the answer has before it."""
    full = (person for one in names_in(turn.answer) if (person := person_in(one)))
    return next((one for one in full if one.split()[-1] == name), name)


def _is_a_body(name: str, text: str) -> bool:
    """True for what the text has behind an article, as no person is: the Green List."""
    return bool(re.search(rf"\bthe\s+{re.escape(name)}", text, re.IGNORECASE))


def person_in(name: str) -> str | None:
    """The person's name in one with an office or an age before it: "Energy Minister Bo Krell"; None for another."""
    parts = name.split()
    while parts and not is_given_name(parts[0]):
        parts.pop(0)
    return " ".join(parts) if 1 < len(parts) <= _MOST_NAMES else None


def _gender(name: str) -> str | None:
    first = fold(name.split()[0])
    return "m" if first in MALE_NAMES else "f" if first in FEMALE_NAMES else None


def _may_be(question: str, name: str) -> bool:
    """False where a pronoun of the question is of another gender than the name."""
    gender = _gender(name)
    called = {word for word in words(question) if word in GENDER}
    return gender is None or all(GENDER[word] == gender for word in called)


def actors_in(question: str) -> list[str]:
    """Names in a question that may act: none of a day, a month or a place ("in Kyiv")."""
    return [name for name in names_in(question) if not re.search(rf"\b(?:in|at|near|on)\s+{re.escape(name)}", question)]


def last_body(turns: Sequence[Turn]) -> str | None:
    """The country, or the body by its initials, that a question named last."""
    for turn in reversed(turns):
        bodies = [name for name in actors_in(turn.question) if _is_country(name) or name.isupper()]
        if bodies:
            return bodies[-1]
    return None


def topic_of(question: str) -> str | None:
    """What a question is about: the words after its preposition of aboutness, else after its last verb-like word."""
    if match := _ON_STRIKE.search(question):
        return f"the {match['who']} {match['what']}"
    if (match := ABOUT.search(question)) and content_words(match["what"]):
        return match["what"]
    body = re.sub(r"[”\"]?\s*[?.!]+$", "", question)
    body = _DOES.sub("", body) if _HELPED_BY_DO.match(question) else body
    if match := re.search(r"\b(?:the|a|an)\s+[\w’' -]+$", body):
        topic = match.group()
        return topic if set(content_words(topic)) - _EMPTY else None
    return None


def _is_country(name: str) -> bool:
    return bool(country_asked(" ".join(word for word in words(name) if word not in STOPWORDS)))
