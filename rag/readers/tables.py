"""Tables of articles, one a row below a row of names: CSV and TSV with any separator, and spreadsheets (XLSX)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from rag.domain import Certainty, Extract
from rag.errors import UnreadableSource, UnusableInput
from rag.readers.archive import ZIP_ERRORS, has_swollen_markup
from rag.readers.field_values import DayOrder, day_order
from rag.readers.records import (
    RecordOptions,
    aliases_of,
    all_aliases,
    choose_map,
    field_key,
    known_name,
    record_extract,
)
from rag.readers.source import Entry, Source

_SEPARATORS = ",;\t|"
_MOST_ROWS = 1_000_000
_MOST_COLUMNS, _LONGEST_NAME = 400, 60
_HEAD_WITHIN = 10  # rows at the top in which the names stand
_SAMPLE = 200  # rows that show how a table writes its days
_MOST_EMPTY = 1_000  # rows one after the other, below which nothing more is looked for
_LONGEST_CELL = 5_000_000  # characters
_EXCEL_CELL = 32_767  # characters at which a spreadsheet cuts
_GDELT = re.compile(r"\d{8,14}(?:-\d+)?\t(?:[^\t\n]*\t){12,}")
csv.field_size_limit(_LONGEST_CELL)


def is_table(start: str, name: str) -> Certainty | None:
    """How sure it is that a text is a table of articles: by its row of names, or by the name of the file alone."""
    has_table_name = name.lower().endswith((".csv", ".tsv", ".tab"))
    if _GDELT.match(start):
        return "certain"
    head = _find_header(start)
    if has_table_name:
        return "certain" if head is not None else "unsure"
    return "likely" if head is not None and _has_matching_row(start, head) else None


def read_table(source: Source) -> Iterator[Entry]:
    """An entry for each row. Raises UnreadableSource for a table that has no column of the text."""
    if _GDELT.match(source.start):
        raise UnreadableSource(
            f"{source.name} is a table of GDELT without names of columns: it holds addresses and codes, no text; add "
            "the addresses themselves, one by one."
        )
    head = _find_header(source.start, _mapped_keys(source))
    if head is None:
        first = " | ".join(source.start.split("\n", 1)[0].split(","))[:200]
        raise UnreadableSource(
            f"{source.name} is a table, but its first row names no field of an article ({first}); give it a row "
            "of names such as title, date, outlet, url, text, or name its fields with --map text=COLUMN."
        )
    separator, names, _, above = head
    if separator == "\t" and above == 0 and next(source.lines(), "").lstrip("\ufeff").startswith("\t"):
        names = ["", *names]  # the blank before it is the first column, of numbers
    rows = csv.reader(_clean_lines(source.lines()), delimiter=separator)
    yield from _entries(source, names, islice(_readable_rows(rows), above + 1, None), above + 2)


def read_workbook(source: Source) -> Iterator[Entry]:
    """An entry for each row of each sheet that has a row of names. Raises UnreadableSource where none has."""
    import openpyxl

    if has_swollen_markup(source.data):
        raise UnreadableSource(f"{source.name} unpacks to far more than a table; save it as CSV.")
    try:
        book = openpyxl.load_workbook(io.BytesIO(source.data), read_only=True, data_only=True)
        sheets = [(str(sheet.title), _sheet_rows(sheet)) for sheet in book.worksheets[:100]]
    except (*ZIP_ERRORS, LookupError, TypeError, AttributeError, SyntaxError, AssertionError) as exc:
        raise UnreadableSource(f"{source.name} is damaged; open it, save it again, or save it as CSV.") from exc
    empty = True
    for title, rows in sheets:
        top = list(islice(rows, _HEAD_WITHIN))
        best = max(range(len(top)), key=lambda at: _count_known(top[at], _mapped_keys(source)), default=None)
        if best is None or not _count_known(top[best], _mapped_keys(source)):
            continue
        empty = False
        names = ["" if cell is None else str(cell) for cell in top[best]]
        name = f"{source.name}, {title}" if len(sheets) > 1 else source.name
        yield from _entries(source, names, chain(top[best + 1 :], rows), best + 2, name=name)
    if empty:
        raise UnreadableSource(
            f"{source.name} is a spreadsheet whose first rows name no field of an article; give it a row of "
            "names such as title, date, outlet, url, text, or name its fields with --map text=COLUMN."
        )


def _sheet_rows(sheet: Any) -> Iterator[Sequence[object]]:
    try:
        empty = 0
        for row in sheet.iter_rows(values_only=True, max_row=_MOST_ROWS, max_col=_MOST_COLUMNS):
            empty = 0 if any(cell is not None for cell in row) else empty + 1
            if empty > _MOST_EMPTY:
                return
            yield row
    except (*ZIP_ERRORS, LookupError, TypeError, AttributeError, SyntaxError, AssertionError) as exc:
        raise UnreadableSource("A sheet of the spreadsheet is damaged; save it as CSV.") from exc


def _entries(
    source: Source, names: Sequence[str], rows: Iterable[Sequence[object]], first: int, *, name: str | None = None
) -> Iterator[Entry]:
    numbered = enumerate(rows, start=first)
    sample = list(islice(numbered, _SAMPLE))
    field_map = choose_map(source, names)
    if not _has_text(names, field_map):
        columns = ", ".join(one for one in names if one)[:300]
        raise UnreadableSource(
            f"{name or source.name} has no column of the text (its columns: {columns}); name it with --map "
            "text=COLUMN, or add the addresses that stand in it."
        )
    options = RecordOptions(field_map=field_map, order=_find_day_order(names, [row for _, row in sample]))
    for number, row in chain(sample, numbered):
        where = f"{name or source.name}, row {number}"
        if number - first >= _MOST_ROWS:
            yield Entry(
                name=where, content=UnreadableSource(f"There are more than {_MOST_ROWS:,} rows; split the file.")
            )
            return
        if not any(cell not in (None, "") and str(cell).strip() for cell in row):
            continue
        try:
            record = {key: cell for key, cell in zip(names, row, strict=False) if key}
            extract = record_extract(record, f"row {number}", options)
            yield Entry(name=where, content=_note_truncation(extract, row))
        except UnusableInput as exc:
            yield Entry(name=where, content=exc)


def _note_truncation(extract: Extract, row: Sequence[object]) -> Extract:
    if any(isinstance(cell, str) and len(cell) == _EXCEL_CELL for cell in row):
        note = "cut: a cell of a spreadsheet holds no more than 32,767 characters"
        return replace(extract, notes=(*extract.notes, note))
    return extract


def _find_day_order(names: Sequence[str], rows: Sequence[Sequence[object]]) -> DayOrder | None:
    aliases = set(aliases_of("published"))
    columns = [at for at, name in enumerate(names) if known_name(field_key(name)) in aliases]
    return day_order(str(row[at]) for row in rows for at in columns if at < len(row) and isinstance(row[at], str))


def _has_text(names: Sequence[str], field_map: Mapping[str, str]) -> bool:
    keys = {field_key(field_map["text"])} if "text" in field_map else {*aliases_of("text"), *aliases_of("summary")}
    return any(key in keys or known_name(key) in keys for key in map(field_key, names))


def _mapped_keys(source: Source) -> frozenset[str]:
    """The names that users gave to fields, compared."""
    return frozenset(field_key(theirs) for one in (source.field_map, *source.known_maps) for theirs in one.values())


def _count_known(row: Sequence[object], mapped: frozenset[str]) -> int:
    """How many cells of a row are names of fields; 0 for a row that can't be a header."""
    cells = [str(cell).strip() for cell in row if cell not in (None, "")]
    if not cells or any(len(cell) > _LONGEST_NAME or "\n" in cell for cell in cells):
        return 0
    keys = {field_key(cell) for cell in cells}
    count = len(keys & mapped | {known_name(key) for key in keys} & all_aliases())
    return count if count * 5 >= len(cells) else 0


