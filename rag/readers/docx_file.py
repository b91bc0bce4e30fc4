"""Word documents (.docx): the paragraphs as they read with all changes accepted, tables row by row, notes below the
paragraph that refers to them, without comments; and rich text (RTF)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import docx
from docx.opc.exceptions import OpcError
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from lxml.etree import LxmlError, _Element
from striprtf.striprtf import rtf_to_text

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import table
from rag.readers.archive import ZIP_ERRORS, has_swollen_markup
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText", f"{_MARKUP}Fallback"}
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_MOST_PARAGRAPHS = 30_000
_LONGEST_ENTRY, _MOST_COLUMNS = 120, 100
_TITLES = table("export_labels")["title_styles"]


def word_lines(data: bytes) -> list[str]:
    """The paragraphs of a Word document with words in them. Raises UnreadableSource."""
    return [words for _, words in _blocks(data)]


def read_word(data: bytes) -> Extract:
    """The article in a Word document. A paragraph in the style Title, or else the first in Heading 1, is the title.

    The document's own properties are not read: they tell of the file, not of the article. Raises UnreadableSource.
    """
    blocks = _blocks(data)
    title = next((words for name in _TITLES for style, words in blocks if style == name and len(words) <= 300), None)
    lines = [words for _, words in blocks if words != title]
    if not lines:
        raise UnreadableSource("The Word document has no text; copy the text of the article and paste it.")
    extract = read_pasted("\n\n".join([title, *lines] if title else lines))
    return replace(extract, title=" ".join(canonical(title).split())) if title else extract


def _blocks(data: bytes) -> list[tuple[str, str]]:
    """Style and words of each paragraph that has words, of each row of a table, and of each note, below the paragraph
    that refers to it."""
    if has_swollen_markup(data):
        raise UnreadableSource("The Word document unpacks to far more than a text; copy the text and paste it.")
    try:
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        if sum(1 for _ in islice(body.iter(f"{_W}p"), _MOST_PARAGRAPHS + 1)) > _MOST_PARAGRAPHS:
            raise UnreadableSource(f"The Word document has more than {_MOST_PARAGRAPHS} paragraphs; split it.")
        blocks = list(_BodyReader(_notes(document.part)).blocks(body))
    except (*ZIP_ERRORS, OpcError, LxmlError, LookupError, AttributeError, TypeError, RecursionError) as exc:
        raise UnreadableSource("The Word document is damaged; open it, save it again and add that file.") from exc
    return [(style, words) for style, words in blocks if words]


def _notes(part: Part) -> dict[tuple[str, str], str]:
    """The words of footnotes and endnotes by kind and id. python-docx knows none; their parts are read."""
    notes = {}
    for relation in part.rels.values():
        kind = relation.reltype.rpartition("/")[2].removesuffix("s")
        if kind in ("footnote", "endnote") and not relation.is_external:
            for note in parse_xml(relation.target_part.blob).iter(f"{_W}{kind}"):
                if note.get(f"{_W}type") in (None, "normal"):
                    lines = ("".join(_text_pieces(line)).strip() for line in note.iter(f"{_W}p"))
                    notes[kind, note.get(f"{_W}id") or ""] = " ".join(line for line in lines if line)
    return notes


class _BodyReader:
    """Walks through a body in reading order."""

    def __init__(self, notes: dict[tuple[str, str], str]) -> None:
        self._notes = notes
        self._count = 0
        self._open = ""  # words of a paragraph whose end was deleted with changes tracked: the next one goes on

    def blocks(self, parent: _Element) -> Iterator[tuple[str, str]]:
        """Style and words of each paragraph, row and note below `parent`."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag not in _SKIPPED and isinstance(child.tag, str):
                yield from self.blocks(child)

    def _paragraph(self, paragraph: _Element) -> Iterator[tuple[str, str]]:
        words = self._open + "".join(_text_pieces(paragraph))
        if paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None:
            self._open = words
        else:
            self._open = ""
            yield _style(paragraph), words.strip()
        yield from self._note_blocks(paragraph)
        for box in paragraph.iter(f"{_W}txbxContent"):
            if next(box.iterancestors(f"{_MARKUP}Fallback"), None) is None:  # the same again, for old programs
                yield from self.blocks(box)

    def _note_blocks(self, element: _Element) -> Iterator[tuple[str, str]]:
        for reference in element.iter(f"{_W}footnoteReference", f"{_W}endnoteReference"):
            kind = str(reference.tag).removeprefix(_W).removesuffix("Reference")
            if note := self._notes.get((kind, reference.get(f"{_W}id") or "")):
                self._count += 1
                yield "note", f"[{self._count}] {note}"

    def _table(self, grid: _Element) -> Iterator[tuple[str, str]]:
        """The rows, one line each; a layout table is read as the text in it."""
        rows = [
            [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row] for row in _rows(grid)
        ]
        if all(len(row) < 2 for row in rows) or any(map(_holds_paragraphs, (cell for row in rows for cell in row))):
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        for row in rows:
            cells = [part for cell in row for part in _cell_texts(cell)]
            yield "row", " ".join(" | ".join(cells).split()) if any(cells) else ""
            for cell in row:
                yield from self._note_blocks(cell)


