"""The parts of a briefing by their names: bottom line, timeline, unknowns, summary and where sources differ."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

import numpy as np

from rag.domain import BriefingPart, DraftSentence, Evidence, EvidenceSentence
from rag.services.briefings import salience
from rag.services.briefings.bottom_line import bottom_line
from rag.services.briefings.composing import NEEDS_BEFORE, Composer, SectionDraft, stems
from rag.services.briefings.corpus import BriefedArticle, event_date
from rag.services.briefings.parties import positions
from rag.verification.counts import tolls

_UNDATED = 0.8  # what a lead counts on a timeline that is there by the day of publication
_STATED = 0.5  # the same of one that hands on what somebody said
_SETTLED = 4  # times as many as are wanted are judged before they are chosen
_A_DAY = 2  # entries of a day
NOT_KNOWN = re.compile(
    r"\b(?:did|do(?:es)?|ha[sd]|have|was|were|is|would|could|can) ?n(?:o|['’])t "
    r"(?:immediately |yet |directly |publicly )*(?:respond|reply|return|comment|say|said|specify|elaborate|disclose|"
    r"give "
    r"(?:any )?(?:details|reasons?)|provide (?:any )?details|be (?:independently )?(?:verified|confirmed|reached)|"
    r"(?:immediately )?(?:available|clear|known|confirmed|verified|announced|disclosed|decided))\b"
    r"|\b(?:declined|refused) to (?:comment|say|discuss|elaborate|give (?:any )?(?:details|reasons?|figures?|names?))\b"
    r"|\b(?:is|are|was|were|remain(?:s|ed)?) (?:still |so far |not yet |yet |as yet )?"
    r"(?:unclear|unknown|unconfirmed|unverified)\b(?! (?:to|in|for|among|by)\b)"
    r"|\bremains? to be seen\b|\bno (?:immediate )?(?:comment|word|details|information|confirmation|explanation)\b"
    r"|\byet to (?:be )?(?:announced?|confirm(?:ed)?|decided?|disclosed?|respond|comment)\b"
    r"|\bcould not (?:immediately |independently )?be\b|\bnobody knows\b|\bno one knows\b",
    re.IGNORECASE,
)
_ONE_ARTICLE = 0.7  # one reporter repeats little: only what is nearly the same is left out
_LEANING = 0.7  # what such a sentence counts in a summary, where the one before it may stand too
_WORDS_OF_SENTENCE = 25
_LEAD_SENTENCES, _POSITIONS = 3, 5
_NUMBERS = re.compile(r"“[\d.,]+” or “[\d.,]+”")
_COMPARED, _ASKED_ABOUT = 400, 60  # sentences that are compared, and those of them that are asked about


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


def unknown(desk: Composer, most: int) -> SectionDraft:
    """What the articles themselves say is not known, and names of the topic that they do not have."""
    fresh = (item for read in desk.material.articles for item in desk.fresh(read))
    items = [item for item in fresh if item.sid in desk.unknown or NOT_KNOWN.search(item.text)]
    desk.bearing.settle(items[: _SETTLED * most])
    items = [item for item in items if desk.bearing.on_topic(item)]
    chosen = salience.choose(
        [item.text for item in items], [desk.worth.get(item.sid, 0.0) + 1e-9 for item in items], most=most
    )
    notes = (f"The articles do not mention “{name}”." for name in _absent(desk))
    return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in sorted(chosen)), notes=tuple(notes))


def _absent(desk: Composer) -> Iterable[str]:
    """Names and numbers of the topic that no article has, in its text or its title, under any name of a country."""
    named = [word.strip(".,;:?!") for word in (desk.topic or "").split() if word[:1].isupper() or word[:1].isdigit()]
    missing = {word: of_word for word in dict.fromkeys(named) if (of_word := stems(word))}
    for read in desk.material.articles:
        if not missing:
            return
        held = stems(f"{read.about.title} . {read.text}")
        missing = {word: wanted for word, wanted in missing.items() if not wanted & held}
    yield from missing


def summary(desk: Composer, most: int | None, words: int | None) -> SectionDraft:
    """The sentences of most weight in the order of the text. Of one article from its lead on; it does not open with
    a sentence that leans on one that is left out.
    """
    items = [item for read in desk.material.articles for item in read.telling]
    texts = [item.text for item in items]
    worth = np.array([desk.worth.get(item.sid, 0.0) for item in items])
    if len(desk.material.articles) > 1:
        chosen = salience.choose(texts, worth, most=most, words=words)
        return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in sorted(chosen)))
    size = words if words is not None else (most or 0) * _WORDS_OF_SENTENCE
    worth = salience.led(worth, share=size / max(1, sum(len(text.split()) for text in texts)))
    worth *= [_LEANING if NEEDS_BEFORE.match(text) else 1.0 for text in texts]
    while True:
        chosen = sorted(
            salience.choose(texts, worth, most=most, words=words, repeats=_ONE_ARTICLE, spread=0.0, nearest=True)
        )
        if len(chosen) < 2 or not chosen[0] or not NEEDS_BEFORE.match(texts[chosen[0]]):
            return SectionDraft(drafts=tuple(desk.draft(items[at]) for at in chosen))
        worth[chosen[0]] = 0.0


def overview(desk: Composer, compare: Compare | None) -> list[tuple[DraftSentence, Evidence]]:
    """What happened, who says what, and where sources differ, in this order, each sentence once and with the evidence
    that it was drafted from. Nothing is checked yet.
    """
    alone = len(desk.material.articles) == 1
    drafts = [
        *compose(desk, "summary" if alone else "bottom-line", most=_LEAD_SENTENCES).drafts,
        *compose(desk, "positions", most=_POSITIONS).drafts,
        *(desk.draft(side) for pair in differing_in(desk, compare)[:1] for side in pair.sides),
    ]
    once = {draft.text: draft for draft in reversed(drafts)}
    return [(draft, desk.material.evidence(draft.sids)) for draft in drafts if once.pop(draft.text, None)]


class Differing(Protocol):
    """Two sentences that contradict each other, and what about, for a reader."""

    @property
    def about(self) -> str:
        """What they differ on."""
        ...

    @property
    def sides(self) -> tuple[EvidenceSentence, EvidenceSentence]:
        """One sentence a side."""
        ...


# What contradicts one of the sentences given second, among all of the evidence.
Compare = Callable[[Evidence, Sequence[EvidenceSentence]], Sequence[Differing]]


def differing_in(desk: Composer, compare: Compare | None) -> list[Differing]:
    """Where sources contradict each other, as far as it can be put as a question; a count that was taken again later
    is no contradiction.
    """
    if compare is None or len(desk.material.articles) < 2:
        return []
    items = desk.ranked()[:_COMPARED]
    evidence = replace(desk.material.evidence(item.sid for item in items), sentences=tuple(items))
    return [
        one for one in compare(evidence, items[:_ASKED_ABOUT]) if _is_question(one.about) and not _counted_again(one)
    ]


def _is_question(about: str) -> bool:
    return about.startswith(("whether ", "how many ")) or " or " in about


def _counted_again(one: Differing) -> bool:
    """True for two numbers of different days: the newer one stands, and nobody differs."""
    a, b = one.sides
    if a.published == b.published or not (a.published and b.published):
        return False
    mine, its = tolls(a.text), tolls(b.text)
    counts = one.about.startswith("how many ") or bool(_NUMBERS.fullmatch(one.about))
    return counts or any(mine[what] != its[what] for what in mine.keys() & its.keys())
