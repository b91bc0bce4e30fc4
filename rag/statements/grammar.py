"""Questions of grammar: the cue around a verb, its subject, the words of a source, what kind of clause hangs on it."""

from __future__ import annotations

from rag.knowledge.tables import table
from rag.statements.lexicon import LEXICON, OCCASIONS, PERSON_NOUNS, SPEAKING_BODIES
from rag.statements.parsed_text import ParsedText

HEARING_VERBS = frozenset(table("cues")["lists"]["hearing"].split())
"""Verbs whose object somebody else utters: the vote did little to *ease* worries, she *won* the endorsement of X."""
UNNAMED_SOURCES = LEXICON.unnamed_sources | LEXICON.crowds
"""Nouns for somebody of whom nothing more is told: a *source*, *people*."""
_SCARE_QUOTE = 6  # most words of one, with its marks
_LONGEST_ASIDE = 20  # words
_MOST_STEPS = 12
_CLIMBED_DEPS = frozenset("pcomp prep conj xcomp acomp advcl ccomp dep parataxis relcl".split())


def verb_cue(tree: ParsedText, verb: int) -> set[int]:
    """The verb with its auxiliaries, negation, particle and the adverbs among them: *has also said*."""
    parts = {word for word in tree.deps(verb, "aux", "auxpass", "neg", "prt") if tree[word].lower != "as"}
    first = min({verb, *parts})
    cue = {verb} | {word for word in parts if word < verb or word == verb + 1 or tree[word].dep == "prt"}
    for word in tree.deps(verb, "advmod", "npadvmod"):
        is_bare = all(tree[child].pos == "ADV" for child in tree.children[word])
        if is_bare and (first < word < verb or (word == first - 1 and tree[word].pos == "ADV")):
            cue |= tree.subtree(word)
    head = tree[verb].head
    if tree[verb].dep == "xcomp" and tree[head].lemma in LEXICON.seeming and head < verb:
        cue |= {head, *tree.deps(head, "aux", "neg")}
    return cue


def names_person(tree: ParsedText, word: int) -> bool:
    """True for the name of a person and for a noun that only people are called by."""
    return tree[word].entity == "PERSON" or tree[word].lemma in PERSON_NOUNS


def has_voice(tree: ParsedText, noun: int) -> bool:
    """True for the name of a person, body or place, and for a noun for a person or for a body that speaks."""
    token = tree[noun]
    is_name = token.entity in ("PERSON", "ORG", "GPE", "NORP")
    return is_name or token.lemma in PERSON_NOUNS | SPEAKING_BODIES | UNNAMED_SOURCES


def person_before(tree: ParsedText, verb: int) -> int | None:
    """The person right before a verb that a mistaken parse left without subject: At X, Jay Roe, its owner, *said*."""
    if (name := misread_subject(tree, verb)) is not None:
        return name
    verb = min(verb_cue(tree, verb))
    for word in range(verb - 1, max(verb - 4, -1), -1):
        if tree[word].sentence != tree[verb].sentence or tree.quoted[word]:
            return None
        while tree[word].entity != "PERSON" and tree[word].dep in ("conj", "compound", "appos"):
            if tree[word].dep == "appos" and word < verb and tree[min(tree.subtree(word)) - 1].text == ",":
                return word  # in a letter to X, *the consultant Ada Lund* wrote: no comma closes an apposition
            word = tree[word].head
        if tree[word].entity == "PERSON" and word < verb:
            name = word if tree[word].dep != "compound" else tree[word].head
            head = tree[name].head
            return head if tree[name].dep == "appos" and tree[head].lemma in PERSON_NOUNS and head < name else name
    return _before_aside(tree, verb) or _misread_apposition(tree, verb)


