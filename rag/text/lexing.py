"""Words of an English text one by one: figures, signs of units, a "not" and an auxiliary that are cut short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.knowledge.tables import table
from rag.knowledge.words import COUNTS, any_of
from rag.text.canonical import fold

# Words with a hyphen are several: "would-be" has a would in it, and a dash without blanks looks the same once folded.
_WORD = re.compile(
    rf"\d{{1,3}}(?:[\u00a0\u202f]\d{{3}})+(?!\d)|\d+(?:[.,:]\d+)*|US\$|[$€£¥%]|km/h|(?<![^\W\d_])n['’]t\b"
    rf"|[^\W\d_]+?(?=n['’]t\b)|n['’]t\b|[ap]\.m\b\.?|per\s+cent\b"
    rf"|\b(?:{any_of(word for word in COUNTS if word.endswith('ty'))})-(?:{any_of(COUNTS)})\b"
    rf"|[^\W\d_]+(?:[.'’][^\W\d_]+)*",
    re.IGNORECASE,
)
_AUXILIARIES: dict[str, str] = table("function_words")["contractions"]
_IN_FULL: dict[str, str] = table("function_words")["full_forms"]
_ENDING = re.compile(rf"'(?:s|{any_of(_AUXILIARIES)})?$")
FULL_FORMS = frozenset(_IN_FULL.values())
"""Forms of words that a text may have in another spelling."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word of a text with its half-open span in characters. `form` is the folded word in full and without an ending:
    "Lund's" is lund, "'ll" is will, "n't" stays."""

    form: str
    start: int
    end: int


def lexemes(text: str, start: int, end: int) -> Iterator[Lexeme]:
    """The words between two characters of a text, in order; an auxiliary that is cut short follows its word."""
    for match in _WORD.finditer(text, start, end):
        raw = match.group()
        form = without_ending(raw)
        yield Lexeme(_IN_FULL.get(form, form), match.start(), match.end())
        _, apostrophe, ending = raw.replace("’", "'").lower().rpartition("'")
        if apostrophe and ending in _AUXILIARIES:
            yield Lexeme(_AUXILIARIES[ending], match.end() - len(ending), match.end())


def without_ending(word: str) -> str:
    """A word folded, without the ending that an apostrophe parts from it; "n't" has none."""
    form = fold(word)
    if form.isalnum() or form in ("n't", "n’t"):
        return form.replace("’", "'")
    return _ENDING.sub("", " ".join(form.replace("’", "'").split()))


def number_in(form: str) -> str | None:
    """The value of a number in figures or in words up to ninety-nine, None for other words. Thousands separators go and
    leading zeros too: 1,000 is 1000 and 03 is 3; 1.5 and 10:30 stay the same.
    """
    if form[:1].isdigit():
        bare = re.sub(r"\s|[.,](?=\d{3}(?:\D|$))", "", form)
        return bare.lstrip("0") or "0"
    parts = form.split("-")
    return str(sum(COUNTS[part] for part in parts)) if all(part in COUNTS for part in parts) else None
