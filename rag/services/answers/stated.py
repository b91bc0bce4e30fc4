"""Finding the statements that a question asks for: by whom, on what, and which of them bear on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from rag.domain import (
    Evidence,
    Filters,
    Hit,
    Statement,
)
from rag.knowledge.words import SAYING_VERBS
from rag.question.coverage import coordinated_strangers, missing_names, name_in_question, silent_actors
from rag.question.intent import Question, parse_intent
from rag.retrieval.search import Retriever
from rag.services.answers.extractive import points_back
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.places import country_of, is_given_name
from rag.text.terms import content_words, stem, words

_TOPIC_FLOOR = 0.42  # closeness below which a statement is not on the topic that is asked for
_HEADED = 0.5  # what a topic word adds that stands in the headline over a statement, but not in it
_LED_TO = 0.45  # the same for a topic word that stands only in the sentences that lead to the statement
_LEADING = 4  # such sentences, at most
_CANDIDATES = 40  # statements looked at for an answer, in each way of finding them
_APART = 4  # actors whose statements are looked up one by one, so that none crowds out another
_ABOUT_TOPIC = 200  # the same where statements themselves are asked for
_MANY = frozenset("police officials prosecutors".split())
_RELAYED_WITHIN = 3  # words from a name to the verb that has them say something


class Gathered(NamedTuple):
    """Evidence, how well it answers (0..1), and what is missing where it does not: None where it does, empty where
    nothing can be named. `notes` say which part of the question it does not answer.
    """

    evidence: Evidence
    support: float
    gap: str | None
    notes: tuple[str, ...] = ()


class StatementFinder:
    """Finds statements of one library."""

    def __init__(self, library: Library, retriever: Retriever) -> None:
        self._library = library
        self._retriever = retriever

    def statements(self, actor: str | None, topic: str | None, filters: Filters) -> list[Statement]:
        """Statements by or for an actor (None: anybody), newest first, or about a topic, closest first."""
        actors: Sequence[str | None] = (None,)
        if actor:
            actors = parse_intent(actor, self._library.statements.actors_ending(words(actor))).actors or (actor,)
        if not topic or not (stems := parse_intent(topic, ()).topic):
            return list(
                dict.fromkeys(item for name in actors for item in self._library.statements.find(filters, actor=name))
            )
        hits = self._retriever.search(topic, k=_ABOUT_TOPIC, filters=filters)
        candidates = self._candidates(actors, stems, hits, filters, limit=_ABOUT_TOPIC)
        return self._on_topic(stems, self._retriever.evidence((), candidates))[0]

    def positions(self, question: Question, hits: Sequence[Hit], filters: Filters) -> Gathered:
        """The statements of whom the question asks after, or of anybody, on its topic."""
        strangers = coordinated_strangers(question)
        unknown = {word for name in strangers for word in words(name)}
        question = replace(question, topic=tuple(word for word in question.topic if word not in unknown))
        actors = question.actors or (None,)
        statements = self._candidates(actors, question.topic, hits, filters, limit=_CANDIDATES)
        evidence = self._retriever.evidence(_around(hits, statements), statements)
        names = list(dict.fromkeys(name_in_question(actor, question) for actor in question.actors))
        ranked, support = self._of_each(question, evidence) if statements else ([], 0.0)
        if question.asks_claim:  # the very thing must be spoken of, not only what is near it
            ranked = [
                item for item in ranked if set(content_words(item.text)) & {stem(word) for word in question.topic}
            ]
        ranked = [item for item in ranked if not _elsewhere(item, question, evidence)]
        if not ranked and question.actors and (relayed := self.through_others(question, actors, hits, filters)):
            return relayed
        if statements and not ranked and not question.asks_claim:
            ranked, support = self._of_each(question, evidence, led=True)
        if ranked and question.asks_denial and not (ranked := [item for item in ranked if item.denied]):
            return Gathered(
                evidence, support, f"The articles hold no denial of this{f' by {_either(names)}' if names else ''}."
            )
        if not statements:
            return Gathered(evidence, 0.0, unquoted(names) if names else "The articles hold no statement.")
        if not ranked:
            return Gathered(evidence, support, _quoted_on_else(names))
        return Gathered(
            replace(evidence, positions=tuple(ranked)), support, None, _unheard(question, strangers, statements, ranked)
        )

    def through_others(
        self, question: Question, actors: Sequence[str | None], hits: Sequence[Hit], filters: Filters
    ) -> Gathered | None:
        """What is said on the topic in the actors' name by a body that bears it (their office, campaign, book), and
        what others say that the actors said: shown as that body's or the others', never as their own. None where
        nothing is.
        """
        if not question.topic:
            return None
        near = self._library.statements.find(filters, articles=list({hit.article_id for hit in hits}))
        keys = [f" {' '.join(words(actor))} " for actor in actors if actor and not country_of(actor)]
        about = set(question.topic) - {word for key in keys for word in key.split()}
        bearing = [
            item
            for item in near
            if item.source
            and item.speaker
            and (_bears(item.speaker, item.source.text, keys) or (about and _relays(item, keys)))
        ]
        evidence = self._retriever.evidence(_around(hits, bearing), bearing)
        ranked, support = self._on_topic(question.topic, evidence)
        return Gathered(replace(evidence, positions=tuple(ranked)), support, None) if ranked else None

    def _candidates(
        self, actors: Sequence[str | None], topic: Sequence[str], hits: Sequence[Hit], filters: Filters, *, limit: int
    ) -> list[Statement]:
        """The actors' statements: the latest, or those that share words with the topic or stand where the hits do."""
        candidates: list[Statement] = []
        near = list({hit.article_id for hit in hits})
        asked: Sequence[str | Sequence[str] | None] = actors
        if len(named := [actor for actor in actors if actor]) > _APART:  # the many of one name
            asked, limit = [named], limit * len(named)
        for actor in asked:
            if topic:
                candidates += self._library.statements.find(filters, actor=actor, terms=topic, limit=limit)
                candidates += self._library.statements.find(filters, actor=actor, articles=near, limit=limit)
            # With a topic, one is enough to know that there are statements, though none on it.
            candidates += self._library.statements.find(filters, actor=actor, limit=1 if topic else limit)
        return list(dict.fromkeys(candidates))

    def _of_each(self, question: Question, evidence: Evidence, *, led: bool = False) -> tuple[list[Statement], float]:
        """The statements on the topic, in turn of each of those whose words are asked for: one who says much of it
        leaves room for another who touches it.
        """
        if len(question.actors) < 2:
            return self._on_topic(question.topic, evidence, headed=not question.asks_claim, led=led)
        lists, support = [], 0.0
        for actor in question.actors:
            own = tuple(item for item in evidence.statements if not silent_actors([actor], [item]))
            ranked, best = self._on_topic(question.topic, replace(evidence, statements=own), led=led)
            lists.append(ranked)
            support = max(support, best)
        turns = (item for turn in zip_longest(*lists) for item in turn if item)
        return list(dict.fromkeys(turns)), support

    def _on_topic(
        self, topic: Sequence[str], evidence: Evidence, *, headed: bool = True, led: bool = False
    ) -> tuple[list[Statement], float]:
        """The statements that bear on the topic, best first, and the support of the best; where `headed`, by the
        headline over them, too; where `led`, by the sentences before them.
        """
        if not topic:
            return list(evidence.statements), 1.0
        scored = self._retriever.score(" ".join(topic), evidence, by_rarity=False)
        by_place = [(_closeness(item, scored, topic, headed=headed, led=led), item) for item in evidence.statements]
        best = max((score for score, _ in by_place), default=0.0)
        if best < _TOPIC_FLOOR:
            return [], best
        near = [(score, item) for score, item in by_place if score >= max(_TOPIC_FLOOR, 0.6 * best)]
        return [item for _, item in sorted(near, key=lambda pair: -pair[0])], best


