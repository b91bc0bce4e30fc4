"""A short brief in the place of an answer, by the engine that makes briefings."""

from __future__ import annotations

import threading
from dataclasses import replace

from rag.question.compound import merge_evidence
from rag.question.interpret import Interpretation
from rag.services.answers.shapes.base import Shaped, Workbench
from rag.services.answers.shapes.mentions import mentioning, terms_of
from rag.services.answers.stated import Gathered
from rag.text.terms import stem

_MOST = 40  # articles that a brief is made of, the newest
# What a question calls everything that there is.
_EVERYTHING = frozenset(stem(word) for word in "situation news everything things event day latest far now".split())


def overview(read: Interpretation, bench: Workbench, cancel: threading.Event) -> Shaped | None:
    """The lead, who says what, and what differs, on the subject of the question or on all that its filters allow. None
    where no brief can be made.
    """
    if bench.overview is None:
        return None
    subject = read.shape.subject.strip(" ?.!")
    for item in read.scope.understood:
        if item.kind in ("outlet", "date", "language") and item.applied:
            subject = subject.replace(item.text, " ").strip(" ,")
    topic = subject if [word for word in terms_of(subject) if stem(word) not in _EVERYTHING] else None
    if topic:
        articles = [hit.article_id for hit in mentioning(bench, topic, read.filters).hits[:_MOST]]
    else:
        articles = [item.article_id for item in bench.library.articles(read.filters, limit=_MOST)]
    if not articles:
        return None
    outline = bench.overview(topic, articles, read.filters, cancel)
    if not outline:
        return None
    whole = merge_evidence(list({id(evidence): evidence for _, evidence in outline}.values()))
    places = {(one.article_id, one.version, one.start, one.end): one.sid for one in whole.sentences}
    drafts = []
    for draft, evidence in outline:
        known = {one.sid: one for one in evidence.sentences}
        cited = [known[sid] for sid in draft.sids]
        drafts.append(
            replace(draft, sids=tuple(places[one.article_id, one.version, one.start, one.end] for one in cited))
        )
    return Shaped(Gathered(whole, 1.0, None), tuple(drafts))
