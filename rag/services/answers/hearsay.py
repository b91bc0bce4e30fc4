"""What articles report of somebody's words if no statement is known to be theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.domain import Evidence, EvidenceSentence
from rag.knowledge.tables import words_of
from rag.knowledge.words import DAY_NAMES
from rag.providers.base import log_odds
from rag.question.coverage import is_ambiguous_surname, is_subject, missing_names
from rag.question.intent import NAME_PREFIXES, Question
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import is_named, overlaps
from rag.services.answers.relevance import support_of
from rag.services.answers.stated import Assessment
from rag.text.places import country_asked, is_given_name
from rag.text.terms import STOPWORDS, content_words, stem, words

HEARSAY_ODDS = 3.0  # log-odds from which a sentence may report words that are not known to be a statement
_ACCOUNT_SCORE = 0.9  # at least, of a sentence that reports somebody's words or silence
# Log-odds from which a sentence that somebody is silent may be about the question; if it does not say on what.
_SILENCE_ODDS, _PLAIN_SILENCE_ODDS = -3.0, -8.0
_CLAUSE_END = re.compile(r"[.,;:]")
_BODIES = words_of("questions", "name_endings") | words_of("questions", "bodies")
_ANOTHER = re.compile(r"an?\s", re.IGNORECASE)
_DEFINITE = r"(?:[a-z][\w-]*\s+){0,3}?(?P<body>[a-z][\w-]+)"


def hearsay(question: Question, names: Sequence[str], evidence: Evidence, *, has_statements: bool) -> Assessment | None:
    """Of judged evidence the sentences that surely answer, name these people or bodies as who speaks or acts, and are
    no other named speaker's words; None if there are none. `has_statements`: other statements of theirs are known.
    """
    statements = evidence.statements
    are_offices = all(set(words(name)) - STOPWORDS <= NAME_PREFIXES for name in names)  # the holder has a name
    has_country = any(country_asked(" ".join(words(name))) for name in names)  # many sentences name one that is silent
    unnamed = _of_only_speaker(names, evidence, question.actors)
    bodies = {key: [body for name in names for body in bodies_of(name, text)] for key, text in evidence.texts.items()}

    def is_account(item: EvidenceSentence) -> bool:
        odds, text = log_odds(item.score), evidence.texts.get((item.article_id, item.version), "")
        if any(is_ambiguous_surname(name, item.text, text) for name in names):
            return False
        if odds >= HEARSAY_ODDS and item.sid in unnamed:
            return True
        opens = any(is_subject(body, item.text) for body in bodies.get((item.article_id, item.version), ()))
        if not opens and all(missing_names([name], item.text, actors=question.actors) for name in names):
            return False
        silence = PATTERNS.silent.search(item.text)
        if silence and odds >= _silence_odds(item.text[silence.end() :], question.topic):
            return True
        if odds < HEARSAY_ODDS:
            return False
        inside = [one for one in statements if overlaps(one, item)]
        if any(_speaks_for(one.speaker or "", name, item.text) for one in inside for name in names):
            return True
        has_named_speaker = any(is_named(one.speaker) for one in inside)
        openings = (item.text, *(one.text for one in inside))
        if not has_named_speaker and any(is_subject(name, text) for name in names for text in openings):
            return True
        return bool(PATTERNS.says.search(item.text)) and not has_country and (are_offices or not has_named_speaker)

    items = [item for item in evidence.sentences if is_account(item)]
    accounts = {item.sid for item in items if PATTERNS.silent.search(item.text)} or {item.sid for item in items}
    if not accounts:
        return None
    rescored = replace(
        evidence,
        sentences=tuple(
            replace(item, score=max(item.score, _ACCOUNT_SCORE) if item.sid in accounts else 0.0)
            for item in evidence.sentences
        ),
    )
    whose = " or ".join(names)
    opening = "No statement on this is" if has_statements else "No statement is known to be"
    note = f"{opening} by or for {whose}; this is what the articles tell."
    return Assessment(rescored, support_of(max(item.score for item in rescored.sentences)), None, (note,))


def _speaks_for(speaker: str, name: str, text: str) -> bool:
    """True where a text names a speaker as somebody of a body: "Ada Lund of Clean Rivers", "Clean Rivers chair Ada
    Lund", never "Ada Lund, a critic of Clean Rivers" or "Clean Rivers' rival Ada Lund".
    """
    who, body = re.escape(speaker), re.escape(name)
    patterns = (
        rf"{who},? (?:of|for|from|at) (?:the )?(?:[a-z][\w-]* ){{0,3}}{body}\b",
        rf"\b{body} (?:[a-z][\w-]* ){{1,3}}{who}\b",
    )
    return bool(speaker) and any(re.search(pattern, text) for pattern in patterns)


def _silence_odds(rest: str, topic: Sequence[str]) -> float:
    """The log-odds that a sentence of somebody's silence needs, by what stands behind the words that say so."""
    behind = set(content_words(_CLAUSE_END.split(rest)[0]))
    stems = {stem(word) for word in topic} | {stem(word) for word in DAY_NAMES}
    return _PLAIN_SILENCE_ODDS if not behind or behind & stems else _SILENCE_ODDS


def _of_only_speaker(names: Sequence[str], evidence: Evidence, actors: Sequence[str]) -> set[str]:
    """The sentences with a statement by nobody of a name ("it explains"; "a report says" is another's), in articles
    whose only named speakers are these.
    """
    speakers: dict[str, set[str]] = {}
    for item in evidence.statements:
        if is_named(item.speaker):
            speakers.setdefault(item.article_id, set()).add(f"{item.speaker} {item.on_behalf_of or ''}")
    articles = {
        article
        for article, everyone in speakers.items()
        if all(any(not missing_names([name], who, actors=actors) for name in names) for who in everyone)
    }
    return {
        one.sid
        for one in evidence.sentences
        for item in evidence.statements
        if item.article_id in articles and not is_named(item.speaker) and overlaps(item, one)
        if not _ANOTHER.match(item.speaker or "")
    }


def bodies_of(name: str, text: str) -> list[str]:
    """What a text calls somebody, or a body of somebody's, without the name: "Ferrolux, the mining company" is "the
    company", "Ostria's embassy" is "the embassy", unless the embassy of another one is named, too.
    """
    key = re.escape(name)
    patterns = (
        rf"{key}, (?:the|an?)\s+{_DEFINITE}[,.]",
        rf"\b(?:[Tt]he|[Aa]n?)\s+{_DEFINITE} {key}\b",
        rf"{key}(?:['’]s)?\s+(?P<body>[a-z][\w-]+)",
    )
    bodies = {match["body"] for pattern in patterns for match in re.finditer(pattern, text)}
    if is_subject(name, text) and not is_given_name(words(name)[0]):  # the article opens with it: its only company
        bodies |= _BODIES
    return [f"the {body}" for body in sorted(bodies) if _owners(body, text) <= set(words(name))]


def _owners(body: str, text: str) -> set[str]:
    """The last words of the names that stand right before a noun in a text."""
    owners = re.findall(rf"\b([A-Z]\w+)(?:['’]s)? {body}\b", text)
    return {word for owner in owners for word in words(owner)} - STOPWORDS
