"""Which cue a quotation hangs on: marks and distance first, for parsers err on quoted speech, then the tree."""

from __future__ import annotations

from rag.domain import Span
from rag.knowledge.tables import words_of
from rag.statements.cues import FAINT_QUOTE_CUES, QUOTE_CUES
from rag.statements.grammar import has_to, relayed_source, source_words, subject
from rag.statements.nouns import OCCASIONS, PERSON_NOUNS, SPEAKING_BODIES
from rag.statements.parsed_text import ParsedText
from rag.text.quotations import Quotation

_AFTER, _BEFORE = 14, 25
"""How many words after or before a quotation its cue may stand."""
_DESCRIBED = 40
"""How many words after it, where who speaks stands next to the quotation: "...," X, the head of Y since Z, *said*."""
_SPEECH_WORDS = 5
_PARAGRAPH_WORDS = 6
_ENDS = frozenset(".?!")
_LEADS = frozenset(",:;(") | {"-", "—", "–", "--", "…", "..."}
_WHICH = ("WDT", "WP", "WRB")
_ASKING = words_of("statements", "asking", "doubting")
_DOUBLE = frozenset('"“”„‟«»') | {"''", "``"}


def link_quotations(tree: ParsedText) -> dict[int, set[int]]:
    """For each cue the words of the quotations that are tied to it."""
    link_quotations: dict[int, set[int]] = {}
    opened: list[int] = []
    previous: tuple[int, int] | None = None  # the cue of the last quotation and the last word settled by it
    for quotation in tree.quotations:
        words = tree.words(quotation.span)
        if not words or not tree.readable(words[0]):
            continue
        inner = quotation.inner.of(tree.text)
        speech = _is_speech(tree, inner, words)
        cue = _own_cue(tree, words, inner) if speech else None
        if previous and _goes_on(tree, words[0], previous):
            cue = previous[0]
        elif cue is None and previous:
            if quotation.continues or _next_paragraph(tree, quotation, words, previous):
                cue = previous[0]
            elif (inner[-1] in ".?!" or speech) and _opens_next_sentence(tree, words[0], previous):
                cue = _who_cut_in(tree, previous[0], words[0]) or previous[0]
        if cue is None and speech:
            cue = _lead(tree, quotation, words)
        if cue is not None:
            if cue < words[0] and tree[words[0] - 1].text not in (",", ":"):
                cue = _outermost(tree, cue)
            link_quotations.setdefault(cue, set()).update(words, opened if quotation.continues else ())
            opened = []
            previous = (cue, max(words[-1], cue))
        elif speech and not quotation.closed:
            opened = [*(opened if quotation.continues else ()), *words]  # who says it stands in a later paragraph
    return link_quotations


def _is_speech(tree: ParsedText, inner: str, words: list[int]) -> bool:
    """True for words that somebody utters, False for a scare quote, a title or a part of a sentence."""
    plain = [word for word in words if tree[word].pos != "PUNCT"]
    capitals = [word for word in plain if tree[word].text[0].isupper() or len(tree[word].text) < 4]
    before = tree[words[0] - 1] if words[0] > 0 else None
    named = before is not None and before.pos in ("ADP", "NOUN", "PROPN", "PART", "DET", "ADJ", "VERB")
    named = named and not (before is not None and before.lemma in QUOTE_CUES)
    long = [word for word in plain if len(tree[word].text) > 3]
    if named and len(capitals) == len(plain) and (len(plain) < _SPEECH_WORDS or len(long) > 1):
        return False  # a title: on "Face of the Day"
    if len(plain) < _SPEECH_WORDS - 1:
        if before is not None and before.text == ":" and inner[-1] in ".?!":
            return True
        return inner[-1] in ",?!" and not _embedded(tree, words)
    finite = any(tree[word].tag in ("VB", "VBZ", "VBP", "VBD", "MD") for word in words)
    return inner[-1] in ",?!" or finite


