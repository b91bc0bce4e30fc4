"""The words of a news text as facts: numbers with their units, names, days, dates, negations and modal verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.domain import Span
from rag.knowledge.tables import groups_of, words_of
from rag.knowledge.words import (
    COMMON_DAY_FORMS,
    FULL_NEGATIONS,
    HONORIFICS,
    MODALS,
    MONTH_FORMS,
    ORDINALS,
    TIME_UNITS,
    TITLE_ABBREVIATIONS,
    TITLES,
    UNITS,
    WEEKDAY_FORMS,
)
from rag.text.canonical import fold
from rag.text.lexing import lexemes, number_in
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, stem

Kind = Literal["number", "year", "unit", "name", "weekday", "date", "negation", "modal", "word"]

_MOST_SENTENCES = 1_000
_TITLES = words_of("titles", "before_names") | TITLES | TITLE_ABBREVIATIONS | HONORIFICS.keys()
_VAGUE_NUMBERS = groups_of("comparison", "vague_numbers")
_FACTORS = {word: float(factor) for word, factor in groups_of("comparison", "factors").items()}


@dataclass(slots=True)
class FactWord:
    """A word or a number. `key` is what makes two of them the same; `unit` is what a number is of."""

    form: str
    key: str
    kind: Kind
    is_initial: bool  # the first of a sentence or of a quotation
    is_capitalised: bool
    in_brackets: bool  # within brackets
    value: float | None = None
    unit: str = ""


def read_sentences(text: str) -> list[list[FactWord]]:
    """The words of the sentences of a text, numbers with their units and days with their months as one each."""
    return [_join_numbers(list(_words(text, span))) for span in sentences(text)[:_MOST_SENTENCES]]


def _words(text: str, sentence: Span) -> Iterator[FactWord]:
    previous_end = sentence.start
    for at, item in enumerate(lexemes(text, sentence.start, sentence.end)):
        raw, before = text[item.start : item.end], text[sentence.start : item.start]
        follows_mark = before.rstrip()[-1:] in '“"„«‘:' and not raw[0].isdigit()
        key, kind, value = _key_and_kind(item.form)
        yield FactWord(
            form=raw if item.start >= previous_end else "",  # an auxiliary shows with its word
            key=key,
            kind=kind,
            is_initial=at == 0 or follows_mark,
            is_capitalised=raw[0].isupper(),
            in_brackets=before.count("(") > before.count(")"),
            value=value,
        )
        previous_end = item.end


def _key_and_kind(form: str) -> tuple[str, Kind, float | None]:
    """Key, kind and value of a folded word."""
    if (number := number_in(form)) is not None:
        is_plain = re.fullmatch(r"\d*[.,]?\d+", number, re.ASCII)  # no time or score: 10:30
        return number, "number", float(number.replace(",", ".")) if is_plain else None
    form = form.replace(".", "")
    if form in FULL_NEGATIONS or form == "n't":
        return "not", "negation", None
    if form in ORDINALS or form in _VAGUE_NUMBERS:
        return form, "number", None
    if form in WEEKDAY_FORMS and form not in COMMON_DAY_FORMS:
        return WEEKDAY_FORMS[form], "weekday", None
    if form in UNITS:
        return UNITS[form], "unit", None
    if form in MODALS:
        return form, "modal", None
    return (form if form in STOPWORDS else stem(form)), "word", None


def _join_numbers(items: list[FactWord]) -> list[FactWord]:
    """Numbers of several words as one, with their units; days of months as one; "no one" as one."""
    result: list[FactWord] = []
    at = 0
    while at < len(items):
        item, after = items[at], items[at + 1] if at + 1 < len(items) else None
        if item.kind == "negation" and after and fold(item.form) == "no" and fold(after.form) == "one":
            item.form = f"{item.form} {after.form}"
            result.append(item)
            at += 2
            continue
        if (
            fold(item.form) in MONTH_FORMS
            and item.is_capitalised
            and (fold(item.form) != "may" or _has_day_beside(items, at))
        ):
            at += _append_month(items, at, result)
            continue
        if item.value is not None:
            at = _append_number(items, at, result)
            continue
        if item.kind == "number":
            number = ORDINALS.get(item.key)
            item.key = f"{number}." if number else _VAGUE_NUMBERS.get(item.key, item.key)
        result.append(item)
        at += 1
    return result


def _has_day_beside(items: Sequence[FactWord], at: int) -> bool:
    beside = [*items[max(0, at - 1) : at], *items[at + 1 : at + 2]]
    return any(item.value is not None for item in beside) or (
        at > 0 and items[at - 1].key in ("in", "by", "until", "of")
    )


def _append_month(items: Sequence[FactWord], at: int, result: list[FactWord]) -> int:
    """Put a month with the day beside it; gives how many words that took."""
    month = items[at]
    day, size = None, 1
    if result and result[-1].kind == "number" and _is_day(result[-1].value) and items[at - 1].value is not None:
        day = result.pop()
    elif at + 1 < len(items) and _is_day(items[at + 1].value):
        day, size = items[at + 1], 2
    form = " ".join(part.form for part in ((day, month) if size == 1 else (month, day)) if part)
    number = f"{day.value:g} " if day and day.value is not None else ""
    result.append(FactWord(form, number + MONTH_FORMS[fold(month.form)], "date", False, False, month.in_brackets))
    if at + size < len(items) and re.fullmatch(r"st|nd|rd|th", items[at + size].key):
        size += 1
    return size


def _is_day(value: float | None) -> bool:
    return value is not None and 1 <= value <= 31 and value == int(value)


def _append_number(items: Sequence[FactWord], at: int, result: list[FactWord]) -> int:
    """Put the number that begins here; gives the place after it."""
    first = items[at]
    total, part, forms = 0.0, first.value or 0.0, [first.form]
    in_words = first.form[0].isalpha()
    at += 1
    while at < len(items):
        item = items[at]
        factor = _FACTORS.get(fold(item.form))
        if factor is not None and (factor != 1e6 or len(item.form) != 1 or not in_words):
            part *= factor
            if factor >= 1e3:
                total, part = total + part, 0.0
        elif in_words and item.value is not None and item.form[0].isalpha():
            part += item.value
        elif not (
            in_words and item.key == "and" and at + 1 < len(items) and items[at + 1].value is not None and part >= 100
        ):
            break
        forms.append(item.form)
        at += 1
    value = total + part
    if at < len(items) and re.fullmatch(r"st|nd|rd|th", items[at].key) and not in_words:
        result.append(FactWord(first.form, f"{value:g}.", "number", first.is_initial, False, first.in_brackets))
        return at + 1
    year = not in_words and len(forms) == 1 and re.fullmatch(r"1[5-9]\d\d|20\d\d", first.form)
    key = f"{value:.10g}" if first.value is not None else first.key
    label = " ".join(forms)
    number = FactWord(label, key, "year" if year else "number", first.is_initial, False, first.in_brackets, value=value)
    if result and result[-1].kind == "unit" and result[-1].form.endswith(("$", "€", "£", "¥")):
        sign = result.pop()
        number.unit, number.kind, number.form = sign.key, "number", f"{sign.form}{label}"
        result += [number, FactWord("", number.unit, "unit", False, False, first.in_brackets)]
        return at
    result.append(number)
    if at < len(items) and items[at].kind == "unit":
        number.unit = items[at].key
        number.kind = "number" if number.unit not in TIME_UNITS else number.kind
    elif at < len(items) and items[at].key in ("am", "pm"):
        number.unit = items[at].key
    return at


def mark_names(ours: Sequence[Sequence[FactWord]], theirs: Sequence[Sequence[FactWord]]) -> None:
    """Mark the names: words with a capital where a sentence does not begin, and the same words where one does."""
    both = [word for sentence in (*ours, *theirs) for word in sentence if word.kind in ("word", "unit") and word.form]
    plain = {fold(word.form) for word in both if not word.is_capitalised}
    inside = {word.key for word in both if word.is_capitalised and not word.is_initial}
    for sentence in (*ours, *theirs):
        for at, word in enumerate(sentence):
            if word.kind not in ("word", "unit") or not word.is_capitalised or fold(word.form) in _TITLES | STOPWORDS:
                continue
            follows = sentence[at + 1] if at + 1 < len(sentence) else None
            owns = word.form.endswith(("'s", "’s")) and fold(word.form) not in plain
            full = (
                follows is not None
                and follows.is_capitalised
                and not follows.is_initial
                and fold(word.form) not in plain
            )
            if not word.is_initial or word.key in inside or owns or full:
                word.kind = "name"
