"""Reading a model's reply as hostile input: drafted sentences with the ids they cite, as soon as each is complete."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
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
_NOTED = r"(?:†[^\]】〕］,;\[【〔［]{0,60})?"  # what some models put behind an id: 【s1†source】
_LABEL = (
    r"(?:sources?|citations?|cited|refs?|references?|evidence|sentences?|ids?|see|quellen?|fuentes?|fontes?|fonti"
    r"|bronn?(?:en)?|kaynak(?:lar)?|источники?)"
)
# [s1], and how models stray from it: [S1, s2], [s1-s3], [1], (s1), 【s1】, [[s1]], [Source: s1]. A bare number in round
# brackets is none.
_IDS = (
    rf"(?:[\[【〔［]{{1,2}}\s?\^?(?i:{_LABEL}\s?:?\s)?(?:{_MARKED}|{_BARE}){_NOTED}"
    rf"(?:{_BETWEEN}(?:{_MARKED}|{_BARE}){_NOTED})*\s?[\]】〕］]{{1,2}}"
    rf"|\(\s?(?i:{_LABEL}\s?:?\s)?{_MARKED}{_NOTED}(?:{_BETWEEN}{_MARKED}{_NOTED})*\s?\))"
)
_GROUP = re.compile(rf"\s{{0,3}}({_IDS})")
_RUN = re.compile(rf"(?:\s{{0,3}}{_IDS})+([.!?…]?)")
_ID = re.compile(rf"{_MARKED}|{_BARE}")
_NOTE = re.compile(r"†[^\]】〕］,;]*")
_CITED_LAST = re.compile(rf"{_IDS}[.!?…]?\s*$")
_IDS_ALONE = re.compile(
    rf"[\s(–—-]*(?:{_LABEL}\s?:?)?\s?(?:{_IDS}(?:{_BETWEEN})?|{_MARKED}{_NOTED}(?:{_BETWEEN}{_MARKED}{_NOTED})*)+[\s.)]*",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(rf"[\s*_#>–—-]*{_LABEL}\s?[:*_]*\s*", re.IGNORECASE)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S|\s*(\*\*|__)[^*_]{1,80}(?<![.!?…\"”’»])\1:?\s*$|.{1,80}:[\s*_]*$")
_TITLE_WORDS = 12  # a line of more is no heading, however it ends
_TITLES = frozenset(
    {"answer", "summary", "sources", "references", "conclusion", "antwort", "respuesta", "réponse", "yanıt"}
)
_ENDED = re.compile(r"[.!?…][\"'”’»)*_]{0,4}$")
_OPENERS = " \t\"'“‘«(*_"
_DOUBLED = re.compile(r"(?<=[^.][.!?…])\.$|(?<=[.!?…][\"'”’»])\.$")
_LIST_MARKS = re.compile(r"(?:(?:[-*•–—+>]|#{1,6}|[0-9]{1,2}[.)])\s+)+")
_EMPHASIS = re.compile(r"\*\*|__")
_THOUGHT = re.compile(r"</?think(?:ing)?>", re.IGNORECASE)


def read_reply(pieces: Iterable[str], *, cut_off: Callable[[], bool] = lambda: False) -> Iterator[DraftSentence]:
    """Drafts of the reply that comes in `pieces`, in its order; raises nothing of its own.

    A draft ends with its line, or before the next sentence of the line where ids stand between the two. Ids on a line
    of their own belong to the sentence before. List marks, bold type, headings, code fences and a reasoning model's
    thoughts are left out, and so is the line that says that the articles hold no answer. Ids that no sentence can have
    stay in `sids` as they are written, for verification to refuse. Reading stops after MOST_SENTENCES or
    MOST_CHARACTERS. What is longer than MOST_OF_A_SENTENCE is cut there and cites nothing. `cut_off` tells, once the
    pieces have come to their end, whether the reply had not: then a last sentence that cites nothing yet is left out.
    """
    return islice(_drafts(pieces, cut_off), MOST_SENTENCES)


def declines(reply: str) -> bool:
    """True if the reply says that the articles hold no answer, outside a reasoning model's thoughts."""
    return any(_declines(_plain(line)) for line in _lines([reply], lambda: False))


def _drafts(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[DraftSentence]:
    held: DraftSentence | None = None  # a draft that cites nothing: the next line may be its ids
    titled = False  # what is held is a heading, unless ids follow
    for written in _lines(pieces, cut_off):
        line = _plain(written)
        if held and _IDS_ALONE.fullmatch(line):
            yield replace(held, sids=_sids(f"[{line.strip()}]") if not _GROUP.search(line) else _sids(line))
            held = None
        elif not _LABEL_ALONE.fullmatch(line) and (draft := _draft(line)):
            if held and not titled:
                yield held
            held = None
            if len(written) > MOST_OF_A_SENTENCE:
                yield replace(draft, sids=())
            elif draft.sids:
                yield draft
            else:
                held, titled = draft, _is_heading(written)
    if held and not titled and not cut_off():
        yield held


def _lines(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str]:
    """Sentences as written, without thoughts."""
    thinking = False
    for written in _sentences(pieces, cut_off):
        spoken, thinking = _spoken(written, thinking=thinking)
        yield spoken


def _sentences(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str]:
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
    if _CITED_LAST.search(waiting) or not cut_off():
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


def _plain(written: str) -> str:
    """A sentence as written on one line, without list marks and bold type."""
    line = " ".join(canonical(written).split("\n"))[:MOST_OF_A_SENTENCE]
    if marks := _LIST_MARKS.match(line):
        line = line[marks.end() :]
    return _EMPHASIS.sub("", line)


def _draft(line: str) -> DraftSentence | None:
    """The draft that a plain line makes, or None where it claims nothing."""
    text = _DOUBLED.sub("", _GROUP.sub("", line).strip())
    if not any(char.isalnum() for char in text) or text.startswith(("```", "~~~")) or _declines(text):
        return None
    return DraftSentence(text=text, sids=_sids(line))


def _declines(line: str) -> bool:
    return _GROUP.sub("", line).strip(" .!\"'“”*_").upper() == CANNOT_ANSWER


def _is_heading(written: str) -> bool:
    """True for a line that heads others, or leads up to them, and claims nothing."""
    line = written.strip()
    if len(line.split()) > _TITLE_WORDS:
        return False
    return bool(_HEADING.match(line)) or line.strip(" *_#:.").casefold() in _TITLES


def _sids(line: str) -> tuple[str, ...]:
    """The ids that the line cites, in order, each once."""
    written = (item.group() for group in _GROUP.finditer(line) for item in _ID.finditer(_NOTE.sub("", group.group(1))))
    return tuple(islice(dict.fromkeys(sid for item in written for sid in _spelled_out(item)), MOST_IDS))


def _spelled_out(written: str) -> list[str]:
    """One id or a range as single ids; what can't be one stays as it is written."""
    numbers = [int(number) for number in re.findall("[0-9]+", written)]
    first, last = numbers[0], numbers[-1]
    if last > 9999 or not first <= last < first + MOST_IDS:
        return [written]
    return [f"s{number}" for number in range(first, last + 1)]
