"""Candidates: every place where the grammar could attribute a content to a source, before any word list decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rag.knowledge.tables import table
from rag.knowledge.words import verbs_used
from rag.statements.clause_extent import (
    clauses_of_others,
    further_clauses,
    further_infinitives,
    rest_of,
    subject_before,
)
from rag.statements.grammar import (
    bare_participle,
    has_mark,
    has_object,
    has_to,
    is_clause,
    is_passive,
    person_before,
    relayed_source,
    source_words,
    subject,
    verb_cue,
    words_before,
)
from rag.statements.lexicon import LEXICON, RELAYING_VERBS, TELLING_VERBS
from rag.statements.parsed_text import ParsedText
from rag.statements.phrase_candidates import (
    REPORT_NOUNS,
    Candidate,
    of_according,
    of_adverb,
    of_blocks,
    of_lines,
    of_noun,
    of_poll,
    of_report_noun,
    propose,
)

_LIGHT_PREPOSITIONS = LEXICON.complement_prepositions | LEXICON.light_prepositions
_LEMMAS: dict[str, str] = table("statements")["misread_lemmas"]
_RELAYED_VERBS = verbs_used("cue")
_RELAYED_SOURCE = 10  # most words between "quoted" and "as saying"


def candidates(tree: ParsedText) -> Iterator[Candidate]:
    """All candidates of the text, in no order that matters."""
    for token in tree.tokens:
        if not tree.readable(token.index):
            continue
        if token.tag.startswith("VB") or token.is_verb:
            if token.dep not in ("aux", "auxpass"):
                yield from _Verb(tree, token.index).candidates()
        elif token.pos == "NOUN":
            yield from of_noun(tree, token.index)
            if token.lower in REPORT_NOUNS:
                yield from of_report_noun(tree, token.index)
            if token.lemma in ("poll", "survey"):
                yield from of_poll(tree, token.index)
        elif token.pos == "ADV" and token.dep == "advmod":
            yield from of_adverb(tree, token.index)
        if token.lemma in ("according", "accord") and token.lower == "according":
            yield from of_according(tree, token.index)
    yield from of_lines(tree)
    yield from of_blocks(tree)


class _Verb:
    """The constructions of one verb."""

    def __init__(self, tree: ParsedText, verb: int) -> None:
        self.tree = tree
        self.verb = verb
        self.lemma = _LEMMAS.get(tree[verb].lemma, tree[verb].lemma)
        if (particle := tree.child(verb, "prt")) is not None:
            self.lemma += f" {tree[particle].lemma}"
        self.cue = verb_cue(tree, verb)
        self.subject = subject(tree, verb)
        is_active = tree[verb].tag in ("VBD", "VBZ") or (tree[verb].tag == "VBN" and tree.deps(verb, "aux"))
        if self.subject is None and is_active and not tree.deps(verb, "auxpass"):
            self.subject = person_before(tree, verb)
        self.source = source_words(tree, self.subject, verb)

    def candidates(self) -> Iterator[Candidate]:
        relayed = list(self._relayed()) if self.lemma in RELAYING_VERBS else []
        if relayed := relayed or self._relayed_as():
            yield from relayed
        elif is_passive(self.tree, self.verb):
            yield from self._passive()
            yield from self._inserted()
        else:
            yield from self._clauses()
            yield from self._inserted()
            yield from self._objects()
            yield from self._prepositions()
            yield from self._adjectives()
            yield from self._nominal_subject()

    def _propose(
        self,
        construction: str,
        content: set[int] | int,
        *,
        key: str = "",
        preposition: int | None = None,
        cue: Iterable[int] = (),
        source: set[int] | None = None,
    ) -> Iterator[Candidate]:
        """A candidate of the verb, with the subtree of `content` where that is one word; `preposition` goes to cue and
        key."""
        tree, key = self.tree, key or self.lemma
        content = tree.subtree(content) if isinstance(content, int) else content
        if preposition is not None:
            key, cue = f"{key} {tree[preposition].lemma}", {preposition, *cue}
        source = self.source if source is None else source
        negated = tree.child(self.verb, "neg") is not None
        cue = self.cue.union(cue)
        return propose(construction, key, self.verb, cue=cue, source=source, content=content, negated=negated)

    def _clauses(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in self._complements():
            content = tree.subtree(child)
            if tree[min(content)].tag == "WP" and child > verb:  # opposed what happened
                yield from self._propose("object", content)
            if child < verb:
                content |= words_before(tree, verb, child)
            if self._is_relative(child) or (self.lemma == "allow" and not has_mark(tree, child, "that")):
                continue
            is_clause = tree.child(child, "mark") is not None or not bare_participle(tree, child)
            construction = "clause" if is_clause else "ing"
            predicate = tree.child(verb, "acomp", "oprd")
            if predicate is not None and predicate < child and self.lemma in ("make", "leave"):  # made clear that ...
                yield from self._propose(construction, content, key=f"make {tree[predicate].lemma}", cue={predicate})
            content = (content | subject_before(tree, verb, child)) - clauses_of_others(tree, child)
            content |= further_clauses(tree, verb, child) | rest_of(tree, verb, content)
            yield from self._propose(construction, content)
        yield from self._infinitives()
        yield from self._yes_or_no()
        yield from self._sentence_after()
        yield from self._that_astray()

    def _infinitives(self) -> Iterator[Candidate]:
        """Called for him *to go*, called on him *to go*, considered *going*."""
        tree, verb = self.tree, self.verb
        for child in tree.deps(verb, "advcl", "ccomp", "xcomp"):
            content, mark, is_infinitive = tree.subtree(child), tree.child(child, "mark"), has_to(tree, child)
            if mark is not None and tree[mark].lower == "for" and is_infinitive:
                yield from self._propose("prep", content, key=f"{self.lemma} for", cue={mark})
            if tree[child].dep != "xcomp":
                continue
            if tree[child].tag == "VBG":
                yield from self._propose("ing", content)
            elif is_infinitive and self.lemma in LEXICON.seeming:  # nobody says it: the reporter thinks so
                yield from self._propose("seems", content | self.source, source=set())
            elif is_infinitive:
                negation = {word for word in tree.deps(child, "neg") if word < child}
                content |= negation | further_infinitives(tree, verb, child)
                yield from self._propose("to", content)
                for on in tree.deps(verb, "prep"):
                    addressee = tree.subtree(on) - {on}
                    if addressee and verb < on < child and max(addressee) + 1 == min(content):
                        yield from self._propose("to", addressee | content, preposition=on)

    def _is_relative(self, clause: int) -> bool:
        """True for a relative clause that was taken for what is said: agreed in July *that banned*; believes in news
        *that tells*, where the parser made a conjunction of "that"."""
        tree = self.tree
        if any(tree[word].tag == "WDT" and tree[word].lower == "that" for word in tree.deps(clause, "nsubj")):
            if tree[self.verb + 1].lower == "that" and clause > self.verb:
                return False  # said that was wrong
            return not (self.lemma in TELLING_VERBS and tree.deps(self.verb, "dobj", "dative"))
        for mark in tree.deps(clause, "mark"):
            after = next((word for word in range(mark + 1, len(tree)) if tree[word].pos != "PUNCT"), mark)
            if tree[mark].lower == "that" and tree[after].is_finite and tree[mark - 1].pos == "NOUN":
                return True
        return False

    def _complements(self) -> list[int]:
        """The clauses that the verb governs, but for one before the word that makes a reason of the verb's own: Roe is
        glad *because she sees* a way."""
        tree, verb = self.tree, self.verb
        reason = next((at for at in tree.deps(verb, "mark") if tree[at].lower in LEXICON.reasons), verb)
        return [child for child in tree.deps(verb, "ccomp") if not child < reason < verb]

    def _relayed(self) -> Iterator[Candidate]:
        """The agency quoted *X as saying* Y; Y, *X was quoted* by the agency *as saying*: the words are X's."""
        tree, verb = self.tree, self.verb
        source, head = relayed_source(tree, verb), tree[verb].head
        for word in tree.deps(verb, "prep", "mark", "advcl") if source else ():
            saying = tree.child(word, "pcomp") if tree[word].dep == "prep" else word
            if (tree[word].lower != "as" and tree[word].dep == "prep") or saying is None:
                continue
            if tree[saying].lemma not in _RELAYED_VERBS:
                continue
            cue = {saying, *(at for at in (word, saying - 1) if tree[at].lower == "as")}
            contents = [tree.subtree(child) for child in tree.deps(saying, "ccomp", "dobj")]
            before = [tree.subtree(child) for child in tree.deps(verb, "ccomp") if child < verb]
            if not before and tree[verb].dep in ("conj", "parataxis") and head < min(source):
                before = [tree.subtree(head, without=[verb])]
            for content in contents + before:
                yield from self._propose("relayed", content, cue=cue, source=source)

    def _relayed_as(self) -> list[Candidate]:
        """Quoted X *as saying* Y, where the parser hung "as" on X."""
        tree, verb, head = self.tree, self.verb, self.tree[self.verb].head
        if tree[verb].dep != "pcomp" or self.lemma not in _RELAYED_VERBS or tree[head].lower != "as":
            return []
        before = range(head - 1, max(0, head - _RELAYED_SOURCE) - 1, -1)
        quoting = next((word for word in before if tree[word].lower == "quoted"), head)
        speaker = tree[head].head
        if not tree[speaker].is_noun or not quoting < speaker < verb:
            return []
        cue, source = {quoting, head}, set(range(quoting + 1, head))
        contents = tree.deps(verb, "ccomp", "dobj")
        return [one for word in contents for one in self._propose("relayed", word, key="quote", cue=cue, source=source)]

    def _sentence_after(self) -> Iterator[Candidate]:
        """X warned Y *the bridge must go*, where the parser took what was said for a sentence of its own."""
        tree, verb = self.tree, self.verb
        addressee = tree.child(verb, "dobj", "dative")
        if self.lemma not in TELLING_VERBS or addressee is None or tree.deps(verb, "ccomp", "xcomp"):
            return
        for child in tree.deps(addressee, "relcl"):  # told officers they had seen ...
            first = min(tree.subtree(child))
            if tree.deps(child, "nsubj")[:1] == [first] == [addressee + 1] and tree[first].tag == "PRP":
                yield from self._propose("clause", child)
                return
        first = max(tree.subtree(addressee)) + 1
        if first == len(tree) or tree[first - 1].text in (".", "?", "!") or tree.breaks(first - 1, first):
            return
        top = [first, *tree.ancestors(first)][-1]
        is_next = top != verb and top >= first and min(tree.subtree(top)) == first
        if is_next and tree.deps(top, "nsubj", "nsubjpass"):
            yield from self._propose("clause", top)

    def _that_astray(self) -> Iterator[Candidate]:
        """Announced *that as part of the cuts it would close*: the rest of the sentence, where the parser found no
        clause behind "that"."""
        tree, verb = self.tree, self.verb
        rest = [word for word in tree.sentence(verb) if word > verb]
        is_that = len(rest) > 1 and tree[rest[0]].lower == "that" and tree[rest[0]].tag == "IN"
        if not is_that or tree.deps(verb, "ccomp") or tree[verb].dep in ("advcl", "relcl"):
            return
        if tree[rest[1]].tag == "NN":
            return  # reiterated that promise
        while tree[rest[-1]].pos == "PUNCT" and not tree.quoted[rest[-1]]:
            rest.pop()
        if any(tree[word].is_finite for word in rest):
            yield from self._propose("clause", set(rest))

    def _yes_or_no(self) -> Iterator[Candidate]:
        """Asked if he would go, he *said no*."""
        tree, verb = self.tree, self.verb
        for child in tree.children[verb] if tree[verb].lemma in ("say", "answer", "reply") else ():
            if tree[child].lower in ("yes", "no") and child > verb and not tree.children[child]:
                yield from self._propose("clause", child)

    def _inserted(self) -> Iterator[Candidate]:
        """The plan, *officials said*, will fail; *as he put it*."""
        tree, verb, token = self.tree, self.verb, self.tree[self.verb]
        yield from self._closing()
        if token.head == verb or tree.deps(verb, "ccomp"):
            return
        tells_beside = self.lemma in TELLING_VERBS and token.dep == "conj" and not tree.deps(token.head, "cc")
        if tree.deps(verb, "dobj") and not tells_beside:
            return
        clause = tree.subtree(token.head, without=[verb])
        if token.dep == "parataxis" and self.source:
            yield from self._propose("inserted", clause)
        elif token.dep in ("relcl", "advcl", "conj", "dep") and self._is_parenthetical():
            up = next((up for up in tree.ancestors(verb) if is_clause(tree, up)), token.head)
            content = tree.subtree(up, without=[verb])
            yield from self._propose("inserted", {word for word in content if up > verb or word < min(self.source)})
        elif token.dep == "advcl" and tree.has_text(tree.deps(verb, "mark", "advmod"), "as"):
            yield from self._propose("as", clause, cue=tree.deps(verb, "mark") if tree[verb - 1].lower == "as" else ())

    def _closing(self) -> Iterator[Candidate]:
        """It leaks, *she said.* It leaks, *said Jay Roe*, who ...: all before, where the parser hung the verb
        elsewhere."""
        tree, verb = self.tree, self.verb
        if not self.source or not tree[verb].is_tensed or tree.deps(verb, "ccomp", "dobj"):
            return
        own = self.source | self.cue
        first, opening = min(own), tree.sentence(verb)[0]
        rest = {word for word in tree.sentence(verb) if word > max(own) and tree[word].pos != "PUNCT"}
        closes = rest <= tree.subtree(max(self.source)) if verb < min(self.source) else not rest
        is_apart = first > opening and tree[first - 1].text == "," and own == set(range(first, max(own) + 1))
        content = set(range(opening, first - 1))
        if closes and is_apart and any(tree[word].is_finite and is_clause(tree, word) for word in content):
            yield from self._propose("inserted", content)

    def _is_parenthetical(self) -> bool:
        """True for subject and verb right after a comma, with no conjunction or "who": ..., *officials said*."""
        tree, verb = self.tree, self.verb
        if tree.child(verb, "nsubj") is None or tree.deps(verb, "mark", "xcomp") or not self.source:
            return False
        first = min(self.source | self.cue)
        is_relative = tree[self.subject or first].tag in ("WP", "WDT")
        is_relative = is_relative or any(tree[word].tag == "WP$" for word in self.source)
        return first > 0 and tree[first - 1].text in (",", "—", "–") and not is_relative

    def _objects(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in tree.deps(verb, "dobj"):
            content = tree.subtree(child)
            after = [word for word in tree.children[verb] if word > child]
            if tree[child].lower in LEXICON.relative_pronouns:  # which he describes as ...
                predicates = [word for word in after if tree[word].dep in ("oprd", "xcomp") or self._is_as(word)]
                if predicates := [word for word in predicates if word > verb]:
                    yield from self._propose("object", content.union(*map(tree.subtree, predicates)))
                continue
            yield from self._light(child, after)
            infinitives = [
                word for word in after if tree[word].dep in ("xcomp", "ccomp", "advcl") and has_to(tree, word)
            ]
            for word in infinitives[:1]:
                yield from self._propose("recipient to", word)
                yield from self._propose("object to", content | tree.subtree(word))
            complements = [word for word in after if tree[word].dep in ("oprd", "xcomp") or self._is_complement(word)]
            for word in complements:
                if tree[word].dep == "prep":
                    key = f"{self.lemma} {tree[word].lemma}"
                    yield from self._propose("object prep", content | tree.subtree(word), key=key)
            yield from self._propose("object", content.union(*map(tree.subtree, complements)))
        yield from self._relative_object()
        for child in tree.deps(verb, "oprd") if not tree.deps(verb, "nsubjpass") else ():
            yield from self._propose("object", child)

    def _is_as(self, word: int) -> bool:
        return self.tree[word].dep == "prep" and self.tree[word].lemma == "as"

    def _is_complement(self, preposition: int) -> bool:
        """True for a phrase that belongs to the content after an object: praised her *for her vote*, put it *at 40*."""
        tree, token, objects = self.tree, self.tree[preposition], self.tree.deps(preposition, "pobj")
        if token.text == "on" and any(tree[one].entity == "DATE" for one in objects):
            return False  # accused Roe *on Monday* of ...
        is_count = token.text == "at" and any(tree[one].pos == "NUM" or tree.deps(one, "nummod") for one in objects)
        return token.dep == "prep" and (token.lemma in LEXICON.complement_prepositions or is_count)

    def _relative_object(self) -> Iterator[Candidate]:
        """A version *that* Roe *described as* "early", with or without "that": the noun belongs to what is said."""
        tree, verb = self.tree, self.verb
        predicates = [*tree.deps(verb, "oprd"), *filter(self._is_as, tree.children[verb])]
        has_where = any(tree[word].tag == "WRB" for word in tree.deps(verb, "advmod"))
        if tree[verb].dep != "relcl" or not predicates or has_where or tree.deps(verb, "dobj"):
            return
        noun = tree[verb].head
        asides = [*tree.deps(noun, "relcl", "appos", "prep"), verb]
        content = tree.subtree(noun, without=asides).union(*map(tree.subtree, predicates))
        if self.subject in tree.deps(verb, "nsubj") and tree[self.subject or 0].tag not in ("WDT", "WP"):
            is_object = tree[predicates[0]].dep == "oprd"
            key = self.lemma if is_object else f"{self.lemma} as"
            yield from self._propose("object" if is_object else "object prep", content, key=key)

    def _light(self, noun: int, after: list[int]) -> Iterator[Candidate]:
        """Verb and noun as one cue: *sounded the alarm* that ..., *poured scorn* on ..."""
        tree, key = self.tree, f"{self.lemma} {self.tree[noun].lemma}"
        modifiers = tree.deps(noun, "det", "amod", "compound", "neg", "poss")
        cue = set(range(self.verb, noun + 1)) & {noun}.union(*map(tree.subtree, modifiers))
        for word in (word for word in [*tree.children[noun], *after] if word > noun):
            dep = tree[word].dep
            if dep == "prep" and tree[word].lemma in _LIGHT_PREPOSITIONS and has_object(tree, word):
                yield from self._propose("light", word, key=key, cue=cue | {word})
            elif dep in ("acl", "ccomp", "advcl", "relcl") and _is_content_clause(tree, word):
                yield from self._propose("light", word, key=key, cue=cue)

    def _prepositions(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in tree.deps(verb, "prep"):
            if child > verb and has_object(tree, child):
                between = range(max(self.cue) + 1, child)
                is_near = all(tree[word].dep == "advmod" and tree[word].pos == "ADV" for word in between)
                cue = {*between, child} if is_near else set[int]()
                yield from self._propose("prep", child, key=f"{self.lemma} {tree[child].lemma}", cue=cue)

    def _adjectives(self) -> Iterator[Candidate]:
        """*is confident* that ..., *is open* to ..., *was critical of* ..."""
        tree, verb = self.tree, self.verb
        for adjective in tree.deps(verb, "acomp") if self.lemma in LEXICON.copulas else ():
            modifiers = {word for word in tree.deps(adjective, "advmod", "neg") if not tree.children[word]}
            cue = {adjective} | modifiers | {word for word in range(verb, adjective) if tree[word].pos == "ADV"}
            for child in [*tree.children[adjective], *tree.deps(verb, "ccomp", "xcomp", "prep")]:
                dep, key = tree[child].dep, tree[adjective].lemma
                if child < adjective:
                    continue
                if dep in ("ccomp", "xcomp") or (dep == "advcl" and has_to(tree, child)):
                    yield from self._propose("adjective", child, key=key, cue=cue)
                elif dep == "prep" and has_object(tree, child):
                    yield from self._propose("adjective", child, key=key, preposition=child, cue=cue)

    def _nominal_subject(self) -> Iterator[Candidate]:
        """*Their fear is* that ...: the noun is the cue, its possessor the source."""
        tree, verb, noun = self.tree, self.verb, self.tree.child(self.verb, "nsubj")
        if self.lemma != "be" or noun is None or tree[noun].pos != "NOUN":
            return
        source = source_words(tree, tree.child(noun, "poss"), noun)
        cue = {noun, *tree.deps(noun, "amod", "det", "compound")} - source
        for child in tree.deps(verb, "ccomp", "xcomp"):
            opens = tree[min(tree.subtree(child))]
            if child > verb and (opens.tag in ("WP", "WRB") or _is_content_clause(tree, child)):
                yield from self._propose("noun is", child, key=tree[noun].lemma, cue=cue, source=source)

    def _passive(self) -> Iterator[Candidate]:
        tree, verb, noun = self.tree, self.verb, self.tree.child(self.verb, "nsubjpass")
        agent = next((word for word in tree.deps(verb, "agent", "prep") if tree[word].lemma == "by"), None)
        doer = tree.child(agent, "pobj") if agent is not None else None
        source, by = source_words(tree, doer, verb), {agent} if agent is not None and doer is not None else set[int]()
        about: set[int] = set()
        if noun is not None:
            about = tree.subtree(noun)
        elif tree[verb].dep == "acl":
            about = tree.subtree(tree[verb].head, without=[verb])
        is_expletive = noun is not None and tree[noun].lemma == "it"
        complement: set[int] = set()
        for word in (word for word in tree.children[verb] if word > verb):
            dep, inside = tree[word].dep, tree.subtree(word)
            if dep == "ccomp" or (dep == "advcl" and has_mark(tree, word, "that")):
                has_addressee = self.lemma in TELLING_VERBS and bool(source)  # who was told is no part of what was
                content = inside if is_expletive or has_addressee else inside | about
                yield from self._propose("passive clause", content, cue=by, source=source)
            elif dep == "xcomp" and has_to(tree, word):
                yield from self._propose("passive to", inside | about, cue=by, source=source)
            if dep in ("xcomp", "oprd") or (dep == "prep" and tree[word].lemma in LEXICON.complement_prepositions):
                complement |= inside
        if tree[verb].dep == "acl" and not source and self.lemma in LEXICON.labelling:
            return  # a man named X
        if complement and tree[min(complement)].dep == "prep" and min(complement) == max(self.cue) + 1:
            by = by | {min(complement)}
        yield from self._propose("passive by" if source else "passive", about | complement, cue=by, source=source)


def _is_content_clause(tree: ParsedText, clause: int) -> bool:
    """True for an infinitive with "to" and for a clause with "that" or "whether"."""
    return has_to(tree, clause) or has_mark(tree, clause, "that", "whether")