def _embedded(tree: ParsedText, words: list[int]) -> bool:
    """True for quoted words in the middle of somebody else's sentence: the plan was *"corrupt,"* he says."""
    before = tree[words[0] - 1] if words[0] > 0 else None
    if (
        before is None
        or before.sentence != tree[words[0]].sentence
        or "\n" in tree.text[before.end : tree[words[0]].start]
    ):
        return False
    if before.text == "," and tree[before.index - 1].pos == "NOUN":  # a spot, "Hope," ran; but: the mayor, "Hope," said
        near = range(words[-1] + 1, min(words[-1] + 4, len(tree)))
        return not any(_may_cue(tree, word) for word in near)
    return before.text not in _LEADS | _ENDS and not tree.quoted[before.index] and not _may_cue(tree, before.index)


def _own_cue(tree: ParsedText, words: list[int], inner: str) -> int | None:
    """The cue of a quotation: the verb after it, unless that only goes on from the one before: she *said*, "...,"
    adding ...; else the verb before."""
    after = _cue_after(tree, words, inner)
    if after is not None and has_to(tree, after) and (before := _cue_before(tree, words)) is not None:
        return before  # said it would "shut the pits," while trying *to explain* ...
    if after is None or tree[after].tag != "VBG" or tree.deps(after, "nsubj", "aux"):
        return after if after is not None else _cue_before(tree, words)
    before = _cue_before(tree, words)
    led = words[0] > 0 and tree[words[0] - 1].text in (",", ":")
    return before if before is not None and (led or before == words[0] - 1) else after


def _outermost(tree: ParsedText, cue: int) -> int:
    """The cue in whose content `cue` stands, if there is one: he *said* he "..." without saying why."""
    below = cue
    for up in tree.ancestors(cue):
        inside = tree[below].dep in ("ccomp", "xcomp") and up < cue and not tree.quoted[up]
        if inside and tree.deps(up, "ccomp") and _may_cue(tree, up):
            cue = up
        below = up
    return cue


def _cue_after(tree: ParsedText, words: list[int], inner: str) -> int | None:
    """The verb that follows a quotation: "...," *said* X. The quotation leads on to it by a comma or a question, or
    hangs on it in the tree."""
    last = words[-1]
    following = tree[last + 1] if last + 1 < len(tree) else None
    if following is None or following.dep == "cc" or inner[-1] == ".":
        return None
    if inner[-1] in "?!…" and following.text[:1].isupper() and following.pos not in ("PROPN", "PRON", "NOUN"):
        return None  # a sentence of its own: "Where was he?" On Monday the mayor said ...
    leads = inner[-1] in ",?!-—–…" or following.text in (",", "-", "—", "–", "--")
    line_end = tree.text.find("\n", tree[last].end)
    for word in range(last + 1, min(last + 1 + _DESCRIBED, len(tree))):
        token = tree[word]
        if 0 <= line_end < token.start or token.text in _ENDS or token.text == ";" or tree.quoted[word]:
            return None
        if word > last + _AFTER and not any(last < noun <= last + 6 for noun in tree.deps(word, "nsubj")):
            continue
        if _faint(tree, word) and any(tree[w].pos == "ADP" or tree[w].tag in _WHICH for w in range(last + 1, word)):
            return None  # a 45-second spot, "Hope," in which children use ...
        if _may_cue(tree, word) or (leads and word == last + 1 and token.tag in ("VBD", "VBZ")):
            return word if leads or any(word in tree.ancestors(inside) for inside in words) else None
    return None


def _cue_before(tree: ParsedText, words: list[int]) -> int | None:
    """The verb that leads to a quotation: X *said*: "We go". After a colon any verb may; one that mostly means
    something else only next to the quotation."""
    first = words[0]
    colon = first > 0 and tree[first - 1].text.endswith(":")
    other = None
    for word in range(first - 1, max(first - 1 - _BEFORE, -1), -1):
        token = tree[word]
        if token.text in _ENDS or tree.quoted[word]:
            break
        if "\n" in tree.text[token.end : tree[word + 1].start] and not colon:
            break
        if _may_cue(tree, word) and (colon or _adjacent(tree, word, first) or not _faint(tree, word)):
            return word
        if colon and other is None and token.is_tensed and token.dep not in ("aux", "auxpass"):
            other = word
    return other


