"""Subtitles (SRT and WebVTT): the words without counters and times, joined to sentences, voices as labels."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.headlines import first_words
from rag.text.canonical import canonical
from rag.text.language import detect_language

_TIME = re.compile(
    r"^[ \t]*(?:(\d{1,3}):)?(\d{1,2}):(\d\d)[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d\d)[.,](\d{1,3})",
    re.MULTILINE,
)
_COMMA_SPAN = re.compile(
    r"^(\d{1,2}:\d\d:\d\d\.\d{3}),(\d{1,2}:\d\d:\d\d\.\d{3})[ \t]*$", re.MULTILINE
)  # as YouTube writes it
_STAMP = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d\d[\])]?")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?\s+([^>]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z][^>\n]{0,100}>|<\d[\d:.]{4,12}>|\{\\[^}\n]{1,60}\}")
_SOUND = re.compile(r"^[\s♪♫#]*[\[(♪♫][^\])♪♫]{0,60}[\])♪♫][\s♪♫]*$|^[♪♫\s]+$")
_SPEAKER = re.compile(
    r"^(?:>>+ ?|[-–—] )?(?P<name>(?:[A-ZÀ-Þ][\w.'’-]*|[A-ZÀ-Þ.]+)(?: [A-ZÀ-Þ(][\w.'’)-]*){0,5}): ?(?=\S)"
)
_TURN = re.compile(r"^(?:>>+|[-–—]) ?(?=\S)")
_STOP = re.compile(r"[.!?…。！？][\"”’»')\]]*$")
_SKIPPED = ("NOTE", "STYLE", "REGION", "WEBVTT", "X-TIMESTAMP-MAP")
_PAUSE, _LONGEST = 2.5, 900  # seconds after which, and characters from which, a sentence's end is a paragraph's


def is_subtitles(start: str) -> bool:
    """True for WebVTT, and for a text that begins with a counter or a span of times."""
    return (
        start.startswith("WEBVTT")
        or _COMMA_SPAN.match(start) is not None
        or re.match(r"(?:\d{1,6}\s*\n)?\s*" + _TIME.pattern.replace("^", "", 1), start) is not None
    )


def is_timestamped(text: str) -> bool:
    """True for a text of which every second line is a time alone, as video sites show what is said."""
    lines = [line.strip() for line in text[:20_000].split("\n") if line.strip()]
    stamps = [_STAMP.fullmatch(line) is not None for line in lines]
    return len(lines) >= 8 and sum(stamps) * 10 >= 4 * len(lines) and any(stamps[:3])


def read_timestamped(text: str) -> Extract:
    """The words between lines that hold only a time. Raises UnreadableSource where there are none."""
    lines = [line.strip() for line in text.split("\n")]
    first = next((at for at, line in enumerate(lines) if _STAMP.fullmatch(line)), len(lines))
    head = [line for line in lines[:first] if line]
    words = " ".join(line for line in lines[first:] if line and not _STAMP.fullmatch(line) and not _SOUND.match(line))
    body = canonical("\n\n".join([*head[1:], words]))
    if not any(char.isalpha() for char in body):
        raise UnreadableSource("There are no words in these subtitles; check the file.")
    return Extract(text=body, title=head[0] if head else first_words(body), language=detect_language(body))


def read_subtitles(text: str) -> Extract:
    """The words, a paragraph for each turn of a speaker. Raises UnreadableSource where there are none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = list(_paragraphs(_COMMA_SPAN.sub(r"\1 --> \2", text)))
    body = canonical("\n\n".join(paragraphs))
    if not any(char.isalpha() for char in body):
        raise UnreadableSource("There are no words in these subtitles; check the file.")
    return Extract(text=body, title=first_words(paragraphs[0]), language=detect_language(body))


def _paragraphs(text: str) -> Iterator[str]:
    words: list[str] = []
    speaker: str | None = None
    last_end = 0.0
    for begin, end, lines in _cues(text):
        for voice, line in lines:
            turn = _SPEAKER.match(line)
            name = voice or (turn["name"] if turn else None)
            unnamed = None if turn or voice else _TURN.match(line)
            mark = turn or unnamed
            line = line[mark.end() :] if mark else line
            begins = unnamed is not None or (name is not None and name != speaker)
            is_end = (
                words and _STOP.search(words[-1]) and (begin - last_end > _PAUSE or sum(map(len, words)) > _LONGEST)
            )
            if words and (begins or is_end):
                yield " ".join(words)
                words = []
            speaker = name if begins else speaker
            if speaker and not words:
                words.append(f"{speaker}:")
            words.append(line)
        last_end = end
    if words:
        yield " ".join(words)


def _cues(text: str) -> Iterator[tuple[float, float, list[tuple[str | None, str]]]]:
    """Begin and end of each cue in seconds, and its lines, each with the voice that the cue names. Lines repeated from
    the cue before, as in rolling captions, are left out.
    """
    times = list(_TIME.finditer(text))
    previous: list[str] = []
    for number, match in enumerate(times):
        end_at = times[number + 1].start() if number + 1 < len(times) else len(text)
        raw = text[match.end() : end_at].split("\n")[1:]
        if number + 1 < len(times) and raw:  # the counter or name of the next cue stands below an empty line
            while raw and not raw[-1].strip():
                raw.pop()
            if len(raw) >= 2 and not raw[-2].strip():
                raw = raw[:-2]
            elif raw and raw[-1].strip().isdigit() and (len(raw) == 1 or int(raw[-1]) == number + 2):
                raw = raw[:-1]
        lines: list[tuple[str | None, str]] = []
        voice: str | None = None
        for line in raw:
            if line.startswith(_SKIPPED) and not line.startswith(tuple(f"{name}:" for name in _SKIPPED)):
                break
            marked = _VOICE.search(line)
            voice = " ".join(marked[1].split()) if marked else voice
            bare = " ".join(html.unescape(_TAG.sub("", line)).split())
            if bare and not _SOUND.match(bare):
                lines.append((voice, bare))
        fresh = [(voice, line) for voice, line in lines if line not in previous]
        previous = [line for _, line in lines] or previous
        if fresh:
            yield _seconds(match.groups()[:4]), _seconds(match.groups()[4:]), fresh


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
