"""Which cue a quotation hangs on: marks and distance first, for parsers err on quoted speech, then the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.domain import Span
from rag.statements.cues import FAINT_QUOTE_CUES, QUOTE_CUES
from rag.statements.grammar import has_to, has_voice, names_person, relayed_source, source_words, subject
from rag.statements.lexicon import LEXICON, OCCASIONS, PERSON_NOUNS, QUESTION_VERBS, RELAYING_VERBS, TELLING_VERBS
from rag.statements.parsed_text import ParsedText
from rag.text.quotations import Quotation

_AFTER, _BEFORE = 14, 25
"""How many words after or before a quotation its cue may stand."""
_AFTER_SUBJECT = 40
"""How many words after it, where the subject stands next to the quotation: "...," X, the head of Y since Z, *said*."""
_NEAR_QUOTATION, _NEAR_CUE = 6, 6  # words in which a subject, or a noun without a verb of its own, is looked for
_SPEECH_WORDS = 5
_PARAGRAPH_WORDS = 6
_ENDS = frozenset(".?!")
_LEADS = frozenset(",:;(") | {"-", "—", "–", "--", "…", "..."}
_WH_TAGS = ("WDT", "WP", "WRB")
_SUBORDINATE = ("relcl", "advcl", "acl", "csubj", "pcomp")
_AUTHOR_PREPOSITIONS = ("from", "by", "of")
_DOUBLE_MARKS = frozenset('"“”„‟«»') | {"''", "``"}
_BEFORE_TITLES = ("ADP", "NOUN", "PROPN", "PART", "DET", "ADJ", "VERB")


def link_quotations(tree: ParsedText) -> dict[int, set[int]]:
    """For each cue the words of its quotations."""
    links: dict[int, set[int]] = {}
    open_words: list[int] = []  # words of quotations without a closing mark, whose cue stands in a later paragraph
    previous: tuple[int, int] | None = (
        None  # the cue of the last quotation, and the later of that cue and its last word
    )
    turns: list[tuple[int | None, str]] = []  # in a dialogue, each cue with the last mark of its words
    for quotation in tree.quotations:
        words = tree.words(quotation.span)
        if not words or not tree.readable(words[0]):
            continue
        inner = quotation.inner.of(tree.text)
        is_speech = _is_speech(tree, inner, words)
        cue = _own_cue(tree, words, inner) if is_speech else None
        if previous and _resumes(tree, words[0], previous):
            cue = previous[0]
        elif cue is None and previous and not _asks_next(tree, words, inner, turns):
            if quotation.continues or _is_next_paragraph(tree, quotation, words, previous):
                cue = previous[0]
            elif (inner[-1] in ".?!" or is_speech) and _opens_next_sentence(tree, words[0], previous):
                cue = _coordinated_cue(tree, previous[0], words[0]) or previous[0]
        if cue is None and is_speech and not _asks_next(tree, words, inner, turns):
            cue = _lead_in(tree, quotation, words)
        if is_speech:
            turns = [*(turns[:-1] if turns and cue is not None and turns[-1][0] == cue else turns), (cue, inner[-1])]
        if cue is not None:
            if cue < words[0] and tree[words[0] - 1].text not in (",", ":"):
                cue = _outermost(tree, cue)
            links.setdefault(cue, set()).update(words, open_words if quotation.continues else ())
            open_words = []
            previous = (cue, max(words[-1], cue))
        elif is_speech and not quotation.closed:
            open_words = [*(open_words if quotation.continues else ()), *words]
    return links


def _asks_next(tree: ParsedText, words: list[int], inner: str, turns: Sequence[tuple[int | None, str]]) -> bool:
    """True for a question in a paragraph of its own behind the answer to another: it is not the answerer's."""
    is_answered = [mark == "?" for _, mark in turns[-2:]] == [True, False]
    return is_answered and inner[-1] == "?" and words[0] > 0 and tree.breaks(words[0] - 1, words[0])


