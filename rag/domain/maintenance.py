"""Backups and transfers of a library."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain.answers import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A library as one file, as found sound: its size in bytes and what it holds."""

    path: str
    bytes: int
    articles: int
    versions: int
    statements: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A library moved to another database, found to be the same there: its rows in all tables, and the vectors that
    came along, None where they are made again.
    """

    source: str
    target: str
    articles: int
    versions: int
    statements: int
    rows: int
    vectors: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Who keeps what: engine and place of the library and of the vectors; how many workers live, None where each
    process does its own work.
    """

    library: str
    vectors: str | None
    workers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """Engine, models, stores, versions and health of a newsroom; `advice` has what to do about what is not well.

    `articles_in` counts articles by language code, `pending` article versions by the step that
    they wait for, `failed` those that a step could not be done for.
    `languages` are those that the embedder was made for, None where it is multilingual or absent. `repaired` says what
    was repaired when the library was opened.
    """

    healthy: bool
    advice: tuple[str, ...]
    engine: str
    endpoint: str | None
    embedder: str | None
    judge: str | None
    languages: tuple[str, ...] | None
    articles_in: dict[str, int]
    home: str
    articles: int
    passages: int
    vectors: int
    stores: Stores
    pending: dict[str, int]
    failed: dict[str, int]
    spent: Usage
    repaired: str | None
    log: str | None
    versions: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStep:
    """One thing that a model was tried at: `models` (is it listed), `stream`, `structured`, `judged`, or `settings`
    where it can't be asked at all. `says` tells in plain words what came of it.
    """

    name: str
    works: bool
    says: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTrial:
    """What a language model can do, step by step, and what it cost to find out. `works` where it may be relied on: it
    answers in a way that can be read and checked. A model that is not listed, or keeps to no form, may still work.
    """

    model: str | None
    steps: tuple[TrialStep, ...]
    usage: Usage

    @property
    def works(self) -> bool:
        """True if an answer could be streamed and read."""
        return any(step.name == "stream" and step.works for step in self.steps)
