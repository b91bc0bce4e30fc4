"""Reading a model's reply as hostile input: drafted sentences with the ids they cite, as soon as each is complete.

A reply is a claim an object (JSON lines, or an object that lists them), plain lines with ids in brackets, or both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import TypeAlias

from rag.domain import ClaimKind, DraftSentence
from rag.text.canonical import canonical
from rag.text.prompts import CANNOT_ANSWER

MOST_SENTENCES = 60
MOST_CHARACTERS = 1_000_000  # of a reply, with the thoughts of a reasoning model
MOST_OF_A_SENTENCE = 2_000
MOST_IDS = 20  # of a sentence; also the longest range that is spelled out
MOST_OF_AN_OBJECT = 8_000  # characters of a claim in JSON; what is longer is read as plain text
_MOST_OF_A_NAME = 200

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
    rf"[\s(–—-]*(?:{_LABEL}\s?:?)?\s?"
    rf"(?:{_IDS}(?:{_BETWEEN})?|{_MARKED}{_NOTED}(?:{_BETWEEN}{_MARKED}{_NOTED})*)+[\s.)]*",
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
_OPENS_OBJECT = re.compile(r"(?:^|(?<=\n))[\s,\[\]`*•–-]*(?:json\s*)?(?=\{)", re.IGNORECASE)
_STRUCTURE = re.compile(r'[{}"\\]')
_NO_CLAIMS = re.compile(r'^\s*(?:```\w*\s*)?\{\s*"claims"\s*:\s*\[\s*\]\s*\}')
_KINDS: dict[str, ClaimKind] = {"said": "said", "reported": "reported", "synthesis": "synthesis", "gap": "gap"}
_Claim: TypeAlias = dict[str, object]


def read_reply(pieces: Iterable[str], *, cut_off: Callable[[], bool] = lambda: False) -> Iterator[DraftSentence]:
    """Drafts of the reply that comes in `pieces`, in its order; raises nothing of its own.

    A claim is an object with `text`, `ids` and, if it has them, `speaker`, `day` and `kind`; what else it holds, and a
    value of another type, counts for nothing. Of plain text, a draft ends with its line, or before the next sentence of
    the line where ids stand between the two. Ids on a line of their own belong to the sentence before. List marks, bold
    type, headings, code fences and a reasoning model's thoughts are left out, and so is the line that says that the
    articles hold no answer. Ids that no sentence can have stay in `sids` as they are written, for verification to
    refuse. Reading stops after MOST_SENTENCES or MOST_CHARACTERS. What is longer than MOST_OF_A_SENTENCE is cut there
    and cites nothing. `cut_off` tells, once the
    pieces have come to their end, whether the reply had not: then a last sentence that cites nothing yet is left out.
    """
    return islice(_drafts(pieces, cut_off), MOST_SENTENCES)


def declines(reply: str) -> bool:
    """True if the reply says that the articles hold no answer, outside a reasoning model's thoughts."""
    if _NO_CLAIMS.search(reply):
        return True
    lines = _lines([reply], lambda: False)
    return any(_declines(_plain(line if isinstance(line, str) else str(line.get("text", "")))) for line in lines)