def _is_speech(tree: ParsedText, inner: str, words: list[int]) -> bool:
    """True for words that somebody utters, False for a scare quote, a title or a part of a sentence."""
    plain = _plain(tree, words)
    before = tree[words[0] - 1] if words[0] > 0 else None
    is_cue = before is not None and before.lemma in QUOTE_CUES - LEXICON.naming
    if before is not None and before.pos in _BEFORE_TITLES and not is_cue:
        capitals = all(tree[word].text[0].isupper() or len(tree[word].text) < 4 for word in plain)
        if capitals and (len(plain) < _SPEECH_WORDS or sum(len(tree[word].text) > 3 for word in plain) > 1):
            return False  # a title: on "Face of the Day"
    if len(plain) < _SPEECH_WORDS - 1:
        if before is not None and before.text == ":" and inner[-1] in _ENDS:
            return True
        return inner[-1] in ",?!" and not _is_embedded(tree, words)
    return inner[-1] in ",?!" or any(tree[word].is_finite or tree[word].tag == "VB" for word in words)


def _plain(tree: ParsedText, words: Iterable[int]) -> list[int]:
    return [word for word in words if tree[word].pos != "PUNCT"]


def _is_embedded(tree: ParsedText, words: list[int]) -> bool:
    """True for quoted words in the middle of somebody else's sentence: the plan was *"corrupt,"* he says."""
    before = words[0] - 1
    if before < 0 or tree[before].sentence != tree[words[0]].sentence or tree.breaks(before, words[0]):
        return False
    if tree[before].text == "," and tree[before - 1].pos == "NOUN":  # a spot, "Hope," ran; but: the mayor, "Hope," said
        near = range(words[-1] + 1, min(words[-1] + 4, len(tree)))
        return not any(_may_cue(tree, word) for word in near)
    return tree[before].text not in _LEADS | _ENDS and not tree.quoted[before] and not _may_cue(tree, before)


def _own_cue(tree: ParsedText, words: list[int], inner: str) -> int | None:
    """The cue of a quotation: the verb after it, unless that only goes on from the one before (she *said*, "...,"
    adding ...; said it would "shut the pits," while trying *to explain* ...); else the verb before."""
    after, before = _cue_after(tree, words, inner), _cue_before(tree, words)
    if after is None or before is None or has_to(tree, after):
        return after if before is None else before
    continues = tree[after].tag == "VBG" and not tree.deps(after, "nsubj", "aux")
    is_next = before == words[0] - 1 or (words[0] > 0 and tree[words[0] - 1].text in (",", ":"))
    return before if is_next and (continues or (inner[-1] in "?!" and _leads_on(tree, after))) else after


def _leads_on(tree: ParsedText, cue: int) -> bool:
    """True for a verb that a further quotation follows: "Why?" Roe *wrote* back, "..."."""
    comma = next((word for word in range(cue + 1, min(cue + _NEAR_CUE, len(tree) - 1)) if tree[word].text in ",:"), cue)
    return comma > cue and tree.quoted[comma + 1] and not tree.quoted[comma]


def _outermost(tree: ParsedText, cue: int) -> int:
    """The cue in whose content `cue` stands, if there is one: he *said* he "..." without saying why."""
    below = cue
    for up in tree.ancestors(cue):
        is_content = tree[below].dep in ("ccomp", "xcomp") and up < cue and not tree.quoted[up]
        if is_content and tree.deps(up, "ccomp") and _may_cue(tree, up):
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
    for word in range(last + 1, min(last + 1 + _AFTER_SUBJECT, len(tree))):
        token, between = tree[word], range(last + 1, word)
        if 0 <= line_end < token.start or token.text in _ENDS or token.text == ";" or tree.quoted[word]:
            return None
        if word > last + _AFTER and not any(last < noun <= last + _NEAR_QUOTATION for noun in tree.deps(word, "nsubj")):
            continue
        if _is_faint(tree, word) and any(tree[at].pos == "ADP" or tree[at].tag in _WH_TAGS for at in between):
            return None  # a short film, "Low Tide," in which divers use ...
        if _may_cue(tree, word) or (leads and word == last + 1 and token.tag in ("VBD", "VBZ")):
            return word if leads or any(word in tree.ancestors(inside) for inside in words) else None
    return None


