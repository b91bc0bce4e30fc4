"""Follow-up questions made whole from what was asked before: by rules, and with no words but those of the history.

A follow-up leans on the last turn that was answered: one that was declined has nothing to lean on. The rules, in
order. A question that stands on its own is left alone.

1. A swap: "And Russia's?", "What about NATO?", "And in October?" is the last question with the part of the same kind
   exchanged: name for name, time for time, "about ..." for "about ..."; where the last question has no such part, the
   new one is added at its end.
2. Who else, and who disagrees: of the last question's topic, without those who were named; "Is that true?" asks after
   the first sentence of the last answer.
3. A bare question word: "Why?", "When was that?" takes the place of the last question's own ("Why did the ship sink?");
   where that has no such place the last question is quoted whole ("Who said so, of ...").
4. A pronoun: "he" and "she" are the person last named, "they" and an "it" or "they" that acts the country or body last
   named, "there" the place, and any other "it", "that" or "this" what the last question was about. A pronoun with
   nothing to stand for leaves the question as it was typed.
5. A comparison: in "How does that compare with what Putin said?" the pronoun is what the last question asked of its
   party ("Turkey's position on the drones", "what Holm did say about the pier"), so that both parties stay in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.knowledge.words import MONTH_PATTERN, NEGATIONS
from rag.question.conversation import (
    ABOUT,
    ASKED_WHO,
    GENDER,
    TITLED_BEFORE_COLON,
    Turn,
    actors_in,
    both_asked,
    couple_asked,
    last_body,
    last_person,
    people_in,
    topic_of,
)
from rag.question.intent import names_in
from rag.text.places import country_asked
from rag.text.terms import content_words, words

MOST_TURNS = 6  # earlier questions that a pronoun may reach back to
_LONGEST = 12  # words of a follow-up; a longer question says what it means

_SWAP = re.compile(
    r"^(?:and|but|or|so)?[\s,]*(?:(?:what|how)\s+(?:about|of)\s+|and\s+)?(?P<rest>.+?)\s*[?.!]*$", re.IGNORECASE
)
_OPENS_SWAP = re.compile(r"^(?:and|but)\b|^(?:what|how)\s+(?:about|of)\b", re.IGNORECASE)
_VERB_OF_ITS_OWN = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|happen(?:s|ed)?|sa(?:y|ys|id)"
    r"|who|what|when|where|why|how|which|whose)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\b(?:(?:in|on|since|before|after|during|until|by)\s+)?(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{MONTH_PATTERN})\b"
    r"(?:\s+\d{1,2}\b(?!\d))?(?:,?\s+\d{4})?"
    r"|\b(?:in|since|before|after|during|until|by)\s+\d{4}\b"
    r"|\b(?:last|this|next)\s+(?:week|month|year|night)\b|\b(?:yesterday|today)\b"
    r"|\bon\s+\w+day\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^(?:and\s+|but\s+)?(?P<asks>(?:when|where|why|how(?:\s+(?:so|many|much|often|long))?|who|which(?:\s+ones?)?"
    r"|since\s+when|says\s+who|according\s+to\s+whom|(?P<day>(?:on\s+)?(?:what|which)\s+(?:day|date)))"
    r"(?:\s+(?:was|is|did|does|said|says|told|exactly|not|happened?|that|this|it|so|say|be|he|she|they)){0,4})\s*[?.!]*$",
    re.IGNORECASE,
)
_HE = re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE)
_POSSESSIVE = frozenset({"his", "her", "their", "its", "hers", "theirs"})
_THEY = re.compile(r"\b(?:they|them|their|theirs)\b", re.IGNORECASE)
_IT_ACTS = re.compile(
    r"^(?:\W*(?:and|but|so|did|does|do|has|have|had|is|was|will|would|can|could)\s+)+(?P<it>it)\b", re.IGNORECASE
)
_IT = re.compile(r"\b(?:it|that|this|its|these|those)\b(?!\s+(?:the|a|an)\b)", re.IGNORECASE)
_THERE = re.compile(r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b", re.IGNORECASE)
_PLACE = re.compile(r"\b(?:in|at|near)\s+((?:the\s+)?[^\W\d_a-z][\w’'.-]*(?:\s+[^\W\d_a-z][\w’'.-]*)*)")
_ATTRIBUTED = re.compile(
    r"^.{0,80}?\b(?:said|says|claimed|announced|insisted|warned|added|argued)\b"
    r"(?:[\w\s,]{0,60}?\bthat|\s+(?:on|last|this)\s+\w+)?\s+(?P<claim>\S.{10,})$"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")
_COMPARES = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|disagree\w*|at odds|in line|consistent|square[sd]?|fits?|match\w*)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b(?:that|this|it|these|those)\b", re.IGNORECASE)
_ASKED_WHAT = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?what\s+(?P<helps>did|does|do|has|have|had)\s+(?=\S)", re.IGNORECASE
)
_WHO_ELSE = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?:who\s+else|any(?:one|body)\s+else|somebody\s+else|others?|what\s+do\s+others\s+say|who\s+else\s+\w+"
    r"(?:\s+(?:that|this|so|it|anything|something))?)\s*[?.!]*$",
    re.IGNORECASE,
)
_DISAGREES = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?:who|does\s+any(?:one|body))\s+(?P<verb>(?:dis)?agrees?)"
    r"(?:\s+with\s+(?:that|this|it|him|her|them))?\s*[?.!]*$",
    re.IGNORECASE,
)
_TRUE = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?:(?:is|was)\s+(?:that|this|it)\s+(?:really\s+|actually\s+)?(?:true|so|right|correct|the\s+case|a\s+fact)"
    r"|really|true|is\s+(?:he|she)\s+right)\s*[?.!]*$",
    re.IGNORECASE,
)
_WHEN_SAID = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?P<asks>(?:when|(?:on\s+)?(?:what|which)\s+(?:day|date))"
    r"(?:\s+(?:was|is|did|does|has|that|this|it|he|she|they|say|said|saying|so|happen|happened|exactly|announced?|be))*)\s*[?.!]*$",
    re.IGNORECASE,
)
# A follow-up that is no more than its question word: what else it has points back.
_ALONE = re.compile(
    r"^(?:and\s+|but\s+|so\s+)?(?P<word>since\s+when|why\s+not|why|where|how|when|(?:on\s+)?(?:what|which)\s+(?:day|date))"
    r"(?:\s+(?:was|is|did|does|has|that|this|it|he|she|they|say|said|so|happen|happened|exactly|announced?|be))*\s*[?.!]*$",
    re.IGNORECASE,
)
_INNER_MARKS = str.maketrans('“”"', "‘’'")
_BY_HOW_MUCH = re.compile(r"^(?:and\s+)?by\s+(?:how\s+(?:much|many\s+\w+)|what\s+margin)\s*[?.!]*$", re.IGNORECASE)
_WHO_WON = re.compile(r"^\W*who\s+(?P<verb>won|lost)\s+(?P<what>.+?)\s*[?.!]*$", re.IGNORECASE)
_HELPED = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:(?P<asks>what|which\s+\w+)\s+|(?:when|where|why|how|who|whom)\s+|how\s+(?:many|much)\s+\w+\s+)?"
    r"(?P<helps>did|does|do|has|have|had|will|would|can|could|should|is|was|are|were)\s+(?P<rest>(?!the\s+\w+\s+of\b).+)$",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\b(?:say|said|claim|claimed|think|want|announce|announced|tell|told|warn|promise)\b(?!\s+that\b)", re.IGNORECASE
)
_SAYS = re.compile(
    r"\b(?:say|said|claim|claimed|think|want|announced?|tell|told|warn|promised?|den(?:y|ied))\b", re.IGNORECASE
)
_OTHERS = re.compile(r"^\W*who\s+(?:besides|(?:dis)?agrees\s+with)\s+.*$", re.IGNORECASE)  # is of others than it names
_LONGEST_CLAIM = 30  # words of a sentence that is asked after
_ENOUGH_OF_HIM, _ENOUGH_OF_THEM = 3, 2  # words with a meaning that make a question of a person, of people, clear
_FEWEST = 2  # words that carry meaning; a question with fewer hardly stands on its own
_POINTING = frozenset("they them their theirs his hers her him she he it this that there those these".split())


def rewrite_standalone(question: str, history: Sequence[Turn]) -> str | None:
    """The question with what it leaves to the earlier turns (oldest first) put in; None where it stands on its own."""
    turns: list[Turn] = []
    for turn in [turn for turn in history if turn.question.strip()][-MOST_TURNS:]:
        turns.append(Turn(_whole(turn.question, turns) or turn.question, turn.answer))
    return _whole(question, turns)


def _whole(question: str, turns: Sequence[Turn]) -> str | None:
    """As `rewrite_standalone`, over turns that are whole themselves."""
    turns = [turn for turn in turns if turn.answer.strip()] or turns
    if not turns or len(question.split()) > _LONGEST:
        return None
    last = turns[-1].question.strip()
    whole = (
        _others(question, turns)
        or _whether_true(question, turns[-1])
        or _swapped(question, turns[-1])
        or _compared(question, last)
        or _said_when(question, turns)
        or _asked_of(question, _spoken_of(question, turns) or last)
        or _named(question, turns)
    )
    return whole if whole and words(whole) != words(question) else None


def is_follow_up(question: str) -> bool:
    """True for a short question that opens like a follow-up or has a pronoun: it may need what was asked before."""
    text = question.strip()
    if len(text.split()) > _LONGEST:
        return False
    if any(pattern.match(text) for pattern in (_WHO_ELSE, _DISAGREES, _TRUE, _WHEN_SAID)):
        return True
    if _OPENS_SWAP.search(text) or _BARE.match(text) or len(content_words(text)) < _FEWEST:
        return True
    return any(pattern.search(text) for pattern in (_HE, _THEY, _IT, _THERE))


def unclear_pronoun(question: str) -> str | None:
    """The "he", "she" or "they" of a short question that nothing stands for: it has no name and no noun before it, and
    asks what they said or tells too little else to be searched for. "Where do they film the series?" means nobody.
    """
    match = _HE.search(question) or _THEY.search(question)
    if match is None or names_in(question) or len(question.split()) > _LONGEST:
        return None
    if content_words(re.sub(r"\b(?:say|said)\b", "", question[: match.start()])):
        return None
    rest = len(content_words(question[match.end() :]))
    enough = _ENOUGH_OF_THEM if _THEY.fullmatch(match.group()) else _ENOUGH_OF_HIM
    return match.group() if _SAYS.search(question) or rest < enough else None


def uses_only_history(text: str, question: str, history: Sequence[Turn]) -> bool:
    """True if `text` is `question` with words of the history put in: no word with a meaning, number or denial that
    the conversation has not, and none of the question's own left out.
    """
    vocabulary = set(content_words(question))
    denials = set(words(question))
    for turn in history:
        vocabulary |= set(content_words(turn.question)) | set(content_words(turn.answer))
        denials |= set(words(turn.question))
    terms = set(content_words(text))
    kept = set(content_words(question)) - {term for word in _POINTING for term in content_words(word)}
    return bool(terms) and kept <= terms <= vocabulary and (set(words(text)) & NEGATIONS) <= denials


def _swapped(question: str, turn: Turn) -> str | None:
    last = turn.question.strip()
    match = _SWAP.match(question.strip())
    if match is None or not _OPENS_SWAP.match(question.strip()):
        return None
    new = match["rest"].strip()
    if _VERB_OF_ITS_OWN.search(new) or not content_words(new) or _HE.search(new) or _THEY.search(new):
        return None
    if (times := list(_TIME.finditer(new))) and times[0].group().strip() == new:
        return _exchanged(last, [match.span() for match in _TIME.finditer(last)][-1:], new)
    if about := ABOUT.match(new):
        return _about(last, about["what"])
    if not new.split()[0][:1].isupper() and not country_asked(" ".join(words(new))):
        return _about(last, new)
    return _renamed(turn, new)


_COUNTED = re.compile(r"\bhow (?:many|much)\s+$", re.IGNORECASE)  # before "Bayraktar drones" no actor stands


def _renamed(turn: Turn, new: str) -> str:
    """The last question about another name, possessive where the old one was. A body, or somebody whom the answer has
    beside it, does not take the place of a town ("Who won in Esk?", "What about the Centre List?").
    """
    bare, last = re.sub(r"['’]s?$", "", new), turn.question.strip()
    names = [name for name in names_in(last) if name.casefold() != bare.casefold()]
    if new.casefold().startswith("the ") or bare in turn.answer:
        names = [name for name in names if name in actors_in(last)]
    for name in names:
        match = re.search(rf"\b{re.escape(name)}(?P<own>['’]s?)?(?!\w)", last)
        if match and not _COUNTED.search(last[: match.start()]):
            own = ("’" if bare.endswith("s") else "’s") if match["own"] else ""
            return last[: match.start()] + bare + own + last[match.end() :]
    return _exchanged(last, [], f"regarding {bare}")


def _about(last: str, what: str) -> str:
    if match := ABOUT.search(last):
        return _exchanged(last, [match.span("what")], what)
    if ASKED_WHO.match(last) and (topic := topic_of(last)):  # "Who criticised the dam?"
        return _exchanged(last, [(last.rindex(topic), last.rindex(topic) + len(topic))], what)
    return _exchanged(last, [], f"about {what}")


def _exchanged(last: str, places: Sequence[tuple[int, int]], new: str) -> str:
    """The last question with the place replaced, or with the new part before its question mark."""
    if places:
        start, end = places[0]
        return f"{last[:start]}{new}{last[end:]}"
    body = re.sub(r"\s*[?.!]+$", "", last)
    return f"{body}, {new}?" if new.startswith("regarding") else f"{body} {new}?"


def _compared(question: str, last: str) -> str | None:
    """A comparison with its pronoun replaced by what the last question asked of its party; None where it is none."""
    compares = _COMPARES.search(question)
    points = _POINTS.search(question)
    if not compares or not points or points.start() > compares.start():
        return None
    whose = _of_party(re.sub(r"\s*[?.!]+$", "", last))
    return f"{question[: points.start()]}{whose}{question[points.end() :]}" if whose else None


def _of_party(last: str) -> str | None:
    """What a question asks of the party that it names, as a noun: its position, or what it did say."""
    places = sorted((at, name) for name in actors_in(last) if (at := last.find(name)) >= 0)
    if not places:
        return None
    first, name = places[0]
    helps = _ASKED_WHAT.match(last)
    if helps is None:
        return last[first:] if re.match(r"['’]s?\s+\w", last[first + len(name) :]) else None
    end = first + len(name)
    for at, other in places[1:]:  # "Holm and Lund say": both
        if re.fullmatch(r"\s*(?:,|,?\s*and)\s*(?:the\s+)?", last[end:at]):
            end = at + len(other)
    return f"what {last[helps.end() : end]} {helps['helps'].lower()}{last[end:]}"


def _others(question: str, turns: Sequence[Turn]) -> str | None:
    """Who else, and who is of another mind: asked of the last question's topic, without whom that was about."""
    last = turns[-1].question.strip()
    if _WHO_ELSE.match(question.strip()):
        known = _joined(people_in(turns[-1]))
        besides = f"besides {known}" if known else "else"
        if asks := ASKED_WHO.match(last):
            return f"Who {besides} {last[asks.end() :]}"
        topic = topic_of(last)
        return f"Who {besides} has commented on {topic}?" if topic else None
    if match := _DISAGREES.match(question.strip()):
        whom = next(iter(people_in(turns[-1])), None) or last_person(turns)
        topic = topic_of(last)
        if whom and topic:
            return f"Who {match['verb'].lower()} with {whom} on {topic}?"
    return None


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _whether_true(question: str, last: Turn) -> str | None:
    """Whether the first sentence of the last answer is so."""
    if not _TRUE.match(question.strip()):
        return None
    line = _line(next((one for one in last.answer.splitlines() if one.strip()), ""))
    if spoke := TITLED_BEFORE_COLON.match(line):
        line = line[spoke.end() - 1 :]
    quoted = re.match(r"[“\"](?P<said>[^”\"]+)[”\"]\W*$", line)
    line = _SENTENCE_END.split(line)[0]
    attributed = _ATTRIBUTED.match(line)
    claim = (quoted["said"] if quoted else attributed["claim"] if attributed else line).strip().rstrip(".!,")
    return f"Is it true that “{claim}”?" if 0 < len(claim.split()) <= _LONGEST_CLAIM else None


