"""Words stay with the speaker to whom the article gives them.

Whom a claim credits is read from its form (`attributions`). Quoted words may be credited only to the speaker of a
statement that contains them, or else to the only speaker of their paragraph; a paraphrase, to the speaker of the
statement that it paraphrases. What the article attributes to nobody may be credited to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from rag.domain import Span, Statement
from rag.knowledge.words import all_forms
from rag.text.places import country_of, is_given_name, is_office, named_alike
from rag.text.quotations import quotations
from rag.text.related_words import has_similar, is_common
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, content_words, stem, words
from rag.verification.attributions import CUES, Attribution, attributions_in, speaker_before_colon
from rag.verification.lexicon import LEXICON, PATTERNS
from rag.verification.outcomes import Objection
from rag.verification.premise import (
    PRONOUNS,
    SURE_SPEAKER,
    ArticleKey,
    Premise,
    SourceSpan,
    content_touches,
    words_around,
)
from rag.verification.quotations import LocatedQuotation, blank_quotations
from rag.verification.tokens import DAYS

_CAPITAL = re.compile(r"[^\W\d_a-z][\w’'.-]*")
_FULL_NAME = re.compile(r"\b([A-Z][\w’'-]+) ([A-Z][\w-]+)")
_POSSESSIVE = re.compile(r"[\w-]+(?:[’']s|s[’])(?=\s+\w)")
_PRONOUN_SAYS = re.compile(rf"\W*(?:\w+\s+){{0,2}}(?:he|she)\s+(?:\w+\s+){{0,2}}?(?:{CUES.pattern})", re.IGNORECASE)
_REACH_BEFORE = 800  # characters in which the sentence before is looked for
_STATEMENT_SHARE, _OUTLET_SHARE = 0.6, 0.25  # shares of a claim that are somebody's words, and the outlet's own
_PARAPHRASE_SHARE = 0.5  # share of a claim's words that a statement has which it paraphrases
_HARDLY = 0.6  # share of that share below which it hardly paraphrases another statement
_LEAST_ROOT = 4  # letters that a name and a word derived from it have more than, the first five the same
_DENYING = all_forms(LEXICON.denying, last=-1)
_OTHER_SPEAKER = "its source gives these words to {}"
_NO_SPEAKER = "its source names no such speaker"


def check_speakers(text: str, premise: Premise, quotes: Sequence[LocatedQuotation]) -> Iterator[Objection]:
    """Objections to the speakers to whom the claim attributes words."""
    outside = blank_quotations(text, quotes)
    attributions = list(attributions_in(outside))
    for item in quotes:
        yield from _check_quotation(item, text, outside, attributions, premise)
    for attribution in attributions:
        if not any(_governing_attribution(item, [attribution]) for item in quotes):
            yield from _check_indirect(outside, attribution, attributions, premise)
    if not attributions and not quotes:
        yield from _check_unattributed(text, premise)


# -- quoted words


def _check_quotation(
    item: LocatedQuotation, text: str, outside: str, attributions: Sequence[Attribution], premise: Premise
) -> Iterator[Objection]:
    where = (item.quotation.span.start, item.quotation.span.end)
    outside_words = set(words(outside))
    owners = _statements_with(item.place, premise.statements, premise.texts)
    if not outside_words or (not owners and _is_unread_but_named(item.place, outside, premise)):
        return
    speakers = [one for one in owners if one.speaker]
    reason = _OTHER_SPEAKER.format(speakers[0].speaker) if speakers else _NO_SPEAKER
    if label := speaker_before_colon(text):
        if not any(_names_speaker(label, one, premise) for one in speakers):
            yield Objection(reason, "hard", where)
        return
    attribution = _governing_attribution(item, attributions)
    if attribution is None:
        own_words = set(words(item.quotation.inner.of(text)))  # it may itself hold the words that say who speaks
        if speakers and not any(
            _mentions(
                outside_words | (own_words if _attributes_within(one, item.place) else set()), outside, one, premise
            )
            for one in speakers
        ):
            names_another = _capitals(outside) & _last_names(premise)
            yield Objection(reason, "hard" if names_another else "soft", where)
    elif speakers:
        chain = [
            attribution,
            *(one for one in attributions if one.end <= attribution.start),
        ]  # "Lund said Vane believes"
        if not any(_attributes_to(link, one, premise) for one in speakers for link in chain):
            is_named = any(_CAPITAL.search(one.speaker or "") for one in speakers)
            is_doubtful = all(one.confidence < SURE_SPEAKER for one in speakers) and _is_named_nearby(
                attribution, premise
            )
            is_sure = is_named and not is_doubtful and _has_proper_name(attribution, premise)
            yield Objection(reason, "hard" if is_sure else "soft", where)
    elif _has_proper_name(attribution, premise):
        yield from _check_unnamed_speaker(item.place, attribution, where, premise)


def _is_unread_but_named(place: SourceSpan, outside: str, premise: Premise) -> bool:
    """True if the article has not been read for statements, as in the first seconds after it was added, and the names
    of the claim stand beside the words.
    """
    is_read = any((item.article_id, item.version) == place[0] for item in premise.statements)
    return not is_read and _capitals(outside) <= _words_beside(place, premise.texts)


def _check_unnamed_speaker(
    place: SourceSpan, attribution: Attribution, where: tuple[int, int], premise: Premise
) -> Iterator[Objection]:
    """The article names no speaker: only who stands beside the words may be credited, or whom their "he" means."""
    source = _capitals(_without_possessives(attribution.source))
    if source & _words_beside(place, premise.texts):
        return
    antecedents = _antecedents(place, premise)
    if not source & antecedents:
        yield Objection(_NO_SPEAKER, "hard", where)
    elif len(antecedents) > 1:
        yield Objection("its source may give these words to another", "soft", where)


def _antecedents(place: SourceSpan, premise: Premise) -> set[str]:
    """The last names of speakers in the sentence before that of quoted words which "he" or "she" says; empty where no
    pronoun says them."""
    key, span = place
    text = premise.texts[key]
    own = next(iter(sentences(text, touching=[span])), span)
    if not _PRONOUN_SAYS.match(own.of(text)):
        return set()
    head = text[max(0, own.start - _REACH_BEFORE) : own.start]
    before = " ".join(one.of(head) for one in sentences(head)[-1:])
    return set(words(before)) & (_last_names(premise) | premise.speaker_names)


def _governing_attribution(item: LocatedQuotation, attributions: Sequence[Attribution]) -> Attribution | None:
    """The attribution nearest to the quotation: before it, else behind it."""
    start, end = item.quotation.span.start, item.quotation.span.end
    before = next((one for one in reversed(attributions) if one.end <= start), None)
    behind = next((one for one in attributions if one.start >= end - 1), None)
    if before and behind:
        return before if start - before.end <= behind.start - end + 2 else behind
    return before or behind


def _is_named_nearby(attribution: Attribution, premise: Premise) -> bool:
    """True if the sentences of the quoted words, or those before them, name the one who is credited."""
    source = set(words(attribution.source)) - STOPWORDS
    return bool(source) and source <= set(words(f"{premise.text} {premise.preceding_text}"))


# -- paraphrases


def _check_indirect(
    outside: str, attribution: Attribution, attributions: Sequence[Attribution], premise: Premise
) -> Iterator[Objection]:
    where = (attribution.start, attribution.end)
    speakers = [one for one in premise.cited_statements if one.speaker]
    if not speakers:
        yield from _check_without_statement(attribution, premise, where)
        return
    content = _attributed_words(attribution, attributions, outside)
    statement = _closest_statement(content, premise.cited_statements)
    if (names := set(_without_dates(words(attribution.source)))) and names <= LEXICON.article_words:
        return  # "according to the report": the article itself
    if matches := [one for one in speakers if _attributes_to(attribution, one, premise)]:
        if _denies_all(attribution, outside) and PATTERNS.denial_anaphor.search(premise.text):
            return  # what they deny are another's words: "denied this"
        if statement not in matches and _paraphrases_another(statement, matches, content):
            reason = f"its source gives this to {statement.speaker or 'nobody by name'}"
            yield Objection(reason, "hard" if _is_named(statement) else "soft", where)
        elif name := _foreign_name(outside[attribution.end :], matches, premise):
            yield Objection(f"the words that it rests on do not name “{name}”", "soft", where)
    elif _is_in_span(attribution, premise):
        if attribution.is_neutral and not _speaks_in_closest(attribution, premise):
            yield Objection("its source gives this to another speaker", "soft", where)
    else:
        is_sure = _is_named(statement) and _has_proper_name(attribution, premise)
        reason = f"its source gives this to {statement.speaker or 'another speaker'}"
        yield Objection(reason, "hard" if is_sure else "soft", where)


def _denies_all(attribution: Attribution, outside: str) -> bool:
    """True if somebody is said to deny what follows."""
    clause, rest = outside[attribution.start : attribution.end], outside[attribution.end :]
    return attribution.cue in _DENYING and bool(content_words(rest)) and not PATTERNS.plain_negation.search(clause)


def _attributed_words(attribution: Attribution, attributions: Sequence[Attribution], outside: str) -> str:
    """The words that a claim gives to one of the speakers it credits: what follows, or else what stands before."""
    end = min((one.start for one in attributions if one.start > attribution.start), default=len(outside))
    if end == len(outside) and attribution is attributions[0]:
        return outside
    start = max((one.end for one in attributions if one.end < attribution.end), default=0)
    follows = content_words(outside[attribution.end : end])
    return outside[attribution.start : end] if follows else outside[start : attribution.end]


def _check_without_statement(attribution: Attribution, premise: Premise, where: tuple[int, int]) -> Iterator[Objection]:
    """No statement stands in the spans: the outlet reports it itself, or the article has not been read."""
    source = attribution.source.strip()
    source_words = set(words(source)) - STOPWORDS
    if source_words <= set(words(premise.outlets)):
        return  # the outlet itself
    is_in_span = _is_in_span(attribution, premise)
    if is_in_span and CUES.search(premise.closest):
        is_named = _capitals(source) <= set(words(premise.text)) or named_alike(f"{source} said", premise.text)
        if is_named or _PRONOUN_SAYS.search(premise.closest):
            return
    if not attribution.is_neutral and (is_in_span or source_words <= set(words(premise.article_text))):
        return
    if not premise.statements:
        yield Objection(_NO_SPEAKER, "soft", where)
        return
    is_sure = attribution.is_neutral and _has_proper_name(attribution, premise)
    yield Objection("its source does not say this in anybody's name", "hard" if is_sure else "soft", where)


def _foreign_name(text: str, matches: Sequence[Statement], premise: Premise) -> str:
    """A name in what somebody is said to have said that another of the cited spans has, and theirs has not; else ""."""
    own = set(words(f"{premise.preceding_text} {premise.titles}"))
    others: set[str] = set()
    for span, quote in zip(premise.spans, premise.span_texts, strict=True):
        (own if any(content_touches(item, span) for item in matches) else others).update(words(quote))
    for item in matches:
        own.update(words(f"{item.speaker or ''} {item.role or ''} {item.on_behalf_of or ''}"))
    names = (name.title() for name in sorted(_capitals(text) & (others - own)))
    return next((name for name in names if not country_of(name)), "")


def _speaks_in_closest(attribution: Attribution, premise: Premise) -> bool:
    """True if the closest sentence of the source has a cue a few words behind the source or before it."""
    head = [word for word in words(attribution.source) if word not in STOPWORDS][-1:]
    if not head:
        return False
    name, cue = re.escape(head[0]), CUES.pattern
    after = rf"\b{name}\b(?:\W+\w+){{0,8}}?\W+({cue}|\w+ing\b)"
    before = rf"(?:{cue})(?:\W+\w+){{0,4}}?\W+{name}\b"
    return any(re.search(pattern, premise.closest, re.IGNORECASE) for pattern in (after, before))


def _paraphrases_another(statement: Statement, matches: Sequence[Statement], content: str) -> bool:
    """True if the claim clearly paraphrases one statement, and hardly any whose speaker it credits rightly."""
    terms = set(content_words(content))
    terms -= {stem(word) for one in (statement, *matches) for word in words(one.speaker or "")}
    share = _shared_terms(terms, statement)
    return share >= _PARAPHRASE_SHARE and max(_shared_terms(terms, one) for one in matches) < _HARDLY * share


def _shared_terms(terms: set[str], item: Statement) -> float:
    own = set(content_words(item.text))
    return len(terms & own) / max(1, min(len(terms), len(own)))


def _closest_statement(content: str, statements: Sequence[Statement]) -> Statement:
    terms = set(content_words(content))
    return max(statements, key=lambda item: (len(terms & set(content_words(item.text))), item.speaker is not None))


def _is_in_span(attribution: Attribution, premise: Premise) -> bool:
    """True if the cited words themselves name the one who is credited (or the sentence before, by a pronoun)."""
    source = attribution.source.strip()
    head = re.split(r",|\b(?:of|for|from|at)\b", source.strip(" ,"))[0]
    last = [word for word in words(head) if word not in STOPWORDS][-1:]
    return (
        not last
        or stem(last[0]) in premise.stems
        or stem(last[0]) in {stem(word) for word in words(premise.antecedents)}
        or bool(named_alike(f"{source} said", premise.text))
    )


def _has_proper_name(attribution: Attribution, premise: Premise) -> bool:
    """True if the one who is credited has a name: of a person or body, or a state's that stands alone."""
    bare = _without_possessives(attribution.source)
    names = [item.group() for item in _CAPITAL.finditer(bare)]
    if any(
        _is_name(name, premise) and name.lower() not in STOPWORDS and not _derives_from_name(name, premise.name_words)
        for name in names
    ):
        return True
    is_alone = len(set(words(bare)) - STOPWORDS) == 1
    return is_alone and any(country_of(name) for name in names)


