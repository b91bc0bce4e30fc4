"""Runs the rules on a drafted sentence, in order, and finds the spans that it cites. Where the sentence and its sources
are in different languages, only quotations and speakers are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.domain import CheckOutcome, DraftSentence, Evidence, EvidenceSentence, Match, Span
from rag.text.canonical import canonical
from rag.text.grounding import folded_marks
from rag.text.language import detect_language, question_language
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.text.terms import content_words, words
from rag.verification.alignment import check_negation
from rag.verification.comparisons import check_comparisons
from rag.verification.contrasts import check_wording
from rag.verification.credits import credits_of
from rag.verification.days import check_days
from rag.verification.facts import check_facts
from rag.verification.quotations import LocatedQuotation, blank_quotations, locate_quotations, remove_quotations
from rag.verification.record import Key, Objection, Place, Record, Severity
from rag.verification.speakers import check_speakers
from rag.verification.support import check_accounts
from rag.verification.turns import check_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSpan:
    """A cited span with its words: neighbouring cited sentences of one version joined."""

    article_id: str
    version: str
    span: Span
    quote: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSentence:
    """A drafted sentence with the objections to it, the most severe first, and the spans that it cites. `sources` is
    empty where one of its ids does not exist, or no longer points to the same words.
    """

    draft: DraftSentence
    sources: tuple[CitedSpan, ...] = ()
    objections: tuple[Objection, ...] = ()

    @property
    def outcome(self) -> CheckOutcome:
        """`withheld` for a hard objection, `unconfirmed` for others, `supported` for none."""
        if any(item.severity == "hard" for item in self.objections):
            return "withheld"
        return "unconfirmed" if self.objections else "supported"

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons in a reader's words, each once: hard ones alone where there are any."""
        hard = [item.reason for item in self.objections if item.severity == "hard"]
        return tuple(dict.fromkeys(hard or [item.reason for item in self.objections]))

    @property
    def firm(self) -> bool:
        """True where something speaks against it that a judge of entailment does not take back."""
        return any(item.severity != "soft" for item in self.objections)

    @property
    def note(self) -> str | None:
        """The reasons in one line, None where there are none."""
        return "; ".join(self.reasons) or None


_SEVERITIES: tuple[Severity, ...] = ("hard", "firm", "soft")
_CREDIT_IN_FRONT = 60  # characters by which an attribution at the head of a sentence has ended
_RETELLING_SHARE = 0.4  # share of a sentence's content words that the quotation which it retells has
_FEWER_CREDIT_WORDS = 3  # words by which an attribution must be shorter to count as recast


def verify(draft: DraftSentence, evidence: Evidence, *, before: str | None = None) -> CheckedSentence:
    """Check one drafted sentence against the evidence that it was drafted from. `before` is the sentence shown right
    before it, in which the antecedent of a pronoun may stand.
    """
    known = {item.sid: item for item in evidence.sentences}
    if not draft.sids:
        return _without_source(draft, "it names no sentence of the articles as its source")
    if unknown := [sid for sid in draft.sids if sid not in known]:
        return _without_source(draft, f"it names a source that was not given ({unknown[0]})")
    cited = [known[sid] for sid in draft.sids]
    if not all(_matches_text(item, evidence.texts) for item in cited):
        return _without_source(draft, "its source is not where it should be")
    text = canonical(draft.text).replace("\n", " ")  # a sentence is one line, however it was wrapped
    spans = list(_join_neighbours(cited, evidence.texts))
    quoted, match, misquoted = locate_quotations(text, spans, evidence.texts)
    sources = tuple(
        CitedSpan(
            article_id=key[0],
            version=key[1],
            span=span,
            quote=span.of(evidence.texts[key]),
            match="typographic" if match.get((key, span)) == "typographic" else "exact",
        )
        for key, span in spans
    )
    record = Record(spans, cited, evidence.texts, evidence.statements, text=text, before=before or "")
    folded = folded_marks(text)
    if folded in record.cited_texts or any(folded == folded_marks(item.text) for item in cited):
        return CheckedSentence(draft=draft, sources=sources)  # the source's own words, whole
    if quoted and not misquoted and not any(char.isalnum() for char in remove_quotations(text, quoted)):
        return CheckedSentence(draft=draft, sources=sources)  # words of a source and nothing else: nothing is claimed
    if _in_another_language(text, record, quoted):
        objections = [*misquoted, *_check_other_language(text, record, quoted)]
    else:
        objections = [
            *misquoted,
            *check_speakers(text, record, quoted),
            *_check_against_sources(draft, text, record, quoted),
        ]
    return CheckedSentence(draft=draft, sources=sources, objections=tuple(sorted(objections, key=_severity_rank)))


def _severity_rank(item: Objection) -> int:
    return _SEVERITIES.index(item.severity)


def _without_source(draft: DraftSentence, reason: str) -> CheckedSentence:
    return CheckedSentence(draft=draft, objections=(Objection(reason, "hard"),))


def _matches_text(item: EvidenceSentence, texts: Mapping[Key, str]) -> bool:
    return texts.get((item.article_id, item.version), "")[item.start : item.end] == item.text


