"""From candidates to attributions: the outermost cue wins, contents snap to quotation marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.domain import Span, StatementKind
from rag.knowledge.tables import words_of
from rag.knowledge.words import TIME_UNITS
from rag.statements.candidates import candidates
from rag.statements.confidence import LEAST, weigh
from rag.statements.cues import QUOTE_CUES, CueVerdict, verdict
from rag.statements.date_phrases import date_before_content
from rag.statements.factuality import is_no_statement, is_nonfactual, is_report
from rag.statements.grammar import has_voice, verb_cue
from rag.statements.lexicon import LEXICON
from rag.statements.nonspeech import declines_comment
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import Candidate, propose
from rag.statements.quotation_links import link_quotations, quote_source, speaks
from rag.statements.speaker_lines import question_lines

_PRECEDENCE = (
    "transcript", "quote", "relayed", "nested", "block", "clause", "according", "in words", "inserted", "as", "light",
    "recipient to", "object to", "to", "seems", "ing", "passive clause", "passive to", "adjective", "noun is",
    "object prep", "object", "prep", "passive by", "passive", "noun", "adverb",
)  # fmt: skip
"""Constructions in the order in which they are believed where one cue has several."""

_GAP = 5
_ADDRESSEE_WORDS = 8
"""How many words after a cue its "that" may stand: told the crowd in Reno *that* ..."""
_NESTED = "nested"
_OWN_PERSONS = words_of("function_words", "of_who_speaks")
_SPOKEN = 3
"""One of so many turns at least is in the first or second person where they are word for word."""
_QUOTE_VERDICT = CueVerdict("saying", 0.97)

_Pair = tuple[Candidate, CueVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCandidate:
    """A candidate that was accepted, in spans of the text."""

    candidate: Candidate
    verdict: CueVerdict
    kind: StatementKind
    source: Span | None
    cue: Span
    content: tuple[Span, ...]


def attributions(tree: ParsedText) -> list[AcceptedCandidate]:
    """All attributions of the text in the order of their contents; no cue stands inside another's content."""
    return sorted(_select(tree, _with_quotations(tree, _accepted(tree))), key=lambda item: item.content[0])


def _accepted(tree: ParsedText) -> list[_Pair]:
    """The candidates that the table of cues and the rules let through, with their weighed verdicts."""
    pairs: list[_Pair] = []
    questions = {word for line in question_lines(tree) for word in tree.words(line)}
    for candidate in candidates(tree):
        in_marks = candidate.construction != "transcript"
        if candidate.anchor in questions or _shows_a_saying(tree, candidate):
            continue
        if _inside_quotation(tree, candidate.anchor, in_marks) or (decision := verdict(candidate)) is None:
            continue
        if in_marks and all(tree.quoted[word] for word in candidate.source):
            candidate = replace(candidate, source=frozenset())
        decision = weigh(tree, candidate, decision)
        if decision.kind == "saying" and is_report(tree, candidate):
            decision = replace(decision, kind="judging")
        if decision.confidence >= LEAST and not is_no_statement(tree, candidate, decision):
            pairs.append((candidate, replace(decision, factual=not is_nonfactual(tree, candidate))))
    anchors = {candidate.anchor for candidate, _ in pairs}
    return [
        pair
        for pair in pairs
        if pair[0].construction != "seems" or not anchors & set(tree.deps(pair[0].anchor, "xcomp"))
    ]


def _shows_a_saying(tree: ParsedText, candidate: Candidate) -> bool:
    """True for what minutes, papers and the like *show* that a person said: the statement is the person's."""
    if candidate.construction != "clause" or candidate.key not in LEXICON.showing or not candidate.source:
        return False
    verbs = [word for word in tree.deps(candidate.anchor, "ccomp") if tree[word].lemma in QUOTE_CUES]
    speaker = next((noun for word in verbs for noun in tree.deps(word, "nsubj")), None)
    is_thing = all(tree[word].entity not in ("PERSON", "ORG", "GPE") for word in candidate.source)
    return is_thing and speaker is not None and tree[speaker].entity == "PERSON"


