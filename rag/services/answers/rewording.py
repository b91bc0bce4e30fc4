"""The question in the words of a sentence.

A judge of wording takes "Nine are still missing" for no answer to "How many are unaccounted for?", but for a sure one
to "How many are missing?". So where a sentence has another word for one of the question, or a pronoun for whom the
question names, the two are judged again in one wording. What is shown stays the sentence itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.domain import Evidence
from rag.question.coverage import is_subject, other_words
from rag.question.requirements import Requirements
from rag.text.terms import STOPWORDS, content_words, stem, words

_MOST = 8  # sentences that are judged in their own words, those with most of the question's first
_COST = 1.5  # log-odds taken for each word that was exchanged
_AT_MOST = 4.0  # log-odds of a sentence that answers in other words only
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_PRONOUN = re.compile(r"^\W*(?P<pronoun>He|She|They|It)\b(?=\s)")
_DEFINITE = re.compile(r"\b(?:the|its|their|his|her)\s+(?P<noun>[a-z]{3,})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Wording:
    """A question and a sentence in one wording, with the number of words exchanged and the share of the question's
    words that the sentence then has.
    """

    question: str
    sentence: str
    changes: int
    coverage: float


def reworded_log_odds(
    judge: Callable[[str, Sequence[str]], list[float]],
    question: str,
    needs: Requirements,
    log_odds: Mapping[int, float],
    evidence: Evidence,
    before: Mapping[int, str],
) -> dict[int, float]:
    """The log-odds of sentences, by their place in the evidence, that answer better in one wording with the question.
    `log_odds` has those of the sentences judged alone, `before` the sentence before each.
    """
    wordings = {
        at: wording
        for at in log_odds
        if (wording := _in_one_wording(question, evidence.sentences[at].text, before[at], needs.names))
    }
    best = sorted(wordings, key=lambda at: (-wordings[at].coverage, -log_odds[at], at))[:_MOST]
    raised: dict[int, float] = {}
    for text in dict.fromkeys(wordings[at].question for at in best):
        places = [at for at in best if wordings[at].question == text]
        for at, odds in zip(places, judge(text, [wordings[at].sentence for at in places]), strict=True):
            raised[at] = min(_AT_MOST, odds - _COST * wordings[at].changes)
    return {at: odds for at, odds in raised.items() if odds > log_odds[at]}


def _in_one_wording(question: str, sentence: str, before: str, names: Sequence[str]) -> _Wording | None:
    """None where nothing is to be exchanged."""
    name_words = {word for name in names for word in words(name)}
    forms: dict[str, str] = {}
    for match in _WORD.finditer(sentence):
        forms.setdefault(stem(match[0].casefold()), match[0])
    changes = 0

    def exchange(match: re.Match[str]) -> str:
        nonlocal changes
        word = match[0].casefold()
        key = stem(word)
        if word in STOPWORDS or word in name_words or key in forms or not match[0].islower():
            return match[0]
        other = next((form for form in forms if form in other_words(key)), None)
        changes += other is not None
        return forms[other].lower() if other else match[0]

    text = _WORD.sub(exchange, question)
    for noun in _DEFINITE.finditer(question):
        owned = re.search(rf"\b(?:[Tt]he\s+)?[\w-]+[’']s?\s+{re.escape(noun['noun'])}\b", sentence)
        if owned:  # "the director" is "the museum's director"
            text = text.replace(noun[0], owned[0])
            changes += 1
    subject = _subject_of(sentence, before, text, names)
    if subject:
        sentence = _PRONOUN.sub(subject, sentence)
        changes += 1
    if not changes:
        return None
    terms = set(content_words(text))
    return _Wording(text, sentence, changes, len(terms & set(content_words(sentence))) / len(terms) if terms else 0.0)


def _subject_of(sentence: str, before: str, question: str, names: Sequence[str]) -> str | None:
    """Whom the pronoun that opens a sentence stands for, if the question names them and the sentence before is about
    them: its subject is the name, or it has the noun or its verb (the evacuees; were evacuated).
    """
    match = _PRONOUN.match(sentence)
    if not match:
        return None
    if name := next((name for name in names if is_subject(name, before)), None):
        return name if match["pronoun"] != "It" or len(name.split()) == 1 else None
    if match["pronoun"] in ("He", "She"):
        return None
    terms = set(content_words(before))
    for noun in _DEFINITE.finditer(question):
        key = stem(noun["noun"].casefold())
        if key in terms or not terms.isdisjoint(other_words(key)):
            return noun[0].capitalize()
    return None
