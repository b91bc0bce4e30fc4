"""The lines of a document, which are the same in every format.

A document is a list of lines: level 1 is its title, 2 sections, 3 and 4 headings below, 0 paragraphs. The role of each
says what it is, so that no writer has to parse its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.domain import AnswerSentence, Citation, Conflict, KeptDraft, Speech, citation_marks
from rag.text.canonical import canonical

MAX_BYTES = 200 * 1024 * 1024  # bytes of a file, and of what it unpacks to
FORM_VERSION = 2  # of the lines; raised when they change so that older files are told apart

Role = Literal[
    "title", "meta", "note", "heading", "day", "who", "reported", "summary", "nobody", "sentence", "foot", "differ",
    "count", "entry", "facts", "byline", "copies", "quote", "place", "url", "gone", "form", "digest", "seal", "draft",
    "item",
]  # fmt: skip
SOURCES, CITATIONS, WITHHELD, ABOUT = "Sources", "Citations", "Withheld sentences", "About this file"
PARTS = (SOURCES, CITATIONS, WITHHELD, ABOUT)
NOBODY, SUMMARY, REPORTED = "Speaker not named", "In short", "Reported, in the words of each outlet"
EXCERPT, OTHER_WORDS = "excerpt", "in other words"
NOTE_PREFIX, WITHHELD_PREFIX = "Note: ", "Withheld: "
TRANSLATION_PREFIX = "translation by the model, not checked: "

_URL = re.compile(r"https?://[^\s<>\"]+")
_UNPRINTABLE = re.compile("[\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe-\U0001ffff]")  # XML allows none of them


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document. `speech` is the kind of speech of a sentence and of the line under it; `item` is the
    sentence, conflict, listed citation or whole draft that the line shows.
    """

    level: int
    text: str
    role: Role = "meta"
    speech: Speech = "summary"
    item: AnswerSentence | Conflict | Citation | KeptDraft | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the citations that the line rests on."""
        if isinstance(self.item, Citation):
            return (self.item.n,)
        if isinstance(self.item, Conflict):
            return tuple(n for side in self.item.sides for n in side)
        return self.item.citations if isinstance(self.item, AnswerSentence) else ()

    @property
    def words(self) -> str:
        """The text without the citation marks at the end of a sentence."""
        return self.text.removesuffix(citation_marks(self.numbers)).rstrip() if self.role == "sentence" else self.text


def plain(text: object) -> str:
    """The text as one line: canonical, without line breaks, with single blanks."""
    return " ".join(_UNPRINTABLE.sub("", canonical(str(text))).split())


def web_address(url: str | None) -> str | None:
    """The address if it is safe to link: http or https, without characters that could end a link; else None."""
    return url if url and _URL.fullmatch(url) else None
