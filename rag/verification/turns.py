"""Changes of meaning beyond single words: swapped agents, plans told as done, dropped conditions, added causes.

Each is checked where the sentence shares a verb or a clause with a sentence of its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.text.places import country_of, is_office
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, content_words, stem, words
from rag.verification.credits import credits_of
from rag.verification.record import PRONOUNS, Objection, Record
from rag.verification.tokens import Token, names_in, similar, tokens

_CONDITION = re.compile(
    r"(?<!as )(?<!even )\b(?:if|provided(?: that)?|providing|unless|as long as|in case|on condition)\b", re.IGNORECASE
)
_CONDITIONAL = re.compile(
    r"\b(?:if|provided|providing|unless|as long as|in case|condition\w*|depend\w*|subject to|once"
    r"|would|could|might|may|whether"
    r"|until|without|should)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|owing to|due to|thanks to|as a result|caused by|on account of|led to)\b", re.IGNORECASE
)
_CAUSAL = re.compile(
    r"\b(?:because|owing|due|thanks|result\w*|caus\w*|account|led|lead\w*|after|since|so|over|for|as|therefore|reason\w*"
    r"|amid|in order|blam\w*|citing|cited)\b",
    re.IGNORECASE,
)
# What is to come, wanted or possible, and not done.
_FUTURE = re.compile(
    r"\b(?:will|would|shall|could|might|may|must|should|can|cannot|plan(?:s|ned|ning)?|intend(?:s|ed)?|hope[sd]?"
    r"|promis(?:e|es|ed)|pledg(?:e|es|ed)|vow(?:s|ed)?|expect(?:s|ed)?"
    r"|think(?:s|ing)? of|thought of|weigh(?:s|ed|ing)?|mull(?:s|ed|ing)?|want(?:s|ed)?|wish(?:es|ed)?|aim(?:s|ed)?"
    r"|seek(?:s|ing)?"
    r"|about to|set to"
    r"|due to (?=[a-z]+\b)|(?:is|are|was|were) to|going to|ready to|likely|urge[sd]?|demand(?:s|ed)?"
    r"|call(?:s|ed)? (?:on|for)|ask(?:s|ed)? (?:for|to)"
    r"|propos(?:e|es|ed)|offer(?:s|ed)?|consider(?:s|ed|ing)?)\b|[’']ll\b|[’']d\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:predict\w*|forecast\w*|foresee\w*|possib\w*|potential\w*|prepared|mean[st]?|meant|scheduled|if|until|next|open|proposal"
    r"|prospects?|tomorrow|soon|coming|future|need\w*|ha[sd] to|have to"
    r"|(?:call|wish|hope|plan|want|ask|desire|demand|order|intention|need"
    r"|reason|time|chance|able|unable|unwilling|willing|refus\w+|declin\w+|decid\w+|agree\w*|try|tries|tried"
    r"|attempt\w*) (?:to|for|of)|capable)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|never|neither|nor|cannot|none)\b|n[’']t\b", re.IGNORECASE)
# "Not directly linked" may be linked.
_LIMITED = re.compile(
    rf"(?:{_NOT.pattern})\s+(?:\w+\s+)?(directly|necessarily|fully|completely|entirely|wholly|only|merely|always|exactly|yet)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:asked|asks|unclear|unknown|undecided|not (?:known|decided|clear)) (?:\w+ )?(?:whether|if)\b", re.IGNORECASE
)
_ASKING = re.compile(r"\b(?:whether|if|asked|question\w*|unclear|open|unknown|undecided)\b", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:a|an|per|every|each) (?:hour|day|night|week|month|quarter|year)\b(?! (?:ago|earlier|later|before|after|old))"
    r"|\b(?:hourly|daily|weekly|monthly|yearly|annually|annual)\b",
    re.IGNORECASE,
)
_SHORT = 3  # words of a sentence that only denies: "Lund is not among them"
_LINKS = frozenset("in to by from at".split())
_INDEFINITE = re.compile(
    r"\b(?:a|an|one|another|some|unnamed|anonymous)\s+(?:(?!of\b)[\w-]+\s+){0,2}?(?P<office>[a-z]+)\b", re.IGNORECASE
)
_HOLDER = re.compile(r"\b(?P<office>[A-Za-z]+) (?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)")
_ACCUSED = re.compile(r"\b(?:accus(?:e|es|ed|ing)|alleg(?:e|es|ed|ing)|suspected of|charged with)\b", re.IGNORECASE)
_CHARGE = re.compile(
    r"\b(?:accus|alleg|suspect|charg|claim|complain|critici|blam|den(?:y|ied|ies)|disput|report|convict|sentenc|guilty"
    r"|admit|according|reject)\w*\b",
    re.IGNORECASE,
)
_TOLD_TO = re.compile(
    r"\b(?P<verb>tell|tells|told|telling|ask|asks|asked|urge[sd]?|inform(?:s|ed)?|call(?:s|ed)? on)\s+"
    r"(?P<whom>(?:(?!that\b|for\b|to\b|on\b|in\b|whether\b|about\b|he\b|she\b|of\b|both\b)[\w’'-]+\s*){1,4})",
    re.IGNORECASE,
)
_PERFECT = frozenset("has have had having".split())
_BE = frozenset("is are was were be been being".split())
_NOT_YET = frozenset("to will would could might may should must if can".split())


def check_turns(text: str, record: Record) -> Iterator[Objection]:
    """Objections to the agents, completion, conditions and causes of the sentence."""
    names = names_in(f"{text}\n{record.body}")
    claim, source = tokens(text, names=names), tokens(record.body, names=names)
    yield from _check_agents(claim, source)
    yield from _check_completion(claim, source)
    reported = any(credit.pure for credit in credits_of(text))  # "would" is then the "will" of what was said
    if (match := _CONDITION.search(record.closest)) and not (_CONDITION if reported else _CONDITIONAL).search(text):
        yield Objection(f"its source says so on a condition (“{match.group()}”)")
    if not _FUTURE.search(text) and not _OPEN.search(text) and (marker := _future_marker(claim, record.closest)):
        yield Objection(f"its source has it as something to come (“{marker}”)")
    if (match := _LIMITED.search(record.closest)) and match[1].lower() not in text.lower() and _NOT.search(text):
        yield Objection(f"it leaves out “{match[1]}”")
    if (match := _CAUSE.search(text)) and (not _CAUSAL.search(record.body) or _is_another_reason(match, record)):
        yield Objection(f"its source gives no such reason (“{match.group()}”)", "soft", match.span())
    yield from _check_denials_and_rates(text, record)
    yield from _check_persons(text, record)
    yield from _check_prepositions(claim, source)


# -- who does it to whom


def _check_agents(claim: Sequence[Token], source: Sequence[Token]) -> Iterator[Objection]:
    """A verb keeps what stands before it before it: "A accused B" is not "B accused A"."""
    for at, verb in enumerate(claim):
        if verb.kind != "word" or verb.tense != "past" or verb.reports:
            continue
        places = [number for number, item in enumerate(source) if item.key == verb.key and item.kind == "word"]
        before = _names_on_side(claim, at, -1)
        behind = _names_on_side(claim, at, 1)
        if not places or not before or not behind:
            continue
        if all(_has_swapped_sides(before, behind, source, place) for place in places) and _is_passive(claim, at) == any(
            _is_passive(source, place) for place in places
        ):
            yield Objection(f"its source has another before “{verb.form}”", "firm", (verb.start, verb.end))
            return


def _has_swapped_sides(before: set[str], behind: set[str], source: Sequence[Token], at: int) -> bool:
    """True if the names on the two sides of a verb have changed sides; where its source has a pronoun or a common noun
    on one side, the name of the other will do."""
    theirs_before, theirs_behind = _names_on_side(source, at, -1), _names_on_side(source, at, 1)
    to_front = (before - behind) & (theirs_behind - theirs_before)
    to_back = (behind - before) & (theirs_before - theirs_behind)
    if to_front and to_back:
        return True
    return bool(to_back and not theirs_behind and not before & theirs_before) or bool(
        to_front and not theirs_before and not behind & theirs_behind
    )


def _names_on_side(items: Sequence[Token], at: int, step: int) -> set[str]:
    """The names and carrying words on one side of a word, within its sentence, states under one name."""
    names = set()
    place = at + step
    while 0 <= place < len(items) and items[place].sentence == items[at].sentence and abs(place - at) < 14:
        item = items[place]
        if item.kind == "name":
            names.add(country_of(item.form.title()) or item.key[:5])
        place += step
    return names


def _is_passive(items: Sequence[Token], at: int) -> bool:
    behind = [item.form for item in items[at + 1 : at + 12] if item.sentence == items[at].sentence]
    before = {item.form for item in items[max(0, at - 3) : at] if item.sentence == items[at].sentence}
    return "by" in behind or bool(before & _BE)


# -- reasons, questions, places


def _is_another_reason(cause: re.Match[str], record: Record) -> bool:
    """True if the words of the reason are hardly any of the cited ones."""
    reason = content_words(re.split(r"[,;]", cause.string[cause.end() :], maxsplit=1)[0])
    held = sum(term in record.cited_stems or any(similar(term, one) for one in record.cited_stems) for term in reason)
    return 2 * held < len(reason)


def _check_denials_and_rates(text: str, record: Record) -> Iterator[Objection]:
    """What its source only asks or denies shortly, and how often it says that something is paid or done."""
    if not _NOT.search(text):
        terms = set(content_words(text))
        for span in sentences(record.body):
            short = content_words(one := span.of(record.body))
            if _NOT.search(one) and 0 < len(short) <= _SHORT and set(short) <= terms:
                yield Objection(f"its source denies it (“{one.strip()}”)", "firm")
    if (match := _ASKED.search(record.closest)) and not _ASKING.search(text):
        yield Objection(f"its source leaves this open (“{match.group()}”)", "firm")
    for match in _RATE.finditer(text):
        if not _RATE.search(record.body):
            yield Objection(f"its source does not say “{match.group()}”", "soft", match.span())


def _check_prepositions(claim: Sequence[Token], source: Sequence[Token]) -> Iterator[Objection]:
    """The name behind a word and "in", "to", "by" or "from" is the one that its source has there."""
    there: dict[tuple[str, str], set[str]] = {}
    for key, preposition, name, _ in _prepositional_names(source):
        there.setdefault((key, preposition), set()).add(name)
    for key, preposition, name, item in _prepositional_names(claim):
        names = there.get((key, preposition))
        if names and name not in names and not any(_name_the_same(name, one) for one in names):
            yield Objection(
                f"its source has “{preposition} {min(names).title()}” there", "soft", (item.start, item.end)
            )


def _prepositional_names(items: Sequence[Token]) -> Iterator[tuple[str, str, str, Token]]:
    """Words that carry, each with the preposition and the name (its last word) right behind."""
    for at, item in enumerate(items[:-2]):
        link, name = items[at + 1], items[at + 2]
        start = at + 2
        if name.form == "the" and at + 3 < len(items):
            start, name = at + 3, items[at + 3]
        if not item.carries or link.form not in _LINKS or name.kind != "name" or not (link.near and name.near):
            continue
        after = items[start + 1] if start + 1 < len(items) else None
        if start > at + 2 and after and after.near and after.kind == "word":
            continue  # "from the Norland company"
        last = name
        for after in items[start + 1 : start + 4]:
            if after.kind != "name" or not after.near:
                break
            last = after
        yield item.key, link.form, last.key, last


def _name_the_same(name: str, other: str) -> bool:
    country = country_of(name.title())
    return name[:5] == other[:5] or (country is not None and country == country_of(other.title()))


# -- who is meant


def _check_persons(text: str, record: Record) -> Iterator[Objection]:
    """Whom the source leaves without a name has none; what somebody is accused of is not told as done; and who is told
    or asked is the one whom its source has there."""
    offices = {match["office"].lower() for match in _INDEFINITE.finditer(record.body)} - STOPWORDS
    for match in _HOLDER.finditer(text):
        office = match["office"].lower()
        if office in offices and is_office(office) and not set(words(match["name"])) & set(words(record.body)):
            yield Objection(f"its source does not say which {office} it was", "firm", match.span())
    if (accused := _ACCUSED.search(record.closest)) and not _CHARGE.search(text) and not any(credits_of(text)):
        terms, behind = set(content_words(text)), set(content_words(record.closest[accused.end() :]))
        if 2 * len(terms & behind) >= len(terms - set(content_words(record.closest[: accused.start()]))) > 0:
            yield Objection(f"its source has it as an accusation (“{accused.group()}”)", "firm")
    there = [set(content_words(match["whom"])) for match in _TOLD_TO.finditer(record.body)]
    known = (
        record.cited_stems
        | set(content_words(record.text_before))
        | {stem(word) for word in words(record.attributions)}
    )
    for match in _TOLD_TO.finditer(text):
        whom = set(content_words(match["whom"])) - PRONOUNS
        if (whom and not any(term in known or any(similar(term, one) for one in known) for term in whom)) or (
            whom and there and all(one and not one & whom for one in there) and not whom & known
        ):
            yield Objection(f"its source does not say “{match.group().strip()}”", "soft", match.span())


# -- planned and done


def _future_marker(claim: Sequence[Token], source: str) -> str:
    """The word by which the source has as planned, wanted or possible what the sentence tells, else ""."""
    keys = {item.key for item in claim}
    for marker in _FUTURE.finditer(source):
        behind = [
            item for item in tokens(source[marker.end() : marker.end() + 60]) if item.carries and item.kind != "day"
        ]
        if behind and behind[0].key in keys:
            return marker.group()
    return ""


def _check_completion(claim: Sequence[Token], source: Sequence[Token]) -> Iterator[Objection]:
    """What the sentence has as done ("has signed") is not what the source has as planned or asked for ("to sign")."""
    for at, verb in enumerate(claim):
        if verb.kind != "word" or verb.tense != "past" or verb.reports:
            continue
        lead = [item.form for item in claim[max(0, at - 4) : at] if item.sentence == verb.sentence]
        if (
            not _PERFECT & set(lead)
            or _NOT_YET & set(lead)
            or any(item.kind == "negation" for item in claim[max(0, at - 4) : at])
        ):
            continue
        same = [number for number, item in enumerate(source) if item.key == verb.key]
        if same and all(_is_not_done(source, place) for place in same):
            yield Objection(f"its source does not say that it is done (“{verb.form}”)", "soft", (verb.start, verb.end))
            return


def _is_not_done(source: Sequence[Token], at: int) -> bool:
    if source[at].form.endswith("ing") and at and source[at - 1].form in ("of", "after", "for", "by", "since", "from"):
        return False  # accused of refusing
    if source[at].tense == "past":
        return any(item.form in _NOT_YET for item in source[max(0, at - 4) : at])
    return True
