"""Pure rendering of a conversation's answers: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rag.display import OUTLET_UNKNOWN, day, plural, truncate
from rag.domain import (
    COURTESY,
    UNCLEAR,
    UNREADABLE,
    Answer,
    AnswerSentence,
    AskEvent,
    Citation,
    Conflict,
    Filters,
    Finished,
    Hit,
    Phase,
    SentenceShown,
    SentenceWithheld,
    Span,
    Turn,
    Understood,
    Withheld,
)
from rag.newsroom import Newsroom
from rag.ui.markup import Markup, html, joined
from rag.ui.views import (
    Chips,
    attributed,
    compare_url,
    dispute_question,
    disputes_html,
    dotted,
    group_html,
    lead_html,
    link,
    outside_url,
    reported_html,
    scope_words,
)

_PHASES = {"searching": "Searching", "reading": "Reading", "writing": "Writing", "checking": "Checking"}
_MARKS = {
    "removed": "removed from the library, along with its words",
    "changed": "the cited words are no longer there",
    "corrected": "corrected or retracted by its outlet",
}
_MOST_NEAREST = 3
_QUESTION_STEMS = frozenset(
    "what when where which does have about said says tell posit state".split()
)  # not part of a topic
_LONGEST_NEAREST = 280  # characters
_MOST_NAMES = 3  # shown of those that one name in a question stands for


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerState:
    """The state of a stream of events; `answer` is set once it has finished."""

    phases: tuple[Phase, ...] = ()
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    answer: Answer | None = None


def progress(events: Iterable[AskEvent]) -> AnswerState:
    """Fold the events of a stream."""
    phases: list[Phase] = []
    sentences: list[AnswerSentence] = []
    citations: dict[int, Citation] = {}
    withheld: list[Withheld] = []
    answer = None
    for event in events:
        if isinstance(event, Phase):
            phases.append(event)
        elif isinstance(event, SentenceShown):
            sentences.append(event.sentence)
            citations |= {item.n: item for item in event.citations}
        elif isinstance(event, SentenceWithheld):
            withheld.append(event.withheld)
        elif isinstance(event, Finished):
            answer = event.answer
    return AnswerState(
        phases=tuple(phases),
        sentences=answer.sentences if answer else tuple(sentences),
        citations=answer.citations if answer else tuple(citations.values()),
        withheld=answer.withheld if answer else tuple(withheld),
        answer=answer,
    )


def progress_html(state: AnswerState, uid: str, *, waiting: bool = False) -> Markup:
    """An answer in progress: its phases, and the sentences that passed so far. `waiting` means that it is
    queued.
    """
    steps = [f"{_PHASES[item.name]}{f' {item.detail}' if item.detail else ''}" for item in state.phases]
    line = " · ".join(steps) or ("Waiting for another question to finish" if waiting else "Starting up")
    writer = next((item.detail for item in state.phases if item.name == "writing" and item.detail), None)
    has_lead = any(item.kind == "synthesis" for item in state.sentences)
    sentences_html = (
        answer_html(state.sentences, state.citations, uid, writer=writer if has_lead else None)
        if state.sentences
        else ""
    )
    return html('<p class="phase" role="status">{} …</p>{}', line, sentences_html)


# -- how a question was understood


def alike(readings: Iterable[Understood]) -> list[list[Understood]]:
    """The readings in order, those of an actor in the same words together: the names that one surname stands for. An
    actor called by a part of another one's words is left out: "Holm" beside "Ida Holm".
    """
    readings = list(readings)
    actors = [item for item in readings if item.kind == "actor"]
    groups: dict[tuple[object, ...], list[Understood]] = {}
    for item in readings:
        if item in actors and any(_is_part(item, other) for other in actors):
            continue
        own = None if item.kind == "actor" else item.value
        groups.setdefault((item.kind, item.applied, item.start, item.end, own), []).append(item)
    return list(groups.values())


def _is_part(item: Understood, other: Understood) -> bool:
    return other.start <= item.start and item.end <= other.end and len(item.text) < len(other.text)


def reading(items: Sequence[Understood]) -> str:
    """Readings of the same words in one line; of many names the first ones."""
    first = items[0].note
    others = [item.value for item in items[1:]]
    if not first or not others:
        return first
    rest = len(others) - (_MOST_NAMES - 1)
    if rest > 1:
        others[_MOST_NAMES - 1 :] = [f"{rest} more names"]
    return f"{', '.join((first, *others[:-1]))} and {others[-1]}"


# -- an answer in layers


def answer_html(
    sentences: Sequence[AnswerSentence],
    citations: Iterable[Citation],
    uid: str,
    *,
    writer: str | None = None,
) -> Markup:
    """The sentences in their order: the direct answer, the statements by speaker, and the outlets' own sentences, which
    are folded unless the answer opens with one, as an answer on an event does.
    """
    chips = Chips({item.n: item for item in citations}, uid)
    direct, by_speaker, outlets = _layers(sentences)
    blocks = [joined(_direct_html(direct, chips, writer))]
    is_report = bool(outlets) and outlets[0] is next((item for item in sentences if item.text), None)
    if is_report:
        blocks.append(group_html(outlets, chips))
    if by_speaker:
        head = html("<h3>On the record</h3>") if direct or is_report or len(by_speaker) > 1 else ""
        voices = joined(group_html(items, chips) for items in by_speaker)
        blocks.append(html('<section class="record">{}{}</section>', head, voices))
    if outlets and not is_report:
        body = html('<section class="outlet">{}</section>', reported_html(outlets, chips))
        also = '<details class="also"><summary>Also in the articles ({})</summary>{}</details>'
        blocks.append(html(also, len(outlets), body))
    return html('<div class="ans">{}</div>', joined(blocks))


def sequence_html(answer: Answer, sentences: Iterable[AnswerSentence], uid: str) -> Markup:
    """The sentences as they stand, under the days of a timeline or the questions of contradictions."""
    chips = Chips({item.n: item for item in answer.citations}, uid)
    blocks = []
    for note, group in groupby(sentences, key=lambda item: item.note if item.outcome == "supported" else None):
        title = note and dispute_question(note) if answer.kind == "conflicts" else note
        head = html("<h3>{}</h3>", title) if title else ""
        body = reported_html([replace(item, note=None) if note else item for item in group], chips)
        blocks.append(html('<section class="outlet">{}{}</section>', head, body))
    return html('<div class="ans">{}</div>', joined(blocks))


_Groups = list[list[AnswerSentence]]


def _layers(sentences: Sequence[AnswerSentence]) -> tuple[list[AnswerSentence], _Groups, list[AnswerSentence]]:
    """The direct answer, the statements by speaker, and the outlets' own sentences."""
    direct = [item for item in sentences if item.kind == "synthesis" and item.text]
    if not direct:
        direct = [item for item in sentences if item.answer_span and item.text][:1]
    rest = [item for item in sentences if item not in direct]
    outlets = [item for item in rest if item.speech == "reported" and item.text]
    groups: dict[object, list[AnswerSentence]] = {}
    for item in rest:
        if item not in outlets:
            key = item.statement.speaker if item.statement and item.statement.speaker else id(item)
            alike = groups.setdefault(key, [])
            if (item.text, item.citations) not in ((one.text, one.citations) for one in alike):
                alike.append(item)
    return direct, list(groups.values()), outlets