def misread_subject(tree: ParsedText, verb: int) -> int | None:
    """The name right before a verb that the parser took for its object or for a noun: *Roe* openly admires, *Roe*
    claims."""
    token, name = tree[verb], tree[verb].head if tree[verb].dep == "dobj" else tree.child(verb, "nsubj")
    if name is None or token.tag not in ("VBZ", "NNS") or not tree[name].text.istitle() or tree[name].pos == "PRON":
        return None
    return name if name < verb and all(tree[word].pos == "ADV" for word in range(name + 1, verb)) else None


def _misread_apposition(tree: ParsedText, verb: int) -> int | None:
    """The noun right before a verb that the parser took for an apposition of the noun before: In a letter to X, *the
    union* wrote; although made by X, *the union* says."""
    noun = verb - 1
    while noun > 0 and tree[noun].dep == "compound":
        noun = tree[noun].head
    if noun <= 0 or tree[noun].dep != "appos" or tree[noun].sentence != tree[verb].sentence:
        return None
    opening = tree[tree.sentence(verb)[0]]
    follows_comma = tree[min(tree.subtree(noun)) - 1].text == ","
    return noun if follows_comma and opening.tag in ("IN", "VBG", "VBN") else None


def _before_aside(tree: ParsedText, verb: int) -> int | None:
    """The person whose description between commas stands right before a verb: Jay Roe, head of X, *said*."""
    if verb < 2 or tree[verb - 1].text != ",":
        return None
    for word in range(verb - 2, max(verb - _LONGEST_ASIDE, 0), -1):
        if tree[word].sentence != tree[verb].sentence or tree.quoted[word]:
            return None
        if tree[word].text == "," and tree[word - 1].entity == "PERSON":
            return word - 1
        if tree[word].is_finite:
            return None
    return None


def is_behind_hyphen(tree: ParsedText, word: int) -> bool:
    """True for a hyphen inside a word, and for what follows one: ex*-husband*."""
    return any(tree[at].text == "-" and tree[at - 1].end == tree[at].start for at in (word, word - 1) if at > 0)


def _own_subject(tree: ParsedText, verb: int) -> int | None:
    """The subject of `verb` itself; of several, which a mistaken parse has, the name or the one next to the verb."""
    own = tree.deps(verb, "nsubj") or ([] if is_passive(tree, verb) else tree.deps(verb, "nsubjpass"))
    own = [word for word in own if tree[word].text != "."]  # of "Sr."
    whole = [word for word in own if not is_behind_hyphen(tree, word)]
    own = whole or own  # "the owner, with her ex-husband, says", with the husband taken for a second subject
    if len(own) > 1:  # "Summary, 6pm: the mayor has said"
        colons = [word for word in range(min(own), verb) if tree[word].text == ":"]
        own = [word for word in own if not colons or word > colons[-1]] or own
    if not own and tree[verb].tag in ("VBD", "VBZ"):  # "Fish farmers said", with "fish" taken for a verb
        clauses = [word for word in tree.deps(verb, "csubj") if tree[word].tag == "VB" and word < verb]
        own = [noun for word in clauses for noun in tree.deps(word, "dobj") if word < noun < verb]
    clauses = [clause for clause in tree.deps(verb, "ccomp") if clause < verb]
    if clauses and any(word > verb for word in own):  # "Roe - the mayor - has gone, said a source": Roe has gone
        own = [word for word in own if word > min(clauses)]
    if verb - 1 in own and tree[verb - 1].lower in LEXICON.subject_pronouns:
        return verb - 1
    noun = max(own, key=lambda word: (tree[word].pos == "PROPN", word < verb, word), default=None)
    return _unclosed_apposition(tree, noun, verb) if noun is not None and noun < verb else noun


def _unclosed_apposition(tree: ParsedText, noun: int, verb: int) -> int:
    """The subject; or the person behind it whom no comma closes off, whatever the parser made of them: for the brewer,
    Norlager, *marketing head Ada Lund* wrote."""
    last = min(verb_cue(tree, verb)) - 1
    top = last
    while tree[top].dep in ("appos", "compound") and tree[top].head > noun:
        top = tree[top].head
    if tree[top].dep != "appos" or tree[top].head != noun or tree[last].pos != "PROPN":
        return noun
    comma = next((at for at in range(last, noun, -1) if tree[at].text == ","), last)
    return top if any(tree[word].lower in PERSON_NOUNS for word in range(comma + 1, last)) else noun


