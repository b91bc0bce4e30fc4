"""Statements in the order of their days: the newest first, what is older marked, what has been done since above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement
from rag.question.intent import Question
from rag.question.kind import QuestionKind, question_kind
from rag.text.terms import content_words

_RECENT = timedelta(days=14)  # what was said within it of the newest is no earlier position
ORDERED = frozenset({QuestionKind.CURRENT, QuestionKind.LATEST})


def stands_in(item: Statement, sentence: EvidenceSentence) -> bool:
    """True for a statement of which a part stands in the sentence."""
    same = (item.article_id, item.version) == (sentence.article_id, sentence.version)
    parts = (*item.content, *(part for part in (item.cue, item.source) if part))
    return same and any(part.span.touches(sentence.span) for part in parts)


def leaning_on(topic: Sequence[str], evidence: Evidence) -> list[Statement]:
    """Statements that name the topic by a pronoun or not at all, right behind a sentence that has all its words."""
    wanted = set(content_words(" ".join(topic)))
    found = []
    for item in evidence.statements:
        own = [one for one in evidence.sentences if stands_in(item, one)]
        first = min(own, key=lambda one: one.start, default=None)
        before = [
            one for one in evidence.sentences if first and one.article_id == first.article_id and one.end <= first.start
        ]
        last = max(before, key=lambda one: one.end, default=None)
        if last and wanted and wanted <= set(content_words(last.text)):
            found.append(item)
    return found


def in_order(question: Question, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Drafts of statements as the kind of question wants them: what was said in the last days as it is, the older below
    it and marked, and above all what the asked have since done; the newest alone; others as they are.
    """
    kind = question_kind(question.text)
    if kind not in ORDERED or not question.actors:
        return list(drafts)
    by_sid = {item.sid: item for item in evidence.sentences}

    def day(draft: DraftSentence) -> date:
        return max((by_sid[sid].published or date.min for sid in draft.sids if sid in by_sid), default=date.min)

    newest = max(map(day, drafts), default=date.min)
    acts = [draft for draft in _acts(question, drafts, evidence) if day(draft) >= newest]
    ordered = sorted([*acts, *drafts], key=day, reverse=True)
    if not ordered:
        return ordered
    latest = day(ordered[0])
    if kind is QuestionKind.LATEST:
        return [draft for draft in ordered if day(draft) == latest]
    since = latest - _RECENT if latest - date.min > _RECENT else date.min
    older = [draft for draft in ordered if day(draft) < (latest if acts else since)]
    remark = "superseded by the newer act above" if acts else "earlier"
    recent = [draft for draft in [*acts, *drafts] if draft not in older]
    return [*recent, *(replace(draft, remark=remark) for draft in older)]


def _acts(question: Question, drafts: Sequence[DraftSentence], evidence: Evidence) -> list[DraftSentence]:
    """Sentences in which one of the asked does something about the topic, and says nothing."""
    wanted = set(content_words(" ".join(question.topic)))
    cited = {sid for draft in drafts for sid in draft.sids}
    names = [re.compile(rf"\W*(?:the )?{re.escape(name)}\b(?!['’])", re.IGNORECASE) for name in question.actors]
    return [
        DraftSentence(text=item.text, sids=(item.sid,), kind="reported")
        for item in evidence.sentences
        if wanted
        and item.sid not in cited
        and wanted <= set(content_words(item.text))
        and any(name.match(item.text) for name in names)
        and not any(stands_in(one, item) for one in evidence.statements)
    ]