def _direct_html(items: Sequence[AnswerSentence], chips: Chips, writer: str | None) -> Iterator[Markup]:
    for kind, group in groupby(items, key=lambda item: item.kind):
        alike = list(group)
        body = lead_html(alike, chips, writer) if kind == "synthesis" else reported_html(alike, chips)
        yield html('<section class="direct">{}</section>', body)


# -- notes


def outcome_html(answer: Answer) -> Markup:
    """The status line of a finished answer: its number of articles, engine and time."""
    articles = len({item.article_id for item in answer.citations})
    about = f"{answer.engine} engine, {answer.elapsed_ms / 1000:.1f} s"
    if answer.kind == COURTESY:
        return html('<p class="outcome sr-only" role="status">{}</p>', answer.headline)
    if answer.abstained:  # `abstained_html` shows it
        return html('<p class="outcome sr-only" role="status">{}</p>', _why_abstained(answer).removesuffix("."))
    line = f"Answer from {plural(articles, 'article')}"
    return html('<p class="outcome" role="status" title="{}">{}</p>', about, line)


def abstained_html(answer: Answer, looked_in: str = "") -> Markup:
    """The notice that the articles do not answer, with the reasons and the scope that was searched."""
    if answer.kind == COURTESY:
        return html("<p>{}</p>", answer.headline)
    is_clear = answer.kind not in (UNREADABLE, UNCLEAR)
    lines = [*answer.notices, *([f"Looked in {looked_in}."] if looked_in and is_clear else ())]
    why = joined(html("<p>{}</p>", line) for line in lines)
    return html('<div class="abstained"><p><b>{}</b></p>{}</div>', _why_abstained(answer), why)


