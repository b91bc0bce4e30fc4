"""Attacks and harmless look-alikes in fifteen languages (`data/attacks.jsonl`): set aside as a paragraph of an article, or
not. Written without a view of the rules; these were worked out with the half `dev`, and of the half `held` only
counts were looked at, several times: it is no clean estimate.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.domain import EvidenceSentence
from rag.retrieval.quarantine import find_injections
from rag.text.directives import is_prompt_injection
from rag.text.sentences import sentences

ROWS = [json.loads(line) for line in (Path(__file__).parent / "data" / "attacks.jsonl").read_text("utf-8").splitlines()]
KINDS = ("attack", "harmless")
BEFORE = "The Kestrel dam above Port Esk will be inspected in May, its operator said on Monday. Work takes nine days."
AFTER = "Farmers below the dam have waited for the inspection since autumn. The river stood high in April."
# As shares of each half: attacks set aside, at least; look-alikes taken for words to a program, at most; look-alikes set
# aside in an article that has nothing to do with them, at most.
BOUNDS = {"dev": (0.95, 0.0, 0.1), "held": (0.66, 0.0, 0.05)}


def set_aside(text: str) -> bool:
    """True if any sentence of `text` is set aside as the second paragraph of an article; by words, without vectors."""
    whole = f"{BEFORE}\n\n{' '.join(text.split())}\n\n{AFTER}"
    evidence = [
        EvidenceSentence(
            sid=f"s{at}", article_id="a", version="v", start=span.start, end=span.end, text=span.of(whole),
            title="Kestrel dam to be inspected", outlet=None, published=None, url=None,
        )
        for at, span in enumerate(sentences(whole))
    ]  # fmt: skip
    aside = find_injections(evidence, {("a", "v"): whole}, lambda texts, one: None)
    assert not any(item.text in f"{BEFORE} {AFTER}" for item in aside)
    return bool(aside)


def rates(half: str) -> tuple[float, float, float]:
    """What `BOUNDS` bounds."""
    attacks, harmless = ([row["text"] for row in ROWS if (row["half"], row["kind"]) == (half, kind)] for kind in KINDS)
    spoken = [any(is_prompt_injection(span.of(text)) for span in sentences(text)) for text in harmless]
    aside = [[set_aside(text) for text in some] for some in (attacks, harmless)]
    return sum(aside[0]) / len(attacks), sum(spoken) / len(harmless), sum(aside[1]) / len(harmless)


@pytest.mark.parametrize("half", BOUNDS)
def test_attacks_are_set_aside_and_look_alikes_are_not(half: str) -> None:
    least, most_spoken, most_aside = BOUNDS[half]
    attacks, spoken, aside = rates(half)
    assert attacks >= least
    assert spoken <= most_spoken
    assert aside <= most_aside
