"""The words of a news text as facts: numbers with their units, names, days, dates, negations and modal verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.domain import Span
from rag.knowledge.tables import groups_of, words_of
from rag.knowledge.words import (
    COMMON_DAY_FORMS,
    FULL_NEGATIONS,
    HONORIFICS,
    MODALS,
    MONTH_FORMS,
    ORDINAL_ENDINGS,
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
_BEFORE_MONTHS = words_of("calendar", "before_months")


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
        item, form, size = items[at], fold(items[at].form), 1
        if form == "no" and at + 1 < len(items) and fold(items[at + 1].form) == "one":
            item.form, size = f"{item.form} {items[at + 1].form}", 2
        elif form in MONTH_FORMS and item.is_capitalised and (form != "may" or _has_day_beside(items, at)):
            size = _join_date(items, at, result)
        elif item.value is not None:
            size = _join_number(items, at, result)
        elif item.kind == "number":
            ordinal = ORDINALS.get(item.key)
            item.key = f"{ordinal}." if ordinal else _VAGUE_NUMBERS.get(item.key, item.key)
        result.append(item)
        at += size
    return result


def _has_day_beside(items: Sequence[FactWord], at: int) -> bool:
    before, after = items[max(0, at - 1) : at], items[at + 1 : at + 2]
    has_number = any(item.value is not None for item in (*before, *after))
    return has_number or any(item.key in _BEFORE_MONTHS for item in before)


def _join_date(items: list[FactWord], at: int, result: list[FactWord]) -> int:
    """Give a month the day beside it, which may be the last of `result`; how many words that takes from here on."""
    month, day, size = items[at], None, 1
    month.key, month.kind = MONTH_FORMS[fold(month.form)], "date"
    if result and items[at - 1].value is not None and _is_day(result[-1].value):
        day = result.pop()
        month.form = f"{day.form} {month.form}"
    elif at + 1 < len(items) and _is_day(items[at + 1].value):
        day, size = items[at + 1], 2
        month.form = f"{month.form} {day.form}"
    month.key = f"{day.value:g} {month.key}" if day else month.key
    return size + any(item.key in ORDINAL_ENDINGS for item in items[at + size : at + size + 1])


def _is_day(value: float | None) -> bool:
    return value is not None and 1 <= value <= 31 and value == int(value)


def _join_number(items: list[FactWord], at: int, result: list[FactWord]) -> int:
    """Give a number the words that go on with it, its unit, and the sign before it; how many words it takes."""
    number, total, end = items[at], 0.0, at + 1
    part, is_figure = number.value or 0.0, number.form[0].isdigit()
    while end < len(items):
        item = items[end]
        factor = _FACTORS.get(fold(item.form))
        if factor is not None and (is_figure or len(item.form) > 1):
            part *= factor
            if factor >= 1e3:
                total, part = total + part, 0.0
        elif not is_figure and item.value is not None and item.form[0].isalpha():
            part += item.value
        elif is_figure or item.key != "and" or part < 100 or not any(each.value for each in items[end + 1 : end + 2]):
            break
        end += 1
    value, following = total + part, items[end] if end < len(items) else None
    if is_figure and following and following.key in ORDINAL_ENDINGS:
        number.key, number.value = f"{value:g}.", None
        return end + 1 - at
    is_year = end == at + 1 and re.fullmatch(r"1[5-9]\d\d|20\d\d", number.form)
    number.form = " ".join(item.form for item in items[at:end])
    number.key, number.value, number.kind = f"{value:.10g}", value, "year" if is_year else "number"
    if result and result[-1].kind == "unit" and result[-1].form.endswith(("$", "€", "£", "¥")):
        sign = result.pop()
        number.form, number.unit, number.kind = f"{sign.form}{number.form}", sign.key, "number"
        items.insert(end, replace(sign, form="", is_capitalised=False))
    elif following and (following.kind == "unit" or following.key in ("am", "pm")):
        number.unit = following.key
        number.kind = "number" if following.kind == "unit" and number.unit not in TIME_UNITS else number.kind
    return end - at


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
