"""Sentences that set a task to whoever reads or retells the text they stand in, in a dozen languages.

Decided by what a sentence does, not by the wording of known attacks. It sets a task where, in its own voice,

- it undoes what its reader was asked before, or gives the reader a part to play;
- it says what an answer, a summary or another output of its reader must be like, hold or leave out;
- it says what a program, an assistant or whoever reads, retells or answers from this text is to do;
- it orders its reader about somebody for whom the reader reads ("tell the user");
- it is markup or code for a program.

What somebody is reported to have said or ordered ("..., the court ruled"; "under the bill") is news. The words are in
`knowledge/tasks.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from rag.knowledge.tables import Patterns, expand, pattern_of, table

_TASKS = table("tasks")


def _pattern(entry: str | list[str]) -> re.Pattern[str]:
    """An entry of the table; of a list, any of its alternatives between word boundaries."""
    text = _between_boundaries(entry) if isinstance(entry, list) else expand("tasks", entry)
    return re.compile(text, re.IGNORECASE)


def _between_boundaries(alternatives: Iterable[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(expand('tasks', item) for item in alternatives)})(?!\w)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    """Patterns of one language: a sentence sets a task where `alone` fits, or `whom` or `output` with `order`, and
    `reporting` does not.
    """

    alone: re.Pattern[str]
    whom: re.Pattern[str]
    output: re.Pattern[str]
    order: re.Pattern[str]
    reporting: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """A sign of a task in English, with its weight."""

    pattern: re.Pattern[str]
    weight: float
    role: Literal["directs", "addressed", "half", ""]


def _language(entry: dict[str, Any], *, spaced: bool = True) -> _Language:
    """`spaced` is false for a script without blanks between words."""
    return _Language(**{key: _pattern([text] if spaced else text) for key, text in entry.items()})


def _english() -> _Language:
    entry = _TASKS["english"]
    alone = f"{_between_boundaries(entry['alone'])}|{expand('tasks', entry['opening'])}"
    others = {key: _pattern(entry[key]) for key in ("whom", "output", "order", "reporting")}
    return _Language(alone=re.compile(alone, re.IGNORECASE), **others)


_MARKUP = pattern_of("tasks", "markup", flags=re.MULTILINE)
_PATTERNS = Patterns("tasks")
_ENGLISH = _english()
_SPACED = tuple(_language(entry) for entry in _TASKS["languages"].values())
_UNSPACED = tuple(_language(entry, spaced=False) for entry in _TASKS["scripts_without_spaces"].values())
_SIGNS = tuple(
    _Sign(pattern=_pattern(sign.get("words") or sign["pattern"]), weight=sign["weight"], role=sign.get("role", ""))
    for sign in _TASKS["signs"].values()
)
_POSSIBLE_SCORE = 1.0
_REPORTING_WEIGHT = 3.0
_SUFFICIENT_SCORE = 3.25


def sets_task(voice: str, raw: str) -> bool:
    """True if a sentence sets a task to a program that reads it. `voice` is what the article says itself, without what
    stands in quotation marks; `raw` is the sentence whole.
    """
    if _MARKUP.search(raw) or _PATTERNS.transcript.search(raw):
        return True
    if (_PATTERNS.to_client.search(voice) or _PATTERNS.tells_client.search(voice)) and not is_reported(voice):
        return True
    if task_score(voice) >= _SUFFICIENT_SCORE:
        return True
    if (
        _PATTERNS.orders.search(voice)
        and (_PATTERNS.answers.search(voice) or _PATTERNS.programs.search(voice))
        and not is_reported(voice)
    ):
        return True
    return any(_sets_task_in(language, voice) for language in (_ENGLISH, *_languages(voice)))


def may_set_task(voice: str) -> bool:
    """True if there are signs of a task, though not enough by themselves: a sentence of a paragraph that has nothing to
    do with its article is then set aside.
    """
    return (
        task_score(voice) >= _POSSIBLE_SCORE
        or any(
            language.order.search(voice) and (language.whom.search(voice) or language.output.search(voice))
            for language in _languages(voice)
        )
    ) and not is_reported(voice)


def task_score(voice: str) -> float:
    """A score for a task in an English sentence; 0 if no word gives an order, or none is about writing or reading."""
    if not any(sign.role == "directs" and sign.pattern.search(voice) for sign in _SIGNS):
        return 0.0  # as for most sentences, which need not be looked at further
    signs = [sign for sign in _SIGNS if sign.pattern.search(voice)]
    roles = [sign.role for sign in signs]
    if "addressed" not in roles and roles.count("half") < 2:
        return 0.0
    return sum(sign.weight for sign in signs) - (_REPORTING_WEIGHT if _reports(_ENGLISH, voice) else 0.0)


def is_reported(voice: str) -> bool:
    """True if a sentence says who said or ordered what, in any of the languages."""
    return any(_reports(language, voice) for language in (_ENGLISH, *_languages(voice)))


def _reports(language: _Language, voice: str) -> bool:
    """True if a sentence is about somebody who said or ordered so, or about a law or a play."""
    return bool(language.reporting.search(_PATTERNS.you_were.sub(" ", voice)))


def _languages(voice: str) -> tuple[_Language, ...]:
    return _UNSPACED if any("\u3040" <= char <= "\u9fff" for char in voice) else _SPACED


def _sets_task_in(language: _Language, voice: str) -> bool:
    if language.alone.search(voice):
        return not _reports(language, voice)
    if not language.order.search(voice) or _reports(language, voice):
        return False
    whom, output = bool(language.whom.search(voice)), bool(language.output.search(voice))
    if language is _ENGLISH:
        return whom or output
    return (whom and output) or ((whom or output) and bool(_PATTERNS.context.search(voice)))
