"""Word files, written with python-docx: every line is a paragraph with a style of `template.docx`, which has the page
and its styles ("Onrecord ...") and can be edited in Word.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from typing import Any

from rag.documents.lines import MAX_BYTES, Line
from rag.errors import UnusableInput

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # not allowed in XML
_NAMESPACE = "urn:onrecord:record"
_RECORD_PART = "/customXml/item2.xml"  # the template has a first
_RECORD = re.compile(rb"<record xmlns=\"urn:onrecord:record\">([A-Za-z0-9+/=\s]+)</record>")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_OTHER_PARTS = ("footnotes", "endnotes", "comments", "header", "footer")


def write(lines: Sequence[Line], record: str, moment: datetime | None = None) -> bytes:
    """The lines as a Word document with the packed record in a part of its own, which Word keeps. `moment` is its date;
    the same input gives the same bytes.
    """
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document(io.BytesIO(files("rag.documents").joinpath("template.docx").read_bytes()))
    facts = document.core_properties
    facts.title, facts.created = lines[0].text[:250] if lines else "", moment or _NO_MOMENT
    facts.modified = facts.created
    for line in lines:
        _add_paragraph(document, line)
    blob = f'<?xml version="1.0" encoding="UTF-8"?>\n<record xmlns="{_NAMESPACE}">\n{record}\n</record>\n'.encode()
    part = Part(PackURI(_RECORD_PART), "application/xml", blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)
    raw = io.BytesIO()
    document.save(raw)
    return _without_timestamps(raw.getvalue())


def write_annotated(text: str, comments: Sequence[tuple[int, int, str]]) -> bytes:
    """The unchanged text as a Word document, with comments at spans of it: half-open, in characters."""
    import docx

    document = docx.Document()
    edges = {edge for start, end, _ in comments for edge in (start, end)}
    runs: dict[int, list[Any]] = {number: [] for number in range(len(comments))}
    at = 0
    for line in text.splitlines(keepends=True):
        line_end = at + len(line.rstrip("\r\n"))
        paragraph = document.add_paragraph()
        for first, last in pairwise(sorted({at, line_end, *(edge for edge in edges if at < edge < line_end)})):
            run = paragraph.add_run(_UNPRINTABLE.sub(" ", text[first:last]))
            for number, (start, end, _) in enumerate(comments):
                if start <= first and last <= end:
                    runs[number].append(run)
        at += len(line)
    for number, (_, _, comment) in enumerate(comments):
        if spans := runs[number]:
            words = _UNPRINTABLE.sub(" ", comment)
            document.add_comment([spans[0], spans[-1]], text=words, author="onrecord", initials="or")
    raw = io.BytesIO()
    document.save(raw)
    return raw.getvalue()


def record_in(data: bytes) -> str | None:
    """The packed record that a Word document carries. Raises UnusableInput."""
    parts = _open_document(data).part.package.iter_parts()
    matches = (_RECORD.search(part.blob) for part in parts if str(part.partname).startswith("/customXml/"))
    records = [match[1].decode() for match in matches if match]
    return records[0] if len(records) == 1 else None


def words(data: bytes) -> str:
    """The visible text of a Word document, with that of headers, notes and comments, and the target of each link whose
    text is another. Raises UnusableInput.
    """
    try:
        return "\n".join(_text_lines(_open_document(data)))
    except Exception as exc:  # whatever a broken package makes its reader raise
        raise _unreadable_error(exc) from exc


def _open_document(data: bytes) -> Any:
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > MAX_BYTES:
                raise UnusableInput("This Word file unpacks to more than 200 MB; onrecord did not write it.")
        return docx.Document(io.BytesIO(data))
    except UnusableInput:
        raise
    except Exception as exc:  # whatever a broken package makes its reader raise
        raise _unreadable_error(exc) from exc


def _unreadable_error(exc: Exception) -> UnusableInput:
    return UnusableInput(f"This Word file can't be read ({type(exc).__name__}). Export it again.")


def _text_lines(document: Any) -> Iterator[str]:
    for paragraph in document.element.body.iter(f"{_W}p"):
        yield _paragraph_text(paragraph)
        for link in paragraph.iter(f"{_W}hyperlink"):
            target = document.part.rels[link.get(f"{_R}id")].target_ref if link.get(f"{_R}id") else None
            if target is not None and target != "".join(node.text or "" for node in link.iter(f"{_W}t")):
                yield f"link to {target}"
    for part in document.part.package.iter_parts():
        kind = str(part.partname).rsplit("/", 1)[-1]
        if kind.startswith(_OTHER_PARTS):
            yield _text_outside_body(part)


def _text_outside_body(part: Any) -> str:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    text = "".join(node.text or "" for node in etree.fromstring(part.blob, parser).iter(f"{_W}t"))
    return "" if all(char.isdigit() or char.isspace() or char == "/" for char in text) else f"outside: {text}"


def _paragraph_text(paragraph: Any) -> str:
    """The visible text of a paragraph, without that of paragraphs inside it (text boxes)."""
    parts = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        run = node.getparent()
        if next(run.iterancestors(f"{_W}p"), None) is not paragraph or _is_hidden(run):
            continue
        if next(run.iterancestors(f"{_W}moveFrom"), None) is not None:
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif run.tag == f"{_W}r":
            parts.append("-" if node.tag == f"{_W}noBreakHyphen" else " ")
    return "".join(parts)


def _is_hidden(run: Any) -> bool:
    for name in ("vanish", "specVanish", "webHidden"):
        mark = run.find(f"{_W}rPr/{_W}{name}")
        if mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off"):
            return True
    return False


# -- writing


def _add_paragraph(document: Any, line: Line) -> None:
    if line.level:
        paragraph = document.add_heading(level=line.level)
        _add_heading_runs(paragraph, line)
        return
    paragraph = document.add_paragraph()
    paragraph._p.style = _style_name(line).replace(" ", "")  # noqa: SLF001  # by id: a look-up by name is slow
    if line.role == "sentence":
        paragraph.add_run(line.words)
        paragraph.add_run(line.text[len(line.words) :])._r.style = "OnrecordMark"  # noqa: SLF001
    elif line.role == "url":
        _add_link(document, paragraph, line.text)
    else:
        paragraph.add_run(line.text)


def _style_name(line: Line) -> str:
    if line.role in ("sentence", "foot"):
        return f"Onrecord {line.speech.title()}{' Foot' if line.role == 'foot' else ''}"
    return "Onrecord Direct" if line.role == "quote" else "Onrecord Small" if line.role != "note" else "Onrecord Note"


def _add_heading_runs(paragraph: Any, line: Line) -> None:
    """Write a heading; in a speaker line the name is in italics."""
    head, dot, rest = line.text.partition(" · ")
    if line.role == "who":
        name = paragraph.add_run(head)
        name.italic = name.bold = True
        paragraph.add_run(dot + rest, style="Onrecord Field")
    elif line.role in ("reported", "summary", "nobody"):
        paragraph.add_run(line.text, style="Onrecord Over").bold = True
    else:
        paragraph.add_run(line.text)


def _add_link(document: Any, paragraph: Any, url: str) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), document.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(url, style="Onrecord Link")
    link.append(run._r)  # noqa: SLF001  # python-docx has no way to write a link
    paragraph._p.append(link)  # noqa: SLF001


def _without_timestamps(data: bytes) -> bytes:
    """The same package with a fixed date for every file in it."""
    raw = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(zipfile.ZipInfo(item.filename, (2000, 1, 1, 0, 0, 0)), old.read(item), zipfile.ZIP_DEFLATED)
    return raw.getvalue()
