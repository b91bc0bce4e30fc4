"""What a chat model does for a briefing: it picks sentences of each article (map) and writes the prose sections from
the best of them, citing their ids (reduce). What it picked in an article is kept in the library, so that a further
briefing asks only about what is new.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from rag.domain import Evidence, EvidenceSentence, Usage
from rag.errors import ModelError, ModelRefused, ReplyError, RequestTooLong
from rag.providers.base import ChatModel, Message, Reply
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.stores.briefings import BriefingStore
from rag.text.canonical import digest
from rag.text.json_objects import object_in
from rag.text.prompts import (
    BRIEFING_SCHEMA,
    BRIEFING_VERSION,
    CLAIMS_SCHEMA,
    briefing_messages,
    picking_messages,
    repair_message,
    timeline_messages,
)
from rag.text.token_count import count_tokens
from rag.verification.model_claims import ClaimCheck, ClaimVerdict, EntailmentJudge, ModelClaimChecker, Search
from rag.verification.replies import read_reply

_AT_ONCE = 4  # requests
_MOST_PICKED = 12  # sentences of an article
_LEAST_BUDGET = 250  # tokens; a model that can't read as many is of no use
_LINE = 8  # tokens of an id and its line
_MOST_PROBLEMS = 12  # claims that are sent back
_MOST_FAILURES = 3  # in a row, after which nobody is asked any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What a model found in one article, by places in `BriefedArticle.sentences`: what matters, the most important
    first, and where it says what is not known. `error` is set instead where the model failed.
    """

    read: BriefedArticle
    important: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    usage: Usage = field(default_factory=Usage)
    error: ModelError | None = None