def _inside_quotation(tree: ParsedText, word: int, in_marks: bool) -> bool:
    """True inside a quotation that ends for certain: with its mark or, unless lines have labels, where a further
    quotation takes it up."""
    number = tree.quotation_at[word]
    near = tree.quotations[number : number + 2] if number >= 0 else []
    return bool(near) and (near[0].closed or (in_marks and any(quotation.continues for quotation in near)))


def _with_quotations(tree: ParsedText, pairs: list[_Pair]) -> list[_Pair]:
    """Adds a candidate for every cue that has a quotation; it takes over what the grammar found there."""
    links, inside = link_quotations(tree)
    by_cue = {cue: words for cue, words in links.items() if not declines_comment(tree, cue)}
    quotation_words: set[int] = set().union(*by_cue.values())
    rest = [pair for pair in pairs if pair[0].anchor not in by_cue]
    best: dict[int, Candidate] = {}
    for candidate in sorted((one for one, _ in pairs), key=lambda one: _precedence(tree, one)):
        best.setdefault(candidate.anchor, candidate)
    for anchor, words in by_cue.items():
        grammar = best.get(anchor)
        outside: set[int] = set()
        is_later = min(words) > anchor and tree[min(words)].sentence != tree[anchor].sentence
        has_colon = tree[min(words) - 1].text == ":"  # said of Roe: "...", which parsers take for two sentences
        if grammar is not None and is_later and not (has_colon and grammar.construction == "prep"):
            outside = set(grammar.content)
        elif grammar is not None and grammar.construction in ("clause", "object", "to", "inserted"):
            outside = _beside(tree, anchor, set(grammar.content), words)
        source = frozenset(quote_source(tree, anchor, words))
        cue = frozenset(verb_cue(tree, anchor)) if grammar is None else grammar.cue
        candidate = Candidate(
            construction="quote",
            key=tree[anchor].lemma,
            anchor=anchor,
            cue=cue - words,
            source=source - words,
            content=frozenset((words | (outside - quotation_words)) - cue - source),
            negated=tree.child(anchor, "neg") is not None,
        )
        rest.append((candidate, _QUOTE_VERDICT))
    for anchor, words in inside.items():
        cue_words, teller = verb_cue(tree, anchor), quote_source(tree, anchor, words)
        nested = propose(_NESTED, tree[anchor].lemma, anchor, cue=cue_words, source=teller, content=words)
        rest += [(one, _QUOTE_VERDICT) for one in nested]
    return rest


def _precedence(tree: ParsedText, candidate: Candidate) -> tuple[int, int, int]:
    """The rank of its construction; of two clauses of one cue the one with more words outside quotations goes first."""
    plain = sum(not tree.quoted[word] for word in candidate.content)
    return _PRECEDENCE.index(candidate.construction), -plain, -len(candidate.content)


def _beside(tree: ParsedText, anchor: int, outside: set[int], words: set[int]) -> set[int]:
    """What of the clause `outside` belongs to the quotation `words`: nothing where the clause has a speaker of its own
    (X *said* "A," she said) or stands apart from the quotation; with the gap where only a few words lie between (he
    said there is nobody *who is* "on pace").
    """
    before = {word for word in outside if word < min(words)}
    is_led = before and tree[min(words) - 1].text == ":"  # For example: "A," she said
    if before and anchor > max(before) and (is_led or any(speaks(tree, word) for word in before)):
        outside = outside - before
    if not outside or outside & words or max(outside) + 1 in words or max(words) + 1 in outside:
        return outside
    gap = range(max(outside) + 1, min(words))
    if anchor < min(outside) and [tree[word].text for word in gap] == [","]:
        return outside  # said he had not noticed, *"but then I drink tea"*
    is_split = max(outside) < anchor < min(words) and tree[min(words) - 1].text == ","
    if is_split and tree[min(words) + 1].text[:1].islower():
        return outside  # The door had jammed, X said, *"and then it fell"*
    is_short = anchor < min(outside) and 0 < len(gap) <= _GAP
    is_plain = all(tree[word].pos != "PUNCT" and not tree.quoted[word] for word in gap)
    return outside | set(gap) if is_short and is_plain else set()


