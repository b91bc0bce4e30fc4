"""Backups, transfers and health of a library, and trials of a model."""

from __future__ import annotations

from dataclasses import dataclass

from rag.domain.answers import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A checked backup, or a library file that was found sound: its size in bytes and what it holds."""

    path: str
    bytes: int
    articles: int
    versions: int
    statements: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A library that was copied to another database and compared: its rows in all tables, and the vectors that were
    copied, None where they are made again.
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
    """Engine and place of the library and of the vectors; how many workers are alive, None where each process does its
    own work.
    """

    library: str
    vectors: str | None
    workers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """Engine, models, stores, versions and health of a newsroom; `advice` says what to do about problems.

    `articles_in` counts articles by language code, `pending` article versions by the step that they wait for, `failed`
    versions by the step that failed. `languages` are those of the embedder, None where it is multilingual or absent.
    `repaired` says what was repaired when the library was opened.
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
    """One capability that a model was tried for: `models` (is it listed), `stream`, `structured`, `judged`, or
    `settings` where it can't be asked at all. `says` is the result in plain words.
    """

    name: str
    works: bool
    says: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTrial:
    """What a language model can do, step by step, and what the trial cost. A model that is not listed, or does not keep
    to a format, may still work.
    """

    model: str | None
    steps: tuple[TrialStep, ...]
    usage: Usage

    @property
    def works(self) -> bool:
        """True if an answer could be streamed and read."""
        return any(step.name == "stream" and step.works for step in self.steps)
