"""Who holds an office, where a text tells it in a sentence of its own: X is led by *Y*, *Y* became minister of X."""

from __future__ import annotations

from collections.abc import Iterator

from rag.statements.entities import EntityRegistry, Person, Role, role_at
from rag.statements.nouns import PERSON_NOUNS
from rag.statements.parsed_text import ParsedText

_LEADING = frozenset("lead head chair run govern direct".split())
_BECOMING = frozenset("be become remain".split())
_NAMING = frozenset("appoint elect name make install reappoint swear nominate choose pick".split())


def appointments(tree: ParsedText, people: EntityRegistry) -> Iterator[tuple[Person, Role, str | None]]:
    """(person, role, whose) for each office that a clause gives to a person with a full name. Who leads, heads or runs
    a body holds the role "head" of it. Nothing inside quotations, and nothing that is negated."""
    for token in tree.tokens:
        verb = token.index
        if token.pos not in ("VERB", "AUX") or tree.quoted[verb] >= 0 or tree.deps(verb, "neg"):
            continue
        if token.lemma in _LEADING:
            yield from _leads(tree, people, verb)
        elif token.lemma in _BECOMING:
            yield from _is(tree, people, verb, tree.deps(verb, "nsubj"), tree.deps(verb, "attr", "dobj"))
        elif token.lemma in _NAMING:
            named = tree.deps(verb, "nsubjpass") or tree.deps(verb, "dobj")
            if token.tag == "VBN" and token.dep == "acl":  # Jon Roe, sworn in as minister
                named = [token.head]
            given = [*tree.deps(verb, "oprd", "attr"), *_behind(tree, verb, "as")]
            yield from _is(tree, people, verb, named, given)


def _leads(tree: ParsedText, people: EntityRegistry, verb: int) -> Iterator[tuple[Person, Role, str | None]]:
    led = [*tree.deps(verb, "nsubjpass"), *tree.deps(verb, "dobj")]
    leaders = [*_behind(tree, verb, "by"), *(tree.deps(verb, "nsubj") if not tree.deps(verb, "nsubjpass") else ())]
    for leader in leaders:
        person = people.of(leader)
        for body in led:
            if person is None or people.of(body) or tree[body].pos not in ("NOUN", "PROPN"):
                continue
            words = {word for word in tree.subtree(body) if tree[word].pos != "DET" or word > body}
            words -= {word for aside in tree.deps(body, "relcl", "acl", "appos") for word in tree.subtree(aside)}
            run = next((run for run in tree.runs(words) if run[0] <= body <= run[1]), None)
            if run is None or not any(tree[word].pos == "PROPN" for word in range(run[0], run[1] + 1)):
                continue
            span = tree.span(*run)
            yield person, Role(words="head", head="head", span=span), span.of(tree.text)


def _is(
    tree: ParsedText, people: EntityRegistry, verb: int, named: list[int], given: list[int]
) -> Iterator[tuple[Person, Role, str | None]]:
    for subject in named:
        person = people.of(subject)
        for noun in given:
            if person is None or tree[noun].lemma.lower() not in PERSON_NOUNS or people.of(noun) is not None:
                continue
            if any(tree[word].text.lower() in ("a", "an", "no") for word in tree.deps(noun, "det")):
                continue
            if (role := role_at(tree, noun)) is not None:
                owner = tree.owner(noun)
                whose = tree.runs(tree.subtree(owner) - set(tree.deps(owner, "case"))) if owner is not None else []
                text = tree.span(*whose[-1]).of(tree.text) if whose else None
                yield person, role, text if text and text[:1].isupper() else None


def _behind(tree: ParsedText, verb: int, preposition: str) -> list[int]:
    """The objects of a preposition that hangs on the verb."""
    words = [word for word in tree.deps(verb, "prep", "agent") if tree[word].text.lower() == preposition]
    return [held for word in words for held in tree.deps(word, "pobj")]
