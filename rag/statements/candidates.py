"""Candidates: every place where the grammar could attribute a content to a source, before any word list is asked.

A candidate's `key` is what the lexicon decides by: the lemma of the cue, with its preposition where it has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rag.statements.grammar import (
    bare_participle,
    fronted,
    has_mark,
    has_object,
    has_to,
    is_clause,
    is_passive,
    is_present,
    person_before,
    relayed_source,
    source_words,
    subject,
    verb_cue,
    within,
)
from rag.statements.labels import labelled
from rag.statements.parsed_text import ParsedText
from rag.text.sentences import lines

COMPLEMENTS = frozenset("for as of about over on against to with into".split())
"""Prepositions whose phrase belongs to the content after an object: praised her *for her vote*."""

_LIGHT_PREPOSITIONS = COMPLEMENTS | frozenset("at toward towards that".split())
_RELATIVE = frozenset("who which that whom".split())
# Lemmas that the parser's lemmatizer gets wrong.
_LEMMAS = {"hop": "hope", "hat": "hate", "rat": "rate", "retweete": "retweet", "streese": "stress", "pooh": "pooh-pooh"}
_SEEMING = frozenset("seem appear".split())
_NAMING = frozenset("call name dub title entitle term label list identify".split())
_HEARING = frozenset(
    """