def _cue_before(tree: ParsedText, words: list[int]) -> int | None:
    """The verb that leads to a quotation: X *said*: "We go". After a colon any verb of a main clause may; one that
    mostly means something else only next to the quotation."""
    first = words[0]
    has_colon = first > 0 and tree[first - 1].text.endswith(":")
    other = None
    for word in range(first - 1, max(first - 1 - _BEFORE, -1), -1):
        token = tree[word]
        if token.text in _ENDS or tree.quoted[word] or (tree.breaks(word, word + 1) and not has_colon):
            break
        if _may_cue(tree, word) and (has_colon or _is_adjacent(tree, word, first) or not _is_faint(tree, word)):
            return word
        if has_colon and other is None and token.is_tensed and token.dep not in (*_SUBORDINATE, "aux", "auxpass"):
            other = word
    return other


def _is_adjacent(tree: ParsedText, word: int, first: int) -> bool:
    """True where nothing but small words lies between a verb and a quotation: as X *put* it, "..."."""
    between = range(word + 1, first)
    return all(tree[at].pos in ("PUNCT", "ADV", "PART", "ADP") or tree[at].lower == "it" for at in between)


def _is_faint(tree: ParsedText, word: int) -> bool:
    return tree[word].lemma in FAINT_QUOTE_CUES


def _opens_next_sentence(tree: ParsedText, first: int, previous: tuple[int, int]) -> bool:
    """True where a quotation opens the sentence right after the one of the last cue, in the same paragraph."""
    last = previous[1]
    if first <= last or tree.breaks(last, first):
        return False
    ends = [word for word in range(last + 1, first) if tree[word].text in _ENDS and _ends_sentence(tree, word)]
    return bool(ends) and ends == list(range(first - len(ends), first))


def _ends_sentence(tree: ParsedText, mark: int) -> bool:
    """False for the full stop of an abbreviation: Capt*.* Roe."""
    return mark + 1 == len(tree) or tree[mark + 1].sentence != tree[mark].sentence or tree.quoted[mark + 1]


def _ends_line(tree: ParsedText, span: Span) -> bool:
    """True if nothing follows `span` in its line."""
    return not tree.text[span.end :].partition("\n")[0].strip()


def _is_next_paragraph(tree: ParsedText, quotation: Quotation, words: list[int], previous: tuple[int, int]) -> bool:
    """True for a paragraph that is one long quotation and follows the one whose last sentence has the last cue: the
    same person goes on, unless that one asked."""
    span, (cue, last), before = quotation.span, previous, words[0] - 1
    if before < 0 or not _has_double_marks(tree.text, span) or tree[cue].lemma in QUESTION_VERBS:
        return False
    follows = tree[before].sentence == tree[last].sentence and "\n" in tree.text[tree[before].end : span.start]
    is_long = len(_plain(tree, words)) >= _PARAGRAPH_WORDS
    return follows and is_long and (_ends_line(tree, span) or _is_whole(tree, words))


def _has_double_marks(text: str, span: Span) -> bool:
    return not {text[span.start], text[span.start : span.start + 2]}.isdisjoint(_DOUBLE_MARKS)


def _lead_in(tree: ParsedText, quotation: Quotation, words: list[int]) -> int | None:
    """The verb of the sentence before a quotation that has no cue, where that one tells what a person did: *The judge
    gave her reasons.* Then, as a paragraph of its own or in the first person, her words; or whatever she said, where
    that sentence tells that she spoke. Nobody is guessed where another is named there."""
    text, span, before = tree.text, quotation.span, words[0] - 1
    is_paragraph = _ends_line(tree, span) and text[: span.start].rstrip(" ")[-1:] == "\n"
    if before < 0 or not (is_paragraph or _is_whole(tree, words)):
        return None
    if len(_plain(tree, words)) < _PARAGRAPH_WORDS - 1 or tree[before].text not in _ENDS | {":"}:
        return None
    line = text.rfind("\n", 0, tree[before].start) + 1
    here = [word for word in tree.sentence(before) if tree[word].start >= line]
    verb = [here[0], *tree.ancestors(here[0])][-1] if here else before
    may_follow_quotation = speaks(tree, verb) and _has_double_marks(text, span)
    if not here or (not may_follow_quotation and tree.any_quoted(tree.words(Span(line, tree[before].end)))):
        return None
    doer = tree.child(verb, "nsubj", "nsubjpass")
    if not tree[verb].is_verb or doer is None or verb not in here:
        return None
    if not (is_paragraph or speaks(tree, verb) or tree.has_text(words, "i", "my", "we", "our", "me")):
        return None
    if tree[verb].lemma in QUESTION_VERBS and tree[doer].dep != "nsubjpass":
        return None
    is_person = (names_person(tree, doer) or tree[doer].lower in ("he", "she")) and not tree[doer].is_plural
    has_author = any(tree[word].lemma in _AUTHOR_PREPOSITIONS for word in tree.children[doer])
    return verb if is_person or (tree[doer].lemma in OCCASIONS and has_author) else None


