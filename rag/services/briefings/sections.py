"""The parts of a briefing by their names: bottom line, timeline, unknowns, summary and where sources differ."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import zip_longest

import numpy as np

from rag import display
from rag.display import plural
from rag.domain import BriefingPart, DraftSentence, Evidence, EvidenceSentence, OutlinePart
from rag.knowledge.words import WEEKDAY_PATTERN
from rag.services.briefings import salience
from rag.services.briefings.bottom_line import NOT_KNOWN, bottom_line
from rag.services.briefings.composing import Composer, SectionDraft, stems
from rag.services.briefings.corpus import BriefedArticle, event_date
from rag.services.briefings.disputes import find_disputes
from rag.services.briefings.parties import positions
from rag.text.leaning import leans
from rag.text.terms import content_words
from rag.verification.conflicts import Disagreement
from rag.verification.counts import casualty_counts

_DATELESS_FACTOR = 0.8  # factor for a lead on the timeline that is dated by its publication alone
_STATEMENT_FACTOR = 0.5  # the same for one with a statement
_JUDGED_PER_CHOSEN = 4  # sentences that are judged, for each one to be chosen
_ENTRIES_PER_DAY = 2  # entries for one day
_REPEATS_ON_OTHER_DAY = 0.8  # overlap from which on entries of different days are the same
_WEEKDAY = re.compile(rf"\b(?:{WEEKDAY_PATTERN})\b")
_HISTORY = timedelta(days=20 * 365)  # an event that is older than its article by more is history
_ONE_ARTICLE_REPEATS = 0.7  # overlap from which on two sentences of one article, which repeats little, are the same
_DEPENDENT_FACTOR = 0.7  # factor for a sentence that needs the one before it, in the summary of one article
_WORDS_OF_SENTENCE = 25
_LEAD_SENTENCES, _POSITIONS, _MOST_EVENTS, _MOST_CONTRADICTIONS = 3, 5, 10, 3  # of an outline
_NUMBERS = re.compile(r"“[\d.,]+” or “[\d.,]+”")
_MOST_EVIDENCE, _MOST_COMPARED = 400, 60  # sentences that are compared, and those of them that are asked about


def compose(
    composer: Composer, part: BriefingPart, *, most: int | None = None, words: int | None = None
) -> SectionDraft:
    """The drafts of one part, at most `most` sentences or about `words` words."""
    makers: dict[str, Callable[[], SectionDraft]] = {
        "summary": lambda: summary(composer, most, words),
        "bottom-line": lambda: bottom_line(composer, most, words),
        "outlets": lambda: _outlets(composer, most or 0),
        "timeline": lambda: timeline(composer, most or 0),
        "positions": lambda: positions(composer, most or 0),
        "unknown": lambda: unknown(composer, most or 0),
        "sources": lambda: _sources(composer),
    }
    return makers[part]() if part in makers else SectionDraft()


def _outlets(composer: Composer, most: int) -> SectionDraft:
    """The best sentences of each outlet, chosen in turn; grouped by outlet, the one with the most articles first."""
    groups: dict[str, list[BriefedArticle]] = defaultdict(list)
    for article in composer.corpus.articles:
        groups[article.about.outlet or ""].append(article)
    order = sorted(groups, key=lambda name: (-len(groups[name]), name))
    ranked_sentences = {
        name: composer.by_worth(item for article in groups[name] for item in composer.unused_sentences(article))
        for name in order
    }
    rounds = [(at, name) for name in order for at in range(min(most, len(ranked_sentences[name])))]
    rounds.sort(key=lambda one: (one[0], order.index(one[1])))
    items = [ranked_sentences[name][at] for at, name in rounds]
    selection = salience.choose([one.text for one in items], [1 / (1 + at) for at in range(len(items))], most=most)
    by_outlet = sorted(selection, key=lambda at: (order.index(rounds[at][1]), rounds[at][0]))
    return SectionDraft(drafts=tuple(composer.draft(items[at]) for at in by_outlet))


def _sources(composer: Composer) -> SectionDraft:
    """How many articles and outlets, and what was left out."""
    articles_read = composer.corpus.articles
    outlets = {name for article in articles_read for name in article.outlets}
    copies = sum(len(article.copies) for article in articles_read)
    basis = plural(len(articles_read) + copies, "article")
    if outlets:
        basis += f" from {plural(len(outlets), 'outlet')}"
    basis += f", {copies} of them reprints" if copies > 1 else ", one of them a reprint" if copies else ""
    notes = []
    if unreported := len(articles_read) - len(composer.corpus.reports):
        notes.append(f"{plural(unreported, 'article')} of opinion or letters {_were(unreported)} not taken as reports.")
    if unread := composer.corpus.left_out:
        notes.append(f"{plural(unread, 'more article')} on the subject {_were(unread)} not read.")
    if foreign := composer.corpus.foreign:
        notes.append(f"{plural(foreign, 'article')} {_were(foreign)} set aside as about something else.")
    return SectionDraft(notes=(f"{basis}.", *notes))


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def timeline(composer: Composer, most: int) -> SectionDraft:
    """By day, sentences that name a day, and openings of articles under their day of publication; at most two for a
    day, and no quotations, which are not events. What opens the briefing comes before all else. What undated articles
    tell follows without a day.
    """
    candidates = [one for article in composer.corpus.articles for one in _events(composer, article)]
    candidates.sort(key=lambda one: -one[2])
    composer.topic_relevance.judge_sentences(item for item, _, _ in candidates[: _JUDGED_PER_CHOSEN * most])
    candidates = [one for one in candidates if composer.topic_relevance.on_topic(one[0])]
    selection: list[tuple[EvidenceSentence, date]] = []
    undated: list[EvidenceSentence] = []
    entries: list[tuple[date | None, frozenset[str]]] = []  # the day and the words of each entry
    for item, day, worth in candidates:
        event_words = frozenset(content_words(item.text))
        if len(entries) == most or (day and sum(other == day for other, _ in entries) == _ENTRIES_PER_DAY):
            continue
        if worth > 0 and not any(_repeats(event_words, other, day == its) for its, other in entries):
            entries.append((day, event_words))
            if day:
                selection.append((item, day))
            else:
                undated.append(item)
    selection.sort(key=lambda one: (one[1], one[0].published or date.min, (one[0].article_id, one[0].start)))
    place = {article.about.article_id: at for at, article in enumerate(composer.corpus.articles)}
    undated.sort(key=lambda item: (place[item.article_id], item.start))
    count = sum(not article.about.published for article in composer.corpus.reports)
    return SectionDraft(
        drafts=tuple(composer.draft(item) for item in (*(item for item, _ in selection), *undated)),
        days=tuple(day for _, day in selection),
        notes=(_undated_note(count),) if count else (),
    )


def _repeats(words: frozenset[str], other: frozenset[str], same_day: bool) -> bool:
    """True if two entries tell the same; of different days only if they do so in nearly the same words."""
    return salience.overlap(words, other) >= (salience.REPEATS if same_day else _REPEATS_ON_OTHER_DAY)


def _events(composer: Composer, article: BriefedArticle) -> Iterator[tuple[EvidenceSentence, date | None, float]]:
    """What may stand on the timeline of an article near the topic, with its day, None if the article has none, and its
    worth there."""
    if not composer.topic_relevance.is_near(article.about.article_id):
        return
    top = max(composer.worth.values(), default=0.0)
    places = {item.sid: at for at, item in enumerate(article.usable_sentences)}
    for item in composer.topical_sentences(article):
        opens, leads_article = item.sid in composer.opening, item.sid in composer.leads
        draft = composer.draft(item)
        if draft.kind == "quoted" or article.leans(item) or (item.sid in composer.used_sids and not opens):
            continue
        if NOT_KNOWN.search(item.text):
            continue
        worth = composer.worth.get(item.sid, 0.0) + (top if opens and leads_article else 0.0)
        day = event_date(item)
        if day and item.published and item.published - day > _HISTORY:
            continue
        if day:
            yield item, day, worth
        elif places[item.sid] == 0:
            factor = _DATELESS_FACTOR if draft.kind == "reported" else _STATEMENT_FACTOR
            yield item, article.about.published, factor * worth
        elif not article.about.published and draft.kind == "reported" and (leads_article or _WEEKDAY.search(item.text)):
            yield item, None, _DATELESS_FACTOR * worth


def _undated_note(count: int) -> str:
    if count == 1:
        return "1 article has no date: what it tells stands last, without a day."
    return f"{count} articles have no date: what they tell stands last, without a day."


def unknown(composer: Composer, most: int) -> SectionDraft:
    """Sentences that say what is not known, and notes on names of the topic that no article has."""
    unused_sentences = (item for article in composer.corpus.articles for item in composer.unused_sentences(article))
    items = [item for item in unused_sentences if item.sid in composer.unknown or NOT_KNOWN.search(item.text)]
    composer.topic_relevance.judge_sentences(items[: _JUDGED_PER_CHOSEN * most])
    items = [item for item in items if composer.topic_relevance.on_topic(item)]
    selection = salience.choose(
        [item.text for item in items], [composer.worth.get(item.sid, 0.0) + 1e-9 for item in items], most=most
    )
    notes = (f"The articles do not mention “{name}”." for name in _missing_names(composer))
    return SectionDraft(drafts=tuple(composer.draft(items[at]) for at in sorted(selection)), notes=tuple(notes))


def _missing_names(composer: Composer) -> Iterable[str]:
    """Names and numbers of the topic that no article has in text or title; a country may have any of its names."""
    names = [
        word.strip(".,;:?!") for word in (composer.topic or "").split() if word[:1].isupper() or word[:1].isdigit()
    ]
    missing = {word: word_stems for word in dict.fromkeys(names) if (word_stems := stems(word))}
    for article in composer.corpus.articles:
        if not missing:
            return
        article_stems = stems(f"{article.about.title} . {article.text}")
        missing = {word: term_stems for word, term_stems in missing.items() if not term_stems & article_stems}
    yield from missing


def summary(composer: Composer, most: int | None, words: int | None) -> SectionDraft:
    """The sentences of greatest worth in the order of the text. The summary of a single article favours its lead and
    does not open with a sentence that needs the one before it.
    """
    items = [item for article in composer.corpus.reports for item in article.usable_sentences]
    texts = [item.text for item in items]
    worth = np.array([composer.worth.get(item.sid, 0.0) for item in items])
    if len(composer.corpus.articles) > 1:
        selection = salience.choose(texts, worth, most=most, words=words)
        return SectionDraft(drafts=tuple(composer.draft(items[at]) for at in sorted(selection)))
    size = words if words is not None else (most or 0) * _WORDS_OF_SENTENCE
    worth = salience.favour_lead(worth, share=size / max(1, sum(len(text.split()) for text in texts)))
    worth *= [_DEPENDENT_FACTOR if leans(text) else 1.0 for text in texts]
    while True:
        selection = sorted(
            salience.choose(
                texts, worth, most=most, words=words, repeats=_ONE_ARTICLE_REPEATS, spread=0.0, nearest=True
            )
        )
        if len(selection) < 2 or not selection[0] or not leans(texts[selection[0]]):
            return SectionDraft(drafts=tuple(composer.draft(items[at]) for at in selection))
        worth[selection[0]] = 0.0


def outline(
    composer: Composer, compare: Compare | None, part: OutlinePart | None
) -> list[tuple[DraftSentence, Evidence]]:
    """Drafts of what happened, who says what, and where sources differ, in this order, or of one part; each sentence
    once and with the evidence for it, an event with its day as a remark. Nothing is checked yet.
    """
    if part == "timeline":
        events = timeline(composer, _MOST_EVENTS)
        days = [display.day(day) for day in events.days]
        drafts = [replace(draft, remark=day) for draft, day in zip_longest(events.drafts, days)]
    elif part == "conflicts":
        pairs = find_contradictions(composer, compare)[:_MOST_CONTRADICTIONS]
        drafts = [replace(composer.draft(side), remark=pair.about) for pair in pairs for side in pair.sides]
    else:
        single = len(composer.corpus.articles) == 1
        drafts = [
            *compose(composer, "summary" if single else "bottom-line", most=_LEAD_SENTENCES).drafts,
            *compose(composer, "positions", most=_POSITIONS).drafts,
            *(composer.draft(side) for pair in find_contradictions(composer, compare)[:1] for side in pair.sides),
        ]
    first_by_text = {draft.text: draft for draft in reversed(drafts)}
    return [(draft, composer.corpus.evidence(draft.sids)) for draft in drafts if first_by_text.pop(draft.text, None)]


# Contradictions of the given sentences in the evidence.
Compare = Callable[[Evidence, Sequence[EvidenceSentence]], Sequence[Disagreement]]


def find_contradictions(composer: Composer, compare: Compare | None) -> list[Disagreement]:
    """Contradictions between sources that can be put as a question, and disputes of speakers on the topic. A later
    count is not a contradiction."""
    if compare is None:
        return []
    disputes: list[Disagreement] = [
        one
        for article in composer.corpus.reports
        for one in find_disputes(article)
        if any(composer.topic_relevance.statement_on_topic(side) for side in one.sides)
    ]
    if len(composer.corpus.articles) < 2:
        return disputes
    items = composer.ranked_sentences()[:_MOST_EVIDENCE]
    evidence = replace(composer.corpus.evidence(item.sid for item in items), sentences=tuple(items))
    disagreements = compare(evidence, items[:_MOST_COMPARED])
    contradictions = [one for one in disagreements if _is_question(one.about) and not _is_recount(one)]
    pairs = {frozenset(side.sid for side in one.sides) for one in contradictions}
    return contradictions + [one for one in disputes if frozenset(side.sid for side in one.sides) not in pairs]


def _is_question(about: str) -> bool:
    return about.startswith(("whether ", "how many ")) or " or " in about


def _is_recount(one: Disagreement) -> bool:
    """True for two counts of different days: the newer one replaces the older."""
    a, b = one.sides
    if a.published == b.published or not (a.published and b.published):
        return False
    first_tolls, second_tolls = casualty_counts(a.text), casualty_counts(b.text)
    counts = one.about.startswith("how many ") or bool(_NUMBERS.fullmatch(one.about))
    return counts or any(first_tolls[what] != second_tolls[what] for what in first_tolls.keys() & second_tolls.keys())