def _said_when(question: str, turns: Sequence[Turn]) -> str | None:
    """When somebody said what the last answer reports of a person whom its question does not name; else None."""
    if (
        not _WHEN_SAID.match(question.strip())
        or not _HE.search(question)
        or not (person := last_person(turns, question))
    ):
        return None
    surname = person.split()[-1]
    if surname in turns[-1].question:
        return None
    lines = (_line(one) for one in turns[-1].answer.splitlines())
    line = next((one for one in lines if re.search(rf"\b{re.escape(surname)}\b", one)), "")
    claim = " ".join(line.translate(_INNER_MARKS).split()[:_LONGEST_CLAIM]).strip(" .,;:")
    return f"When did {person} say this: “{claim}”?" if claim else None


def _line(text: str) -> str:
    """A line of an answer without the numbers of its citations."""
    return re.sub(r"(?:\s*\[\d+\])+\s*$", "", text).strip()


def _spoken_of(question: str, turns: Sequence[Turn]) -> str | None:
    """The last question that asked after the words of the person whom a bare question word points back to."""
    if not _HE.search(question) or not (person := last_person(turns, question)):
        return None
    asked_after = (turn.question.strip() for turn in reversed(turns) if _SAYS.search(turn.question))
    return next((text for text in asked_after if person.split()[-1] in _OTHERS.sub("", text)), None)


