"""Pure rendering of checked drafts: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rag.display import FINDING_OUTCOMES, differing_spans, tally
from rag.domain import Citation, DraftCheck, DraftProgress, Finding, FindingOutcome, Span
from rag.newsroom import Newsroom
from rag.ui.markup import Markup, escape, html, joined, marked
from rag.ui.statement_views import LONGEST_SENTENCE
from rag.ui.views import citation_url, credit, link

_SIGNS: dict[FindingOutcome, str] = {
    "altered": "≠", "other_speaker": "≠", "contradicted": "≠", "not_found": "∅", "newer": "↻", "unconfirmed": "?",
    "as_said": "✓", "supported": "✓",
}  # fmt: skip
_STATES = ("wrong", "open", "stands")
_WITHOUT_MARKS = ("order", "stitched")  # no word differs
_LATEST = 8  # findings of a running check that are shown

TextOf = Callable[[Citation], str]  # the text of its article version; empty if it was removed


def summary_html(check: DraftCheck) -> Markup:
    """How many quotations and claims there are, with their outcomes."""
    lines = [html("<p><b>{}</b>: {}</p>", number, outcomes) for number, outcomes in tally(check.findings)]
    if not lines:
        lines.append(html("<p>There is nothing to check in it.</p>"))
    return html('<div class="verdict" role="status">{}</div>', joined(lines))


def draft_html(text: str, check: DraftCheck, visible: Collection[int]) -> Markup:
    """The unchanged draft; the findings with these numbers (from 0) are marked and link to their cards."""
    parts: list[Markup] = []
    at = 0
    for number, finding in enumerate(check.findings):
        if number not in visible or finding.start < at:
            continue
        start, end = finding.start, finding.end
        if text[start - 1 : start] in ("“", '"', "‘") and text[end : end + 1] in ("”", '"', "’") and start > at:
            start, end = start - 1, end + 1  # the sign of the outcome stands behind the quotation marks
        mark = '<a class="found {}" href="#finding-{}" title="{}">{}<sup>{} {}</sup></a>'
        parts += [
            escape(text[at:start]),
            html(
                mark, finding.state, number + 1, _name(finding), text[start:end],
                _SIGNS[finding.outcome], number + 1,
            ),
        ]  # fmt: skip
        at = end
    parts.append(escape(text[at:]))
    return html('<div class="draft" tabindex="0" role="region" aria-label="The draft">{}</div>', joined(parts))


def cards_html(check: DraftCheck, visible: Collection[int], text_of: TextOf) -> Markup:
    """A card for each finding with these numbers (from 0), those that do not stand first: outcome, reason, and the
    record's sentences with sources.
    """
    order = sorted(visible, key=lambda number: (_STATES.index(check.findings[number].state), number))
    cards = (
        _card(at + 1, check.findings[at], [check.citations[n - 1] for n in check.findings[at].citations], text_of)
        for at in order
    )
    return html('<ol class="findings">{}</ol>', joined(cards))


def latest_html(steps: Sequence[DraftProgress], text_of: TextOf) -> Markup:
    """What a running check has found so far: how much of it, and the cards of its latest findings, newest first."""
    findings = [step.finding for step in steps if step.finding]
    lines = [html("<p><b>{}</b>: {}</p>", number, outcomes) for number, outcomes in tally(findings)]
    latest = [step for step in reversed(steps) if step.finding][:_LATEST]
    cards = joined(_card(step.done, step.finding, step.citations, text_of) for step in latest if step.finding)
    return html('<div class="verdict">{}</div><ol class="findings">{}</ol>', joined(lines), cards)


def _card(number: int, finding: Finding, cited: Sequence[Citation], text_of: TextOf) -> Markup:
    card = (
        '<li id="finding-{n}" class="{state}" tabindex="-1"><p class="caps">{n} · {sign} {outcome}</p>'
        '{side}<p class="words">{words}</p><p class="why">{why}</p>{sources}</li>'
    )
    is_altered = finding.outcome == "altered" and finding.alteration not in _WITHOUT_MARKS and len(cited) == 1
    changes = differing_spans(finding.text, cited[0].quote) if is_altered else []
    words = marked(finding.text, [(start, end, "mark") for (start, end), _ in changes])
    has_sides = cited and finding.state != "stands"
    return html(
        card, n=number, state=finding.state, sign=_SIGNS[finding.outcome], outcome=_name(finding),
        side=_side("Your draft") if has_sides else "",
        words=html("“{}”", words) if finding.kind == "quotation" else words, why=finding.why,
        sources=joined(
            (_side("The record") if has_sides else "", *(_source(item, text_of(item), changes) for item in cited))
        ),
    )  # fmt: skip


def _side(name: str) -> Markup:
    return html('<p class="side">{}</p>', name)


def _name(finding: Finding) -> str:
    return FINDING_OUTCOMES[finding.outcome].capitalize()


def _source(item: Citation, text: str, changes: Sequence[tuple[object, tuple[int, int]]]) -> Markup:
    """The sentence with the cited words marked, or of these only what the draft has changed, with its source."""
    around = Newsroom.sentences_around(text, Span(item.start, item.end))
    start, sentence = (around.start, around.of(text)) if text else (item.start, item.quote)
    if "\n" in sentence or len(sentence) > LONGEST_SENTENCE:
        start, sentence = item.start, item.quote
    at = item.start - start
    spans = [(at + first, at + last, "mark") for _, (first, last) in changes]
    if not changes and len(item.quote) < len(sentence):
        spans = [(at, at + len(item.quote), "mark")]
    row = "<blockquote><p>{}</p><footer>{}</footer></blockquote>"
    return html(row, marked(sentence, spans), link(citation_url(item), credit(item), new_tab=True))
