"""Reads a model's reply as hostile input: drafted sentences with the ids they cite, as soon as each is complete.

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
from rag.knowledge.tables import expand
from rag.text.canonical import canonical
from rag.text.prompts import CANNOT_ANSWER
from rag.verification.lexicon import LEXICON

MOST_SENTENCES = 60
MOST_CHARACTERS = 1_000_000  # of a reply, with the thoughts of a reasoning model
MOST_OF_A_SENTENCE = 2_000
MOST_IDS = 20  # of a sentence; also the longest range that is spelled out
MOST_OF_AN_OBJECT = 8_000  # characters of a claim in JSON; what is longer is read as plain text
_MOST_OF_A_NAME, _MOST_OF_AN_ID = 200, 20

_MARKED = r"[sS][0-9]{1,9}(?:\s?[-–—]\s?[sS]?[0-9]{1,9})?"
_BARE = r"[0-9]{1,3}(?:\s?[-–—]\s?[0-9]{1,3})?"
_BETWEEN = r"(?:\s?[,;&]\s?|\sand\s|\s)"
_NOTED = r"(?:†[^\]】〕］,;\[【〔［]{0,60})?"  # what some models put behind an id: 【s1†source】
_LABEL = expand("verification", "{id_labels}")
# [s1], and how models stray from it: [S1, s2], [s1-s3], [1], (s1), 【s1】, [[s1]], [Source: s1]; but not
# a bare number in round brackets.
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
_ENDED = re.compile(r"[.!?…][\"'”’»)*_]{0,4}$")
_FRAGMENT = 500  # characters that are searched at a time
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
    and cites nothing. `cut_off` says, at the end of the pieces, whether the reply was cut off: then a last sentence
    that cites nothing yet is left out.
    """
    return islice(_drafts(pieces, cut_off), MOST_SENTENCES)


def declines(reply: str) -> bool:
    """True if the reply says that the articles hold no answer, outside a reasoning model's thoughts."""
    if _NO_CLAIMS.search(reply):
        return True
    lines = (raw if isinstance(raw, str) else str(raw["text"]) for raw in _lines([reply], lambda: False))
    return any(_declines(_plain_line(line)) for line in lines)