def _drafts(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[DraftSentence]:
    held: DraftSentence | None = None  # a draft that cites nothing: the next line may be its ids
    titled = False  # what is held is a heading, unless ids follow
    for written in _lines(pieces, cut_off):
        if not isinstance(written, str):
            if held and not titled:
                yield held
            held = None
            if claimed := _claimed(written):
                yield claimed
            continue
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


def _lines(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str | _Claim]:
    """Claims, and sentences as written, without thoughts."""
    thinking = False
    for written in _sentences(pieces, cut_off):
        if not isinstance(written, str):
            if not thinking:
                yield written
            continue
        spoken, thinking = _spoken(written, thinking=thinking)
        yield spoken


def _sentences(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str | _Claim]:
    """Claims, and sentences as written, with their ids and their line break. The rest of an overlong one is passed
    over.
    """
    waiting, passing, most = "", False, MOST_OF_A_SENTENCE + 1
    for fragment in _objects(_outside_thoughts(_fragments(pieces)), cut_off):
        if not isinstance(fragment, str):
            if not passing:
                yield waiting
            waiting, passing = "", False
            yield fragment
            continue
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


def _outside_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without what stands between a tag that opens a thought and the one that closes it. A closing tag alone
    is left in.
    """
    waiting, thinking = "", False
    for piece in pieces:
        waiting += piece
        while tag := _THOUGHT.search(waiting):
            closes = tag.group().startswith("</")
            if not thinking:
                yield waiting[: tag.end() if closes else tag.start()]
            waiting, thinking = waiting[tag.end() :], not closes
        at = waiting.rfind("<", max(0, len(waiting) - 11))
        whole = waiting if at < 0 else waiting[:at]  # a tag may go on in the next piece
        if not thinking and whole:
            yield whole
        waiting = waiting[len(whole) :]
    if not thinking:
        yield waiting


class _Object:
    """A JSON object that is being read, with those inside it: `claims` of what is closed so far."""

    def __init__(self) -> None:
        self.text = ""
        self.claims: list[_Claim] = []
        self.read_any = False
        self._starts: list[int] = []
        self._at = 0
        self._quoted = False

    def take(self, more: str) -> str | None:
        """Read on; what follows the object once it is closed, None before."""
        self.text += more
        while match := _STRUCTURE.search(self.text, self._at):
            self._at = match.end()
            sign = match.group()
            if sign == "\\":
                self._at += 1
            elif sign == '"':
                self._quoted = not self._quoted
            elif not self._quoted and sign == "{":
                self._starts.append(match.start())
            elif not self._quoted and self._starts:
                self._close(self._starts.pop(), match.end())
                if not self._starts:
                    return self.text[match.end() :]
        self._at = max(self._at, len(self.text))
        return None

    def _close(self, start: int, end: int) -> None:
        if end - start > MOST_OF_AN_OBJECT:
            return
        try:
            value = json.loads(self.text[start:end], strict=False)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict) and isinstance(value.get("text"), str):
            self.claims.append(value)
        self.read_any |= bool(self.claims) or (isinstance(value, dict) and "claims" in value)

    @property
    def hopeless(self) -> bool:
        """True if it is longer than any claim, and holds none."""
        return len(self.text) > MOST_OF_AN_OBJECT and not self.read_any

    def forget(self) -> None:
        """Let go of what was read, where claims inside it are closed and an outer object goes on."""
        if self._starts and self.read_any and self._at > MOST_OF_AN_OBJECT:
            kept = self._starts[-1] if len(self._starts) > 1 else self._at
            kept = min(kept, self._at)
            self.text = self.text[kept:]
            self._starts = [0] * (len(self._starts) - 1) + [0]
            self._at -= kept


def _objects(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str | _Claim]:
    """The claims in JSON objects that open a line, as each is closed, and the text around them."""
    reading: _Object | None = None
    begins, inside = "", False  # what begins a line and may still open an object; whether the line is past that
    for piece in pieces:
        rest: str | None = piece
        while rest:
            if reading is None:
                text = begins + rest
                line = text.find("\n") + 1 if inside else 0
                opens = _OPENS_OBJECT.search(text, line) if line or not inside else None
                if opens is None:
                    line = text.rfind("\n") + 1
                    inside = (inside and not line) or len(text) - line > 40 or any(map(str.isalnum, text[line:]))
                    begins = "" if inside else text[line:]
                    yield text[: len(text) - len(begins)]
                    break
                yield text[: opens.start()]
                reading, rest, begins, inside = _Object(), text[opens.end() :], "", False
            rest = reading.take(rest)
            yield from reading.claims
            reading.claims.clear()
            if rest is not None:
                if not reading.read_any:  # an object that claims nothing: as it is written
                    yield reading.text[: len(reading.text) - len(rest)] + "\n"
                reading = None
                rest = "\n" + rest if rest else ""
            elif reading.hopeless:
                yield reading.text
                reading = None
            else:
                reading.forget()
    if reading is not None and not reading.read_any and not cut_off():
        yield reading.text
    yield begins


def _claimed(value: _Claim) -> DraftSentence | None:
    """The draft of a claim, or None where it claims nothing."""
    written = str(value["text"])
    line = _plain(written)
    draft = _draft(line)
    if draft is None:
        return None
    speaker, day, kind, number = (value.get(key) for key in ("speaker", "day", "kind", "n"))
    name = " ".join(canonical(speaker).split())[:_MOST_OF_A_NAME] if isinstance(speaker, str) else ""
    named = _named_ids(value.get("ids", value.get("sids")))
    sids = tuple(islice(dict.fromkeys([*named, *draft.sids]), MOST_IDS)) if len(written) <= MOST_OF_A_SENTENCE else ()
    return replace(
        draft,
        sids=sids,
        speaker=name or None,
        day=_day(day) if isinstance(day, str) else None,
        claim=_KINDS.get(kind.strip().lower()) if isinstance(kind, str) else None,
        mends=number if isinstance(number, int) and not isinstance(number, bool) else None,
    )


def _named_ids(value: object) -> Iterator[str]:
    """The ids of a claim; what can't be one stays as it is written."""
    for item in (value[: 2 * MOST_IDS] if isinstance(value, list) else [value]) if value else ():
        if not isinstance(item, str | int) or isinstance(item, bool):
            continue
        written = str(item).strip()[:_MOST_OF_A_NAME]
        matches = list(_ID.finditer(_NOTE.sub("", written)))
        if matches:
            for one in matches:
                yield from _spelled_out(one.group())
        elif written:
            yield written[:20]


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError:
        return None


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
