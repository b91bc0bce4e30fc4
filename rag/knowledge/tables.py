"""Loads the tables of this room."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_PART = re.compile(r"\{([a-z_]+)\}")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `name`.tsv as column -> cell, in order. Lines that start with "#" are the head; the first line after
    them has the column names. Raises ValueError for a row of another length.
    """
    lines = [
        line for line in (_FOLDER / f"{name}.tsv").read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]
    columns = lines[0].split("\t")
    return tuple(dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:])


@cache
def table(name: str) -> dict[str, Any]:
    """The contents of `name`.toml. Callers must not change it."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


@cache
def words_of(name: str, *keys: str) -> frozenset[str]:
    """The words of the entries `keys` of `name`.toml together; an entry is one string of words."""
    return frozenset(word for key in keys for word in str(table(name)[key]).split())


@cache
def groups_of(name: str, key: str) -> dict[str, str]:
    """Word -> the name of its group, for an entry of `name`.toml whose lines read "NAME: word word"."""
    lines = str(table(name)[key]).strip().splitlines()
    return {word: group for group, _, words in (line.partition(":") for line in lines) for word in words.split()}


def pattern_of(name: str, *path: str, flags: int = re.IGNORECASE, **parts: str) -> re.Pattern[str]:
    """The entry at `path` in `name`.toml as a regular expression; see `expand`."""
    entry = table(name)
    for key in path[:-1]:
        entry = entry[key]
    return re.compile(expand(name, entry[path[-1]], **parts), flags)


class WordLists:
    """The entries of `name`.toml as sets of words: `WordLists("statements").works`; AttributeError for others."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, key: str) -> frozenset[str]:
        self.__dict__[key] = words = frozenset(str(_entry(self._name, key)).split())
        return words


class Patterns:
    """The same as regular expressions: `Patterns("verification").cause`; of one `section` of the table, if that is
    named; see `expand` for `parts`.
    """

    def __init__(self, name: str, section: str | None = None, **parts: str) -> None:
        self._name, self._section, self._parts = name, section, parts

    def __getattr__(self, key: str) -> re.Pattern[str]:
        text = expand(self._name, _entry(self._name, key, self._section), **self._parts)
        self.__dict__[key] = pattern = re.compile(text, re.IGNORECASE)
        return pattern


def _entry(name: str, key: str, section: str | None = None) -> Any:
    entries = table(name)[section] if section else table(name)
    if key not in entries:
        raise AttributeError(f"{name}.toml has no entry {key}")
    return entries[key]


def expand(name: str, pattern: str, **parts: str) -> str:
    """A regular expression of `name`.toml without its line breaks, with the value of each `{part}` in its place: that
    of `parts`, else of the entry [parts] of the table. Raises KeyError for a part that neither has.
    """
    while match := _PART.search(pattern):
        pattern = pattern.replace(match[0], parts.get(match[1]) or table(name)["parts"][match[1]])
    return pattern.replace("\n", "")