def _is_name(word: str, premise: Premise) -> bool:
    """True for a capitalised word that names a person or a body: no office, no country and no common word."""
    if is_office(word.lower()) or country_of(word):
        return False
    return set(words(word)) <= premise.name_words or not is_common(word.lower())


def _derives_from_name(word: str, names: Iterable[str]) -> bool:
    """True for a word made of a name, and not a name itself: "Norlander" of "Norland"."""
    folded_word = " ".join(words(word))
    return folded_word not in names and any(len(one) > _LEAST_ROOT and one[:5] == folded_word[:5] for one in names)


def _check_unattributed(text: str, premise: Premise) -> Iterator[Objection]:
    """What its source only attributes to somebody is not reported as a fact."""
    terms, source_terms = set(content_words(text)), set(content_words(premise.text))
    for item in premise.cited_statements:
        own = set(content_words(item.text))
        is_theirs = len(terms & own) >= _STATEMENT_SHARE * len(terms) and len(
            terms & source_terms - own
        ) <= _OUTLET_SHARE * len(terms)
        is_opinion = item.speaker and not item.stance and LEXICON.figures.isdisjoint(words(item.speaker))
        is_claimed = terms and is_theirs and is_opinion and item.confidence >= SURE_SPEAKER
        if is_claimed and not _mentions(set(words(text)), text, item, premise):
            yield Objection(f"its source gives this as the words of {item.speaker}")
            return


