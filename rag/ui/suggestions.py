"""Questions to suggest, made from the articles of the library."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from rag.display import with_article
from rag.domain import Answer, ArticleSummary, Filters, Statement
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom

_LATEST = 12  # articles looked at, bounded whatever the size of the library
_MOST = 3
_MOST_CITED = 8  # articles looked at for follow-up questions
_MOST_HITS = 6
_AFTER_NAME = (
    r"(?:[’']s?\b|[,.]| (?:ha[ds]|have|is|was|are|were|will|would|sa(?:id|ys)|met|in|and)\b)"  # not "the Fed chief"
)


def opening_questions(room: Newsroom) -> list[str]:
    """At most three questions that the latest articles answer."""
    return _questions_from(room, room.articles(limit=_LATEST))


def questions_about(room: Newsroom, article_ids: Sequence[str]) -> list[str]:
    """At most three questions that the last of these articles answer."""
    return _questions_from(
        room, [item for one in article_ids[-_LATEST:] for item in room.articles(Filters(article=one))]
    )


def _questions_from(room: Newsroom, articles: Sequence[ArticleSummary]) -> list[str]:
    statements = [item for article in articles for item in room.statements(article=article.article_id)]
    texts = " ".join(room.article(article.article_id).text for article in articles)
    outlets = {name.casefold() for name, _ in room.outlets()}
    return questions(articles, statements, outlets=outlets, texts=texts)


def questions(
    articles: Sequence[ArticleSummary],
    statements: Sequence[Statement],
    *,
    outlets: Collection[str] = (),
    texts: str = "",
) -> list[str]:
    """Three questions: about the party of the most articles, the person of another party quoted in the most, and the
    second party, filled up with headlines. Where anybody is quoted in two articles, those of one are not asked about.
    `outlets`, in lower case, are not parties. A party has a definite article if `texts` have.
    """
    by_speaker = [item for item in statements if item.speaker and not item.stance]
    speaking = [item for item in by_speaker if item.on_behalf_of and not item.on_behalf_of_inferred]
    parties = _in_most_articles(
        (item.on_behalf_of or "", item.article_id)
        for item in speaking
        if (item.on_behalf_of or "").casefold() not in outlets
    )
    people = _in_most_articles(
        (item.speaker or "", item.article_id)
        for item in by_speaker
        if _is_name(item.speaker) and item.on_behalf_of not in [*parties][:1]
    )
    fewest = min(2, max([0, *parties.values(), *people.values()]))
    bodies = [name for name, articles in parties.items() if articles >= fewest][:2]
    suggestions = [_position_question(name, texts) for name in bodies]
    speakers = [name for name, articles in people.items() if articles >= fewest]
    suggestions[1:1] = [_words_question(name) for name in speakers[: _MOST - len(suggestions)]]
    suggestions += [f"What is reported on “{article.title}”?" for article in articles]
    return suggestions[:_MOST]


def _in_most_articles(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The names of pairs of a name and an article with their number of articles: the most first, of as many the one
    named most often.
    """
    counts = Counter(pairs)
    articles, mentions = Counter(name for name, _ in counts), Counter[str]()
    for (name, _), number in counts.items():
        mentions[name] += number
    order = sorted(articles, key=lambda name: (-articles[name], -mentions[name]))
    return {name: articles[name] for name in order}


def _position_question(name: str, texts: str) -> str:
    """The question for a party's position, with a definite article if the name or the texts have one."""
    bare = name.removeprefix("the ").removeprefix("The ")
    phrase = with_article(bare)
    mentions, with_the = (len(re.findall(rf"\b{the}{re.escape(bare)}\b", texts)) for the in ("", "[Tt]he "))
    is_usual = 2 * with_the > mentions  # "the House panel"
    if phrase == bare and (is_usual or re.search(rf"\b[Tt]he {re.escape(bare)}{_AFTER_NAME}", texts)):
        phrase = f"the {bare}"
    return f"What is {phrase}’{'' if bare.endswith('s') else 's'} stated position?"


def _words_question(name: str) -> str:
    return f"What did {with_article(f'the {name[4:]}' if name.startswith('The ') else name)} say?"


def follow_ups(room: Newsroom, answer: Answer) -> list[str]:
    """At most three questions on speakers and parties that the answer does not show, from the cited (else the nearest)
    articles and those found by the question.
    """
    cited = [item.article_id for item in answer.citations if item.quote] or [one.article_id for one in answer.nearest]
    retrieved = [hit.article_id for hit in room.search(answer.rewritten or answer.question, k=_MOST_HITS)]
    shown_statements = [item.statement for item in answer.sentences if item.statement]
    covered = {name.casefold() for item in shown_statements for name in (item.speaker, item.on_behalf_of) if name}
    covered.add(answer.question.casefold())
    covered |= {name.casefold() for name, _ in room.outlets()}
    questions: dict[str, str] = {}
    for article_id in list(dict.fromkeys((*cited, *retrieved)))[:_MOST_CITED]:
        if len(questions) >= _MOST:
            break
        try:
            statements, text = room.statements(article=article_id), room.article(article_id).text
        except UnknownArticle:
            continue
        for item in statements:
            for name, question in _questions_on(item, text):
                if not any(name.casefold() in one or one in name.casefold() for one in (*covered, *questions)):
                    questions.setdefault(name.casefold(), question)
    return list(questions.values())[:_MOST]


def _questions_on(item: Statement, text: str) -> list[tuple[str, str]]:
    """The speaker and the party of a statement, each with a question about them."""
    pairs = []
    if item.speaker and _is_name(item.speaker) and not item.stance:
        pairs.append((item.speaker, _words_question(item.speaker)))
    if item.on_behalf_of and not item.on_behalf_of_inferred:
        pairs.append((item.on_behalf_of, _position_question(item.on_behalf_of, text)))
    return pairs


def _is_name(text: str | None) -> bool:
    """True for two or more capitalized words: a person rather than "the army", or a line in capitals."""
    words = (text or "").split()
    return len(words) > 1 and all(word[0].isupper() for word in words) and not all(word.isupper() for word in words)