def _adjacent(tree: ParsedText, word: int, first: int) -> bool:
    return all(tree[between].pos in ("PUNCT", "ADV", "PART", "ADP") for between in range(word + 1, first))


def _faint(tree: ParsedText, word: int) -> bool:
    return tree[word].lemma in FAINT_QUOTE_CUES


def _opens_next_sentence(tree: ParsedText, first: int, previous: tuple[int, int]) -> bool:
    """True where a quotation opens the sentence right after the one of the last cue, in the same paragraph."""
    last = previous[1]
    if first <= last or "\n" in tree.text[tree[last].end : tree[first].start]:
        return False
    between = [word for word in range(last + 1, first) if tree[word].text in _ENDS]
    return bool(between) and between == list(range(first - len(between), first))


def _next_paragraph(tree: ParsedText, quotation: Quotation, words: list[int], previous: tuple[int, int]) -> bool:
    """True for a paragraph that is one long quotation and follows the one whose last sentence has the last cue: the
    same person goes on, unless that one asked."""
    text, span, (cue, last) = tree.text, quotation.span, previous
    if words[0] == 0 or text[span.start] not in _DOUBLE or tree[cue].lemma in _ASKING:
        return False
    line_end = text.find("\n", span.end)
    alone = not text[span.end : line_end if line_end >= 0 else len(text)].strip()
    plain = sum(tree[word].pos != "PUNCT" for word in words)
    before = words[0] - 1
    follows = tree[before].sentence == tree[last].sentence and "\n" in text[tree[before].end : span.start]
    return (
        alone and plain >= _PARAGRAPH_WORDS and follows and (last == cue or not tree.quoted[last] or _whole(tree, last))
    )


def _lead(tree: ParsedText, quotation: Quotation, words: list[int]) -> int | None:
    """The verb of the paragraph before a paragraph that is one quotation and has no cue, where that one ends with what
    a person did: *The judge gave her reasons.* Then her words. Nobody is guessed where another is named there."""
    text, span = tree.text, quotation.span
    line_end = text.find("\n", span.end)
    alone = not text[span.end : line_end if line_end >= 0 else len(text)].strip()
    apart = alone and text[: span.start].rstrip(" ")[-1:] == "\n"
    if words[0] == 0 or not (apart or _speaks_of_self(tree, words)):
        return None
    if sum(tree[word].pos != "PUNCT" for word in words) < _PARAGRAPH_WORDS - 1:
        return None
    before = words[0] - 1
    sentence = tree.sentence(before)
    line = text.rfind("\n", 0, tree[before].start) + 1
    here = [word for word in sentence if tree[word].start >= line]
    paragraph = tree.words(Span(line, tree[before].end))
    if tree[before].text not in _ENDS | {":"} or not here or any(tree.quoted[word] for word in paragraph):
        return None
    verb = here[0]
    while tree[verb].head != verb:
        verb = tree[verb].head
    doer = tree.child(verb, "nsubj", "nsubjpass")
    if not tree[verb].is_verb or doer is None or verb not in here:
        return None
    if tree[verb].lemma in _ASKING and tree[doer].dep != "nsubjpass":
        return None
    person = tree[doer].entity == "PERSON" or tree[doer].lower in ("he", "she") or tree[doer].lemma in PERSON_NOUNS
    written = tree[doer].lemma in OCCASIONS and any(
        tree[word].lemma in ("from", "by", "of") for word in tree.children[doer]
    )
    return verb if (person and not tree[doer].is_plural) or written else None


