"""Candidates: every place where the grammar could attribute a content to a source, before any word list decides."""

from __future__ import annotations

from collections.abc import Iterator

from rag.knowledge.tables import table, words_of
from rag.statements.clause_extent import (
    further_clauses,
    further_infinitives,
    rest_of,
    said_by_others,
    subject_before,
)
from rag.statements.grammar import (
    bare_participle,
    fronted,
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
)
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

_COMPLEMENT_PREPOSITIONS = words_of("statements", "complement_prepositions")
_LIGHT_PREPOSITIONS = words_of("statements", "complement_prepositions", "light_prepositions")
_RELATIVE_PRONOUNS = words_of("statements", "relative_pronouns")
_LEMMAS: dict[str, str] = table("statements")["misread_lemmas"]
_SEEMING = words_of("statements", "seeming")
_LABELLING = words_of("statements", "labelling")
_RELAYING = words_of("statements", "relaying")
_RELAYED = words_of("statements", "relayed")
_TELLING = words_of("statements", "telling", "warning")
_REASONS = words_of("statements", "reasons")
_COPULAS = words_of("statements", "copulas")


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
        particle = tree.child(verb, "prt")
        if particle is not None:
            self.lemma += f" {tree[particle].lemma}"
        self.cue = verb_cue(tree, verb)
        self.subject = subject(tree, verb)
        finite = tree[verb].tag in ("VBD", "VBZ") or (tree[verb].tag == "VBN" and tree.deps(verb, "aux"))
        if self.subject is None and finite and not tree.deps(verb, "auxpass"):
            self.subject = person_before(tree, verb)
        self.source = source_words(tree, self.subject, verb)
        self.passive = is_passive(tree, verb)
        self.negated = tree.child(verb, "neg") is not None

    def candidates(self) -> Iterator[Candidate]:
        if self.lemma in _RELAYING and (relaying := list(self._relayed())):
            yield from relaying
            return
        if as_saying := self._quoting():
            yield from as_saying
            return
        if self.passive:
            yield from self._passive()
            yield from self._inserted()
            return
        yield from self._clauses()
        yield from self._inserted()
        yield from self._objects()
        yield from self._prepositions()
        yield from self._adjectives()
        yield from self._nominal_subject()

    def _make(
        self,
        construction: str,
        content: set[int],
        *,
        key: str = "",
        cue: set[int] | None = None,
        source: set[int] | None = None,
    ) -> Iterator[Candidate]:
        cue = self.cue | (cue or set())
        source = self.source if source is None else source
        key = key or self.lemma
        return propose(construction, key, self.verb, cue=cue, source=source, content=content, negated=self.negated)

    def _clauses(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in self._complements():
            content = tree.subtree(child)
            if tree[min(content)].tag == "WP" and child > verb:  # opposed what happened
                yield from self._make("object", content)
            if child < verb:
                content |= fronted(tree, verb, child)
            if self._is_relative(child) or (self.lemma == "allow" and not has_mark(tree, child, "that")):
                continue
            marked = tree.child(child, "mark") is not None
            kind = "clause" if marked or not bare_participle(tree, child) else "ing"
            clear = tree.child(verb, "acomp", "oprd")
            if clear is not None and clear < child and self.lemma in ("make", "leave"):
                yield from self._make(kind, content, key=f"make {tree[clear].lemma}", cue={clear})
            content = (content | subject_before(tree, verb, child)) - said_by_others(tree, child)
            yield from self._make(kind, content | further_clauses(tree, verb, child) | rest_of(tree, verb, content))
        yield from self._infinitives()
        yield from self._yes_or_no()
        yield from self._sentence_after()

    def _infinitives(self) -> Iterator[Candidate]:
        """Called for him *to go*, called on him *to go*, considered *going*."""
        tree, verb = self.tree, self.verb
        for child in tree.deps(verb, "advcl", "ccomp", "xcomp"):
            content = tree.subtree(child)
            mark = tree.child(child, "mark")
            if mark is not None and tree[mark].lower == "for" and has_to(tree, child):
                yield from self._make("prep", content - {mark}, key=f"{self.lemma} for", cue={mark})
            if tree[child].dep != "xcomp":
                continue
            if tree[child].tag == "VBG":
                yield from self._make("ing", content)
            elif has_to(tree, child) and self.lemma in _SEEMING:  # nobody says it: the reporter thinks so
                yield from self._make("seems", content | self.source, source=set())
            elif has_to(tree, child):
                negation = {word for word in tree.deps(child, "neg") if word < child}
                content |= negation | further_infinitives(tree, verb, child)
                yield from self._make("to", content)
                for on in tree.deps(verb, "prep"):
                    addressee = tree.subtree(on) - {on}
                    if addressee and verb < on < child and max(addressee) + 1 == min(content):
                        yield from self._make("to", addressee | content, key=f"{self.lemma} {tree[on].lemma}", cue={on})

    def _is_relative(self, clause: int) -> bool:
        """True for a relative clause that was taken for what is said: agreed in July *that banned*; believes in news
        *that tells*, where the parser made a conjunction of "that"."""
        tree = self.tree
        if any(tree[w].tag == "WDT" and tree[w].lower == "that" for w in tree.deps(clause, "nsubj")):
            return not (self.lemma in _TELLING and tree.deps(self.verb, "dobj", "dative"))
        for mark in tree.deps(clause, "mark"):
            after = next((word for word in range(mark + 1, len(tree)) if tree[word].pos != "PUNCT"), mark)
            finite = tree[after].is_finite
            if tree[mark].lower == "that" and finite and tree[mark - 1].pos == "NOUN":
                return True
        return False

    def _complements(self) -> list[int]:
        """The clauses that the verb governs, but for one before the word that makes a reason of the verb's own: Roe is
        glad *because she sees* a way."""
        tree, verb = self.tree, self.verb
        reason = next((at for at in tree.deps(verb, "mark") if tree[at].lower in _REASONS), verb)
        return [child for child in tree.deps(verb, "ccomp") if not child < reason < verb]

    def _relayed(self) -> Iterator[Candidate]:
        """The agency quoted *X as saying* Y; Y, *X was quoted* by the agency *as saying*: the words are X's."""
        tree, verb = self.tree, self.verb
        source = relayed_source(tree, verb)
        for word in tree.deps(verb, "prep", "mark", "advcl"):
            saying = tree.child(word, "pcomp") if tree[word].dep == "prep" else word
            if (tree[word].lower != "as" and tree[word].dep == "prep") or saying is None or not source:
                continue
            if tree[saying].lemma not in _RELAYED:
                continue
            cue = {saying, *(at for at in (word, saying - 1) if tree[at].lower == "as")}
            for child in tree.deps(saying, "ccomp", "dobj"):
                yield from self._make("relayed", tree.subtree(child), cue=cue - self.cue, source=source)
            before = [child for child in tree.deps(verb, "ccomp") if child < verb]
            if not before and tree[verb].dep in ("conj", "parataxis") and tree[verb].head < min(source):
                yield from self._make("relayed", tree.subtree(tree[verb].head, without=[verb]), cue=cue, source=source)
            for child in before:
                yield from self._make("relayed", tree.subtree(child), cue=cue, source=source)

    def _quoting(self) -> list[Candidate]:
        """Quoted X *as saying* Y, where the parser hung "as" on X."""
        tree, verb = self.tree, self.verb
        if tree[verb].dep != "pcomp" or self.lemma not in _RELAYED or tree[tree[verb].head].lower != "as":
            return []
        before = range(max(0, tree[verb].head - 10), tree[verb].head)
        quoting = next((word for word in reversed(before) if tree[word].lower == "quoted"), None)
        speaker = tree[tree[verb].head].head
        if quoting is None or not tree[speaker].is_noun or not quoting < speaker < verb:
            return []
        source = set(range(quoting + 1, tree[verb].head))
        cue = {quoting, tree[verb].head}
        content = [tree.subtree(child) for child in tree.deps(verb, "ccomp", "dobj")]
        return [one for words in content for one in self._make("relayed", words, key="quote", cue=cue, source=source)]

    def _sentence_after(self) -> Iterator[Candidate]:
        """X warned Y *the bridge must go*, where the parser took what was said for a sentence of its own."""
        tree, verb = self.tree, self.verb
        addressee = tree.child(verb, "dobj", "dative")
        if self.lemma not in _TELLING or addressee is None or tree.deps(verb, "ccomp", "xcomp"):
            return
        for child in tree.deps(addressee, "relcl"):  # told officers they had seen ...
            subjects = tree.deps(child, "nsubj")
            if subjects and min(tree.subtree(child)) == subjects[0] == addressee + 1 and tree[subjects[0]].tag == "PRP":
                yield from self._make("clause", tree.subtree(child), source=self.source)
                return
        last = max(tree.subtree(addressee))
        if (
            last + 1 >= len(tree)
            or tree[last].text in (".", "?", "!")
            or "\n" in tree.text[tree[last].end : tree[last + 1].start]
        ):
            return
        top = last + 1
        while tree[top].head != top:
            top = tree[top].head
        inside = tree.subtree(top)
        if top != verb and top > last and min(inside) == last + 1 and tree.deps(top, "nsubj", "nsubjpass"):
            yield from self._make("clause", inside)

    def _yes_or_no(self) -> Iterator[Candidate]:
        """Asked if he would go, he *said no*."""
        tree, verb = self.tree, self.verb
        for child in tree.children[verb] if tree[verb].lemma in ("say", "answer", "reply") else ():
            if tree[child].lower in ("yes", "no") and child > verb and not tree.children[child]:
                yield from self._make("clause", {child})

    def _inserted(self) -> Iterator[Candidate]:
        """The plan, *officials said*, will fail; *as he put it*."""
        tree, verb = self.tree, self.verb
        token = tree[verb]
        if token.head == verb or tree.deps(verb, "ccomp"):
            return
        if tree.deps(verb, "dobj") and (
            self.lemma not in _TELLING or token.dep != "conj" or tree.deps(token.head, "cc")
        ):
            return
        as_marked = any(tree[word].lower == "as" for word in tree.deps(verb, "mark", "advmod"))
        if token.dep == "parataxis" and self.source:
            yield from self._make("inserted", tree.subtree(token.head, without=[verb]))
        elif token.dep in ("relcl", "advcl", "conj", "dep") and self._stands_apart():
            clause = next((up for up in tree.ancestors(verb) if is_clause(tree, up)), token.head)
            content = tree.subtree(clause, without=[verb])
            yield from self._make("inserted", {word for word in content if clause > verb or word < min(self.source)})
        elif token.dep == "advcl" and as_marked:
            mark = set(tree.deps(verb, "mark")) if tree[verb - 1].lower == "as" else set()
            content = tree.subtree(token.head, without=[verb])
            yield from self._make("as", content, cue=mark)

    def _stands_apart(self) -> bool:
        """True for subject and verb right after a comma, with no conjunction or "who": ..., *officials said*."""
        tree, verb = self.tree, self.verb
        if tree.child(verb, "nsubj") is None or tree.deps(verb, "mark", "xcomp") or not self.source:
            return False
        first = min(self.source | self.cue)
        return (
            first > 0
            and tree[first - 1].text in (",", "—", "–")
            and tree[self.subject or first].tag not in ("WP", "WDT")
            and not any(tree[word].tag == "WP$" for word in self.source)
        )

    def _objects(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in tree.deps(verb, "dobj"):
            content = tree.subtree(child)
            after = [word for word in tree.children[verb] if word > child]
            if tree[child].lower in _RELATIVE_PRONOUNS:  # which he describes as ...
                predicates = [word for word in after if tree[word].dep in ("oprd", "xcomp") or self._is_as(word)]
                if predicates := [word for word in predicates if word > verb]:
                    yield from self._make("object", content.union(*map(tree.subtree, predicates)))
                continue
            yield from self._light(child, after)
            infinitive = [w for w in after if tree[w].dep in ("xcomp", "ccomp", "advcl") and has_to(tree, w)]
            if infinitive:
                yield from self._make("recipient to", tree.subtree(infinitive[0]))
                yield from self._make("object to", content | tree.subtree(infinitive[0]))
            complements = [w for w in after if tree[w].dep in ("oprd", "xcomp") or self._is_complement(w)]
            for word in complements:
                if tree[word].dep == "prep":
                    key = f"{self.lemma} {tree[word].lemma}"
                    yield from self._make("object prep", content | tree.subtree(word), key=key)
            yield from self._make("object", content.union(*map(tree.subtree, complements)))
        yield from self._of_which()
        for child in tree.deps(verb, "oprd") if not tree.deps(verb, "nsubjpass") else ():
            yield from self._make("object", tree.subtree(child))

    def _is_as(self, word: int) -> bool:
        return self.tree[word].dep == "prep" and self.tree[word].lemma == "as"

    def _is_complement(self, preposition: int) -> bool:
        """True for a phrase that belongs to the content after an object: praised her *for her vote*, put it *at 40*."""
        tree, token = self.tree, self.tree[preposition]
        held = tree.deps(preposition, "pobj")
        counts = token.text == "at" and any(tree[one].pos == "NUM" or tree.deps(one, "nummod") for one in held)
        return token.dep == "prep" and (token.lemma in _COMPLEMENT_PREPOSITIONS or counts)

    def _of_which(self) -> Iterator[Candidate]:
        """A version *that* Roe *described as* "early", with or without "that": the noun belongs to what is said."""
        tree, verb = self.tree, self.verb
        predicates = [*tree.deps(verb, "oprd"), *filter(self._is_as, tree.children[verb])]
        where = any(tree[word].tag == "WRB" for word in tree.deps(verb, "advmod"))
        if tree[verb].dep == "relcl" and predicates and not where and not tree.deps(verb, "dobj"):
            noun = tree[verb].head
            asides = [*tree.deps(noun, "relcl", "appos", "prep"), verb]
            content = tree.subtree(noun, without=asides).union(*map(tree.subtree, predicates))
            if self.subject in tree.deps(verb, "nsubj") and tree[self.subject or 0].tag not in ("WDT", "WP"):
                key = self.lemma if tree[predicates[0]].dep == "oprd" else f"{self.lemma} as"
                yield from self._make("object" if key == self.lemma else "object prep", content, key=key)

    def _light(self, noun: int, after: list[int]) -> Iterator[Candidate]:
        """Verb and noun as one cue: *sounded the alarm* that ..., *poured scorn* on ..."""
        tree = self.tree
        bare = {word for word in tree.children[noun] if tree[word].dep in ("det", "amod", "compound", "neg", "poss")}
        between = set(range(self.verb, noun + 1))
        cue = (between & {noun}.union(*map(tree.subtree, bare))) | self.cue
        key = f"{self.lemma} {tree[noun].lemma}"
        for word in [*tree.children[noun], *after]:
            if word < noun:
                continue
            dep = tree[word].dep
            if dep == "prep" and tree[word].lemma in _LIGHT_PREPOSITIONS and has_object(tree, word):
                yield from self._make("light", tree.subtree(word) - {word}, key=key, cue=cue | {word})
            elif dep in ("acl", "ccomp", "advcl", "relcl") and (
                has_to(tree, word) or has_mark(tree, word, "that", "whether")
            ):
                yield from self._make("light", tree.subtree(word), key=key, cue=cue)

    def _prepositions(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in tree.deps(verb, "prep"):
            if child > verb and has_object(tree, child):
                between = set(range(max(self.cue) + 1, child))
                near = all(tree[word].dep == "advmod" and tree[word].pos == "ADV" for word in between)
                cue = between | {child} if near else set()
                content = tree.subtree(child) - cue
                yield from self._make("prep", content, key=f"{self.lemma} {tree[child].lemma}", cue=cue)

    def _adjectives(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for adjective in tree.deps(verb, "acomp") if self.lemma in _COPULAS else ():
            yield from self._adjective(adjective)

    def _adjective(self, adjective: int) -> Iterator[Candidate]:
        """*is confident* that ..., *is open* to ..., *was critical of* ..."""
        tree = self.tree
        modifiers = {word for word in tree.deps(adjective, "advmod", "neg") if not tree.children[word]}
        cue = {adjective} | modifiers | {word for word in range(self.verb, adjective) if tree[word].pos == "ADV"}
        for child in [*tree.children[adjective], *tree.deps(self.verb, "ccomp", "xcomp", "prep")]:
            if child < adjective:
                continue
            dep, key = tree[child].dep, tree[adjective].lemma
            if dep in ("ccomp", "xcomp", "advcl") and (dep != "advcl" or has_to(tree, child)):
                yield from self._make("adjective", tree.subtree(child), key=key, cue=cue)
            elif dep == "prep" and has_object(tree, child):
                yield from self._make(
                    "adjective", tree.subtree(child) - {child}, key=f"{key} {tree[child].lemma}", cue=cue | {child}
                )

    def _nominal_subject(self) -> Iterator[Candidate]:
        """*Their fear is* that ...: the noun is the cue, its possessor the source."""
        tree = self.tree
        noun = tree.child(self.verb, "nsubj")
        if self.lemma != "be" or noun is None or tree[noun].pos != "NOUN":
            return
        owner = tree.child(noun, "poss")
        for child in tree.deps(self.verb, "ccomp", "xcomp"):
            if child > self.verb:
                source = source_words(tree, owner, noun)
                words = {noun} | set(tree.deps(noun, "amod", "det", "compound"))
                yield from self._make(
                    "noun is", tree.subtree(child), key=tree[noun].lemma, cue=words - source, source=source
                )

    def _passive(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        agent = next((word for word in tree.deps(verb, "agent", "prep") if tree[word].lemma == "by"), None)
        source: set[int] = set()
        by: set[int] = set()
        if agent is not None and (doer := tree.child(agent, "pobj")) is not None:
            source, by = source_words(tree, doer, verb), {agent}
        passive_subject = tree.child(verb, "nsubjpass")
        about: set[int] = set()
        if passive_subject is not None:
            about = tree.subtree(passive_subject)
        elif tree[verb].dep == "acl":
            about = tree.subtree(tree[verb].head, without=[verb])
        after = [word for word in tree.children[verb] if word > verb]
        expletive = passive_subject is not None and tree[passive_subject].lemma == "it"
        complement: set[int] = set()
        for word in after:
            dep = tree[word].dep
            if dep == "ccomp" or (dep == "advcl" and has_mark(tree, word, "that")):
                addresses = self.lemma in _TELLING and bool(source)  # who was told is no part of what was
                content = tree.subtree(word) | (set() if expletive or addresses else about)
                yield from self._make("passive clause", content, cue=by, source=source)
            elif dep == "xcomp":
                if has_to(tree, word):
                    yield from self._make("passive to", tree.subtree(word) | about, cue=by, source=source)
                complement |= tree.subtree(word)
            elif dep == "oprd" or (dep == "prep" and tree[word].lemma in _COMPLEMENT_PREPOSITIONS):
                complement |= tree.subtree(word)
        if tree[verb].dep == "acl" and not source and self.lemma in _LABELLING:
            return  # a man named X
        kind = "passive by" if source else "passive"
        if complement and tree[min(complement)].dep == "prep" and min(complement) == max(self.cue) + 1:
            by = by | {min(complement)}
        yield from self._make(kind, about | complement, cue=by, source=source)
