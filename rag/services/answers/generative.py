"""A question to a chat model: the model gets numbered sentences and may only cite their numbers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Statement, Usage
from rag.errors import RequestTooLong
from rag.knowledge.words import FULL_NEGATIONS
from rag.providers.base import ChatModel, Reply, prompt_messages
from rag.providers.claims_reply import ClaimsReply
from rag.question.intent import Question
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import best_scores, overlaps
from rag.text.prompts import answer_messages, attribution
from rag.text.terms import words
from rag.text.token_count import count_tokens
from rag.verification.model_claims import ClaimVerdict, ModelClaimChecker
from rag.verification.replies import declines

_LEAST_BUDGET = 100  # tokens of evidence; a model that can't read as many is of no use
_LONGEST_REFUSAL = 4  # sentences


@dataclass(slots=True)
class Conversation:
    """One question of the day `today` to a model: its first reply, and a second one on the claims that failed their
    check. The model is to write in `language`, unless None. It gets whole sentences of evidence, at most `budget`
    tokens; if it can't read so much, half of that, until it can.
    """

    model: ChatModel
    question: Question
    evidence: Evidence
    budget: int
    today: date | None = None
    language: str | None = None
    _reply: ClaimsReply = field(init=False)

    @property
    def usages(self) -> list[Usage]:
        """What the requests have cost."""
        return self._reply.usages

    @property
    def has_declined(self) -> bool:
        """True if the model says that the articles hold no answer."""
        return declines(self._reply.text)

    def first(self, cancel: threading.Event) -> Iterator[DraftSentence | Reply]:
        """Sentences of the model's reply as they complete, then a Reply on its ending if it is incomplete or unusable.
        Raises ModelError.
        """
        budget = self.budget
        while True:
            sentences = material(self.evidence, budget)
            prompt = answer_messages(
                self.question.text, sentences, self.evidence.statements, today=self.today, language=self.language
            )
            self._reply = ClaimsReply(self.model, prompt_messages(*prompt))
            try:
                yield from self._usable(cancel)
                return
            except RequestTooLong:  # before the first word of a reply
                budget = sum(tokens_of(item, self.evidence.statements) for item in sentences) // 2
                if budget < _LEAST_BUDGET:
                    raise

    def repair(self, checker: ModelClaimChecker, items: list[ClaimVerdict]) -> list[ClaimVerdict]:
        """As `ClaimsReply.repair`."""
        return self._reply.repair(checker, items)

    def _usable(self, cancel: threading.Event) -> Iterator[DraftSentence | Reply]:
        """The drafts of the reply, or only its ending if it is a refusal."""
        reply = self._reply
        drafts: list[DraftSentence] = []
        is_usable = False
        for draft in reply.drafts(cancel):
            drafts.append(draft)
            if is_usable := is_usable or bool(draft.sids) or draft.claim == "gap":
                yield from drafts
                drafts.clear()
        if cancel.is_set():
            yield from drafts
        elif not is_usable and (not drafts or reply.ending.ending in ("refusal", "tool_calls") or _is_refusal(drafts)):
            yield from self._why_empty(drafts)
        else:
            yield from drafts
            if reply.ending.ending != "complete":
                yield reply.ending

    def _why_empty(self, drafts: Sequence[DraftSentence]) -> Iterator[Reply]:
        """Why the reply has no sentence to show; nothing if it says that the articles hold no answer."""
        if self._reply.ending.ending in ("refusal", "tool_calls", "cut"):
            yield self._reply.ending
        elif drafts:
            yield Reply(ending="refusal", words=" ".join(draft.text for draft in drafts))
        elif not self.has_declined:
            yield Reply(ending="empty")


def _is_refusal(drafts: Sequence[DraftSentence]) -> bool:
    """True if a reply without citations says that the model will not answer."""
    return len(drafts) <= _LONGEST_REFUSAL and bool(PATTERNS.refusal.match(drafts[0].text))


# -- what a model gets of the evidence: each thing once, nothing of articles about something else, within its budget

ENOUGH = 1_900  # tokens of evidence for most questions
_NEAR_BEST = 0.7  # of the best score
_LINE = 8  # tokens of an id and its line
_ALIKE = 0.85  # share of the words of the longer of two sentences that makes them one
_ON_TOPIC = 0.4  # of the best score, for the best sentence of an article that is about the question
_ON_TOPIC_JUDGED = 0.002  # a judge's score from which an article is about the question, whether or not it answers
_FEWEST_WORDS = 5  # shorter sentences are alike by chance


def material(evidence: Evidence, budget: int) -> list[EvidenceSentence]:
    """The sentences to send, in reading order: those of positions first, then the best that fit `budget`, in tokens;
    beyond ENOUGH only those that score nearly as well as the best.
    """
    selection, total = set[str](), 0
    candidates = _without_copies(_on_topic(evidence), evidence.statements)
    best = max((item.score for item in candidates), default=0.0)
    positions = {item.sid for item in candidates if any(overlaps(one, item) for one in evidence.positions)}
    for item in sorted(candidates, key=lambda one: (one.sid not in positions, -one.score)):
        cost = tokens_of(item, evidence.statements)
        if total + cost <= (budget if item.score >= _NEAR_BEST * best else min(budget, ENOUGH)):
            selection.add(item.sid)
            total += cost
    return [item for item in candidates if item.sid in selection]


def tokens_of(item: EvidenceSentence, statements: Sequence[Statement] = ()) -> int:
    """The approximate tokens of a sentence's line."""
    return count_tokens(f"{attribution(item, statements)} {item.text}") + _LINE


def _on_topic(evidence: Evidence) -> list[EvidenceSentence]:
    """The sentences of articles with a sentence near the best, or with a position."""
    best = best_scores(evidence.sentences)
    floor = _ON_TOPIC * max(best.values(), default=0.0)
    if evidence.judged:  # scores say how sure an answer is, and what is near need not answer by itself
        floor = min(floor, _ON_TOPIC_JUDGED)
    articles = {item.article_id for item in evidence.positions}
    return [item for item in evidence.sentences if item.article_id in articles or best[item.article_id] >= floor]


def _without_copies(items: Sequence[EvidenceSentence], statements: Sequence[Statement]) -> list[EvidenceSentence]:
    """The sentences without those that another article has in nearly the same words; one with a known speaker stays."""
    ranked = sorted(items, key=lambda one: (not attribution(one, statements), -one.score))
    unique: list[tuple[set[str], EvidenceSentence]] = []
    for item in ranked:
        own = set(words(item.text))
        copies = (other.article_id != item.article_id and _are_alike(own, theirs) for theirs, other in unique)
        if len(own) < _FEWEST_WORDS or not any(copies):
            unique.append((own, item))
    sids = {item.sid for _, item in unique}
    return [item for item in items if item.sid in sids]


def _are_alike(own: set[str], theirs: set[str]) -> bool:
    """True for nearly the same words that differ in no number and no denial."""
    if len(own & theirs) < _ALIKE * max(len(own), len(theirs)):
        return False
    return not any(word in FULL_NEGATIONS or any(map(str.isdigit, word)) for word in own ^ theirs)
