"""The words of a text with their effect on its meaning."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.knowledge.tables import groups_of
from rag.knowledge.words import (
    BASE_FORMS,
    COMMON_DAY_FORMS,
    MODALS,
    MONTH_FORMS,
    NEGATIONS,
    PLAIN_SAYING_VERBS,
    UNITS,
    WEEKDAY_FORMS,
    all_forms,
    forms_of,
)
from rag.text.canonical import fold
from rag.text.lexing import lexemes, number_in, without_ending
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem
from rag.verification.lexicon import LEXICON, PATTERNS

Kind = Literal["negation", "modal", "tense", "quantifier", "hedge", "number", "unit", "day", "name", "word", "function"]

_BETWEEN = re.compile(r"[^\s\"'“”‘’`]")  # a mark that keeps two words apart
_DENIALS = all_forms(LEXICON.denying) | LEXICON.denials
_RULES, _RULE_OUT = frozenset(forms_of("rule")), "rule out"
_TENSES = groups_of("verification", "tenses")
_UNITS = {form: unit for form, unit in UNITS.items() if unit not in LEXICON.common_units}
_UNITS |= groups_of("verification", "number_units")
DAYS = {
    form: name for form, name in (MONTH_FORMS | WEEKDAY_FORMS).items() if form == name or form not in COMMON_DAY_FORMS
}
_GROUPS: Sequence[tuple[Kind, Container[str]]] = (
    ("modal", MODALS), ("tense", _TENSES), ("quantifier", LEXICON.quantifiers), ("hedge", LEXICON.hedges),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text. `form` is the folded word as written; `key` is what makes two words the same one (stem, value
    of a number, name of a unit); `start` and `end` are its half-open span in characters; `sentence` is the number of
    its sentence, from 0; `is_adjacent` is False where punctuation stands before it."""

    form: str
    key: str
    kind: Kind
    start: int
    end: int
    sentence: int
    is_adjacent: bool

    @property
    def is_content(self) -> bool:
        """True if it says what the sentence is about."""
        return self.kind in ("word", "name", "number", "unit", "day") or self.is_denial

    @property
    def is_reporting(self) -> bool:
        """True for a form of a verb of saying."""
        return self.form in PLAIN_SAYING_VERBS

    @property
    def is_denial(self) -> bool:
        """True for a verb or noun of denial or failure, and for "rule out"."""
        return self.form in _DENIALS or self.key == _RULE_OUT

    @property
    def tense(self) -> str:
        """`present`, `past`, `perfect` or `before` (the past of a past) by the form of a verb; "" for other words and
        for verbs of saying, whose tense may change."""
        if self.kind == "tense":
            return _TENSES[self.form]
        if self.kind != "word" or self.is_reporting:
            return ""
        if self.form in BASE_FORMS or self.form.endswith("ed"):
            return "past"
        return "present" if self.form.endswith("s") and not self.form.endswith("ss") else ""


def tokens(text: str, *, names: frozenset[str] = frozenset()) -> list[Token]:
    """The words of a text in order. A capitalised first word of a sentence is a name only if it is one of `names` (see
    `names_in`), or if a name or a verb of saying follows it."""
    return list(_tokens_of(text, names))


@lru_cache(maxsize=512)  # claims of one text are compared with the same sentences and articles
def _tokens_of(text: str, names: frozenset[str]) -> tuple[Token, ...]:
    return tuple(
        item
        for number, span in enumerate(sentences(text))
        for item in _sentence_tokens(text, span.start, span.end, number, names)
    )


@lru_cache(maxsize=512)
def names_in(text: str) -> frozenset[str]:
    """Folded words that stand capitalised in a text, and never without a capital."""
    plain_words = {match.group() for match in re.finditer(r"\b[a-z][\w’'.-]*", text)}
    capitals = {without_ending(match.group()) for match in re.finditer(r"\b[A-Z][\w’'.-]*", text)}
    return frozenset(capitals - plain_words - LEXICON.quantifiers - LEXICON.hedges)


def _sentence_tokens(text: str, start: int, end: int, number: int, names: frozenset[str]) -> Iterator[Token]:
    items = list(lexemes(text, start, end))
    previous_end = start
    for at, item in enumerate(items):
        is_adjacent = not _BETWEEN.search(text[previous_end : item.start])
        previous_end = item.end
        following = next((text[one.start : one.end] for one in items[at + 1 : at + 3] if one.start >= item.end), "")
        if item.form in _RULES and fold(following) == "out":
            yield Token(item.form, _RULE_OUT, "word", item.start, item.end, number, is_adjacent)
            continue
        is_bound = item.form in ("many", "few", "most") and fold(following) == "as"  # "as many as twelve"
        if is_bound or (item.form in ("no", "not") and PATTERNS.no_denial.match(text, item.end)):
            yield Token(item.form, item.form, "function", item.start, item.end, number, is_adjacent)
            continue  # "no less than" denies nothing
        is_first = at == 0 or text[item.start - 1] in "“\"‘'`"
        is_name = text[item.start].isupper() and (
            item.form in names
            or fold(following) in PLAIN_SAYING_VERBS
            or (item.form not in LEXICON.openers and (not is_first or _is_capitalised(following)))
        )
        yield Token(*_classify(item.form, is_name), item.start, item.end, number, is_adjacent)


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper() and fold(word) not in STOPWORDS


@lru_cache(65536)
def _classify(form: str, is_name: bool) -> tuple[str, str, Kind]:
    """Form, key and kind of a folded word."""
    if form in NEGATIONS or form == "n't":
        return form, {"n't": "not", "cannot": "not"}.get(form, form), "negation"
    if (value := number_in(form)) is not None:
        return form, value, "number"
    if is_name and form not in STOPWORDS and form not in DAYS:
        return form, form, "name"
    if form in DAYS and (is_name or form not in COMMON_DAY_FORMS):
        return form, DAYS[form], "day"
    if form in _UNITS:
        return form, _UNITS[form], "unit"
    if kind := next((kind for kind, group in _GROUPS if form in group), None):
        return form, form, kind
    if form in STOPWORDS and form not in PLAIN_SAYING_VERBS:
        return form, form, "function"
    return form, stem(form), "word"


def join_forms(items: Iterable[Token]) -> str:
    """The forms of some words, one after the other."""
    return " ".join(item.form for item in items)