quiet quell silence escape avoid dodge evade attract stop end stoke fuel prompt spark draw ignore hear face
meet answer feed revive ease endure allay calm soothe assuage dispel weather suffer withstand survive shrug brush
deflect sidestep win gain earn secure collect get receive seek need want land enjoy lose tout court invite trigger
provoke spur generate arouse ignite inflame
""".split()
)
"""Verbs whose object somebody else utters: the vote did little to *ease* worries, she *won* the endorsement of X."""
_BLOCK = 8
_BY_WHICH = {"words": "in", "account": "by", "telling": "by", "reckoning": "by", "estimation": "in"}
_SELF = frozenset("i we my our you your it's there's".split())
RELAYING = frozenset("quote cite report".split())
_RELAYED = frozenset("say tell write claim add warn insist state argue note announce deny promise suggest".split())
_TELLING = frozenset("tell warn assure remind inform".split())
_REASONS = frozenset("because since although though while as".split())
_COPULAS = frozenset("be seem feel appear remain become sound look stay grow get".split())


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


def candidates(tree: ParsedText) -> Iterator[Candidate]:
    """All candidates of the text, in no order that matters."""
    for token in tree.tokens:
        if not tree.readable(token.index):
            continue
        if token.tag.startswith("VB") or token.pos in ("VERB", "AUX"):
            if token.dep not in ("aux", "auxpass"):
                yield from _Verb(tree, token.index).candidates()
        elif token.pos == "NOUN":
            yield from _noun(tree, token.index)
            if token.text.lower() in _BY_WHICH:
                yield from _in_words(tree, token.index)
            if token.lemma in ("poll", "survey"):
                yield from _in_poll(tree, token.index)
        elif token.pos == "ADV" and token.dep == "advmod":
            yield from _adverb(tree, token.index)
        if token.lemma in ("according", "accord") and token.text.lower() == "according":
            yield from _according(tree, token.index)
    yield from _lines(tree)
    yield from _blocks(tree)


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
        if self.subject is None and tree[verb].tag in ("VBD", "VBZ") and not tree.deps(verb, "auxpass"):
            self.subject = person_before(tree, verb)
        self.source = source_words(tree, self.subject, verb)
        self.passive = is_passive(tree, verb)
        self.negated = tree.child(verb, "neg") is not None

    def candidates(self) -> Iterator[Candidate]:
        if self.lemma in RELAYING and (yielded := list(self._relayed())):
            yield from yielded
            return
        if relayed := self._said_in_quotes_of():
            yield from relayed
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
        content = content - cue - source
        if content:
            yield Candidate(
                construction=construction,
                key=key or self.lemma,
                anchor=self.verb,
                cue=frozenset(cue),
                source=frozenset(source),
                content=frozenset(content),
                negated=self.negated,
            )

    def _clauses(self) -> Iterator[Candidate]:
        tree, verb = self.tree, self.verb
        for child in self._complements():
            content = tree.subtree(child)
            if tree[min(content)].tag == "WP" and child > verb:  # opposed what happened
                yield from self._make("object", content)
            if child < verb:
                content |= fronted(tree, verb, child)
            relative = any(tree[w].tag == "WDT" and tree[w].text.lower() == "that" for w in tree.deps(child, "nsubj"))
            if relative and not (self.lemma in _TELLING and tree.deps(verb, "dobj", "dative")):
                continue  # a relative clause: "agreed in July that banned"
            marked = tree.child(child, "mark") is not None
            if self.lemma == "allow" and not has_mark(tree, child, "that"):
                continue
            if any(_takes_subject(tree, mark) for mark in tree.deps(child, "mark")):
                continue  # the same: "believes in news that tells", of which the parser made a conjunction
            kind = "clause" if marked or not bare_participle(tree, child) else "ing"
            clear = tree.child(verb, "acomp", "oprd")
            if clear is not None and clear < child and self.lemma in ("make", "leave"):
                yield from self._make(kind, content, key=f"make {tree[clear].lemma}", cue={clear})
            yield from self._make(kind, content | self._further_clauses(child))
        for child in tree.deps(verb, "advcl", "ccomp", "xcomp"):
            mark = tree.child(child, "mark")
            if mark is not None and tree[mark].text.lower() == "for" and has_to(tree, child):  # called for him to go
                content = tree.subtree(child) - {mark}
                yield from self._make("prep", content, key=f"{self.lemma} for", cue={mark})
        yield from self._yes_or_no()
        yield from self._told_apart()
        for child in tree.deps(verb, "xcomp"):
            content = tree.subtree(child)
            if tree[child].tag == "VBG":
                yield from self._make("ing", content)
            elif has_to(tree, child) and self.lemma in _SEEMING:  # nobody says it: the reporter thinks so
                yield from self._make("seems", content | self.source, source=set())
            elif has_to(tree, child):
                yield from self._make(
                    "to", content | set(self._neighbour_not(child)) | self._further_infinitives(child)
                )

    def _complements(self) -> list[int]:
        """The clauses that the verb governs, but for one before the word that makes a reason of the verb's own: Roe is
        glad *because she sees* a way."""
        tree, verb = self.tree, self.verb
        reason = next((at for at in tree.deps(verb, "mark") if tree[at].text.lower() in _REASONS), verb)
        return [child for child in tree.deps(verb, "ccomp") if not child < reason < verb]

    def _relayed(self) -> Iterator[Candidate]:
        """The agency quoted *X as saying* Y; Y, *X was quoted* by the agency *as saying*: the words are X's."""
        tree, verb = self.tree, self.verb
        source = relayed_source(tree, verb)
        for word in tree.deps(verb, "prep", "mark", "advcl"):
            saying = tree.child(word, "pcomp") if tree[word].dep == "prep" else word
            if (tree[word].text.lower() != "as" and tree[word].dep == "prep") or saying is None or not source:
                continue
            if tree[saying].lemma not in _RELAYED:
                continue
            cue = {saying, *(at for at in (word, saying - 1) if tree[at].text.lower() == "as")}
            for child in tree.deps(saying, "ccomp", "dobj"):
                yield from self._make("relayed", tree.subtree(child), cue=cue - self.cue, source=source)
            before = [child for child in tree.deps(verb, "ccomp") if child < verb]
            if not before and tree[verb].dep in ("conj", "parataxis") and tree[verb].head < min(source):
                yield from self._make("relayed", tree.subtree(tree[verb].head, without=[verb]), cue=cue, source=source)
            for child in before:
                yield from self._make("relayed", tree.subtree(child), cue=cue, source=source)

    def _said_in_quotes_of(self) -> list[Candidate]:
        """Quoted X *as saying* Y, where the parser hung "as" on X."""
        tree, verb = self.tree, self.verb
        if tree[verb].dep != "pcomp" or self.lemma not in _RELAYED or tree[tree[verb].head].text.lower() != "as":
            return []
        before = range(max(0, tree[verb].head - 10), tree[verb].head)
        quoted = next((word for word in reversed(before) if tree[word].text.lower() == "quoted"), None)
        named = tree[tree[verb].head].head
        if quoted is None or tree[named].pos not in ("PROPN", "NOUN") or not quoted < named < verb:
            return []
        source = set(range(quoted + 1, tree[verb].head))
        cue = {quoted, tree[verb].head}
        content = [tree.subtree(child) for child in tree.deps(verb, "ccomp", "dobj")]
        return [one for words in content for one in self._make("relayed", words, key="quote", cue=cue, source=source)]

    def _told_apart(self) -> Iterator[Candidate]:
        """X warned Y *the bridge must go*, where the parser took what was said for a sentence of its own."""
        tree, verb = self.tree, self.verb
        heard = tree.child(verb, "dobj", "dative")
        if self.lemma not in _TELLING or heard is None or tree.deps(verb, "ccomp", "xcomp"):
            return
        for child in tree.deps(heard, "relcl"):  # told officers they had seen ...
            told = tree.deps(child, "nsubj")
            if told and min(tree.subtree(child)) == told[0] == heard + 1 and tree[told[0]].tag == "PRP":
                yield from self._make("clause", tree.subtree(child), source=self.source)
                return
        last = max(tree.subtree(heard))
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
            if tree[child].text.lower() in ("yes", "no") and child > verb and not tree.children[child]:
                yield from self._make("clause", {child})

    def _further_clauses(self, first: int) -> set[int]:
        """Later contents that the parser hung on the verb itself: said that A, *and that B*."""
        tree = self.tree
        words: set[int] = set()
        for child in tree.deps(self.verb, "conj"):
            marked = has_mark(tree, child, "that", "whether") and not tree.deps(child, "ccomp")
            if child > first and (marked or (tree[self.verb].tag == "VBD" and is_present(tree, child))):
                words |= tree.subtree(child)
                words |= {word for word in tree.deps(self.verb, "cc") if first < word < child}
        return words

    def _further_infinitives(self, first: int) -> set[int]:
        """Later infinitives that the parser hung on the verb itself: wants to triple A, *grow B*."""
        tree = self.tree
        words: set[int] = set()
        if tree[self.verb].tag != "VB":
            for child in tree.deps(self.verb, "conj"):
                if child > first and tree[child].tag == "VB" and not tree.deps(child, "nsubj", "aux"):
                    words |= tree.subtree(child) | {word for word in tree.deps(self.verb, "cc") if first < word < child}
        return words

    def _neighbour_not(self, child: int) -> list[int]:
        return [word for word in self.tree.deps(child, "neg") if word < child]

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
        as_marked = any(tree[word].text.lower() == "as" for word in tree.deps(verb, "mark", "advmod"))
        if token.dep == "parataxis" and self.source:
            yield from self._make("inserted", tree.subtree(token.head, without=[verb]))
        elif token.dep in ("relcl", "advcl", "conj", "dep") and self._stands_apart():
            clause = next((up for up in tree.ancestors(verb) if is_clause(tree, up)), token.head)
            content = tree.subtree(clause, without=[verb])
            yield from self._make("inserted", {word for word in content if clause > verb or word < min(self.source)})
        elif token.dep == "advcl" and as_marked:
            mark = set(tree.deps(verb, "mark")) if tree[verb - 1].text.lower() == "as" else set()
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
            if tree[child].text.lower() in _RELATIVE:  # which he describes as ...
                named = [word for word in after if word > verb and tree[word].dep in ("oprd", "prep", "xcomp")]
                named = [word for word in named if tree[word].dep != "prep" or tree[word].lemma == "as"]
                if named:
                    yield from self._make("object", content.union(*(tree.subtree(word) for word in named)))
                continue
            yield from self._light(child, after)
            infinitive = [w for w in after if tree[w].dep in ("xcomp", "ccomp", "advcl") and has_to(tree, w)]
            if infinitive:
                yield from self._make("recipient to", tree.subtree(infinitive[0]))
                yield from self._make("object to", content | tree.subtree(infinitive[0]))
            complement: set[int] = set()
            for word in after:
                counted = tree[word].text == "at" and any(
                    tree[one].pos == "NUM" or tree.deps(one, "nummod") for one in tree.deps(word, "pobj")
                )
                if (tree[word].dep == "prep" and (tree[word].lemma in COMPLEMENTS or counted)) or tree[word].dep in (
                    "oprd",
                    "xcomp",
                ):
                    complement |= tree.subtree(word)
                    if tree[word].dep == "prep":
                        yield from self._make(
                            "object prep", content | tree.subtree(word), key=f"{self.lemma} {tree[word].lemma}"
                        )
            yield from self._make("object", content | complement)
        yield from self._of_which()
        for child in tree.deps(verb, "oprd"):
            subjects = tree.deps(verb, "nsubjpass")
            if not subjects:
                yield from self._make("object", tree.subtree(child))

    def _of_which(self) -> Iterator[Candidate]:
        """A version *that* Roe *described as* "early", with or without "that": the noun belongs to what is said."""
        tree, verb = self.tree, self.verb
        told = [*tree.deps(verb, "oprd"), *(word for word in tree.deps(verb, "prep") if tree[word].lemma == "as")]
        where = any(tree[word].tag == "WRB" for word in tree.deps(verb, "advmod"))
        if tree[verb].dep == "relcl" and told and not where and not tree.deps(verb, "dobj"):
            noun = tree[verb].head
            apart = [*tree.deps(noun, "relcl", "appos", "prep"), verb]
            content = tree.subtree(noun, without=apart).union(*(tree.subtree(word) for word in told))
            if self.subject in tree.deps(verb, "nsubj") and tree[self.subject or 0].tag not in ("WDT", "WP"):
                key = self.lemma if tree[told[0]].dep == "oprd" else f"{self.lemma} as"
                yield from self._make("object" if key == self.lemma else "object prep", content, key=key)

    def _light(self, noun: int, after: list[int]) -> Iterator[Candidate]:
        """Verb and noun as one cue: *sounded the alarm* that ..., *poured scorn* on ..."""
        tree = self.tree
        bare = {word for word in tree.children[noun] if tree[word].dep in ("det", "amod", "compound", "neg", "poss")}
        between = set(range(self.verb, noun + 1))
        cue = (between & (self.cue | bare | {noun} | within(tree, bare))) | self.cue
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
        if self.lemma not in _COPULAS:
            return
        for adjective in tree.deps(verb, "acomp"):
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
        if agent is not None and (named := tree.child(agent, "pobj")) is not None:
            source, by = source_words(tree, named, verb), {agent}
        passive_subject = tree.child(verb, "nsubjpass")
        about = tree.subtree(passive_subject) if passive_subject is not None else set()
        if passive_subject is not None and tree[verb].dep == "relcl" and tree[passive_subject].lemma in _RELATIVE:
            about = tree.subtree(passive_subject)
        if not about and tree[verb].dep == "acl":
            head = tree[verb].head
            about = tree.subtree(head, without=[verb])
        after = [word for word in tree.children[verb] if word > verb]
        expletive = passive_subject is not None and tree[passive_subject].lemma == "it"
        complement: set[int] = set()
        for word in after:
            dep = tree[word].dep
            if dep == "ccomp" or (dep == "advcl" and has_mark(tree, word, "that")):
                told = self.lemma in _TELLING and bool(source)  # who was told is no part of what was
                content = tree.subtree(word) | (set() if expletive or told else about)
                yield from self._make("passive clause", content, cue=by, source=source)
            elif dep == "xcomp":
                if has_to(tree, word):
                    yield from self._make("passive to", tree.subtree(word) | about, cue=by, source=source)
                complement |= tree.subtree(word)
            elif dep == "oprd" or (dep == "prep" and tree[word].lemma in COMPLEMENTS):
                complement |= tree.subtree(word)
        if tree[verb].dep == "acl" and not source and self.lemma in _NAMING:
            return  # a man named X
        kind = "passive by" if source else "passive"
        if complement and tree[min(complement)].dep == "prep" and min(complement) == max(self.cue) + 1:
            by = by | {min(complement)}
        yield from self._make(kind, about | complement, cue=by, source=source)


