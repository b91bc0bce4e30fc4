"""How many sentences answer, and which."""

from __future__ import annotations

from rag.domain import EvidenceSentence
from rag.services.answers.selection import select_sentences

ASKED = "When did the harbour of Esk open?"


def sentence(number: int, text: str, score: float, title: str = "Harbour of Esk") -> EvidenceSentence:
    return EvidenceSentence(
        sid=f"s{number}", article_id="a", version="1", start=100 * number, end=100 * number + len(text), text=text,
        title=title, outlet=None, published=None, score=score,
    )  # fmt: skip


def test_one_good_sentence_among_poor_ones_is_the_whole_answer() -> None:
    good = sentence(1, "The harbour of Esk opened on 4 May 1921 after years of work on its piers.", 0.9)
    poor = [sentence(n, "Gulls.", 0.05) for n in range(2, 9)]
    assert select_sentences(ASKED, [*poor, good]) == [good]


def test_at_most_five_sentences_in_their_original_order() -> None:
    values = [
        sentence(n, f"The harbour of Esk opened its pier number {n} in May 1921 with a choir.", 0.8) for n in range(9)
    ]
    picked = select_sentences(ASKED, values)
    assert 1 < len(picked) <= 5
    assert picked == [item for item in values if item in picked]


def test_a_sentence_with_the_expected_type_wins_among_equals() -> None:
    told = sentence(2, "The harbour of Esk opened its gates on 4 May 1921.", 0.6)
    vague = sentence(1, "The harbour of Esk opened its gates to great joy.", 0.6)
    others = [sentence(n, "A choir sang there for a while.", 0.2) for n in range(3, 9)]
    picked = select_sentences(ASKED, [vague, told, *others])
    assert told in picked


def test_without_sentences_the_selection_is_empty() -> None:
    assert select_sentences(ASKED, []) == []
    assert select_sentences("", [sentence(1, "Text.", 0.0)])