def _is_whole(tree: ParsedText, words: list[int]) -> bool:
    """True for a quotation that is a sentence or more of its own."""
    after = words[-1] + 1
    is_whole = tree[words[0] - 1].text in _ENDS and any(tree[word].text in _ENDS for word in words[-2:])
    ends = after >= len(tree) or tree[after].sentence != tree[words[-1]].sentence or tree[after].text[:1].isupper()
    return is_whole and ends


def _resumes(tree: ParsedText, first: int, previous: tuple[int, int]) -> bool:
    """True where a quotation that broke off goes on in small letters: "We can," X said, *"but not by spring."*"""
    cue, last = previous
    opening = next(word for word in range(first, len(tree)) if tree[word].pos != "PUNCT")
    if not last < first or last != cue or tree[first - 1].text != "," or not tree[opening].text[:1].islower():
        return False
    end = next((word for word in range(cue, -1, -1) if tree.quoted[word]), None)
    if end is None or tree.quotations[tree.quotation_at[end]].inner.of(tree.text)[-1] != ",":
        return False
    between = range(cue + 1, first)
    return not any(tree[word].text in _ENDS or (_may_cue(tree, word) and tree.deps(word, "nsubj")) for word in between)


def _coordinated_cue(tree: ParsedText, cue: int, first: int) -> int | None:
    """The later cue of the sentence, where somebody else comes in: X said, and Y *added*. "..."."""
    for word in range(first - 1, cue, -1):
        if tree[word].dep == "conj" and not tree.quoted[word] and _may_cue(tree, word) and tree.deps(word, "nsubj"):
            return word
    return None


def _may_cue(tree: ParsedText, word: int) -> bool:
    token = tree[word]
    if not token.tag.startswith("VB") or token.dep in ("aux", "auxpass"):
        return False
    if token.lemma in QUESTION_VERBS and token.tag in ("VBN", "VBD") and word and tree[word - 1].lower == "when":
        return False  # "...," he said *when asked*
    particle = tree.child(word, "prt")
    return token.lemma in QUOTE_CUES or (particle is not None and f"{token.lemma} {tree[particle].lemma}" in QUOTE_CUES)


def speaks(tree: ParsedText, word: int) -> bool:
    """True for a verb outside quotations that tells, with a subject of its own, that somebody says something."""
    is_clause = tree[word].is_tensed and not tree.quoted[word] and bool(tree.deps(word, "nsubj"))
    return is_clause and _may_cue(tree, word) and not _is_faint(tree, word)


def quote_source(tree: ParsedText, cue: int, words: set[int]) -> set[int]:
    """The source of the cue of the quotation `words`, never from inside a quotation. Where the tree shows none, the
    noun next to the cue: after it if the quotation stands before ("...," said the mayor), else the last before it."""
    above = tree[tree[cue].head].head
    if tree[cue].lemma == "quote" and (source := relayed_source(tree, cue) - words):
        return source
    if tree[cue].dep == "pcomp" and tree[above].lemma in RELAYING_VERBS and (source := relayed_source(tree, above)):
        return source - words
    noun = _author(tree, cue)
    if noun is None and tree[cue].lemma == "be":
        noun = _perspective(tree, cue)
    if noun is None:
        noun = subject(tree, cue)
        if noun is not None and tree[cue].lemma == "be" and _is_thing(tree, noun):
            return set()
        if noun is None or tree.quoted[noun]:
            hears = any(child > cue for child in tree.deps(cue, "dobj", "dative")) and tree[cue].lemma in TELLING_VERBS
            noun = _noun_after(tree, cue) if min(words) < cue and not hears else None
            noun = _noun_between(tree, words, cue) if noun is None else noun
            noun = _noun_before(tree, cue) if noun is None else noun
            is_common = (
                noun is not None and tree[noun].pos == "NOUN" and tree[noun].lemma not in OCCASIONS | LEXICON.works
            )
            if noun is not None and is_common and not has_voice(tree, noun):
                return set()  # began his answer on *drinking* with: "..."
    return source_words(tree, noun, cue) - {cue}