def _asked_of(question: str, last: str) -> str | None:
    if _BY_HOW_MUCH.match(question.strip()) and (won := _WHO_WON.match(last)):
        return f"{question.strip().rstrip(' ?.!')} was {won['what']} {won['verb'].lower()}?"
    if word := _ALONE.match(question.strip()):
        adverb = " ".join(word["word"].lower().split())
        if whole := _in_place(adverb if adverb in ("why", "why not", "where", "how") else "when", last):
            return whole
    match = _BARE.match(question.strip()) or _WHEN_SAID.match(question.strip())
    if match is None:
        return None
    asks = match["asks"].strip()
    if match["day"]:
        asks = f"When{asks[match.end('day') - match.start('asks') :]}"
    return f"{asks[0].upper()}{asks[1:]}, of “{last}”"


def _in_place(word: str, last: str) -> str | None:
    """The last question with another question word in the place of its own; None where it has no such place."""
    word = word.removesuffix(" not").capitalize()
    body = re.sub(r"\s*[?.!]+$", "", last)
    if match := re.match(
        r"^\W*what(?:\s+is|['’]s|\s+was)\s+(?P<what>.+\b(?:position|stance|view|opinion)\b.*)$", body, re.IGNORECASE
    ):
        what = re.sub(r"\bstated ", "", match["what"])
        return f"{word} was {what} stated?" if word == "When" else f"{word} is that {what}?"
    if match := _HELPED.match(body):
        helps, rest = match["helps"].lower(), match["rest"]
        rest = _SAYING.sub(lambda said: f"{said[0]} that", rest, count=1) if match["asks"] else rest
        return f"{word} {helps} {rest}?"
    if match := re.match(r"^\W*who\s+(?P<verb>said|says|denied|claimed|warned)\s+(?P<what>.+)$", body, re.IGNORECASE):
        return f"{word} was it said {match['what']}?" if match["what"].lower().startswith("that ") else None
    if match := re.match(r"^\W*what\s+happened\b(?P<where>.*)$", body, re.IGNORECASE):
        return f"{word} did that happen{match['where']}?"
    if match := re.match(
        r"^\W*how\s+(?:many|much)\s+(?P<what>\w+\s+(?!did\b|do\b|does\b|has\b|have\b|will\b).+)$", body, re.IGNORECASE
    ):
        return f"{word} is it that {match['what']}?"
    if match := re.match(
        r"^\W*who\s+(?P<what>(?!is\b|are\b|was\b|were\b|else\b|besides\b|(?:dis)?agrees\b)\w+\s+.+)$",
        body,
        re.IGNORECASE,
    ):
        return f"{word} was it that somebody {match['what']}?"
    return None