# -- whose words


def _attributes_to(attribution: Attribution, item: Statement, premise: Premise) -> bool:
    """True if the source, or a part of its clause that it stands in apposition to, names the statement's speaker."""
    if _names_speaker(attribution.source, item, premise):
        return True
    names = _capitals(_without_possessives(attribution.source)) & premise.name_words
    if not LEXICON.open_apposition.isdisjoint(words(attribution.source)[:1]) or all(is_office(word) for word in names):
        return any(_names_speaker(piece, item, premise) for piece in attribution.clause.split(","))
    return False


def _is_named(item: Statement) -> bool:
    """True if the article names the speaker, and it is plain whom it means: "the company" may be anybody."""
    return bool(item.speaker and _CAPITAL.search(item.speaker)) and item.confidence >= SURE_SPEAKER


def _names_speaker(source: str, item: Statement, premise: Premise) -> bool:
    """True if the source of an attribution names the statement's speaker: by last name, the words of the text, role,
    the body or state that it is made for, a description in the article, or a pronoun that can only be theirs."""
    content = _without_dates(words(source))
    if not content:
        return not PRONOUNS.isdisjoint(words(source)) and _pronoun_fits(item, premise)
    if _is_namesake(source, item.speaker or ""):
        return False
    bare = set(words(_without_possessives(source)))
    for name in (item.speaker, _source_text(item)):
        parts = _without_dates(words(name or ""))
        if parts and (parts[-1] in bare or (len(parts) > 1 and set(parts) <= set(content))):
            return True
    if _names_another(source, item, premise):
        return False
    if item.on_behalf_of:
        country = country_of(item.on_behalf_of)
        if country and len(content) == 1 and country_of(source) == country:
            return True
        if set(content) <= set(words(item.on_behalf_of)):
            return True
    return all(_describes_speaker(word, item, premise) for word in content)


