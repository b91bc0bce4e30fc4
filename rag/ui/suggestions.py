"""Questions to begin with, made from what the library holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from rag.domain import Answer, ArticleSummary, Filters, Statement
from rag.errors import UnknownArticle
from rag.newsroom import Newsroom

_LATEST = 12  # articles looked at: bounded whatever the library's size, and news is what is new
_MOST = 3
_MOST_CITED = 8  # articles looked at for what to ask next
_MOST_HITS = 6
_AFTER_NAME = (
    r"(?:[’']s?\b|[,.]| (?:ha[ds]|have|is|was|are|were|will|would|sa(?:id|ys)|met|in|and)\b)"  # not "the Fed chief"
)


def opening_questions(room: Newsroom) -> list[str]:
    """At most three questions that the latest articles answer."""
    return _questions_from(room, room.articles(limit=_LATEST))


def questions_about(room: Newsroom, article_ids: Sequence[str]) -> list[str]:
    """At most three questions that these articles answer, of many the last ones."""
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
    """About the party that speaks most, the person quoted most of another one, and the next party; what is short of
    three, as long as no statement has been read, is made up by the latest headlines. `outlets`, in lower case, are no
    parties; a party that `texts` put an article before keeps it.
    """
    spoken = [item for item in statements if item.speaker and not item.stance]
    speaking = [item.on_behalf_of for item in spoken if item.on_behalf_of and not item.on_behalf_of_inferred]
    counts = Counter(name for name in speaking if name.casefold() not in outlets)
    parties = [name for name, _ in counts.most_common(2)]
    suggestions = [_position_question(name, texts) for name in parties]
    people = Counter(
        item.speaker or "" for item in spoken if _is_name(item.speaker) and item.on_behalf_of not in parties[:1]
    )
    suggestions[1:1] = [_words_question(name) for name, _ in people.most_common(_MOST - len(suggestions))]
    suggestions += [f"What is reported on “{article.title}”?" for article in articles]
    return suggestions[:_MOST]


def _position_question(name: str, texts: str) -> str:
    """The question for a party's position; it keeps the article that the texts put before it."""
    bare = name.removeprefix("the ").removeprefix("The ")
    if bare.startswith("United ") or re.search(rf"\b[Tt]he {re.escape(bare)}{_AFTER_NAME}", texts):
        bare = f"the {bare}"
    return f"What is {bare}’{'' if bare.endswith('s') else 's'} stated position?"


def _words_question(name: str) -> str:
    return f"What did {f'the {name[4:]}' if name.startswith('The ') else name} say?"


def follow_ups(room: Newsroom, answer: Answer) -> list[str]:
    """At most three questions to ask next: of whom the articles that are cited, come nearest or are found by the
    question quote besides those whose words the answer has shown.
    """
    cited = [item.article_id for item in answer.citations if item.quote] or [one.article_id for one in answer.nearest]
    found = [hit.article_id for hit in room.search(answer.rewritten or answer.question, k=_MOST_HITS)]
    shown = [item.statement for item in answer.sentences if item.statement]
    known = {name.casefold() for item in shown for name in (item.speaker, item.on_behalf_of) if name}
    known.add(answer.question.casefold())
    known |= {name.casefold() for name, _ in room.outlets()}
    questions: dict[str, str] = {}
    for article_id in list(dict.fromkeys((*cited, *found)))[:_MOST_CITED]:
        if len(questions) >= _MOST:
            break
        try:
            statements, text = room.statements(article=article_id), room.article(article_id).text
        except UnknownArticle:
            continue
        for item in statements:
            for name, question in _questions_on(item, text):
                if not any(name.casefold() in one or one in name.casefold() for one in (*known, *questions)):
                    questions.setdefault(name.casefold(), question)
    return list(questions.values())[:_MOST]


def _questions_on(item: Statement, text: str) -> list[tuple[str, str]]:
    """Whom a statement lets one ask about, and the question."""
    asked = []
    if item.speaker and _is_name(item.speaker) and not item.stance:
        asked.append((item.speaker, _words_question(item.speaker)))
    if item.on_behalf_of and not item.on_behalf_of_inferred:
        asked.append((item.on_behalf_of, _position_question(item.on_behalf_of, text)))
    return asked


def _is_name(text: str | None) -> bool:
    """True for two or more words that each begin with a capital: a person rather than "the army"."""
    words = (text or "").split()
    return len(words) > 1 and all(word[0].isupper() for word in words)