def _takes_subject(tree: ParsedText, mark: int) -> bool:
    """True for a "that" between a noun and a finite verb: it is the subject, and begins no clause that is said."""
    after = next((word for word in range(mark + 1, len(tree)) if tree[word].pos != "PUNCT"), mark)
    finite = tree[after].tag in ("VBZ", "VBD", "VBP", "MD")
    return tree[mark].text.lower() == "that" and finite and mark > 0 and tree[mark - 1].pos == "NOUN"


def _lines(tree: ParsedText) -> Iterator[Candidate]:
    """Lines whose form says who speaks: labels, signatures, answers of an interview."""
    for source, cue, content in labelled(tree):
        if source and cue and content:
            yield _line_candidate(source, cue, content)


def _blocks(tree: ParsedText) -> Iterator[Candidate]:
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


def _noun(tree: ParsedText, noun: int) -> Iterator[Candidate]:
    """A noun that carries its own content: *Rubio's claim* that ..., *criticism of* ... by ..."""
    owner = tree.child(noun, "poss")
    by = next((word for word in tree.deps(noun, "prep") if tree[word].lemma in ("by", "from")), None)
    named = owner if owner is not None else tree.child(by, "pobj") if by is not None else None
    if named is None:
        named = _who_utters(tree, noun)
    source = source_words(tree, named, noun)
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
        return subject(tree, tree[top].head) if tree[tree[top].head].lemma not in _HEARING else None
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


