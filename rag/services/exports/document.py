"""An answer or a briefing as lines, with everything that its reader needs to check it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from rag.display import day, plural
from rag.domain import (
    Answer,
    AnswerSentence,
    Briefing,
    BriefingSource,
    Citation,
    Conflict,
    DraftSentence,
    Filters,
    Span,
    Withheld,
    answer_text,
    citation_marks,
)
from rag.services.exports import lines as form
from rag.services.exports.claims import (
    BY_HAND,
    INFERRED,
    Texts,
    date_is_cited,
    date_resolves,
    field,
    has_quotation,
    occurs_in,
    why_unsupported,
)
from rag.services.exports.lines import Line, plain, web_address
from rag.verification.gaps import gap_in
from rag.verification.quotations import without_speaker, wording

EXCERPTS = {"excerpt": form.EXCERPT, "other": form.OTHER_WORDS}
_ABOUT = (
    "Each quotation is the characters given, counted from 0, of that version of its article. A sentence without the"
    " mark “in other words” is in the words of its sources. The command `onrecord verify` checks this file again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is exported: the value without the sentences that no longer pass, and its lines but digest and seal."""

    value: Answer | Briefing
    texts: Texts
    lines: tuple[Line, ...]

    @property
    def cited(self) -> tuple[tuple[str, str], ...]:
        """(article id, version) of every cited text, in the order of first citation."""
        return tuple(dict.fromkeys((item.article_id, item.version) for item in self.value.citations))


def document(value: Answer | Briefing, texts: Texts) -> Document:
    """The lines of a value. A sentence that does not pass its check (any more) goes to those withheld.

    `texts` has the canonical text of every cited version. Citations that no sentence needs stay in the list.
    """
    checked = _checked(value, texts)
    return Document(value=checked, texts=texts, lines=as_lines(checked, texts))


def as_lines(value: Answer | Briefing, texts: Texts) -> tuple[Line, ...]:
    """The lines of a value as it is, nothing checked. Texts that are missing bear nothing out."""
    return tuple(_all(value, texts))


def sources_of(value: Answer | Briefing) -> tuple[BriefingSource, ...]:
    """The articles that it rests on: those that a briefing lists, and those that are cited."""
    listed = list(value.sources) if isinstance(value, Briefing) else []
    known = {(item.article_id, item.version) for item in listed}
    for item in value.citations:
        if (key := (item.article_id, item.version)) not in known:
            known.add(key)
            listed.append(
                BriefingSource(
                    article_id=item.article_id,
                    version=item.version,
                    title=item.title,
                    outlet=item.outlet,
                    byline=None,
                    published=item.published,
                    url=item.url,
                )
            )
    return tuple(listed)


def facts(outlet: str | None, published: date | None) -> str:
    """Day and outlet of an article, as one line."""
    return f"{day(published)} · {plain(outlet or '') or 'no outlet'}"


# -- checking once more


def _checked(value: Answer | Briefing, texts: Texts) -> Answer | Briefing:
    cited = {item.n: item for item in value.citations}
    withheld = list(value.withheld)

    def keep(items: Sequence[AnswerSentence]) -> tuple[AnswerSentence, ...]:
        kept = []
        for item in items:
            checked, reason = _again(item, [cited[n] for n in item.citations if n in cited], texts)
            if not reason:
                kept.append(checked)
            elif not any(gone.text == item.text for gone in withheld):
                withheld.append(Withheld(text=item.text, reason=reason))
        return tuple(kept)

    if isinstance(value, Answer):
        kept = keep(value.sentences)
        return replace(value, sentences=kept, withheld=tuple(withheld), answer=answer_text(kept), abstained=not kept)
    sections = tuple(replace(item, sentences=keep(item.sentences)) for item in value.sections)
    timeline = tuple(replace(item, sentence=one) for item in value.timeline for one in keep([item.sentence]))
    return replace(value, sections=sections, timeline=timeline, withheld=tuple(withheld))


