"""The quote contract: what changes the words or their meaning is withheld, what only looks different is kept."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Span
from rag.evaluation.mutations import SourceText, Utterance, altered_drafts, faithful_drafts
from rag.providers.spacy_parser import SpacyParser, shared_parser
from rag.readers.dispatch import read_file
from rag.statements import extract_statements
from rag.text.sentences import sentences
from rag.verification import verify
from tests.conftest import PROJECT

OWN = (
    "Foreign Minister Hanna Weld said on Tuesday that Norland will not recognise any unilateral change of the "
    "border.\n\n"
    "“We have 16 patrol boats – old ones – and we’ll keep them, because nobody else will do this for us,” Weld said. "
    "“I would never accept a first refusal on the official offer of $5 million.”\n\n"
    "Mayor Boris Vane told Aline Roth that the harbour might handle 40 percent more ships in 12 months.\n\n"
    "“All of the fishermen are against it, and some have already left,” Vane said on 3 March. "
    "Roth declined to sign the deal and has asked for at least two weeks.\n\n"
    "Some officials were unable to say whether the ferry would run for 20 miles without a pilot."
)
FIELD = (
    "Foreign Minister Hakan Fidan said on Tuesday that Turkey will not recognise any unilateral change of the border."
)


@cache
def parser() -> SpacyParser:
    return shared_parser()


def evidence(text: str) -> Evidence:
    key = ("a", "1")
    results = tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id=key[0], version=key[1], start=span.start, end=span.end, text=span.of(text),
            title="", outlet=None, published=None,
        )
        for n, span in enumerate(sentences(text), start=1)
    )  # fmt: skip
    statements = extract_statements(text, parser=parser(), article_id=key[0], version=key[1])
    return Evidence(sentences=results, texts={key: text}, statements=tuple(statements))


def article(text: str, foreign: str) -> SourceText:
    sources = evidence(text)
    spoken = [
        Utterance(item.speaker, Span(item.content[0].start, item.content[-1].end))
        for item in sources.statements
        if item.speaker and item.speaker in text
    ]
    return SourceText(text=text, evidence=sources, utterances=spoken, foreign_quotations=[foreign])


def corpus() -> list[Path]:
    return sorted((PROJECT / "corpus").glob("*.md"))


@pytest.fixture(scope="module")
def articles() -> list[SourceText]:
    texts = [read_file(path)[0].text for path in corpus()]
    return [article(OWN, "These are the words of another article"), *(article(text, OWN[130:180]) for text in texts)]


def test_no_altered_sentence_is_accepted(articles: list[SourceText]) -> None:
    made: Counter[str] = Counter()
    accepted = []
    for one in articles:
        for item in altered_drafts(one):
            made[item.kind] += 1
            if verify(item.draft, one.evidence).outcome == "supported":
                accepted.append((item.kind, item.draft.text))
    assert accepted == []
    assert len(made) == 15
    assert sum(made.values()) > 500


def test_no_faithful_sentence_is_rejected(articles: list[SourceText]) -> None:
    made: Counter[str] = Counter()
    rejected = []
    for one in articles:
        for item in faithful_drafts(one):
            made[item.kind] += 1
            if (outcome := verify(item.draft, one.evidence)).outcome != "supported":
                rejected.append((item.kind, item.draft.text, outcome.note))
    assert rejected == []
    assert len(made) == 6
    assert sum(made.values()) > 100


@pytest.mark.parametrize(
    "quote",
    [
        "Turkey will recognise any unilateral change of the border",
        "Turkey will not recognise every unilateral change of the frontier",
        "Fidan said that Greece will recognise any unilateral change in Cyprus",
    ],
)
@pytest.mark.parametrize("form", ["“{}”", "{}.", "Hakan Fidan: “{}”", "Fidan said: “{}.”"])
def test_the_three_published_cases_are_withheld(quote: str, form: str) -> None:
    outcome = verify(DraftSentence(text=form.format(quote), sids=("s1",)), evidence(FIELD))
    assert outcome.outcome != "supported"
    assert outcome.note


def test_letters_with_combining_marks_are_the_composed_ones() -> None:
    sources = evidence("Erdoğan said: “We’ll meet in Zürich, not in Genève.”")
    outcome = verify(DraftSentence(text="“We’ll meet in Zu\u0308rich, not in Gene\u0300ve.”", sids=("s1",)), sources)
    assert outcome.outcome == "supported"
    assert outcome.sources[0].quote.startswith("Erdoğan")
