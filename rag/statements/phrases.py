"""Candidates of nouns, adverbs, phrases and lines: what attributes words to somebody without a verb of its own.

A candidate's `key` is what the lexicon decides by: the lemma of the cue, with its preposition where it has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.statements.grammar import (
    HEARING,
    has_mark,
    has_object,
    has_to,
    is_clause,
    misread_before,
    source_words,
    subject,
    verb_cue,
)
from rag.statements.labels import labelled
from rag.statements.parsed_text import ParsedText
from rag.text.sentences import lines

_BLOCK = 8
_SELF = frozenset("i we my our you your it's there's".split())
_BY_WHICH = {"words": "in", "account": "by", "telling": "by", "reckoning": "by", "estimation": "in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible attribution, in words of the tree. `source` is empty where the grammar shows none."""

    construction: str
    key: str
    anchor: int
    cue: frozenset[int]
    source: frozenset[int]
    content: frozenset[int]
    negated: bool = False


def of_lines(tree: ParsedText) -> Iterator[Candidate]:
    """Lines whose form says who speaks: labels, signatures, answers of an interview."""
    for source, cue, content in labelled(tree):
        if source and cue and content:
            yield _line_candidate(source, cue, content)


def blocks(tree: ParsedText) -> Iterator[Candidate]:
    """A paragraph that ends with *X added:* and the whole next one, which stands there without marks."""
    spans = lines(tree.text)
    for line, following in pairwise(spans):
        if tree.text[line.end - 1] != ":" or tree.text[following.start] in "\"“‘'-*•":
            continue
        words = tree.words(line)
        verb = next((at for at in reversed(words) if tree[at].tag in ("VBD", "VBZ", "VBP")), None)
        content = tree.words(following)
        if verb is None or tree.quoted[verb] >= 0 or len(content) < _BLOCK or words[-1] - verb > _BLOCK:
            continue
        source = source_words(tree, subject(tree, verb), verb)
        if source and any(tree[word].text.lower() in _SELF for word in content):
            yield Candidate(
                construction="block",
                key=tree[verb].lemma,
                anchor=verb,
                cue=frozenset(verb_cue(tree, verb)),
                source=frozenset(source),
                content=frozenset(content),
            )


def _line_candidate(source: list[int], cue: list[int], content: list[int]) -> Candidate:
    return Candidate(
        construction="transcript",
        key=":",
        anchor=cue[0],
        cue=frozenset(cue),
        source=frozenset(source),
        content=frozenset(content),
    )


def of_noun(tree: ParsedText, noun: int) -> Iterator[Candidate]:
    """A noun that carries its own content: *Rubio's claim* that ..., *criticism of* ... by ..."""
    if (doer := misread_before(tree, noun)) is not None:
        for child in tree.deps(noun, "acl", "ccomp"):
            yield Candidate(
                construction="clause",
                key=tree[noun].lemma,
                anchor=noun,
                cue=frozenset({noun}),
                source=frozenset(source_words(tree, doer, noun)),
                content=frozenset(tree.subtree(child)),
            )
    owner = tree.child(noun, "poss")
    by = next((word for word in tree.deps(noun, "prep") if tree[word].lemma in ("by", "from")), None)
    speaker = owner if owner is not None else tree.child(by, "pobj") if by is not None else None
    if speaker is None:
        speaker = _who_utters(tree, noun)
    source = source_words(tree, speaker, noun)
    extra = {by} if by is not None and owner is None else set()
    for child in tree.children[noun]:
        if child < noun:
            continue
        dep = tree[child].dep
        content: set[int] = set()
        cue = {noun} | extra | _before_noun(tree, noun)
        key = tree[noun].lemma
        if dep in ("acl", "ccomp") and (has_mark(tree, child, "that", "whether") or has_to(tree, child)):
            content = tree.subtree(child)
        elif dep == "prep" and child != by and has_object(tree, child):
            content, cue, key = tree.subtree(child) - {child}, cue | {child}, f"{key} {tree[child].lemma}"
        if content - cue - source:
            yield Candidate(
                construction="noun",
                key=key,
                anchor=noun,
                cue=frozenset(cue),
                source=frozenset(source),
                content=frozenset(content - cue - source),
            )


def _who_utters(tree: ParsedText, noun: int) -> int | None:
    """The subject of the verb that the noun is an object of: X made *a promise*, X closed with *a tribute*."""
    top = noun
    while tree[top].dep == "conj" and tree[tree[top].head].pos == "NOUN":
        top = tree[top].head
    if tree[top].dep == "dobj":
        return subject(tree, tree[top].head) if tree[tree[top].head].lemma not in HEARING else None
    preposition = tree[tree[top].head]
    if tree[top].dep == "pobj" and preposition.lemma in ("with", "in") and tree[preposition.head].pos == "VERB":
        return subject(tree, preposition.head) if preposition.dep == "prep" else None
    return None