def _again(item: AnswerSentence, cited: Sequence[Citation], texts: Texts) -> tuple[AnswerSentence, str]:
    """The sentence with whose words it has, and why it cannot be exported, if so."""
    if not item.citations and gap_in(DraftSentence(text=item.text, sids=())):
        return item, ""
    if not cited or len(cited) < len(item.citations):
        return item, "it names no sentence of the articles as its source"
    places = [(Span(one.start, one.end), texts[one.article_id, one.version]) for one in cited]
    shown = shown_text(item)
    whose = wording(shown, places)
    reason = ""
    if whose == "other":
        speaker, by_hand = speaker_of(item, [texts[one.article_id, one.version] for one in cited])
        reason = why_unsupported(shown, cited, texts, speaker, by_hand=by_hand)
    return replace(item, wording=whose), reason


def speaker_of(item: AnswerSentence, held: Sequence[str]) -> tuple[str | None, bool]:
    """The speaker of a sentence, and whether a user named them whom none of the texts does."""
    statement = item.statement
    if statement is None or not statement.speaker:
        return None, False
    return statement.speaker, statement.corrected and not occurs_in(statement.speaker, held)


def shown_text(item: AnswerSentence) -> str:
    """The words of a sentence without the speaker's name before them, which stands on the line above."""
    statement = item.statement if speech(item) not in ("reported", "summary") else None
    bare = without_speaker(item.text, statement.speaker) if statement else ""
    return plain(bare) or plain(item.text)


def speech(item: AnswerSentence) -> str:
    """The kind of speech: direct, mixed, indirect, reported or summary."""
    if item.kind in ("reported", "synthesis"):
        return "reported" if item.kind == "reported" else "summary"
    if item.statement and item.statement.kind == "mixed":
        return "mixed"
    return "direct" if item.kind == "quoted" else "indirect"


# -- lines


def _all(value: Answer | Briefing, texts: Texts) -> Iterator[Line]:
    body = Body({item.n: item for item in value.citations}, texts)
    yield from _head(value)
    yield from body.answer(value) if isinstance(value, Answer) else body.briefing(value)
    yield from _sources(value)
    yield from _citations(value.citations)
    if value.withheld:
        yield Line(2, form.WITHHELD, "heading")
        yield Line(0, "These did not pass their check and are no part of the text above.")
        for gone in value.withheld:
            yield Line(0, f"{form.GONE}“{plain(gone.text)}” Reason: {plain(gone.reason)}", "gone")
    yield Line(2, form.ABOUT, "heading")
    yield Line(0, _ABOUT)
    yield Line(0, f"onrecord export {form.FORM} · {'answer' if isinstance(value, Answer) else 'briefing'}", "form")


def _head(value: Answer | Briefing) -> Iterator[Line]:
    title = value.question if isinstance(value, Answer) else value.title
    yield Line(1, plain(title) or "Untitled", "title")
    if isinstance(value, Answer):
        yield Line(0, f"Answer · {field(plain(value.engine))} engine")
        if value.abstained:
            yield Line(0, value.headline)
    else:
        moment = f"made {value.made:%Y-%m-%d %H:%M} UTC" if value.made else None
        parts = ("Briefing", plain(value.template), f"{plain(value.engine)} engine", moment)
        yield Line(0, " · ".join(field(part) for part in parts if part))
        if about := _scope(value):
            yield Line(0, about)
        if not value.finished:
            yield Line(0, "It was stopped before the end; what stands is complete in itself.")
    if isinstance(value, Answer) and any(item.kind == "synthesis" for item in value.sentences):
        yield _note(f"The lead is written by {value.engine}, checked against the sources.")
    for notice in value.notices:
        yield _note(notice)


def _scope(value: Briefing) -> str:
    chosen: Filters = value.filters
    parts = (
        value.topic and f"on {value.topic}",
        value.articles and f"on {plural(len(value.articles), 'chosen article')}",
        chosen.outlet and f"outlet {chosen.outlet}",
        chosen.speaker and f"speaker {chosen.speaker}",
        chosen.language and f"language {chosen.language}",
        chosen.since and f"since {day(chosen.since)}",
        chosen.until and f"until {day(chosen.until)}",
        chosen.as_of and f"as known on {day(chosen.as_of)}",
    )
    shown = " · ".join(field(plain(part)) for part in parts if part)
    return shown[:1].upper() + shown[1:]