def _adverb(tree: ParsedText, adverb: int) -> Iterator[Candidate]:
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
    return words if any(tree[word].pos == "PROPN" for word in words) else set()


def _in_words(tree: ParsedText, words: int) -> Iterator[Candidate]:
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
        content = {word for word in sentence if word > max(comma, after)} if opens else set()
        if not opens and after < len(tree):
            quoted = tree.quoted[after + (tree[after].text == ",")] if after + 1 < len(tree) else -1
            content = set(tree.words(tree.quotations[quoted].span)) if quoted >= 0 else set()
    else:
        return
    told = any(tree.quoted[word] >= 0 for word in content) or tree[words].text.lower() != "words"
    if told and source and content:
        yield Candidate(
            construction="in words",
            key="in words",
            anchor=words,
            cue=frozenset(cue),
            source=frozenset(source),
            content=frozenset(content - cue - source),
        )


def _in_poll(tree: ParsedText, poll: int) -> Iterator[Candidate]:
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


def _according(tree: ParsedText, word: int) -> Iterator[Candidate]:
    """*according to* X: the clause around it is the content."""
    to = tree.child(word, "prep")
    if to is None and word + 1 < len(tree) and tree[word + 1].text.lower() == "to":
        to = word + 1
    named = tree.child(to, "pobj") if to is not None else None
    if to is None:
        return
    source = source_words(tree, named, word) if named is not None else _next_words(tree, to)
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
