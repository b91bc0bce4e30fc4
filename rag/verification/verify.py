"""Runs the rules on a drafted sentence, the claim, and finds the spans that it cites. Of a claim in another language
than its sources only quotations and speakers are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Span
from rag.text.canonical import canonical
from rag.text.grounding import folded_marks
from rag.text.language import detect_language, question_language
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.text.terms import content_words, words
from rag.verification.attributions import attributions_in
from rag.verification.comparisons import check_comparisons
from rag.verification.contrasts import check_contrasts
from rag.verification.dates import check_dates
from rag.verification.exchanges import check_exchanges
from rag.verification.facts import check_facts
from rag.verification.factuality import check_factuality
from rag.verification.outcomes import SEVERITIES, CheckedDraft, CitedSpan, Objection
from rag.verification.polarity import check_polarity
from rag.verification.premise import ArticleKey, Premise, SourceSpan, source_span
from rag.verification.quotations import LocatedQuotation, blank_quotations, locate_quotations, remove_quotations
from rag.verification.roles import check_roles
from rag.verification.speakers import check_speakers
from rag.verification.support import check_lexical_support

_INITIAL_ATTRIBUTION = 60  # characters by which an attribution at the head of a sentence has ended
_PARAPHRASE_SHARE = 0.4  # share of a claim's content words that a quotation has which it paraphrases
_FEWER_WORDS = 3  # words by which an attribution must be shorter to count as recast


def verify(draft: DraftSentence, evidence: Evidence, *, before: str | None = None) -> CheckedDraft:
    """Check one drafted sentence against the evidence that it was drafted from. `before` is the sentence shown right
    before it, in which the antecedent of a pronoun may stand.
    """
    by_sid = {item.sid: item for item in evidence.sentences}
    if not draft.sids:
        return _without_source(draft, "it names no sentence of the articles as its source")
    if unknown := [sid for sid in draft.sids if sid not in by_sid]:
        return _without_source(draft, f"it names a source that was not given ({unknown[0]})")
    cited = [by_sid[sid] for sid in draft.sids]
    if not all(_matches_text(item, evidence.texts) for item in cited):
        return _without_source(draft, "its source is not where it should be")
    text = canonical(draft.text).replace("\n", " ")  # a sentence is one line, however it was wrapped
    spans = _join_adjacent(cited, evidence.texts)
    quotes, matches, misquotations = locate_quotations(text, spans, evidence.texts)
    sources = tuple(
        CitedSpan(
            article_id=key[0],
            version=key[1],
            span=span,
            quote=span.of(evidence.texts[key]),
            match=matches.get((key, span), "exact"),
        )
        for key, span in spans
    )
    premise = Premise(spans, cited, evidence.texts, evidence.statements, claim=text, before=before or "")
    folded_text = folded_marks(text)
    if folded_text in premise.span_texts or any(folded_text == folded_marks(item.text) for item in cited):
        return CheckedDraft(draft=draft, sources=sources)  # the source's own words, whole
    if quotes and not misquotations and not any(char.isalnum() for char in remove_quotations(text, quotes)):
        return CheckedDraft(draft=draft, sources=sources)  # words of a source and nothing else: nothing is claimed
    if _is_in_another_language(text, premise, quotes):
        objections = [*misquotations, *_check_other_language(text, premise, quotes)]
    else:
        objections = [*misquotations, *check_speakers(text, premise, quotes)]
        if not _is_verbatim_behind_speaker(draft, text, cited):
            objections += _check_outside_quotations(draft, text, premise, quotes)
    objections.sort(key=lambda item: SEVERITIES.index(item.severity))
    return CheckedDraft(draft=draft, sources=sources, objections=tuple(objections))


def _is_verbatim_behind_speaker(draft: DraftSentence, text: str, cited: Sequence[EvidenceSentence]) -> bool:
    """True for a whole sentence of the sources behind the name of its speaker: what is left to check is the speaker."""
    speaker = draft.statement.speaker if draft.statement else None
    if not speaker or not text.startswith(f"{speaker}: "):
        return False
    rest = folded_marks(text.removeprefix(f"{speaker}: "))
    return any(rest == folded_marks(canonical(item.text).replace("\n", " ")) for item in cited)


def _without_source(draft: DraftSentence, reason: str) -> CheckedDraft:
    return CheckedDraft(draft=draft, objections=(Objection(reason, "hard"),))


def _matches_text(item: EvidenceSentence, texts: Mapping[ArticleKey, str]) -> bool:
    return texts.get((item.article_id, item.version), "")[item.start : item.end] == item.text


def _join_adjacent(cited: Sequence[EvidenceSentence], texts: Mapping[ArticleKey, str]) -> list[SourceSpan]:
    """The cited spans in the order of first mention, with adjacent ones (only white space between) joined."""
    spans: list[SourceSpan] = []
    for key, span in sorted(map(source_span, cited)):
        if spans and spans[-1][0] == key and not texts[key][spans[-1][1].end : span.start].strip():
            spans[-1] = (key, Span(spans[-1][1].start, max(spans[-1][1].end, span.end)))
        else:
            spans.append((key, span))
    mentions = [source_span(item) for item in cited]
    return sorted(
        spans,
        key=lambda span: next(n for n, (key, one) in enumerate(mentions) if key == span[0] and span[1].holds(one)),
    )


def _check_outside_quotations(
    draft: DraftSentence, text: str, premise: Premise, quotes: Sequence[LocatedQuotation]
) -> Iterator[Objection]:
    """Objections to what the claim says beside its quotations, which were compared letter by letter."""
    outside = folded_marks(blank_quotations(text, quotes))
    speaker = (draft.statement.speaker if draft.statement else None) or ""
    # The article need not have the name of a speaker whom a user corrected.
    yield from check_facts(outside, premise, names=speaker if draft.statement and draft.statement.corrected else "")
    if quotes and set(words(remove_quotations(text, quotes))) <= set(words(speaker)):
        return  # nothing but the speaker's name: pieces of quoted words may be of several sentences
    text = folded_marks(text)
    yield from check_polarity(text, premise.text)
    rest = check_dates(text, premise).rest
    yield from check_contrasts(
        rest, premise.span_texts, is_recast=_is_recast(outside, premise), people=premise.article_people
    )
    yield from check_exchanges(outside, premise.text)
    yield from check_roles(text, premise)
    yield from check_factuality(text, premise)
    yield from check_comparisons(text, premise)
    yield from check_lexical_support(outside, premise)
    if not quotes and not content_words(outside):
        yield Objection("nothing that it says can be compared with its source")


def _is_recast(outside: str, premise: Premise) -> bool:
    """True if the claim attributes its words in another form than its source does: the source quotes them, names no
    speaker, or names the speaker elsewhere, at greater length or in another order. Tenses may then shift."""
    mine, theirs = next(attributions_in(outside), None), next(attributions_in(premise.closest), None)
    if mine is None:
        return False
    if theirs is None or quotations(premise.closest) or _paraphrases_quotation(outside, premise):
        return True
    own, other = words(mine.clause), words(theirs.clause)
    names_speaker = any(item.speaker and item.speaker in mine.clause for item in premise.cited_statements)
    return (
        (names_speaker and own != other and set(own) <= set(other))
        or (mine.end < _INITIAL_ATTRIBUTION) != (theirs.end < _INITIAL_ATTRIBUTION)
        or len(other) - len(own) >= _FEWER_WORDS
    )


def _paraphrases_quotation(outside: str, premise: Premise) -> bool:
    """True if a sentence of the sources with quoted words has much of what the claim says."""
    terms = set(content_words(outside))
    candidates = (span.of(premise.text) for span in sentences(premise.text))
    return any(
        quotations(one) and len(terms & set(content_words(one))) >= _PARAPHRASE_SHARE * len(terms) for one in candidates
    )


# -- claims in another language than their sources


_MOST_SHARED_WORDS = 0.4  # share of the words of a claim that an article in another language may have
_LANGUAGE_SAMPLE = 1500  # characters by which the language of an article is known


def _is_in_another_language(text: str, premise: Premise, quotes: Sequence[LocatedQuotation]) -> bool:
    """True if the claim, quotations apart, is clearly in one language and its sources in another."""
    outside = remove_quotations(text, quotes)
    own_words, article_words = words(outside), set(words(premise.article_text))
    if sum(word in article_words for word in own_words) > _MOST_SHARED_WORDS * len(own_words):
        return False  # a text of few words may be taken for another language
    own = question_language(outside)
    theirs = {_language_of(premise.texts[key][:_LANGUAGE_SAMPLE]) for key, _ in premise.spans}
    return own is not None and own not in theirs and None not in theirs


@lru_cache(maxsize=64)
def _language_of(text: str) -> str | None:
    return detect_language(text)


def _check_other_language(text: str, premise: Premise, quotes: Sequence[LocatedQuotation]) -> Iterator[Objection]:
    """Objections to a claim whose words the rules cannot compare: always one doubt, and a hard one if it gives quoted
    words to another speaker of the articles.
    """
    yield Objection("it is in another language than its source, and rules compare words")
    names = set(words(remove_quotations(text, quotes))) & premise.speaker_names if quotes else set()
    own = {part for item in premise.cited_statements for part in words(item.speaker or "")}
    if own and names and not names & own:
        speaker = next(item.speaker for item in premise.cited_statements if item.speaker)
        yield Objection(f"its source gives these words to {speaker}", "hard")
