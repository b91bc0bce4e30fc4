"""Candidates of nouns, adverbs, phrases and lines: what attributes words to somebody without a verb of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.statements.grammar import (
    HEARING_VERBS,
    has_mark,
    has_object,
    has_to,
    is_clause,
    misread_subject,
    source_words,
    subject,
    verb_cue,
)
from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText
from rag.statements.speaker_lines import speaker_lines
from rag.text.sentences import lines

_FEWEST_WORDS = 8
REPORT_NOUNS = dict.fromkeys(LEXICON.report_in, "in")
REPORT_NOUNS |= dict.fromkeys(LEXICON.report_by, "by")
"""Noun -> preposition of phrases that hand on words: in the *words* of X, by the *account* of X."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible attribution, in indices of words. The table of cues decides by `construction` and `key`, the lemma of
    the cue with its preposition where it has one. `source` is empty where the grammar shows none."""

    construction: str
    key: str
    anchor: int
    cue: frozenset[int]
    source: frozenset[int]
    content: frozenset[int]
    negated: bool = False


def propose(
    construction: str,
    key: str,
    anchor: int,
    *,
    cue: Iterable[int],
    source: Iterable[int],
    content: set[int],
    negated: bool = False,
) -> Iterator[Candidate]:
    """The candidate, if something is left of `content` beside cue and source."""
    cue, source = frozenset(cue), frozenset(source)
    if content := content - cue - source:
        yield Candidate(
            construction=construction,
            key=key,
            anchor=anchor,
            cue=cue,
            source=source,
            content=frozenset(content),
            negated=negated,
        )


def of_lines(tree: ParsedText) -> Iterator[Candidate]:
    """Lines whose form says who speaks: labels, signatures, answers of an interview."""
    for source, cue, content in speaker_lines(tree):
        if source and cue:
            yield from propose("transcript", ":", cue[0], cue=cue, source=source, content=set(content))


def of_blocks(tree: ParsedText) -> Iterator[Candidate]:
    """A paragraph that ends with *X added:* and the whole next one, which stands there without marks."""
    for line, next_line in pairwise(lines(tree.text)):
        if tree.text[line.end - 1] != ":" or tree.text[next_line.start] in "\"“‘'-*•":
            continue
        words = tree.words(line)
        verb = next((at for at in reversed(words) if tree[at].is_tensed), None)
        content = tree.words(next_line)
        if verb is None or tree.quoted[verb] or len(content) < _FEWEST_WORDS or words[-1] - verb > _FEWEST_WORDS:
            continue
        source = source_words(tree, subject(tree, verb), verb)
        if source and any(tree[word].lower in LEXICON.self for word in content):
            cue = verb_cue(tree, verb)
            yield from propose("block", tree[verb].lemma, verb, cue=cue, source=source, content=set(content))


def of_noun(tree: ParsedText, noun: int) -> Iterator[Candidate]:
    """A noun that carries its own content: *Rubio's claim* that ..., *criticism of* ... by ..."""
    lemma = tree[noun].lemma
    if (name := misread_subject(tree, noun)) is not None:
        source = source_words(tree, name, noun)
        for child in tree.deps(noun, "acl", "ccomp"):
            yield from propose("clause", lemma, noun, cue={noun}, source=source, content=tree.subtree(child))
    owner = tree.child(noun, "poss")
    by = next((word for word in tree.deps(noun, "prep") if tree[word].lemma in ("by", "from")), None)
    speaker = owner if owner is not None else tree.child(by, "pobj") if by is not None else None
    source = source_words(tree, _subject_of_noun(tree, noun) if speaker is None else speaker, noun)
    whole_cue = {noun} | ({by} if by is not None and owner is None else set()) | _premodifiers(tree, noun)
    for child in tree.children[noun]:
        dep = tree[child].dep
        if child < noun:
            continue
        if dep in ("acl", "ccomp") and (has_mark(tree, child, "that", "whether") or has_to(tree, child)):
            yield from propose("noun", lemma, noun, cue=whole_cue, source=source, content=tree.subtree(child))
        elif dep == "prep" and child != by and has_object(tree, child):
            key, cue = f"{lemma} {tree[child].lemma}", whole_cue | {child}
            yield from propose("noun", key, noun, cue=cue, source=source, content=tree.subtree(child))


def _subject_of_noun(tree: ParsedText, noun: int) -> int | None:
    """The subject of the verb that the noun is an object of: X made *a promise*, X closed with *a tribute*."""
    top = noun
    while tree[top].dep == "conj" and tree[tree[top].head].pos == "NOUN":
        top = tree[top].head
    if tree[top].dep == "dobj":
        return subject(tree, tree[top].head) if tree[tree[top].head].lemma not in HEARING_VERBS else None
    preposition = tree[tree[top].head]
    if tree[top].dep == "pobj" and preposition.lemma in ("with", "in") and tree[preposition.head].pos == "VERB":
        return subject(tree, preposition.head) if preposition.dep == "prep" else None
    return None