def _select(tree: ParsedText, pairs: list[_Pair]) -> Iterator[AcceptedCandidate]:
    """The outermost first, by depth in the tree; a cue inside an accepted content or cue is dropped, but for an aside
    that claims something of its own."""
    in_content: set[int] = set()
    in_cue: set[int] = set()
    turns = _verbatim_turns(tree, [candidate for candidate, _ in pairs if candidate.construction == "transcript"])
    quotation_words = {word for one, _ in pairs if one.construction == "quote" for word in one.content}
    for candidate, decision in sorted(pairs, key=lambda pair: _rank(tree, *pair)):
        is_aside = _claims_aside(tree, candidate)
        if candidate.anchor in in_content and not is_aside and _is_of_another(tree, candidate, decision):
            candidate, is_aside = replace(candidate, construction=_NESTED), True
        if (candidate.anchor in in_content and not is_aside) or candidate.anchor in in_cue:
            continue
        content = (
            _with_lead_in(tree, candidate, _with_whole_quotations(tree, candidate)) - candidate.cue - candidate.source
        )
        content |= _continuation(tree, content, quotation_words) if candidate.construction != "quote" else set()
        content |= _further_that_clause(tree, candidate, content)
        if not is_aside:
            if 2 * len(content & in_content) >= len(content):
                continue
            content -= in_content
        content -= date_before_content(tree, candidate, content) | _behind_dash(tree, candidate, content)
        content -= _reception(tree, candidate, content) | _time_after(tree, candidate, content)
        spans = tuple(tree.span(*run) for run in _content_runs(tree, content))
        if not spans:
            continue
        in_content |= content
        in_cue |= candidate.cue
        if decision.factual:  # else no statement inside what was not said: whether he *had promised jobs*
            yield AcceptedCandidate(
                candidate=candidate,
                verdict=decision,
                kind="direct" if candidate.anchor in turns else _kind(tree, content),
                source=_source_span(tree, candidate),
                cue=_cue_span(tree, candidate),
                content=spans,
            )


def _rank(
    tree: ParsedText, candidate: Candidate, decision: CueVerdict
) -> tuple[bool, bool, float, int, float, int, int]:
    return (
        candidate.construction != "transcript",
        candidate.construction != "quote",
        _depth(tree, candidate),
        _PRECEDENCE.index(candidate.construction),
        -decision.confidence,
        -len(candidate.content),
        candidate.anchor,
    )


def _claims_aside(tree: ParsedText, candidate: Candidate) -> bool:
    """True for an aside that says more of the content around it: ..., *which it claims was the first*, *which he calls
    a "farce"*."""
    anchor = candidate.anchor
    if candidate.construction == _NESTED:
        return True
    is_quoting = candidate.construction == "object" and tree.any_quoted(candidate.content)
    if not (is_quoting or candidate.construction == "clause") or tree[anchor].dep != "relcl" or tree.quoted[anchor]:
        return False
    before = [word for word in candidate.content if word < anchor]
    return any(tree[word].tag == "WDT" and tree[word - 1].text == "," for word in before)


def _is_of_another(tree: ParsedText, candidate: Candidate, decision: CueVerdict) -> bool:
    """True for what somebody says that another has said: Roe said the *clerk had told* him that it was shut."""
    subjects = tree.deps(candidate.anchor, "nsubj")
    has_speaker = any(tree[noun].is_noun and noun in candidate.source and has_voice(tree, noun) for noun in subjects)
    is_plain = candidate.construction == "clause" and decision.kind == "saying" and decision.factual
    return has_speaker and is_plain and not tree.quoted[candidate.anchor] and tree[candidate.anchor].dep == "ccomp"


def _depth(tree: ParsedText, candidate: Candidate) -> float:
    """How deep the attribution stands: one that comments on a whole clause stands above that clause."""
    if candidate.construction in ("according", "inserted", "as"):
        return min(tree.depth[word] for word in candidate.content) - 0.5
    return tree.depth[candidate.anchor]


def _with_whole_quotations(tree: ParsedText, candidate: Candidate) -> set[int]:
    """The content with the whole of every quotation that it shares words with."""
    content = set(candidate.content)
    for number in {tree.quotation_at[word] for word in candidate.content if tree.quoted[word]}:
        words = set(tree.words(tree.quotations[number].span))
        if not words & (candidate.cue | candidate.source):
            content |= words
    return content


