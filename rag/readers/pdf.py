"""PDF: the text layer, page by page, with lines joined into paragraphs and running heads left out."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections import Counter
from itertools import pairwise

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.pasted import read_pasted
from rag.text.canonical import canonical

logging.getLogger("pypdf").addHandler(logging.NullHandler())  # what it can't read is said in our errors

_MOST_PAGES = 500
_HYPHENATED = re.compile(r"(\w+)-\n(\w+)")
_ENDS_SENTENCE = re.compile(r"[.!?…:。！？][\"”’»')\]]*$")
_FULL = 0.75  # of the width of the page's longer lines; a shorter line ends its paragraph
# pypdf raises whatever a damaged file makes it stumble over.
_DAMAGED = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, zlib.error,
)  # fmt: skip


def read_pdf(data: bytes) -> Extract:
    """The article in a PDF. Its own properties are not read: they tell of the file, not of the article.

    Raises UnreadableSource where it is encrypted, damaged, or holds pictures of text.
    """
    try:
        pages = _pages(data)
    except DependencyError as exc:
        raise UnreadableSource("The PDF is encrypted; print it to a new PDF without a password and add that.") from exc
    except _DAMAGED as exc:
        raise UnreadableSource("The PDF is damaged; print it to a new PDF or paste its text.") from exc
    text = "\n\n".join(_paragraphs(page) for page in _without_running_heads(pages))
    if sum(char.isalpha() for char in text) < 20:
        raise UnreadableSource("The PDF holds no text, only pictures of it; run text recognition (OCR) on it first.")
    return read_pasted(_joined_over_pages(text))


def _pages(data: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableSource("The PDF is encrypted; save it without its password and add that file.")
    if len(reader.pages) > _MOST_PAGES:
        raise UnreadableSource(f"The PDF has more than {_MOST_PAGES} pages; split it.")
    return [canonical(page.extract_text()) for page in reader.pages]


def _without_running_heads(pages: list[str]) -> list[str]:
    """The pages without first and last lines that stand on most of them, page numbers aside."""
    lines = [[line.strip() for line in page.split("\n") if line.strip()] for page in pages]
    edges = Counter(key for page in lines for key in {_numberless(line) for line in (*page[:2], *page[-2:])})
    running = {key for key, count in edges.items() if len(pages) > 2 and count * 2 > len(pages)}
    kept = []
    for page, text in zip(lines, pages, strict=True):
        drop = {line for line in (*page[:2], *page[-2:]) if _numberless(line) in running or line.isdigit()}
        kept.append("\n".join(line for line in text.split("\n") if line.strip() not in drop))
    return kept


def _numberless(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _paragraphs(page: str) -> str:
    """A page whose lines are joined. A short line and a blank line end a paragraph."""
    page = _dehyphenated(page)
    lines = page.split("\n")
    lengths = sorted(len(line) for line in lines if line.strip())
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    joined = lines[:1]
    for before, line in pairwise(lines):
        full = len(before) >= _FULL * width and not (_ENDS_SENTENCE.search(before) and len(before) < 0.9 * width)
        follows = full or line[:1].islower()
        joined[-1:] = (
            [f"{joined[-1]} {line}"] if follows and before.strip() and line.strip() else [joined[-1], "", line]
        )
    return "\n".join(joined)


def _dehyphenated(page: str) -> str:
    """Words that were parted at line ends, whole again. The hyphen stays if the page writes the word with it elsewhere,
    or if it is followed by a capital or a digit."""

    def whole(match: re.Match[str]) -> str:
        first, second = match.groups()
        compound = f"{first}-{second}"
        return compound if compound in page or not second[0].islower() else f"{first}{second}"

    return _HYPHENATED.sub(whole, page)


def _joined_over_pages(text: str) -> str:
    """A sentence that runs over the foot of a page, in one paragraph."""
    return re.sub(r"(?<=[\w,;])\n\n(?=[a-zà-þ])", " ", text)
