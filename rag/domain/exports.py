"""Exported files and the result of verifying one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ExportFormat = Literal["md", "docx", "pdf", "html", "json"]


CheckStatus = Literal[
    "ok", "typographic", "altered", "unknown article", "unknown version", "text does not match its version"
]


SealState = Literal["unbroken", "broken", "of another library", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The check of one citation of an exported file, or of one line that rests on citations.

    `n` is the number of the citation, None for other findings. `place` says where in the file and `reason` what is
    wrong, both for a reader; `reason` is empty where all is well. `against` is what it was compared with: the text in
    the library, the source text embedded in the file, or None where there was neither.
    """

    n: int | None
    place: str
    status: CheckStatus
    reason: str = ""
    article_id: str | None = None
    version: str | None = None
    against: Literal["library", "file"] | None = None

    @property
    def fine(self) -> bool:
        """True where nothing but typography differs."""
        return self.status in ("ok", "typographic")


SentenceBasis = Literal["words", "statement", "writer", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSentence:
    """What supports one sentence of an exported file.

    `words`: it has the words of what it cites. `statement`: the library has it as a statement of the speaker that it
    names. `writer`: it is in other words, the checks found nothing against it, and only its writer vouches for it.
    `none`: it fails the checks, or its source is unknown. `reason` says so to a reader.
    """

    place: str
    text: str
    citations: tuple[int, ...]
    basis: SentenceBasis
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of checking an exported answer or briefing again.

    `checked` are all citations and every line with a fault; `altered` are those of them that are not `fine`. `digest`
    is True if the content is as exported, False if not, None where the file has no digest (the plain JSON of a
    command). `seal` says the same by a key that only the exporting library has. `sentences` says what supports each
    sentence; `ok` does not mean that a sentence that only its writer vouches for is true.
    """

    file: str
    format: ExportFormat
    ok: bool
    checked: tuple[Checked, ...]
    altered: tuple[Checked, ...]
    digest: bool | None = None
    seal: SealState = "none"
    sentences: tuple[CheckedSentence, ...] = ()

    @property
    def vouched(self) -> tuple[CheckedSentence, ...]:
        """The sentences that only their writer vouches for."""
        return tuple(item for item in self.sentences if item.basis == "writer")
