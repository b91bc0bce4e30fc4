"""The discourse entities of earlier turns: people, organisations, places in focus, and the topic of a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.knowledge.words import BASE_FORMS, FEMALE_NAMES, MALE_NAMES, PRONOUN_GENDERS, SAYING_PATTERN
from rag.question.intent import NAME_PREFIXES, names_in
from rag.question.lexicon import LEXICON, PATTERNS
from rag.text.canonical import fold
from rag.text.places import country_asked, is_given_name, place_of
from rag.text.terms import STOPWORDS, content_words, is_english, words

SPEAKER_BEFORE_COLON = re.compile(r"^(?P<who>[^\W\d_a-z][^:“\"\n]{2,60}):\s*[“\"]", re.MULTILINE)
SPEAKER_PREFIX = re.compile(r"^(?P<who>[^\W\d_a-z][^:.,“\"\n]{2,60}):\s+(?=\S)")
"""Who says a line of an answer: "Ida Holm: She said ..."."""
_SPEAKER = re.compile(rf"^(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*)\s+(?:{SAYING_PATTERN})\b", re.MULTILINE)
_SPEAKER_BEHIND = re.compile(
    rf"[,?!.][”\"]\s+(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*)\s+(?:{SAYING_PATTERN})\b", re.MULTILINE
)
_SPEAKER_AT_END = re.compile(rf"(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)+),?\s+(?:{SAYING_PATTERN})\W*(?:\[\d+\]\W*)*$")
_ACCORDING_TO = re.compile(r"\baccording to (?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*)")
_FULL_NAME = re.compile(r"^[^:“\"\n]*?\b(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)+)\b(?!:)", re.MULTILINE)
WITHIN_QUOTES = re.compile(r"[“\"][^”\"]*[”\"]")
GENDER = {form: "m" if pronoun == "he" else "f" for form, pronoun in PRONOUN_GENDERS.items()}
_MOST_NAMES = 4  # words of a person's name
_COUPLE = 2
_PARTY = (
    r"\b(?:did|does|has|is|do|have|was)\s+{0}\b|{0}['’]s?\s+\w*\s*(?:position|stance|view)"
    r"|\b(?:position|stance|view)s?\s+of\s+(?:the\s+)?{0}\b"
)


class Turn(NamedTuple):
    """An earlier question, made standalone, and the plain text of its answer; empty where there was none."""

    question: str
    answer: str = ""


def parties_of(turn: Turn) -> list[str]:
    """Those whose position a turn asks for and the speakers of its answer, each once by surname."""
    parties = [name for name in actors_in(turn.question) if re.search(_PARTY.format(re.escape(name)), turn.question)]
    speakers = [match["who"].strip() for match in SPEAKER_BEFORE_COLON.finditer(turn.answer)]
    if PATTERNS.who_question.match(turn.question):
        subjects = [match["who"] for match in _FULL_NAME.finditer(turn.answer)]
        speakers += [
            _without_title(name)
            for name in subjects
            if not any(map(country_asked, [" ".join(words(name)), *words(name)]))
        ]
    surnames = {name.split()[-1] for name in parties}
    return list(dict.fromkeys([*parties, *(name for name in speakers if name.split()[-1] not in surnames)]))


def _without_title(name: str) -> str:
    """A name of two words or more without the titles before it: "Mayor Ida Holm"."""
    parts = name.split()
    while len(parts) > 2 and fold(parts[0]) in NAME_PREFIXES:
        parts.pop(0)
    return " ".join(parts)


def last_person(turns: Sequence[Turn], question: str = "") -> str | None:
    """The antecedent of "he" or "she": the person named last in a question who may be of the gender of the pronouns of
    `question`, else whom the first line of its answer with anybody is about, else the only person whom that names.
    """
    for turn in reversed(turns):
        people = _people_in_question(turn)
        subjects = (subject_of(line) for line in turn.answer.splitlines())
        speakers = [*filter(None, subjects)][:1]
        in_answer = _people_in_answer(turn)
        if not speakers and PATTERNS.who_question.match(turn.question):
            speakers = in_answer[:1]  # whoever answers the question is named first
        others = [name for name in in_answer if people and name.split()[-1] != people[0].split()[-1]]
        is_alone = len(people) == 1 and not any(fits_gender(question, name) for name in others)
        only = in_answer if len({name.split()[-1] for name in in_answer}) == 1 else []
        of_gender = {name for name in in_answer if question and _gender(name) and fits_gender(question, name)}
        answers = [*of_gender] if len(of_gender) == 1 and PATTERNS.who_question.match(turn.question) else []
        if answers and not (people and _gender(_full_name(people[-1], turn))):
            return answers[0]  # "Who succeeds Vale?" is answered by a woman, and Vale may be either
        fitting = [name for name in people if fits_gender(question, _full_name(name, turn))]
        for candidates in (fitting[-1:] or people[-1:], speakers, only):
            if candidates and (is_alone or fits_gender(question, _full_name(candidates[0], turn))):
                return candidates[0]
        if len(of_gender) == 1:
            return of_gender.pop()
    return None


def subject_of(line: str) -> str | None:
    """Whom a line of an answer is about, without titles: its speaker, else nobody."""
    if match := SPEAKER_PREFIX.match(line):
        return _person_of(match["who"])
    matches = (pattern.search(line) for pattern in (_SPEAKER, _SPEAKER_BEHIND, _SPEAKER_AT_END, _ACCORDING_TO))
    names = [match["who"] for match in matches if match]
    opening = PATTERNS.opening_name.match(line)
    if opening and (opening["turn"] or opening["relative"] or person_in(opening["who"])):
        names.append(opening["who"])
    names = [name for name in names if fold(name) not in STOPWORDS]
    subject = next((_person_of(name) for name in names if not place_of(name)), None)
    person = next(filter(None, map(person_in, names_in(line))), None)
    return subject or (person if person and _opens(line, person) else None)


def _opens(line: str, person: str) -> bool:
    """True for a person with whom a line opens, behind what they are: "Green leader Ida Holm"."""
    before = line[: line.find(person)]
    return not ("," in before or PATTERNS.before_object.search(before) or len(before.split()) > _MOST_NAMES)


def has_surname(name: str, key: str) -> bool:
    """True for a person's folded name that ends in a surname: one behind a given name, or a name of two words that are
    not English.
    """
    first, *rest = name.split() or [""]
    if rest[-1:] != [key]:
        return False
    return is_given_name(first) or (len(rest) == 1 and not is_english(first) and not is_english(key))


def _person_of(name: str) -> str:
    """A person's name without office and nationality: "Norland's Mayor Ida Holm", "Mayor Holm"."""
    return person_in(name) or _without_title(name)


