"""The parts of a briefing by their names, each composed of what was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from rag.domain import BriefingPart
from rag.services.briefings import salience
from rag.services.briefings.bottom_line import bottom_line
from rag.services.briefings.composing import Composer, SectionDraft
from rag.services.briefings.corpus import BriefedArticle
from rag.services.briefings.parties import positions
from rag.services.briefings.summarising import summary
from rag.services.briefings.timeline import timeline
from rag.services.briefings.unknowns import unknown


def compose(desk: Composer, part: BriefingPart, *, most: int | None = None, words: int | None = None) -> SectionDraft:
    """The drafts of one part, at most `most` sentences or about `words` words."""
    makers: dict[str, Callable[[], SectionDraft]] = {
        "summary": lambda: summary(desk, most, words),
        "bottom-line": lambda: bottom_line(desk, most, words),
        "outlets": lambda: _outlets(desk, most or 0),
        "timeline": lambda: timeline(desk, most or 0),
        "positions": lambda: positions(desk, most or 0),
        "unknown": lambda: unknown(desk, most or 0),
        "sources": lambda: _sources(desk),
    }
    return makers[part]() if part in makers else SectionDraft()


def _outlets(desk: Composer, most: int) -> SectionDraft:
    """Of each outlet in turn its best sentences; in the end grouped by outlet, the one with most articles first."""
    groups: dict[str, list[BriefedArticle]] = defaultdict(list)
    for read in desk.material.articles:
        groups[read.about.outlet or ""].append(read)
    order = sorted(groups, key=lambda name: (-len(groups[name]), name))
    ranked = {name: desk.in_order(item for read in groups[name] for item in desk.fresh(read)) for name in order}
    rounds = [(at, name) for name in order for at in range(min(most, len(ranked[name])))]
    rounds.sort(key=lambda one: (one[0], order.index(one[1])))
    items = [ranked[name][at] for at, name in rounds]
    chosen = salience.choose([one.text for one in items], [1 / (1 + at) for at in range(len(items))], most=most)
    by_outlet = sorted(chosen, key=lambda at: (order.index(rounds[at][1]), rounds[at][0]))
    return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in by_outlet))


def _sources(desk: Composer) -> SectionDraft:
    """How many articles and outlets, and what was left out."""
    reads = desk.material.articles
    outlets = {name for read in reads for name in read.outlets}
    copies = sum(len(read.copies) for read in reads)
    basis = _count(len(reads) + copies, "article")
    if outlets:
        basis += f" from {_count(len(outlets), 'outlet')}"
    basis += f", {copies} of them reprints" if copies > 1 else ", one of them a reprint" if copies else ""
    more = []
    if left := desk.material.left_out:
        more.append(f"{_count(left, 'more article')} on the subject {_were(left)} not read.")
    if foreign := desk.material.foreign:
        more.append(f"{_count(foreign, 'article')} {_were(foreign)} set aside as about something else.")
    return SectionDraft(notes=(f"{basis}.", *more))


def _count(number: int, name: str) -> str:
    return f"1 {name}" if number == 1 else f"{number} {name}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
