"""Finding the statements that a question asks for: by whom, on what, and which of them are relevant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import dropwhile, zip_longest
from typing import NamedTuple

from rag.display import with_article
from rag.domain import Evidence, Filters, Hit, Statement
from rag.knowledge.tables import words_of
from rag.knowledge.words import SAYING_VERBS
from rag.question.coverage import (
    coordinated_strangers,
    has_half,
    missing_names,
    name_in_question,
    shared_words,
    silent_actors,
)
from rag.question.intent import Question, parse_intent
from rag.question.lexicon import LEXICON, PATTERNS
from rag.retrieval.search import Retriever
from rag.services.answers.base import overlaps
from rag.stores.library import Library
from rag.text.canonical import fold
from rag.text.places import country_of, is_given_name
from rag.text.related_words import broader_words
from rag.text.terms import content_words, stem, words
from rag.verification.polarity import negation_scopes
from rag.verification.tokens import tokens

_TOPIC_FLOOR = 0.42  # closeness below which a statement is not on the topic of the question
_NEAR_BEST = 0.6  # of the closeness of the best statement
_BY_HEADLINE = 0.5  # what a topic word adds that stands in the headline over a statement, but not in it
_BY_CONTEXT = 0.45  # the same for a topic word that stands only in the sentences before the statement
_MOST_CONTEXT = 4  # such sentences
_MOST_CANDIDATES = 40  # statements considered for an answer, in each way of finding them
_MOST_LISTED = 200  # the same for a list of statements
_MOST_LOOKUPS = 4  # actors whose statements are looked up one by one, so that none crowds out another
_MOST_ON_OCCASION = 3
# What may stand between a name and its verb.
_BETWEEN = words_of("questions", "auxiliaries") | words_of("questions", "before_saying")
_VERB_WITHIN = 3  # words behind a name, for a verb of which it is the subject


class Assessment(NamedTuple):
    """Evidence, how well it answers (0..1), and what is missing: None if it answers, empty if nothing can be named.
    `notes` say which part of the question it does not answer.
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

    def near(
        self, hits: Iterable[Hit], filters: Filters, *, actor: str | Sequence[str] | None = None
    ) -> list[Statement]:
        """The statements of the articles that hits come from."""
        return self._library.statements.find(filters, actor=actor, articles=list({hit.article_id for hit in hits}))

    def actors_in(self, text: str) -> Sequence[str]:
        """The known actors whose names end in a word of the text, for `parse_intent`."""
        return self._library.statements.actors_ending(words(text))

    def statements(self, actor: str | None, topic: str | None, filters: Filters) -> list[Statement]:
        """Statements by or for an actor (None: anybody), newest first, or about a topic, closest first."""
        actors: Sequence[str | None] = (None,)
        if actor:
            actors = parse_intent(actor, self.actors_in(actor)).actors or (actor,)
        if not topic or not (stems := parse_intent(topic, ()).topic):
            each = (self._library.statements.find(filters, actor=name) for name in actors)
            return list(dict.fromkeys(item for statements in each for item in statements))
        hits = self._retriever.search(topic, k=_MOST_LISTED, filters=filters)
        candidates = self._candidates(actors, stems, hits, filters, limit=_MOST_LISTED)
        return self._on_topic(stems, self._retriever.evidence((), candidates))[0]

    def positions(self, question: Question, hits: Sequence[Hit], filters: Filters) -> Assessment:
        """The statements of the actors of the question, or of anybody, on its topic."""
        strangers = coordinated_strangers(question)
        unknown = {word for name in strangers for word in words(name)}
        question = replace(question, topic=tuple(word for word in question.topic if word not in unknown))
        actors = question.actors or (None,)
        statements = self._candidates(actors, question.topic, hits, filters, limit=_MOST_CANDIDATES)
        evidence = self._retriever.evidence(_around(hits, statements), statements)
        names = list(dict.fromkeys(name_in_question(actor, question) for actor in question.actors))
        if ranked := _on_occasion(question, hits, statements):
            return Assessment(replace(evidence, positions=tuple(ranked)), 1.0, None)
        ranked, support = self._by_actor(question, evidence) if statements else ([], 0.0)
        if question.asks_claim:  # the statement must name the very thing, not only what is near it
            topic = {stem(word) for word in question.topic}
            ranked = [item for item in ranked if has_half(topic, item.text)]
        ranked = [item for item in ranked if not _is_elsewhere(item, question, evidence)]
        ranked = in_own_words(ranked)
        if question.asks_who and not question.asks_denial:
            denied = _denied_stems(question.text)
            topic = {stem(word) for word in question.topic} - denied
            ranked = [item for item in ranked if not topic & _denied_stems(item.text) - denied]
        if not ranked and question.actors and (relayed := self.through_others(question, actors, hits, filters)):
            return relayed
        if statements and not ranked and not question.asks_claim:
            ranked, support = self._by_actor(question, evidence, by_context=True)
            ranked = [item for item in ranked if _is_near_names(item, question, evidence)]
        field_note: tuple[str, ...] = ()
        if statements and not ranked and question.actors and not question.asks_claim:
            ranked, support, field_note = self._on_field(question, evidence)
        if ranked and question.asks_denial and not (ranked := [item for item in ranked if item.denied]):
            by = f" by {_in_text(names, 'or')}" if names else ""
            return Assessment(evidence, support, f"The articles have no denial of this{by}.")
        if not statements:
            return Assessment(evidence, 0.0, not_quoted(names) if names else "The articles have no statements.")
        if not ranked:
            return Assessment(evidence, support, _quoted_on_other(names))
        notes = (*field_note, *_missing_actors(question, strangers, statements, ranked))
        return Assessment(replace(evidence, positions=tuple(ranked)), support, None, notes)

    def through_others(
        self, question: Question, actors: Sequence[str | None], hits: Sequence[Hit], filters: Filters
    ) -> Assessment | None:
        """Statements on the topic by a body that bears the actors' name (their office, campaign, book), and by others
        on what the actors said: attributed to the body or the others, never to the actors. None if there are none.
        """
        if not question.topic:
            return None
        keys = [f" {' '.join(words(actor))} " for actor in actors if actor and not country_of(actor)]
        has_topic = bool(set(question.topic) - {word for key in keys for word in key.split()})
        statements = [
            item
            for item in self.near(hits, filters)
            if item.source
            and item.speaker
            and (_has_namesake(item.speaker, item.source.text, keys) or (has_topic and _relays(item, keys)))
        ]
        evidence = self._retriever.evidence(_around(hits, statements), statements)
        ranked, support = self._on_topic(question.topic, evidence)
        return Assessment(replace(evidence, positions=tuple(ranked)), support, None) if ranked else None

    def _candidates(
        self, actors: Sequence[str | None], topic: Sequence[str], hits: Sequence[Hit], filters: Filters, *, limit: int
    ) -> list[Statement]:
        """The actors' statements: the latest, or those that share words with the topic or articles with the hits."""
        find, candidates = self._library.statements.find, list[Statement]()
        articles = list({hit.article_id for hit in hits})
        lookups: Sequence[str | Sequence[str] | None] = actors
        if len(names := [actor for actor in actors if actor]) > _MOST_LOOKUPS:  # the many of one name
            lookups, limit = [names], limit * len(names)
        for actor in lookups:
            if topic:
                candidates += find(filters, actor=actor, terms=topic, limit=limit)
                candidates += find(filters, actor=actor, articles=articles, limit=limit)
            # With a topic, one is enough to know that there are statements, though none on it.
            candidates += find(filters, actor=actor, limit=1 if topic else limit)
        return list(dict.fromkeys(candidates))

    def _by_actor(
        self, question: Question, evidence: Evidence, *, by_context: bool = False
    ) -> tuple[list[Statement], float]:
        """The statements on the topic, one of each actor in turn, so that one who says much leaves room for another."""
        if len(question.actors) < 2:
            return self._on_topic(question.topic, evidence, by_headline=not question.asks_claim, by_context=by_context)
        lists, support = [], 0.0
        for actor in question.actors:
            own = tuple(item for item in evidence.statements if not silent_actors([actor], [item]))
            ranked, best = self._on_topic(question.topic, replace(evidence, statements=own), by_context=by_context)
            lists.append(ranked)
            support = max(support, best)
        turns = (item for turn in zip_longest(*lists) for item in turn if item)
        return list(dict.fromkeys(turns)), support

    def _on_field(self, question: Question, evidence: Evidence) -> tuple[list[Statement], float, tuple[str, ...]]:
        """The statements on the field that a word of the topic belongs to: on arms, if none is on drones."""
        for word in question.topic:
            for broad in broader_words(stem(word)):
                topic = tuple(broad if other == word else other for other in question.topic)
                found, support = self._by_actor(replace(question, topic=topic), evidence, by_context=True)
                found = [item for item in found if _is_near_names(item, question, evidence)]
                named = [one for item in found for one in _near_text(item, evidence) if broad in content_words(one)]
                if named:
                    written = next(one for one in words(named[0]) if stem(one) == broad)
                    return found, support, (f"None of it names “{word}”: it is said on “{written}”.",)
        return [], 0.0, ()

    def _on_topic(
        self, topic: Sequence[str], evidence: Evidence, *, by_headline: bool = True, by_context: bool = False
    ) -> tuple[list[Statement], float]:
        """The statements on the topic, best first, and the support of the best; `by_headline`, also by the headline
        over them, `by_context`, also by the sentences before them.
        """
        if not topic:
            return list(evidence.statements), 1.0
        scored = self._retriever.score(" ".join(topic), evidence, by_rarity=False)
        ranked = [
            (_closeness(item, scored, topic, by_headline=by_headline, by_context=by_context), item)
            for item in evidence.statements
        ]
        best = max((score for score, _ in ranked), default=0.0)
        if best < _TOPIC_FLOOR:
            return [], best
        near = [(score, item) for score, item in ranked if score >= max(_TOPIC_FLOOR, _NEAR_BEST * best)]
        return [item for _, item in sorted(near, key=lambda pair: -pair[0])], best