def _unheard(
    question: Question, strangers: Sequence[str], statements: Sequence[Statement], ranked: Sequence[Statement]
) -> tuple[str, ...]:
    """Of whom the answer has nothing although the question asks after them, too."""
    shown = {
        name: name_in_question(name, question) for name in question.actors
    }  # several may be one person, differently titled
    heard = {shown[name] for name in shown if name not in silent_actors(question.actors, statements)}
    on_topic = {shown[name] for name in shown if name not in silent_actors(question.actors, ranked)}
    silent = [*dict.fromkeys(name for name in shown.values() if name not in heard), *strangers]
    off_topic = list(dict.fromkeys(name for name in shown.values() if name not in on_topic))
    quoted = [name for name in off_topic if name not in silent]
    return (*(unquoted([name]) for name in silent), *(_quoted_on_else([name]) for name in quoted))


def unquoted(names: Sequence[str]) -> str:
    """That the articles quote nobody of these names, nor anybody who speaks for them."""
    people = all(is_given_name(name.split()[0]) and len(name.split()) > 1 for name in names)
    if people:
        return f"{_either(names)} is not quoted in these articles."
    return f"No one speaks for {_either(names)} in these articles."


def _quoted_on_else(names: Sequence[str]) -> str:
    """That the articles quote them on other things."""
    if not names:
        return "The articles hold statements, but none on this."
    verb = "are" if len(names) > 1 or names[0].split()[-1].casefold() in _MANY else "is"
    return f"{' and '.join(names)} {verb} quoted, but not on this."


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _elsewhere(item: Statement, question: Question, evidence: Evidence) -> bool:
    """True for a statement in an article that has none of the names which the topic holds."""
    named = [name for name in question.names if set(words(name)) <= set(question.topic)]
    text = evidence.texts.get((item.article_id, item.version), "")
    titles = {one.title for one in evidence.sentences if one.article_id == item.article_id}
    return bool(named and text) and len(missing_names(named, "\n".join([text, *titles]))) == len(named)


