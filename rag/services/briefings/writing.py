"""What a chat model does for a briefing: it picks sentences of each article (map) and writes the prose sections from
the best of them, citing their ids (reduce). The picks of an article are kept in the library, so that the next briefing
asks only about new articles.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from rag.domain import Evidence, EvidenceSentence, Usage
from rag.errors import ModelError, ModelRefused, ReplyError, RequestTooLong
from rag.providers.base import ChatModel, Reply, prompt_messages
from rag.providers.claims_reply import ClaimsReply
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.stores.briefings import BriefingStore
from rag.text.canonical import digest
from rag.text.prompts import (
    BRIEFING_SCHEMA,
    BRIEFING_VERSION,
    briefing_messages,
    object_in,
    picking_messages,
    timeline_messages,
)
from rag.text.token_count import count_tokens
from rag.verification.entailment import EntailmentModel
from rag.verification.model_claims import ClaimCheck, ClaimVerdict, EntailmentJudge, ModelClaimChecker, Search

_CONCURRENT_REQUESTS = 4  # requests
_MOST_PICKED = 12  # sentences of an article
_LEAST_BUDGET = 250  # tokens; a model that can't read so many is of no use
_ID_TOKENS = 8  # tokens of an id and its line
_MOST_FAILURES = 3  # in a row, after which the model is not asked again


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePicks:
    """A model's picks in one article, as indices of `BriefedArticle.sentences`: the important sentences, the most
    important first, and those that say what is not known. `error` is set instead if the model failed.
    """

    article: BriefedArticle
    important: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None


class Writer:
    """Picks and writes with a ChatModel. `budget` is the most evidence of a request, in tokens; `entailment` and
    `judge` check the model's sentences after the rules.
    """

    def __init__(
        self,
        model: ChatModel,
        store: BriefingStore,
        *,
        budget: int,
        entailment: EntailmentModel | None = None,
        judge: EntailmentJudge | None = None,
    ) -> None:
        self.name = model.name
        self._entailment = entailment
        self._judge = judge
        self._model = model
        self._store = store
        self._budget = budget

    def pick(
        self, articles: Sequence[BriefedArticle], topic: str | None, cancel: threading.Event
    ) -> Iterator[ArticlePicks]:
        """The model's picks in each article, as they come; stored ones first. Ends early once `cancel` is set, after a
        refusal, and after several failures in a row.
        """
        keys = {
            digest(BRIEFING_VERSION, self.name, str(self._budget), topic or "", article.content): article
            for article in articles
        }
        extractions = self._store.cached_extractions(list(keys))
        for key in extractions:
            yield _stored_picks(keys[key], extractions[key])
        unasked = [(key, article) for key, article in keys.items() if key not in extractions]
        pool = ThreadPoolExecutor(_CONCURRENT_REQUESTS, thread_name_prefix="onrecord-brief")
        try:
            yield from self._pick_each(pool, unasked, topic, cancel)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _pick_each(
        self,
        pool: ThreadPoolExecutor,
        unasked: Sequence[tuple[str, BriefedArticle]],
        topic: str | None,
        cancel: threading.Event,
    ) -> Iterator[ArticlePicks]:
        running: set[Future[ArticlePicks]] = set()
        waiting = list(unasked)
        failures = 0
        while (waiting or running) and not cancel.is_set():
            while waiting and len(running) < _CONCURRENT_REQUESTS:
                running.add(pool.submit(self._pick_in_article, *waiting.pop(0), topic))
            finished, running = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            for item in (one.result() for one in finished):
                failures = failures + 1 if item.error else 0
                if isinstance(item.error, ModelRefused) or failures >= _MOST_FAILURES:
                    waiting.clear()
                yield item

    def _pick_in_article(self, key: str, article: BriefedArticle, topic: str | None) -> ArticlePicks:
        """Ask about one article and store the picks."""
        usage = Usage()
        budget = self._budget
        while True:
            sentences = _fitting(article.usable_sentences, budget)
            ids = {f"s{n}": article.sentences.index(item) for n, item in enumerate(sentences, 1)}
            system, user = picking_messages(
                article.about.title, {sid: item.text for sid, item in zip(ids, sentences, strict=True)}, topic
            )
            try:
                reply = self._model.complete(prompt_messages(system, user), schema=BRIEFING_SCHEMA)
                usage = reply.usage
                value = _parse_picks(reply.text, ids)
            except RequestTooLong as exc:
                budget = sum(map(_cost, sentences)) // 2
                if budget < _LEAST_BUDGET:
                    return ArticlePicks(article=article, error=exc)
            except ModelError as exc:
                return ArticlePicks(article=article, error=exc, usage=usage)
            else:
                self._store.cache_extraction(key, article.about.article_id, value)
                return replace(_stored_picks(article, value), usage=usage)

    def write(
        self,
        subject: str,
        ranked_sentences: Sequence[EvidenceSentence],
        corpus: BriefingCorpus,
        *,
        most: int | None,
        words: int | None,
        search: Search,
        cancel: threading.Event,
    ) -> Iterator[tuple[ClaimVerdict, Evidence] | Reply | Usage]:
        """The checked drafts of a prose section from the best sentences that the budget holds, each with the evidence
        that it was checked against; the model has had one chance to correct those that failed. Then the ending of the
        reply, if it is not complete, and its usage. `search` looks for what the articles are said to lack. Raises
        ModelError after the drafts.
        """
        evidence = self._evidence(ranked_sentences, corpus)
        if evidence.sentences:
            prompt = briefing_messages(subject, evidence.sentences, evidence.statements, most=most, words=words)
            yield from self._checked_claims(subject, evidence, prompt, search, cancel)

    def reword(
        self,
        subject: str,
        items: Sequence[EvidenceSentence],
        corpus: BriefingCorpus,
        *,
        search: Search,
        cancel: threading.Event,
    ) -> Iterator[tuple[ClaimVerdict, Evidence] | Reply | Usage]:
        """Each of the sentences as one short line of a timeline, yielded as by `write`; sentences beyond the budget are
        left out. Raises ModelError after the drafts.
        """
        evidence = self._evidence(items, corpus)
        if evidence.sentences:
            prompt = timeline_messages(subject, evidence.sentences, evidence.statements)
            yield from self._checked_claims(subject, evidence, prompt, search, cancel)

    def find_contradicting(
        self, pairs: Sequence[tuple[EvidenceSentence, EvidenceSentence]]
    ) -> tuple[list[bool], Usage]:
        """For each pair of sentences whether the judge of entailment finds that they contradict each other, and the
        usage. True without a judge or a verdict.
        """
        if self._judge is None or not pairs:
            return [True] * len(pairs), Usage()
        claims = [ClaimCheck(text=b.text, sources=(f"{a.title}: {a.text}",)) for a, b in pairs]
        try:
            judgement = self._judge.judge(claims)
        except ModelError:
            return [True] * len(pairs), Usage()
        return [verdict is None or verdict.ruling == "contradicted" for verdict in judgement.verdicts], judgement.usage

    def _checked_claims(
        self,
        subject: str,
        evidence: Evidence,
        prompt: tuple[str, str],
        search: Search,
        cancel: threading.Event,
    ) -> Iterator[tuple[ClaimVerdict, Evidence] | Reply | Usage]:
        """The model's reply to a system and a user message, checked, and corrected by it once."""
        reply = ClaimsReply(self._model, prompt_messages(*prompt))
        checker = ModelClaimChecker(
            evidence=evidence, question=subject, entailment=self._entailment, judge=self._judge, search=search
        )
        items: list[ClaimVerdict] = []
        failure: ModelError | None = None
        try:
            for draft in reply.drafts(cancel):
                items.append(checker.check(draft, items[-1] if items else None))
            if not cancel.is_set():
                items = checker.apply_judge(items)
                if reply.ending.ending == "complete" and any(item.rank < 2 for item in items):
                    items = reply.repair(checker, items)
        except ModelError as exc:
            failure = exc
        for item in items:
            yield item, evidence
        if reply.ending.ending != "complete":
            yield reply.ending
        yield from [*reply.usages, *checker.usage]
        if failure:
            raise failure

    def _evidence(self, ranked_sentences: Sequence[EvidenceSentence], corpus: BriefingCorpus) -> Evidence:
        """The best sentences that fit the budget in reading order, with ids from s1 on."""
        place = {sid: at for at, sid in enumerate(corpus.by_sid)}
        selection = sorted(_fitting(ranked_sentences, self._budget), key=lambda item: place[item.sid])
        articles_read = [corpus.by_id[one] for one in dict.fromkeys(item.article_id for item in selection)]
        return Evidence(
            sentences=tuple(replace(item, sid=f"s{n}") for n, item in enumerate(selection, 1)),
            statements=tuple(item for article in articles_read for item in article.statements),
            texts={article.key: article.text for article in articles_read},
        )


