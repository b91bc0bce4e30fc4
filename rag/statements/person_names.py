"""Where the names of people stand in a parsed text: what the parser saw, mended."""

from __future__ import annotations

from collections.abc import Iterator

from rag.knowledge.words import GENDERED_NAMES, HONORIFICS, NAME_PARTICLES, TITLE_ABBREVIATIONS
from rag.statements.cues import QUOTE_CUES
from rag.statements.lexicon import BODY_WORDS, KIN, LEXICON, MEN, PERSON_NOUNS, WOMEN
from rag.statements.parsed_text import ParsedText
from rag.text.canonical import fold
from rag.text.places import is_given_name, place_of

_NO_PERSON = BODY_WORDS | PERSON_NOUNS | LEXICON.streets


def person_name_spans(tree: ParsedText) -> Iterator[tuple[int, int]]:
    """(first, last) word of every name of a person, without possessive and titles."""
    word = 0
    while word < len(tree):
        name = _unseen_name(tree, word)
        if name is None and tree[word].entity == "PERSON" and tree[word].text[0].isupper():
            end = _end_of_entity(tree, word)
            name = _name_inside(tree, word, end)
            word = max(end, name[1] if name else end)
            name = name if name and _is_person_name(tree, *name) else None
        if name is not None:
            yield name
        word = max(word, name[1] if name else word) + 1


def _unseen_name(tree: ParsedText, word: int) -> tuple[int, int] | None:
    """The name that begins or ends with `word`, where the parser saw no person."""
    if _is_unseen_pair(tree, word):
        return word, word + 1
    if (last := _after_honorific(tree, word)) is not None:
        return word, last
    first = _after_title(tree, word)
    return (first, word) if first is not None else None


def is_rank(tree: ParsedText, word: int) -> bool:
    """True for a given name that is a title here: *Judge* Roe, Attorney *General* Roe."""
    is_second = tree[word].lower in PERSON_NOUNS and word > 0 and tree[word - 1].lower in PERSON_NOUNS
    return is_second or tree[word].lower in LEXICON.ranks


def _is_unseen_pair(tree: ParsedText, word: int) -> bool:
    """True where a given name and a capitalised word follow each other, of which the parser made no person: *David
    French* of the league."""
    if tree[word].pos != "PROPN" or word + 1 >= len(tree) or fold(tree[word].text) not in GENDERED_NAMES:
        return False
    first, surname = tree[word], tree[word + 1]
    before, after = (tree[at] if 0 <= at < len(tree) else None for at in (word - 1, word + 2))
    entity = surname.entity
    is_alone = not (before and before.entity == entity and before.tag != "POS") and not (
        after and after.entity == entity
    )
    is_whole = is_alone and surname.lower not in _NO_PERSON and first.entity in ("", entity)
    return (
        not is_rank(tree, word)
        and all(
            part.pos == "PROPN" and part.text[:1].isupper() and part.text[1:].islower() for part in (first, surname)
        )
        and first.head == surname.index
        and "PERSON" not in (first.entity, entity)
        and (entity in ("", "NORP") or is_whole)
        and not (before and before.pos == "PROPN" and before.lower not in PERSON_NOUNS)
        and not (after and after.pos == "PROPN")
    )


def _after_title(tree: ParsedText, last: int) -> int | None:
    """The first word of a name that ends with `last`, of which the parser made no person, though what they are stands
    beside it: director *Vera Lins*; its director, *Vera Lins*; said postmistress *Vaea Tui*; *Dorn*, an engineer, said;
    or that acts, and is the name of no body: *Bo Haug* shook his head."""
    token = tree[last]
    if token.entity in ("PERSON", "DATE") or not _is_name_word(tree, last):
        return None
    first = last
    while first > 0 and last - first < 2 and tree[first - 1].head == last and _is_name_word(tree, first - 1):
        first -= 1
    if last + 1 < len(tree) and tree[last + 1].pos == "PROPN" and tree[last + 1].head == last:
        return None
    jobs = [child for child in tree.deps(last, "appos") if tree[child].lemma in PERSON_NOUNS and child > last + 1]
    if jobs and tree[last + 1].text == "," and tree[jobs[0]].tag == "NN":
        return first
    if first == last:
        return first if _is_name_of_kin(tree, last) or _is_behind_rank(tree, last) else None
    before, head = tree[first - 1] if first > 0 else None, tree[token.head]
    has_title = before is not None and before.pos != "PROPN" and before.lower in PERSON_NOUNS
    is_apposition = token.dep == "appos" and head.lower in PERSON_NOUNS and head.tag in ("NN", "JJ")
    is_bare = token.entity == "" or _is_called_he(tree, last)
    is_bare = is_bare and all(tree[child].pos != "DET" for child in tree.children[last])
    acts = is_bare and token.dep == "nsubj" and head.tag in ("VBD", "VBZ") and last < token.head
    return first if has_title or is_apposition or acts else None


