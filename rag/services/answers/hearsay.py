"""What articles tell of somebody's words where no statement is known to be theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.domain import Evidence, EvidenceSentence, Statement
from rag.question.coverage import is_subject, missing_names
from rag.question.intent import NAME_PREFIXES, Question
from rag.services.answers.relevance import log_odds, support_of
from rag.services.answers.shapes.base import stands_in
from rag.services.answers.stated import Gathered
from rag.text.places import country_asked
from rag.text.terms import STOPWORDS, words

MAY_TELL = 3.0  # log-odds from which a sentence may tell of words that are not known to be a statement
_TELLS = 0.9  # score at least of a sentence that tells of somebody's words or silence
_NEAR = -3.0  # log-odds from which a sentence that somebody is silent may be about what is asked
_SAYS = re.compile(
    r"\b(?:sa(?:y|id|ys|ying)|told|tell|sp[eo]ke?n?|comment|respon|repl|answer|declin|refus|den(?:y|ied|ies)|quot|claim"
    r"|insist|warn|promis|announc|argu|critici|prais|wants?\b|call|in the (?:view|opinion|words) of)",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"\b(?:declin\w+|refus\w+) to comment|\bno comment\b"
    r"|\b(?:did|has|have|had) (?:not|n['’]t) (?:yet )?(?:immediately )?"
    r"(?:respond|repl|comment|sp[eo]ken?|react|return)|\bcould not be reached\b"
    r"|\b(?:is|was|kept|remained|stayed) silent\b",
    re.IGNORECASE,
)


def hearsay(question: Question, names: Sequence[str], evidence: Evidence, *, heard: bool) -> Gathered | None:
    """Of judged evidence the sentences that surely answer, name them as who speaks or acts, and are no other named
    speaker's words; None where there are none. `heard` says that other statements of theirs are known."""
    near = evidence.statements
    offices = all(set(words(name)) - STOPWORDS <= NAME_PREFIXES for name in names)  # whoever holds it has a name
    states = any(country_asked(" ".join(words(name))) for name in names)  # many sentences name one that is silent
    theirs = _of_the_only_speaker(names, evidence, near, question.actors)

    def tells(item: EvidenceSentence) -> bool:
        sure = log_odds(item.score) >= MAY_TELL
        if sure and item.sid in theirs:
            return True
        if all(missing_names([name], item.text, actors=question.actors) for name in names):
            return False
        if log_odds(item.score) >= _NEAR and _SILENT.search(item.text):
            return True
        if sure and any(_is_subject(name, item, near) for name in names):
            return True
        others = any(stands_in(one, item) and _named(one.speaker or "") for one in near)
        return bool(sure and _SAYS.search(item.text) and not states and (offices or not others))

    kept = {item.sid for item in evidence.sentences if tells(item)}
    if not kept:
        return None
    raised = (replace(item, score=max(item.score, _TELLS) if item.sid in kept else 0.0) for item in evidence.sentences)
    kept_only = replace(evidence, sentences=tuple(raised))
    whose = " or ".join(names)
    known = f"No statement on this is by or for {whose}" if heard else f"No statement is known to be by or for {whose}"
    best = max(item.score for item in kept_only.sentences)
    return Gathered(kept_only, support_of(best), None, (f"{known}; this is what the articles tell.",))


def _is_subject(name: str, item: EvidenceSentence, near: Sequence[Statement]) -> bool:
    """True where the sentence begins with this body or country, or what it reports of words that are nobody's does."""
    inside = [one for one in near if stands_in(one, item)]
    if any(_named(one.speaker or "") for one in inside):
        return False
    return any(is_subject(name, text) for text in (item.text, *(one.text for one in inside)))


def _of_the_only_speaker(
    names: Sequence[str], evidence: Evidence, near: Sequence[Statement], actors: Sequence[str]
) -> set[str]:
    """The sentences with a statement of a speaker who is not certain ("it explains"), in articles where nobody else of
    a name speaks than one of these."""
    speakers: dict[str, set[str]] = {}
    for item in near:
        if item.speaker and _named(item.speaker):
            speakers.setdefault(item.article_id, set()).add(f"{item.speaker} {item.on_behalf_of or ''}")
    alone = {
        article
        for article, spoken in speakers.items()
        if all(any(not missing_names([name], who, actors=actors) for name in names) for who in spoken)
    }
    return {
        one.sid
        for one in evidence.sentences
        for item in near
        if item.article_id in alone and not (item.speaker and _named(item.speaker)) and stands_in(item, one)
    }


def _named(speaker: str) -> bool:
    """True for a speaker with a name, who is somebody else, and be it by a surname that may be anybody's."""
    parts = speaker.split()
    return any(part[:1].isupper() for part in parts[1:]) or (len(parts) == 1 and parts[0][:1].isupper())
