"""The check of a sentence against spans of the library, by the checks of the sentences of answers."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain import Article, DraftSentence, Evidence, EvidenceSentence, Filters, SentenceCheck, Span
from rag.errors import UnusableInput
from rag.stores.library import Library
from rag.text.sentences import sentences
from rag.verification import verify
from rag.verification.entailment import EntailmentModel, confirm
from rag.verification.gap_claims import find_gap_answer, gap_in


def check_sentence(
    library: Library,
    text: str,
    spans: Sequence[tuple[str, int, int]],
    *,
    before: str | None = None,
    entailment: EntailmentModel | None = None,
) -> SentenceCheck:
    """The outcome of `text` over the cited spans: `(article id, start, end)`, half-open, in characters of the current
    version's text. `before` is the sentence right before it, for pronouns. What a sentence says is missing is searched
    for in the full articles. `entailment` compares what the rules can't. Raises UnknownArticle, UnusableInput.
    """
    if not text.strip():
        raise UnusableInput("There is no sentence to check. Give its text.")
    articles = {name: library.articles.get(name) for name in dict.fromkeys(name for name, _, _ in spans)}
    cited = tuple(
        _evidence_sentence(articles[name], start, end, at) for at, (name, start, end) in enumerate(spans, start=1)
    )
    evidence = Evidence(
        sentences=cited,
        texts={(item.article_id, item.version): item.text for item in articles.values()},
        statements=tuple(item for name in articles for item in library.statements.find(Filters(article=name))),
    )
    draft = DraftSentence(text=text, sids=tuple(item.sid for item in cited))
    if (gap := gap_in(draft)) and articles:
        everything = [
            _evidence_sentence(item, span.start, span.end, 1)
            for item in articles.values()
            for span in sentences(item.text)
        ]
        if find_gap_answer(gap, "", cited, cited=True) or find_gap_answer(gap, "", everything):
            return SentenceCheck(outcome="unconfirmed", reasons=("a sentence of the article may give it",))
        return SentenceCheck(outcome="supported", reasons=())
    outcome = confirm(verify(draft, evidence, before=before), evidence, entailment)
    return SentenceCheck(outcome=outcome.outcome, reasons=outcome.reasons, firm=outcome.firm)


def _evidence_sentence(article: Article, start: int, end: int, number: int) -> EvidenceSentence:
    if not 0 <= start < end <= len(article.text):
        raise UnusableInput(
            f"The span {start} to {end} does not lie in article {article.article_id}, which has {len(article.text)}"
            " characters. Give offsets of its current version."
        )
    return EvidenceSentence.of(article, Span(start, end), article.text, sid=f"s{number}")