def subject(tree: ParsedText, verb: int) -> int | None:
    """Who does what `verb` says: its subject, or that of the verb it hangs on, or the noun it describes."""
    for step in range(_MOST_STEPS):
        if (own := _own_subject(tree, verb)) is not None:
            return own
        if (name := _name_before_participle(tree, verb)) is not None:
            return name
        if is_passive(tree, verb):
            agent = tree.child(verb, "agent")
            if agent is not None:
                return tree.child(agent, "pobj")
            return tree.child(verb, "nsubjpass") if step and tree[verb].lemma not in LEXICON.questioning else None
        dep, head = tree[verb].dep, tree[verb].head
        if dep == "acl":
            noun = _subject_of_modifier(tree, verb)
            return noun if noun is not None else head
        if (controller := _controller(tree, verb)) is not None:
            return controller
        if head == verb or dep not in _CLIMBED_DEPS:
            return None
        if tree.quoted[head] and not tree.quoted[verb] and bare_participle(tree, verb):
            return _subject_before(tree, verb)
        while tree[head].pos in ("ADP", "SCONJ", "ADJ", "ADV") and tree[head].head != head:
            head = tree[head].head
        if not tree[head].is_verb:
            return tree.child(head, "poss")
        verb = head
    return None


def _controller(tree: ParsedText, verb: int) -> int | None:
    """Whom somebody has or keeps from doing it: told *him* to say, kept *him* from saying."""
    head = tree[verb].head
    if tree[verb].dep == "xcomp":
        return tree.child(head, "dobj") if tree[head].lemma not in LEXICON.subject_control else None
    if tree[verb].dep != "pcomp" or tree[head].lemma not in LEXICON.controlling_prepositions:
        return None
    return tree.child(tree[head].head, "dobj", "oprd")


def _subject_before(tree: ParsedText, participle: int) -> int | None:
    """The subject of the verb before a participle that the parser hung on quoted words: X *said*, suggesting "..."."""
    for word in range(participle - 1, tree.sentence(participle)[0] - 1, -1):
        if not tree.quoted[word] and tree[word].tag in ("VBD", "VBZ") and tree.deps(word, "nsubj"):
            return _own_subject(tree, word)
    return None


def _name_before_participle(tree: ParsedText, verb: int) -> int | None:
    """The person whose doing a participle right behind the name tells, whatever it was hung on: reminds one of *Jay
    Roe* saying ...; and of a second one that goes on from it: while telling ...
    """
    if not bare_participle(tree, verb) or tree[verb].dep not in ("advcl", "acl", "pcomp", "xcomp"):
        return None
    before = [child for child in tree.deps(tree[verb].head, "advcl") if child < verb and bare_participle(tree, child)]
    if before and has_mark(tree, verb, "while", "and"):
        return _name_before_participle(tree, before[-1])
    noun = verb - 1
    follows_of = noun >= 0 and tree[noun].dep == "pobj" and tree[tree[noun].head].lemma == "of"
    is_person = follows_of and (tree[noun].entity == "PERSON" or tree[noun].lower in ("him", "her"))
    return noun if is_person and not tree.quoted[noun] else None


