"""How others react to something: everybody, or one party."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.question.coverage import has_half, is_subject
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import overlaps
from rag.services.answers.hearsay import bodies_of
from rag.services.answers.shapes.base import AnswerDraft, Toolkit, answer_over
from rag.services.answers.shapes.mentions import mentioning, on_subject, subject_of
from rag.services.answers.shapes.overview import full_text
from rag.services.answers.shapes.sides import core_of, is_about_other, is_strong, opening_words, side_in
from rag.text.terms import STOPWORDS, content_words, words

_PASSAGES = 10
_MOST_ARTICLES = 5  # the newest
_MOST_REACTIONS = 8
_MOST_OF_PARTY = 3
_OPENING_SENTENCES = 2  # of an article, in which whoever announces the event speaks
_EARLIER = re.compile(r"^\W*(?:\w+\W+){1,4}had\b")


def reactions(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """Who reacts to the subject, the newest article first: what takes a side or says that it reacts, then what else
    others say; not what whoever announced it says, nor what was said before it. Of one party only its own. None if
    the articles hold no reaction.
    """
    core = core_of(subject_of(reading), tools)
    hits = on_subject(core, mentioning(tools, core, reading.filters).hits)[:_MOST_ARTICLES] if core else []
    if not hits and reading.shape.party:
        nearest = tools.retriever.search(reading.question.text, k=_PASSAGES, filters=reading.filters)
        stems = set(content_words(subject_of(reading)))
        near = [hit for hit in nearest if has_half(stems, f"{hit.title} {hit.text}")]
        hits = list({hit.article_id: hit for hit in reversed(near)}.values())[::-1][:_MOST_ARTICLES]
    if not hits:
        return None
    summaries = tools.library.articles.summaries([hit.article_id for hit in hits])
    evidence = full_text(tools, [summaries[hit.article_id] for hit in hits if hit.article_id in summaries])
    statements = tools.finder.near(hits, reading.filters)
    if reading.shape.party:
        selection = _of_party(reading.shape.party, evidence, statements, strictly=bool(reading.question.actors))
    else:
        selection = _of_everybody(reading, core, evidence, statements)
    drafts = [_draft(one, statements) for one in evidence.sentences if one in selection]
    return answer_over(evidence, drafts) if drafts else None


def _of_everybody(
    reading: Interpretation, core: str, evidence: Evidence, statements: Sequence[Statement]
) -> list[EvidenceSentence]:
    """The reactions of all but whoever announced the event, one of each party and article."""
    contexts = opening_words(evidence)
    announcers = [*reading.question.names, *_announcers(evidence, statements)]

    def is_own(one: EvidenceSentence) -> bool:
        inside = [item for item in statements if overlaps(item, one)]
        return any(is_subject(name, one.text) or any(_is_by(name, item) for item in inside) for name in announcers)

    by_weight: tuple[dict[object, EvidenceSentence], dict[object, EvidenceSentence]] = ({}, {})
    for one in evidence.sentences:
        if PATTERNS.pronoun_opening.match(one.text) or _EARLIER.match(one.text) or is_own(one):
            continue
        takes_side = is_strong(one.text) and not is_about_other(one.text, core, contexts.get(one.article_id, ()))
        item = next((item for item in statements if item.speaker and overlaps(item, one)), None)
        party = (one.article_id, item.speaker if item else one.text)
        if takes_side or _reacts(one):
            by_weight[0].setdefault(party, one)
        elif item:
            by_weight[1].setdefault(party, one)
    strong, weak = by_weight
    return [*strong.values(), *(one for party, one in weak.items() if party not in strong)][:_MOST_REACTIONS]


def _reacts(sentence: EvidenceSentence) -> bool:
    """True for a sentence that says that somebody reacts, or is silent."""
    return bool(PATTERNS.reacts.search(sentence.text) or PATTERNS.silent.search(sentence.text))


def _announcers(evidence: Evidence, statements: Sequence[Statement]) -> list[str]:
    """Who speaks in the opening of an article without reacting to anything."""
    openings: dict[str, list[EvidenceSentence]] = {}
    for one in evidence.sentences:
        openings.setdefault(one.article_id, []).append(one)
    opening = [one for article in openings.values() for one in article[:_OPENING_SENTENCES]]
    neutral = [one for one in opening if not (is_strong(one.text) or PATTERNS.reacts.search(one.text))]
    return [item.speaker for item in statements if item.speaker and any(overlaps(item, one) for one in neutral)]


def _of_party(
    party: str, evidence: Evidence, statements: Sequence[Statement], *, strictly: bool
) -> list[EvidenceSentence]:
    """The sentences in which the party, or a body of its, reacts; `strictly`, by more than words of its own. What only
    says that it did not do as others did comes behind these.
    """
    party = re.sub(r"^the\s+", "", party, flags=re.IGNORECASE)
    selection: list[EvidenceSentence] = []
    for before, one in zip([None, *evidence.sentences], evidence.sentences, strict=False):
        text = evidence.texts.get((one.article_id, one.version), "")
        inside = [item for item in statements if overlaps(item, one)]
        is_theirs = any(is_subject(name, one.text) for name in (party, *bodies_of(party, text)))
        if not is_theirs and not any(_is_by(party, item) for item in inside):
            continue
        if before and PATTERNS.so_not.search(one.text):
            selection.append(before)
        elif not (side_in(one.text) or _reacts(one) or (inside and not strictly)):
            continue
        selection.append(one)
    return selection[:_MOST_OF_PARTY]


def _is_by(name: str, item: Statement) -> bool:
    """True for a statement by or for somebody of a name."""
    source = item.source.text if item.source else ""
    tokens = set(words(name)) - STOPWORDS
    return bool(tokens) and tokens <= set(words(f"{item.speaker or ''} {item.on_behalf_of or ''} {source}"))


def _draft(one: EvidenceSentence, statements: Sequence[Statement]) -> DraftSentence:
    """A sentence with its statement, if one stands in it."""
    item = next((item for item in statements if item.speaker and not item.stance and overlaps(item, one)), None)
    return DraftSentence.verbatim(one.text, [one.sid], item)
