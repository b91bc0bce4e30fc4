"""PDF: the text layer, column by column, lines joined into paragraphs, without running heads and print headers."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.knowledge.tables import table
from rag.readers.page_data import web_address
from rag.readers.pasted import read_pasted
from rag.readers.unwrap import dehyphenated_pages
from rag.text.canonical import canonical

if TYPE_CHECKING:  # text recognition is an extra
    from rag.readers.ocr import Scan

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # what it can't read is said in our errors

_MOST_PAGES, _MOST_PIECES = 500, 20_000
_FEWEST_LETTERS = 20  # of a text layer
_ENDS_SENTENCE = re.compile(r"[.!?…:。！？][\"”’»')\]]*$")
_FULL = 0.75  # of the width of the page's longer lines; a shorter line ends its paragraph
_EDGE = 2  # lines at the top and at the foot of a page where running heads stand
# In sizes of the type: lines of one row differ by less, columns are parted by more and are wider.
_SAME_ROW, _GAP, _ROOM, _NARROWEST = 0.4, 0.8, 1.5, 8
_SHORTEST = 15  # characters of the usual line of a column; shorter ones are the entries of a table
_WIDTH = 0.42  # of a character on average, kept low: what seems shorter than it is still leaves a gap
_SOFT_HYPHEN = re.compile("\u00ad[ \t]*$", re.MULTILINE)  # at the end of a line it is one
_PARAGRAPH = 1.35  # times the usual space between two lines
_FEWEST_LINES = 5  # that begin a column
_PRINT_DAY = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},? (?:um )?\d{1,2}[:.]\d\d(?::\d\d)?(?:[ \u202f]?[AaPp]\.?[Mm]\.?)?(?=\s|$)"
)
_PAGE, _OF = table("export_labels")["page"], table("export_labels")["of"]
_PRINT_ADDRESS = re.compile(rf"^((?:https?|file):///?\S+)(?:\s+\d+\s?(?:{_OF})\s?\d+)?(?:\s|$)")
_PAGE_NUMBER = re.compile(
    rf"[-–—\s]*(?:(?:{_PAGE})\s*)?\d{{1,4}}(?:\s?(?:{_OF})\s?\d{{1,4}})?[-–—\s]*",
    re.IGNORECASE,
)
# pypdf raises whatever a damaged file makes it stumble over.
_PDF_ERRORS = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Words that were drawn at once, with the blanks around them: where they begin, in points from the left and from
    the bottom of the page, and the font size."""

    x: float
    y: float
    size: float
    text: str

    @property
    def end(self) -> float:
        """The least x at which they can end."""
        return self.x + _WIDTH * self.size * len(self.text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The text of a page, and the lines at its top and its foot, as they stand on paper."""

    text: str
    edges: frozenset[str]


def read_pdf(data: bytes) -> Extract:
    """The article in a PDF. Its own properties are not read: they tell of the file, not of the article. Columns are
    read one after the other, in whatever order they were drawn.

    A page of pictures is read by text recognition where that is installed, with a note on the words that it doubts.
    Raises UnreadableSource where the file is encrypted, damaged, or holds pictures of text that can't be read.
    """
    try:
        reader = _open_pdf(data)
        pages = [_read_page(page) for page in reader.pages]
    except DependencyError as exc:
        raise UnreadableSource("The PDF is encrypted; print it to a new PDF without a password and add that.") from exc
    except _PDF_ERRORS as exc:
        raise UnreadableSource("The PDF is damaged; print it to a new PDF or paste its text.") from exc
    url = next((address for page in pages for line in page.edges if (address := _printed_address(line))), None)
    lines = _without_running_heads(pages)
    text = "\n\n".join(_paragraphs(page) for page in dehyphenated_pages(lines))
    notes: tuple[str, ...] = ()
    if sum(char.isalpha() for char in text) < _FEWEST_LETTERS:
        scan = _recognize_text(reader)
        text, notes = "\n\n".join(map(_paragraphs, dehyphenated_pages(list(scan.pages)))), scan.notes()
    extract = read_pasted(_join_over_pages(text))
    return replace(extract, url=extract.url or url, notes=(*extract.notes, *notes))


def _open_pdf(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableSource("The PDF is encrypted; save it without its password and add that file.")
    if len(reader.pages) > _MOST_PAGES:
        raise UnreadableSource(f"The PDF has more than {_MOST_PAGES} pages; split it.")
    return reader


def _recognize_text(reader: PdfReader) -> Scan:
    from rag.readers.ocr import read_scan

    try:
        return read_scan(reader)
    except DependencyError as exc:
        raise UnreadableSource("The PDF has a picture in a format that can't be read; scan it again as JPEG.") from exc
    except _PDF_ERRORS as exc:
        raise UnreadableSource("The pictures in the PDF are damaged; scan it again.") from exc


def _read_page(page: PageObject) -> _Page:
    """A page as text, column by column, with what stands at its edges."""
    pieces: list[_Piece] = []

    def visit(text: str, outer: list[float], inner: list[float], _font: object, size: float) -> None:
        if text.strip() and len(pieces) < _MOST_PIECES:
            x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
            y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
            scale = abs(inner[3] * outer[3]) or 1.0
            pieces.extend(
                _Piece(x=x, y=y - at * size * scale, size=size * scale, text=_SOFT_HYPHEN.sub("‐", line))
                for at, line in enumerate(text.strip("\n").split("\n"))
                if line.strip()
            )

    plain = canonical(_SOFT_HYPHEN.sub("‐", page.extract_text(visitor_text=visit)))
    rows = _rows(pieces)
    texts = [_row_text(row) for row in rows]
    alone = [piece.text.strip() for row in (*rows[:1], *rows[-1:]) for piece in row]
    edges = frozenset(map(canonical, (*texts[:_EDGE], *texts[-_EDGE:], *alone)))
    return _Page(text=_by_columns(rows) or plain, edges=edges)


def _rows(pieces: list[_Piece]) -> list[list[_Piece]]:
    """The pieces of a page in lines from top to bottom, each from left to right."""
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        if rows and abs(rows[-1][0].y - piece.y) < _SAME_ROW * max(piece.size, 1):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x) for row in rows]


def _row_text(row: list[_Piece]) -> str:
    """The pieces of a line; a blank stands between two where one was drawn or there is room for more than one."""
    text = row[0].text
    for before, piece in pairwise(row):
        text += (" " if piece.x - before.end > _ROOM * piece.size else "") + piece.text
    return " ".join(text.split())


def _by_columns(rows: list[list[_Piece]]) -> str | None:
    """The text of a page of two columns or more, None for any other page.

    A column begins where many lines begin that stand beside others, with a gap before them. Lines that run over its
    beginning (headlines) part what stands above them from what stands below.
    """
    start = _second_column(rows)
    if start is None:
        return None
    parts: list[str] = []
    left: list[list[_Piece]] = []
    right: list[list[_Piece]] = []

    def close() -> None:
        for column in (left, right):
            if column:
                parts.append(_by_columns(column) or _column_text(column))
                column.clear()

    for row in rows:
        before, behind = _split_row(row, start)
        if before and before[-1].end > start + before[-1].size:
            close()
            parts.append(_row_text(row))
            continue
        left.extend([before] if before else [])
        right.extend([behind] if behind else [])
    close()
    return canonical("\n\n".join(parts))


def _second_column(rows: list[list[_Piece]]) -> float | None:
    """Where a second column begins; None where there is none."""
    starts = Counter(
        round(piece.x)
        for row in rows
        for before, piece in pairwise(row)
        if piece.x - before.end > _GAP * piece.size or before.end > piece.x
    )
    first = min((row[0].x for row in rows), default=0.0)
    for start, count in starts.most_common(3):
        beside = sum(any(abs(piece.x - start) <= 2 for piece in row[:1]) for row in rows)
        running = sum(
            bool(before) and not behind and before[-1].end > start + before[-1].size
            for before, behind in (_split_row(row, start) for row in rows)
        )
        sides = list(zip(*(_split_row(row, start - 2) for row in rows), strict=True))
        prose = all(_usual_length(side) >= _SHORTEST for side in sides)
        if (
            prose
            and count >= _FEWEST_LINES
            and count + beside > 2 * running
            and start - first > _NARROWEST * rows[0][0].size
        ):
            return float(start) - 2
    return None


def _usual_length(rows: Iterable[list[_Piece]]) -> int:
    lengths = sorted(len(_row_text(row)) for row in rows if row)
    return lengths[len(lengths) // 2] if lengths else 0


def _split_row(row: list[_Piece], start: float) -> tuple[list[_Piece], list[_Piece]]:
    return [piece for piece in row if piece.x < start], [piece for piece in row if piece.x >= start]


def _column_text(rows: list[list[_Piece]]) -> str:
    """The lines of a column, with an empty one where the space between two is wider than between others."""
    lines = [_row_text(row) for row in rows]
    steps = [above[0].y - below[0].y for above, below in pairwise(rows)]
    usual = sorted(steps)[len(steps) // 4] if steps else 0.0
    spaced = [line if step <= _PARAGRAPH * usual else f"{line}\n" for line, step in zip(lines, steps, strict=False)]
    return "\n".join([*spaced, *lines[-1:]])


def _without_running_heads(pages: list[_Page]) -> list[str]:
    """The pages without running heads (lines at the edges of most pages, whatever their page numbers) and without what
    a browser prints there: day, title and address.
    """
    edges = Counter(name for page in pages for name in {_mask_numbers(line) for line in _edge_lines(page)})
    running = {name for name, count in edges.items() if len(pages) > 1 and count * 2 > len(pages) and count > 1}
    texts = []
    for page in pages:
        printed = any(_PRINT_DAY.match(line) for line in page.edges) and any(map(_printed_address, page.edges))
        drop = {
            _without_spaces(line)
            for line in _edge_lines(page)
            if _mask_numbers(line) in running
            or _PAGE_NUMBER.fullmatch(line)
            or _PRINT_DAY.match(line)
            or (printed and _printed_address(line))
        }
        titles = (
            {_PRINT_DAY.sub("", line).strip() for line in page.edges if _PRINT_DAY.match(line)} if printed else set()
        )
        lines = page.text.split("\n")
        at_edge = (*range(_EDGE + 1), *range(len(lines) - _EDGE - 1, len(lines)))
        texts.append(
            "\n".join(
                line
                for at, line in enumerate(lines)
                if (not line.strip() or _without_spaces(line) not in drop)
                and not (line.strip() in titles and at in at_edge and at > 0)
            )
        )
    return texts


def _edge_lines(page: _Page) -> set[str]:
    lines = [line.strip() for line in page.text.split("\n") if line.strip()]
    return {*lines[:_EDGE], *lines[-_EDGE:], *page.edges}


def _printed_address(line: str) -> str | None:
    """The address that a browser printed at the foot of a page."""
    match = _PRINT_ADDRESS.search(line)
    return (web_address(match[1], None) or match[1]) if match else None


def _without_spaces(line: str) -> str:
    return re.sub(r"\s+", "", line)


def _mask_numbers(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _paragraphs(page: str) -> str:
    """The text of a page with lines joined into paragraphs, which a short or a blank line ends."""
    lines = page.split("\n")
    lengths = sorted(len(line) for line in lines if line.strip())
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    paragraphs = lines[:1]
    for before, line in pairwise(lines):
        full = len(before) >= _FULL * width and not (_ENDS_SENTENCE.search(before) and len(before) < 0.9 * width)
        follows = full or line[:1].islower()
        paragraphs[-1:] = (
            [f"{paragraphs[-1]} {line}"] if follows and before.strip() and line.strip() else [paragraphs[-1], "", line]
        )
    return "\n".join(paragraphs)


def _join_over_pages(text: str) -> str:
    """A sentence that runs over the foot of a page, in one paragraph."""
    return re.sub(r"(?<=[\w,;])\n\n(?=[a-zà-þ])", " ", text)