def _with_lead_in(tree: ParsedText, candidate: Candidate, content: set[int]) -> set[int]:
    """The content with what leads into it: from the "that" after the cue on (told him *that the plan* "will fail"), and
    the subject of the verb that a quotation begins with (*the plan* "will fail", he said)."""
    if not content or candidate.construction not in ("quote", "clause"):
        return content
    first, anchor = min(content), candidate.anchor
    if tree[first].sentence != tree[anchor].sentence and anchor < first:
        return content
    for word in range(anchor + 1, min(first, anchor + _ADDRESSEE_WORDS)):
        if tree[word].tag.startswith("VB") or tree.quoted[word]:
            break
        if tree[word].lower == "that" and tree[word].tag in ("IN", "WDT"):
            return content if tree.any_quoted(range(word, first)) else content | set(range(word, first))
    if not tree.quoted[first]:
        return content
    inside = next((word for word in sorted(content) if tree[word].pos != "PUNCT"), first)
    verb = next((up for up in (inside, tree[inside].head) if tree[up].is_finite or tree[up].pos == "AUX"), None)
    if verb is None or verb > inside + 2:
        return content
    for noun in tree.deps(tree[inside].head if tree[inside].dep in ("aux", "neg") else verb, "nsubj", "nsubjpass"):
        words = {word for word in tree.subtree(noun) if word < first and not tree.quoted[word]}
        if words and max(words) == first - 1 and anchor not in range(min(words), first) and not words & candidate.cue:
            return content | words
    return content


def _continuation(tree: ParsedText, content: set[int], quotation_words: set[int]) -> set[int]:
    """The rest of a sentence that goes on from its content in a quotation of nobody else: expects it to open, *"if the
    wind behaves"*."""
    last = max(content, default=-1)
    at = last + 1 + (last + 1 < len(tree) and tree[last + 1].text == ",")
    if last < 0 or at >= len(tree) or tree.quoted[last] or not tree.quoted[at]:
        return set()
    quotation = tree.quotations[tree.quotation_at[at]]
    words = tree.words(quotation.span)
    ends = quotation.inner.of(tree.text)[-1] in ".?!" or (words[-1] + 1 < len(tree) and tree[words[-1] + 1].text == ".")
    goes_on = tree[words[0] + 1].text[:1].islower() and words[0] == at
    return set(range(last + 1, words[-1] + 1)) if ends and goes_on and not quotation_words & set(words) else set()


def _further_that_clause(tree: ParsedText, candidate: Candidate, content: set[int]) -> set[int]:
    """A further clause with "that" right behind a first one, whatever it was hung on: said that A, *and that B*."""
    last = max(content, default=-1)
    if candidate.construction not in ("clause", "quote") or last < candidate.anchor:
        return set()
    at = last + 1
    while at < len(tree) and (tree[at].text == "," or tree[at].dep == "cc") and at - last < 3:
        at += 1
    is_that = at > last + 1 and at < len(tree) and tree[at].lower == "that" and tree[at].dep == "mark"
    if not is_that or tree[at].sentence != tree[last].sentence or tree[at - 1].dep != "cc":
        return set()
    clause = tree.subtree(tree[at].head)
    return set(range(last + 1, max(clause) + 1)) if min(clause) == at else set()


def _behind_dash(tree: ParsedText, candidate: Candidate, content: set[int]) -> set[int]:
    """What follows the dash that closes an insertion: she was exact - an aide *said she counted pens* - and late."""
    first = min(candidate.source | candidate.cue)
    if (
        candidate.construction != "clause"
        or first < 1
        or not _is_dash(tree, first - 1)
        or min(content) < candidate.anchor
    ):
        return set()
    dash = next((word for word in sorted(content) if _is_dash(tree, word) and not tree.quoted[word]), len(tree))
    return {word for word in content if word >= dash}