def _find_header(start: str, mapped: frozenset[str] = frozenset()) -> tuple[str, list[str], int, int] | None:
    """Separator, column names, how many of them are known, and the number of rows above them; None where no row names
    two fields."""
    best: tuple[str, list[str], int, int] | None = None
    for separator in _SEPARATORS:
        top = _readable_rows(csv.reader(_clean_lines(io.StringIO(start, newline="")), delimiter=separator))
        for at, row in enumerate(islice(top, _HEAD_WITHIN)):
            count = _count_known(row, mapped)
            if (1 if mapped else 2) <= count <= len(row) <= _MOST_COLUMNS and (best is None or count > best[2]):
                best = separator, [cell.strip().lstrip("\ufeff") for cell in row], count, at
    return best


def _has_matching_row(start: str, head: tuple[str, list[str], int, int]) -> bool:
    """True where the header is the first row, has a column of the text, and a row of as many cells follows."""
    separator, names, _, above = head
    rows = _readable_rows(csv.reader(_clean_lines(io.StringIO(start, newline="")), delimiter=separator))
    below = next((row for row in islice(rows, 1, None) if any(row)), [])
    return above == 0 and _has_text(names, {}) and len(below) == len(names)


def _clean_lines(lines: Iterable[str]) -> Iterator[str]:
    """The lines without zeros and without the line by which a program tells Excel the separator."""
    for number, line in enumerate(lines):
        if number == 0:
            line = line.lstrip("\ufeff")
            if re.match(r"sep=.\s*$", line, re.IGNORECASE):
                continue
        yield line.replace("\x00", "")


def _readable_rows(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows; one that can't be split into cells is a row of U+FFFD."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield ["\ufffd"]
