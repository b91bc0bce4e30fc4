"""Misspelt words of a question and their replacement by words of the library; the reader sees each and can undo it.

A word is replaced where no passage of the library has it and one word of the retrieved texts, or a speaker's name, is
so near that hardly another can be meant: one letter inserted, missing, wrong or swapped; two in a long word. An English
word is taken for a slip for a title alone; as a noun it gives way to a synonym that the retrieved texts have (treaty,
agreement). All else stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rag.domain import Span, Understood
from rag.knowledge.tables import table, words_of
from rag.question.conversation import has_surname
from rag.question.lexicon import PATTERNS
from rag.text.canonical import fold
from rag.text.name_forms import same_given_name, transliterated
from rag.text.places import country_asked, is_given_name, is_office
from rag.text.related_words import news_synonyms
from rag.text.terms import STOPWORDS, is_english, stem, words

_WORD = re.compile(r"[^\W\d_]+(?=\b)(?!['’]t\b)")  # "doesn't" is no misspelt "does"
# Fewest letters: of a word to correct, of one with two wrong letters, of a name, of a surname behind its given name.
_SHORTEST, _LONG, _NAME, _SURNAME = 5, 8, 6, 4
_ENDING = 2  # letters by which forms of one word differ
_GIVEN_NAME_DISTANCE = 3  # between spellings of a given name before a surname that fits: Sergei, Serhiy
_SHORT_FORMS = {f"{word}s": f"{word} is" for word in words_of("questions", "before_is")}
_INTENT_NOUNS = words_of("questions", "intent_nouns")
_TITLES = words_of("titles", "offices")
_QUESTION_WORDS = str(table("questions")["misspelt"]).split()  # of several equally near ones the first is meant


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellingRepair:
    """A question with its spelling corrected. `replacements` are spans of the original text with what replaces them."""

    text: str
    replacements: tuple[tuple[Span, str], ...] = ()

    def readings(self, original: str) -> tuple[Understood, ...]:
        """The replacements as they are shown; without those that only change a word's ending."""
        return tuple(
            Understood(
                kind="spelling",
                value=word,
                text=span.of(original),
                start=span.start,
                end=span.end,
                note=f"Searched for {word}",
            )
            for span, word in self.replacements
            if "’" in word or not _is_inflection(fold(span.of(original)), fold(word))
        )

    def original_offset(self, offset: int) -> int:
        """Where an offset of the corrected text is in the original one."""
        shift = 0
        for span, word in self.replacements:
            if offset <= span.start + shift:
                break
            shift += len(word) - len(span)
        return max(0, offset - shift)


def repair_spelling(
    question: str,
    *,
    is_known: Callable[[str], bool],
    texts: Sequence[str],
    speakers: Collection[str],
    ignore: Collection[str],
) -> SpellingRepair:
    """The question with its misspelt words replaced. `is_known` says whether the library has a folded word; `texts`
    were retrieved for the question; `speakers` are folded names, `ignore` folded words that the reader does not want.
    """
    tokens = [(Span(*match.span()), match.group()) for match in _WORD.finditer(question)]
    text_words = {word.casefold() for text in texts for word in _WORD.findall(text)}
    apostrophes = {
        span: other
        for span, word, other in _with_apostrophes(question, speakers, text_words)
        if fold(word) not in ignore
    }
    unknown = [
        (span, word)
        for span, word in tokens
        if span not in apostrophes and fold(word) not in STOPWORDS and not is_known(fold(word))
    ]
    vocabulary = {fold(word) for text in texts for word in _WORD.findall(text)} if unknown else set()
    replacements: list[tuple[Span, str]] = []
    for span, word in unknown:
        other = _question_word(word) or _name(span, word, tokens, speakers)
        other = other or (_nearest(fold(word), _INTENT_NOUNS, shortest=_NAME) if word.islower() else None)
        is_name = word[:1].isupper()
        if not (is_name and is_english(fold(word))):  # the "European" of a name is no other form of "Europe"
            nearest = _nearest(fold(word), vocabulary, shortest=_NAME if is_name else _SHORTEST)
            other = other or (nearest if nearest and _may_be_slip(fold(word), nearest) else None)
        if (
            other is None
            and word.islower()
            and is_english(fold(word))
            and PATTERNS.determined.search(question[: span.start])
        ):
            other = _synonym(fold(word), texts, {fold(one) for _, one in tokens})
        if other and fold(other) not in {fold(word), *ignore}:
            replacements.append((span, other.capitalize() if word[:1].isupper() else other))
    replacements = sorted([*replacements, *apostrophes.items()])
    text = question
    for span, word in reversed(replacements):
        text = text[: span.start] + word + text[span.end :]
    return SpellingRepair(text=text, replacements=tuple(replacements))


def with_apostrophes(question: str, speakers: Collection[str] = ()) -> str:
    """The question with the apostrophes that people leave out, of countries and of `speakers` by their folded names,
    and with misspelt nouns of position: "Whats Norlands positon" is "What is Norland’s position".
    """
    apostrophes = {span: other for span, _, other in _with_apostrophes(question, speakers)}
    for match in reversed([*_WORD.finditer(question)]):
        span, word = Span(*match.span()), match.group()
        other = apostrophes.get(span)
        if other is None and word.islower() and not is_english(word) and word not in STOPWORDS:
            other = _nearest(word, _INTENT_NOUNS, shortest=_NAME)
        if other:
            question = f"{question[: span.start]}{other}{question[span.end :]}"
    return question


