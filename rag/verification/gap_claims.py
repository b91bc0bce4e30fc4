"""Claims that the articles do not give something ("gaps"), and whether a search confirms them.

"The articles do not give the day of the strike" rests on no sentence, so it is checked the other way round: it stands
where the question that it leaves open ("When was the strike?") has no answer in the library, nothing on its subject
has a value of the kind that it misses, and nothing at all says what it misses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.domain import DraftSentence, EvidenceSentence
from rag.knowledge.tables import expand, pattern_of, table
from rag.text.dates.in_text import mentions
from rag.text.related_words import has_similar
from rag.text.terms import content_words
from rag.verification.lexicon import LEXICON, PATTERNS

_FORMS = tuple(pattern_of("verification", "gap_forms", key) for key in table("verification")["gap_forms"])
_VALUES = {
    value: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for value, words in table("verification")["gap_values"].items()
}
_QUESTIONS = tuple(
    (re.compile(expand("verification", row["pattern"]), re.IGNORECASE), row["question"])
    for row in table("verification")["gap_questions"]
)
_NAME = re.compile(r"(?<![.!?“\"]\s)(?<!^)\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)+")
_VALUE_PATTERNS = {
    "reason": PATTERNS.gap_reason,
    "time": PATTERNS.gap_time,
    "number": PATTERNS.gap_number,
    "name": _NAME,
}
_FILLERS = frozenset(content_words(" ".join(LEXICON.gap_fillers)))
# Shares of the words of what is missing from which on a sentence may give it.
_CITED_SHARE = 0.5  # a sentence that is cited for it
_ANY_SHARE = 0.8  # any sentence
_SUBJECT_SHARE = 0.6  # a sentence with a value of the kind
_NO_DAY = date(2000, 1, 1)  # for articles without a day, whose dates need no year


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the articles are said to lack: its words, and the kind of value that it is, if any: reason, outcome, day,
    time, number or name."""

    text: str
    value: str | None

    @property
    def question(self) -> str:
        """The question that is open if the articles lack it."""
        words = " ".join(self.text.split())
        match, form = next((match, form) for pattern, form in _QUESTIONS if (match := pattern.fullmatch(words)))
        question: str = form.format(rest=next(filter(None, match.groupdict().values())))
        return f"{question[:1].upper()}{question[1:]}"


def split_remark(text: str) -> tuple[str, str | None]:
    """What a sentence says is missing, and what it says besides: "The articles do not give the day, but it was in
    May." Without a gap in it, or without a remark, the whole text and None.
    """
    text = text.strip()
    if match := PATTERNS.gap_concession.match(text):
        rest, remark = text[match.end() :], match["remark"]
    elif match := PATTERNS.gap_remark.search(text):
        rest, remark = text[: match.start()], text[match.end() :]
    else:
        return text, None
    if not remark.strip(" .") or not any(form.match(rest) for form in _FORMS):
        return text, None
    return _as_sentence(rest), _as_sentence(remark)


def _as_sentence(clause: str) -> str:
    """A clause with a capital and a full stop."""
    clause = clause.strip(" .")
    return f"{clause[:1].upper()}{clause[1:]}."


def gap_in(draft: DraftSentence) -> Gap | None:
    """What a draft says is missing from the articles; None where it says no such thing, or something else besides."""
    gap_text, remark = split_remark(draft.text)
    match = next(filter(None, (form.match(gap_text) for form in _FORMS)), None) if remark is None else None
    if match is None:
        return None
    names_articles = match.groupdict().get("where", "the articles")  # "no day is given" may be about one source
    if draft.sids and draft.claim != "gap" and not names_articles:
        return None
    text = match["what"].strip(" .") or draft.text
    return Gap(text=text, value=next((value for value, pattern in _VALUES.items() if pattern.search(text)), None))


def find_gap_answer(
    gap: Gap, question: str, sentences: Sequence[EvidenceSentence], *, cited: bool = False
) -> EvidenceSentence | None:
    """The sentence that gives what a gap says is missing, or may well give it; None if none does.

    What is missing by a kind of value ("the day of the strike") is given by a sentence on the same subject that has
    such a value; anything else by a sentence that has nearly all of its words. Of `cited` sentences, which are on its
    subject, half of the words or their like will do.
    """
    terms = set(content_words(gap.text)) - _FILLERS or set(content_words(question)) - _FILLERS
    least = _CITED_SHARE if cited else _SUBJECT_SHARE if gap.value else _ANY_SHARE

    def share(item: EvidenceSentence) -> float:
        own = set(content_words(item.text))
        return sum(has_similar(term, own) if cited else term in own for term in terms) / max(1, len(terms))

    shares = [(share(item), item) for item in sentences]
    candidates = [(size, item) for size, item in shares if terms and size >= least and _has_value(gap.value, item)]
    return max(candidates, key=lambda pair: pair[0])[1] if candidates else None


def _has_value(value: str | None, item: EvidenceSentence) -> bool:
    """True if a sentence has a value of a kind; any sentence has one of no kind."""
    if value == "day":
        return next(iter(mentions(item.text, item.published or _NO_DAY)), None) is not None
    if value == "outcome":
        return not PATTERNS.undecided.search(item.text)
    return value is None or _VALUE_PATTERNS[value].search(item.text) is not None
