"""Questions to suggest, made from the articles of the library."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from rag.display import BEFORE_TOPIC, FUNCTION_WORDS, with_article
from rag.domain import Actor, Answer, Article, ArticleSummary, Filters, Statement
from rag.errors import UnknownActor, UnknownArticle
from rag.newsroom import Newsroom

_LATEST = 12  # articles looked at, bounded whatever the size of the library
_MOST = 3
_MOST_CITED = 8  # articles looked at for follow-up questions
_MOST_HITS = 6
_SURELY_A_BODY = 2  # articles with a name of one word
_AFTER_NAME = (
    r"(?:[’']s?\b|[^\w\s-]|$"
    r"| (?:ha[ds]|have|is|was|are|were|will|would|can|could|said|says|told|tells|met|who|which|in|on|at|to|and|or)\b"
    r"| \()"
)  # not "the Fed chief"
_WORD = r"(?:[A-Z]\.){2,}|[^\W\d_][\w’'&-]*"
_LONGEST_TOPIC = 3  # words


def opening_questions(room: Newsroom) -> list[str]:
    """At most three questions that the latest articles answer."""
    return _questions_from(room, room.articles(limit=_LATEST))


def questions_about(room: Newsroom, article_ids: Sequence[str]) -> list[str]:
    """At most three questions that the last of these articles answer."""
    return _questions_from(
        room, [item for one in article_ids[-_LATEST:] for item in room.articles(Filters(article=one))]
    )


def _questions_from(room: Newsroom, articles: Sequence[ArticleSummary]) -> list[str]:
    """What actors said on something in the headline, each actor, topic and article once; then what they said at all;
    then what is reported.
    """
    outlets = {name.casefold() for name, _ in room.outlets()}
    on_topic: dict[str, str] = {}
    at_large: dict[str, str] = {}
    topics: set[str] = set()
    for item in articles:
        for actor, topic, question in _candidates(room, room.article(item.article_id), outlets):
            if actor.name not in on_topic and topic not in topics:
                (on_topic if topic else at_large).setdefault(actor.name, question)
                topics |= {topic} - {""}
                break
        if len(on_topic) == _MOST:
            break
    found = [*on_topic.values(), *(one for name, one in at_large.items() if name not in on_topic)]
    found += [f"What is reported on “{article.title}”?" for article in articles]
    return found[:_MOST]


def follow_ups(room: Newsroom, answer: Answer) -> list[str]:
    """At most three questions on actors that the answer does not show, from the cited (else the nearest) articles and
    those found by the question.
    """
    cited = [item.article_id for item in answer.citations if item.quote] or [one.article_id for one in answer.nearest]
    retrieved = [hit.article_id for hit in room.search(answer.rewritten or answer.question, k=_MOST_HITS)]
    shown = [item.statement for item in answer.sentences if item.statement]
    covered = [name.casefold() for item in shown for name in (item.speaker, item.on_behalf_of) if name]
    covered.append(answer.question.casefold())
    outlets = {name.casefold() for name, _ in room.outlets()}
    questions: dict[str, str] = {}
    for article_id in list(dict.fromkeys((*cited, *retrieved)))[:_MOST_CITED]:
        try:
            article = room.article(article_id)
        except UnknownArticle:
            continue
        for actor, _, question in _candidates(room, article, outlets):
            name = actor.name.casefold()
            if not any(name in one or one in name for one in (*covered, *questions)):
                questions.setdefault(name, question)
                break
        if len(questions) == _MOST:
            break
    return list(questions.values())


def _candidates(room: Newsroom, article: Article, outlets: Collection[str]) -> Iterator[tuple[Actor, str, str]]:
    """The actors who speak in an article, each with what the article's headline has of their words, or "", and a
    question; those with a topic first, then those with the most statements.
    """
    sayings: dict[str, list[Statement]] = {}
    actors: dict[str, Actor] = {}
    for item in room.statements(article=article.article_id):
        named = item.on_behalf_of if item.on_behalf_of and not item.on_behalf_of_inferred else None
        for name in () if item.stance else dict.fromkeys(filter(None, (item.speaker, named))):
            if (actor := _actor(room, name)) and _can_be_asked_about(room, actor, article, outlets):
                actors[actor.name] = actor
                sayings.setdefault(actor.name, []).append(item)
    found = []
    for name, items in sayings.items():
        topic = _topic(room, article, actors[name], items)
        found.append((not topic, -len(items), actors[name], topic))
    for _, _, actor, topic in sorted(found, key=lambda one: one[:2]):
        yield actor, topic, _question(actor, topic, article.text)


def _actor(room: Newsroom, name: str) -> Actor | None:
    try:
        return room.actor(name)
    except UnknownActor:
        return None


def _can_be_asked_about(room: Newsroom, actor: Actor, article: Article, outlets: Collection[str]) -> bool:
    """True for a person under a full name, a country, or a body that is no outlet and no office, whose name stands in
    running text: a headline's words look like a name too.
    """
    names = [name for name in (actor.name, *actor.aliases) if name.casefold() not in outlets]
    if actor.kind == "person":
        names = [name for name in names if " " in name and not FUNCTION_WORDS & {*name.lower().split()}]
    elif any(role.words.casefold() == actor.name.casefold() for one in room.actors(actor.name) for role in one.roles):
        return False
    elif (
        " " not in actor.name and not actor.name.isupper() and actor.kind == "body" and actor.articles < _SURELY_A_BODY
    ):
        return False  # "Ban", of Ban Ki-moon
    return any(_is_named(name, article) for name in names)


def _is_named(name: str, article: Article) -> bool:
    """True if an article has the name below its headline, and not only before another noun: "the House panel"."""
    text = article.text.removeprefix(article.title)
    return bool(re.search(rf"\b{re.escape(name)}{_AFTER_NAME}", text))


def _topic(room: Newsroom, article: Article, actor: Actor, items: Iterable[Statement]) -> str:
    """What the headline and an actor's words have in common: another actor, else the longest phrase of two or three
    words that begins behind a preposition or determiner; "" if there is nothing.
    """
    own = {word.casefold() for name in (actor.name, *actor.aliases) for word in re.findall(_WORD, name)}
    title = re.findall(_WORD, re.sub(r"[’']s\b", "", article.title))
    keys = [word.casefold().rstrip("s") for word in title]
    text = " ".join(item.text for item in items)
    words = re.findall(rf"{_WORD}|[^\w\s]", re.sub(r"[’']s\b", "", text))
    phrases: list[str] = []
    for at in range(len(words)):
        for length in range(_LONGEST_TOPIC, 0, -1):
            run = words[at : at + length]
            folded = [one.casefold().rstrip("s") for one in run]
            is_shared = any(keys[start : start + length] == folded for start in range(len(keys)))
            ends = {run[0].casefold(), run[-1].casefold()}
            if not is_shared or ends & FUNCTION_WORDS or own & {one.casefold() for one in run}:
                continue
            phrase = " ".join(run)
            if run[0][0].isupper() and (other := _actor(room, phrase)) and _is_named(phrase, article):
                return other.name
            is_led = at > 0 and words[at - 1].lower() in BEFORE_TOPIC and not run[0].endswith("ing")
            if length > 1 and is_led and _is_named(phrase, article):
                phrases.append(phrase)
            break
    return max(phrases, key=len, default="")


def _question(actor: Actor, topic: str, text: str) -> str:
    about = topic and f"{'on' if actor.kind == 'country' else 'about'} {_in_text(topic, text)}"
    name = actor.name if actor.kind == "person" else _in_text(actor.name, text)
    if actor.kind == "country":
        of = f"{name}’{'' if name.endswith('s') else 's'}"
        return f"What is {of} position {about}?" if topic else f"What is {of} stated position?"
    return f"What did {name} say{f' {about}' if topic else ''}?"


def _in_text(name: str, text: str) -> str:
    """A name or a phrase with the definite article, if it usually has one or the text mostly gives it one."""
    bare = re.sub(r"^[Tt]he ", "", name)
    phrase = with_article(bare)
    all_of_them, with_the = (
        len(re.findall(rf"\b{the}{re.escape(bare)}\b", text)) for the in ("", "(?:[Tt]he|[Aa]n?) ")
    )
    return f"the {bare}" if phrase == bare and 2 * with_the > all_of_them else phrase
