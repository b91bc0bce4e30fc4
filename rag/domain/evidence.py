"""Evidence: what was retrieved for a question, in sentences that an answer may cite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rag.domain.answers import Citation
from rag.domain.articles import Article, ArticleSummary, Hit
from rag.domain.spans import Span
from rag.domain.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSentence:
    """A sentence that an engine may cite by its `sid`."""

    sid: str
    article_id: str
    version: str
    start: int
    end: int
    text: str
    title: str
    outlet: str | None
    published: date | None
    url: str | None = None
    score: float = 0.0

    @classmethod
    def of(cls, article: Article | ArticleSummary | Citation, span: Span, text: str, *, sid: str) -> EvidenceSentence:
        """The sentence at a span of an article's version, whose `text` this is."""
        return cls(
            sid=sid, article_id=article.article_id, version=article.version, start=span.start, end=span.end,
            text=span.of(text), title=article.title, outlet=article.outlet, published=article.published,
            url=article.url,
        )  # fmt: skip

    @property
    def span(self) -> Span:
        """The two offsets as a Span."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was retrieved for a question: passages best first, their sentences in reading order, and the statements in
    them.

    `positions` are the statements that answer by themselves, best first, where whose words are asked for. `texts` has
    the canonical text of every sentence by (article id, version). `quarantined` are sentences in quarantine; no hit,
    sentence or statement contains any of them. `judged` is True where the sentences' scores say how well each answers.
    """

    hits: tuple[Hit, ...] = ()
    sentences: tuple[EvidenceSentence, ...] = ()
    statements: tuple[Statement, ...] = ()
    positions: tuple[Statement, ...] = ()
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    quarantined: tuple[EvidenceSentence, ...] = ()
    judged: bool = False
