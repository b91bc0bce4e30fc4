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
    """What became of one citation, or of one line that rests on citations, of an exported file.

    `n` is the number of the citation, None where the finding has none. `place` says where in the file, `reason` what is
    wrong, both in a reader's words; `reason` is empty where all is well. `against` is what it was held against: the
    text in the library, or the source text embedded in the file, or None where there was neither.
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
    """What bears out one sentence of an exported file.

    `words`: it is in the words of what it cites; `statement`: the library has it as a statement of the speaker that it
    names; `writer`: it is in other words, the checks found nothing against it, and only who wrote it vouches for it;
    `none`: the checks would not let it pass, or its source is not known. `reason` says so to a reader.
    """

    place: str
    text: str
    citations: tuple[int, ...]
    basis: SentenceBasis
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What checking an exported answer or briefing again has found.

    `checked` are all citations and every line that is not as it should be; `altered` those of them that are not fine.
    `digest` is True if the content is the one that was exported, False if not, None where the file has no digest (the
    plain JSON of a command). `seal` tells the same by a key that only the library has which exported the file.
    `sentences` says of each sentence what bears it out; `ok` does not mean that one which only its writer vouches for
    is true.
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
