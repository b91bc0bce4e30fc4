"""Questions about what an answer says: whether it is true, who said it, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.conversation import SPEAKER_BEFORE_COLON, Turn, last_person
from rag.question.lexicon import PATTERNS

_QUOTATION_FIRST = re.compile(r"[“\"](?P<claim>[^”\"]+)[”\"]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")
_INNER_QUOTES = str.maketrans('“”"', "‘’'")
_MOST_WORDS = 30  # of a sentence whose truth or date is asked for


def ask_truth(last: Turn) -> str | None:
    """Whether the first sentence of an answer is true; None where it is too long to ask."""
    claim = _first_claim(last)
    return f"Is it true that “{claim}”?" if claim else None


def ask_speaker(last: Turn) -> str | None:
    """Who said the first sentence of an answer; None where it is too long to ask."""
    claim = _first_claim(last)
    return f"Who said “{claim}”?" if claim else None


def ask_statement_date(question: str, turns: Sequence[Turn]) -> str | None:
    """When "he" or "she" said what the last answer reports of somebody whom its question does not name; None where
    there is nobody.
    """
    person = last_person(turns, question)
    surname = person.split()[-1] if person else ""
    if not surname or surname in turns[-1].question:
        return None
    lines = map(_without_citations, turns[-1].answer.splitlines())
    line = next((line for line in lines if re.search(rf"\b{re.escape(surname)}\b", line)), "")
    if speaker := SPEAKER_BEFORE_COLON.match(line):
        line = line[speaker.end() - 1 :]
    claim = " ".join(line.translate(_INNER_QUOTES).split()[:_MOST_WORDS]).strip(" .,;:")
    return f"When did {person} say this: “{claim}”?" if claim else None


def _first_claim(turn: Turn) -> str:
    """The first sentence of an answer without its speaker, or the words that it quotes; empty if it is too long."""
    line = _without_citations(next((line for line in turn.answer.splitlines() if line.strip()), ""))
    if speaker := SPEAKER_BEFORE_COLON.match(line):
        line = line[speaker.end() - 1 :]
    quotation = _QUOTATION_FIRST.match(line)
    line = _SENTENCE_END.split(line)[0]
    match = quotation or PATTERNS.attributed.match(line)
    claim = (match["claim"] if match else line).strip().rstrip(".!,").translate(_INNER_QUOTES)
    return claim if len(claim.split()) <= _MOST_WORDS else ""


def _without_citations(line: str) -> str:
    return re.sub(r"(?:\s*\[\d+\])+\s*$", "", line).strip()