def _only_names_speaker(draft: DraftSentence, outside: str) -> bool:
    """True where only the statement's speaker stands outside the quotation marks."""
    speaker = draft.statement.speaker if draft.statement else None
    return set(words(outside)) <= set(words(speaker or ""))


def _check_against_sources(
    draft: DraftSentence, text: str, record: Record, quoted: Sequence[LocatedQuotation]
) -> Iterator[Objection]:
    """Objections to what the sentence says beside its quotations, which were compared letter by letter."""
    outside = folded_marks(blank_quotations(text, quoted))
    yield from check_facts(outside, record, names=_corrected_speaker(draft))
    if quoted and _only_names_speaker(draft, remove_quotations(text, quoted)):
        return  # pieces of quoted words may be of several sentences
    yield from check_negation(folded_marks(text), record.body)
    rest = check_days(folded_marks(text), record).rest
    yield from check_wording(rest, record.cited_texts, recast=_is_recast(outside, record), people=record.known_people)
    yield from check_turns(folded_marks(text), record)
    yield from check_comparisons(folded_marks(text), record)
    yield from check_accounts(outside, record)
    if not quoted and not content_words(outside):
        yield Objection("nothing that it says can be compared with its source")


def _is_recast(outside: str, record: Record) -> bool:
    """True if the sentence attributes its words in another form than its source does: the source quotes them, names no
    speaker, or names the speaker elsewhere or at greater length. Tenses may then shift."""
    credit = next(iter(credits_of(outside)), None)
    if credit is None:
        return False
    theirs = next(iter(credits_of(record.closest)), None)
    shorter = len(words(theirs.clause)) - len(words(credit.clause)) >= _FEWER_CREDIT_WORDS if theirs else False
    mine, its = words(credit.clause), words(theirs.clause) if theirs else []
    named = any(item.speaker and item.speaker in credit.clause for item in record.cited_statements)
    turned = named and mine != its and set(mine) <= set(its)
    return (
        turned
        or bool(quotations(record.closest))
        or _retells_quotation(outside, record)
        or theirs is None
        or (credit.end < _CREDIT_IN_FRONT) != (theirs.end < _CREDIT_IN_FRONT)
        or shorter
    )


def _retells_quotation(outside: str, record: Record) -> bool:
    """True if a sentence of the sources with quoted words has much of what the sentence tells."""
    terms = set(content_words(outside))
    return any(
        quotations(one) and len(terms & set(content_words(one))) >= _RETELLING_SHARE * len(terms)
        for one in (span.of(record.body) for span in sentences(record.body))
    )


def _corrected_speaker(draft: DraftSentence) -> str:
    """The speaker that a user corrected, else "": the article need not have that name."""
    item = draft.statement
    return item.speaker or "" if item and item.corrected else ""


def _join_neighbours(cited: Sequence[EvidenceSentence], texts: Mapping[Key, str]) -> Iterator[Place]:
    """The cited spans in the order of first mention, with neighbours (only white space between) joined."""
    merged: list[Place] = []
    for item in sorted(cited, key=lambda one: (one.article_id, one.version, one.start)):
        key = (item.article_id, item.version)
        if merged and merged[-1][0] == key and not texts[key][merged[-1][1].end : item.start].strip():
            merged[-1] = (key, Span(merged[-1][1].start, max(merged[-1][1].end, item.end)))
        else:
            merged.append((key, item.span))
    yield from sorted(merged, key=lambda place: next(n for n, item in enumerate(cited) if _lies_within(item, place)))


def _lies_within(item: EvidenceSentence, place: Place) -> bool:
    return (item.article_id, item.version) == place[0] and place[1].holds(item.span)


# -- sentences in another language than their sources


_MOST_SHARED_WORDS = 0.4  # share of the words of a sentence that an article in another language may have
_LANGUAGE_SAMPLE = 1500  # characters by which the language of an article is known


def _in_another_language(text: str, record: Record, quoted: Sequence[LocatedQuotation]) -> bool:
    """True if the sentence, quotations apart, is clearly in one language and its sources in another."""
    own_words = words(remove_quotations(text, quoted))
    held = set(words(record.full_text))
    if sum(word in held for word in own_words) > _MOST_SHARED_WORDS * len(own_words):
        return False  # a text of few words may be taken for another language
    own = question_language(remove_quotations(text, quoted))
    theirs = {_language_of(record.texts[key][:_LANGUAGE_SAMPLE]) for key, _ in record.spans}
    return own is not None and bool(theirs - {None}) and own not in theirs and None not in theirs


@lru_cache(maxsize=64)
def _language_of(text: str) -> str | None:
    return detect_language(text)


def _check_other_language(text: str, record: Record, quoted: Sequence[LocatedQuotation]) -> Iterator[Objection]:
    """Objections to a sentence whose words the rules cannot compare: always one doubt, and a hard one if it gives
    quoted words to another speaker of the articles.
    """
    yield Objection("it is in another language than its source, and rules compare words")
    around = set(words(remove_quotations(text, quoted)))
    if not quoted or not (named := around & record.speaker_names):
        return
    own = {part for item in record.cited_statements for part in words(item.speaker or "")}
    if own and not named & own:
        speaker = next(item.speaker for item in record.cited_statements if item.speaker)
        yield Objection(f"its source gives these words to {speaker}", "hard")