def _people_in_question(turn: Turn) -> list[str]:
    """Names that are no country, no acronym, and have no article before them as organisations do: "the Green List".
    Those whom "who besides ..." leaves out, and those whom a quotation in it names, are not asked about.
    """
    question = WITHIN_QUOTES.sub(" ", PATTERNS.who_question.sub("", turn.question))
    return [
        name
        for name in actors_in(question)
        if not (_is_country(name) or name.isupper())
        and not re.search(rf"\bthe\s+{re.escape(name)}", question, re.IGNORECASE)
    ]


def _people_in_answer(turn: Turn) -> list[str]:
    return [person for name in names_in(turn.answer) if (person := person_in(name))]


def couple_in(turn: Turn) -> str | None:
    """The two people of a question, to whom "they" refers where it names no organisation."""
    people = _people_in_question(turn)
    return " and ".join(people) if len(people) == _COUPLE else None


def couple_by_gender(question: str, turn: Turn) -> dict[str, str] | None:
    """The antecedents of "he" ("m") and "she" ("f") of a question with both, where the turn names two people of whom
    one is known to be a man or a woman.
    """
    people = _people_in_question(turn)
    if {GENDER[word] for word in words(question) if word in GENDER} != {"m", "f"} or len(people) != _COUPLE:
        return None
    genders = [_gender(_full_name(name, turn)) for name in people]
    if genders in (["m", "f"], ["m", None], [None, "f"]):
        return {"m": people[0], "f": people[1]}
    return {"f": people[0], "m": people[1]} if genders in (["f", "m"], ["f", None], [None, "m"]) else None


def _full_name(name: str, turn: Turn) -> str:
    """A surname with the first names that the answer has before it."""
    return next((person for person in _people_in_answer(turn) if person.split()[-1] == name), name)


def person_in(name: str) -> str | None:
    """The person's name behind an office or an age ("Energy Minister Bo Krell"); None without a known given name."""
    parts = name.split()
    while parts and not is_given_name(parts[0]):
        parts.pop(0)
    return " ".join(parts).rstrip(".’'-") if 1 < len(parts) <= _MOST_NAMES else None


def _gender(name: str) -> str | None:
    first = fold(name.split()[0])
    return "m" if first in MALE_NAMES else "f" if first in FEMALE_NAMES else None


def fits_gender(question: str, name: str) -> bool:
    """False where a pronoun of the question has another gender than the name."""
    gender = _gender(name)
    return gender is None or all(GENDER.get(word, gender) == gender for word in words(question))


def actors_in(question: str) -> list[str]:
    """Names of a question that may act, which a place behind its preposition ("in Kyiv") does not."""
    return [name for name in names_in(question) if not re.search(rf"\b(?:in|at|near|on)\s+{re.escape(name)}", question)]


def last_organisation(turns: Sequence[Turn]) -> str | None:
    """The country, or the organisation by its acronym, that a question named last."""
    for turn in reversed(turns):
        organisations = [name for name in actors_in(turn.question) if _is_country(name) or name.isupper()]
        if organisations:
            return organisations[-1]
    return None


def topic_of(question: str) -> str | None:
    """The topic of a question: the words behind its preposition of aboutness, else the noun phrase at its end."""
    if match := PATTERNS.on_strike.search(question):
        return f"the {match['who']} {match['what']}"
    if (match := PATTERNS.about_what.search(question)) and content_words(match["what"]):
        return match["what"]
    body = re.sub(r"[”\"]?\s*[?.!]+$", "", question)
    if (inverted := PATTERNS.inverted.match(body)) and (inner := PATTERNS.last_phrase.search(inverted["rest"])):
        body = inner[0] if inner.start() else _without_verb(inverted["aux"], inner[0])
    match = re.search(r"\b(?:the|a|an)\s+[\w’' -]+$", body)
    if match is None or PATTERNS.position_of.match(match[0]):  # "the position of Ida Holm" is what is asked for
        return None
    return match[0] if set(content_words(match[0])) - LEXICON.no_topics else None


def _without_verb(auxiliary: str, phrase: str) -> str:
    """The subject of an inverted question that ends in its verb: "will the centre teach", "was the pool shut down"."""
    verb, particle = PATTERNS.particle_at_end.subn("", phrase)
    head, _, last = verb.rpartition(" ")
    is_verb = PATTERNS.before_base_verb.fullmatch(auxiliary) or particle or last in BASE_FORMS
    is_verb = is_verb or last.endswith(("ed", "ing"))
    head = re.sub(r"\s+(?:be|been)$", "", head)
    return head if is_verb and len(head.split()) > 1 and " to " not in head else phrase


def _is_country(name: str) -> bool:
    return bool(country_asked(" ".join(word for word in words(name) if word not in STOPWORDS)))
