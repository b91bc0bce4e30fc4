"""Questions about what an answer says: whether it is true, who said it, and when.

A claim in somebody's own words stands in quotation marks, cut with an ellipsis where it is long. A sentence of the
outlet is nobody's words: it follows "this:" without marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.question.conversation import SPEAKER_PREFIX, Turn, fits_gender, last_person, subject_of
from rag.question.kinds import AnswerKind, shape_of
from rag.question.lexicon import PATTERNS
from rag.text.sentences import sentences

_QUOTATION_FIRST = re.compile(r"[“\"](?P<claim>[^”\"]+)[”\"]")
_CITATIONS = re.compile(r"(?:\s*\[\d+\])+\s*$")
_PRONOUN_FIRST = re.compile(r"(?:He|She|They|It)\b")
INNER_QUOTES = str.maketrans('“”"', "‘’'")
_MOST_WORDS = 30  # of a claim that is asked about
_FEWEST_WORDS = 3  # of a quotation that is a claim
_OF_SEVERAL = frozenset(
    (AnswerKind.POSITION, AnswerKind.SIDE, AnswerKind.REACTION, AnswerKind.LIST, AnswerKind.COMPARISON)
)
_CUT = " …"


class Claim(NamedTuple):
    """What a line of an answer says: somebody's own `words`, or a sentence of the outlet."""

    words: str
    is_quoted: bool


def has_several(last: Turn) -> bool:
    """True for an answer that sets the words of several people side by side."""
    return shape_of(last.question).kind in _OF_SEVERAL and len(speakers_of(last.answer)) > 1


def speakers_of(answer: str) -> list[str]:
    """Whom the lines of an answer are by or about, each once by surname."""
    names: dict[str, str] = {}
    for name in filter(None, map(subject_of, answer.splitlines())):
        names.setdefault(name.split()[-1], name)
    return list(names.values())


def ask_truth(last: Turn, who: str | None = None) -> str | None:
    """Whether the first sentence of an answer is true, or the first with the surname `who`; None for an answer that
    says nothing, and for one that sets the words of several people side by side without naming them.
    """
    if who:
        name = re.compile(rf"\b{re.escape(who.split()[-1])}\b", re.IGNORECASE)
        claim = _claim_of(next((line for line in last.answer.splitlines() if name.search(line)), ""))
    else:
        claim = None if has_several(last) else _claim_of(_first_line(last.answer))
    if claim is None:
        return None
    if not claim.is_quoted and (match := PATTERNS.asserted.match(claim.words)):
        claim = claim._replace(words=match["claim"])
    return _ask(f"Is it true that “{claim.words}”" if claim.is_quoted else f"Is this true: {claim.words}")


def ask_speaker(last: Turn) -> str | None:
    """Who said the first sentence of an answer; None for an answer that says nothing."""
    claim = _claim_of(_first_line(last.answer))
    if claim is None:
        return None
    return _ask(f"Who said “{claim.words}”" if claim.is_quoted else f"Who said this: {claim.words}")


def ask_statement_date(question: str, turns: Sequence[Turn]) -> str | None:
    """When what the last answer reports was said by whom its first line with anybody is about, else by "him" or "her",
    else by whoever it was; None for an answer that says nothing.
    """
    lines = [line for line in turns[-1].answer.splitlines() if line.strip()]
    person = last_person(turns, question)
    speaker = next(filter(None, map(subject_of, lines)), None)
    if speaker and fits_gender(question, speaker) and speaker.split()[-1] not in (person or "").split()[-1:]:
        person = speaker  # "What did Holm tell Lund?": it is Holm who said it
    if not lines:
        return None
    if person is None:
        claim = _claim_of(lines[0])
        return _ask(f"When was this said: {claim.words}") if claim and not claim.is_quoted else None
    name = re.compile(rf"\b{re.escape(person.split()[-1])}\b")
    line = next((line for line in lines if name.search(subject_of(line) or "")), None)
    line = line or next((line for line in lines if name.search(line)), lines[0])
    claim = _claim_of(line)
    if claim is None:
        return None
    words = f"“{claim.words}”" if claim.is_quoted else claim.words
    return _ask(f"When did {person} say this: {words}")


def claim_asked(question: str) -> str | None:
    """The claim that a question puts behind "this:" or in quotation marks, without its ellipsis; None for other
    questions."""
    match = PATTERNS.claim_shown.match(question)
    return match["claim"].strip().removesuffix(_CUT.strip()).strip(" ,.?") if match else None


def pieces_of(line: str) -> list[str]:
    """The parts of a line of an answer that stand in an article word for word: its quotations behind the name of a
    speaker, else the line without marks and speaker.
    """
    line = _CITATIONS.sub("", line).strip()
    speaker = SPEAKER_PREFIX.match(line)
    body = line[speaker.end() :] if speaker else line
    if speaker and body.startswith("“"):
        return [match["claim"].rstrip(".,!?") for match in _QUOTATION_FIRST.finditer(body)]
    return [span.of(body) for span in sentences(body)]


def _ask(question: str) -> str:
    return question if question.endswith(("?”", "?")) else f"{question}?"


def _first_line(answer: str) -> str:
    return next((line for line in answer.splitlines() if line.strip()), "")


def _claim_of(line: str) -> Claim | None:
    line = _CITATIONS.sub("", line).strip()
    speaker = SPEAKER_PREFIX.match(line)
    body = line[speaker.end() :] if speaker else line
    quotation = _QUOTATION_FIRST.match(body)
    if quotation and len(quotation["claim"].split()) >= _FEWEST_WORDS:
        return Claim(_cut(quotation["claim"].strip().rstrip(".!,").translate(INNER_QUOTES)), True)
    first = next((span.of(body) for span in sentences(body)), "").strip()
    first = re.sub(r"[.!]+(?=[”\"’']?$)", "", first)
    if speaker:
        first = _PRONOUN_FIRST.sub(speaker["who"], first, count=1) if _PRONOUN_FIRST.match(first) else first
    return Claim(_cut(first), False) if first else None


def _cut(claim: str) -> str:
    parts = claim.split()
    return claim if len(parts) <= _MOST_WORDS else f"{' '.join(parts[:_MOST_WORDS]).rstrip(' ,;:–—')}{_CUT}"