def _on_occasion(question: Question, hits: Sequence[Hit], statements: Sequence[Statement]) -> list[Statement]:
    """For "What did X say after the meeting?" and "How did X respond to the demands?": the actors' statements in the
    best article that has any, direct words first; of the articles found it must have most of the occasion, and at least
    half. Empty for a question with a topic of its own.
    """
    occasion = PATTERNS.occasion.search(question.text)
    if not occasion or not question.actors or not set(question.topic) <= set(words(occasion["event"])):
        return []
    by_article: dict[str, list[Statement]] = {}
    for item in statements:
        by_article.setdefault(item.article_id, []).append(item)
    stems = set(content_words(occasion["event"]))
    text_of = {hit.article_id: "" for hit in hits}
    for hit in hits:
        text_of[hit.article_id] += f" {hit.title} {hit.text}"
    overlaps = {key: shared_words(stems, text) for key, text in text_of.items()}
    most = max(overlaps.values(), default=0.0)
    articles = [key for key, text in text_of.items() if overlaps[key] == most and has_half(stems, text)]
    best = next((by_article[key] for key in articles if key in by_article), [])
    return sorted(best, key=lambda item: item.kind == "indirect")[:_MOST_ON_OCCASION]


def in_own_words(statements: Sequence[Statement]) -> list[Statement]:
    """The statements without those of others who speak for a person, where that person speaks as well."""
    names = [words(item.speaker) for item in statements if item.speaker]
    surnames = {name[-1] for name in names if len(name) > 1 and is_given_name(name[0])}

    def is_for_speaker(item: Statement) -> bool:
        whom = set(words(item.on_behalf_of or "")[-1:])
        return bool(whom & surnames) and not whom & set(words(item.speaker or "")[-1:])

    return [item for item in statements if not is_for_speaker(item)]