def _drafts(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[DraftSentence]:
    pending: DraftSentence | None = None  # a draft that cites nothing: the next line may be its ids
    is_heading = False  # what is pending is a heading, unless ids follow
    for raw in _lines(pieces, cut_off):
        text = raw if isinstance(raw, str) else ""
        line = _plain_line(text)
        if pending and text and _IDS_ALONE.fullmatch(line):
            yield replace(pending, sids=_sids(line if _GROUP.search(line) else f"[{line.strip()}]"))
            pending = None
            continue
        draft = _draft(line) if isinstance(raw, str) else _draft_of_claim(raw)
        if isinstance(raw, str) and (draft is None or _LABEL_ALONE.fullmatch(line)):
            continue
        if pending and not is_heading:
            yield pending
        pending = None
        if draft and len(text) > MOST_OF_A_SENTENCE:
            yield replace(draft, sids=())
        elif draft and (draft.sids or not text):
            yield draft
        elif draft:
            pending, is_heading = draft, _is_heading(text)
    if pending and not is_heading and not cut_off():
        yield pending


def _lines(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str | _Claim]:
    """Claims, and sentences as written, without thoughts. What stands before a closing tag alone is one, too: the
    server kept the opening tag to itself.
    """
    for raw in _sentences(pieces, cut_off):
        yield _THOUGHT.split(raw)[-1] if isinstance(raw, str) else raw


def _sentences(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str | _Claim]:
    """Claims, and sentences as written, with their ids and their line break. The rest of an overlong one is passed
    over.
    """
    buffer, is_overlong, most = "", False, MOST_OF_A_SENTENCE + 1
    for fragment in _objects(_without_thoughts(_short_fragments(pieces)), cut_off):
        if not isinstance(fragment, str):
            if not is_overlong:
                yield buffer
            buffer, is_overlong = "", False
            yield fragment
            continue
        buffer += fragment
        while buffer:
            if is_overlong:
                _, line_break, buffer = buffer.partition("\n")
                is_overlong = not line_break
            elif end := _sentence_end(buffer[:most]):
                yield buffer[:end]
                buffer = buffer[end:]
            elif is_overlong := len(buffer) >= most:
                yield buffer[:most]
                buffer = buffer[most:]
            else:
                break
    if _CITED_LAST.search(buffer) or not cut_off():
        yield buffer


def _short_fragments(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces in fragments that are short enough to be searched again and again."""
    size = 0
    for piece in pieces:
        yield from (piece[at : at + _FRAGMENT] for at in range(0, len(piece), _FRAGMENT))
        size += len(piece)
        if size > MOST_CHARACTERS:
            return


def _without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without what stands between a tag that opens a thought and the one that closes it. A closing tag alone
    is left in.
    """
    buffer, in_thought = "", False
    for piece in pieces:
        buffer += piece
        while tag := _THOUGHT.search(buffer):
            closes = tag.group().startswith("</")
            if not in_thought:
                yield buffer[: tag.end() if closes else tag.start()]
            buffer, in_thought = buffer[tag.end() :], not closes
        at = buffer.rfind("<", max(0, len(buffer) - 11))
        complete = buffer if at < 0 else buffer[:at]  # a tag may go on in the next piece
        if not in_thought and complete:
            yield complete
        buffer = buffer[len(complete) :]
    if not in_thought:
        yield buffer


class _JsonObject:
    """A JSON object that is being read, with those inside it: `claims` of what is closed so far."""

    def __init__(self) -> None:
        self.text = ""
        self.claims: list[_Claim] = []
        self.has_claims = False
        self._starts: list[int] = []
        self._at = 0
        self._in_string = False

    def feed(self, more: str) -> str | None:
        """Read on; what follows the object once it is closed, None before."""
        self.text += more
        while match := _STRUCTURE.search(self.text, self._at):
            self._at = match.end()
            sign = match.group()
            if sign == "\\":
                self._at += 1
            elif sign == '"':
                self._in_string = not self._in_string
            elif not self._in_string and sign == "{":
                self._starts.append(match.start())
            elif not self._in_string and self._starts:
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
        if not isinstance(value, dict):
            return
        if isinstance(value.get("text"), str):
            self.claims.append(value)
        self.has_claims |= bool(self.claims) or "claims" in value

    @property
    def is_hopeless(self) -> bool:
        """True if it is longer than any claim without holding one."""
        return len(self.text) > MOST_OF_AN_OBJECT and not self.has_claims

    def shrink(self) -> None:
        """Let go of what was read, where claims inside it are closed and an outer object goes on."""
        if self._starts and self.has_claims and self._at > MOST_OF_AN_OBJECT:
            start = min(self._starts[-1], self._at) if len(self._starts) > 1 else self._at
            self.text = self.text[start:]
            self._starts = [0] * len(self._starts)
            self._at -= start


def _objects(pieces: Iterable[str], cut_off: Callable[[], bool]) -> Iterator[str | _Claim]:
    """The claims in JSON objects that open a line, as each is closed, and the text around them."""
    current: _JsonObject | None = None
    line_start, in_line = "", False  # what begins a line and may still open an object; whether the line is past that
    for piece in pieces:
        rest: str | None = piece
        while rest:
            if current is None:
                text = line_start + rest
                line = text.find("\n") + 1 if in_line else 0
                opening = _OPENS_OBJECT.search(text, line) if line or not in_line else None
                if opening is None:
                    line = text.rfind("\n") + 1
                    in_line = (in_line and not line) or len(text) - line > 40 or any(map(str.isalnum, text[line:]))
                    line_start = "" if in_line else text[line:]
                    yield text[: len(text) - len(line_start)]
                    break
                yield text[: opening.start()]
                current, rest, line_start, in_line = _JsonObject(), text[opening.end() :], "", False
            rest = current.feed(rest)
            yield from current.claims
            current.claims.clear()
            if rest is not None:
                if not current.has_claims:  # an object that claims nothing: as it is written
                    yield current.text[: len(current.text) - len(rest)] + "\n"
                current = None
                rest = "\n" + rest if rest else ""
            elif current.is_hopeless:
                yield current.text
                current = None
            else:
                current.shrink()
    if current is not None and not current.has_claims and not cut_off():
        yield current.text
    yield line_start


def _draft_of_claim(value: _Claim) -> DraftSentence | None:
    """The draft of a claim, or None where it claims nothing."""
    raw = str(value["text"])
    draft = _draft(_plain_line(raw))
    if draft is None:
        return None
    speaker, day, kind, number = (value.get(key) for key in ("speaker", "day", "kind", "n"))
    name = " ".join(canonical(speaker).split())[:_MOST_OF_A_NAME] if isinstance(speaker, str) else ""
    ids = dict.fromkeys([*_claim_ids(value.get("ids", value.get("sids"))), *draft.sids])
    sids = tuple(islice(ids, MOST_IDS)) if len(raw) <= MOST_OF_A_SENTENCE else ()
    return replace(
        draft,
        sids=sids,
        speaker=name or None,
        day=_day(day) if isinstance(day, str) else None,
        claim=_KINDS.get(kind.strip().lower()) if isinstance(kind, str) else None,
        mends=number if isinstance(number, int) and not isinstance(number, bool) else None,
    )


def _claim_ids(value: object) -> Iterator[str]:
    """The ids of a claim; anything that can't be an id is kept as written."""
    for item in (value[: 2 * MOST_IDS] if isinstance(value, list) else [value]) if value else ():
        if not isinstance(item, str | int) or isinstance(item, bool):
            continue
        raw = str(item).strip()[:_MOST_OF_A_NAME]
        if matches := list(_ID.finditer(_NOTE.sub("", raw))):
            for match in matches:
                yield from _expand_range(match.group())
        elif raw:
            yield raw[:_MOST_OF_AN_ID]


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw.strip()[:10])
    except ValueError:
        return None


def _sentence_end(text: str) -> int | None:
    """Where the first sentence of `text` ends; None where that is not known yet."""
    line_end = text.find("\n") + 1
    line = text[: line_end or None]
    for run in _RUN.finditer(line):
        follows = line[run.end() :].lstrip(_OPENERS)[:1]
        ends = run.group(1) or _ENDED.search(line[max(0, run.start() - 8) : run.start()])
        if ends and follows.isalnum() and not follows.islower():
            return run.end()
    return line_end or None


def _plain_line(raw: str) -> str:
    """A sentence as written on one line, without list marks and bold type."""
    line = " ".join(canonical(raw).split("\n"))[:MOST_OF_A_SENTENCE]
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


def _is_heading(raw: str) -> bool:
    """True for a line that heads others, or leads up to them, and claims nothing."""
    line = raw.strip()
    if len(line.split()) > _TITLE_WORDS:
        return False
    return bool(_HEADING.match(line)) or line.strip(" *_#:.").casefold() in LEXICON.reply_titles


def _sids(line: str) -> tuple[str, ...]:
    """The ids that the line cites, in order, each once."""
    groups = (_NOTE.sub("", group.group(1)) for group in _GROUP.finditer(line))
    sids = (sid for group in groups for item in _ID.finditer(group) for sid in _expand_range(item.group()))
    return tuple(islice(dict.fromkeys(sids), MOST_IDS))


def _expand_range(raw: str) -> list[str]:
    """One id or a range as single ids; anything that can't be an id is kept as written."""
    numbers = [int(number) for number in re.findall("[0-9]+", raw)]
    first, last = numbers[0], numbers[-1]
    if last > 9999 or not first <= last < first + MOST_IDS:
        return [raw]
    return [f"s{number}" for number in range(first, last + 1)]
