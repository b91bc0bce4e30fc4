"""Titles without a name, linked to the person whom they stand for: *the defense chief*, *the Russian leader*."""

from __future__ import annotations

from rag.knowledge.words import LESSER_OFFICES, verbs_used
from rag.statements.antecedents import gender_of
from rag.statements.entities import EntityRegistry, Person, countries_of
from rag.statements.lexicon import LEXICON
from rag.statements.parsed_text import ParsedText
from rag.statements.person_roles import Role, role_at

_CHIEFS = LEXICON.heads_of_state | LEXICON.chiefs
_ANSWERING_VERBS = verbs_used("answers")
_REACH = 5
"""Sentences that a title looks back over."""


def link_titles(tree: ParsedText, people: EntityRegistry) -> dict[int, Person]:
    """The person for each title that stands for one, by its word. Adds to the person what the title tells: their role
    and country."""
    links: dict[int, Person] = {}
    for token in tree.tokens:
        noun = token.index
        role = role_at(tree, noun) if _may_stand_for_name(tree, people, noun) else None
        if role is None or (role.owner is None and not tree.has_text(tree.children[noun], "the")):
            continue
        person = _earlier(tree, people, noun, role) or _in_next_sentence(tree, people, noun, role)
        if person is not None and person.gender in (None, gender_of(role.head) or person.gender):
            links[noun] = person
            person.countries.extend(countries_of(people, noun))
            if not any(other.words == role.words for other in person.roles):
                person.roles.append(role)
    return links


def _may_stand_for_name(tree: ParsedText, people: EntityRegistry, noun: int) -> bool:
    token = tree[noun]
    if not token.is_noun or token.is_plural or people.of(noun) or tree.quoted[noun]:
        return False
    if token.dep in ("compound", "nmod", "appos", "attr") or tree.deps(noun, "conj"):
        return False
    return not any(people.of(child) for child in tree.deps(noun, "appos"))


def _earlier(tree: ParsedText, people: EntityRegistry, noun: int, role: Role) -> Person | None:
    """The nearest person before whose roles and country agree with the title."""
    nearest = None
    for mention, person in people.near(tree[noun].sentence, _REACH):
        if mention <= noun and not tree.quoted[mention] and _agrees(role, person):
            nearest = person if _may_share_country(people, noun, person) else nearest
    return nearest


def _in_next_sentence(tree: ParsedText, people: EntityRegistry, noun: int, role: Role) -> Person | None:
    """A title that speaks in the lead stands for the person who is named first as the speaker of the very next
    sentence, without a title of their own; anywhere, a title with an owner for the one who speaks there under the same
    title: Ostia's *president* denied it. "No," President Fell said."""
    in_lead = tree[noun].sentence <= 1
    if tree[noun].dep != "nsubj" or (role.owner is None and not in_lead):
        return None
    subjects = [
        (mention, person)
        for mention, person in people.near(tree[noun].sentence + 1, 0)
        if mention == person.mentions[0] and tree[mention].dep == "nsubj"
        if tree[tree[mention].head].lemma not in _ANSWERING_VERBS
    ]
    is_open = in_lead and not _is_of_somebody_here(tree, people, noun)
    without_title = (person for _, person in subjects if is_open and not person.roles and " " in person.name)
    same_title = (
        person
        for mention, person in subjects
        if not tree.quoted[mention]
        and any(one.words.lower() == role.words.lower() and not one.past for one in person.roles)
        and _may_share_country(people, noun, person)
    )
    return next(without_title, None) or next(same_title, None)


def _is_of_somebody_here(tree: ParsedText, people: EntityRegistry, noun: int) -> bool:
    """True for a title with a country in a clause beside the main one that may stand for somebody whom the sentence
    names: They want Roe barred after *the Norland candidate* called them liars."""
    is_beside = any(tree[up].dep in ("advcl", "relcl", "acl", "pcomp") for up in tree.ancestors(noun))
    has_name = any(mention < noun for mention, _ in people.near(tree[noun].sentence, 0))
    return is_beside and has_name and any(True for _ in countries_of(people, noun))


def _may_share_country(people: EntityRegistry, noun: int, person: Person) -> bool:
    """False if the text gives title and person different countries."""
    countries = {country for country, _ in countries_of(people, noun)}
    theirs = {country for country, _ in person.countries}
    return not countries or not theirs or bool(countries & theirs)


def _agrees(title: Role, person: Person) -> bool:
    """True if the title can be one of the person's: the same noun, a leader for a president, a defense chief for a
    defense minister."""
    words = title.words.lower()
    for role in person.roles:
        own = role.in_full
        lesser = LESSER_OFFICES & set(own.replace("-", " ").split())
        if lesser - set(words.replace("-", " ").split()) and not role.past:
            continue  # the mayor is not the deputy mayor
        if role.head == title.head and (words in own or own in words):
            return True
        common = set(own.split()) & set(words.split()) - {role.head, title.head} - LEXICON.office_joiners
        if common and {role.head, title.head} <= _CHIEFS:
            return True
        if words in LEXICON.heads_of_state and (own in LEXICON.heads_of_state or own == "prime minister"):
            return True
    return False


def title_words(tree: ParsedText, noun: int) -> str:
    """A title from its first modifier on, in lower case."""
    return tree.text_of(min(word for word in tree.subtree(noun) if word <= noun), noun).lower()
