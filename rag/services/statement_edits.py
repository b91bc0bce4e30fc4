"""A user's edits of statements, validated: changes to the fields of one, or a new one by its spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, get_args

from rag.domain import Article, Fragment, Span, Statement, StatementChanges, StatementKind, parse_day
from rag.errors import BadDate, UnusableInput
from rag.text.canonical import canonical
from rag.text.grounding import locate
from rag.text.quotations import kind_of

LONGEST_FIELD = 300  # characters
Place = Span | tuple[int, int] | str
_FIELDS = tuple(StatementChanges.__annotations__)


def validated_changes(changes: Mapping[str, object]) -> dict[str, Any]:
    """The changes as the library stores them: canonical, an empty text as None, the day as YYYY-MM-DD.

    Raises UnusableInput for an unknown field or an invalid value, BadDate.
    """
    validated: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in _FIELDS:
            raise UnusableInput(f"A statement has no field {name!r} to correct. Its fields are {', '.join(_FIELDS)}.")
        if name == "said_on":
            validated[name] = _validated_day(value)
        elif name == "kind":
            if value not in get_args(StatementKind):
                raise UnusableInput(f"{value!r} is no kind of statement. Use direct, mixed or indirect.")
            validated[name] = value
        elif name == "denied":
            validated[name] = bool(value)
        else:
            validated[name] = _validated_text(name, value)
    return validated


def statement_from_spans(
    article: Article,
    content: Sequence[Place],
    *,
    source: Place | None = None,
    cue: Place | None = None,
) -> Statement:
    """A statement with content, source and cue given each by its span or by words that occur once in the text. Its
    quotation marks decide its kind. Raises UnusableInput for a place that the text does not have.
    """
    if not content:
        raise UnusableInput("A statement needs the span of its words: content=[(start, end)].")
    pieces = sorted(_resolve_place(article, span) for span in content)
    if any(one[1] > two[0] for one, two in pairwise(pieces)):
        raise UnusableInput("The spans of a statement's words overlap. Give each stretch of words once.")
    fragments = tuple(Fragment(start=start, end=end, text=words) for start, end, words in pieces)
    return Statement(
        speaker=None,
        kind=kind_of(article.text, [part.span for part in fragments]),
        source=_optional_fragment(article, source),
        cue=_optional_fragment(article, cue),
        content=fragments,
        text=" ... ".join(part.text for part in fragments),
        article_id=article.article_id,
        version=article.version,
    )


def _validated_day(value: object) -> str | None:
    if value is None or value == "":
        return None
    try:
        return (value if isinstance(value, date) else parse_day(str(value))).isoformat()
    except ValueError as exc:
        raise BadDate(f"{value!r} is not a date. Write it as YYYY-MM-DD, for example 2022-02-03.") from exc


def _validated_text(name: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UnusableInput(f"{name} is text or None, not {value!r}.")
    words = " ".join(canonical(value or "").split())
    if len(words) > LONGEST_FIELD:
        raise UnusableInput(f"{name} has {len(words)} characters; shorten it to {LONGEST_FIELD}.")
    return words or None


def _optional_fragment(article: Article, span: Place | None) -> Fragment | None:
    if span is None:
        return None
    start, end, words = _resolve_place(article, span)
    return Fragment(start=start, end=end, text=words)


def _resolve_place(article: Article, place: Place) -> tuple[int, int, str]:
    if isinstance(place, str):
        place = _locate_once(article.text, place)
    start, end = (place.start, place.end) if isinstance(place, Span) else place
    if not 0 <= start < end <= len(article.text) or not article.text[start:end].strip():
        raise UnusableInput(
            f"The article has no words at {start} to {end}: its text has {len(article.text)} characters."
        )
    return start, end, article.text[start:end]


def _locate_once(text: str, quote: str) -> Span:
    at = locate(quote, text)
    if at is None:
        raise UnusableInput(f"The article does not have the words {quote[:80]!r}. Give them just as it has them.")
    if locate(quote, text, start=at.span.start + 1):
        raise UnusableInput(f"The article has the words {quote[:80]!r} more than once. Give more of them, or the span.")
    return at.span
