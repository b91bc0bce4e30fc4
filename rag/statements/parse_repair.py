"""Frequent mistakes of dependency parsers in news, undone one word at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.statements.lexicon import LEXICON, OCCASIONS, PERSON_NOUNS, TELLING_VERBS
from rag.statements.parsed_text import ParsedText, Parser, Token

_AFTER_UNIT = re.compile(r"(\d(?:m|bn|tn|k)\.) (?=[A-Z])")
_MARKS = frozenset("\"”'’»") | {"''"}
_BREAKS = _MARKS | {",", "—", "–", "-", "--"}
_NOT_IN_NOUN_PHRASE = ("VERB", "AUX", "PUNCT", "ADP", "SCONJ")
_OF_OTHERS = LEXICON.holding | LEXICON.attacking
_FARTHEST_SUBJECT, _FARTHEST_CLAUSE, _FARTHEST_CONJUNCT, _FARTHEST_OBJECT = 60, 25, 20, 8  # words


def parse_text(text: str, parser: Parser) -> ParsedText:
    """The parse of `text`, repaired. Raises what `parser.parse` raises."""
    tokens = parser.parse(_AFTER_UNIT.sub("\\1\n", text))  # of "for $8m. Roe added" parsers make one sentence
    return ParsedText(text, repaired(_with_what_was_told(text, tokens)))


def _with_what_was_told(text: str, tokens: Sequence[Token]) -> Sequence[Token]:
    """The words with sentences joined that the parser broke behind the one spoken to: told the club *he had gone*."""
    tellers: dict[int, int] = {}  # sentence -> the verb of the one before that tells it
    for before, token in pairwise(tokens):
        is_break = token.sentence != before.sentence and before.is_noun and "\n" not in text[before.end : token.start]
        addressee = before if before.dep == "dobj" else tokens[before.head]
        verb = tokens[addressee.head]
        if is_break and addressee.dep == "dobj" and verb.lemma in TELLING_VERBS and verb.dep == "ROOT":
            tellers[token.sentence] = verb.index
    if not tellers:
        return tokens
    return [_join(token, tellers) for token in tokens]


def _join(token: Token, tellers: dict[int, int]) -> Token:
    """The word with its sentence counted without the breaks, and hung on the verb that tells it where it was a root."""
    sentence = token.sentence - sum(number <= token.sentence for number in tellers)
    if token.sentence in tellers and token.head == token.index:
        return replace(token, sentence=sentence, head=tellers[token.sentence], dep="ccomp")
    return replace(token, sentence=sentence)


def repaired(tokens: Sequence[Token]) -> list[Token]:
    """The words with their governors mended. In "X said no; Y *said* yes" the first half is not what Y said; in "X and
    *Y* said" both are subjects. In "said he makes little and *questioned* the plan" the past tense belongs with "said",
    as the present does in "says he will go and *calls* it right". In "said in a statement that they *go*" the clause is
    what was said. In "It leaks, says *Jay Roe*" and "But, says *Jay Roe*, it leaks" the name is who says it. In "said
    he will, *adding* that ..." the participle goes on from "said". In "the minister of Norway, *Anna Roe*, said" the
    name is the minister's, not Norway's. In "Roe *described* director Jo Marsh as a friend" the verb is no modifier. In
    "At a dinner for the tenor *Jay Roe*, the critic *Ann Marsh* said" the first is the tenor, and the second says it.
    """
    return [
        _retagged(token, tokens[token.head], tokens)
        or _behind_title(token, tokens[token.head], tokens)
        or _repaired(token, tokens[token.head], tokens)
        for token in tokens
    ]


def _retagged(token: Token, head: Token, tokens: Sequence[Token]) -> Token | None:
    """The word with another part of speech, or one that hangs on such a word; None for all others."""
    if _is_surname(token, tokens):
        return replace(token, head=token.index + 1, dep="nsubj", pos="PROPN", tag="NNP", lemma=token.text)
    verb = _verb_taken_for_plural(head, tokens)
    return _of_plural(token, verb, tokens) if verb is not None else None


def _repaired(token: Token, head: Token, tokens: Sequence[Token]) -> Token:
    follows = token.dep in ("ccomp", "advcl", "parataxis", "dep") and head.index > token.index
    if follows and _semicolon_between(token, head, tokens):
        return replace(token, head=token.index, dep="ROOT")
    if token.dep == "nsubj" and (first := _coordinated_subject(token, tokens)) is not None:
        return replace(token, head=first, dep="conj")
    if token.dep in ("nsubj", "dobj") and (verb := _verb_in_front(token, head, tokens)) is not None:
        return replace(token, head=verb, dep="nsubj")
    if (verb := _verb_taken_for_modifier(token, head, tokens)) is not None:
        dep = "ROOT" if token.index == verb else "dobj" if token.dep == "ROOT" else token.dep
        return replace(token, head=verb, dep=dep)
    if token.dep == "npadvmod" and token.entity == "NORP" and token.index + 1 < len(tokens):
        following = tokens[token.index + 1]  # Swiss Re said
        is_name = following.dep == "nsubj" and following.head == token.head and following.pos == "PROPN"
        return replace(token, head=following.index, dep="compound") if is_name else token
    if token.dep == "conj" and token.is_verb and head.dep == "ccomp" and head.index < token.index:
        return _coordinated_with_cue(token, head, tokens)
    if token.dep == "ccomp" and head.index < token.index and _is_inserted(token, tokens):
        return replace(token, dep="parataxis")
    if token.dep in ("appos", "npadvmod", "nmod", "dep") and token.entity == "PERSON":
        return _apposition_of_office(token, tokens)
    if token.dep in ("acl", "ccomp", "relcl") and head.dep in ("pobj", "dobj"):
        return _clause_of_cue(token, head, tokens)
    if token.tag == "VBG" and token.dep in ("advcl", "acl", "conj", "prep") and token.index > 1:
        return _continuing_participle(token, head, tokens)
    return token


def _is_surname(token: Token, tokens: Sequence[Token]) -> bool:
    """True for a name taken for a modal verb: *Will* wrote; no modal verb stands before a past tense."""
    following = tokens[token.index + 1] if token.index + 1 < len(tokens) else token
    return (
        token.tag == "MD" and token.text.istitle() and following.tag in ("VBD", "VBZ") and following.head != token.index
    )


def _verb_taken_for_plural(token: Token, tokens: Sequence[Token]) -> int | None:
    """The verb of "Roe *claims* that ...", if it was made a noun that "Roe" describes."""
    at = token.index
    if token.tag != "NNS" or token.dep != "ROOT" or not 0 < at < len(tokens) - 1 or tokens[at + 1].tag != "IN":
        return None
    name = tokens[at - 1]
    return at if name.dep == "compound" and name.head == at and tokens[at + 1].lower == "that" else None


def _of_plural(token: Token, verb: int, tokens: Sequence[Token]) -> Token:
    """The verb, its subject, what describes that, and the clause that it governs."""
    if token.index == verb:
        return replace(token, pos="VERB", tag="VBZ")
    if token.index == verb - 1:
        return replace(token, dep="nsubj")
    if token.index < verb:
        return replace(token, head=verb - 1)
    parts = tokens[verb : token.index]
    is_clause = token.is_verb and any(part.lower == "that" for part in _dependants(token.index, parts, "mark"))
    return replace(token, dep="ccomp") if is_clause else token


def _verb_taken_for_modifier(token: Token, head: Token, tokens: Sequence[Token]) -> int | None:
    """The verb of "Roe *described* director Jo Marsh as a ...", if it was made a modifier of its object, for that
    object, the verb itself and what follows the object; else None. No modifier has a subject.
    """
    is_verb = token.dep == "amod"
    noun = tokens[head.head] if is_verb and head.dep == "compound" else token if token.dep == "ROOT" else head
    if noun.dep != "ROOT" or noun.is_verb:
        return None
    for verb in tokens[max(0, noun.index - _FARTHEST_OBJECT) : noun.index]:
        modified = tokens[verb.head]
        is_its = noun.index in (verb.head, modified.head if modified.dep == "compound" else verb.head)
        if verb.dep == "amod" and verb.tag == "VBD" and is_its and _has_subject(verb.index, tokens):
            follows = token.index > noun.index and token.dep in ("prep", "punct", "advcl", "npadvmod")
            opens = token.index < verb.index and head.index in (noun.index, modified.index)  # "Smiling, Roe described"
            return verb.index if follows or opens or token.index in (noun.index, verb.index) else None
    return None


def _dependants(head: int, tokens: Iterable[Token], *deps: str) -> list[Token]:
    """Those of `tokens` that hang on `head`, with `deps` those under one of these labels."""
    return [token for token in tokens if token.head == head and (not deps or token.dep in deps)]


def _has_subject(verb: int, tokens: Iterable[Token]) -> bool:
    return any(token.dep.startswith("nsubj") for token in _dependants(verb, tokens))


def _semicolon_between(token: Token, head: Token, tokens: Sequence[Token]) -> bool:
    """True if a semicolon outside quotation marks stands between the two."""
    between = [part.text for part in tokens[token.index : head.index]]
    return ";" in between and not _MARKS.intersection(between[between.index(";") :])


def _coordinated_subject(token: Token, tokens: Sequence[Token]) -> int | None:
    """An earlier subject of the same verb that an "and" joins with this one."""
    near = range(token.index - 1, max(-1, token.index - _FARTHEST_CONJUNCT), -1)
    conjunction = next((at for at in near if tokens[at].dep == "cc" and tokens[at].lower in ("and", "&")), None)
    if conjunction is None or any(tokens[at].is_verb for at in range(conjunction, token.index)):
        return None
    other = tokens[tokens[conjunction].head]
    is_same = other.dep == "nsubj" and other.head == token.head and other.index < conjunction
    return other.index if is_same else None


def _behind_title(token: Token, head: Token, tokens: Sequence[Token]) -> Token | None:
    """The name hung on the title in front of it, and the one behind it as the subject; None for all others."""
    if token.dep == "nsubj" and (title := _title_in_front(token, tokens)) is not None:
        return replace(token, head=title, dep="appos")
    if token.dep == "appos" and head.dep == "nsubj" and _title_in_front(head, tokens) is not None:
        return replace(token, head=head.head, dep="nsubj")
    return None


def _title_in_front(name: Token, tokens: Sequence[Token]) -> int | None:
    """The title right before a name, behind a preposition, if another name stands between it and its verb and no comma
    closes that off as an aside.
    """
    first = name.index
    while first > 0 and tokens[first - 1].head == name.index:
        first -= 1
    title = tokens[first - 1] if first else name
    if title.dep != "pobj" or title.lemma not in PERSON_NOUNS or name.pos != "PROPN" or name.head < name.index:
        return None
    others = [one for one in _dependants(name.index, tokens[name.index : name.head], "appos") if one.pos == "PROPN"]
    return title.index if any(one.index + 1 == name.head for one in others) else None


def _verb_in_front(token: Token, head: Token, tokens: Sequence[Token]) -> int | None:
    """The verb without subject that stands between a comma and the noun phrase of `token`, where a clause is said
    before it or, after a second comma, behind it."""
    verb = head if token.dep == "dobj" else tokens[head.head]
    if verb.tag not in ("VBD", "VBZ") or not 0 < verb.index < token.index or tokens[verb.index - 1].text != ",":
        return None
    if any(tokens[at].pos in _NOT_IN_NOUN_PHRASE for at in range(verb.index + 1, token.index)):
        return None
    before = tokens[max(0, verb.index - _FARTHEST_SUBJECT) : verb.index]
    if _has_subject(verb.index, before):
        return None
    if token.dep == "dobj":
        return verb.index if _dependants(verb.index, before, "ccomp") else None
    in_commas = token.index + 1 < len(tokens) and tokens[token.index + 1].text == ","
    return verb.index if in_commas and head.dep == "ccomp" and head.head == verb.index else None


def _coordinated_with_cue(token: Token, head: Token, tokens: Sequence[Token]) -> Token:
    """A verb hung beside the cue whose tense it shares, where the clause between has another; one with a subject of its
    own only where somebody else says something: X says they are sure and Y *accused* them."""
    cue = tokens[head.head]
    parts = _dependants(token.index, tokens[head.index : token.index])
    subjects = [part for part in parts if part.dep.startswith("nsubj")]
    if subjects and not (token.lemma in _OF_OTHERS and subjects[0].is_noun):
        return token
    before = _dependants(head.index, tokens[max(0, head.index - 4) : head.index])
    has_modal = any(part.tag == "MD" for part in before)
    if (token.tag == "VBD" or any(part.lower == "did" for part in parts)) and cue.tag == "VBD":
        differs = head.tag in ("VBZ", "VBP") or has_modal or any(part.lower == "had" for part in before)
    else:
        is_present = token.tag == "VBZ" or any(part.lower in ("has", "does") for part in parts)
        differs = is_present and cue.tag == "VBZ" and (has_modal or head.tag in ("VBD", "VBP"))
    return replace(token, head=cue.index) if differs else token


def _is_inserted(token: Token, tokens: Sequence[Token]) -> bool:
    """True for a cue with its subject right after a comma, where the clause before is what it hands on: Roe thinks it
    leaks, *her aide said*."""
    subjects = _dependants(token.index, tokens[token.head : token.index], "nsubj")
    if token.lemma not in ("say", "write", "tell") or token.tag != "VBD" or len(subjects) != 1:
        return False
    first = subjects[0].index
    while tokens[first - 1].head in range(first, subjects[0].index + 1) and tokens[first - 1].text != ",":
        first -= 1
    others = _dependants(token.head, tokens[token.head : first], "ccomp")
    own = _dependants(token.index, tokens[token.index : token.index + _FARTHEST_CLAUSE], "ccomp", "dobj")
    return tokens[first - 1].text == "," and bool(others) and not own


def _clause_of_cue(token: Token, head: Token, tokens: Sequence[Token]) -> Token:
    """The clause with "that" hung on the verb, where the noun between them is an occasion or no part of the clause."""
    verb = tokens[tokens[head.head].head if head.dep == "pobj" else head.head]
    parts = tokens[head.index + 1 : token.index]
    that = next((part for part in _dependants(token.index, parts) if part.lower == "that"), None)
    if that is None or not _has_subject(token.index, parts):
        return token
    is_complete = token.dep == "relcl" and that.dep in ("mark", "advmod")  # it lacks nothing that the noun could be
    on_occasion = head.lemma in OCCASIONS and that.index == head.index + 1 and that.dep in ("mark", "dobj")
    has_addressee = head.dep == "pobj" or verb.lemma == "tell"
    if has_addressee and verb.tag.startswith("VB") and (on_occasion or is_complete):
        return replace(token, head=verb.index, dep="ccomp")
    return token


def _apposition_of_office(token: Token, tokens: Sequence[Token]) -> Token:
    """The name after "the minister of Norway," hung on the minister, unless the minister has a name before it."""
    first = token.index
    while first > 1 and tokens[first - 1].head == token.index:
        first -= 1
    if first < 2 or tokens[first - 1].text != ",":
        return token
    part = tokens[first - 2]
    while part.dep in ("pobj", "compound", "nmod") or (
        part.dep == "prep" and part.lemma in LEXICON.office_prepositions
    ):
        part = tokens[part.head]
        if part.lemma in PERSON_NOUNS and part.tag in ("NN", "NNP") and part.entity != "PERSON":
            has_name = part.dep == "appos" and tokens[part.head].entity == "PERSON"
            return token if has_name else replace(token, head=part.index, dep="appos")
    return token


def _continuing_participle(token: Token, head: Token, tokens: Sequence[Token]) -> Token:
    """The participle hung on the verb that governs the clause around it, if it has a clause of its own or goes on."""
    before = tokens[token.index - 1]
    if before.text not in _BREAKS or (before.text in _MARKS and tokens[token.index - 2].text != ","):
        return token
    after = tokens[token.index + 1 : token.index + 1 + _FARTHEST_CLAUSE]
    has_clause = token.dep == "advcl" and bool(_dependants(token.index, after, "ccomp"))
    below = head
    while (has_clause or token.lemma in LEXICON.continuing_participles) and below.head != below.index:
        if below.dep in ("ccomp", "dobj") and tokens[below.head].tag.startswith("VB") and below.head < below.index:
            return replace(token, head=below.head, dep="advcl")
        below = tokens[below.head]
    return token