def _denied_stems(text: str) -> set[str]:
    """The stems of the words that a negation surely bears on: "apologis" of "would not apologise"."""
    items = tokens(text)
    return {stem(items[at].form) for at in negation_scopes(items)}


def _missing_actors(
    question: Question, strangers: Sequence[str], statements: Sequence[Statement], ranked: Sequence[Statement]
) -> tuple[str, ...]:
    """A note on each actor of the question of whom the answer has nothing."""
    names = {actor: name_in_question(actor, question) for actor in question.actors}  # several actors may be one person

    def quoted_in(items: Sequence[Statement]) -> set[str]:
        absent = silent_actors(question.actors, items)
        return {name for actor, name in names.items() if actor not in absent}

    anywhere, on_topic = quoted_in(statements), quoted_in(ranked)
    silent = [*dict.fromkeys(name for name in names.values() if name not in anywhere), *strangers]
    off_topic = dict.fromkeys(name for name in names.values() if name not in on_topic and name not in silent)
    return (*(not_quoted([name]) for name in silent), *(_quoted_on_other([name]) for name in off_topic))


def not_quoted(names: Sequence[str]) -> str:
    """That the articles quote nobody of these names, nor anybody who speaks for them."""
    if all(is_given_name(name.split()[0]) and len(name.split()) > 1 for name in names):
        return f"{_in_text(names, 'or')} is not quoted in these articles."
    return f"Nobody speaks for {_in_text(names, 'or')} in these articles."


def _quoted_on_other(names: Sequence[str]) -> str:
    """That the articles quote them on other things."""
    if not names:
        return "The articles have statements, but none on this."
    verb = "are" if len(names) > 1 or names[0].split()[-1].casefold() in LEXICON.plural_speakers else "is"
    subject = _in_text(names, "and")
    return f"{subject[:1].upper()}{subject[1:]} {verb} quoted, but not on this."


