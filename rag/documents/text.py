"""Plain text for a terminal: without what only a check of a file needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.display import citation_line
from rag.documents.lines import ABOUT, CITATIONS, SOURCES, Line
from rag.domain import AnswerSentence, Citation

_INDENTED = ("foot", "note", "facts", "byline")
_CHECKED_ONLY = ("place", "form", "digest", "seal", "draft")


def write(lines: Sequence[Line]) -> str:
    """The lines as text, in which a question mark leads each sentence that is not confirmed. The list of sources is
    left out where citations, a line each, name them as well.
    """
    has_citations = any(isinstance(line.item, Citation) for line in lines)
    return "\n".join(_rows(lines, {ABOUT, SOURCES} if has_citations else {ABOUT}))


def _rows(lines: Sequence[Line], parts_left_out: set[str]) -> Iterator[str]:
    part = ""
    for line in lines:
        part = line.text if line.role == "heading" else part
        if part in parts_left_out or line.role in _CHECKED_ONLY:
            continue
        if isinstance(line.item, Citation):
            if line.role == "entry":
                yield citation_line(line.item)
        elif line.role == "heading":
            yield f"\n{SOURCES if line.text == CITATIONS else line.text}"
        elif line.role == "sentence" and isinstance(line.item, AnswerSentence):
            yield f"{'?' if line.item.outcome == 'unconfirmed' else '-'} {line.text}"
        elif line.role == "count":
            yield f"\n{line.text}"
        elif line.role == "item":
            yield f"- {line.text}"
        else:
            yield f"    {line.text}" if line.role in _INDENTED else line.text