def _subject_of_modifier(tree: ParsedText, verb: int) -> int | None:
    """Who does what an infinitive or participle after a noun says, where it is not the noun: X had reason *to know*; X
    sent a series of letters *opposing* it. None for other participles."""
    noun = top = tree[verb].head
    if has_to(tree, verb) and tree[noun].dep == "dobj" and tree[tree[noun].head].lemma in LEXICON.subject_control:
        return subject(tree, tree[noun].head)
    sender = tree[tree[noun].head]
    is_heard = tree[noun].dep == "dobj" and names_person(tree, noun) and sender.lemma in LEXICON.messaging
    if tree[noun].dep == "pobj" and sender.lemma == "to":  # sent a letter to supporters saying ...
        is_heard = any(tree[word].lemma in OCCASIONS for word in tree.deps(sender.head, "dobj"))
        sender = tree[sender.head]
    if bare_participle(tree, verb) and is_heard:
        return subject(tree, sender.index)  # emailed supporters saying ...
    if bare_participle(tree, verb) and _is_thing_of(tree, noun) and (doer := subject(tree, sender.index)) is not None:
        return doer if names_person(tree, doer) or tree[doer].pos == "PRON" else None
    if not bare_participle(tree, verb) or tree[noun].lemma not in OCCASIONS:
        return None
    if (owner := tree.owner(noun)) is not None and tree[owner].entity in ("PERSON", "ORG"):
        return owner  # X pointed to *Roe's* comments expressing ...
    while tree[top].dep in ("pobj", "prep", "dobj") and tree[top].pos != "VERB":
        top = tree[top].head
    is_utterance = tree[top].pos == "VERB" and top < verb and tree[top].lemma not in HEARING_VERBS
    return subject(tree, top) if is_utterance else None


def _is_thing_of(tree: ParsedText, noun: int) -> bool:
    """True for an object that cannot speak, behind which the doer goes on: called for *tolerance*, arguing that ..."""
    token = tree[noun]
    is_thing = token.pos == "NOUN" and token.lemma not in OCCASIONS and not has_voice(tree, noun)
    return is_thing and token.dep == "dobj" and noun + 1 < len(tree) and tree[noun + 1].text == ","


def source_words(tree: ParsedText, noun: int | None, cue: int) -> set[int]:
    """The words of a source: the noun with all that describes it, save the part that holds the cue, asides that speak
    or happen ("who noted ...", ", appearing on ...") and adverbs around it ("even X", "X both")."""
    if noun is None:
        return set()
    asides = []
    for child in tree.children[noun]:
        dep, inner = tree[child].dep, tree.subtree(child)
        is_aside = min(inner) > 0 and tree[min(inner) - 1].text in (",", "—", "–", "-")
        is_report = dep in ("acl", "advcl") or (dep == "relcl" and bool(tree.deps(child, "ccomp", "xcomp")))
        is_adverb = (dep in ("advmod", "preconj", "cc") and child < noun) or tree[child].lower in ("both", "also")
        is_day = tree[child].text == "on" and any(tree[word].entity == "DATE" for word in tree.deps(child, "pobj"))
        is_place = is_aside and tree[child].text == "in" and tree[noun].pos == "PROPN"  # Roe, in Kentucky, said
        if cue in inner or (is_aside and is_report) or is_adverb or is_day or is_place:
            asides.append(child)
    words = tree.subtree(noun, without=asides)
    if not tree.quoted[noun]:
        words = {word for word in words if not tree.quoted[word] or _in_scare_quote(tree, word, words)}
    return _contiguous(tree, words, noun)


def _in_scare_quote(tree: ParsedText, word: int, words: set[int]) -> bool:
    """True for a word in a few quoted ones that are part of a longer phrase: critics of the *"river deal"*."""
    quotation = tree.words(tree.quotations[tree.quotation_at[word]].span)
    is_short = len(quotation) <= _SCARE_QUOTE and words.issuperset(quotation)
    return is_short and not any(tree[inner].is_finite for inner in quotation)


def _contiguous(tree: ParsedText, words: set[int], noun: int) -> set[int]:
    """The stretch of `words` around `noun`, over a comma before a name too, which parsers hang anywhere."""
    first, last = tree.stretch(words, noun)
    while last + 1 in words or (last + 2 in words and tree[last + 1].text == "," and tree[last + 2].entity == "PERSON"):
        last += 1
    return set(range(first, last + 1))


