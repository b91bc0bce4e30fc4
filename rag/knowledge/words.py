"""The word lists of the tables as constants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from rag.knowledge.tables import rows, table, words_of


def _word_tuple(name: str, key: str) -> tuple[str, ...]:
    return tuple(str(table(name)[key]).split())


# -- names and titles

MALE_NAMES = frozenset(row["name"] for row in rows("given_names") if row["gender"] == "m")
"""Given names that nearly always are a man's, folded."""

FEMALE_NAMES = frozenset(row["name"] for row in rows("given_names") if row["gender"] == "f")
"""Given names that nearly always are a woman's, folded."""

GENDERED_NAMES = MALE_NAMES | FEMALE_NAMES
"""Both together."""

GIVEN_NAMES = frozenset(row["name"] for row in rows("given_names"))
"""All given names, also those of both."""

HONORIFICS: dict[str, Literal["he", "she"] | None] = {
    **dict.fromkeys(_word_tuple("titles", "men"), "he"),
    **dict.fromkeys(_word_tuple("titles", "women"), "she"),
    **dict.fromkeys(_word_tuple("titles", "either")),
}
"""Forms of address, with and without a full stop, and the pronoun of those who bear them."""

TITLE_ABBREVIATIONS = words_of("titles", "abbreviations")
"""Titles cut short, without the full stop."""

TITLES = words_of("titles", "offices")
"""Offices and jobs that stand before a name."""

NAME_PARTICLES = words_of("titles", "particles")
"""Small words inside a name, in lower case: van, de."""

LESSER_OFFICES = words_of("titles", "lesser")
"""Words that make another, lower office of an office."""

FORMER_PREFIXES = tuple(table("titles")["former"])
"""Beginnings of the words of an office that is over, in lower case."""

BEFORE_CAPITALS = str(table("titles")["before_capitals"])
"""A title before a name in capitals, for a regular expression that heeds case."""

# -- days and numbers

MONTHS = _word_tuple("calendar", "months")
WEEKDAYS = _word_tuple("calendar", "weekdays")
MONTH_PATTERN, WEEKDAY_PATTERN = "|".join(MONTHS), "|".join(WEEKDAYS)
"""In full, for a regular expression that ignores case."""

DAY_NAMES = frozenset((*MONTHS, *WEEKDAYS))


def _by_form(names: tuple[str, ...], short: str) -> dict[str, str]:
    more = words_of("calendar", short)
    return {form: name for name in names for form in (name, name[:3], *(one for one in more if one[:3] == name[:3]))}


MONTH_FORMS, WEEKDAY_FORMS = _by_form(MONTHS, "short_months"), _by_form(WEEKDAYS, "short_weekdays")
"""The names by what English news writes for them, in full or cut short, in lower case."""

SHORT_MONTHS = tuple(form for form in MONTH_FORMS if form not in MONTHS)

ANY_MONTH = "|".join(sorted(MONTH_FORMS, key=len, reverse=True))
"""All forms of the months, for a regular expression that ignores case."""

COMMON_DAY_FORMS = words_of("calendar", "ambiguous")
"""Those of them that are words of their own."""

TIME_UNITS = words_of("calendar", "units")

AHEAD = words_of("calendar", "ahead")
"""Words after which a weekday lies ahead."""
AHEAD_TO = words_of("calendar", "ahead_to")
"""The same before "to" or "for"."""

COUNTS = {word: value for value, word in enumerate(_word_tuple("numbers", "to_nineteen"))} | {
    word: 10 * value for value, word in enumerate(_word_tuple("numbers", "tens"), start=2)
}
"""Numbers in words up to nineteen, and the tens."""

ORDINALS = {word: value for value, word in enumerate(_word_tuple("numbers", "ordinals"), start=1)}
"""Ordinals in words up to the twelfth."""

ORDINAL_ENDINGS = _word_tuple("numbers", "ordinal_endings")
ANY_ORDINAL = rf"{'|'.join(ORDINALS)}|\d+(?:{'|'.join(ORDINAL_ENDINGS)})"
"""An ordinal in words or figures, for a regular expression that ignores case."""


def _units() -> tuple[dict[str, str], dict[str, tuple[str, float]]]:
    names: dict[str, str] = {}
    sizes: dict[str, tuple[str, float]] = {}
    for line in "".join(map(str, table("units").values())).strip().splitlines():
        forms, _, size = line.partition("|")
        name, _, others = forms.partition(":")
        names |= dict.fromkeys([*others.split(), *([name] if name != "won" else [])], name)  # "won" is a verb
        if size.split():
            dimension, number = size.split()
            sizes[name] = (dimension, float(number))
    return names, sizes


UNITS, UNIT_SIZES = _units()
"""Currencies and measures by what news writes for them, in lower case; and the dimension of measures, with how many of
its base units they are."""

QUANTITIES = frozenset(COUNTS) - {"zero"} | words_of("numbers", "magnitudes", "parts")
"""Words that count."""

# -- verbs

NEGATIONS = words_of("negation", "words")
CONTRACTED_NEGATIONS = words_of("negation", "contracted")
"""Negations cut short: "don't"."""

NEGATION_WORDS = NEGATIONS | {word.replace("'", "") for word in CONTRACTED_NEGATIONS}
"""All of them as `rag.text.terms.words` gives them."""

FULL_NEGATIONS = NEGATIONS - words_of("negation", "weak")
"""Those that leave nothing of what follows them."""

NEGATION_PATTERN = rf"\b(?:{'|'.join(sorted(NEGATIONS))})\b|n['’]t\b"
"""Any negation, for a regular expression that ignores case."""