def _reception(tree: ParsedText, candidate: Candidate, content: set[int]) -> set[int]:
    """What follows a cue behind its quotation, without marks: "...," he concluded, *to loud cheering*."""
    before, after = ([word for word in sorted(content) if (word > candidate.anchor) == late] for late in (False, True))
    is_closed = candidate.construction == "quote" and before and tree.quoted[before[-1]]
    if not is_closed or not after or tree.any_quoted(after) or tree[after[0]].tag not in ("IN", "TO"):
        return set()
    return set(after) if tree[after[0] - 1].text == "," else set()


def _time_after(tree: ParsedText, candidate: Candidate, content: set[int]) -> set[int]:
    """What the account itself tells behind the words, of when they were said: said it was safe, *a day after Roe called
    it a wreck*."""
    if candidate.construction != "clause" or min(content) < candidate.anchor:
        return set()
    for word in sorted(content):
        is_time = tree[word].lemma in TIME_UNITS and word + 1 in content and tree[word + 1].lower in ("after", "before")
        if is_time and not tree.quoted[word]:
            comma = next((at for at in range(word - 1, word - 4, -1) if tree[at].text == ","), None)
            has_clause = any(tree[at].is_finite for at in content if at > word)
            if comma is not None and has_clause:
                return {at for at in content if at >= comma}
    return set()


def _is_dash(tree: ParsedText, word: int) -> bool:
    """True for a dash between spaces."""
    is_apart = word + 1 < len(tree) and tree[word].end < tree[word + 1].start
    return tree[word].text in ("-", "–", "—", "--") and word > 0 and is_apart and tree[word - 1].end < tree[word].start


def _content_runs(tree: ParsedText, content: set[int]) -> list[tuple[int, int]]:
    """Stretches of the content; a stretch of punctuation alone is dropped, a gap of punctuation alone is closed."""
    words = set(content)
    for word in content:
        after = word + 1
        while after < len(tree) and after not in content and tree[after].pos == "PUNCT" and after - word < 4:
            after += 1
        if after in content and not tree.breaks(word, after):
            words.update(range(word, after))
    runs = []
    for first, last in tree.runs(words):
        while last > first and tree[last].dep == "cc" and not tree.quoted[last]:  # left behind by a second cue
            last -= 1
        if any(tree[word].pos not in ("PUNCT", "SPACE") for word in range(first, last + 1)):
            runs.append((first, last))
    return runs


def _cue_span(tree: ParsedText, candidate: Candidate) -> Span:
    """The stretch of the cue that holds its anchor."""
    runs = tree.runs(candidate.cue)
    for first, last in runs:
        if first <= candidate.anchor <= last:
            colon = last + 1 < len(tree) and tree[last + 1].text == ":" and candidate.construction == "quote"
            return tree.span(first, last + colon)
    return tree.span(*runs[0]) if runs else tree.span(min(candidate.cue), max(candidate.cue))


def _source_span(tree: ParsedText, candidate: Candidate) -> Span | None:
    """The source; one with an apposition or an aside keeps the comma that closes it."""
    runs = tree.runs(candidate.source)
    if not runs:
        return None
    first, last = runs[0]
    has_comma = any(tree[word].text == "," for word in range(first, last))
    if has_comma and last + 1 < len(tree) and tree[last + 1].text == "," and _has_aside(tree, candidate.source):
        last += 1
    return tree.span(first, last)


def _has_aside(tree: ParsedText, source: frozenset[int]) -> bool:
    return any(tree[word].dep in ("appos", "relcl", "acl", "npadvmod") or tree[word].text[-1] == "." for word in source)


def _verbatim_turns(tree: ParsedText, lines: Sequence[Candidate]) -> set[int]:
    """The cues of the labelled lines without quotation marks that are a dialogue: two or more, of which enough speak in
    the first or second person. Others may sum up what each side says.
    """
    bare = [line for line in lines if not any(tree.quoted[word] for word in line.content)]
    spoken = [line for line in bare if any(tree[word].lower in _OWN_PERSONS for word in line.content)]
    return {line.anchor for line in bare} if len(bare) > 1 and _SPOKEN * len(spoken) >= len(bare) else set()


def _kind(tree: ParsedText, content: set[int]) -> StatementKind:
    words = [word for word in content if tree[word].pos != "PUNCT"]
    inside = sum(tree.quoted[word] for word in words)
    return "indirect" if not inside else "direct" if inside == len(words) else "mixed"
