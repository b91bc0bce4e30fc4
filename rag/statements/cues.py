"""Which cue makes an attribution in which construction: the table `rag/knowledge/cues.tsv`, expanded to its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from rag.knowledge.tables import rows, table
from rag.knowledge.words import verbs_of
from rag.statements.phrase_candidates import Candidate

Class = Literal["saying", "thinking", "wishing", "judging"]


@dataclass(frozen=True, slots=True)
class CueVerdict:
    """What the table says of a candidate."""

    kind: Class
    confidence: float
    factual: bool = True
    """False where the words were not said: refused to name, asked whether."""

    @property
    def stance(self) -> bool:
        """True where the words are the reporter's characterisation."""
        return self.kind != "saying"


def _words(block: str) -> list[str]:
    """The words of a list, also in their British spelling."""
    american = [word.replace("_", " ") for word in block.split()]
    british = [
        word.replace(here, there) for here, there in table("cues")["british"] for word in american if here in word
    ]
    return [*american, *british]


def _list(*names: str) -> list[str]:
    return _words(" ".join(table("cues")["lists"][name] for name in names))


DENIALS, REJECTIONS = verbs_of("denial"), verbs_of("rejection")
"""Verbs whose content is denied, and those that deny where their object is a claim."""

CLAIMS = frozenset(_list("claims"))
"""Nouns for what can be denied."""

QUOTE_CUES = frozenset(_list("clause_saying", "quoting"))
"""Verbs that may introduce or follow a quotation."""

FAINT_QUOTE_CUES = frozenset(_list("quoting")) - frozenset(_list("clause_saying"))
"""Those of them that mostly mean something else: *goes*, *began*, *use*."""


def keys_of(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(construction, cue) for each cue of a row, with the light verbs and prepositions that go with it."""
    construction = row["construction"]
    prefixes, suffixes = [""], [""]
    if construction == "light":
        prefixes = _list("light_verbs")
    elif construction == "adjective":
        suffixes += table("cues")["adjective_prepositions"]
    elif construction in ("noun", "noun is"):
        suffixes += table("cues")["noun_prepositions"]
    for entry in row["words"].split():
        for word in _list(entry[1:]) if entry.startswith("@") else _words(entry):
            for prefix in prefixes:
                for suffix in suffixes:
                    yield construction, f"{prefix} {word} {suffix}".strip()


@cache
def _table() -> dict[tuple[str, str], CueVerdict]:
    verdicts: dict[tuple[str, str], CueVerdict] = {}
    for row in rows("cues"):
        for key in keys_of(row):
            verdicts.setdefault(key, CueVerdict(cast("Class", row["class"]), float(row["confidence"])))
    return verdicts


def verdict(candidate: Candidate) -> CueVerdict | None:
    """What the table says of a candidate, or None where it attributes nothing."""
    return _table().get((candidate.construction, candidate.key))
