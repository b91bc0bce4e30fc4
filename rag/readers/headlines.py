"""Telling headlines and bylines by their form."""

from __future__ import annotations

import re

from rag.knowledge.tables import pattern_of, table, words_of
from rag.knowledge.words import NAME_PARTICLES, WEEKDAY_PATTERN
from rag.readers import boilerplate
from rag.text.canonical import fold
from rag.text.sentences import sentences
from rag.text.terms import UNSPACED

_LONGEST = 200
_LONGEST_TITLE = 100  # made of a first sentence
_BY = pattern_of("bylines", "by")
_PICTURES = pattern_of("bylines", "pictures")
_HANDLE = re.compile(r"(?<=\w)\s*[(|,]?\s*@\w+\)?")
_NAME_UNSPACED = re.compile(r"[\u3400-\u9fff·]{2,12}")
_BY_UNSPACED = re.compile(rf"(?:作者|记者|記者|撰文)\s?[：:]\s?({_NAME_UNSPACED.pattern})(?=$|[\s|，,])")
_PARTICLES = NAME_PARTICLES | words_of("bylines", "small_words")
_WEEKDAY = rf"\s(?:{WEEKDAY_PATTERN})\b.*$"
_ENDS, _PLACE = (pattern_of("bylines", key, flags=0) for key in ("ends", "place"))
_NOT_NAMES = words_of("bylines", "not_names")
_JOBS, _BESIDE_JOB, _ACCOUNTS = (words_of("bylines", key) for key in ("jobs", "beside", "accounts"))
_JOIN = rf"(?:{'|'.join(map(re.escape, sorted(words_of('bylines', 'joins'))))}|AND|UND)\s+(?=[^\W\d_a-zß-ÿа-я])"
_NAME_JOINS = re.compile(rf"\s*[,;|•·\n]\s*+(?:{_JOIN})?(?!(?:Jr|Sr|II|III|IV)\b)|\s+/\s+|\s+{_JOIN}")
_COMMA, _JOINED = re.compile(r"\s*,\s+"), re.compile(rf"(?:^|\s+){_JOIN}")
_AGENCIES = frozenset(table("bylines")["agencies"])
_BESIDE_AGENCY = re.compile(
    rf"(?<=\S)\s+(?:the )?(?:{'|'.join(sorted(_AGENCIES, key=len, reverse=True))})$|^(?:ap|afp|reuters) ", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s[|–—\-·•:»]\s")


def word_count(line: str) -> int:
    """Words of a line; in scripts that set no blanks between them, two characters are one."""
    return len(line.split()) + len(UNSPACED.findall(line)) // 2


def is_headline(line: str) -> bool:
    """True if the line could be a headline: some words, and no full stop at the end."""
    if not 4 <= len(line) <= _LONGEST or line[-1] in ".…;:,。" or re.search(r"[.…][\"”’»')]$", line):
        return False
    return any(char.isalpha() for char in line) and not boilerplate.is_furniture(line)


def byline(line: str) -> str | None:
    """The name or names of a line such as "By Jane Doe and John Roe in Ankara", or None if it is anything else."""
    if unspaced := _BY_UNSPACED.search(line[:160]):
        return unspaced[1]
    match = _BY.match(line)
    if not match or len(line) > 160 or line[-1] in ".!?":
        return None
    names = re.sub(_WEEKDAY, "", _ENDS.sub("", _without_jobs(line[match.end() :])), flags=re.IGNORECASE).strip(" ,")
    if _NAME_UNSPACED.fullmatch(names):
        return names
    words = names.replace("&", "and").split()
    capital = [word for word in words if word[:1].isupper()]
    if not 2 <= len(words) <= 10 or len(capital) < 2 or any(char.isdigit() for char in names):
        return None
    lower = {word.lower().strip(",.") for word in words if word not in capital}
    if not lower <= _PARTICLES or any(word.lower().strip(",.") in _NOT_NAMES for word in words):
        return None
    return names


def _without_jobs(text: str) -> str:
    """The names of a byline that gives jobs behind them ("Ada Reyes, Energy Editor, and Tom Brun in Brell") without the
    jobs and places; any other unchanged. Behind a job a name has a word that joins it or a job of its own: a paper has
    neither.
    """
    first, *parts = _COMMA.split(text)
    names, has_job = [first], False
    for part, following in zip(parts, [*parts, ""][1:], strict=True):
        match = _JOINED.search(part)
        if is_job(part):
            has_job = True
        elif match and (match.start() == 0 or is_job(part[: match.start()])):
            has_job = has_job or match.start() > 0
            names.append(part[match.end() :])
        elif has_job and is_job(following):
            names.append(part)
    return " and ".join(_ENDS.sub("", name) for name in names) if has_job and len(names) > 1 else text


def without_contacts(text: str) -> str:
    """A byline without its "By" and the sentences with addresses and accounts behind the names."""
    names = ". ".join(part for part in text.split(". ") if "@" not in part)
    return _BY.sub("", names, count=1) if _BY.match(names) else names


def clean_authors(text: str) -> str | None:
    """The names of authors in `text`, joined by commas, without "By", jobs, places and agencies beside them; None for
    addresses, accounts and labels.
    """
    text = " ".join(text.split())
    if "@" in text and (inside := re.search(r"\(([^()@]+)\)", text)):
        text = inside[1]
    text = _PICTURES.sub("", _HANDLE.sub("", text))
    bare = re.sub(r"\([^()]*\)", " ", _BY.sub("", text, count=1) if _BY.match(text) else text)
    parts = [part for part in _NAME_JOINS.split(bare) if part]
    if parts and " " in parts[0] and "," in text:  # what follows a whole name is a place or a paper
        parts = [
            part for at, part in enumerate(parts) if at == 0 or " " in part.strip() or not _is_behind_comma(part, text)
        ]
    names = [name for at, part in enumerate(parts) if not (at and is_job(part)) and (name := _clean_name(part))]
    names = [name for name in names if fold(name) not in _AGENCIES] or names
    if len(parts) == len(names) == 2 and "," in text and not re.search(rf" |{UNSPACED.pattern}", "".join(names)):
        names = [" ".join(reversed(names))]  # Lind, Mara
    return ", ".join(dict.fromkeys(names)) or None


def _is_behind_comma(part: str, text: str) -> bool:
    return re.search(rf",\s*{re.escape(part.strip())}\s*$", text) is not None


def names_job(text: str) -> bool:
    """True if a job follows the name in `text`: "Mara Lind, Oslo correspondent", "Mara Lind Labour correspondent"."""
    last = text.split()[-1:]
    return any(is_job(part) for part in text.split(",")[1:]) or (
        last != [] and last[0].islower() and fold(last[0]) in _JOBS
    )


def is_job(part: str) -> bool:
    """True for a job with its place or subject: it begins with a word for a job in lower case, or ends with one."""
    words = re.sub(r"\([^()]*\)", " ", part).split()
    ends = bool(words) and fold(words[-1]) in _JOBS
    beside = [word for word in words[:-1] if fold(word) not in _BESIDE_JOB]
    return bool(words) and ((words[0].islower() and fold(words[0]) in _JOBS) or (ends and len(beside) <= 1))


def _clean_name(part: str) -> str | None:
    """One name without the jobs around it and without the place or paper it writes for; None if it is not a name."""
    name = _PLACE.sub("", re.sub(_WEEKDAY, "", f"{part} ", flags=re.IGNORECASE)).strip(" ,.-–—")
    if fold(name) in _AGENCIES:
        return name
    name = _BESIDE_AGENCY.sub("", name)
    name = f"{name}." if part.rstrip().endswith((" Jr.", " Sr.")) else name
    words = name.split()
    while len(words) > 2 and fold(words[-1]) in _JOBS:
        words = words[:-1]
        while len(words) > 2 and fold(words[-1]) in _BESIDE_JOB:
            words = words[:-1]
    if any(fold(word) in _JOBS for word in words[:-1]):
        while len(words) > 1 and fold(words[0]) in _JOBS | _BESIDE_JOB:
            words = words[1:]
    name = " ".join(words)
    keys = [fold(word).strip(".,") for word in words]
    if not 1 <= len(words) <= 6 or len(name) > 80 or not any(char.isalpha() for char in name):
        return None
    if any(char in "@/<>{}|_#" or char.isdigit() for char in name) or not _NOT_NAMES.isdisjoint(keys):
        return None
    if all(word in _JOBS | _BESIDE_JOB for word in keys) or " ".join(keys) in _ACCOUNTS:
        return None
    if len(words) == 1 and (name.islower() or re.search(r"[a-z][A-Z].*[a-z][A-Z]|^[a-z]", name)):
        return None  # an account
    return name


def is_title_with_site(title: str, line: str) -> bool:
    """True if `line` is `title` with the site's name behind or before it, as browsers show it."""
    return any(fold(part) == fold(title) for part in _SEPARATOR.split(line)) and fold(line) != fold(title)


def first_words(paragraph: str) -> str:
    """The first sentence of a paragraph, cut at a word where it is too long for a title."""
    spans = sentences(paragraph[:2000])
    sentence = spans[0].of(paragraph) if spans else paragraph
    if len(sentence) <= _LONGEST_TITLE:
        return sentence
    head = sentence[: _LONGEST_TITLE - 1]
    return (head[: head.rfind(" ")] if " " in head[20:] else head).rstrip(" ,;:–—-") + "…"