def _is_name_of_kin(tree: ParsedText, word: int) -> bool:
    """True for the given name of somebody's relation: his widow, *Ishbel*, said."""
    token, head = tree[word], tree[tree[word].head]
    is_kin = token.dep == "appos" and head.lemma in KIN | WOMEN | MEN and head.tag == "NN" and head.index == word - 2
    return is_kin and tree[word - 1].text == "," and place_of(token.text) is None


def _is_behind_rank(tree: ParsedText, word: int) -> bool:
    """True for the surname of somebody who acts, right behind their rank: Lord Justice *Penhale* said."""
    token, rank = tree[word], tree[word - 1]
    is_rank = rank.head == word and rank.text.istitle() and rank.lower in PERSON_NOUNS
    return is_rank and token.dep == "nsubj" and token.entity == "" and tree[token.head].tag in ("VBD", "VBZ")


def _is_called_he(tree: ParsedText, last: int) -> bool:
    """True for a name whose words begin with "he" or "she": *Odell Purdy* said he heard nothing."""
    verb = last + 1
    if verb + 1 >= len(tree) or tree[verb].lemma not in QUOTE_CUES:
        return False
    subject = verb + 1 + (tree[verb + 1].lower == "that")
    return subject < len(tree) and tree[subject].lower in ("he", "she") and tree[subject].dep.startswith("nsubj")


def _after_honorific(tree: ParsedText, first: int) -> int | None:
    """The last word of a surname that begins right after Mr or Ms, of which the parser made no person: Mr *Holm-Dale*
    said."""
    has_honorific = first > 0 and tree[first - 1].lower.rstrip(".") in ("mr", "mrs", "ms")
    if not has_honorific or tree[first].entity == "PERSON" or not _is_name_word(tree, first):
        return None
    last = first
    while last + 2 < len(tree) and tree[last + 1].text == "-" and tree[last + 2].start == tree[last].end + 1:
        last += 2
    return last if last + 1 == len(tree) or tree[last + 1].pos != "PROPN" else None


def _is_name_word(tree: ParsedText, word: int) -> bool:
    """True for a capitalised word that is no part of the name of a body or a place."""
    token = tree[word]
    is_plain = token.text[:1].isupper() and not token.text.isupper()
    is_plain = is_plain and token.text.replace("-", "").replace("'", "").isalpha()
    is_name = token.pos == "PROPN" or (token.pos == "INTJ" and token.dep == "compound")
    return is_plain and is_name and token.lower not in _NO_PERSON and token.lower not in HONORIFICS


def _end_of_entity(tree: ParsedText, word: int) -> int:
    """The last word of the person that the parser saw at `word`, with what particles join to it."""
    first = word
    while word + 1 < len(tree):
        token, following = tree[word], tree[word + 1]
        is_inside = following.entity == "PERSON" and following.sentence == tree[first].sentence
        is_name = following.text[0].isupper() or following.text in NAME_PARTICLES
        is_hyphen = token.text == "-" or _is_inner_hyphen(tree, word + 1)
        if not is_inside or not (is_name or is_hyphen) or following.start - token.end > 1:
            break
        word += 1
    return _through_particles(tree, word)


def _is_inner_hyphen(tree: ParsedText, word: int) -> bool:
    """True for the hyphen inside a name: Stanley-Becker."""
    is_inside = word + 1 < len(tree) and tree[word + 1].entity == "PERSON" and tree[word + 1].start == tree[word].end
    return tree[word].text == "-" and is_inside


def _through_particles(tree: ParsedText, last: int) -> int:
    """The last word of a name that a particle joins to one before: Bill *de Blasio*."""
    at = last + 1
    while at < len(tree) and tree[at].text in NAME_PARTICLES and tree[at].pos == "PROPN":
        at += 1
    is_name = last + 1 < at < len(tree) and tree[at].pos == "PROPN" and tree[at].text[:1].isupper()
    return at if is_name and tree[at].sentence == tree[last].sentence else last


def _name_inside(tree: ParsedText, first: int, last: int) -> tuple[int, int] | None:
    """The name in an entity: without titles, suffixes and the verb of a headline, with what the parser left out."""
    while last > first and (_is_headline_verb(tree, last) or (is_suffix(tree, last) and not _has_both_suffixes(tree))):
        last -= 1
    if fold(tree[last].text) in LEXICON.contests:
        return None
    first = _past_titles(tree, first, last)
    first -= first == last and _has_given_name_before(tree, last)
    if first >= 2 and tree[first - 1].text == "-" and tree[first - 1].end == tree[first].start:
        first -= 2 if tree[first - 2].pos == "PROPN" and tree[first - 2].end == tree[first - 1].start else 0
    return _whole_name(tree, first, last)