def relayed_source(tree: ParsedText, verb: int) -> set[int]:
    """Whose words somebody quotes: the agency quoted *X*; *X* was quoted by the agency; else the last name before the
    colon that follows the verb."""
    noun = tree.child(verb, "nsubjpass") if is_passive(tree, verb) else tree.child(verb, "dobj")
    if noun is None and not tree.deps(verb, "agent"):
        colon = next((word for word in range(verb + 1, min(verb + 12, len(tree))) if tree[word].text == ":"), verb)
        noun = next((at for at in range(colon - 1, verb, -1) if tree[at].entity == "PERSON"), None)
    if noun is None or tree.quoted[noun] or not (tree[noun].is_noun or tree[noun].pos == "PRON"):
        return set()
    asides = [child for child in tree.children[noun] if tree[child].lower == "as" or tree[child].dep == "acl"]
    return _contiguous(tree, tree.subtree(noun, without=asides), noun)


def words_before(tree: ParsedText, verb: int, child: int) -> set[int]:
    """Words before a content that stands first and belong to it: *But* they will, he said."""
    edge = max((word for word in tree.subtree(child) if word < verb), default=child)
    return {word for word in tree.subtree(verb) if word <= edge}


def is_passive(tree: ParsedText, verb: int) -> bool:
    """True for a passive, also as a participle after a noun: *described by* ...; "he's said he will", "he's called for
    it" and "he's promoted it" are none."""
    auxiliaries = tree.deps(verb, "auxpass")
    if auxiliaries and all(tree[word].text in ("'s", "’s") for word in auxiliaries):
        objects = tree.deps(verb, "ccomp", "dobj") or (tree[verb].lemma == "call" and tree.deps(verb, "prep"))
        if objects:
            return any(tree[word].lemma == "it" for word in tree.deps(verb, "nsubjpass"))
    if auxiliaries or tree.deps(verb, "nsubjpass"):
        return True
    is_participle = tree[verb].tag in ("VBN", "VBD") and not tree.deps(verb, "nsubj", "aux", "dobj")
    if tree[verb].lemma in LEXICON.questioning and is_participle:
        is_aside = tree[verb].dep in ("xcomp", "acl") and verb > 0 and tree[verb - 1].text == ","
        return is_aside or tree[verb].dep == "advcl"  # asked about it, X said; X said when asked; X said, asked about
    has_agent = tree[verb].dep == "advcl" and bool(tree.deps(verb, "agent"))  # as reported by X
    return tree[verb].tag == "VBN" and (tree[verb].dep == "acl" or has_agent) and not tree.deps(verb, "aux", "nsubj")


def is_clause(tree: ParsedText, word: int) -> bool:
    """True for a verb with a subject of its own."""
    return tree[word].is_verb and bool(tree.deps(word, "nsubj", "nsubjpass", "csubj", "expl"))


def bare_participle(tree: ParsedText, verb: int) -> bool:
    """True for a participle without subject or auxiliary."""
    return tree[verb].tag == "VBG" and not tree.deps(verb, "nsubj", "aux", "nsubjpass")


def has_to(tree: ParsedText, verb: int) -> bool:
    """True for an infinitive with "to"."""
    return tree.has_text(tree.deps(verb, "aux"), "to")


def has_mark(tree: ParsedText, verb: int, *marks: str) -> bool:
    """True for a clause that starts with one of `marks`."""
    return tree.has_text(tree.deps(verb, "mark"), *marks)


def has_object(tree: ParsedText, preposition: int) -> bool:
    """True for a preposition that governs something."""
    return bool(tree.deps(preposition, "pobj", "pcomp", "prep"))


def is_present(tree: ParsedText, verb: int) -> bool:
    """True for a clause of its own in the present or future: it is not the reporter's, who writes in the past."""
    tags = {tree[word].tag for word in (verb, *tree.deps(verb, "aux", "auxpass"))}
    return bool(tree.deps(verb, "nsubj", "nsubjpass")) and bool(tags & {"VBZ", "VBP", "MD"}) and "VBD" not in tags
