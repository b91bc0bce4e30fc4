"""Word-by-word alignment of a claim with the sentence of its sources that it shares most words with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.verification.tokens import Token, names_in, tokens

_LEAST_SHARED = 0.35  # share of the claim's content words that must stand in a sentence to compare the two


@dataclass(frozen=True, slots=True)
class Alignment:
    """A claim aligned with a source. `pairs` are the places of the same words; `replacements` are the words that differ
    between these, of which one side may be empty; `overlap` is the share, 0..1, of the claim's words other than names
    that are paired."""

    claim: Sequence[Token]
    source: Sequence[Token]
    pairs: Sequence[tuple[int, int]]
    replacements: Sequence[tuple[Sequence[Token], Sequence[Token]]]
    overlap: float


def align(claim: Sequence[Token], source: Sequence[Token]) -> Alignment:
    """The alignment of two texts by their words."""
    matcher = SequenceMatcher(None, [item.key for item in claim], [item.key for item in source], autojunk=False)
    pairs: list[tuple[int, int]] = []
    replacements = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(a, b), range(c, d), strict=True)
        else:
            replacements.append((claim[a:b], source[c:d]))
    plain = sum(item.kind != "name" for item in claim)
    overlap = sum(claim[i].kind != "name" for i, _ in pairs) / max(1, plain)
    return Alignment(claim, source, pairs, replacements, overlap)


def align_with_closest(text: str, sources: Sequence[str]) -> Alignment | None:
    """The alignment of a text with the sentence of a source that it shares most words with, or with a whole source
    where the text is several sentences; None where it shares too few with any.
    """
    names = names_in("\n".join([text, *sources]))
    claim = tokens(text, names=names)
    content = [item.key for item in claim if item.is_content]
    least = max(min(2.0, len(content)), _LEAST_SHARED * len(content))
    best: Alignment | None = None
    best_rank = (0, 0.0)
    has_several = bool(claim) and claim[-1].sentence > 0
    for candidate in _candidates([tokens(source, names=names) for source in sources], whole=has_several):
        alignment = align(claim, candidate)
        keys = {item.key for item in candidate}  # also out of order: two words of three may have changed places
        # Names alone do not make a sentence the closest: "Lund denied this" is not aligned with "Lund travelled".
        rank = (sum(claim[i].kind != "name" for i, _ in alignment.pairs), len(alignment.pairs) / (len(candidate) + 1))
        if sum(key in keys for key in content) >= least and rank > best_rank:
            best, best_rank = alignment, rank
    return best


def _candidates(sources: Sequence[Sequence[Token]], *, whole: bool) -> Iterator[Sequence[Token]]:
    for source in sources:
        count = source[-1].sentence + 1 if source else 0
        for number in range(count):
            yield [item for item in source if item.sentence == number]
        if whole and count > 1:
            yield source