MODALS, UNSURE_MODALS = words_of("modals", "words"), words_of("modals", "unsure")
MODAL_FORMS = MODALS | words_of("modals", "cut_short")
"""Modal verbs, also cut short: 'll."""

_IRREGULAR = {row["base"]: (row["past"], row["participle"]) for row in rows("irregular_verbs")}
BASE_FORMS = {form: base for base, forms in _IRREGULAR.items() for form in forms if form != base}
"""Past tense or participle of an irregular verb -> its base form: won, win."""

_VOWELS = "aeiou"
_DOUBLING = re.compile(rf"[^{_VOWELS}]*[{_VOWELS}][bdglmnprt]|admit|rebut|commit|permit|forbid")


def forms_of(verb: str) -> tuple[str, ...]:
    """All forms of a verb of the tables: deny, denies, denied, denying."""
    stem = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        third, past = f"{verb[:-1]}ies", f"{verb[:-1]}ied"
    elif verb.endswith(("s", "sh", "ch", "x")):
        third, past = f"{verb}es", f"{verb}ed"
    else:
        third, past = f"{verb}s", f"{verb}d" if verb.endswith("e") else f"{verb}ed"
    if _DOUBLING.fullmatch(verb):
        stem, past = f"{verb}{verb[-1]}", f"{verb}{verb[-1]}ed"
    return tuple(dict.fromkeys((verb, third, *_IRREGULAR.get(verb, (past,)), f"{stem}ing")))


def all_forms(verbs: Iterable[str], first: int = 0, last: int | None = None) -> frozenset[str]:
    """The forms of some verbs; from the `first` on up to before the `last` of each."""
    return frozenset(form for verb in verbs for form in forms_of(verb)[first:last])


def any_of(forms: Iterable[str]) -> str:
    """Words for a regular expression, the longest first."""
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


# -- verbs of saying

Implication = Literal["assertion", "denial", "rejection", "question", "demand", "promise", "judgement", "thought"]


def verbs_of(implies: Implication) -> frozenset[str]:
    """The verbs of saying whose words are of a kind, by their base form."""
    return frozenset(row["verb"] for row in rows("saying") if row["implies"] == implies)


def verbs_used(*uses: str) -> frozenset[str]:
    """The verbs of saying that have one of the uses that the head of the table names, by their base form."""
    return frozenset(row["verb"] for row in rows("saying") if not set(uses).isdisjoint(row["uses"].split()))


CUE_VERBS = verbs_used("cue")
"""Verbs that attribute what follows to who stands before them, by their base form."""

CUE_FORMS = all_forms(CUE_VERBS, last=-1) | all_forms(verbs_used("inflected"), 1, 3)
"""The finite forms in which verbs attribute something."""

_UTTERING = verbs_used("cue", "inflected", "acts") - verbs_of("thought")
_NOUNS = verbs_used("noun")
SAYING_VERBS = all_forms(_UTTERING)
"""Verbs that report somebody's words, in all their forms."""

PLAIN_SAYING_VERBS = all_forms(verbs_used("plain"), last=-1)
"""Verbs of saying that add nothing to the words, in their finite forms."""

SAYING_FORMS = all_forms(_UTTERING - _NOUNS, 1, -1) | all_forms(_UTTERING & _NOUNS, 2, -1) | {"say"}
"""Verbs of saying in the forms that hardly ever are nouns: says, said, but not "the state", "a call"."""

SAYING_FORMS_PATTERN, SAYING_PATTERN = any_of(SAYING_FORMS), any_of(SAYING_VERBS)
HOLDING_PATTERN = any_of(all_forms(verbs_of("thought")))
"""Verbs of what somebody thinks and wants, in all their forms."""

# -- the rest

FORMS_OF_BE = words_of("function_words", "be")
FORMS_OF_DO = words_of("function_words", "do")
AUXILIARIES = FORMS_OF_BE | FORMS_OF_DO | MODALS | words_of("function_words", "have")
ARTICLES = words_of("function_words", "articles")

PRONOUN_GENDERS: dict[str, Literal["he", "she"]] = {
    **dict.fromkeys(_word_tuple("function_words", "he"), "he"),
    **dict.fromkeys(_word_tuple("function_words", "she"), "she"),
}
"""Pronouns of one person in all cases, and the one in the nominative."""

THIRD_PERSON = words_of("function_words", "he", "she", "it", "they")
"""All pronouns of the third person."""

STOPWORDS = words_of("function_words", "words", "reporting")
"""Words that carry no meaning when texts are compared."""


@cache
def lexicon() -> frozenset[str]:
    """English words of three letters and more in small letters, from the table of WordNet."""
    return frozenset(word for row in rows("wordnet") for word in re.findall(r"[a-z]{3,}", " ".join(row.values())))


def base_form(verb: str) -> tuple[str, str]:
    """The auxiliary and the base form with which a verb in the present or the past asks: ("does", "oppose") for
    "opposes"; the base form is empty for what is no such verb.
    """
    if base := BASE_FORMS.get(verb):
        return "did", base
    for ending, auxiliary, others in (
        ("ies", "does", ["y"]),
        ("es", "does", ["e", ""]),
        ("s", "does", [""]),
        ("ied", "did", ["y"]),
        ("ed", "did", ["e", ""]),
    ):
        for other in others if verb.endswith(ending) else ():
            base = verb.removesuffix(ending) + other
            if base in lexicon():
                return auxiliary, base
    return "do", verb if verb in lexicon() else ""