def _premodifiers(tree: ParsedText, noun: int) -> set[int]:
    """Article and adjectives right before a noun, after its possessor."""
    first = noun
    while first > 0 and tree[first - 1].head == noun and tree[first - 1].dep in ("det", "amod", "compound"):
        first -= 1
    return set(range(first, noun))


def of_adverb(tree: ParsedText, adverb: int) -> Iterator[Candidate]:
    """*reportedly*, *allegedly*: the clause is the content, nobody the source."""
    content = tree.subtree(tree[adverb].head, without=[adverb])
    yield from propose("adverb", tree[adverb].lemma, adverb, cue={adverb}, source=(), content=content)


def of_report_noun(tree: ParsedText, noun: int) -> Iterator[Candidate]:
    """His denial, *in her words*, was "...": what stands around it in quotation marks is hers. *In the words of the
    mayor*, the plan is "...", *by the mayor's account* it failed: what follows is the mayor's."""
    preposition, owner, sentence = tree[noun].head, tree.owner(noun), tree.sentence(noun)
    if tree[noun].dep != "pobj" or tree[preposition].lower != REPORT_NOUNS[tree[noun].lower]:
        return
    clause = next((up for up in tree.ancestors(preposition) if is_clause(tree, up)), None)
    comma = next((word for word in sentence if word > noun and tree[word].text == ","), None)
    of = noun + 1 < len(tree) and tree[noun + 1].lemma == "of"
    if owner is not None and clause is not None and owner > preposition:
        cue = {preposition, noun}
        source = tree.subtree(owner) - set(tree.deps(owner, "case"))
        content = tree.subtree(clause) - tree.subtree(preposition)
    elif owner is None and comma is not None and of:
        cue = set(range(preposition, noun + 2))
        source = tree.subtree(noun + 1) - cue
        content = _after_report(tree, max(source, default=noun) + 1, opens=preposition == sentence[0])
    else:
        return
    if source and (tree.any_quoted(content) or tree[noun].lower != "words"):
        yield from propose("in words", "in words", noun, cue=cue, source=source, content=content)


def _after_report(tree: ParsedText, first: int, *, opens: bool) -> set[int]:
    """The content behind "in the words of X": the rest of a sentence that the phrase opens, else the next quotation."""
    if opens:
        rest = {word for word in tree.sentence(first - 1) if word >= first}
        return rest - {first} if first < len(tree) and tree[first].text == "," else rest
    number = tree.quotation_at[first + (tree[first].text == ",")] if first + 1 < len(tree) else -1
    return set(tree.words(tree.quotations[number].span)) if number >= 0 else set()


def of_poll(tree: ParsedText, poll: int) -> Iterator[Candidate]:
    """*In a survey by the union*, four in ten said they would leave: the survey says so."""
    preposition = tree[poll].head
    opens = tree[poll].dep == "pobj" and tree[preposition].text == "In"
    clause = next((up for up in tree.ancestors(preposition) if is_clause(tree, up)), None)
    if opens and clause is not None and clause > poll and tree[clause].sentence == tree[poll].sentence:
        source = source_words(tree, poll, preposition)
        content = {word for word in tree.subtree(clause) - tree.subtree(preposition) if word > max(source)}
        yield from propose("according", "in poll", preposition, cue={preposition}, source=source, content=content)


def of_according(tree: ParsedText, word: int) -> Iterator[Candidate]:
    """*according to* X: the clause around it is the content."""
    to = tree.child(word, "prep")
    if to is None and word + 1 < len(tree) and tree[word + 1].lower == "to":
        to = word + 1
    if to is None:
        return
    speaker = tree.child(to, "pobj")
    source = source_words(tree, speaker, word) if speaker is not None else _misread_noun_phrase(tree, to)
    head = next((up for up in tree.ancestors(word) if is_clause(tree, up)), tree[word].head)
    content = tree.subtree(head) - tree.subtree(word) - tree.subtree(to)
    if source:
        yield from propose("according", "according to", word, cue={word, to}, source=source, content=content)


def _misread_noun_phrase(tree: ParsedText, to: int) -> set[int]:
    """The words after "to" up to a mark or a verb in a finite form, where the parser took them for no noun phrase:
    according to *engineer Jane Roe*."""
    last = to
    while last + 1 < len(tree) and last - to < 8 and tree[last + 1].pos != "PUNCT" and not tree[last + 1].is_finite:
        last += 1
    words = set(range(to + 1, last + 1))
    return words if any(tree[word].is_noun for word in words) else set()