def _without_dates(items: Sequence[str]) -> list[str]:
    """The words of a source that may name somebody: no function words, no date ("a study published on 3 May")."""
    has_date = not DAYS.keys().isdisjoint(items)
    return [word for word in items if word not in STOPWORDS and not (has_date and (word in DAYS or word.isdigit()))]


def _is_namesake(source: str, speaker: str) -> bool:
    """True if a source gives another first name to the speaker's last name: "Lee Strand" for Owen Strand."""
    return any(
        name == last and own[:1].isupper() and own[:2] != first[:2] and is_given_name(first) and is_given_name(own)
        for first, last in _FULL_NAME.findall(source)
        for own, name in pairwise(speaker.split())
    )


def _without_possessives(source: str) -> str:
    """The source without names in the possessive that another word follows: "Lund's deputy" is no Lund."""
    return _POSSESSIVE.sub(" ", source)


def _names_another(source: str, item: Statement, premise: Premise) -> bool:
    """True if a name stands in the source that is not the speaker's: no state, no title, no possessive, nothing behind
    "of" or "for"."""
    own = set(words(f"{item.speaker or ''} {item.on_behalf_of or ''} {_source_text(item)}")) | STOPWORDS
    head = re.split(r"\b(?:of|for|at|in|from|on|with|to)\b", source, maxsplit=1)[0]
    names = (match.group() for match in _CAPITAL.finditer(_without_possessives(head)))
    return any(not set(words(name)) <= own and _is_name(name, premise) for name in names)