class Writer:
    """Picks and writes with a ChatModel. `budget` is the most evidence that a request holds, in tokens; `judge` checks
    what is written, after the rules.
    """

    def __init__(
        self, model: ChatModel, shelf: BriefingStore, *, budget: int, judge: EntailmentJudge | None = None
    ) -> None:
        self.name = model.name
        self._judge = judge
        self._model = model
        self._shelf = shelf
        self._budget = budget

    def pick(self, articles: Sequence[BriefedArticle], topic: str | None, cancel: threading.Event) -> Iterator[Picked]:
        """What the model finds in each article, as it comes: first what is known from earlier. Ends early once `cancel`
        is set. After a refusal, or several failures in a row, the rest is not asked about.
        """
        keys = {
            digest(BRIEFING_VERSION, self.name, str(self._budget), topic or "", read.content): read for read in articles
        }
        known = self._shelf.extracted(list(keys))
        for key in known:
            yield _picked(keys[key], known[key])
        unread = [(key, read) for key, read in keys.items() if key not in known]
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="onrecord-brief")
        try:
            yield from self._asked(pool, unread, topic, cancel)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _asked(
        self,
        pool: ThreadPoolExecutor,
        unread: Sequence[tuple[str, BriefedArticle]],
        topic: str | None,
        cancel: threading.Event,
    ) -> Iterator[Picked]:
        running: set[Future[Picked]] = set()
        waiting = list(unread)
        failures = 0
        while (waiting or running) and not cancel.is_set():
            while waiting and len(running) < _AT_ONCE:
                running.add(pool.submit(self._ask, *waiting.pop(0), topic))
            done, running = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            for item in (one.result() for one in done):
                failures = failures + 1 if item.error else 0
                if isinstance(item.error, ModelRefused) or failures >= _MOST_FAILURES:
                    waiting.clear()
                yield item

    def _ask(self, key: str, read: BriefedArticle, topic: str | None) -> Picked:
        """Ask about one article and keep what comes back."""
        usage = Usage()
        budget = self._budget
        while True:
            sent = _within(read.telling, budget)
            ids = {f"s{n}": read.sentences.index(item) for n, item in enumerate(sent, 1)}
            system, user = picking_messages(
                read.about.title, {sid: item.text for sid, item in zip(ids, sent, strict=True)}, topic
            )
            try:
                reply = self._model.complete(_messages(system, user), schema=BRIEFING_SCHEMA)
                usage = reply.usage
                value = _read(reply.text, ids)
            except RequestTooLong as exc:
                budget = sum(map(_cost, sent)) // 2
                if budget < _LEAST_BUDGET:
                    return Picked(read=read, error=exc)
            except ModelError as exc:
                return Picked(read=read, error=exc, usage=usage)
            else:
                self._shelf.put_extracted(key, read.about.article_id, value)
                return replace(_picked(read, value), usage=usage)

    def write(
        self,
        subject: str,
        ranked: Sequence[EvidenceSentence],
        material: BriefingCorpus,
        *,
        most: int | None,
        words: int | None,
        search: Search,
        cancel: threading.Event,
    ) -> Iterator[tuple[ClaimVerdict, Evidence] | Reply | Usage]:
        """The checked drafts of a prose section from the best sentences that the budget holds, each with what it was
        checked against; those that did not pass have been asked for once more. Then how the reply ended, if it is not
        complete, and what it cost. `search` looks for what the articles are said to lack. Raises ModelError after
        what was written.
        """
        evidence = self._evidence(ranked, material)
        if evidence.sentences:
            prompt = briefing_messages(subject, evidence.sentences, evidence.statements, most=most, words=words)
            yield from self._claims(subject, evidence, prompt, search, cancel)

    def reword(
        self,
        subject: str,
        items: Sequence[EvidenceSentence],
        material: BriefingCorpus,
        *,
        search: Search,
        cancel: threading.Event,
    ) -> Iterator[tuple[ClaimVerdict, Evidence] | Reply | Usage]:
        """Each of the sentences as one short line of a timeline, as `write` gives its drafts; what the budget does not
        hold is left out. Raises ModelError after what was written.
        """
        evidence = self._evidence(items, material)
        if evidence.sentences:
            prompt = timeline_messages(subject, evidence.sentences, evidence.statements)
            yield from self._claims(subject, evidence, prompt, search, cancel)

    def disputed(self, pairs: Sequence[tuple[EvidenceSentence, EvidenceSentence]]) -> tuple[list[bool], Usage]:
        """For each two sentences whether the judge of entailment has one contradict the other. All stand where there is
        no judge or it gives no verdict.
        """
        if self._judge is None or not pairs:
            return [True] * len(pairs), Usage()
        claims = [ClaimCheck(text=b.text, sources=(f"{a.title}: {a.text}",)) for a, b in pairs]
        try:
            judgement = self._judge.judge(claims)
        except ModelError:
            return [True] * len(pairs), Usage()
        return [verdict is None or verdict.ruling == "contradicted" for verdict in judgement.verdicts], judgement.usage

    def _claims(
        self,
        subject: str,
        evidence: Evidence,
        prompt: tuple[str, str],
        search: Search,
        cancel: threading.Event,
    ) -> Iterator[tuple[ClaimVerdict, Evidence] | Reply | Usage]:
        """What the model replies to a system and a user message, checked, mended once."""
        system, user = prompt
        spent: list[Usage] = []
        endings: list[Reply] = []
        reply_text: list[str] = []
        sent = _messages(system, user)

        def pieces() -> Iterator[str]:
            for piece in self._model.stream(sent, cancel=cancel, schema=CLAIMS_SCHEMA):
                if isinstance(piece, Usage):
                    spent.append(piece)
                elif isinstance(piece, Reply):
                    endings.append(piece)
                else:
                    reply_text.append(piece)
                    yield piece

        checker = ModelClaimChecker(evidence=evidence, question=subject, judge=self._judge, search=search)
        items: list[ClaimVerdict] = []
        failure: ModelError | None = None
        try:
            for draft in read_reply(pieces(), cut_off=lambda: any(item.ending == "cut" for item in endings)):
                items.append(checker.by_rules(draft, items[-1] if items else None))
            if not cancel.is_set():
                items = checker.judged(items)
                if not endings and any(item.rank < 2 for item in items):
                    items = self._mended(
                        [*sent, Message(role="assistant", content="".join(reply_text))], checker, items, spent
                    )
        except ModelError as exc:
            failure = exc
        for item in items:
            yield item, evidence
        yield from endings
        yield from [*spent, *checker.usage]
        if failure:
            raise failure

    def _mended(
        self, sent: Sequence[Message], checker: ModelClaimChecker, items: list[ClaimVerdict], spent: list[Usage]
    ) -> list[ClaimVerdict]:
        """The drafts with those in place that the model has written again; as they are where it fails."""
        problems = [(item.draft.text, item.checked.note or "") for item in items if item.rank < 2][:_MOST_PROBLEMS]
        request = Message(role="user", content=repair_message(problems))
        try:
            reply = self._model.complete([*sent, request], schema=CLAIMS_SCHEMA)
        except ModelError:
            return items
        spent.append(reply.usage)
        return checker.mended(items, list(read_reply([reply.text])))

    def _evidence(self, ranked: Sequence[EvidenceSentence], material: BriefingCorpus) -> Evidence:
        """The best sentences that fit the budget in reading order, with ids from s1 on."""
        place = {sid: at for at, sid in enumerate(material.by_sid)}
        kept = sorted(_within(ranked, self._budget), key=lambda item: place[item.sid])
        reads = [material.by_id[one] for one in dict.fromkeys(item.article_id for item in kept)]
        return Evidence(
            sentences=tuple(replace(item, sid=f"s{n}") for n, item in enumerate(kept, 1)),
            statements=tuple(item for read in reads for item in read.statements),
            texts={read.key: read.text for read in reads},
        )


