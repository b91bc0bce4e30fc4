"""The order of the rules, and the spans that a sentence cites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.domain import CheckOutcome, DraftSentence, Evidence, EvidenceSentence, Match, Span
from rag.text.canonical import canonical
from rag.text.grounding import folded_marks
from rag.text.terms import words
from rag.verification.contrasts import check_wording
from rag.verification.facts import check_facts, without_days
from rag.verification.negation import check_negation
from rag.verification.quotations import Key, Place, find_quoted, unquoted
from rag.verification.rejection import Objection, Refused, Severity
from rag.verification.speakers import check_speakers
from rag.verification.support import SUPPORT_FLOOR, support


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A cited span with its words: neighbouring cited sentences of one version joined."""

    article_id: str
    version: str
    span: Span
    quote: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the checks make of a drafted sentence: everything that speaks against it, what weighs most first, and the
    spans that it rests on. `sources` is empty where one of its ids, or the words behind one, do not exist.
    """

    draft: DraftSentence
    sources: tuple[Source, ...] = ()
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
    def note(self) -> str | None:
        """The reasons in one line, None where there are none."""
        return "; ".join(self.reasons) or None


def verify(draft: DraftSentence, evidence: Evidence, *, before: str | None = None) -> Checked:
    """Check one drafted sentence against the evidence that it was drafted from. `before` is the sentence shown right
    before it, in which the antecedent of a pronoun may stand.
    """
    try:
        return _checked(draft, evidence)
    except Refused as refused:
        return Checked(draft=draft, objections=(Objection(str(refused), "hard"),))


def _checked(draft: DraftSentence, evidence: Evidence) -> Checked:
    given = {item.sid: item for item in evidence.sentences}
    if not draft.sids:
        raise Refused("it names no sentence of the articles as its source")
    if unknown := [sid for sid in draft.sids if sid not in given]:
        raise Refused(f"it names a source that was not given ({unknown[0]})")
    text = canonical(draft.text).replace("\n", " ")  # a sentence is one line, however it was wrapped
    cited = [given[sid] for sid in draft.sids]
    spans = list(_joined(cited, evidence.texts))
    quoted, match = find_quoted(text, spans, evidence.texts)
    sources = tuple(
        Source(
            article_id=key[0],
            version=key[1],
            span=span,
            quote=span.of(evidence.texts[key]),
            match="typographic" if match.get((key, span)) == "typographic" else "exact",
        )
        for key, span in spans
    )
    folded, quotes = folded_marks(text), [folded_marks(source.quote) for source in sources]
    if folded in quotes or any(folded == folded_marks(item.text) for item in cited):
        return Checked(draft=draft, sources=sources)  # the source's own words, whole
    if quoted and not any(char.isalnum() for char in unquoted(text, quoted)):
        return Checked(
            draft=draft, sources=sources
        )  # words of a source and nothing else: nobody is credited, nothing is claimed
    only_credits = bool(quoted) and _only_credits(draft, unquoted(text, quoted))
    objections = [
        *_caught("hard", lambda: check_speakers(text, spans, quoted, evidence.statements, evidence.texts)),
        *_compare(draft, folded, cited, quotes, only_credits=only_credits),
    ]
    return Checked(draft=draft, sources=sources, objections=tuple(objections))


def _caught(severity: Severity, rule: Callable[[], None]) -> Iterator[Objection]:
    try:
        rule()
    except Refused as refused:
        yield Objection(str(refused), severity)


def _only_credits(draft: DraftSentence, outside: str) -> bool:
    """True where a statement's speaker stands outside the marks and nothing else: what is said is in the marks."""
    speaker = draft.statement.speaker if draft.statement else None
    return set(words(outside)) <= set(words(speaker or ""))


def _compare(
    draft: DraftSentence, text: str, cited: Sequence[EvidenceSentence], quotes: Sequence[str], *, only_credits: bool
) -> Iterator[Objection]:
    """What the sentence says against what its sources say; all texts with their typography folded."""
    body = "\n".join(quotes)
    about = " ".join(f"{item.title} {item.outlet or ''}" for item in cited)
    published = [item.published for item in cited if item.published]
    yield from _caught(
        "hard", lambda: check_facts(text, f"{body}\n{about}", published=published, named=_given_by_hand(draft))
    )
    if only_credits:
        return  # quoted words were found letter by letter; pieces of them may be of several sentences
    yield from _caught("soft", lambda: check_negation(text, body))
    yield from _caught("soft", lambda: check_wording(text, quotes))
    if support(without_days(text, published), f"{body}\n{about}") < SUPPORT_FLOOR:
        yield Objection("its source does not say as much")


def _given_by_hand(draft: DraftSentence) -> str:
    """The speaker that a user put in place of the article's; the article need not have that name."""
    item = draft.statement
    return item.speaker or "" if item and item.corrected else ""


def _joined(cited: Sequence[EvidenceSentence], texts: Mapping[Key, str]) -> Iterator[Place]:
    """The cited spans in the order of first mention, with neighbours (only white space between) joined."""
    merged: list[Place] = []
    for item in sorted(cited, key=lambda one: (one.article_id, one.version, one.start)):
        key = (item.article_id, item.version)
        if texts.get(key, "")[item.start : item.end] != item.text:
            raise Refused("its source is not where it should be")
        if merged and merged[-1][0] == key and not texts[key][merged[-1][1].end : item.start].strip():
            merged[-1] = (key, Span(merged[-1][1].start, max(merged[-1][1].end, item.end)))
        else:
            merged.append((key, item.span))
    yield from sorted(merged, key=lambda place: next(n for n, item in enumerate(cited) if _inside(item, place)))


def _inside(item: EvidenceSentence, place: Place) -> bool:
    return (item.article_id, item.version) == place[0] and place[1].holds(item.span)
