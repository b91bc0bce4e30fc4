"""To whom a sentence gives what it tells ("Lund said that ...", "..., according to Lund", "Lund: “...”"), and whether
two attributions name one source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.domain import Statement
from rag.knowledge.words import GIVEN_NAMES, HONORIFICS, TITLES
from rag.text.canonical import fold
from rag.text.places import country_of
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, joint_speakers, stem, words

_PLAIN = (
    "tell add state announce argue claim insist declare warn call reveal disclose describe write tweet ask note admit"
    " acknowledge concede confirm explain stress emphasise emphasize maintain contend suggest reject dismiss predict"
    " promise pledge vow accuse allege complain criticise criticize condemn praise demand urge assure caution conclude"
    " recall think believe estimate say dispute oppose defend quote speak forecast expect hope"
    " liken deride denounce decry ridicule"
).split()
_FORMS = {
    "deny": "deny denies denied", "reply": "reply replies replied", "say": "say says said",
    "tell": "tell tells told", "write": "write writes wrote written", "think": "think thinks thought",
    "speak": "speaks spoke",
}  # fmt: skip


def _inflected(verb: str) -> list[str]:
    if verb in _FORMS:
        return _FORMS[verb].split()
    stem = verb.removesuffix("e")
    third = f"{verb}es" if verb.endswith(("s", "ss", "sh", "ch")) else f"{verb}s"
    double = {"admit": "admitt"}.get(verb, stem)
    return [verb, third, f"{double}ed"]


_VERBS = sorted({form for verb in [*_PLAIN, "deny", "reply"] for form in _inflected(verb)}, key=len, reverse=True)
# Verbs after which what follows is what somebody said, and nothing else.
_PURE = frozenset(
    form
    for verb in "say tell add state announce argue claim insist declare warn reveal disclose note admit acknowledge"
    " concede explain stress emphasise emphasize maintain contend deny reply complain think believe".split()
    for form in _inflected(verb)
)
_BASES = frozenset([*_PLAIN, "say", "deny", "reply", "tell", "write", "think", "speak"])
SAYS = re.compile(rf"\b(?:{'|'.join(_VERBS)}|point(?:s|ed) out|according to|in the words of)\b", re.IGNORECASE)
_SAYS_LAST = re.compile(rf"\s+(?:{SAYS.pattern})\s*$", re.IGNORECASE)
_BOUND = re.compile(r"[;:“”\"]|\bthat\b|\bwhether\b|[.!?]\s|\bbut\b|\bwhile\b|\balthough\b|\bthough\b|\bbecause\b")
_AUXILIARY = re.compile(
    r"(?:\b(?:has|have|had|also|later|then|repeatedly|already|always|never|not|once|again|openly|once more|is|was|were"
    r"|been|be|however|meanwhile|too|instead|neither|nor|said to|would|will|did|does|do|in turn"
    r"|for (?:his|her|their) part|\w+ly)\b[\s,]*)+$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s+((?:the |a |an |[A-Z])[^,.;:“”\"]{1,60})")
_ASIDE = re.compile(r"\s*(?:(?:by|in|on|at|for|after|before|with|during|as|when|while)\b[^A-Z]*$|\w+ing\b)")
_THAT = re.compile(r"[^.;:“”\"]{0,50}?\bthat\b")
_TAIL = 9
_CLOSED = re.compile(r"[,”\"]\s*$")
_INVERTED = re.compile(
    r"\s+((?:(?:the|a|an)\s)?(?:[a-z]+\s){0,3}?[A-Z][\w’'.-]*(?:\s(?:of|for|and|the|[A-Z][\w’'-]*))*)"
    r"(?=\s*(?:[,.;]|$)|\s(?:who|in|on|at|after|during|told)\b)"
)
# Verbs behind which a name is the one who is told, not the one who tells.
_HAVE_OBJECTS = frozenset(
    form
    for verb in "tell accuse criticise criticize condemn praise urge assure call describe quote ask dismiss oppose"
    " defend reject recall demand".split()
    for form in _inflected(verb)
)
_JOINED = re.compile(r"(?:\b(?:and|but|or|then)|[,”])\s*$")
_NO_VERB = re.compile(
    r"\b(?:to|the|a|an|his|her|their|its|of|no|any|this|that|be|been|being|was|were|is|are)\s+$", re.IGNORECASE
)
_NOUN = re.compile(r"\b(?:the|a|an|his|her|their|its|no|any|this|that)\s+\w+\s+$", re.IGNORECASE)
_COUNTED = re.compile(
    r"\b(?:first|second|third|last|few|many|several|other|member|two|three|four|such|these|those)\s+$", re.IGNORECASE
)
_NAMED = re.compile(r"^\s*([^“”\"„«:]{2,80}):\s*[“\"„«‘']")


@dataclass(frozen=True, slots=True)
class Credit:
    """An attribution: its verb, the words right before it that name who speaks, and all words of its clause before
    it. `pure` verbs only say that somebody said something."""

    verb: str
    subject: str
    clause: str
    start: int
    end: int
    pure: bool


def credits_of(text: str) -> Iterator[Credit]:
    """The attributions of a sentence whose quotations have been blanked out."""
    before: Credit | None = None
    for match in SAYS.finditer(text):
        verb = match.group().lower()
        if verb in ("according to", "in the words of"):
            subject = re.split(r"[,;.]|\bthat\b", text[match.end() :], maxsplit=1)[0]
            if words(subject):
                yield Credit(verb, subject, subject, match.start(), match.end() + len(subject), True)
            continue
        if match.start() and match.group()[0].isupper():
            continue  # the United States
        if _is_noun(verb, text[: match.start()]):
            continue
        bounds = [item.end() for item in _BOUND.finditer(text, 0, match.start())]
        start = bounds[-1] if bounds else 0
        clause = _AUXILIARY.sub("", text[start : match.start()])
        turned = verb not in _HAVE_OBJECTS and _CLOSED.search(text, 0, match.start())
        if inverted := _INVERTED.match(text, match.end()) if turned else None:
            subject = clause = inverted[1].rstrip(".")  # "..., said Ada Lund."
        elif _JOINED.search(clause) and before:
            subject, clause = before.subject, before.clause  # "said that ..., and added"
        else:
            pieces = [piece for piece in clause.split(",") if _says_something(piece) and not _ASIDE.match(piece)]
            subject = pieces[-1] if pieces else ""
            if not subject and (after := _AFTER.match(text, match.end())):
                subject = clause = after[1]
        spoken = words(subject)
        if spoken and spoken[-1] in _PRONOUNS:
            subject = clause = spoken[-1]  # "In a letter to Lund he wrote"
        if subject:
            before = Credit(verb, subject, clause, start, match.end(), verb in _PURE)
            yield before


def _is_noun(verb: str, before: str) -> bool:
    """True for an infinitive, a participle of a passive, and a noun: "the final say", "the first states"."""
    if _NO_VERB.search(before) or _COUNTED.search(before):
        return True
    return verb in _BASES and _NOUN.search(before) is not None


def _says_something(piece: str) -> bool:
    return any(word not in STOPWORDS or word in _PRONOUNS for word in words(piece))


_PRONOUNS = frozenset("he she they it who".split())


def named_before_colon(text: str) -> str:
    """The name of "Name: “...”", empty where the sentence has another form."""
    match = _NAMED.match(text)
    if not match or not re.search(r"[^\W\d_a-z]", match[1]):
        return ""
    return _SAYS_LAST.sub("", match[1])


def without_credit(text: str) -> str:
    """The text without the first attribution of each sentence: what is said alone."""
    return " ".join(_bare(span.of(text)) for span in sentences(text))


def _bare(sentence: str) -> str:
    for credit in credits_of(sentence):
        if credit.verb in ("according to", "in the words of"):
            before, after = sentence[: credit.start], sentence[credit.end :]
            return (before.rstrip(" ,") + after) if before.strip() else after.lstrip(" ,")
        behind = _THAT.match(sentence, credit.end)
        if behind:
            return sentence[behind.end() :]
        comma = max(sentence.rfind(mark, 0, credit.end) for mark in (",", "”", '"'))
        if comma > 0 and len(words(sentence[credit.end :])) <= _TAIL:
            head = sentence[: max(0, sentence.rfind(credit.subject.strip(), 0, credit.end))].rstrip(" ,")
            return head or sentence
        return sentence
    return sentence


# -- whether two attributions name one source: a draft's and the record's


_BODY = 2  # capitalised words at least that a person's name has


def same_source(ours: Statement, theirs: Statement, *, is_surname: Callable[[str], bool]) -> bool | None:
    """True where both statements are by, or for, one source as far as names go; False where they name two; None where
    one of them names nobody, or where a body and a person are named who may belong together. `is_surname` says of
    a folded word that stands alone whether it is known as the last name of a person.
    """
    if not ours.speaker or not (theirs.speaker or theirs.on_behalf_of):
        return None
    named = [name for name in (theirs.speaker, theirs.on_behalf_of) if name]
    if any(same_name(one, other) for one in _each(ours.speaker) for name in named for other in _each(name)):
        return True
    shared = _stems(ours.speaker) & _stems(" ".join((*named, theirs.role or "")))
    people = [
        any(_is_person(one) or is_surname(fold(one)) for one in _each(name))
        for name in (ours.speaker, theirs.speaker or "")
    ]
    if all(people) and not _stems(" ".join(_name(ours.speaker))) & _stems(" ".join(_name(theirs.speaker or ""))):
        return False
    country = country_of(ours.speaker) or country_of(ours.on_behalf_of or "")
    countries = {country_of(name) for name in (*named, theirs.role or "")} - {None}
    if country and country in countries:
        return True if country_of(ours.speaker) else None
    if shared:
        return None if people[0] else True  # "the defence ministry" and its minister
    return False if country and countries and not any(people) else None


def is_described(name: str) -> bool:
    """True for a speaker who is no more than described, in words without a name: "whose child", "a narrator"."""
    return not any(part[:1].isupper() for part in name.split())


def _each(name: str) -> list[str]:
    """Those who said a thing together, of whom one may be no more than described, and the name as it stands."""
    return [*dict.fromkeys((*joint_speakers(name), *name.split(" and "), name))]


def same_name(one: str, other: str) -> bool:
    """True if one name may be the other's longer or shorter form: the same last word, and no two given names that
    differ, titles and honorifics aside; initials stand for a name.
    """
    mine, its = _name(one), _name(other)
    if not mine or not its:
        return False
    short, long = sorted((mine, its), key=len)
    if short[-1] != long[-1]:
        return len(short) == 1 and short[0] == long[0] and len(long) <= _BODY
    if short == long[-len(short) :]:  # two surnames
        return True
    return all(a == b or (a[0] == b[0] and 1 in (len(a), len(b))) for a, b in zip(short[:-1], long[:-1], strict=False))


def _name(name: str) -> list[str]:
    held = [word for word in words(name) if word not in STOPWORDS]
    plain = [word for word in held if word not in TITLES and word not in HONORIFICS]
    return plain or held


def _is_person(name: str) -> bool:
    """True for a name that looks like a person's: two or more capitalised words, none of a country, and no office."""
    parts = [part for part in name.split() if fold(part).rstrip(".") not in HONORIFICS | dict.fromkeys(TITLES)]
    return (
        len(parts) >= _BODY
        and all(part[:1].isupper() or len(part) <= _BODY + 1 for part in parts)
        and (country_of(name) is None or fold(parts[0]) in GIVEN_NAMES)  # Michael Jordan
        and not {fold(part) for part in parts} & _OFFICES
    )


_OFFICES = frozenset(
    """ministry department office party council committee commission agency association union institute university
    court police government group company corporation inc ltd plc bank federation league club news times post
    parliament congress senate army navy force service authority board foundation centre center network coalition
    international house airlines motors""".split()
)


def _stems(text: str) -> set[str]:
    # A ministry and its minister, a president and a presidency: what their first letters share.
    return {stem(word)[:6] for word in words(text) if word not in STOPWORDS and len(word) > _BODY}
