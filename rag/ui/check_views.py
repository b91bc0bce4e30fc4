"""Pure rendering of checked drafts: values in, escaped HTML out, without Streamlit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rag.display import FINDING_OUTCOMES, tally
from rag.domain import Citation, DraftCheck, DraftProgress, Finding, FindingOutcome
from rag.ui.markup import Markup, escape, html, joined
from rag.ui.views import citation_url, credit, link

_SIGNS: dict[FindingOutcome, str] = {
    "altered": "≠", "other_speaker": "≠", "contradicted": "≠", "not_found": "∅", "newer": "↻", "unconfirmed": "?",
    "as_said": "✓", "supported": "✓",
}  # fmt: skip
_LATEST = 8  # findings of a running check that are shown


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


def cards_html(check: DraftCheck, visible: Collection[int]) -> Markup:
    """A card for each finding with these numbers (from 0): outcome, reason, and the record's words with sources."""
    cards = (
        _card(number + 1, finding, [check.citations[n - 1] for n in finding.citations])
        for number, finding in enumerate(check.findings)
        if number in visible
    )
    return html('<ol class="findings">{}</ol>', joined(cards))


def latest_html(steps: Sequence[DraftProgress]) -> Markup:
    """What a running check has found so far: how much of it, and the cards of its latest findings, newest first."""
    findings = [step.finding for step in steps if step.finding]
    lines = [html("<p><b>{}</b>: {}</p>", number, outcomes) for number, outcomes in tally(findings)]
    latest = [step for step in reversed(steps) if step.finding][:_LATEST]
    cards = joined(_card(step.done, step.finding, step.citations) for step in latest if step.finding)
    return html('<div class="verdict">{}</div><ol class="findings">{}</ol>', joined(lines), cards)


def _card(number: int, finding: Finding, cited: Sequence[Citation]) -> Markup:
    card = (
        '<li id="finding-{n}" class="{state}" tabindex="-1"><p class="caps">{n} · {sign} {outcome}</p>'
        '<p class="words">{words}</p><p class="why">{why}</p>{sources}</li>'
    )
    words = f"“{finding.text}”" if finding.kind == "quotation" else finding.text
    return html(
        card, n=number, state=finding.state, sign=_SIGNS[finding.outcome], outcome=_name(finding), words=words,
        why=finding.why, sources=_sources(cited),
    )  # fmt: skip


def _name(finding: Finding) -> str:
    return FINDING_OUTCOMES[finding.outcome].capitalize()


def _sources(cited: Iterable[Citation]) -> Markup:
    row = "<blockquote><p>{}</p><footer>{}</footer></blockquote>"
    return joined(html(row, item.quote, link(citation_url(item), credit(item), new_tab=True)) for item in cited)