def _bears(speaker: str, source: str, keys: Sequence[str]) -> bool:
    """True for a speaker whose own words are those of the source and hold one of the names and more besides."""
    line = f" {' '.join(words(speaker))} "
    return any(key in line and key != line for key in keys) and fold(speaker) in fold(source)


def _relays(item: Statement, keys: Sequence[str]) -> bool:
    """True for a statement that tells what one of these said: that her client *had told* her he never signed."""
    line = words(item.text)
    verbs = [at for at, word in enumerate(line) if word in SAYING_VERBS]
    ends = [at for at, word in enumerate(line) for key in keys if key.split()[-1:] == [word]]
    return any(0 < verb - end <= _RELAYED_WITHIN for end in ends for verb in verbs)


def _around(hits: Sequence[Hit], statements: Sequence[Statement]) -> list[Hit]:
    """The hits in articles that hold one of the statements: context for them, and nothing of other articles."""
    articles = {item.article_id for item in statements}
    return [hit for hit in hits if hit.article_id in articles] if articles else list(hits)


def _closeness(item: Statement, scored: Evidence, topic: Sequence[str], *, headed: bool, led: bool) -> float:
    """The best score of the sentences that its content stands in, raised by the headline and the venue; 1 where
    the content has every word of the topic, if need be spread over several sentences. A content that only points
    back ("denied such claims") is about what the sentence before it tells; with `led`, any is a little.
    """
    if {stem(word) for word in topic} <= set(content_words(item.text)):
        return 1.0
    around = [
        one
        for one in scored.sentences
        if one.article_id == item.article_id and any(part.span.touches(one.span) for part in item.content)
    ]
    before = sorted(
        (
            one
            for one in scored.sentences
            if around and one.article_id == item.article_id and one.end <= around[0].start
        ),
        key=lambda one: one.end,
    )[-_LEADING:]
    if before and (points_back(item) or before[-1].text.rstrip().endswith("?")):  # an answer is about its question
        around.append(before[-1])
    best = max((one.score for one in around), default=0.0)
    stems = {stem(word) for word in topic}
    own = {term for one in around for term in content_words(one.text)}
    over = stems & set(content_words(around[0].title)) if headed and around else set[str]()
    best += _HEADED * len(over - own) / len(topic)
    led_to = stems & {term for one in before for term in content_words(one.text)} if led else set[str]()
    best += _LED_TO * len(led_to - over - own) / len(topic)
    venue = set(words(item.venue or "")) & set(topic)
    return min(1.0, best + len(venue) / len(topic))
