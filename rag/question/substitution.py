"""Substitution: a follow-up that names only what is exchanged in the last question ("And Russia's?", "In October?")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.knowledge.tables import words_of
from rag.question.conversation import Turn, actors_in, topic_of
from rag.question.intent import names_in
from rag.question.lexicon import PATTERNS
from rag.text.places import country_asked, is_given_name
from rag.text.terms import content_words, words

_STATEMENT_DATE = re.compile(r"^When did .+ say this: “")
_SPEAKERS = words_of("nouns", "persons", "women", "men", "peers", "generic_bodies", "speaking_bodies")
_MOST_OF_NOUN = 4  # words


def substitute(question: str, turn: Turn) -> str | None:
    """The question of a turn with the part of the same kind exchanged; None for a follow-up that is no substitution."""
    last = turn.question.strip()
    match = PATTERNS.substitution.match(question)
    if match is None or not PATTERNS.substitution_start.match(question):
        return None
    new = match["rest"].strip()
    if any(
        pattern.search(new) for pattern in (PATTERNS.verb_or_question_word, PATTERNS.he, PATTERNS.they)
    ) or not content_words(new):
        return None
    if PATTERNS.opinion.fullmatch(new):
        topic = topic_of(last)
        return f"What is {new} on {topic}?" if topic else f"What is {new}?"
    if (new_date := PATTERNS.date_part.search(new)) and new_date[0].strip() == new:
        return _replace_span(last, [match.span() for match in PATTERNS.date_part.finditer(last)][-1:], new)
    if comparison := PATTERNS.compared.match(last):
        return _after_comparison(comparison, new)
    if about := PATTERNS.about_what.match(new):
        return _replace_topic(last, about["what"])
    if _names_speakers(new) and (PATTERNS.speech.search(last) or PATTERNS.position_question.match(last)):
        return _replace_name(turn, new)
    if not _opens_with_name(new) and not country_asked(" ".join(words(new))):
        return _replace_topic(last, new)
    return _replace_name(turn, new)


def _after_comparison(comparison: re.Match[str], new: str) -> str:
    """After two parties were compared: the position of a country or a person on the same topic ("And Norland?"), or the
    same two on another topic ("What about the fence?", "What about Crimea?").
    """
    about = PATTERNS.about_what.match(new)
    name = re.sub(r"['’]s?$", "", new)
    is_party = country_asked(" ".join(words(name))) or is_given_name(name.split()[0])
    if not about and is_party:
        topic = f" on {comparison['topic']}" if comparison["topic"] else ""
        return f"What is {name}’s position{topic}?"
    parties = comparison["parties"] or comparison["subjects"] or comparison["both"]
    return f"Compare {parties} on {about['what'] if about else new}"


def _names_speakers(text: str) -> bool:
    """True for people or a body by what they are: "the union", "his critics"."""
    noun = text.casefold().split()[-1]
    return len(text.split()) <= _MOST_OF_NOUN and bool({noun, noun.removesuffix("s")} & _SPEAKERS)


def _opens_with_name(text: str) -> bool:
    """True for a text that opens with a capital, or is a name behind its article: "the Kremlin"."""
    article, *name = text.split()
    return article[:1].isupper() or (article == "the" and bool(name) and all(word[0].isupper() for word in name))


def _replace_name(turn: Turn, new: str) -> str:
    """The last question about another name, possessive where the old one was. An organisation, or somebody whom the
    answer names as well, does not replace a town ("Who won in Esk?", "What about the Centre List?").
    """
    base, last = re.sub(r"['’]s?$", "", new), turn.question.strip()
    if _STATEMENT_DATE.match(last):  # the words are somebody else's
        return f"What did {base} say?"
    names = [name for name in names_in(last) if name.casefold() != base.casefold()]
    if new.casefold().startswith("the ") or base in turn.answer:
        names = [name for name in names if name in actors_in(last)]
    for name in names:
        match = re.search(rf"\b{re.escape(name)}(?P<possessive>['’]s?)?(?!\w)", last)
        if match and not PATTERNS.quantity_before.search(last[: match.start()]):
            ending = ("’" if base.endswith("s") else "’s") if match["possessive"] else ""
            return f"{last[: match.start()]}{base}{ending}{last[match.end() :]}"
    return _replace_span(last, [], f"regarding {base}")


def _replace_topic(last: str, topic: str) -> str:
    if match := PATTERNS.about_what.search(last):
        return _replace_span(last, [match.span("what")], topic)
    if PATTERNS.who_question.match(last) and (old := topic_of(last)):  # "Who criticised the dam?"
        return _replace_span(last, [(last.rindex(old), last.rindex(old) + len(old))], topic)
    if PATTERNS.speech.search(last) or PATTERNS.position_question.match(last):
        return _replace_span(last, [], f"about {topic}")
    subject = PATTERNS.subject.match(last) if PATTERNS.determiner_first.match(topic) else None
    return _replace_span(last, [subject.span("subject")] if subject else [], topic if subject else f"regarding {topic}")


def _replace_span(last: str, spans: Sequence[tuple[int, int]], new: str) -> str:
    """The last question with its first span replaced; without spans the new part goes before its question mark."""
    if spans:
        start, end = spans[0]
        return f"{last[:start]}{new}{last[end:]}"
    body = without_end(last)
    return f"{body}, {new}?" if new.startswith("regarding") else f"{body} {new}?"


def without_end(question: str) -> str:
    """The question without its mark."""
    return re.sub(r"\s*[?.!]+$", "", question)
