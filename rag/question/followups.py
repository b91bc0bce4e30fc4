"""Rewriting a follow-up into a standalone question by rules, with no words but those of the conversation.

A follow-up refers to the last turn that was answered. The rules, in order; a question that stands on its own is left
alone:

0. A request for another form of the answer ("In short", "In which article?") is the last question again; "summarise"
   is asked of the articles that the last answer cites.
1. Who else and who disagrees: asked of the last question's topic without those whom it names. "Is that true?", "Who
   said that?" and "When was that?" of a statement: asked of what the last answer says. What follows these leans on the
   question before them.
2. A substitution: "And Russia's?", "What about NATO?", "And in October?" is the last question with the part of the same
   kind exchanged: name for name, date for date, "about ..." for "about ..."; where it has none, the new part follows,
   or takes the place of the subject ("When will the fence be finished?", "What about the bridge?"). After a comparison
   of two it asks for the position of a third, or compares the same two on something else.
3. A comparison: "they" are the parties of the last two questions; in "How does that compare with what Putin said?" the
   pronoun is what the last question asks of its party ("Turkey's position on the drones", "what Holm did say about the
   pier"), so that both parties stay in it.
4. A bare question word: "Why?", "When was that?" takes the place of the last question's own ("Why did the ship sink?");
   where it has no such place the last question is quoted in full ("Who said so, of ..."), if it is a sentence.
5. "How many were saved?" counts what the last question counts; "How many officers died?", with no name and no thing of
   its own, is asked of the place where the last question asks what happened.
6. A noun that the last question has, too: "the plan" is "the plan to close the pool".
7. A pronoun: "he" and "she" are the person named last, "they" and an "it" that acts the country or organisation named
   last, "there" the place, and any other "it", "that" or "this" the topic of the last question. A pronoun without an
   antecedent leaves the question unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.knowledge.tables import table, words_of
from rag.knowledge.words import FORMS_OF_DO, base_form
from rag.question.answer_claims import (
    INNER_QUOTES,
    ask_speaker,
    ask_statement_date,
    ask_truth,
    has_several,
    speakers_of,
)
from rag.question.answer_type import asks_next
from rag.question.conversation import (
    GENDER,
    WITHIN_QUOTES,
    Turn,
    actors_in,
    couple_by_gender,
    couple_in,
    last_organisation,
    last_person,
    parties_of,
    subject_of,
    topic_of,
)
from rag.question.intent import names_in
from rag.question.kinds import AnswerKind, shape_of
from rag.question.lexicon import PATTERNS
from rag.question.substitution import (
    Known,
    question_of_speech,
    substitute,
    without_end,
)
from rag.text.terms import content_words, stem, words

MOST_TURNS = 6  # that a pronoun may reach back
_MOST_WORDS = 12  # of a follow-up; a longer question stands on its own

_POSSESSIVE = words_of("function_words", "possessive")
_PLACE = re.compile(r"\b(?:in|at|near)\s+((?:the\s+)?[^\W\d_a-z][\w’'.-]*(?:\s+[^\W\d_a-z][\w’'.-]*)*)")
_PLACE_AT_END = re.compile(rf"{_PLACE.pattern}(?=\W*$)")


def _follow_up(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:and|but|so)\s+)?(?:{pattern})\s*[?.!]*$", re.IGNORECASE)


def _follow_up_in(entry: str) -> re.Pattern[str]:
    """The pattern of the whole question for the ways of asking in an entry of the table of follow-ups."""
    return _follow_up(rf"(?:{'|'.join(table('questions')['follow_ups'][entry])})(?:,?\s+please)?")


_WHO_ELSE = _follow_up_in("who_else")
_WHO_DISAGREES = _follow_up_in("who_disagrees")
_ON_FORM = _follow_up_in("form")
_SHORTER = _follow_up_in("shorter")
_IS_IT_TRUE = _follow_up_in("is_it_true")
_SUMMARY = _follow_up_in("summary")
_WHO_SAID_THAT = _follow_up_in("who_said_that")
_WHO_IS = _follow_up_in("who_is")
_BRIEF = "|".join(table("questions")["brevity"])
BREVITY = re.compile(rf"^\W*(?:{_BRIEF})\s*[,:]\s*|,?\s+(?!briefly)(?:{_BRIEF})(?=\s*[?.!]*$)", re.IGNORECASE)
"""The words that ask for one sentence, with what divides them from the question."""
_OF_SPEECH = frozenset((AnswerKind.POSITION, AnswerKind.WHO_SAID, AnswerKind.SIDE, AnswerKind.REACTION))
_COMPARED = 2  # turns and parties that "they" compares
_ENOUGH_OF_HIM, _ENOUGH_OF_THEM = 3, 2  # content words that make a question about "him", about "them" clear
_MOST_NAMED = 4  # speakers in a question back
_FEWEST_CONTENT_WORDS = 2  # of a question that may stand on its own
_ASKED_AGAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"^\W*{pattern}$", re.IGNORECASE), frame) for pattern, frame in table("questions")["asked_again"]
)
_LAST_NOUN = re.compile(r"\bthe\s+(?P<noun>[a-z]{3,})\s*[?.!]*$")


def rewrite_standalone(question: str, history: Sequence[Turn], known: Known | None = None) -> str | None:
    """The question with its references to earlier turns (oldest first) resolved; None where it stands on its own.
    `known` are the names of the library's speakers that end in one of some words.
    """
    turns: list[Turn] = []
    base: Turn | None = None
    for turn in [turn for turn in history if turn.question.strip()][-MOST_TURNS:]:
        question_before = BREVITY.sub("", turn.question).strip() or turn.question
        turns.append(Turn(_resolve(question_before, turns, base, known) or question_before, turn.answer))
        if base is None or not (_is_bare(question_before) or PATTERNS.on_answer.match(question_before)):
            base = turns[-1]
    return _resolve(question, turns, base, known)


def asks_summary(question: str) -> bool:
    """True for "Summarise that": a summary of the last answer."""
    return bool(_SUMMARY.match(question.strip()))


def asks_who_else(question: str) -> bool:
    """True for "Who else?": others than those of the last answer."""
    return bool(_WHO_ELSE.match(question.strip()))


def asks_why(question: str) -> bool:
    """True for a "Why?" without content of its own."""
    match = PATTERNS.question_word.match(question.strip())
    return bool(match and match["word"].casefold().startswith("why"))


def _is_bare(question: str) -> bool:
    """True for a follow-up without content of its own: "Why?", "Who else?", "Is that true?"."""
    bare = (_WHO_ELSE, _WHO_DISAGREES, _IS_IT_TRUE, _WHO_SAID_THAT, PATTERNS.when_was_it, PATTERNS.bare_question)
    return any(pattern.match(question.strip()) for pattern in bare)


def _resolve(question: str, turns: Sequence[Turn], base: Turn | None, known: Known | None = None) -> str | None:
    """As `rewrite_standalone`, over turns that stand on their own. `base` is the last one that was not bare: what "And
    Holm?" leans on.
    """
    turns = [turn for turn in turns if turn.answer.strip()] or turns
    if not turns or len(question.split()) > _MOST_WORDS:
        return None
    question, last = question.strip(), turns[-1].question.strip()
    subject = next((turn for turn in reversed(turns) if not PATTERNS.on_answer.match(turn.question)), turns[-1])
    if match := _IS_IT_TRUE.match(question):
        return ask_truth(turns[-1], match["who"])
    standalone = (
        _resolve_form(question, last)
        or _resolve_summary(question, turns[-1])
        or _resolve_others(question, turns, subject)
        or (ask_speaker(turns[-1]) if _WHO_SAID_THAT.match(question) else None)
        or substitute(question, base if base and base in turns else subject, *filter(None, [known]))
        or _resolve_comparison(question, turns)
        or _resolve_statement_date(question, turns)
        or _resolve_reason(question, turns[-1])
        or _resolve_question_word(question, _question_about_speech(question, turns) or subject.question.strip())
        or _resolve_count(question, subject)
        or _resolve_noun(question, last)
        or _resolve_one(question, last)
        or _resolve_next(question, subject.question)
        or _resolve_scene(question, subject)
        or (None if PATTERNS.cleft.search(question) else _resolve_pronouns(question, turns))
    )
    return standalone if standalone and words(standalone) != words(question) else None


def is_follow_up(question: str) -> bool:
    """True for a short question that opens like a follow-up or has a pronoun: it may need the earlier turns."""
    text = question.strip()
    if len(text.split()) > _MOST_WORDS:
        return False
    patterns = (
        _ON_FORM,
        _SHORTER,
        _WHO_ELSE,
        _WHO_DISAGREES,
        _IS_IT_TRUE,
        PATTERNS.when_was_it,
        PATTERNS.substitution_start,
        PATTERNS.bare_question,
    )
    if any(pattern.match(text) for pattern in patterns) or len(content_words(text)) < _FEWEST_CONTENT_WORDS:
        return True
    return any(pattern.search(text) for pattern in (PATTERNS.he, PATTERNS.they, PATTERNS.it, PATTERNS.there))


def unclear_reference(question: str, last: Turn | None = None) -> str | None:
    """What a standalone question still leaves open, with what to ask again: whose words of the `last` answer "that" is,
    whom a pronoun means, or what a question word alone asks about; None where it is clear.
    """
    if last and _IS_IT_TRUE.match(question.strip()) and has_several(last):
        names = speakers_of(last.answer)
        *others, final = names[:_MOST_NAMED]
        ask = f"Ask “Is what {names[0].split()[-1]} said true?” or name another"
        return f"whose words you mean, such as those of {', '.join(others)} or {final}. {ask}"
    if pronoun := _unclear_pronoun(question):
        return f"who “{pronoun.casefold()}” is. Ask again with the name"
    if _is_bare(question):
        return "what it is about. Ask again with the topic"
    return None


def _unclear_pronoun(question: str) -> str | None:
    """The "he", "she" or "they" of a short question without an antecedent: no name and no noun stands before it, and
    the question asks for their words or has too few others to search for. In "Where do they film the series?" "they"
    is nobody in particular.
    """
    question = WITHIN_QUOTES.sub(" ", question)
    match = PATTERNS.he.search(question) or PATTERNS.they.search(question)
    if match is None or names_in(question) or len(question.split()) > _MOST_WORDS:
        return None
    if content_words(re.sub(r"\b(?:say|said)\b", "", question[: match.start()])):
        return None
    rest = len(content_words(question[match.end() :]))
    enough = _ENOUGH_OF_THEM if PATTERNS.they.fullmatch(match.group()) else _ENOUGH_OF_HIM
    return match.group() if PATTERNS.speech.search(question) or rest < enough else None


def _resolve_comparison(question: str, turns: Sequence[Turn]) -> str | None:
    """A comparison whose pronoun is replaced: "that" by what the last question asks of its party, "they" by the two
    parties of the last two questions. None if it is not a comparison.
    """
    last = turns[-1].question.strip()
    comparison = PATTERNS.compares.search(question)
    if comparison and PATTERNS.they.search(question[: comparison.start()]) and len(turns) > 1:
        parties = dict.fromkeys(name for turn in turns[-_COMPARED:] for name in actors_in(turn.question))
        if len(parties) == _COMPARED:
            topic = topic_of(turns[-1].question) or topic_of(turns[-_COMPARED].question)
            return f"How do {' and '.join(parties)} differ{f' on {topic}' if topic else ''}?"
    pronoun = PATTERNS.demonstrative.search(question)
    if not comparison or not pronoun or pronoun.start() > comparison.start():
        return None
    phrase = _party_phrase(without_end(last))
    return f"{question[: pronoun.start()]}{phrase}{question[pronoun.end() :]}" if phrase else None


def _party_phrase(last: str) -> str | None:
    """What a question asks of the party that it names, as a noun phrase: its position, or what it did say."""
    mentions = sorted((at, name) for name in actors_in(last) if (at := last.find(name)) >= 0)
    if not mentions:
        return None
    start, name = mentions[0]
    end = start + len(name)
    match = PATTERNS.what_question.match(last)
    if match is None:
        return last[start:] if re.match(r"['’]s?\s+\w", last[end:]) else None
    for at, other in mentions[1:]:  # "Holm and Lund say": both
        if re.fullmatch(r"\s*(?:,|,?\s*and)\s*(?:the\s+)?", last[end:at]):
            end = at + len(other)
    return f"what {last[match.end() : end]} {match['helps'].lower()}{last[end:]}"


def _resolve_others(question: str, turns: Sequence[Turn], subject: Turn) -> str | None:
    """Who else, and who agrees or disagrees: about the topic of the turn `subject`, without those whom it names."""
    last, parties = subject.question.strip(), parties_of(subject)
    if _WHO_ELSE.match(question):
        besides = (
            f"besides {' and '.join(filter(None, [', '.join(parties[:-1]), *parties[-1:]]))}" if parties else "else"
        )
        if match := PATTERNS.who_question.match(last):
            return f"Who {besides} {last[match.end() :]}"
        topic = topic_of(last)
        if topic or parties:
            return f"Who {besides} has commented{f' on {topic}' if topic else ''}?"
        return None
    if match := _WHO_DISAGREES.match(question):
        person = next(iter(parties), None) or last_person(turns)
        topic = topic_of(last)
        if person and topic:
            return f"Who {match['verb'].lower()} with {person} on {topic}?"
    return None


def _resolve_form(question: str, last: str) -> str | None:
    """The last question again, where only another form of its answer is asked for."""
    if _SHORTER.match(question):
        return f"In short: {last}"
    return last if _ON_FORM.match(question) else None


def _resolve_summary(question: str, last: Turn) -> str | None:
    """A summary of the articles that the last answer cites; None where there is no answer."""
    if not asks_summary(question) or not last.answer.strip():
        return None
    if PATTERNS.of_articles.match(last.question):
        return last.question
    return f"Summarise the articles that answer “{question_of_speech(last.question).translate(INNER_QUOTES)}”"


def _question_about_speech(question: str, turns: Sequence[Turn]) -> str | None:
    """The last question about the words of the person to whom a bare question word refers."""
    if not PATTERNS.he.search(question) or not (person := last_person(turns, question)):
        return None
    about_speech = (turn.question.strip() for turn in reversed(turns) if PATTERNS.speech.search(turn.question))
    return next((text for text in about_speech if person.split()[-1] in PATTERNS.about_others.sub("", text)), None)


def _resolve_statement_date(question: str, turns: Sequence[Turn]) -> str | None:
    """When the statement was made that the last answer opens with, or that of "him" or "her"."""
    if not PATTERNS.when_was_it.match(question):
        return None
    last = turns[-1].question
    is_of_speech = PATTERNS.speech.search(last) or PATTERNS.on_answer.match(last) or shape_of(last).kind in _OF_SPEECH
    return ask_statement_date(question, turns) if PATTERNS.he.search(question) or is_of_speech else None


def _resolve_reason(question: str, last: Turn) -> str | None:
    """Why whoever answers a question for somebody does so: "Why does Ida Holm oppose the dam?"."""
    body = without_end(last.question)
    if not asks_why(question):
        return None
    if stands := PATTERNS.stands_on.match(body):
        return f"Why {stands['helps'].lower()} {stands['who']} take that position{stands['what']}?"
    who = PATTERNS.who_does.match(body)
    subjects = filter(None, map(subject_of, last.answer.splitlines()))
    person = next((name for name in subjects if name.split()[-1] not in last.question), None)
    if who is None or person is None:
        return f"Why did {person} say that?" if person and PATTERNS.said_what.match(body) else None
    if who["helps"]:
        return f"Why {who['helps'].lower()} {person} {who['rest']}?"
    auxiliary, verb = base_form(who["verb"].lower())
    return f"Why {auxiliary} {person} {verb}{who['what']}?" if verb else None


def _resolve_question_word(question: str, last: str) -> str | None:
    if match := PATTERNS.by_how_much.match(question):
        return _ask_margin(match["asks"], without_end(last))
    if (match := PATTERNS.question_word.match(question)) and shape_of(last).kind is not AnswerKind.WHO_IS:
        adverb = " ".join(match["word"].lower().split())
        adverb = adverb if adverb in ("why", "why not", "where", "how", "to whom") else "when"
        if standalone := _replace_question_word(adverb.removesuffix(" not").capitalize(), last):
            return standalone
    if _WHO_IS.match(question) or shape_of(last).kind is AnswerKind.WHO_IS:  # nothing has been said about them yet
        return None
    bare = PATTERNS.bare_question.match(question) or PATTERNS.when_was_it.match(question)
    if bare is None or not PATTERNS.verb_or_question_word.search(last):
        return None
    asks = bare["asks"].strip()
    if bare["day"]:
        asks = f"When{asks[bare.end('day') - bare.start('asks') :]}"
    return f"{asks[0].upper()}{asks[1:]}, of “{last}”"


def _ask_margin(asks: str, last: str) -> str | None:
    """The last question with "by how much" in place of its question word; None where it has no such place."""
    if who_won := PATTERNS.who_won.match(last):
        return f"{asks.capitalize()} was {who_won['what']} {who_won['verb'].lower()}?"
    if match := PATTERNS.auxiliary_question.match(last):
        return f"{asks.capitalize()} {match['helps'].lower()} {match['rest']}?"
    who = PATTERNS.who_question.match(last)
    return f"{asks.capitalize()} is it that somebody {last[who.end() :]}?" if who else None


def _replace_question_word(word: str, last: str) -> str | None:
    """The last question with another question word in place of its own; None if it has none."""
    body = without_end(last)
    if match := PATTERNS.position_question.match(body):
        position = re.sub(r"\bstated ", "", match["what"])
        return f"{word} was {position} stated?" if word == "When" else f"{word} is that {position}?"
    if match := PATTERNS.who_is_so.match(body):
        return f"{word} {match['helps'].lower()} somebody {match['rest']}?"
    if match := PATTERNS.auxiliary_question.match(body):
        rest, auxiliary = match["rest"], match["helps"].lower()
        if match["counted"]:  # "How many drones did Ukraine buy?" goes on asking about the drones
            rest = f"{rest} the {match['counted']}" if auxiliary in FORMS_OF_DO else f"the {match['counted']} {rest}"
        if match["asks"] and PATTERNS.speech_without_that.search(rest):
            rest = PATTERNS.speech_without_that.sub(r"\g<0> that", rest, count=1)
            auxiliary = "did" if word == "When" and auxiliary in FORMS_OF_DO else auxiliary
        return f"{word} {auxiliary} {rest}?"
    if match := PATTERNS.who_said.match(body):
        return f"{word} was it said {match['what']}?" if match["what"] else None
    for pattern, frame in _ASKED_AGAIN:
        if match := pattern.match(body):
            return frame.format(word=word, **match.groupdict())
    return None


def _resolve_pronouns(question: str, turns: Sequence[Turn]) -> str | None:
    """The question with names for its pronouns; None where one of them has no antecedent."""
    text = question
    if match := PATTERNS.he.search(text):
        if names_in(text[: match.start()]):
            return None  # "Did Holm say that she would go?" has the antecedent itself
        if couple := couple_by_gender(text, turns[-1]):
            return PATTERNS.he.sub(lambda pronoun: couple[GENDER[pronoun[0].casefold()]], text)
        if not (person := last_person(turns, text)):
            return None
        text = _replace_pronoun(PATTERNS.he, text, person)
    if PATTERNS.they.search(text):
        group = last_organisation(turns) or couple_in(turns[-1]) or _counted_in(turns[-1])
        if names_in(text[: text.lower().find("the")]) or not group:
            return None
        text = _replace_pronoun(PATTERNS.they, text, group)
    if (match := PATTERNS.it_as_subject.match(text)) and (organisation := last_organisation(turns)):
        text = text[: match.start("it")] + organisation + text[match.end("it") :]
    if PATTERNS.it.search(text):
        topic = topic_of(turns[-1].question)
        if topic and len(content_words(text)) <= 6:
            text = _replace_pronoun(PATTERNS.it, text, topic)
        elif text == question or (PATTERNS.speech.search(question) and not PATTERNS.speech.search(turns[-1].question)):
            return None
    if PATTERNS.there.search(text) and (place := _PLACE.search(turns[-1].question)):
        text = PATTERNS.there.sub(f"in {place[1]}".replace("\\", ""), text, count=1)
    return text


def _counted_in(turn: Turn) -> str | None:
    """Those whom a question counts: "the students" of "How many students were trapped?"."""
    match = PATTERNS.how_many.match(turn.question)
    return f"the {match['counted']}" if match else None


def _resolve_count(question: str, subject: Turn) -> str | None:
    """The number of what the last question counts, at its place: "How many were saved?"; None for others."""
    last = PATTERNS.how_many.match(subject.question)
    match = PATTERNS.how_many_of_them.match(question)
    if last is None or match is None:
        return None
    place = None if names_in(question) else _PLACE_AT_END.search(subject.question)
    where = f" {place[0]}" if place else ""
    return f"How many {last['counted']} {match['rest']}{where}?"


def _resolve_scene(question: str, subject: Turn) -> str | None:
    """A question about nothing that it names ("How many officers died?", "Was anybody arrested?") at the place of which
    the last question asks what happened; None for any other.
    """
    place = _PLACE_AT_END.search(subject.question)
    if place is None or not PATTERNS.asks_event.match(subject.question) or not PATTERNS.at_the_scene.match(question):
        return None
    return None if names_in(question) else f"{without_end(question)} {place[0]}?"


def _resolve_noun(question: str, last: str) -> str | None:
    """The question with the last one's words on its noun: "Who criticised the plan?" behind "How will Esk plan to cut
    fares?" asks after "the plan to cut fares". None for a question with a name, and where the last has no such noun.
    """
    noun = _LAST_NOUN.search(question)
    if noun is None or names_in(question):
        return None
    key = stem(noun["noun"].casefold())
    topic = topic_of(last)
    if topic and key in content_words(topic):
        phrase = re.sub(r"^(?:the|an?)\s+", "", topic)
    else:
        purpose = re.search(rf"\b{re.escape(noun['noun'])}\s+to\s+.+$", without_end(last), re.IGNORECASE)
        phrase = purpose[0] if purpose else ""
    return f"{question[: noun.start('noun')]}{phrase}?" if len(phrase.split()) > 1 else None


def _resolve_next(question: str, last: str) -> str | None:
    """The question "What happens now?" with the topic of the last one."""
    topic = topic_of(last) if asks_next(question) and not content_words(PATTERNS.next_step.sub("", question)) else None
    return f"What happens next with {topic}?" if topic else None


def _resolve_one(question: str, last: str) -> str | None:
    """The question with the last one's noun for "one": "When was the last one?" behind "When is the bin strike?"."""
    topic = topic_of(last)
    if topic is None or not PATTERNS.which_one.search(question):
        return None
    return PATTERNS.which_one.sub(lambda match: f"{match['which']} {words(topic)[-1]}", question, count=1)


def _replace_pronoun(pattern: re.Pattern[str], text: str, name: str) -> str:
    def antecedent(match: re.Match[str]) -> str:
        is_possessive = match[0].casefold() in _POSSESSIVE and re.match(r"\s+[a-z]", text[match.end() :])
        return f"{name}’s" if is_possessive else name

    return pattern.sub(antecedent, text)