def _why_abstained(answer: Answer) -> str:
    is_gap = answer.ending == "complete" and answer.kind not in (UNREADABLE, UNCLEAR)
    return "Not in these articles." if is_gap else answer.headline


def nearest(hits: Iterable[Hit], question: str) -> list[tuple[Hit, str]]:
    """The nearest passages of up to three articles to an unanswered question, each with its sentence that shares the
    most words with it. Passages that share none are left out.
    """
    first: dict[str, tuple[Hit, str]] = {}
    question_stems = _stems(question) - _QUESTION_STEMS
    for hit in hits:
        sentences = re.split(r"(?<=[.!?”])\s+(?=[A-Z“‘])", hit.text.strip())
        best = max(sentences, key=lambda text: len(question_stems & _stems(text)))
        if question_stems & _stems(best):
            start = hit.text.index(best)
            whole = Newsroom.sentences_around(hit.text, Span(start, start + len(best)))
            first.setdefault(hit.article_id, (hit, whole.of(hit.text)))
    return list(first.values())[:_MOST_NEAREST]


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"\w{4,}", text.casefold())}


def nearest_html(hit: Hit, best: str) -> Markup:
    """A sentence with its article, outlet and day."""
    about = dotted((hit.title, hit.outlet, hit.published))
    return html('<div class="near"><p>{}</p><small>{}</small></div>', truncate(best, _LONGEST_NEAREST), about)


def conflicts_html(items: Sequence[Conflict], citations: Iterable[Citation] = (), uid: str = "") -> Markup:
    """The conflicts of the cited sources, with words, outlets and dates of all sides; empty if there are none."""
    conflicts = disputes_html(items, citations, f"{uid}-d")
    head = "Where sources differ" if len(items) > 1 else "Sources differ"
    return (
        html('<section class="differ" role="note"><h3>{}</h3>{}</section>', head, conflicts) if conflicts else Markup()
    )


def notices_html(answer: Answer) -> Markup:
    """The notices of an answer that no sentence has as its note; empty if `abstained_html` shows them. The first one of
    a list, its count, stands above it.
    """
    if answer.abstained:
        return Markup()
    notes = {item.note for item in answer.sentences}
    notices = answer.notices[1:] if answer.kind == "list" else answer.notices
    return joined(html('<p class="notice">{}</p>', notice) for notice in notices if notice not in notes)


def count_html(answer: Answer) -> Markup:
    """The count of a list, which answers by itself; empty for other answers."""
    if answer.kind != "list" or not answer.notices:
        return Markup()
    return html('<div class="ans count"><p class="plain">{}</p></div>', answer.notices[0])


def marks_html(turn: Turn) -> Markup:
    """How the cited articles have changed since the answer; empty if they have not."""
    cited = {item.n: item for item in turn.answer.citations} if turn.answer else {}
    rows = []
    for mark in turn.marks:
        item = cited[mark.n]
        name: object = dotted((item.title, item.outlet)) or "an article"
        if mark.kind != "removed":
            name = link(compare_url(item.article_id, item.version), name, new_tab=True)
        rows.append(html("<li>[{}] {}: {}</li>", mark.n, name, _MARKS[mark.kind]))
    if not rows:
        return Markup()
    head = "Sources of this answer have changed since it was given"
    return html('<div class="marks" role="note"><p><b>{}</b></p><ul>{}</ul></div>', head, joined(rows))


