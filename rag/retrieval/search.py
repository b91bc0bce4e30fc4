"""Finds passages by lexical and vector search combined, and the sentences that an answer may rest on."""

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
from rag.retrieval.quarantine import find_injections, without_sentences
from rag.stores.base import Vectors, VectorStore
from rag.stores.library import Library
from rag.text.language import language_name, question_language
from rag.text.places import countries_in, country_asked
from rag.text.sentences import sentence_before, sentences
from rag.text.terms import content_words, words

_LEXICAL_WEIGHT, _DENSE_WEIGHT = 0.3, 0.7  # `docs/decisions/0014-search.md` says what was compared
_DEPTH = 100  # passages that each side returns, at least
_SEGMENT_WEIGHT = 0.6  # of the best-matching segment, on top of the whole question
_RERANK_DEPTH, _RERANK_MAX_WORDS = 20, 20  # passages that a reranker reads; words of a question that it helps
_RERANK_WEIGHT = 0.15  # what it adds at most
_REPEAT_FACTOR = 0.97  # on the score of each further passage of an article, so that other articles come up
ON_TOPIC, WORTH_JUDGING = 0.4, 0.25  # the score of an article on a topic; of one that a judge is to read
_MAX_SCORED = 8_000  # passages that are scored by their words, or a twentieth of all if that is more
_MAX_EMBEDDED = 8  # sentences that are compared with the question by vector; on development questions more gain nothing
_CACHED_VECTORS = 2048  # of questions and sentences: follow-ups and repeated questions need them again
_MAX_QUESTION_TERMS = 6  # the rarest words of a question: no sentence can be expected to hold more of a long one
_CACHED_COUNTS = 20_000  # words whose document frequency is kept until the library grows or shrinks
_RETRY_SECONDS = 30.0  # until a model that failed is asked for vectors again; meanwhile the search goes by words

_ScoredPassages = Sequence[tuple[Passage, float]]

_log = logging.getLogger(__name__)


class Hits(list[Hit]):
    """Hits, best first. `away` says why they were found by words alone; None where the vector search took part."""

    away: str | None = None


