"""Finding passages: lexical and dense search joined by their scores, and the sentences that an answer may rest on."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

from rag import logs
from rag.domain import Citation, Evidence, EvidenceSentence, Filters, Hit, Passage, Span, Statement
from rag.errors import ModelError, StoreUnavailable
from rag.providers.base import Embedder, EmbedKind, Reranker
from rag.retrieval.filtered_knn import nearest
from rag.retrieval.quarantine import find_injections
from rag.stores.base import Vectors, VectorStore
from rag.stores.library import Library
from rag.text.language import asked_in, language_name
from rag.text.places import countries_in, country_asked
from rag.text.sentences import sentences
from rag.text.terms import content_words, words

_LEXICAL, _DENSE = 0.3, 0.7  # what the two sides count: `docs/decisions/0014-search.md` says what was compared
_DEPTH = 100  # passages each side brings, at least
_SEGMENT = 0.6  # what the best segment of a question with several adds to the whole question
_RERANKED, _SHORT = 20, 20  # passages that a reranker reads; words of a question that it helps
_GAIN = 0.15  # what it adds at most
_AGAIN = 0.97  # each further passage of an article counts that much of what it would: other articles come up
ON_TOPIC, TO_BE_JUDGED = 0.4, 0.25  # the score of an article on a topic; of one that a judge is to read
_SCORED = 8_000  # passages, or a twentieth of them all, that are scored by their words
_EMBEDDED = 8  # sentences that are compared with the question by vector; on development questions more gain nothing
_REMEMBERED = 2048  # embeddings of questions and sentences that are kept: follow-ups and repeats meet them again
_CARRIED = 6  # the rarest words of a question: no sentence can be asked to hold more of a long one
_COUNTED = 20_000  # words whose number of passages is kept until the library grows or shrinks

_SECONDS_AWAY = 30.0  # before a model that gave no vectors is asked again: words answer meanwhile, at once

_log = logging.getLogger(__name__)


class Hits(list[Hit]):
    """Hits, best first; `away` says why they were found by words alone, where the search by meaning was away."""

    away: str | None = None


class Retriever:
    """Search over one library. Without vectors it searches by words alone."""

    def __init__(
        self,
        library: Library,
        vectors: VectorStore | None,
        embedder: Embedder | None,
        reranker: Reranker | None = None,
    ) -> None:
        self._library = library
        self._vectors = vectors
        self._embedder = embedder
        self._reranker = reranker
        self._known: OrderedDict[tuple[EmbedKind, str], Vectors] = OrderedDict()
        self._counts: tuple[int, dict[str, int]] = (0, {})
        self._total = (-1, 0)  # the newest passage, and how many there were when it came
        self._lock = threading.Lock()
        self._mute: tuple[float, str] | None = None  # until when the model is not asked for vectors, and why

    def search(
        self, query: str, *, k: int, filters: Filters, segments: Sequence[str] = (), outlets: Sequence[str] = ()
    ) -> Hits:
        """The `k` best passages, wire copies counted once.

        `score` is 0.3 of the BM25 score, as a share of the best one's, and 0.7 of the cosine. `segments` of the query
        are looked for by themselves too: a passage gains by the one that it fits best, and each one's best passage is
        among the `k`. Of `outlets`, where there are several, each has the same share of the list.
        """
        queries = self._asked([query, *segments])
        narrowed = [replace(filters, outlet=name) for name in outlets] or [filters]
        outage = self.outage()
        away = [outage] if outage and any(one.vector is None for one in queries) else []
        lists = [self._best(queries, max(_DEPTH, k), k, one, away) for one in narrowed]
        turns = (item for turn in zip_longest(*lists) for item in turn if item)
        chosen = list(islice(turns, max(k, _RERANKED)))
        if self._reranker and not segments and not outlets and len(words(query)) <= _SHORT:
            hits = Hits(self._reranked(self._reranker, query, self.hits(chosen))[:k])
        else:
            hits = Hits(self.hits(chosen[:k]))
        hits.away = away[0] if away else None
        return hits

    def outage(self) -> str | None:
        """Why the embedding model is not asked for vectors just now; None where it is."""
        return self._mute[1] if self._mute else None

    def _reranked(self, reranker: Reranker, query: str, hits: list[Hit]) -> list[Hit]:
        """The first hits in a new order: what the model says is added to their scores and never replaces them."""
        try:
            gains = reranker.rerank(query, [hit.text for hit in hits[:_RERANKED]])
        except ModelError as exc:
            _log.warning("not reranked", extra=logs.fields(**logs.error_fields(exc)))
            return hits
        first = [replace(hit, score=round(hit.score + _GAIN * gain, 6)) for hit, gain in zip(hits, gains, strict=False)]
        return sorted(first, key=lambda hit: -hit.score) + hits[_RERANKED:]

    def told(self, hits: Sequence[Hit | Citation], question: str = "", *, away: str | None = None) -> list[str]:
        """What a reader should know of how these were found: that the search by meaning was `away`, or languages, of
        articles or of the question, that it does not read.
        """
        if away:
            return [f"This was found by its words alone. {away}"]
        reads = self._embedder.languages if self._embedder else None
        if reads is None:
            return []
        about = self._library.articles.summaries(hit.article_id for hit in hits)
        others = sorted({item.language for item in about.values() if item.language and item.language not in reads})
        read = " and ".join(map(language_name, reads))
        remedy = "set ONRECORD_EMBED_MODEL to a model that reads more languages"
        notices = []
        if others:
            which = " and ".join(map(language_name, others))
            notices.append(f"Articles in {which} were found by their words alone. To search them by meaning, {remedy}.")
        language = asked_in(question)
        if language and language not in reads:
            notices.append(
                f"The question is in {language_name(language)}, and this library is searched in {read}. Ask in {read},"
                f" or {remedy}."
            )
        return notices

    def _asked(self, texts: Sequence[str]) -> list[_Asked]:
        vectors: Iterable[Vectors | None] = [None] * len(texts)
        if self._vectors and (embedded := self.vectors(texts, "query")) is not None:
            vectors = embedded
        terms = ([word for word in words(text) if content_words(word)] for text in texts)
        return [_Asked(tuple(stems), vector) for stems, vector in zip(terms, vectors, strict=True)]

    def _best(
        self, queries: Sequence[_Asked], depth: int, k: int, filters: Filters, away: list[str]
    ) -> list[tuple[Passage, float]]:
        """Passages with their scores, best first. Into `away` goes why a search by meaning was not possible."""
        passages: dict[str, Passage] = {}
        whole, *segments = [self._scores(one, depth, filters, passages, away) for one in queries]
        fused = {
            key: whole.get(key, 0.0) + _SEGMENT * max((one.get(key, 0.0) for one in segments), default=0.0)
            for key in passages
        }
        scores = self._once(sorted(passages, key=lambda key: (-fused[key], key)), passages, fused)
        ranked = sorted(scores, key=lambda key: (-scores[key], key))
        ranked = _with_segments(ranked, segments, k)
        return [(passages[key], round(scores[key], 6)) for key in ranked]

    def _scores(
        self, query: _Asked, depth: int, filters: Filters, passages: dict[str, Passage], away: list[str]
    ) -> dict[str, float]:
        """What each side found, joined, and entered in `passages`. What only the words found counts as near as the last
        of the other side.
        """
        with ThreadPoolExecutor(max_workers=1) as beside:  # both sides leave Python for most of their time
            near = beside.submit(copy_context().run, self._dense, query, depth, filters, away)
            by_words = self._lexical(query, depth, filters)
        sides: list[dict[str, float]] = []
        for side in (by_words, near.result()):
            passages.update((item.passage_id, item) for item, _ in side)
            sides.append({item.passage_id: score for item, score in side})
        lexical, dense = sides
        top = max(lexical.values(), default=0.0) or 1.0
        if not dense:
            return {key: score / top for key, score in lexical.items()}
        last = max(0.0, sorted(dense.values(), reverse=True)[:_DEPTH][-1])
        return {
            key: _LEXICAL * lexical.get(key, 0.0) / top + _DENSE * max(0.0, dense.get(key, last))
            for key in lexical.keys() | dense.keys()
        }

    def articles(
        self, topic: str, *, most: int, filters: Filters, least: float = ON_TOPIC
    ) -> tuple[list[tuple[str, float]], int]:
        """At most `most` articles on a topic, by id, that score `least`, best first, copies once; how many were left.

        The score, 0..1, is that of an article's best passage: half the share of the topic's words that stand in it or
        in the title, by how rare they are, half its cosine with the topic."""
        depth = 4 * most
        terms = self._telling([word for word in words(topic) if content_words(word)])
        ids = [item.passage_id for item, _ in self._library.passages.match(terms, k=depth, filters=filters)]
        cosines: dict[str, float] = {}
        embedded = self.vectors([topic], "query")
        if self._vectors is not None and embedded is not None:
            near = self._near(self._vectors, embedded[0], depth, filters, [])
            cosines = {item.passage_id: cosine for item, cosine in near}
        passages = self._library.passages.get(list(dict.fromkeys([*ids, *cosines])), filters)
        about = self._library.articles.summaries(item.article_id for item in passages.values())
        weights = self.weights(topic)
        total = sum(weights.values()) or 1.0
        best: dict[str, float] = {}
        stands: dict[str, str] = {}  # the article that stands for a fold: its original where the filters let it in
        for hit in self.hits([(item, cosines.get(key, 0.0)) for key, item in passages.items()]):
            present = set(_terms(f"{hit.title} . {hit.text}"))
            share = sum(weight for term, weight in weights.items() if term in present) / total
            score = share if embedded is None else (share + max(0.0, hit.score)) / 2
            original = about[hit.article_id].copy_of or hit.article_id
            best[original] = max(best.get(original, 0.0), score)
            stands[original] = original if original in about else min(hit.article_id, stands.get(original, "~"))
        kept = [(stands[key], score) for key, score in best.items() if score >= least]
        kept.sort(key=lambda one: (-one[1], one[0]))
        return kept[:most], len(kept[most:])

    def _once(
        self, ranked: Sequence[str], passages: Mapping[str, Passage], fused: Mapping[str, float]
    ) -> dict[str, float]:
        """Scores of the passages with wire copies counted once: one article of each fold stands for all of it, the
        original if it was found, and takes the fold's best scores.
        """
        originals = self._library.articles.originals(item.article_id for item in passages.values())
        folds: dict[str, list[str]] = {}
        for key in ranked:
            if original := originals.get(passages[key].article_id):
                folds.setdefault(original, []).append(key)
        scores: dict[str, float] = {}
        for original, keys in folds.items():
            present = [passages[key].article_id for key in keys]
            stands = original if original in present else present[0]
            own = [key for key in keys if passages[key].article_id == stands]
            best = zip(own, (fused[key] for key in keys), strict=False)
            scores |= {key: score * _AGAIN**at for at, (key, score) in enumerate(best)}
        return scores

    def hits(self, passages: Sequence[tuple[Passage, float]]) -> list[Hit]:
        """Passages with their text and the fields of their article, scores as given."""
        texts = self._library.articles.texts((item.article_id, item.version) for item, _ in passages)
        about = self._library.articles.summaries(item.article_id for item, _ in passages)
        return [
            Hit(
                article_id=item.article_id,
                version=item.version,
                start=item.start,
                end=item.end,
                text=item.span.of(texts[item.article_id, item.version]),
                score=score,
                title=about[item.article_id].title,
                outlet=about[item.article_id].outlet,
                published=about[item.article_id].published,
            )
            for item, score in passages
            if item.article_id in about and (item.article_id, item.version) in texts
        ]

    def evidence(self, hits: Sequence[Hit], statements: Sequence[Statement] = ()) -> Evidence:
        """The sentences of the hits and of the statements, in reading order, with ids `s1`, `s2`, ..."""
        wanted: dict[tuple[str, str], list[Span]] = {}
        order = [(hit.article_id, hit.version, Span(hit.start, hit.end)) for hit in hits]
        order += [(item.article_id, item.version, span) for item in statements for span in _spans(item)]
        for article_id, version, span in order:
            wanted.setdefault((article_id, version), []).append(span)
        texts = self._library.articles.texts(wanted)
        about = self._library.articles.summaries(article_id for article_id, _ in wanted)
        items: list[EvidenceSentence] = []
        for key, spans in wanted.items():
            if key not in texts or key[0] not in about:
                continue
            article = about[key[0]]
            for sentence in sentences(texts[key], touching=spans):
                items.append(
                    EvidenceSentence(
                        sid=f"s{len(items) + 1}",
                        article_id=key[0],
                        version=key[1],
                        start=sentence.start,
                        end=sentence.end,
                        text=sentence.of(texts[key]),
                        title=article.title,
                        outlet=article.outlet,
                        published=article.published,
                        url=article.url,
                    )
                )
        evidence = Evidence(hits=tuple(hits), sentences=tuple(items), statements=tuple(statements), texts=texts)
        aside = find_injections(items, texts, self.likeness)
        return _without(evidence, aside) if aside else evidence

    def score(
        self,
        question: str,
        evidence: Evidence,
        *,
        by_words: float = 0.5,
        by_rarity: bool = True,
    ) -> Evidence:
        """The evidence with each sentence scored 0..1 against the question.

        `by_words` of it is the share of the question's words that stand in the sentence (`idf_coverage`, and a
        quarter of it from the sentence before); the rest is the cosine of the two. Only the sentences that do
        best by words are embedded: it is the slow part. Without `by_rarity` each of the question's words counts
        alike, whatever the library holds.
        """
        weights = self.weights(question)
        if not by_rarity:
            weights = dict.fromkeys(weights, 1.0)
        if not evidence.sentences:
            return evidence
        shares = self._word_shares(weights, evidence.sentences)
        ranked = sorted(range(len(shares)), key=lambda index: -shares[index])[:_EMBEDDED]
        query = self.vectors([question], "query")
        vectors = self.vectors([evidence.sentences[index].text for index in ranked], "document")
        if query is None or vectors is None:
            scores = shares
        else:
            near = dict(zip(ranked, (max(0.0, float(value)) for value in vectors @ query[0]), strict=True))
            scores = [by_words * share + (1 - by_words) * near.get(index, 0.0) for index, share in enumerate(shares)]
        pairs = zip(evidence.sentences, scores, strict=True)
        return replace(evidence, sentences=tuple(replace(item, score=round(value, 6)) for item, value in pairs))

    def _word_shares(self, weights: Mapping[str, float], items: Sequence[EvidenceSentence]) -> list[float]:
        shares: list[float] = []
        context: set[str] = set()
        for index, item in enumerate(items):
            present = set(_terms(item.text))
            before = context if index and items[index - 1].article_id == item.article_id else set()
            shares.append(idf_coverage(weights, present) + 0.25 * idf_coverage(weights, before - present))
            context = present
        return [min(1.0, share) for share in shares]

    def weights(self, question: str) -> dict[str, float]:
        """The question's content stems with their inverse document frequency over the library's passages."""
        total = self._passages()
        weights: dict[str, float] = {}
        for word in dict.fromkeys(words(question)):
            for term in _terms(word):
                held = self._frequency(word, total)
                weights[term] = math.log(1 + (total - held + 0.5) / (held + 0.5))
        return weights

    def _passages(self) -> int:
        """How many passages the library has; counted again when it grew, as counting takes milliseconds."""
        newest = self._library.passages.newest()
        if self._total[0] != newest:
            self._total = (newest, self._library.passages.count())
        return self._total[1]

    def _frequency(self, word: str, total: int) -> int:
        """In how many of the library's `total` passages a word stands."""
        counted_for, counts = self._counts
        if counted_for != total or len(counts) > _COUNTED:
            counts = {}
            self._counts = (total, counts)
        if word not in counts:
            counts[word] = self._library.passages.frequency(word)
        return counts[word]

    def likeness(self, texts: Sequence[str], other: str) -> list[float] | None:
        """The cosine of each text with another; None without vectors."""
        vectors = self.vectors([*texts, other], "document")
        return None if vectors is None else [float(value) for value in vectors[:-1] @ vectors[-1]]

    def vectors(self, texts: Sequence[str], kind: EmbedKind) -> Vectors | None:
        """Vectors of the texts; None where there is no model, or while it gives none, which `told` says."""
        mute = self._mute  # others ask at the same time
        if self._embedder is None or (mute and time.monotonic() < mute[0]):
            return None
        try:
            vectors = self._embedded(self._embedder, texts, kind)
        except ModelError as exc:
            _log.warning("no vectors of what is asked", extra=logs.fields(**logs.error_fields(exc)))
            self._mute = time.monotonic() + _SECONDS_AWAY, str(exc)
            return None
        self._mute = None
        return vectors

    def _embedded(self, embedder: Embedder, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts, those met lately from memory."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
            kept = {text: self._known[kind, text] for text in texts if (kind, text) in self._known}
            for text in kept:
                self._known.move_to_end((kind, text))
        import numpy as np  # here: opening a newsroom loads nothing that it does not need

        fresh = dict(zip(new, embedder.embed(new, kind), strict=True)) if new else {}
        with self._lock:
            self._known.update({(kind, text): vector for text, vector in fresh.items()})
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return np.stack([fresh[text] if text in fresh else kept[text] for text in texts])

    def _lexical(self, query: _Asked, depth: int, filters: Filters) -> list[tuple[Passage, float]]:
        return self._library.passages.match(self._telling(query.terms), k=depth, filters=filters)

    def _telling(self, terms: Sequence[str]) -> list[str]:
        """The terms from the rarest on, as long as few passages hold them: what stands in much of a large library
        tells passages apart hardly at all, and to score it for each of them takes most of the time.
        """
        total = self._passages()
        most = max(_SCORED, total // 20)
        if total <= most:
            return list(terms)
        chosen: list[str] = []
        for term in sorted(dict.fromkeys(terms), key=lambda term: (self._frequency(term, total), term)):
            most -= self._frequency(term, total)
            if most >= 0 or not chosen:
                chosen.append(term)
        return chosen

    def _dense(self, query: _Asked, depth: int, filters: Filters, away: list[str]) -> list[tuple[Passage, float]]:
        if self._vectors is None or query.vector is None:
            return []
        return self._near(self._vectors, query.vector, depth, filters, away)

    def _near(
        self, vectors: VectorStore, query: Vectors, k: int, filters: Filters, away: list[str]
    ) -> list[tuple[Passage, float]]:
        """The nearest passages; none while the vectors' server is away, and into `away` goes why."""
        try:
            return nearest(self._library, vectors, query, k=k, filters=filters)
        except StoreUnavailable as exc:
            _log.warning("searched by words alone", extra=logs.fields(**logs.error_fields(exc)))
            away.append(str(exc))
            return []


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query or a part of one: its words without those that say nothing, and its vector, if there is a model."""

    terms: tuple[str, ...]
    vector: Vectors | None


def _with_segments(ranked: list[str], segments: Sequence[Mapping[str, float]], k: int) -> list[str]:
    """The ranking with the best passage of each segment among the first `k`, as long as they fit."""
    wanted = {max(one, key=lambda key: (one[key], key)) for one in segments[: k - 1] if one} & set(ranked)
    late = [key for key in ranked[k:] if key in wanted]
    if not late:
        return ranked
    kept, moved = ranked[:k], set(late)
    for key in reversed(kept.copy()):
        if len(kept) + len(late) > k and key not in wanted:
            kept.remove(key)
            moved.add(key)
    gone = [key for key in ranked[:k] if key in moved]
    return kept + late + gone + [key for key in ranked[k:] if key not in moved]


def idf_coverage(weights: Mapping[str, float], terms: AbstractSet[str]) -> float:
    """0..1: the weight of a question's stems that are among `terms`, by that of its six rarest. The weights are inverse
    document frequencies (`Retriever.weights`).
    """
    most = sum(sorted(weights.values(), reverse=True)[:_CARRIED])
    return min(1.0, sum(weight for term, weight in weights.items() if term in terms) / most) if most else 0.0


def _without(evidence: Evidence, aside: Sequence[EvidenceSentence]) -> Evidence:
    """The evidence without what touches these sentences; a hit is cut to its longest stretch beside them."""
    places: dict[tuple[str, str], list[Span]] = {}
    for item in aside:
        places.setdefault((item.article_id, item.version), []).append(item.span)
    gone = {item.sid for item in aside}
    return replace(
        evidence,
        hits=tuple(
            cut for hit in evidence.hits if (cut := _beside(hit, places.get((hit.article_id, hit.version), [])))
        ),
        sentences=tuple(item for item in evidence.sentences if item.sid not in gone),
        statements=tuple(
            item
            for item in evidence.statements
            if not any(
                part.span.touches(span)
                for span in places.get((item.article_id, item.version), ())
                for part in item.content
            )
        ),
        aside=tuple(aside),
    )


def _beside(hit: Hit, places: Sequence[Span]) -> Hit | None:
    inside = sorted(span for span in places if span.touches(Span(hit.start, hit.end)))
    if not inside:
        return hit
    edges = [hit.start, *(edge for span in inside for edge in (span.start, span.end)), hit.end]
    start, end = max(zip(edges[::2], edges[1::2], strict=True), key=lambda pair: pair[1] - pair[0])
    kept = hit.text[max(0, start - hit.start) : max(0, end - hit.start)]
    if not kept.strip():
        return None
    start += len(kept) - len(kept.lstrip())
    return replace(hit, start=start, end=start + len(kept.strip()), text=kept.strip())


def _terms(text: str) -> list[str]:
    """Content stems, and the canonical name of each country that is named in any way."""
    named = [country.casefold() for _, _, country in countries_in(text)]
    if not named and (country := country_asked(" ".join(words(text)))):
        named = [country.casefold()]
    return named or content_words(text) if len(text.split()) == 1 else content_words(text) + named


def _spans(item: Statement) -> Iterable[Span]:
    """The stretch from source to content of one statement, and where its speaker is named."""
    parts = [part.span for part in (item.source, item.cue, *item.content) if part]
    yield Span(min(part.start for part in parts), max(part.end for part in parts))
    if item.speaker_basis:
        yield item.speaker_basis.span