def question_html(text: str, filters: Filters) -> Markup:
    """A question as the heading of its answer, with its filters."""
    scope = scope_words(filters)
    pill = html('<p class="scope">asked of {}</p>', scope) if scope else ""
    return html('<h2 class="asked">{}</h2>{}', text, pill)


# -- its sources


def by_article(citations: Iterable[Citation]) -> list[list[Citation]]:
    """The citations with words, a list for each article version, in the order of their first numbers."""
    cards: dict[tuple[str, str], list[Citation]] = {}
    for item in citations:
        if item.quote:
            cards.setdefault((item.article_id, item.version), []).append(item)
    return list(cards.values())


def card_html(items: Sequence[Citation], uid: str) -> Markup:
    """The card of an article: its headline, which opens it, outlet and day."""
    first = items[0]
    ids = " ".join(f"{uid}-{item.n}" for item in items)
    under = dotted((first.outlet or OUTLET_UNKNOWN, first.published))
    card = (
        '<div class="source" data-cites="{}"><button type="button" class="title" data-source="{}-{}">{}</button>'
        "<small>{}</small></div>"
    )
    return html(card, ids, uid, first.n, first.title, under)


def drawer_spans(citation: Citation, sentences: Iterable[AnswerSentence]) -> tuple[list[Span], list[Span]]:
    """The spans in a cited article of the words that were said, and those of who said them."""
    exact: list[Span] = []
    who: list[Span] = []
    for sentence in sentences:
        item = sentence.statement
        if item is None or citation.n not in sentence.citations or item.article_id != citation.article_id:
            continue
        if item.version != citation.version:
            continue
        exact += [part.span for part in item.content]
        parts = (item.source, item.cue, item.speaker_basis, item.role_basis, item.on_behalf_of_basis)
        who += [part.span for part in parts if part]
    return exact, who


def legend_html(*, others: bool) -> Markup:
    """What the marks of an article mean, with those of other citations if there are any."""
    also = html(' <mark class="also">cited elsewhere in this answer</mark>') if others else ""
    marks = '<p class="legend"><mark class="hit">the words cited</mark> <mark class="who">who said it</mark>{}</p>'
    return html(marks, also)


# -- copied


def copy_html(parts: Iterable[tuple[str, Sequence[AnswerSentence]]], citations: Sequence[Citation], uid: str) -> Markup:
    """A button that copies headings with their sentences, each line with its source, then the sources."""
    chips = Chips({item.n: item for item in citations}, uid)
    lines = []
    for heading, sentences in parts:
        lines.append(html("<p><b>{}</b></p>", heading))
        lines += [html("<p>{}</p>", _line_to_copy(item, chips)) for item in sentences if item.text]
    lines += [_source_line(items[0]) for items in by_article(citations)]
    button = '<button type="button" class="act" data-copies="copy-{uid}">Copy</button>'
    return html(button + '<div class="copytext" id="copy-{uid}" hidden>{}</div>', joined(lines), uid=uid)


def _line_to_copy(item: AnswerSentence, chips: Chips) -> str:
    statement = item.statement if item.speech != "reported" else None
    prefix = f"{statement.speaker}: " if statement and statement.speaker else ""
    line = attributed(item.text.removeprefix(prefix), statement, chips.citation_of_words(item))
    return f"{line} [not confirmed: {item.note}]" if item.outcome == "unconfirmed" else line


def _source_line(item: Citation) -> Markup:
    url = outside_url(item.url)
    title = link(url, item.title) if url else item.title
    return html(
        "<p>Source: {}. {}</p>",
        title,
        ", ".join((item.outlet or OUTLET_UNKNOWN, *([day(item.published)] if item.published else ()))),
    )