def _describes_speaker(word: str, item: Statement, premise: Premise) -> bool:
    fields = words(f"{item.role or ''} {item.on_behalf_of or ''} {item.speaker or ''} {_source_text(item)}")
    descriptions = set(map(stem, fields))
    if last := words(item.speaker or "")[-1:]:
        descriptions |= words_around(premise.article_text, last[0])
    if has_similar(stem(word), descriptions):
        return True
    country = country_of(word.title())
    if country or item.on_behalf_of:
        return bool(country) and country == country_of(item.on_behalf_of or "")
    return len(word) > _LEAST_ROOT and any(
        len(one) > _LEAST_ROOT and one[:5] == word[:5] for one in words(premise.titles)
    )


def _source_text(item: Statement) -> str:
    return item.source.text if item.source else ""


def _pronoun_fits(item: Statement, premise: Premise) -> bool:
    """True if a pronoun may stand for the statement's speaker: named before or in the claim, or alone in the spans."""
    last = words(item.speaker or "")[-1:]
    if last and last[0] in words(f"{premise.before} {premise.claim}"):
        return True
    return len({one.speaker for one in premise.cited_statements if one.speaker}) <= 1


def _mentions(claim_words: set[str], outside: str, item: Statement, premise: Premise) -> bool:
    """True if the claim mentions the speaker anywhere outside its quotations."""
    for name in (item.speaker, _source_text(item), item.role, item.on_behalf_of):
        if not claim_words.isdisjoint([part for part in words(name or "") if part not in STOPWORDS][-1:]):
            return True
    country = country_of(item.on_behalf_of) if item.on_behalf_of else None
    if country and country == country_of(outside):
        return True
    return not claim_words.isdisjoint(PRONOUNS) and _pronoun_fits(item, premise)


def _last_names(premise: Premise) -> set[str]:
    return {last for item in premise.statements for last in words(item.speaker or "")[-1:]}


def _capitals(text: str) -> set[str]:
    return {word for item in _CAPITAL.finditer(text) for word in words(item.group())} - STOPWORDS


def _words_beside(place: SourceSpan, texts: Mapping[ArticleKey, str]) -> set[str]:
    """The words outside the marks of the sentences that the quoted words stand in, where one of them is a cue."""
    key, span = place
    outside = " ".join(one.of(texts[key]) for one in sentences(texts[key], touching=[span]))
    for mark in reversed(quotations(outside)):
        outside = outside[: mark.span.start] + " " + outside[mark.span.end :]
    return set(words(outside)) if CUES.search(outside) else set()


def _attributes_within(item: Statement, place: SourceSpan) -> bool:
    return any(place[1].holds(part.span) for part in (item.source, item.cue) if part)


def _is_only_quotation(place: Span, paragraph: Span, text: str) -> bool:
    """True if the sentence of a place has nothing but quoted words: who says them stands in another sentence."""
    own = paragraph.of(text)
    marks = [item.span for item in quotations(own)]
    for span in sentences(own):
        if Span(paragraph.start + span.start, paragraph.start + span.end).touches(place):
            letters = (at for at in range(span.start, span.end) if own[at].isalnum())
            return all(any(mark.start <= at < mark.end for mark in marks) for at in letters)
    return False


def _statements_with(
    place: SourceSpan, statements: Sequence[Statement], texts: Mapping[ArticleKey, str]
) -> list[Statement]:
    """The statements that hold the words; without any, those of the paragraph if they have but one speaker."""
    key, span = place
    if owners := [item for item in statements if content_touches(item, place)]:
        return owners
    text = texts[key]
    end = text.find("\n", span.end)
    paragraph = Span(text.rfind("\n", 0, span.start) + 1, end if end >= 0 else len(text))
    if not _is_only_quotation(span, paragraph, text):
        return []
    neighbours = [item for item in statements if content_touches(item, (key, paragraph))]
    return neighbours if len({item.speaker for item in neighbours}) == 1 else []
