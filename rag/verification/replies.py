"""Reading a model's reply as hostile input: drafted sentences with the ids they cite, as soon as each is complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from rag.domain import DraftSentence
from rag.text.canonical import canonical
from rag.text.prompts import CANNOT_ANSWER

MOST_SENTENCES = 60
MOST_CHARACTERS = 1_000_000  # of a reply, with the thoughts of a reasoning model
MOST_OF_A_SENTENCE = 2_000
MOST_IDS = 20  # of a sentence; also the longest range that is spelled out

_MARKED = r"[sS][0-9]{1,9}(?:\s?[-–—]\s?[sS]?[0-9]{1,9})?"
_BARE = r"[0-9]{1,3}(?:\s?[-–—]\s?[0-9]{1,3})?"
_BETWEEN = r"(?:\s?[,;&]\s?|\sand\s|\s)"
# [s1], and how models stray from it: [S1, s2], [s1-s3], [1], (s1), 【s1】. A bare number in round brackets is none.
_IDS = (
    rf"(?:[\[【]\s?(?:{_MARKED}|{_BARE})(?:{_BETWEEN}(?:{_MARKED}|{_BARE}))*\s?[\]】]"
    rf"|\(\s?{_MARKED}(?:{_BETWEEN}{_MARKED})*\s?\))"
)
_GROUP = re.compile(rf"\s{{0,3}}({_IDS})")
_RUN = re.compile(rf"(?:\s{{0,3}}{_IDS})+([.!?…]?)")
_ID = re.compile(rf"{_MARKED}|{_BARE}")
_ENDED = re.compile(r"[.!?…][\"'”’»)*_]{0,4}$")
_OPENERS = " \t\"'“‘«(*_"
_DOUBLED = re.compile(r"(?<=[^.][.!?…])\.$|(?<=[.!?…][\"'”’»])\.$")
_LIST_MARKS = re.compile(r"(?:(?:[-*•–—+>]|#{1,6}|[0-9]{1,2}[.)])\s+)+")
_EMPHASIS = re.compile(r"\*\*|__")
_THOUGHT = re.compile(r"</?think(?:ing)?>", re.IGNORECASE)


def read_reply(pieces: Iterable[str]) -> Iterator[DraftSentence]:
    """Drafts of the reply that comes in `pieces`, in its order; raises nothing of its own.

    A draft ends with its line, or before the next sentence of the line where ids stand between the two. List marks,
    bold type, code fences and a reasoning model's thoughts are left out, and so is the line that says that the articles
    hold no answer. Ids that no sentence can have stay in `sids` as they are written, for verification to refuse.
    Reading stops after MOST_SENTENCES or MOST_CHARACTERS. What is longer than MOST_OF_A_SENTENCE is cut there and
    cites nothing.
    """
    return islice(_drafts(pieces), MOST_SENTENCES)


def _drafts(pieces: Iterable[str]) -> Iterator[DraftSentence]:
    thinking = False
    for written in _sentences(pieces):
        spoken, thinking = _spoken(written, thinking=thinking)
        if draft := _draft(spoken):
            yield draft


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Sentences as written, with their ids and their line break. The rest of an overlong one is passed over."""
    waiting, passing, most = "", False, MOST_OF_A_SENTENCE + 1
    for fragment in _fragments(pieces):
        waiting += fragment
        while waiting:
            if passing:
                _, broken, waiting = waiting.partition("\n")
                passing = not broken
            elif end := _end(waiting[:most]):
                yield waiting[:end]
                waiting = waiting[end:]
            elif len(waiting) >= most:
                yield waiting[:most]
                waiting, passing = waiting[most:], True
            else:
                break
    yield waiting


def _fragments(pieces: Iterable[str], most: int = 500) -> Iterator[str]:
    """The pieces in fragments that are short enough to be searched again and again."""
    read = 0
    for piece in pieces:
        for at in range(0, len(piece), most):
            yield piece[at : at + most]
        read += len(piece)
        if read > MOST_CHARACTERS:
            return


def _end(text: str) -> int | None:
    """Where the first sentence of `text` ends, if that can be told yet."""
    line_end = text.find("\n") + 1
    line = text[: line_end or None]
    for run in _RUN.finditer(line):
        follows = line[run.end() :].lstrip(_OPENERS)[:1]
        ended = run.group(1) or _ENDED.search(line[max(0, run.start() - 8) : run.start()])
        if ended and follows.isalnum() and not follows.islower():
            return run.end()
    return line_end or None


def _spoken(text: str, *, thinking: bool) -> tuple[str, bool]:
    """`text` without thoughts, and whether a thought goes on behind it."""
    kept, start = "", 0
    for tag in _THOUGHT.finditer(text):
        # A closing tag alone means that the server kept the opening one to itself.
        kept = (
            ""
            if tag.group().startswith("</") and not thinking
            else kept
            if thinking
            else kept + text[start : tag.start()]
        )
        thinking, start = not tag.group().startswith("</"), tag.end()
    return kept if thinking else kept + text[start:], thinking


def _draft(written: str) -> DraftSentence | None:
    """The draft that `written` makes, or None where it claims nothing."""
    line = " ".join(canonical(written).split("\n"))[:MOST_OF_A_SENTENCE]
    if marks := _LIST_MARKS.match(line):
        line = line[marks.end() :]
    line = _EMPHASIS.sub("", line)
    text = _DOUBLED.sub("", _GROUP.sub("", line).strip())
    if not any(char.isalnum() for char in text) or text.startswith(("```", "~~~")):
        return None
    if text.strip(" .!\"'“”*_").upper() == CANNOT_ANSWER:
        return None
    cut = len(written) > MOST_OF_A_SENTENCE
    return DraftSentence(text=text, sids=() if cut else _sids(line))


def _sids(line: str) -> tuple[str, ...]:
    """The ids that the line cites, in order, each once."""
    written = (item.group() for group in _GROUP.finditer(line) for item in _ID.finditer(group.group(1)))
    return tuple(islice(dict.fromkeys(sid for item in written for sid in _spelled_out(item)), MOST_IDS))


def _spelled_out(written: str) -> list[str]:
    """One id or a range as single ids; what can't be one stays as it is written."""
    numbers = [int(number) for number in re.findall("[0-9]+", written)]
    first, last = numbers[0], numbers[-1]
    if last > 9999 or not first <= last < first + MOST_IDS:
        return [written]
    return [f"s{number}" for number in range(first, last + 1)]