def _note(text: str) -> Line:
    return Line(0, f"{form.NOTE}{plain(text)}", "note")


class Body:
    """The sections of a document, with the fields of speaker lines as the texts bear them out."""

    def __init__(self, citations: dict[int, Citation], texts: Texts) -> None:
        self._cited = citations
        self._texts = texts

    def answer(self, value: Answer) -> Iterator[Line]:
        """The sentences of an answer, and where its sources differ."""
        if value.sentences or value.conflicts:
            yield Line(2, "Answer", "heading")
            yield from self._sentences(value.sentences, level=3)
            yield from self._conflicts(value.conflicts)

    def briefing(self, value: Briefing) -> Iterator[Line]:
        """The sections of a briefing; its list of sources follows them."""
        parts = {section.part for section in value.sections}
        if "timeline" not in parts and value.timeline:
            yield Line(2, "What happened", "heading")
            yield from self._timeline(value)
        for section in value.sections:
            held = [*section.sentences, *section.notes, *(value.timeline if section.part == "timeline" else ())]
            held += value.conflicts if section.part == "conflicts" else ()
            if not held or (section.part == "sources" and not section.sentences):
                continue  # the list of sources follows, with its own count
            name = plain(section.heading) or "Untitled"
            yield Line(2, f"{name} (section)" if name in form.PARTS else name, "heading")
            for note in section.notes:
                yield _note(note)
            if section.part == "timeline" and value.timeline:
                yield from self._timeline(value)
            placed = {item.sentence for item in value.timeline} if section.part == "timeline" else set()
            yield from self._sentences([item for item in section.sentences if item not in placed], level=3)
            if section.part == "conflicts":
                yield from self._conflicts(value.conflicts)
        if "conflicts" not in parts and value.conflicts:
            yield Line(2, "Where sources differ", "heading")
            yield from self._conflicts(value.conflicts)

    def _of(self, item: AnswerSentence) -> list[Citation]:
        return [self._cited[n] for n in item.citations if n in self._cited]

    def _timeline(self, value: Briefing) -> Iterator[Line]:
        for when, entries in groupby(value.timeline, key=lambda item: item.date):
            items = [item.sentence for item in entries]
            cited = [one for item in items for one in self._of(item)]
            inferred = "" if date_is_cited(when, cited, self._texts) else INFERRED
            yield Line(3, f"{day(when)}{inferred}", "day")
            yield from self._sentences(items, level=4)

    def _conflicts(self, items: Sequence[Conflict]) -> Iterator[Line]:
        for item in items:
            sides = " against ".join(citation_marks(side) for side in item.sides if side)
            yield Line(0, f"Sources differ: {sides} on {plain(item.about) or 'this'}", "differ", item=item)

    def _sentences(self, items: Sequence[AnswerSentence], *, level: int) -> Iterator[Line]:
        first = True
        for (head, role), group in groupby(items, key=lambda item: (self.head(item), _role(item))):
            if role != "summary" or not first:
                yield Line(level, head, role)
            first = False
            for item in group:
                if not item.citations:  # what the articles do not give rests on a search, not on a sentence
                    yield _note(item.text)
                else:
                    kind = speech(item)
                    yield Line(0, f"{shown_text(item)} {citation_marks(item.citations)}", "sentence", kind, item)
                    yield Line(0, self.foot(item), "foot", kind)
                if item.translation:
                    yield _note(f"{form.TRANSLATION}{item.translation}")
                if item.note:
                    doubt = "not confirmed: " if item.outcome == "unconfirmed" else ""
                    yield _note(f"{doubt}{item.note}")

    def head(self, item: AnswerSentence) -> str:
        """The line over a sentence: who speaks, or that nobody is quoted."""
        role, statement = _role(item), item.statement
        if role != "who" or statement is None:
            return {"summary": form.SUMMARY, "reported": form.REPORTED}.get(role, form.NOBODY)
        held = self._held(self._of(item))
        speaker, by_hand = speaker_of(item, held)
        parts = [f"{field(plain(speaker))}{BY_HAND if by_hand else ''}"]
        if statement.role and statement.role.casefold() not in (speaker or "").casefold():
            parts.append(self._borne(statement.role, held))
        if statement.on_behalf_of:
            shown = self._borne(statement.on_behalf_of, held)
            inferred = INFERRED if statement.on_behalf_of_inferred and not shown.endswith(INFERRED) else ""
            parts.append(f"for {shown}{inferred}")
        return " · ".join(parts)

    def foot(self, item: AnswerSentence) -> str:
        """The line under a sentence: to whom and when it was said, the kind of speech, whose words it has, and the
        outlets and days of what it cites.
        """
        statement, kind = item.statement, speech(item)
        cited = self._of(item)
        held = self._held(cited)
        parts = []
        if statement and kind not in ("reported", "summary"):
            if statement.venue:
                parts.append(f"to {self._borne(statement.venue, held)}")
            if statement.said_on:
                basis = f" (“{field(plain(statement.said_on_basis))}”)" if statement.said_on_basis else ""
                sure = date_resolves(statement.said_on, statement.said_on_basis, cited, held)
                parts.append(f"said {day(statement.said_on)}{basis}{'' if sure else INFERRED}")
            if statement.denied:
                parts.append("denial")
        quoted = kind not in ("direct", "mixed") or has_quotation(cited, self._texts)
        parts.append(kind if quoted else "indirect")
        if item.wording != "own":
            parts.append(EXCERPTS.get(item.wording or "other", form.OTHER_WORDS))
        parts.append(
            "; ".join(
                dict.fromkeys(f"{field(plain(one.outlet or '')) or 'no outlet'}, {day(one.published)}" for one in cited)
            )
        )
        return f"— {' · '.join(part for part in parts if part)}"

    def _borne(self, shown: str, held: Sequence[str]) -> str:
        name = field(plain(shown))
        return name if occurs_in(name, held) else f"{name}{INFERRED}"

    def _held(self, cited: Sequence[Citation]) -> list[str]:
        return [self._texts.get((item.article_id, item.version), "") for item in cited]