def _speaks_of_self(tree: ParsedText, words: list[int]) -> bool:
    """True for a quotation that is a sentence or more of its own, in which somebody speaks of themselves."""
    inner = [word for word in words if tree[word].pos != "PUNCT"]
    before, after = tree[words[0] - 1], words[-1] + 1
    whole = before.text in _ENDS and any(tree[word].text in _ENDS for word in words[-2:])
    ends = after >= len(tree) or tree[after].sentence != tree[words[-1]].sentence or tree[after].text[:1].isupper()
    return whole and ends and tree.has_text(inner, "i", "my", "we", "our", "me")


def _whole(tree: ParsedText, last: int) -> bool:
    """True if the quotation that `last` stands in is a paragraph of its own."""
    span = tree.quotations[tree.quotation_at[last]].span
    return not tree.text[tree.text.rfind("\n", 0, span.start) + 1 : span.start].strip()


def _goes_on(tree: ParsedText, first: int, previous: tuple[int, int]) -> bool:
    """True where a quotation that broke off goes on in small letters: "We can," X said, *"but not by spring."*"""
    cue, last = previous
    before, opening = first - 1, next(word for word in range(first, len(tree)) if tree[word].pos != "PUNCT")
    if not last < first or last != cue or tree[before].text != "," or not tree[opening].text[:1].islower():
        return False
    broken_off = next((word for word in range(cue, -1, -1) if tree.quoted[word]), None)
    if broken_off is None or tree.quotations[tree.quotation_at[broken_off]].inner.of(tree.text)[-1] != ",":
        return False
    between = range(cue + 1, first)
    return not any(tree[word].text in _ENDS or (_may_cue(tree, word) and tree.deps(word, "nsubj")) for word in between)


def _who_cut_in(tree: ParsedText, cue: int, first: int) -> int | None:
    """The later cue of the sentence, where somebody else comes in: X said, and Y *added*. "..."."""
    for word in range(first - 1, cue, -1):
        if tree[word].dep == "conj" and not tree.quoted[word] and _may_cue(tree, word) and tree.deps(word, "nsubj"):
            return word
    return None


def _may_cue(tree: ParsedText, word: int) -> bool:
    token = tree[word]
    if not token.tag.startswith("VB") or token.dep in ("aux", "auxpass"):
        return False
    if token.lemma in _ASKING and token.tag in ("VBN", "VBD") and word and tree[word - 1].lower == "when":
        return False  # "...," he said *when asked*
    particle = tree.child(word, "prt")
    names = {token.lemma} | ({f"{token.lemma} {tree[particle].lemma}"} if particle is not None else set())
    return bool(names & QUOTE_CUES)


def speaks(tree: ParsedText, word: int) -> bool:
    """True for a verb outside quotations that tells, with a subject of its own, that somebody says something."""
    speaking = tree[word].is_tensed and not tree.quoted[word] and bool(tree.deps(word, "nsubj"))
    return speaking and _may_cue(tree, word) and not _faint(tree, word)


def quote_source(tree: ParsedText, cue: int, words: set[int]) -> set[int]:
    """The source of the cue of the quotation `words`, never from inside a quotation. Where the tree shows none, the
    noun next to the cue: after it if the quotation stands before ("...," said the mayor), else the last before it."""
    if tree[cue].lemma == "quote" and (relayed := relayed_source(tree, cue) - words):
        return relayed
    above = tree[tree[tree[cue].head].head] if tree[cue].dep == "pcomp" else None
    if (
        above is not None
        and above.lemma in ("quote", "cite", "report")
        and (relayed := relayed_source(tree, above.index))
    ):
        return relayed - words
    if (author := _author(tree, cue)) is not None:
        return source_words(tree, author, cue)
    if tree[cue].lemma == "be" and (told_of := _for_whom(tree, cue)) is not None:
        return source_words(tree, told_of, cue)
    noun = subject(tree, cue)
    if noun is not None and tree[cue].lemma == "be" and _is_thing(tree, noun):
        return set()
    if noun is None or tree.quoted[noun]:
        noun = _noun_after(tree, cue) if min(words) < cue else None
        noun = _noun_between(tree, words, cue) if noun is None else noun
        noun = _noun_before(tree, cue) if noun is None else noun
    return source_words(tree, noun, cue) if noun is not None else set()


