"""The timeline of a briefing: what happened, day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date

from rag.domain import EvidenceSentence
from rag.services.briefings import salience
from rag.services.briefings.composing import NEEDS_BEFORE, Composer, SectionDraft
from rag.services.briefings.events import event_date

_UNDATED = 0.8  # what a lead counts on a timeline that is there by the day of publication
_STATED = 0.5  # the same of one that hands on what somebody said
_SETTLED = 4  # times as many as are wanted are judged before they are chosen
_A_DAY = 2  # entries of a day


def timeline(desk: Composer, most: int) -> SectionDraft:
    """Sentences that name a day, and those that open an article on its day of publication, by
    day; of a day no more than two, and no quotations, which are no events.
    """
    candidates: list[tuple[EvidenceSentence, date, float]] = []
    for read in desk.material.articles:
        fresh = {item.sid for item in desk.fresh(read) if desk.draft(item).kind != "quoted"}
        for at, item in enumerate(read.telling):
            if item.sid not in fresh or NEEDS_BEFORE.match(item.text):
                continue
            if day := event_date(item):
                candidates.append((item, day, desk.worth.get(item.sid, 0.0)))
            elif at == 0 and read.about.published:
                counts = _UNDATED if desk.draft(item).kind == "reported" else _STATED
                candidates.append((item, read.about.published, counts * desk.worth.get(item.sid, 0.0)))
    candidates.sort(key=lambda one: -one[2])
    desk.bearing.settle(item for item, _, _ in candidates[: _SETTLED * most])
    candidates = [one for one in candidates if desk.bearing.on_topic(one[0])]
    a_day: Counter[date] = Counter()
    kept: list[tuple[EvidenceSentence, date, float]] = []
    for at in salience.choose([one[0].text for one in candidates], [one[2] for one in candidates]):
        if len(kept) < most and a_day[candidates[at][1]] < _A_DAY:
            a_day[candidates[at][1]] += 1
            kept.append(candidates[at])
    entries = sorted(kept, key=lambda one: (one[1], one[0].published or date.min, (one[0].article_id, one[0].start)))
    undated = sum(not read.about.published for read in desk.material.articles)
    notes = (_undated_note(undated),) if undated else ()
    return SectionDraft(
        drafts=tuple(desk.draft(item) for item, _, _ in entries),
        days=tuple(day for _, day, _ in entries),
        notes=notes,
    )


def _undated_note(count: int) -> str:
    return "1 article without a date is not on it." if count == 1 else f"{count} articles without a date are not on it."