def rank_picks_first(picks: Sequence[ArticlePicks], worth: Mapping[str, float]) -> dict[str, float]:
    """The worth of sentences, with picked ones above the others of their article, in the order of the picks."""
    ranks = dict(worth)
    for item in picks:
        best = max((worth.get(one.sid, 0.0) for one in item.article.sentences), default=0.0) or 1.0
        for rank, at in enumerate(item.important):
            ranks[item.article.sentences[at].sid] = best * (2 - rank / _MOST_PICKED)
    return ranks


def _cost(item: EvidenceSentence) -> int:
    return count_tokens(item.text) + _ID_TOKENS


def _fitting(items: Sequence[EvidenceSentence], budget: int) -> list[EvidenceSentence]:
    """The first sentences that fit the budget; those that are too long are skipped."""
    selection: list[EvidenceSentence] = []
    remaining = budget
    for item in items:
        if remaining < _ID_TOKENS:
            break
        if (cost := _cost(item)) <= remaining:
            selection.append(item)
            remaining -= cost
    return selection


def _parse_picks(reply: str, ids: Mapping[str, int]) -> dict[str, list[int]]:
    """The indices of the sentences that a reply names. Raises ReplyError if it is not the object asked for, or names
    only unknown ids.
    """
    value = object_in(reply)
    if value is None or not isinstance(value.get("sentences"), list):
        raise ReplyError("The model's reply was not the requested list of sentences.")
    places = {name: _places(value.get(name), ids) for name in ("sentences", "unknown")}
    if value["sentences"] and not places["sentences"]:
        raise ReplyError("The model named only sentences outside its input.")
    return places


def _places(value: object, ids: Mapping[str, int]) -> list[int]:
    ids_in_reply = [item for item in value[:100] if isinstance(item, str)] if isinstance(value, list) else []
    return list(dict.fromkeys(ids[item] for item in ids_in_reply if item in ids))[:_MOST_PICKED]


def _stored_picks(article: BriefedArticle, value: Mapping[str, Sequence[int]]) -> ArticlePicks:
    """The stored picks; indices that the article does not have are dropped."""
    places = {
        name: tuple(at for at in value.get(name, ()) if 0 <= at < len(article.sentences))
        for name in ("sentences", "unknown")
    }
    return ArticlePicks(article=article, important=places["sentences"], unknown=places["unknown"])
