"""The parts of a briefing by their names: bottom line, timeline, unknowns, summary and where sources differ."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from rag.domain import BriefingPart, DraftSentence, Evidence, EvidenceSentence
from rag.knowledge.tables import pattern_of
from rag.services.briefings import salience
from rag.services.briefings.bottom_line import bottom_line
from rag.services.briefings.composing import Composer, SectionDraft, stems
from rag.services.briefings.corpus import BriefedArticle, event_date
from rag.services.briefings.parties import positions
from rag.text.leaning import leans
from rag.verification.conflicts import Disagreement
from rag.verification.counts import casualty_counts

_DATELESS_FACTOR = 0.8  # factor for a lead on the timeline that is dated by its publication alone
_STATEMENT_FACTOR = 0.5  # the same for one with a statement
_JUDGED_PER_CHOSEN = 4  # sentences that are judged, for each one to be chosen
_ENTRIES_PER_DAY = 2  # entries for one day
_HISTORY = timedelta(days=20 * 365)  # an event that is older than its article by more is history
NOT_KNOWN = pattern_of("answer_types", "not_known")
_ONE_ARTICLE_REPEATS = 0.7  # overlap from which on two sentences of one article, which repeats little, are the same
_DEPENDENT_FACTOR = 0.7  # factor for a sentence that needs the one before it, in the summary of one article
_WORDS_OF_SENTENCE = 25
_LEAD_SENTENCES, _POSITIONS = 3, 5
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
    basis = _count(len(articles_read) + copies, "article")
    if outlets:
        basis += f" from {_count(len(outlets), 'outlet')}"
    basis += f", {copies} of them reprints" if copies > 1 else ", one of them a reprint" if copies else ""
    notes = []
    if unread := composer.corpus.left_out:
        notes.append(f"{_count(unread, 'more article')} on the subject {_were(unread)} not read.")
    if foreign := composer.corpus.foreign:
        notes.append(f"{_count(foreign, 'article')} {_were(foreign)} set aside as about something else.")
    return SectionDraft(notes=(f"{basis}.", *notes))


def _count(number: int, name: str) -> str:
    return f"1 {name}" if number == 1 else f"{number} {name}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def timeline(composer: Composer, most: int) -> SectionDraft:
    """By day, sentences that name a day, and openings of articles under their day of publication; at most two for a
    day, and no quotations, which are not events.
    """
    candidates: list[tuple[EvidenceSentence, date, float]] = []
    for article in composer.corpus.articles:
        if not composer.topic_relevance.is_near(article.about.article_id):
            continue
        unused_sentences = {
            item.sid for item in composer.unused_sentences(article) if composer.draft(item).kind != "quoted"
        }
        for at, item in enumerate(article.usable_sentences):
            if item.sid not in unused_sentences or article.leans(item):
                continue
            day = event_date(item)
            if day and item.published and item.published - day > _HISTORY:
                continue
            if day:
                candidates.append((item, day, composer.worth.get(item.sid, 0.0)))
            elif at == 0 and article.about.published:
                factor = _DATELESS_FACTOR if composer.draft(item).kind == "reported" else _STATEMENT_FACTOR
                candidates.append((item, article.about.published, factor * composer.worth.get(item.sid, 0.0)))
    candidates.sort(key=lambda one: -one[2])
    composer.topic_relevance.judge_sentences(item for item, _, _ in candidates[: _JUDGED_PER_CHOSEN * most])
    candidates = [one for one in candidates if composer.topic_relevance.on_topic(one[0])]
    entries_on: Counter[date] = Counter()
    selection: list[tuple[EvidenceSentence, date, float]] = []
    for at in salience.choose([one[0].text for one in candidates], [one[2] for one in candidates]):
        if len(selection) < most and entries_on[candidates[at][1]] < _ENTRIES_PER_DAY:
            entries_on[candidates[at][1]] += 1
            selection.append(candidates[at])
    entries = sorted(
        selection, key=lambda one: (one[1], one[0].published or date.min, (one[0].article_id, one[0].start))
    )
    undated = sum(not article.about.published for article in composer.corpus.articles)
    notes = (_undated_note(undated),) if undated else ()
    return SectionDraft(
        drafts=tuple(composer.draft(item) for item, _, _ in entries),
        days=tuple(day for _, day, _ in entries),
        notes=notes,
    )


def _undated_note(count: int) -> str:
    return "1 article without a date is not on it." if count == 1 else f"{count} articles without a date are not on it."


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
    items = [item for article in composer.corpus.articles for item in article.usable_sentences]
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


def overview(composer: Composer, compare: Compare | None) -> list[tuple[DraftSentence, Evidence]]:
    """Drafts of what happened, who says what, and where sources differ, in this order, each sentence once and with the
    evidence for it. Nothing is checked yet.
    """
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
    """Contradictions between sources that can be put as a question; a later count is not a contradiction."""
    if compare is None or len(composer.corpus.articles) < 2:
        return []
    items = composer.ranked_sentences()[:_MOST_EVIDENCE]
    evidence = replace(composer.corpus.evidence(item.sid for item in items), sentences=tuple(items))
    return [
        one for one in compare(evidence, items[:_MOST_COMPARED]) if _is_question(one.about) and not _is_recount(one)
    ]


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