def _role(item: AnswerSentence) -> form.Role:
    """What the line over a sentence is."""
    kind = speech(item)
    if kind in ("summary", "reported"):
        return "summary" if kind == "summary" else "reported"
    return "who" if item.statement and item.statement.speaker else "nobody"


def _sources(value: Answer | Briefing) -> Iterator[Line]:
    listed = sources_of(value)
    if not listed:
        return
    yield Line(2, form.SOURCES, "heading")
    outlets = len({plain(item.outlet) for item in listed if item.outlet})
    total = f"{plural(len(listed), 'independent article')} of {plural(outlets, 'outlet')}"
    copies = sum(len(item.copies) for item in listed)
    folded = f"; {plural(copies, 'wire copy', 'wire copies')} folded under them" if copies else ""
    yield Line(0, f"{total}{folded}", "count")
    for item in listed:
        yield Line(3, plain(item.title) or "Untitled", "entry")
        yield Line(0, facts(item.outlet, item.published), "facts")
        if item.byline:
            yield Line(0, f"By {plain(item.byline)}", "byline")
        if item.copies:
            yield Line(0, f"Also carried by {' · '.join(field(plain(name)) for name in item.copies)}", "copies")
        yield Line(0, f"article {item.article_id} · version {item.version}", "place")
        if url := web_address(item.url):
            yield Line(0, url, "url")


def _citations(items: Sequence[Citation]) -> Iterator[Line]:
    if items:
        yield Line(2, form.CITATIONS, "heading")
    for item in items:
        yield Line(3, f"[{item.n}] {plain(item.title) or 'Untitled'}", "entry", item=item)
        yield Line(0, facts(item.outlet, item.published), "facts", item=item)
        yield Line(0, " ".join(item.quote.split()), "quote", item=item)
        match = " · typographic" if item.match == "typographic" else ""
        place = f"article {item.article_id} · version {item.version} · characters {item.start}–{item.end}{match}"
        yield Line(0, place, "place", item=item)
        if url := web_address(item.url):
            yield Line(0, url, "url", item=item)