def _before_noun(tree: ParsedText, noun: int) -> set[int]:
    """Article and adjectives right before a noun, after its possessor."""
    words = set()
    word = noun - 1
    while word >= 0 and tree[word].head == noun and tree[word].dep in ("det", "amod", "compound"):
        words.add(word)
        word -= 1
    return words


def of_adverb(tree: ParsedText, adverb: int) -> Iterator[Candidate]:
    """*reportedly*, *allegedly*: the clause is the content, nobody the source."""
    head = tree[adverb].head
    content = tree.subtree(head, without=[adverb])
    if content:
        yield Candidate(
            construction="adverb",
            key=tree[adverb].lemma,
            anchor=adverb,
            cue=frozenset({adverb}),
            source=frozenset(),
            content=frozenset(content),
        )


def _next_words(tree: ParsedText, to: int) -> set[int]:
    """The words after "to" up to a mark or a verb in a finite form, where the parser took them for no noun phrase:
    according to *engineer Jane Roe*."""
    last = to
    while last + 1 < len(tree) and last - to < 8 and tree[last + 1].pos != "PUNCT":
        if tree[last + 1].tag in ("VBD", "VBZ", "VBP", "MD"):
            break
        last += 1
    words = set(range(to + 1, last + 1))
    return words if any(tree[word].pos in ("PROPN", "NOUN") for word in words) else set()


def in_words(tree: ParsedText, words: int) -> Iterator[Candidate]:
    """His denial, *in her words*, was "...": what stands around it in quotation marks is hers. *In the words of the
    mayor*, the plan is "...", *by the mayor's account* it failed: what follows is the mayor's."""
    preposition, owner, sentence = tree[words].head, tree.owner(words), tree.sentence(words)
    if tree[words].dep != "pobj" or tree[preposition].text.lower() != _BY_WHICH[tree[words].text.lower()]:
        return
    clause = next((up for up in tree.ancestors(preposition) if is_clause(tree, up)), None)
    comma = next((word for word in sentence if word > words and tree[word].text == ","), None)
    of = words + 1 < len(tree) and tree[words + 1].lemma == "of"
    opens = preposition == sentence[0]
    if owner is not None and clause is not None and owner > preposition:
        cue = {preposition, words}
        source = tree.subtree(owner) - set(tree.deps(owner, "case"))
        content = tree.subtree(clause) - tree.subtree(preposition)
    elif owner is None and comma is not None and of:
        cue = set(range(preposition, words + 2))
        source = tree.subtree(words + 1) - cue
        after = max(source, default=words) + 1
        content = {word for word in sentence if word > after or (word == after and tree[word].text != ",")}
        content = content if opens else set()
        if not opens and after < len(tree):
            number = tree.quoted[after + (tree[after].text == ",")] if after + 1 < len(tree) else -1
            content = set(tree.words(tree.quotations[number].span)) if number >= 0 else set()
    else:
        return
    is_speech = any(tree.quoted[word] >= 0 for word in content) or tree[words].text.lower() != "words"
    if is_speech and source and content:
        yield Candidate(
            construction="in words",
            key="in words",
            anchor=words,
            cue=frozenset(cue),
            source=frozenset(source),
            content=frozenset(content - cue - source),
        )


def in_poll(tree: ParsedText, poll: int) -> Iterator[Candidate]:
    """*In a survey by the union*, four in ten said they would leave: the survey says so."""
    preposition = tree[poll].head
    opens = tree[poll].dep == "pobj" and tree[preposition].text == "In"
    clause = next((up for up in tree.ancestors(preposition) if is_clause(tree, up)), None)
    if not opens or clause is None or clause < poll or tree[clause].sentence != tree[poll].sentence:
        return
    source = source_words(tree, poll, preposition)
    content = {word for word in tree.subtree(clause) - tree.subtree(preposition) if word > max(source)}
    if content:
        yield Candidate(
            construction="according",
            key="in poll",
            anchor=preposition,
            cue=frozenset({preposition}),
            source=frozenset(source),
            content=frozenset(content),
        )


def according(tree: ParsedText, word: int) -> Iterator[Candidate]:
    """*according to* X: the clause around it is the content."""
    to = tree.child(word, "prep")
    if to is None and word + 1 < len(tree) and tree[word + 1].text.lower() == "to":
        to = word + 1
    speaker = tree.child(to, "pobj") if to is not None else None
    if to is None:
        return
    source = source_words(tree, speaker, word) if speaker is not None else _next_words(tree, to)
    if not source:
        return
    whole = tree.subtree(word) | tree.subtree(to)
    head = next((up for up in tree.ancestors(word) if is_clause(tree, up)), tree[word].head)
    content = tree.subtree(head) - whole
    if content:
        yield Candidate(
            construction="according",
            key="according to",
            anchor=word,
            cue=frozenset({word, to}),
            source=frozenset(source),
            content=frozenset(content),
        )
