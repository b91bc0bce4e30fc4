"""Text recognition of scans, with the extra `onrecord[ocr]`: RapidOCR, whose package brings its models along."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pypdf import PdfReader

from rag.errors import UnreadableSource

_MOST_PAGES = 60  # a page takes a second or more
_LARGEST = 40_000_000  # pixels of one picture
_CONFIDENT = 0.90  # of the confidence, 0 to 1, below which a line or a word is in doubt
_MOST_NAMED = 30  # words in doubt that are named
_MISSING = (
    "The PDF has no text, only pictures of it: it needs text recognition (OCR). Install it with "
    "`pip install 'onrecord[ocr]'` and add the file again, or add a PDF with a text layer."
)
_MIXED_WORD = re.compile(r"(?=\w*\d)(?=\w*[^\W\d_]{2})\w+")  # letters and digits in one word, as in "0ctober"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The text of each page, uncorrected, and the words that may be misread, in order."""

    pages: tuple[str, ...]
    doubtful: tuple[str, ...]

    def notes(self) -> tuple[str, ...]:
        """The notes for a reader of the text."""
        whole = "read by text recognition (OCR): compare quotations with the pictures"
        if not self.doubtful:
            return (f"{whole}.",)
        words = ", ".join(f"“{word}”" for word in self.doubtful[:_MOST_NAMED])
        more = f" and {len(self.doubtful) - _MOST_NAMED} more" if len(self.doubtful) > _MOST_NAMED else ""
        return (f"{whole}; {len(self.doubtful)} words are in doubt: {words}{more}.",)


def read_scan(reader: PdfReader) -> Scan:
    """The text of the pictures in a PDF. Raises UnreadableSource where text recognition is not installed, where there
    are too many pages, and where there is nothing to read; what pypdf and Pillow raise for damaged pictures.
    """
    engine = _engine()
    if len(reader.pages) > _MOST_PAGES:
        raise UnreadableSource(f"The PDF is a scan of more than {_MOST_PAGES} pages; split it.")
    pages: list[str] = []
    doubtful: list[str] = []
    for page in reader.pages:
        lines = [line for picture in page.images for line in _lines(engine, picture.data)]
        pages.append("\n".join(text for text, _ in lines))
        doubtful += [word for _, words in lines for word in words]
    if not any(pages):
        raise UnreadableSource("The PDF has no text, and text recognition (OCR) finds none in its pictures.")
    return Scan(pages=tuple(pages), doubtful=tuple(doubtful))


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError as exc:
        raise UnreadableSource(_MISSING) from exc
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()


def _lines(engine: Any, picture: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lines of a picture in the engine's order, from top to bottom, each with its words in doubt."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        if image.width * image.height > _LARGEST:
            raise UnreadableSource("A page of the scan is too large; scan it again at 300 dpi.")
    result = engine(picture, return_word_box=True)
    by_word = result.word_results or ()
    for at, (text, sure) in enumerate(zip(result.txts or (), result.scores or (), strict=False)):
        if not (line := " ".join(text.split())):
            continue
        words = [(str(word), float(score)) for word, score, _ in by_word[at]] if at < len(by_word) else []
        unsure = {word for word, score in words if score < _CONFIDENT}
        yield (
            line,
            tuple(
                word
                for word in line.split()
                if sure < _CONFIDENT
                or _MIXED_WORD.fullmatch(word.strip(".,;:!?“”\"'()"))
                or any(part in unsure for part in _parts(word))
            ),
        )


def _parts(word: str) -> list[str]:
    return [word, *re.findall(r"\w+", word)]
