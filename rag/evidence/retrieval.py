"""Finding passages: dense and lexical search joined by rank fusion, and the sentences that an answer may rest on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.domain import EvidenceSentence, Filters, Hit, Passage, Span, Statement
from rag.evidence.question import country_asked
from rag.providers.base import Embedder
from rag.stores.base import VectorStore
from rag.stores.library import Library
from rag.text.countries import countries_in
from rag.text.sentences import sentences
from rag.text.words import content_words, words

_K = 60  # of reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009
_DEPTH = 50  # passages each side brings
_FLOOR, _RELEVANT = 0.4, 0.5  # what an article must score to be on a topic, and which share of the best one's score
_EMBEDDED = 16  # sentences that are compared with the question by vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found for a question: passages best first, their sentences in reading order, and statements in them.

    `positions` are the statements that answer by themselves, best first, where whose words are asked for. `texts` has
    the canonical text behind every sentence, by (article id, version).
    """

    hits: tuple[Hit, ...] = ()
    sentences: tuple[EvidenceSentence, ...] = ()
    statements: tuple[Statement, ...] = ()
    positions: tuple[Statement, ...] = ()
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)


class Retriever:
    """Search over one library. Without vectors it searches by words alone."""

    def __init__(self, library: Library, vectors: VectorStore | None, embedder: Embedder | None) -> None:
        self._library = library
        self._vectors = vectors
        self._embedder = embedder

    def search(self, query: str, *, k: int, filters: Filters) -> list[Hit]:
        """The `k` best passages, wire copies counted once. `score` is the sum over both sides of 1 / (60 + rank)."""
        fused: dict[str, float] = {}
        for ids in (self._lexical(query, filters), self._dense(query, filters)):
            for rank, key in enumerate(ids, start=1):
                fused[key] = fused.get(key, 0.0) + 1 / (_K + rank)
        found = self._library.passages(list(fused), filters)
        scores = self._once(sorted(found, key=lambda key: (-fused[key], key)), found, fused)
        best = sorted(scores, key=lambda key: (-scores[key], key))[:k]
        return self.hits([(found[key], scores[key]) for key in best])

    def articles(self, topic: str, *, most: int, filters: Filters) -> tuple[list[tuple[str, float]], int]:
        """All articles on a topic by id, best first, wire copies counted once: at most `most`, and how many were left.

        The score, 0..1, is that of an article's best passage: half the share of the topic's words that stand in it or
        in the title, weighted by how rare they are, half its cosine with the topic.
        """
        depth = 4 * most
        terms = [word for word in words(topic) if content_words(word)]
        ids = [item.passage_id for item, _ in self._library.match(terms, k=depth, filters=filters)]
        cosines: dict[str, float] = {}
        if self._vectors is not None and self._embedder is not None:
            among = self._library.ids(filters) if filters.speaker else None
            asked = self._embedder.embed([topic], "query")[0]
            cosines = dict(self._vectors.nearest(asked, k=depth, filters=filters, articles=among))
        found = self._library.passages(list(dict.fromkeys([*ids, *cosines])), filters)
        about = self._library.summaries(item.article_id for item in found.values())
        weights = self.weights(topic)
        total = sum(weights.values()) or 1.0
        best: dict[str, float] = {}
        stands: dict[str, str] = {}  # the article that stands for a fold: its original where the filters let it in
        for hit in self.hits([(item, cosines.get(key, 0.0)) for key, item in found.items()]):
            present = set(_terms(f"{hit.title} . {hit.text}"))
            share = sum(weight for term, weight in weights.items() if term in present) / total
            score = share if self._embedder is None else (share + max(0.0, hit.score)) / 2
            original = about[hit.article_id].copy_of or hit.article_id
            best[original] = max(best.get(original, 0.0), score)
            stands[original] = original if original in about else min(hit.article_id, stands.get(original, "~"))
        floor = max(_FLOOR, _RELEVANT * max(best.values(), default=0.0))
        kept = [(stands[key], score) for key, score in best.items() if score >= floor]
        kept.sort(key=lambda one: (-one[1], one[0]))
        return kept[:most], len(kept[most:])

    def _once(
        self, ranked: Sequence[str], found: Mapping[str, Passage], fused: Mapping[str, float]
    ) -> dict[str, float]:
        """Scores of the passages with wire copies counted once: one article of each fold stands for all of it, the
        original if it was found, and takes the fold's best scores.
        """
        about = self._library.summaries(item.article_id for item in found.values())
        folds: dict[str, list[str]] = {}
        for key in ranked:
            if item := about.get(found[key].article_id):
                folds.setdefault(item.copy_of or item.article_id, []).append(key)
        scores: dict[str, float] = {}
        for original, keys in folds.items():
            present = [found[key].article_id for key in keys]
            stands = original if original in present else present[0]
            own = [key for key in keys if found[key].article_id == stands]
            scores |= dict(zip(own, (fused[key] for key in keys), strict=False))
        return scores

    def hits(self, passages: Sequence[tuple[Passage, float]]) -> list[Hit]:
        """Passages with their text and the fields of their article, scores as given."""
        texts = self._library.texts((item.article_id, item.version) for item, _ in passages)
        about = self._library.summaries(item.article_id for item, _ in passages)
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
        texts = self._library.texts(wanted)
        about = self._library.summaries(article_id for article_id, _ in wanted)
        found: list[EvidenceSentence] = []
        for key, spans in wanted.items():
            if key not in texts or key[0] not in about:
                continue
            article = about[key[0]]
            for sentence in sentences(texts[key], touching=spans):
                found.append(
                    EvidenceSentence(
                        sid=f"s{len(found) + 1}",
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
        return Evidence(hits=tuple(hits), sentences=tuple(found), statements=tuple(statements), texts=texts)

    def score(self, question: str, evidence: Evidence) -> Evidence:
        """The evidence with each sentence scored 0..1 against the question.

        Half is the share of the question's words, weighted by how rare they are in the library, that stand in the
        sentence (a quarter of it from the sentence before); half is the cosine of the two. Only the sentences that do
        best by words are embedded: it is the slow part.
        """
        weights = self.weights(question)
        if not evidence.sentences:
            return evidence
        shares = self._word_shares(weights, evidence.sentences)
        if self._embedder is None:
            scores = shares
        else:
            ranked = sorted(range(len(shares)), key=lambda index: -shares[index])[:_EMBEDDED]
            cosines = self._cosines(self._embedder, question, [evidence.sentences[index].text for index in ranked])
            near = dict(zip(ranked, cosines, strict=True))
            scores = [(share + max(0.0, near.get(index, 0.0))) / 2 for index, share in enumerate(shares)]
        pairs = zip(evidence.sentences, scores, strict=True)
        return replace(evidence, sentences=tuple(replace(item, score=round(value, 6)) for item, value in pairs))

    def _word_shares(self, weights: Mapping[str, float], items: Sequence[EvidenceSentence]) -> list[float]:
        total = sum(weights.values()) or 1.0
        shares: list[float] = []
        context: set[str] = set()
        for index, item in enumerate(items):
            present = set(_terms(item.text))
            before = context if index and items[index - 1].article_id == item.article_id else set()
            held = sum(
                weight * (1.0 if term in present else 0.25 if term in before else 0.0)
                for term, weight in weights.items()
            )
            shares.append(held / total)
            context = present
        return shares

    def weights(self, question: str) -> dict[str, float]:
        """The question's content stems with their inverse document frequency over the library's passages."""
        total = self._library.passage_count()
        found: dict[str, float] = {}
        for word in dict.fromkeys(words(question)):
            for term in _terms(word):
                held = self._library.frequency(word)
                found[term] = math.log(1 + (total - held + 0.5) / (held + 0.5))
        return found

    @staticmethod
    def _cosines(embedder: Embedder, question: str, texts: Sequence[str]) -> list[float]:
        asked = embedder.embed([question], "query")[0]
        return [float(value) for value in embedder.embed(texts, "document") @ asked]

    def _lexical(self, query: str, filters: Filters) -> list[str]:
        terms = [word for word in words(query) if content_words(word)]
        found = self._library.match(terms, k=_DEPTH, filters=filters)
        return [item.passage_id for item, _ in found]

    def _dense(self, query: str, filters: Filters) -> list[str]:
        if self._vectors is None or self._embedder is None:
            return []
        articles = self._library.ids(filters) if filters.speaker else None
        asked = self._embedder.embed([query], "query")[0]
        found = self._vectors.nearest(asked, k=_DEPTH, filters=filters, articles=articles)
        return [key for key, _ in found]


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