def _for_whom(tree: ParsedText, cue: int) -> int | None:
    """Whose view a sentence tells that leads to their words: *For baker Jo Roe*, the tax is the last straw."""
    opening = tree.sentence(cue)[0]
    named = tree.child(opening, "pobj") if tree[opening].text == "For" else None
    person = named is not None and (tree[named].entity == "PERSON" or tree[named].lemma in PERSON_NOUNS)
    return named if person and not tree[named].is_plural else None  # type: ignore[index]


def _is_thing(tree: ParsedText, noun: int) -> bool:
    """True for a noun that names nobody and nobody owns: *the message* was simple."""
    token = tree[noun]
    named = token.entity in ("PERSON", "ORG", "GPE", "NORP") or token.lemma in PERSON_NOUNS | SPEAKING_BODIES
    return token.pos == "NOUN" and not named and tree.owner(noun) is None and not tree.deps(noun, "prep")


def _author(tree: ParsedText, cue: int) -> int | None:
    """Who wrote what is read out: a letter from *Jane Roe* was read; a statement by *X* said. And who was asked, where
    a whole paragraph of theirs follows."""
    passive = tree.child(cue, "nsubjpass")
    if passive is not None and tree[passive].lemma in OCCASIONS:
        for preposition in tree.deps(passive, "prep"):
            if tree[preposition].lemma in ("from", "by", "of"):
                return tree.child(preposition, "pobj")
    active = tree.child(cue, "nsubj")
    if active is not None and tree[active].lemma in OCCASIONS and not tree.quoted[active]:
        for preposition in sorted({*tree.deps(active, "prep"), *tree.deps(cue, "prep", "agent")}):
            if preposition > active and tree[preposition].lemma in ("from", "by"):
                return tree.child(preposition, "pobj")
    if passive is not None and not tree.deps(cue, "agent") and tree[passive].pos in ("PROPN", "PRON"):
        return passive
    return None


def _noun_after(tree: ParsedText, cue: int) -> int | None:
    word = cue + 1
    while word < min(cue + 6, len(tree)) and not tree.quoted[word]:
        if (
            tree[word].pos not in ("DET", "ADJ", "NUM", "ADV", "PART")
            and tree[word].tag != "PRP$"
            and tree[word].dep != "prt"
            and not (tree[word].pos == "VERB" and _is_job(tree, word))
        ):
            break
        word += 1
    return _nominal(tree, word) if word < len(tree) else None


def _is_job(tree: ParsedText, word: int) -> bool:
    """True for a noun that the parser took for a verb before a name: said *postmistress* Jane Roe."""
    return tree[word].lower in PERSON_NOUNS and word + 1 < len(tree) and tree[word + 1].pos == "PROPN"


def _noun_between(tree: ParsedText, words: set[int], cue: int) -> int | None:
    """The noun that stands first between a quotation and its cue: "...," X, who lives there, *said*."""
    last = max((word for word in words if word < cue), default=cue)
    for word in range(last + 1, cue):
        if (noun := _nominal(tree, word)) is not None:
            return noun if last < noun < cue else None
    return None


def _noun_before(tree: ParsedText, cue: int) -> int | None:
    for word in range(cue - 1, max(cue - 6, -1), -1):
        if tree[word].sentence != tree[cue].sentence or tree[word].pos in ("VERB", "AUX", "CCONJ", "SCONJ"):
            return None
        if tree[word].entity not in ("DATE", "TIME") and (noun := _nominal(tree, word)) is not None:
            return noun
    return None


def _nominal(tree: ParsedText, word: int) -> int | None:
    """The head of the name or noun phrase at `word`, or None for other words and quoted ones."""
    if tree.quoted[word] or tree[word].pos not in ("PROPN", "PRON", "NOUN"):
        return None
    while tree[word].dep in ("compound", "appos", "poss") and not tree.quoted[tree[word].head]:
        word = tree[word].head
    return word