def _is_headline_verb(tree: ParsedText, word: int) -> bool:
    return tree[word].text.istitle() and tree[word].lower in LEXICON.headline_verbs


def _is_person_name(tree: ParsedText, first: int, last: int) -> bool:
    """False for words of which the parser made a person but which name a place ("Mill Lane"), or which only open a
    sentence and describe a noun (*Wildfire* service)."""
    text, token = tree.text_of(first, last), tree[first]
    if not text[:1].isupper() or place_of(text) is not None or token.lower in HONORIFICS:
        return False
    if first < last:
        return tree[last].lower not in LEXICON.streets | BODY_WORDS
    is_described = first > 0 and tree[first - 1].pos in ("ADJ", "NUM", "DET") and tree.text.count(text) == 1
    if is_described and tree.has_text(tree.deps(first, "det"), "the"):
        return False  # the 25-year-old Dubliner
    if token.lower in BODY_WORDS and token.dep != "dobj":
        return first > 0 and tree[first - 1].lower in HONORIFICS
    opens = token.index == tree.sentence(first)[0]
    return not (opens and token.dep == "compound" and tree[token.head].pos == "NOUN" and first + 1 == token.head)


def is_suffix(tree: ParsedText, word: int) -> bool:
    """True for the Sr. after a name and its point."""
    return tree[word].text.rstrip(".").lower() in ("sr", "jr", "") and tree[word].text != "..."


def _has_both_suffixes(tree: ParsedText) -> bool:
    """True for a text in which father and son bear one name."""
    return "Sr" in tree.text and "Jr" in tree.text


def _has_given_name_before(tree: ParsedText, last: int) -> bool:
    """True where the word before a name of one word belongs to it though the parser left it out: *Bo* Marsh."""
    word = last - 1
    if word < 0 or tree[word].head != last or tree[word].dep != "compound" or tree[word].entity:
        return False
    before = tree[word - 1] if word > 0 else None
    is_alone = before is None or before.pos not in ("PROPN", "ADJ") or before.sentence != tree[last].sentence
    is_given = fold(tree[word].text) in GENDERED_NAMES or word == tree.sentence(word)[0]
    is_given = is_given or (tree[last].dep == "appos" and before is not None and before.text == ",")
    return is_alone and is_given and _is_name_word(tree, word) and tree[word].lower not in HONORIFICS


def _past_titles(tree: ParsedText, first: int, last: int) -> int:
    """The first word of the name after titles and what goes with them: "Harbour engineer" *Pavel Dorn*."""
    for word in range(last - 1, first - 1, -1):
        form = tree[word].lower
        if form in HONORIFICS or form.rstrip(".") in TITLE_ABBREVIATIONS or form in PERSON_NOUNS:
            return word + 1
    return first


def _whole_name(tree: ParsedText, first: int, last: int) -> tuple[int, int]:
    """A name without the people that stands before it ("Turkish Recep Vural"), and with a given name or surname that a
    country has as well, which parsers leave out: *Chad* Smith, Jim *Jordan*."""
    place = place_of(tree[first].text)
    if place is not None and place[0] == "demonym" and last - first > 1:
        first += 1
    while first < last and (
        tree[first].lower in HONORIFICS or tree[first].lemma in PERSON_NOUNS or _opens(tree, first)
    ):
        first += 1
    if first > 0 and tree[first - 1].head in range(first, last + 1) and _is_place_and_name(tree, first - 1):
        first -= 1
    after = last + 1
    if (
        after < len(tree)
        and tree[last].head == after
        and tree[last].dep == "compound"
        and _is_place_and_name(tree, after)
    ):
        last = after
    return first, last


def _opens(tree: ParsedText, word: int) -> bool:
    """True for a function word with which a sentence opens: *Without* Roe, ..."""
    is_first = word == 0 or tree[word - 1].pos == "PUNCT" or tree.breaks(word - 1, word)
    return is_first and tree[word].pos in ("ADP", "SCONJ", "CCONJ") and fold(tree[word].text) not in GENDERED_NAMES


def _is_place_and_name(tree: ParsedText, word: int) -> bool:
    token, place = tree[word], place_of(tree[word].text)
    if token.pos != "PROPN" or place is None or place[0] not in ("state", "short", "capital"):
        return False
    return is_given_name(token.text) and not tree.deps(word, "case")
