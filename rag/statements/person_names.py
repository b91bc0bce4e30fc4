"""Where the names of people stand in a parsed text: what the parser saw, mended."""

from __future__ import annotations

from collections.abc import Iterator

from rag.knowledge.tables import words_of
from rag.knowledge.words import GENDERED_NAMES, HONORIFICS
from rag.statements.nouns import BODY_WORDS, PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.text.canonical import fold
from rag.text.places import is_given_name, place_of

_CONTESTS = words_of("statements", "contests")
_TITLE_ABBREVIATIONS = words_of("statements", "title_abbreviations")
_PARTICLES = words_of("statements", "particles")
_HEADLINE_VERBS = words_of("statements", "headline_verbs")
_STREETS = words_of("statements", "streets")


def _hyphen(tree: ParsedText, word: int) -> bool:
    """True for the hyphen inside a name: Stanley-Becker."""
    inside = word + 1 < len(tree) and tree[word + 1].entity == "PERSON" and tree[word + 1].start == tree[word].end
    return tree[word].text == "-" and inside


def is_rank(tree: ParsedText, word: int) -> bool:
    """True for a given name that is a rank here: Attorney *General* Roe."""
    return tree[word].lower in PERSON_NOUNS and word > 0 and tree[word - 1].lower in PERSON_NOUNS


def _unseen(tree: ParsedText, word: int) -> bool:
    """True where a given name and a capitalised word follow each other, of which the parser made no person: *David
    French* of the league."""
    if tree[word].pos != "PROPN" or word + 1 >= len(tree) or fold(tree[word].text) not in GENDERED_NAMES:
        return False
    if is_rank(tree, word):
        return False
    pair = (tree[word], tree[word + 1])
    before, after = (tree[at] if 0 <= at < len(tree) else None for at in (word - 1, word + 2))
    entity = pair[1].entity
    alone = not (before and before.entity == entity) and not (after and after.entity == entity)
    return (
        all(part.pos == "PROPN" and part.text[:1].isupper() and part.text[1:].islower() for part in pair)
        and pair[0].head == pair[1].index
        and "PERSON" not in (pair[0].entity, entity)
        and (entity in ("", "NORP") or (alone and not _no_name(pair[1].text) and pair[0].entity in ("", entity)))
        and not (before and before.pos == "PROPN" and before.lower not in PERSON_NOUNS)
        and not (after and after.pos == "PROPN")
    )


def _after_title(tree: ParsedText, last: int) -> int | None:
    """The first word of a name that ends with `last`, of which the parser made no person, though what they are stands
    beside it: director *Vera Lins*; its director, *Vera Lins*; said postmistress *Vaea Tui*; *Dorn*, an engineer, said;
    or that acts, and is the name of no body: *Bo Haug* shook his head."""
    token = tree[last]
    if token.pos != "PROPN" or token.entity in ("PERSON", "DATE") or not _named_word(tree, last):
        return None
    first = last
    while first > 0 and last - first < 2 and tree[first - 1].head == last and _named_word(tree, first - 1):
        first -= 1
    if last + 1 < len(tree) and tree[last + 1].pos == "PROPN" and tree[last + 1].head == last:
        return None
    after = [child for child in tree.deps(last, "appos") if tree[child].lemma in PERSON_NOUNS and child > last + 1]
    if after and tree[last + 1].text == "," and tree[after[0]].tag == "NN":
        return first
    if first == last:
        return None
    before = tree[first - 1] if first > 0 else None
    above = tree[token.head]
    titled = before is not None and before.pos != "PROPN" and before.lower in PERSON_NOUNS
    described = token.dep == "appos" and above.lower in PERSON_NOUNS and above.tag in ("NN", "JJ")
    bare = token.entity == "" and not any(tree[child].pos == "DET" for child in tree.children[last])
    acts = bare and token.dep == "nsubj" and tree[token.head].tag in ("VBD", "VBZ") and last < token.head
    return first if titled or described or acts else None


def _after_honorific(tree: ParsedText, first: int) -> int | None:
    """The last word of a surname that begins right after Mr or Ms, of which the parser made no person: Mr *Holm-Dale*
    said."""
    titled = first > 0 and tree[first - 1].lower.rstrip(".") in ("mr", "mrs", "ms")
    if not titled or tree[first].entity == "PERSON" or not _named_word(tree, first):
        return None
    last = first
    while last + 2 < len(tree) and tree[last + 1].text == "-" and tree[last + 2].start == tree[last].end + 1:
        last += 2
    ends = last + 1 == len(tree) or tree[last + 1].pos != "PROPN"
    return last if ends else None


def _named_word(tree: ParsedText, word: int) -> bool:
    """True for a capitalised word that is no part of the name of a body or a place."""
    text = tree[word].text
    plain = text[:1].isupper() and not text.isupper() and text.replace("-", "").replace("'", "").isalpha()
    return plain and tree[word].pos == "PROPN" and not _no_name(text)


def _no_name(text: str) -> bool:
    return text.lower() in BODY_WORDS or text.lower() in PERSON_NOUNS or text.lower() in _STREETS