class Retriever:
    """Search over one library: by words, and by vectors where there are any."""

    def __init__(
        self, library: Library, vectors: VectorStore | None, embedder: Embedder | None, reranker: Reranker | None = None
    ) -> None:
        self._library = library
        self._vectors = vectors
        self._embedder = embedder
        self._reranker = reranker
        self._vector_cache: OrderedDict[tuple[EmbedKind, str], Vectors] = OrderedDict()
        self._counts: tuple[int, dict[str, int]] = (0, {})
        self._total = (-1, 0)  # the newest passage, and how many there were when it came
        self._lock = threading.Lock()
        self._paused: tuple[float, str] | None = None  # until when the model is not asked for vectors, and why

    def search(
        self, query: str, *, k: int, filters: Filters, segments: Sequence[str] = (), outlets: Sequence[str] = ()
    ) -> Hits:
        """The `k` best passages; of wire copies only one counts.

        `score` is 0.3 of the BM25 score, relative to the best one, plus 0.7 of the cosine. Each of the query's
        `segments` is also searched for by itself: a passage gains from the segment that it fits best, and the best
        passage of each segment is among the `k`. Of several `outlets`, each gets the same share of the list.
        """
        queries = self._make_queries([query, *segments])
        filters_by_outlet = [replace(filters, outlet=name) for name in outlets] or [filters]
        outage = self.outage()
        away = [outage] if outage and any(one.vector is None for one in queries) else []
        depth, lists = max(_DEPTH, k), []
        with ThreadPoolExecutor(max_workers=1) as pool:  # both sides leave Python for most of their time
            for one in filters_by_outlet:
                by_vectors = [
                    pool.submit(copy_context().run, self._dense, item.vector, depth, one, away) for item in queries
                ]
                by_words = [
                    self._library.passages.match(self._selective_terms(item.terms), k=depth, filters=one)
                    for item in queries
                ]
                lists.append(self._rank(by_words, [item.result() for item in by_vectors], k))
        interleaved = (item for row in zip_longest(*lists) for item in row if item)
        ranked = list(islice(interleaved, max(k, _RERANK_DEPTH)))
        if self._reranker and not segments and not outlets and len(words(query)) <= _RERANK_MAX_WORDS:
            hits = Hits(self._rerank(self._reranker, query, self.hits(ranked))[:k])
        else:
            hits = Hits(self.hits(ranked[:k]))
        hits.away = away[0] if away else None
        return hits

    def outage(self) -> str | None:
        """Why the embedding model is currently not asked for vectors; None where it is."""
        return self._paused[1] if self._paused else None

    def _rerank(self, reranker: Reranker, query: str, hits: list[Hit]) -> list[Hit]:
        """The hits with the first ones reordered: the reranker's score is added to theirs and never replaces it."""
        try:
            gains = reranker.rerank(query, [hit.text for hit in hits[:_RERANK_DEPTH]])
        except ModelError as exc:
            _log.warning("not reranked", extra=logs.fields(**logs.error_fields(exc)))
            return hits
        pairs = zip(hits, gains, strict=False)
        first = [replace(hit, score=round(hit.score + _RERANK_WEIGHT * gain, 6)) for hit, gain in pairs]
        return sorted(first, key=lambda hit: -hit.score) + hits[_RERANK_DEPTH:]

    def search_notices(
        self, hits: Sequence[Hit | Citation], question: str = "", *, away: str | None = None
    ) -> list[str]:
        """What a reader should know of how these were found: that the vector search was `away`, or that it does not
        read the language of the question or of some articles.
        """
        if away:
            return [f"Searched by words only. {away}"]
        languages = self._embedder.languages if self._embedder else None
        if languages is None:
            return []
        summaries = self._library.articles.summaries(hit.article_id for hit in hits)
        unread = sorted({item.language for item in summaries.values() if item.language} - {*languages})
        readable = " and ".join(map(language_name, languages))
        remedy = "set ONRECORD_EMBED_MODEL to a model that reads more languages"
        notices = []
        if unread:
            names = " and ".join(map(language_name, unread))
            notices.append(f"Articles in {names} were searched by words only. To search them by meaning, {remedy}.")
        language = question_language(question)
        if language and language not in languages:
            notices.append(
                f"The question is in {language_name(language)}, and this library is searched in {readable}. Ask in "
                f"{readable}, or {remedy}."
            )
        return notices

    def _make_queries(self, texts: Sequence[str]) -> list[_Query]:
        vectors: Iterable[Vectors | None] = [None] * len(texts)
        if self._vectors and (embedded := self.vectors(texts, "query")) is not None:
            vectors = embedded
        terms = ([word for word in words(text) if content_words(word)] for text in texts)
        return [_Query(tuple(stems), vector) for stems, vector in zip(terms, vectors, strict=True)]

    def _rank(
        self, by_words: Sequence[_ScoredPassages], by_vectors: Sequence[_ScoredPassages], k: int
    ) -> list[tuple[Passage, float]]:
        """The passages of a whole query, the first, and of its segments, with their scores, best first: those of the
        whole, and of the segment that each fits best.
        """
        passages = {item.passage_id: item for hits in (*by_words, *by_vectors) for item, _ in hits}
        whole, *segments = map(_fused_scores, by_words, by_vectors)
        fused = {
            key: whole.get(key, 0.0)
            + _SEGMENT_WEIGHT * max((segment.get(key, 0.0) for segment in segments), default=0.0)
            for key in passages
        }
        scores = self._fold_copies(sorted(passages, key=lambda key: (-fused[key], key)), passages, fused)
        ranked = sorted(scores, key=lambda key: (-scores[key], key))
        ranked = _with_segments(ranked, segments, k)
        return [(passages[key], round(scores[key], 6)) for key in ranked]

    def articles(
        self, topic: str, *, most: int, filters: Filters, least: float = ON_TOPIC
    ) -> tuple[list[tuple[str, float]], int]:
        """At most `most` articles on a topic as (id, score), best first, wire copies counted once, with a score of at
        least `least`; and how many more there were.

        The score, 0..1, is that of an article's best passage: half of it is the share of the topic's words, weighted by
        rarity, that stand in the passage or in the title; the other half is the cosine with the topic.
        """
        depth = 4 * most
        terms = self._selective_terms([word for word in words(topic) if content_words(word)])
        ids = [item.passage_id for item, _ in self._library.passages.match(terms, k=depth, filters=filters)]
        embedded = self.vectors([topic], "query")
        nearest_hits = self._dense(None if embedded is None else embedded[0], depth, filters, [])
        cosines = {item.passage_id: cosine for item, cosine in nearest_hits}
        passages = self._library.passages.get(list(dict.fromkeys([*ids, *cosines])), filters)
        summaries = self._library.articles.summaries(item.article_id for item in passages.values())
        weights = self.weights(topic)
        total = sum(weights.values()) or 1.0
        best: dict[str, float] = {}
        representatives: dict[str, str] = {}  # by original: itself where the filters allow it, else one of its copies
        for hit in self.hits([(item, cosines.get(key, 0.0)) for key, item in passages.items()]):
            stems_present = set(_terms(f"{hit.title} . {hit.text}"))
            share = sum(weight for term, weight in weights.items() if term in stems_present) / total
            score = share if embedded is None else (share + max(0.0, hit.score)) / 2
            original = summaries[hit.article_id].copy_of or hit.article_id
            best[original] = max(best.get(original, 0.0), score)
            copy_id = min(hit.article_id, representatives.get(original, "~"))
            representatives[original] = original if original in summaries else copy_id
        scored = [(representatives[key], score) for key, score in best.items() if score >= least]
        scored.sort(key=lambda one: (-one[1], one[0]))
        return scored[:most], len(scored[most:])

    def _fold_copies(
        self, ranked: Sequence[str], passages: Mapping[str, Passage], fused: Mapping[str, float]
    ) -> dict[str, float]:
        """Scores of the passages with wire copies counted once: one article of each fold, the original if it was found,
        represents the fold and takes its best scores.
        """
        originals = self._library.articles.originals(item.article_id for item in passages.values())
        folds: dict[str, list[str]] = {}
        for key in ranked:
            if original := originals.get(passages[key].article_id):
                folds.setdefault(original, []).append(key)
        scores: dict[str, float] = {}
        for original, keys in folds.items():
            present = [passages[key].article_id for key in keys]
            representative = original if original in present else present[0]
            own = [key for key in keys if passages[key].article_id == representative]
            pairs = zip(own, (fused[key] for key in keys), strict=False)
            scores |= {key: score * _REPEAT_FACTOR**at for at, (key, score) in enumerate(pairs)}
        return scores

    def hits(self, passages: Sequence[tuple[Passage, float]]) -> list[Hit]:
        """Passages with their text and the fields of their article; scores stay as they are."""
        texts = self._library.articles.texts((item.article_id, item.version) for item, _ in passages)
        summaries = self._library.articles.summaries(item.article_id for item, _ in passages)
        return [
            Hit(
                article_id=item.article_id,
                version=item.version,
                start=item.start,
                end=item.end,
                text=item.span.of(texts[item.article_id, item.version]),
                score=score,
                title=summaries[item.article_id].title,
                outlet=summaries[item.article_id].outlet,
                published=summaries[item.article_id].published,
            )
            for item, score in passages
            if item.article_id in summaries and (item.article_id, item.version) in texts
        ]

    def evidence(self, hits: Sequence[Hit], statements: Sequence[Statement] = ()) -> Evidence:
        """The sentences of the hits and of the statements, and those before that these point back to, in reading order,
        with ids `s1`, `s2`, ...
        """
        spans_by_version: dict[tuple[str, str], list[Span]] = {}
        places = [(hit.article_id, hit.version, Span(hit.start, hit.end)) for hit in hits]
        places += [(item.article_id, item.version, span) for item in statements for span in _spans(item)]
        for article_id, version, span in places:
            spans_by_version.setdefault((article_id, version), []).append(span)
        texts = self._library.articles.texts(spans_by_version)
        summaries = self._library.articles.summaries(article_id for article_id, _ in spans_by_version)
        for item in statements:
            if item.points_back and (text := texts.get((item.article_id, item.version))):
                own = sentences(text, touching=[next(iter(_spans(item)))])[0]
                before = sentence_before(text, own.start)
                spans_by_version[item.article_id, item.version] += [before] if before else []
        items: list[EvidenceSentence] = []
        for key, spans in spans_by_version.items():
            if key not in texts or key[0] not in summaries:
                continue
            article = replace(summaries[key[0]], version=key[1])
            for sentence in sentences(texts[key], touching=spans):
                items.append(EvidenceSentence.of(article, sentence, texts[key], sid=f"s{len(items) + 1}"))
        evidence = Evidence(hits=tuple(hits), sentences=tuple(items), statements=tuple(statements), texts=texts)
        quarantined = find_injections(items, texts, self.likeness)
        return without_sentences(evidence, quarantined) if quarantined else evidence

    def score(self, question: str, evidence: Evidence, *, by_words: float = 0.5, by_rarity: bool = True) -> Evidence:
        """The evidence with each sentence scored 0..1 against the question.

        `by_words` is the weight of the share of the question's words that stand in the sentence (`idf_coverage`, with a
        quarter of that of the sentence before); the rest is the cosine of the two. Only the sentences with the largest
        shares are embedded, as that is the slow part. Without `by_rarity` all words of the question count alike,
        however rare they are in the library.
        """
        weights = self.weights(question)
        if not by_rarity:
            weights = dict.fromkeys(weights, 1.0)
        if not evidence.sentences:
            return evidence
        shares = self._word_shares(weights, evidence.sentences)
        ranked = sorted(range(len(shares)), key=lambda index: -shares[index])[:_MAX_EMBEDDED]
        query = self.vectors([question], "query")
        vectors = self.vectors([evidence.sentences[index].text for index in ranked], "document")
        if query is None or vectors is None:
            scores = shares
        else:
            cosines = dict(zip(ranked, (max(0.0, float(value)) for value in vectors @ query[0]), strict=True))
            scores = [by_words * share + (1 - by_words) * cosines.get(index, 0.0) for index, share in enumerate(shares)]
        pairs = zip(evidence.sentences, scores, strict=True)
        return replace(evidence, sentences=tuple(replace(item, score=round(value, 6)) for item, value in pairs))

    def _word_shares(self, weights: Mapping[str, float], items: Sequence[EvidenceSentence]) -> list[float]:
        shares: list[float] = []
        previous: set[str] = set()
        for index, item in enumerate(items):
            stems = set(_terms(item.text))
            previous_stems = previous if index and items[index - 1].article_id == item.article_id else set()
            shares.append(idf_coverage(weights, stems) + 0.25 * idf_coverage(weights, previous_stems - stems))
            previous = stems
        return [min(1.0, share) for share in shares]

    def weights(self, question: str) -> dict[str, float]:
        """The question's content stems with their inverse document frequency over the library's passages."""
        total = self._count_passages()
        weights: dict[str, float] = {}
        for word in dict.fromkeys(words(question)):
            for term in _terms(word):
                frequency = self._frequency(word, total)
                weights[term] = math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
        return weights

    def _count_passages(self) -> int:
        """How many passages the library has; counted again only when it has grown, as counting takes milliseconds."""
        newest = self._library.passages.newest_rowid()
        if self._total[0] != newest:
            self._total = (newest, self._library.passages.count())
        return self._total[1]

    def _frequency(self, word: str, total: int) -> int:
        """In how many of the library's `total` passages a word stands."""
        counted_for, counts = self._counts
        if counted_for != total or len(counts) > _CACHED_COUNTS:
            counts = {}
            self._counts = (total, counts)
        if word not in counts:
            counts[word] = self._library.passages.frequency(word)
        return counts[word]

    def likeness(self, texts: Sequence[str], other: str) -> list[float] | None:
        """The cosine of each text with `other`; None without vectors."""
        vectors = self.vectors([*texts, other], "document")
        return None if vectors is None else [float(value) for value in vectors[:-1] @ vectors[-1]]

    def vectors(self, texts: Sequence[str], kind: EmbedKind) -> Vectors | None:
        """Vectors of the texts; None without an embedding model, or while it fails (`outage` says why)."""
        pause = self._paused  # others ask at the same time
        if self._embedder is None or (pause and time.monotonic() < pause[0]):
            return None
        try:
            vectors = self._embed_cached(self._embedder, texts, kind)
        except ModelError as exc:
            _log.warning("no vectors of what is asked", extra=logs.fields(**logs.error_fields(exc)))
            self._paused = time.monotonic() + _RETRY_SECONDS, str(exc)
            return None
        self._paused = None
        return vectors

    def _embed_cached(self, embedder: Embedder, texts: Sequence[str], kind: EmbedKind) -> Vectors:
        """Vectors of the texts; those embedded recently come from memory."""
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._vector_cache]
            cached = {text: self._vector_cache[kind, text] for text in texts if (kind, text) in self._vector_cache}
            for text in cached:
                self._vector_cache.move_to_end((kind, text))
        import numpy as np  # here: opening a newsroom loads nothing that it does not need

        fresh = dict(zip(new, embedder.embed(new, kind), strict=True)) if new else {}
        with self._lock:
            self._vector_cache.update({(kind, text): vector for text, vector in fresh.items()})
            while len(self._vector_cache) > _CACHED_VECTORS:
                self._vector_cache.popitem(last=False)
        return np.stack([fresh[text] if text in fresh else cached[text] for text in texts])

    def _selective_terms(self, terms: Sequence[str]) -> list[str]:
        """The rarest terms, as long as few passages hold them. Terms that stand in much of a large library hardly
        distinguish passages, and scoring all that hold them takes most of the time.
        """
        total = self._count_passages()
        budget = max(_MAX_SCORED, total // 20)
        if total <= budget:
            return list(terms)
        selected: list[str] = []
        for term in sorted(dict.fromkeys(terms), key=lambda term: (self._frequency(term, total), term)):
            budget -= self._frequency(term, total)
            if budget >= 0 or not selected:
                selected.append(term)
        return selected

    def _dense(self, vector: Vectors | None, depth: int, filters: Filters, away: list[str]) -> _ScoredPassages:
        """The nearest passages; none without vectors or while their server is down, and then `away` gets the reason."""
        if self._vectors is None or vector is None:
            return []
        try:
            return nearest(self._library, self._vectors, vector, k=depth, filters=filters)
        except StoreUnavailable as exc:
            _log.warning("searched by words alone", extra=logs.fields(**logs.error_fields(exc)))
            away.append(str(exc))
            return []


@dataclass(frozen=True, slots=True)
class _Query:
    """A query or a segment of one: its words without function words, and its vector where there is a model."""

    terms: tuple[str, ...]
    vector: Vectors | None


def _fused_scores(by_words: _ScoredPassages, by_vectors: _ScoredPassages) -> dict[str, float]:
    """The combined scores by passage id. Where there are vectors, a passage that only the words found gets the cosine
    of the last of the nearest.
    """
    lexical, dense = ({item.passage_id: score for item, score in side} for side in (by_words, by_vectors))
    top = max(lexical.values(), default=0.0) or 1.0
    if not dense:
        return {key: score / top for key, score in lexical.items()}
    last = max(0.0, sorted(dense.values(), reverse=True)[:_DEPTH][-1])
    return {
        key: _LEXICAL_WEIGHT * lexical.get(key, 0.0) / top + _DENSE_WEIGHT * max(0.0, dense.get(key, last))
        for key in lexical.keys() | dense.keys()
    }


def _with_segments(ranked: list[str], segments: Sequence[Mapping[str, float]], k: int) -> list[str]:
    """The ranking with the best passage of each segment among the first `k`, as far as they fit."""
    best_keys = {max(one, key=lambda key: (one[key], key)) for one in segments[: k - 1] if one} & set(ranked)
    promoted = [key for key in ranked[k:] if key in best_keys]
    if not promoted:
        return ranked
    top, demoted = ranked[:k], set(promoted)
    for key in reversed(top.copy()):
        if len(top) + len(promoted) > k and key not in best_keys:
            top.remove(key)
            demoted.add(key)
    displaced = [key for key in ranked[:k] if key in demoted]
    return top + promoted + displaced + [key for key in ranked[k:] if key not in demoted]


def idf_coverage(weights: Mapping[str, float], terms: AbstractSet[str]) -> float:
    """0..1: the weight of the question's stems that are among `terms`, relative to that of its six rarest. The weights
    are inverse document frequencies (`Retriever.weights`).
    """
    most = sum(sorted(weights.values(), reverse=True)[:_MAX_QUESTION_TERMS])
    return min(1.0, sum(weight for term, weight in weights.items() if term in terms) / most) if most else 0.0


def _terms(text: str) -> list[str]:
    """Content stems, and the canonical name of each country that is named in any form."""
    countries = [country.casefold() for _, _, country in countries_in(text)]
    if not countries and (country := country_asked(" ".join(words(text)))):
        countries = [country.casefold()]
    return countries or content_words(text) if len(text.split()) == 1 else content_words(text) + countries


def _spans(item: Statement) -> Iterable[Span]:
    """The stretch from source to content of a statement, and the place where its speaker is named."""
    parts = [part.span for part in (item.source, item.cue, *item.content) if part]
    yield Span(min(part.start for part in parts), max(part.end for part in parts))
    if item.speaker_basis:
        yield item.speaker_basis.span