def _in_text(names: Sequence[str], conjunction: str) -> str:
    return f" {conjunction} ".join(map(with_article, names))


def _is_near_names(item: Statement, question: Question, evidence: Evidence) -> bool:
    """True for a statement with the names in the topic in its own sentences, the one before or the headline: words on
    the Donbass two paragraphs behind Crimea are not on Crimea.
    """
    names = [name for name in question.names if set(words(name)) <= set(question.topic)]
    return len(missing_names(names, "\n".join(_near_text(item, evidence)))) < len(names) or not names


def _near_text(item: Statement, evidence: Evidence) -> list[str]:
    """The sentences of a statement, the one before and the headline."""
    article = [one for one in evidence.sentences if (one.article_id, one.version) == (item.article_id, item.version)]
    own = [one for one in article if overlaps(item, one)]
    earlier = (one for one in article if own and one.end <= own[0].start)
    before = max(earlier, key=lambda one: one.end, default=None)
    return [one.text for one in own] + [before.text if before else ""] + [one.title for one in own[:1]]


def _is_elsewhere(item: Statement, question: Question, evidence: Evidence) -> bool:
    """True for a statement in an article that has none of the names in the topic."""
    names = [name for name in question.names if set(words(name)) <= set(question.topic)]
    text = evidence.texts.get((item.article_id, item.version), "")
    titles = {one.title for one in evidence.sentences if one.article_id == item.article_id}
    return bool(names and text) and len(missing_names(names, "\n".join([text, *titles]))) == len(names)


def _has_namesake(speaker: str, source: str, keys: Sequence[str]) -> bool:
    """True if the source names the speaker in full, by one of the names and more besides."""
    line = f" {' '.join(words(speaker))} "
    return any(key in line and key != line for key in keys) and fold(speaker) in fold(source)


def _relays(item: Statement, keys: Sequence[str]) -> bool:
    """True for a statement about what one of these said: that her client *had told* her he never signed."""
    tokens = words(item.text)
    for key in keys:
        for at, word in enumerate(tokens):
            after = list(dropwhile(lambda one: one in _BETWEEN, tokens[at + 1 : at + 1 + _VERB_WITHIN]))
            if key.split()[-1:] == [word] and after and after[0] in SAYING_VERBS:
                return True
    return False


def _around(hits: Sequence[Hit], statements: Sequence[Statement]) -> list[Hit]:
    """The hits in articles that hold one of the statements: context for them, and nothing of other articles."""
    articles = {item.article_id for item in statements}
    return [hit for hit in hits if hit.article_id in articles] if articles else list(hits)


def _in_other_words(topic: Sequence[str], text: str, article: str) -> float:
    """The share of a topic that a text has, also in other words; a surname also by the given name that the article has
    before it.
    """
    given_names = {
        match[1]
        for word in topic
        for match in re.finditer(rf"\b([A-Z][a-z]+) {re.escape(word.capitalize())}\b", article)
    }
    has_name = any(re.search(rf"\b{name}\b", text) for name in given_names)
    return min(1.0, (shared_words({stem(word) for word in topic}, text) + has_name) / len(topic))


def _closeness(
    item: Statement, scored: Evidence, topic: Sequence[str], *, by_headline: bool, by_context: bool
) -> float:
    """The best score of the sentences that its content stands in, raised by headline and venue; 1 if the content has
    every word of the topic, even spread over several sentences. A content that only points back ("denied such claims")
    is about the sentence before it; `by_context`, any is in part.
    """
    stems = {stem(word) for word in topic}
    if stems <= set(content_words(item.text)):
        return 1.0
    article = [one for one in scored.sentences if one.article_id == item.article_id]
    around = [one for one in article if any(part.span.touches(one.span) for part in item.content)]
    before = sorted((one for one in article if around and one.end <= around[0].start), key=lambda one: one.end)
    before = before[-_MOST_CONTEXT:]
    if before and (item.points_back or before[-1].text.rstrip().endswith("?")):  # an answer is about its question
        around.append(before[-1])
    own = {term for one in around for term in content_words(one.text)}
    headline = set(content_words(around[0].title)) if by_headline and around else set[str]()
    context = {term for one in before for term in content_words(one.text)} if by_context else set[str]()
    best = max((one.score for one in around), default=0.0)
    text = scored.texts.get((item.article_id, item.version), "")
    best = max(best, _in_other_words(topic, " ".join(one.text for one in around), text))
    best += _BY_HEADLINE * len(stems & headline - own) / len(topic)
    best += _BY_CONTEXT * len(stems & context - headline - own) / len(topic)
    venue = set(words(item.venue or "")) & set(topic)
    return min(1.0, best + len(venue) / len(topic))