def picks_first(picked: Sequence[Picked], worth: Mapping[str, float]) -> dict[str, float]:
    """The worth of sentences with what a model picked put first: within its article by the order of the picks."""
    ranks = dict(worth)
    for item in picked:
        best = max((worth.get(one.sid, 0.0) for one in item.read.sentences), default=0.0) or 1.0
        for rank, at in enumerate(item.important):
            ranks[item.read.sentences[at].sid] = best * (2 - rank / _MOST_PICKED)
    return ranks


def add(one: Usage, other: Usage) -> Usage:
    """Both together; the cost is known if that of one is."""
    costs = [item.cost_usd for item in (one, other) if item.cost_usd is not None]
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        cost_usd=sum(costs) if costs else None,
    )


def _messages(system: str, user: str) -> list[Message]:
    return [Message(role="system", content=system), Message(role="user", content=user)]


def _cost(item: EvidenceSentence) -> int:
    return count_tokens(item.text) + _LINE


def _within(items: Sequence[EvidenceSentence], budget: int) -> list[EvidenceSentence]:
    """The first sentences that fit, those that are too long left out."""
    kept: list[EvidenceSentence] = []
    left = budget
    for item in items:
        if left < _LINE:
            break
        if (cost := _cost(item)) <= left:
            kept.append(item)
            left -= cost
    return kept


def _read(reply: str, ids: Mapping[str, int]) -> dict[str, list[int]]:
    """The places that a reply names, which may be anything at all. Raises ReplyError where it names none that exist
    and does not say that there are none.
    """
    value = object_in(reply)
    if value is None or not isinstance(value.get("sentences"), list):
        raise ReplyError("The model's reply was not the list of sentences that it was asked for.")
    places = {name: _places(value.get(name), ids) for name in ("sentences", "unknown")}
    if value["sentences"] and not places["sentences"]:
        raise ReplyError("The model named only sentences that it was not given.")
    return places


def _places(value: object, ids: Mapping[str, int]) -> list[int]:
    ids_in_reply = [item for item in value[:100] if isinstance(item, str)] if isinstance(value, list) else []
    return list(dict.fromkeys(ids[item] for item in ids_in_reply if item in ids))[:_MOST_PICKED]


def _picked(read: BriefedArticle, value: Mapping[str, Sequence[int]]) -> Picked:
    """What was kept, as far as the article has such sentences."""
    places = {
        name: tuple(at for at in value.get(name, ()) if 0 <= at < len(read.sentences))
        for name in ("sentences", "unknown")
    }
    return Picked(read=read, important=places["sentences"], unknown=places["unknown"])