def _named(question: str, turns: Sequence[Turn]) -> str | None:
    """The question with its pronouns named; None where there is none, or one that nothing stands for."""
    changed = question.strip()
    if _HE.search(changed):
        own = _HE.search(changed)
        if own and names_in(changed[: own.start()]):
            return None  # "Did Holm say that she would go?" says itself who she is
        if couple := couple_asked(changed, turns[-1]):
            return _HE.sub(lambda said: couple[GENDER[said.group().casefold()]], changed)
        if not (person := last_person(turns, changed)):
            return None
        changed = _put(_HE, changed, person)
    if _THEY.search(changed):
        if names_in(changed[: changed.lower().find("the")]) or not (body := last_body(turns) or both_asked(turns[-1])):
            return None
        changed = _put(_THEY, changed, body)
    acts = _IT_ACTS.match(changed)
    if acts and (body := last_body(turns)):
        changed = changed[: acts.start("it")] + body + changed[acts.end("it") :]
    if _IT.search(changed):
        if not (topic := topic_of(turns[-1].question)) or len(content_words(changed)) > 6:
            return None
        changed = _put(_IT, changed, topic)
    if _THERE.search(changed) and (place := _PLACE.search(turns[-1].question)):
        changed = _THERE.sub(f"in {place[1]}".replace("\\", ""), changed, count=1)
    return changed


def _put(pattern: re.Pattern[str], text: str, name: str) -> str:
    def named(match: re.Match[str]) -> str:
        follows = re.match(r"\s+[a-z]", text[match.end() :])
        own = match.group().casefold() in _POSSESSIVE and follows
        return f"{name}’s" if own else name

    return pattern.sub(named, text)