def _with_apostrophes(
    question: str, speakers: Collection[str], text_words: Collection[str] = ()
) -> Iterator[tuple[Span, str, str]]:
    """Each word that lacks its apostrophe, with what is meant: a question word with its verb ("whats"), and the
    possessive of a country or a speaker before a noun of position ("turkeys position") or, with a capital, of a country
    before another noun ("Turkeys drones"). Before a noun of position it may be that of any name which `text_words`
    have, if they lack the word itself.
    """
    matches = [*_WORD.finditer(question)]
    for match, following in zip_longest(matches, matches[1:]):
        word, key = match.group(), fold(match.group())
        if expansion := _SHORT_FORMS.get(key):
            yield Span(*match.span()), word, expansion.capitalize() if word[:1].isupper() else expansion
            continue
        base, noun, has_capital = key.removesuffix("s"), fold(following.group()) if following else "", word[0].isupper()
        if base == key or not noun or len(base) < _SURNAME or country_asked(key) or _is_called(key, speakers):
            continue
        is_plural = not has_capital and PATTERNS.determined.search(question[: match.start()])
        if noun in _INTENT_NOUNS or _nearest(noun, _INTENT_NOUNS, shortest=_NAME):
            is_name = has_capital and base in text_words and key not in text_words
            is_possessive = not is_plural and (is_name or bool(country_asked(base)) or _is_called(base, speakers))
        else:
            is_possessive = has_capital and is_english(noun) and noun not in STOPWORDS and bool(country_asked(base))
        if is_possessive:
            yield Span(*match.span()), word, f"{word[:1].upper()}{word[1:-1]}’s"


def _is_called(key: str, speakers: Collection[str]) -> bool:
    """True for the name of a speaker, or the surname of a person."""
    return any(name == key or has_surname(name, key) for name in speakers)


def _may_be_slip(word: str, other: str) -> bool:
    """False for an English word whose neighbour is neither a form of it nor a title: contract and contact."""
    return not is_english(word) or _is_inflection(word, other) or other in _TITLES or is_office(other)


def _is_inflection(word: str, other: str) -> bool:
    """True for an English word whose other form differs in its ending alone (built, build): the judge of answers goes
    by that form, and a reader has nothing to undo.
    """
    return is_english(word) and word[:-_ENDING] == other[: len(word) - _ENDING]


def _synonym(word: str, texts: Sequence[str], question: Collection[str]) -> str | None:
    """The most frequent form of a synonym in the texts, of the same grammatical number and ending in the table of
    synonyms if one has it: for "verdict" rather "ruling" than "rule". None if the question has a synonym itself.
    """
    synonyms = news_synonyms(stem(word))
    if not synonyms.isdisjoint(map(stem, question)):
        return None
    plural = word.endswith("s")
    forms = Counter(
        form
        for text in (texts if synonyms else ())
        for form in words(text)
        if stem(form) in synonyms and form.endswith("s") is plural
    )
    groups = (line.split() for line in str(table("news_words")["same"]).splitlines())
    listed = {one for group in groups if stem(word) in map(stem, group) for one in group}
    return max(forms, key=lambda form: (form in listed, forms[form]), default=None)


def _question_word(word: str) -> str | None:
    key = fold(word)
    if not 2 < len(key) <= _SHORTEST or is_english(key):  # "died" is no "did", though no article has it
        return None
    return next((one for one in _QUESTION_WORDS if one[0] == key[0] and edit_distance(key, one, 1) <= 1), None)


def _name(span: Span, word: str, tokens: Sequence[tuple[Span, str]], speakers: Collection[str]) -> str | None:
    """The surname of a speaker, or the given name of one whose surname follows and fits; folded."""
    key = fold(word)
    surnames = {name.split()[-1] for name in speakers if name}
    if nearest := _nearest(key, surnames, shortest=_NAME):
        return nearest
    full_names = [parts for name in sorted(speakers) if len(parts := name.split()) > 1]
    given_name = next((fold(other) for place, other in reversed(tokens) if place.end < span.start), None)
    for first, *_, last in full_names if given_name and len(key) >= _SURNAME else ():
        if first == given_name and last[0] == key[0] and edit_distance(key, last, 1) == 1:
            return last
        if given_name and same_given_name(given_name, first) and transliterated(key) == transliterated(last):
            return last
    after = next((fold(other) for place, other in tokens if place.start > span.end), None)
    surname = after if after in surnames else after and _nearest(after, surnames, shortest=_NAME)
    for first, *_, last in full_names if after else ():
        if last == surname and _may_be_given_name(key, first):
            return first
        if same_given_name(key, first) and transliterated(after or "") == transliterated(last):
            return first
    return None


def _may_be_given_name(key: str, first: str) -> bool:
    """True where a word may be a misspelt given name; one that people have is no slip for another: Igor is not Ivan."""
    if is_given_name(key):
        return same_given_name(key, first)
    return first[0] == key[0] and edit_distance(key, first, _GIVEN_NAME_DISTANCE) <= _GIVEN_NAME_DISTANCE


def _nearest(key: str, candidates: Collection[str], *, shortest: int) -> str | None:
    """The nearest of the folded words; None where none is near enough or several are equally near."""
    if len(key) < shortest:
        return None
    most = 2 if len(key) >= _LONG else 1
    ranked = sorted(
        (distance, other)
        for other in candidates
        if other[:1] == key[:1] and abs(len(other) - len(key)) <= most
        if (distance := edit_distance(key, other, most)) <= most
    )
    return ranked[0][1] if ranked and (len(ranked) == 1 or ranked[0][0] < ranked[1][0]) else None


def edit_distance(one: str, other: str, most: int) -> int:
    """The optimal string alignment distance: letters inserted, left out, exchanged or swapped with their neighbour to
    turn one word into the other. Above `most` it is some number above `most`.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