def _perspective(tree: ParsedText, cue: int) -> int | None:
    """Whose view a sentence tells that leads to their words: *For baker Jo Roe*, the tax is the last straw."""
    opening = tree.sentence(cue)[0]
    noun = tree.child(opening, "pobj") if tree[opening].text == "For" else None
    return noun if noun is not None and names_person(tree, noun) and not tree[noun].is_plural else None


def _is_thing(tree: ParsedText, noun: int) -> bool:
    """True for a noun that names nobody and nobody owns: *the message* was simple."""
    is_common = tree[noun].pos == "NOUN" and not has_voice(tree, noun)
    return is_common and tree.owner(noun) is None and not tree.deps(noun, "prep")


def _author(tree: ParsedText, cue: int) -> int | None:
    """Who wrote what is read out: a letter from *Jane Roe* was read; a statement by *X* said. And who was asked, where
    a whole paragraph of theirs follows."""
    passive, active = tree.child(cue, "nsubjpass"), tree.child(cue, "nsubj")
    if passive is not None and tree[passive].lemma in OCCASIONS:
        for preposition in tree.deps(passive, "prep"):
            if tree[preposition].lemma in _AUTHOR_PREPOSITIONS:
                return tree.child(preposition, "pobj")
    if active is not None and tree[active].lemma in OCCASIONS and not tree.quoted[active]:
        for preposition in sorted({*tree.deps(active, "prep"), *tree.deps(cue, "prep", "agent")}):
            if preposition > active and tree[preposition].lemma in ("from", "by"):
                return tree.child(preposition, "pobj")
    if passive is not None and not tree.deps(cue, "agent") and tree[passive].pos in ("PROPN", "PRON"):
        return passive
    return None


def _noun_after(tree: ParsedText, cue: int) -> int | None:
    for word in range(cue + 1, min(cue + _NEAR_CUE, len(tree))):
        token = tree[word]
        if token.entity in ("DATE", "TIME"):
            return None
        is_modifier = token.pos in ("DET", "ADJ", "NUM", "ADV", "PART") or token.tag == "PRP$" or token.dep == "prt"
        if tree.quoted[word] or not (is_modifier or (token.pos == "VERB" and _is_job(tree, word))):
            return _head_of_name(tree, word)
    return _head_of_name(tree, cue + _NEAR_CUE) if cue + _NEAR_CUE < len(tree) else None


def _is_job(tree: ParsedText, word: int) -> bool:
    """True for a noun that the parser took for a verb before a name: said *postmistress* Jane Roe."""
    return tree[word].lower in PERSON_NOUNS and word + 1 < len(tree) and tree[word + 1].pos == "PROPN"


def _noun_between(tree: ParsedText, words: set[int], cue: int) -> int | None:
    """The noun that stands first between a quotation and its cue: "...," X, who lives there, *said*."""
    last = max((word for word in words if word < cue), default=cue)
    noun = next((noun for word in range(last + 1, cue) if (noun := _head_of_name(tree, word)) is not None), cue)
    return noun if last < noun < cue else None


def _noun_before(tree: ParsedText, cue: int) -> int | None:
    for word in range(cue - 1, max(cue - _NEAR_CUE, -1), -1):
        if tree[word].sentence != tree[cue].sentence or tree[word].pos in ("VERB", "AUX", "CCONJ", "SCONJ"):
            return None
        if tree[word].entity not in ("DATE", "TIME") and (noun := _head_of_name(tree, word)) is not None:
            return noun
    return None


def _head_of_name(tree: ParsedText, word: int) -> int | None:
    """The head of the name or noun phrase at `word`, or None for other words and quoted ones."""
    if tree.quoted[word] or tree[word].pos not in ("PROPN", "PRON", "NOUN"):
        return None
    while tree[word].dep in ("compound", "appos", "poss") and not tree.quoted[tree[word].head]:
        word = tree[word].head
    return word
