"""Lists over the whole library: its outlets, the articles on a subject, who speaks on it, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

from rag.display import plural
from rag.domain import DraftSentence, Evidence, Filters, Statement
from rag.question.interpret import Interpretation
from rag.question.lexicon import PATTERNS
from rag.services.answers.base import is_named, report_of
from rag.services.answers.extractive import draft_of
from rag.services.answers.shapes.base import AnswerDraft, Toolkit, answer_over, no_answer
from rag.services.answers.shapes.mentions import (
    first_mentions,
    nearest_mentions,
    statements_about,
    subject_of,
    terms_of,
)
from rag.services.answers.shapes.overview import full_text
from rag.services.answers.shapes.recap import cited_articles
from rag.text.terms import joint_speakers, words

MOST_LISTED = 20  # articles, speakers or statements
_MOST_STATEMENTS = 500  # that are looked through for speakers
_PUBLICATION_LAG = timedelta(days=7)


def listing(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """A list of articles or outlets, of statements or quotations, or of speakers."""
    match reading.shape.items:
        case "outlets":
            return _outlets(tools)
        case "articles":
            return _articles(reading, tools)
        case "statements" | "quotations":
            return _statements(reading, tools)
        case _:
            return _speakers(reading, tools)


def _articles(reading: Interpretation, tools: Toolkit) -> AnswerDraft:
    """How many articles mention the subject, or exist at all, and the newest of them, each by its first mention."""
    subject = subject_of(reading)
    if not terms_of(subject):
        total = tools.library.articles.count(reading.filters)
        evidence = full_text(tools, tools.library.articles.page(reading.filters, limit=MOST_LISTED))
        narrowed = " that fit" if reading.filters else ""
        note = f"The library holds {plural(total, 'article')}{narrowed}.{_rest(total)}"
        subject = ""
    else:
        subject, mentions = nearest_mentions(subject, tools, reading.filters)
        total = len(mentions.hits)
        evidence = tools.retriever.evidence(mentions.hits[:MOST_LISTED])
        if not total:
            return no_answer(evidence, f"No article mentions “{subject}”.")
        copies = f", not counting {plural(mentions.copies, 'wire copy', 'wire copies')}" if mentions.copies else ""
        verb = "mentions" if total == 1 else "mention"
        note = f"{plural(total, 'article')} {verb} “{subject}”{copies}.{_rest(total)}"
    drafts = [report_of(item, remark=item.title) for item in first_mentions(subject, evidence)]
    return answer_over(evidence, drafts, (note,))


def _outlets(tools: Toolkit) -> AnswerDraft:
    """The outlets of the articles with their number, each with the headline and opening of its newest article."""
    articles = tools.library.articles
    counts = articles.outlets()
    newest = [item for name, _ in counts[:MOST_LISTED] for item in articles.page(Filters(outlet=name), limit=1)]
    evidence = full_text(tools, newest)
    if not counts:
        return no_answer(evidence, "No article names its outlet.")
    names = ", ".join(f"{name} ({count})" for name, count in counts[:MOST_LISTED])
    rest = f" The {MOST_LISTED} with most articles are listed." if len(counts) > MOST_LISTED else ""
    note = f"{plural(len(counts), 'outlet')} in the library: {names}.{rest}"
    drafts = [report_of(item, remark=item.title) for item in first_mentions("", evidence)]
    return answer_over(evidence, drafts, (note,))


def _speakers(reading: Interpretation, tools: Toolkit) -> AnswerDraft:
    """Who has spoken on the subject, or besides those who are named in the articles of the last answer, else in any,
    each by the newest statement.
    """
    subject, where = subject_of(reading), ""
    if terms_of(subject):
        evidence, pairs = statements_about(tools, subject, reading.filters)
        newest = by_speaker((item for item, _ in pairs), reading.shape.besides)
    elif reading.shape.besides:
        find = tools.library.statements.find
        scopes = [replace(reading.filters, article=item.article_id) for item in cited_articles(reading, tools)]
        near = [item for filters in scopes for item in find(filters)]
        newest = _others(reading, sorted(near, key=attrgetter("sort_day"), reverse=True))
        where = " in the articles of the last answer" if newest else ""
        newest = newest or _others(reading, find(reading.filters, limit=_MOST_STATEMENTS))
        evidence = tools.retriever.evidence((), [item for _, item in newest[:MOST_LISTED]])
    else:
        newest = by_speaker(tools.library.statements.find(reading.filters, limit=_MOST_STATEMENTS), ())
        evidence = tools.retriever.evidence((), [item for _, item in newest[:MOST_LISTED]])
    scope = f" on “{subject}”" if terms_of(subject) else where
    is_narrowed = bool(reading.shape.besides) or " else " in f" {reading.text.casefold()} "
    if not newest:
        anybody = "anybody else" if is_narrowed else "anybody"
        return no_answer(evidence, f"The articles have no statement by {anybody}{scope}.")
    count = plural(len(newest), "other speaker" if is_narrowed else "speaker")
    verb = "has" if len(newest) == 1 else "have"
    note = f"{count} {verb} spoken{scope}.{_rest(len(newest))}"
    registry = tools.library.actor_register.registry()  # of two speakers of one sentence the known one is named
    listed = sorted(newest[:MOST_LISTED], key=lambda pair: registry.of(pair[0]) is not None)
    drafts = {one.text: one for one in (draft_of([item], evidence.sentences) for _, item in listed)}
    return answer_over(evidence, list(drafts.values()), (note,))


def _others(reading: Interpretation, statements: Iterable[Statement]) -> list[tuple[str, Statement]]:
    """Named speakers besides those of the question, each with the newest statement."""
    return [pair for pair in by_speaker(statements, reading.shape.besides) if is_named(pair[0])]


def _statements(reading: Interpretation, tools: Toolkit) -> AnswerDraft | None:
    """What was said on the subject, or by those whose quotations are asked for, newest first, within the days of the
    question by the day of the statement; of quotations only direct words. None without a subject, a speaker and a day,
    and if no statement has the words of the subject.
    """
    subject = subject_of(reading)
    filters = reading.scope.without_dates
    since, until = reading.filters.since, reading.filters.until
    said_in = None if reading.scope.is_dated else next(iter(reading.days), None)
    if said_in and said_in.since and said_in.until:  # no article is of that day, but what one reports may be
        since, until = said_in.since, said_in.until
        subject = subject.replace(PATTERNS.opening_preposition.sub("", said_in.span.of(reading.question.text)), " ")
    else:
        said_in = None
    subject = PATTERNS.opening_about.sub("", subject).strip()
    has_subject, is_dated = bool(terms_of(subject)), bool(said_in) or reading.scope.is_dated
    if is_dated:  # a statement is published on its day or in the week after
        filters = replace(filters, since=since, until=until + _PUBLICATION_LAG if until else None)
    evidence, party, find = Evidence(), reading.shape.party, tools.library.statements.find
    by_party = find(filters, actor=reading.actors) if party and reading.actors else []
    if has_subject:
        evidence, pairs = statements_about(tools, subject, filters)
        statements = [item for item, _ in pairs if not party or item in by_party]
    elif party or is_dated:
        statements = by_party if party else find(filters)
    else:
        return None
    if said_in and since and until:
        statements = [item for item in statements if item.said_on and since <= item.said_on <= until]
    elif is_dated:
        statements = [item for item in statements if (day := item.day) and reading.scope.is_within(day)]
    if reading.shape.items == "quotations":
        statements = [item for item in statements if item.kind != "indirect" and not item.stance]
    statements.sort(key=attrgetter("sort_day"), reverse=True)
    if not evidence.sentences:
        evidence = tools.retriever.evidence((), statements[:MOST_LISTED])
    drafts: dict[str, DraftSentence] = {}
    for item in statements:
        draft = draft_of([item], evidence.sentences)
        drafts.setdefault(draft.text, draft)
    noun = "quotation" if reading.shape.items == "quotations" else "statement"
    by = f" by {party}" if party else ""
    scope = f"{by} on “{subject}”" if has_subject else f"{by} of these days" if is_dated else by
    if not drafts:  # a longer subject may be spoken of in other words
        return None if has_subject and not said_in else no_answer(evidence, f"The articles hold no {noun}{scope}.")
    note = f"{plural(len(drafts), noun)}{scope}, newest first.{_rest(len(drafts))}"
    return answer_over(evidence, tuple(drafts.values())[:MOST_LISTED], (note,))


def by_speaker(statements: Iterable[Statement], left_out: Sequence[str]) -> list[tuple[str, Statement]]:
    """Each speaker by the fullest name, with the newest statement; without those who are left out."""
    groups: dict[str, tuple[str, Statement]] = {}
    for item in statements:
        if not item.speaker or is_one_of(item, left_out):
            continue
        for name in joint_speakers(item.speaker):
            key = words(name)[-1] if words(name) else name
            longest, newest = groups.get(key, (name, item))
            newest = max(newest, item, key=attrgetter("sort_day"))
            groups[key] = max(longest, name, key=len), newest
    return list(groups.values())


def is_one_of(item: Statement, names: Sequence[str]) -> bool:
    """True if a statement is by or for somebody with one of these names."""
    own = {word for name in (item.speaker, item.on_behalf_of) if name for word in words(name)[-1:]}
    return any(set(words(name)[-1:]) & own for name in names)


def _rest(total: int) -> str:
    return f" The newest {MOST_LISTED} are listed." if total > MOST_LISTED else ""
