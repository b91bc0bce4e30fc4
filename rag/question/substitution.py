"""Substitution: a follow-up that names only what is exchanged in the last question ("And Russia's?", "In October?")."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from string import capwords

from rag.knowledge.tables import words_of
from rag.question.conversation import WITHIN_QUOTES, Turn, actors_in, has_surname, topic_of
from rag.question.intent import names_in
from rag.question.lexicon import PATTERNS
from rag.text.canonical import fold
from rag.text.places import country_asked, is_given_name
from rag.text.terms import content_words, words

Known = Callable[[Sequence[str]], Collection[str]]


def _nobody(_last: Sequence[str]) -> Collection[str]:
    return ()


_SPEAKERS = words_of("nouns", "persons", "women", "men", "peers", "generic_bodies", "speaking_bodies")
_MOST_OF_NOUN = 4  # words


def substitute(question: str, turn: Turn, known: Known = _nobody) -> str | None:
    """The question of a turn with the part of the same kind exchanged; None for a follow-up that is no substitution.
    `known` are the names of the library's speakers that end in one of some words.
    """
    last = question_of_speech(turn.question.strip())
    turn = turn._replace(question=last)
    match = PATTERNS.substitution.match(question)
    if match is None or not PATTERNS.substitution_start.match(question):
        return None
    new = match["rest"].strip()
    if country_asked(fold(new.removesuffix("s"))) and new.endswith("s") and not country_asked(fold(new)):
        new = f"{new[:-1]}’s"  # "And Norlands?"
    refers = (PATTERNS.verb_or_question_word, PATTERNS.he, PATTERNS.they)
    if any(pattern.search(new) for pattern in refers) or not content_words(new):
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
    is_country = bool(country_asked(" ".join(words(new))))
    if speaker := _known_speaker(new, known):
        name = new if _opens_with_name(new) else speaker
        asks_words = PATTERNS.opens_with_why.match(last) and not is_country
        return _ask_words(name, last) if asks_words else _replace_name(turn, name)
    if not is_country and (not _opens_with_name(new) or _is_thing(new, last, known)):
        return _replace_topic(last, new)
    return _replace_name(turn, new)


def question_of_speech(last: str) -> str:
    """The question for somebody's words that lies behind one on when, why or whether they said them: "What did Holm say
    about the pier?" for "When did Holm say that about the pier?"; any other question unchanged.
    """
    body = without_end(last)
    if match := PATTERNS.when_said.match(body):
        return f"What {match['helps'].lower()} {match['who']} {match['verb']}{match['rest']}?"
    if match := PATTERNS.said_this.match(body):
        return f"What did {match['who']} say?"
    if (match := PATTERNS.on_answer.match(body)) and match["position"]:
        return f"What is {match['position']}?"
    return last


def _known_speaker(new: str, known: Known) -> str | None:
    """The name, with capitals, of whom the library knows as a speaker by this name or surname."""
    name = " ".join(words(re.sub(r"['’]s?$", "", new)))
    others = known(words(name)[-1:]) if name else ()
    return capwords(name) if name in others or any(has_surname(other, name) for other in others) else None


def _is_thing(new: str, last: str, known: Known) -> bool:
    """True for a name that is no speaker of the library where a question for somebody's words has no topic yet:
    "What about Crimea?" asks what they said about it.
    """
    if known is _nobody or new.isupper() or new.casefold().startswith("the ") or is_given_name(new.split()[0]):
        return False
    is_possessive = bool(re.search(r"['’]s?$", new))
    return (
        not is_possessive and bool(PATTERNS.speech.search(last)) and topic_of(last) is None and len(actors_in(last)) > 0
    )


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
    """The last question about another name, possessive where the old one was; where none can be exchanged, what
    this one says of its topic. An organisation, or somebody whom the answer names as well, does not replace a town
    ("Who won in Esk?", "What about the Centre List?").
    """
    base, last = re.sub(r"['’]s?$", "", new), turn.question.strip()
    is_answerer = PATTERNS.who_question.match(last) and base.casefold() in turn.answer.casefold()
    if not is_answerer and not PATTERNS.on_answer.match(last):
        # a name behind "besides" or in somebody's words is not exchanged
        unquoted = WITHIN_QUOTES.sub(lambda match: " " * len(match[0]), last)
        names = [name for name in names_in(unquoted) if name.casefold() != base.casefold()]
        if new.casefold().startswith("the ") or base in turn.answer:
            names = [name for name in names if name in actors_in(last)]
        for name in names:
            match = re.search(rf"\b{re.escape(name)}(?P<possessive>['’]s?)?(?!\w)", unquoted)
            if match and not PATTERNS.quantity_before.search(last[: match.start()]):
                is_possessive = match["possessive"] or PATTERNS.opinion_behind.match(last, match.end())
                ending = ("’" if base.endswith("s") else "’s") if is_possessive else ""
                before = re.sub(r"\bthe\s+$", "", last[: match.start()])  # "What did the Kremlin deny?"
                return f"{before}{base}{ending}{last[match.end() :]}"
    return _ask_words(base, last)


def _ask_words(name: str, last: str) -> str:
    """What somebody says of the topic of the last question: whether they do what it asks of another is open."""
    is_claim = WITHIN_QUOTES.search(last) or PATTERNS.on_answer.match(last) or PATTERNS.who_said.match(last)
    asks_who = PATTERNS.who_question.match(last)
    others = [other for other in actors_in(last) if fold(other) != fold(name)] if asks_who else []
    topic = topic_of(last) or next(iter(others), None)
    topic = None if is_claim and not PATTERNS.who_besides.match(last) else topic
    name = re.sub(r"['’]s?$", "", name)
    return f"What did {name} say about {topic}?" if topic else f"What did {name} say?"


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