def _astray(tree: ParsedText, first: int, last: int) -> bool:
    """True for words of which the parser made a person but which name a place ("Mill Lane"), or which only open a
    sentence and describe a noun (*Wildfire* service)."""
    if first < last:
        return tree[last].lower in _STREETS | BODY_WORDS
    token = tree[first]
    if token.lower in BODY_WORDS and token.dep != "dobj":
        return first == 0 or tree[first - 1].lower not in HONORIFICS
    opens = token.index == tree.sentence(first)[0]
    return opens and token.dep == "compound" and tree[token.head].pos == "NOUN" and first + 1 == token.head


def names_in(tree: ParsedText) -> Iterator[tuple[int, int]]:
    """(first, last) word of every name of a person, without possessive and titles."""
    word = 0
    while word < len(tree):
        if _unseen(tree, word):
            yield word, word + 1
            word += 2
            continue
        if (end := _after_honorific(tree, word)) is not None:
            yield word, end
            word = end + 1
            continue
        if (start := _after_title(tree, word)) is not None:
            yield start, word
            word += 1
            continue
        if tree[word].entity != "PERSON" or not tree[word].text[0].isupper():
            word += 1
            continue
        first = word
        while (
            word + 1 < len(tree)
            and tree[word + 1].entity == "PERSON"
            and tree[word + 1].sentence == tree[first].sentence
            and (
                tree[word + 1].text[0].isupper()
                or _hyphen(tree, word + 1)
                or tree[word].text == "-"
                or tree[word + 1].text in _PARTICLES
            )
            and tree[word + 1].start - tree[word].end <= 1
        ):
            word += 1
        last = word = _through_particles(tree, word)
        word += 1
        while last > first and (
            (tree[last].text.istitle() and tree[last].lower in _HEADLINE_VERBS)
            or (is_suffix(tree, last) and not _both_suffixes(tree))
        ):
            last -= 1
        if fold(tree[last].text) in _CONTESTS:
            continue
        first = _past_titles(tree, first, last)
        first -= first == last and _given_before(tree, last)
        if first >= 2 and tree[first - 1].text == "-" and tree[first - 1].end == tree[first].start:
            first -= 2 if tree[first - 2].pos == "PROPN" and tree[first - 2].end == tree[first - 1].start else 0
        first, last = _whole_name(tree, first, last)
        word = max(word, last + 1)
        words = tree.span(first, last).of(tree.text)
        named = words[:1].isupper() and place_of(words) is None and tree[first].lower not in HONORIFICS
        if named and not _astray(tree, first, last):
            yield first, last


def is_suffix(tree: ParsedText, word: int) -> bool:
    """True for the Sr. after a name and its point."""
    return tree[word].text.rstrip(".").lower() in ("sr", "jr", "") and tree[word].text != "..."


def _both_suffixes(tree: ParsedText) -> bool:
    """True for a text in which father and son bear one name."""
    return "Sr" in tree.text and "Jr" in tree.text


def _given_before(tree: ParsedText, last: int) -> bool:
    """True where the word before a name of one word belongs to it though the parser left it out: *Bo* Marsh."""
    before = last - 1
    if before < 0 or tree[before].head != last or tree[before].dep != "compound" or tree[before].entity:
        return False
    alone = (
        before == 0 or tree[before - 1].pos not in ("PROPN", "ADJ") or tree[before - 1].sentence != tree[last].sentence
    )
    known = fold(tree[before].text) in GENDERED_NAMES or tree[before].index == tree.sentence(before)[0]
    known = known or (tree[last].dep == "appos" and before > 0 and tree[before - 1].text == ",")
    return alone and known and _named_word(tree, before) and tree[before].lower not in HONORIFICS


def _through_particles(tree: ParsedText, last: int) -> int:
    """The last word of a name that a particle joins to one before: Bill *de Blasio*."""
    at = last + 1
    while at < len(tree) and tree[at].text in _PARTICLES and tree[at].pos == "PROPN":
        at += 1
    joined = last + 1 < at < len(tree) and tree[at].pos == "PROPN" and tree[at].text[:1].isupper()
    return at if joined and tree[at].sentence == tree[last].sentence else last


def _past_titles(tree: ParsedText, first: int, last: int) -> int:
    """The first word of the name after titles and what goes with them: "Harbour engineer" *Pavel Dorn*."""
    for word in range(last - 1, first - 1, -1):
        text = tree[word].lower
        if text in HONORIFICS or text.rstrip(".") in _TITLE_ABBREVIATIONS or text in PERSON_NOUNS:
            return word + 1
    return first


def _whole_name(tree: ParsedText, first: int, last: int) -> tuple[int, int]:
    """A name without the people that stands before it ("Turkish Recep Vural"), and with a given name or surname that a
    country has as well, which parsers leave out: *Chad* Smith, Jim *Jordan*."""
    place = place_of(tree[first].text)
    if place is not None and place[0] == "demonym" and last - first > 1:
        first += 1
    while first < last and (tree[first].lower in HONORIFICS or tree[first].lemma in PERSON_NOUNS):
        first += 1
    if first > 0 and tree[first - 1].head in range(first, last + 1) and _also_a_name(tree, first - 1):
        first -= 1
    after = last + 1
    if after < len(tree) and tree[last].head == after and tree[last].dep == "compound" and _also_a_name(tree, after):
        last = after
    return first, last


def _also_a_name(tree: ParsedText, word: int) -> bool:
    token = tree[word]
    place = place_of(token.text)
    if token.pos != "PROPN" or place is None or place[0] not in ("state", "short", "capital"):
        return False
    return is_given_name(token.text) and not tree.deps(word, "case")