def _rows(grid: _Element) -> list[_Element]:
    return [row for row in grid.iter(f"{_W}tr") if next(row.iterancestors(f"{_W}tbl")) is grid]


def _holds_paragraphs(cell: _Element) -> bool:
    """True for a cell of running text rather than of a table."""
    lines = ["".join(_text_pieces(line)) for line in cell.iter(f"{_W}p")]
    return sum(len(line) > _LONGEST_ENTRY for line in lines) > 1


def _cell_texts(cell: _Element) -> list[str]:
    """The entry of a cell, and an empty one for each further column that it spans; none where it goes on from above."""
    merged = cell.find(f"{_W}tcPr/{_W}vMerge")
    lines = ("".join(_text_pieces(line)).strip() for line in cell.iter(f"{_W}p"))
    words = " ".join(" ".join(line.split()) for line in lines if line)
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    wide = str(span.get(f"{_W}val") or "1") if span is not None else "1"
    goes_on = merged is not None and merged.get(f"{_W}val") != "restart"
    return ["" if goes_on else words, *[""] * (min(int(wide), _MOST_COLUMNS) - 1 if wide.isdigit() else 0)]


def _style(paragraph: _Element) -> str:
    style = getattr(paragraph, "style", None)
    return str(style or "").replace("Heading1", "Heading 1").lower()


def _text_pieces(element: _Element) -> Iterator[str]:
    """The characters of a paragraph: insertions and links in; deletions, hidden words and field codes out."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag == f"{_W}r" and (vanish := child.find(f"{_W}rPr/{_W}vanish")) is not None:
            if vanish.get(f"{_W}val") in ("0", "false", "off"):
                yield from _text_pieces(child)
        elif child.tag not in _SKIPPED and child.tag not in (f"{_W}p", f"{_W}txbxContent"):
            yield from _text_pieces(child)


_LARGEST = 8_000_000  # bytes of markup; pictures in it are taken out before they are counted
_HEX = re.compile(rb"[0-9a-fA-F\r\n]{400,}")  # the bytes of a picture


def rtf_text(data: bytes) -> str:
    """The words of a rich text. Raises UnreadableSource where there are none, or it is damaged."""
    bare = _HEX.sub(b"", data)
    if len(bare) > _LARGEST:
        raise UnreadableSource(f"The rich text is larger than {_LARGEST // 1_000_000} MB; save it as Word or text.")
    try:
        text = str(rtf_to_text(bare.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as exc:
        raise UnreadableSource("The rich text is damaged; open it, save it as Word or text and add that.") from exc
    text = re.sub(r"[\ud800-\udfff]", "\ufffd", text)
    if not any(char.isalnum() for char in text):
        raise UnreadableSource("The rich text has no words; copy the text of the article and paste it.")
    return text
