"""Word documents (.docx): the paragraphs as they read with all changes accepted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import docx
from docx.opc.exceptions import OpcError
from lxml.etree import LxmlError, _Element

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.archive import DAMAGED, opened, swollen
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText", f"{_MARKUP}Fallback"}
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_MOST_PARAGRAPHS = 30_000
_TITLES = ("title", "heading 1", "titel", "überschrift 1", "titre", "konu başlığı")


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
        raise UnreadableSource("The Word document holds no text; copy the text of the article and paste it.")
    extract = read_pasted("\n\n".join([title, *lines] if title else lines))
    return replace(extract, title=" ".join(canonical(title).split())) if title else extract


def _blocks(data: bytes) -> list[tuple[str, str]]:
    """Style and words of each paragraph that has words."""
    with opened(data) as archive:
        if any(swollen(info) for info in archive.infolist() if info.filename.endswith((".xml", ".rels"))):
            raise UnreadableSource("The Word document unpacks to far more than a text; copy the text and paste it.")
    try:
        document = docx.Document(io.BytesIO(data))
        paragraphs = list(islice(document.element.body.iter(f"{_W}p"), _MOST_PARAGRAPHS + 1))
        if len(paragraphs) > _MOST_PARAGRAPHS:
            raise UnreadableSource(f"The Word document has more than {_MOST_PARAGRAPHS} paragraphs; split it.")
        blocks = [(_style(block), "".join(_words(block)).strip()) for block in paragraphs]
    except (*DAMAGED, OpcError, LxmlError, LookupError, AttributeError, TypeError) as exc:
        raise UnreadableSource("The Word document is damaged; open it, save it again and add that file.") from exc
    return [(style, words) for style, words in blocks if words]


def _style(paragraph: _Element) -> str:
    style = getattr(paragraph, "style", None)
    return str(style or "").replace("Heading1", "Heading 1").lower()


def _words(element: _Element) -> Iterator[str]:
    """The characters of a paragraph: insertions and links in, deletions and field codes out."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag not in _SKIPPED and child.tag != f"{_W}p":
            yield from _words(child)
