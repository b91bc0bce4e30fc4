"""Words stay with the one to whom the article gives them.

Whom a sentence credits is read from its form (`credits`). Quoted words may be credited only to the speaker of a
statement that holds them, or else to the only speaker of their paragraph; what is told in other words, to the speaker
of the statement that it tells. Where the article lets nobody say it, nobody is to be credited with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rag.domain import Span, Statement
from rag.text.places import country_of, is_given_name, is_office, named_alike
from rag.text.quotations import quotations
from rag.text.sentences import sentences
from rag.text.terms import STOPWORDS, content_words, stem, words
from rag.verification.credits import SAYS, Credit, credits_of, named_before_colon
from rag.verification.quotations import LocatedQuotation, blank_quotations
from rag.verification.record import PRONOUNS, Key, Objection, Place, Record, words_around
from rag.verification.tokens import is_common, similar

_CAPITAL = re.compile(r"[^\W\d_a-z][\w’'.-]*")
_FULL_NAME = re.compile(r"\b([A-Z][\w’'-]+) ([A-Z][\w-]+)")
_POSSESSIVE = re.compile(r"[\w-]+(?:[’']s|s[’])(?=\s+\w)")
_PRONOUN_SAYS = re.compile(r"\W*(?:\w+\s+){0,2}(?:he|she)\s+(?:\w+\s+){0,2}?(?:" + SAYS.pattern + ")", re.IGNORECASE)
_REACH_BEFORE = 800  # characters in which the sentence before is looked for
_UNSURE = 0.75  # confidence of a statement below which its speaker is a guess
_APPOSED = frozenset("who which whose a an the his her its their".split())
_FIGURES = frozenset("figures data statistics images records numbers".split())  # which nobody calls an opinion
_STATEMENT_SHARE, _OUTLET_SHARE = 0.6, 0.25  # shares of a sentence that are somebody's words, and the outlet's own
_RETELLING_SHARE = 0.5  # share of a sentence's words that a statement has which it tells


def check_speakers(text: str, record: Record, quoted: Sequence[LocatedQuotation]) -> Iterator[Objection]:
    """Objections to the speakers to whom the sentence attributes words."""
    outside = blank_quotations(text, quoted)
    attributions = list(credits_of(outside))
    for item in quoted:
        yield from _check_quotation(item, text, outside, attributions, record)
    indirect = [one for one in attributions if not _governs_quotation(one, quoted)]
    yield from _check_indirect(outside, indirect, record)
    if not attributions and not quoted:
        yield from _check_unattributed(text, record)


# -- quoted words


def _check_quotation(
    item: LocatedQuotation, text: str, outside: str, attributions: Sequence[Credit], record: Record
) -> Iterator[Objection]:
    owners = _statements_with(item.place, record.statements, record.texts)
    where = (item.quotation.span.start, item.quotation.span.end)
    around = set(words(outside))
    if not around:
        return
    if (
        not owners
        and _is_unread(item.place, record.statements)
        and _capitals(outside) <= _words_beside(item.place, record.texts)
    ):
        return
    if named := named_before_colon(text):
        if not any(one.speaker and _names_speaker(named, one, record) for one in owners):
            yield Objection(_owner_reason(owners), "hard", where)
        return
    credit = _governing_credit(item, attributions)
    speaking = [one for one in owners if one.speaker]
    if credit is None:
        own = set(words(item.quotation.inner.of(text)))  # the quotation itself may hold the words that say who speaks
        if speaking and not any(
            _mentions(around | (own if _attributes_within(one, item.place) else set()), outside, one, record)
            for one in speaking
        ):
            names_other = _capitals(outside) & _last_names(record)
            yield Objection(_owner_reason(owners), "hard" if names_other else "soft", where)
        return
    if speaking:
        chain = _credit_chain(credit, attributions)
        if not any(_credits_speaker(link, one, record) for one in speaking for link in chain):
            beside = all(one.confidence < _UNSURE for one in speaking) and _is_named_nearby(credit, record)
            sure = any(_CAPITAL.search(one.speaker or "") for one in speaking) and _has_proper_name(credit, record)
            yield Objection(_owner_reason(owners), "hard" if sure and not beside else "soft", where)
        return
    if _has_proper_name(credit, record):
        yield from _check_unnamed_speaker(item, credit, record)


def _check_unnamed_speaker(item: LocatedQuotation, credit: Credit, record: Record) -> Iterator[Objection]:
    """The article names no speaker: only who stands beside the words may be credited, or whom their "he" means."""
    where = (item.quotation.span.start, item.quotation.span.end)
    subject = _capitals(_without_possessives(credit.subject))
    if subject & _words_beside(item.place, record.texts):
        return
    before = _speakers_before(item.place, record)
    if not subject & before:
        yield Objection("its source names no such speaker", "hard", where)
    elif len(before) > 1:
        yield Objection("its source may give these words to another", "soft", where)


def _speakers_before(place: Place, record: Record) -> set[str]:
    """The last names of known speakers in the sentence before that of quoted words which "he" or "she" says; empty
    where no pronoun says them."""
    key, span = place
    text = record.texts[key]
    own = next(iter(sentences(text, touching=[span])), span)
    if not _PRONOUN_SAYS.match(own.of(text)):
        return set()
    head = text[max(0, own.start - _REACH_BEFORE) : own.start]
    last = [one.of(head) for one in sentences(head)][-1:]
    return set(words(" ".join(last))) & (_last_names(record) | record.speaker_names)


def _owner_reason(owners: Sequence[Statement]) -> str:
    speaker = next((one.speaker for one in owners if one.speaker), None)
    return f"its source gives these words to {speaker}" if speaker else "its source names no such speaker"


def _governing_credit(item: LocatedQuotation, attributions: Sequence[Credit]) -> Credit | None:
    """The credit nearest to the quotation: before it, else behind it."""
    before = [one for one in attributions if one.end <= item.quotation.span.start]
    behind = [one for one in attributions if one.start >= item.quotation.span.end - 1]
    if before and behind:
        near = item.quotation.span.start - before[-1].end <= behind[0].start - item.quotation.span.end + 2
        return before[-1] if near else behind[0]
    return before[-1] if before else behind[0] if behind else None


def _credit_chain(credit: Credit, attributions: Sequence[Credit]) -> list[Credit]:
    """A credit and those that it is told by: "Lund said that Vane believes ..."."""
    return [credit, *(one for one in attributions if one.end <= credit.start)]


def _governs_quotation(credit: Credit, quoted: Sequence[LocatedQuotation]) -> bool:
    return any(_governing_credit(item, [credit]) is credit for item in quoted)


def _is_named_nearby(credit: Credit, record: Record) -> bool:
    """True if the sentences of the quoted words, or those before them, name the one who is credited."""
    subject = {word for word in words(credit.subject) if word not in STOPWORDS}
    return bool(subject) and subject <= set(words(f"{record.body} {record.text_before}"))


# -- words told in other words


def _check_indirect(outside: str, attributions: Sequence[Credit], record: Record) -> Iterator[Objection]:
    for credit in attributions:
        where = (credit.start, credit.end)
        if record.cited_statements:
            own = _credited_words(credit, attributions, outside)
            statement = _closest_statement(own, record.cited_statements)
            named = [one for one in record.cited_statements if one.speaker]
            matching = [one for one in named if _credits_speaker(credit, one, record)]
            if matching:
                if statement not in matching and _retells_another(statement, matching, own):
                    whom = statement.speaker or "nobody by name"
                    yield Objection(
                        f"its source gives this to {whom}", "hard" if _is_named(statement) else "soft", where
                    )
                elif foreign := _foreign_name(outside[credit.end :], matching, record):
                    yield Objection(f"the words that it rests on do not name “{foreign}”", "soft", where)
                continue
            if not named:
                yield from _check_without_statement(credit, record, where)
                continue
            if _is_in_span(credit, record):
                if not credit.pure or _speaks_in_closest(credit, record):
                    continue
                yield Objection("its source gives this to another speaker", "soft", where)
                continue
            proper = _has_proper_name(credit, record) and _is_named(statement)
            yield Objection(
                f"its source gives this to {statement.speaker or 'another speaker'}",
                "hard" if proper else "soft",
                where,
            )
        else:
            yield from _check_without_statement(credit, record, where)


def _credited_words(credit: Credit, attributions: Sequence[Credit], outside: str) -> str:
    """The words that a sentence gives to one of the speakers it credits: what follows, or else what stands before."""
    after = min((one.start for one in attributions if one.start > credit.start), default=len(outside))
    if after == len(outside) and credit is attributions[0]:
        return outside
    before = max((one.end for one in attributions if one.end < credit.end), default=0)
    return outside[credit.start : after] if content_words(outside[credit.end : after]) else outside[before : credit.end]


def _check_without_statement(credit: Credit, record: Record, where: tuple[int, int]) -> Iterator[Objection]:
    """No statement stands in the spans: the outlet tells it, or the article has not been read for statements."""
    if set(words(credit.subject)) <= set(words(record.outlets)) | STOPWORDS:
        return  # the outlet itself
    subject = credit.subject.strip()
    named = _capitals(subject) <= set(words(record.body)) or named_alike(f"{subject} said", record.body)
    if (named or _PRONOUN_SAYS.search(record.closest)) and _is_in_span(credit, record) and SAYS.search(record.closest):
        return
    if not credit.pure and (_is_in_span(credit, record) or _is_known_subject(credit, record)):
        return
    if not record.statements:
        yield Objection("its source names no such speaker", "soft", where)
    elif _has_proper_name(credit, record) and credit.pure:
        yield Objection("its source does not say this in anybody's name", "hard", where)
    else:
        yield Objection("its source does not say this in anybody's name", "soft", where)


def _foreign_name(text: str, matching: Sequence[Statement], record: Record) -> str:
    """A name in what somebody is said to have said that another of the cited spans has, and theirs has not; else ""."""
    theirs = set(words(f"{record.text_before} {record.titles}"))
    others: set[str] = set()
    for (key, span), quote in zip(record.spans, record.cited_texts, strict=True):
        held = any(
            (item.article_id, item.version) == key and span.touches(part.span)
            for item in matching
            for part in item.content
        )
        (theirs if held else others).update(words(quote))
    for item in matching:
        theirs.update(words(f"{item.speaker or ''} {item.role or ''} {item.on_behalf_of or ''}"))
    foreign = sorted(_capitals(text) & (others - theirs))
    return next((name.title() for name in foreign if not country_of(name.title())), "")


def _is_known_subject(credit: Credit, record: Record) -> bool:
    """True if every word of the subject stands somewhere in the articles."""
    return set(words(credit.subject)) - STOPWORDS <= set(words(record.full_text))


def _speaks_in_closest(credit: Credit, record: Record) -> bool:
    """True if the closest sentence of the source has a verb of saying a few words behind the subject or before."""
    head = [word for word in words(credit.subject) if word not in STOPWORDS][-1:]
    if not head:
        return False
    name = re.escape(head[0])
    after = re.search(rf"\b{name}\b(?:\W+\w+){{0,8}}?\W+({SAYS.pattern}|\w+ing\b)", record.closest, re.IGNORECASE)
    turned = re.search(rf"(?:{SAYS.pattern})(?:\W+\w+){{0,4}}?\W+{name}\b", record.closest, re.IGNORECASE)
    return bool(after or turned)


def _retells_another(statement: Statement, matching: Sequence[Statement], outside: str) -> bool:
    """True if the sentence tells one statement clearly and hardly any of those that would be credited rightly."""
    terms = set(content_words(outside))
    terms -= {stem(word) for one in (statement, *matching) for word in words(one.speaker or "")}
    share = _shared_terms(terms, statement)
    return share >= _RETELLING_SHARE and max(_shared_terms(terms, one) for one in matching) < 0.6 * share


def _shared_terms(terms: set[str], item: Statement) -> float:
    held = set(content_words(item.text))
    return len(terms & held) / max(1, min(len(terms), len(held)))


def _closest_statement(outside: str, spoken: Sequence[Statement]) -> Statement:
    terms = set(content_words(outside))
    return max(spoken, key=lambda item: (len(terms & set(content_words(item.text))), item.speaker is not None))


def _is_in_span(credit: Credit, record: Record) -> bool:
    """True if the cited words themselves name the one who is credited (or the sentence before, by a pronoun)."""
    head = [
        word
        for word in words(re.split(r",|\b(?:of|for|from|at)\b", credit.subject.strip(" ,"))[0])
        if word not in STOPWORDS
    ]
    subject = {stem(word) for word in head[-1:]}
    if not subject:
        return True
    held = record.cited_stems | (
        frozenset(stem(word) for word in words(record.text_before)) if record.points_back else frozenset()
    )
    return subject <= held or bool(named_alike(f"{credit.subject.strip()} said", record.body))


def _has_proper_name(credit: Credit, record: Record) -> bool:
    """True if the one who is credited has a name: of a person or body, or a state's that stands alone."""
    bare = _without_possessives(credit.subject)
    names = [item.group() for item in _CAPITAL.finditer(bare)]
    people = [
        name
        for name in names
        if not _derives_from_name(name, record)
        and not is_office(name.lower()) and not country_of(name) and name.lower() not in STOPWORDS
        and (set(words(name)) <= record.name_words or not is_common(name.lower()))
    ]  # fmt: skip
    alone = len(set(words(bare)) - STOPWORDS) == 1
    return bool(people) or (alone and any(country_of(name) for name in names))


def _derives_from_name(name: str, record: Record) -> bool:
    """True for a word made of a name of the article: "Norlander" of "Norland"."""
    folded = " ".join(words(name))
    return folded not in record.name_words and any(len(one) > 4 and one[:5] == folded[:5] for one in record.name_words)


def _check_unattributed(text: str, record: Record) -> Iterator[Objection]:
    """What its source tells only as somebody's words is not told as a fact."""
    terms = set(content_words(text))
    whole = set(content_words(record.body))
    for item in record.cited_statements:
        held = set(content_words(item.text))
        most, little = _STATEMENT_SHARE * len(terms), _OUTLET_SHARE * len(terms)
        theirs = len(terms & held) >= most and len(terms & whole - held) <= little
        figures = bool(set(words(item.speaker or "")) & _FIGURES)
        if (
            terms
            and theirs
            and item.speaker
            and not figures
            and not item.stance
            and item.confidence >= _UNSURE
            and not _mentions(set(words(text)), text, item, record)
        ):
            yield Objection(f"its source gives this as the words of {item.speaker}")
            return


# -- whose words


def _credits_speaker(credit: Credit, item: Statement, record: Record) -> bool:
    """True if the subject, or a part of its clause that it stands in apposition to, names the statement's speaker."""
    if _names_speaker(credit.subject, item, record):
        return True
    opening = words(credit.subject)[:1]
    own = _capitals(_without_possessives(credit.subject)) & record.name_words
    if (opening and opening[0] in _APPOSED) or all(is_office(word) for word in own):
        return any(_names_speaker(piece, item, record) for piece in credit.clause.split(","))
    return False


def _is_named(item: Statement) -> bool:
    """True if the article names the speaker, and it is plain whom it means: "the company" may be anybody."""
    return bool(item.speaker and _CAPITAL.search(item.speaker)) and item.confidence >= _UNSURE


def _names_speaker(subject: str, item: Statement, record: Record) -> bool:
    """True if a subject names the statement's speaker: by last name, the words of the text, role, the body or
    state that it is made for, whatever the article tells of them, or a pronoun that can only be theirs."""
    mentioned = [word for word in words(subject) if word not in STOPWORDS]
    if not mentioned:
        return bool(set(words(subject)) & PRONOUNS) and _pronoun_fits(item, record)
    if _is_namesake(subject, item.speaker or ""):
        return False
    bare = set(words(_without_possessives(subject)))
    for name in (item.speaker, _source(item)):
        if (
            name
            and (parts := [part for part in words(name) if part not in STOPWORDS])
            and (parts[-1] in bare or (len(parts) > 1 and set(parts) <= set(mentioned)))
        ):
            return True
    if _names_another(subject, item, record):
        return False
    country = country_of(item.on_behalf_of) if item.on_behalf_of else None
    if country and country_of(subject) == country and len(mentioned) == 1:
        return True
    if item.on_behalf_of and set(mentioned) <= set(words(item.on_behalf_of)):
        return True
    return all(_describes_speaker(word, item, record) for word in mentioned)


def _is_namesake(subject: str, speaker: str) -> bool:
    """True if a subject gives another first name to the speaker's last name: "Lee Strand" for Owen Strand."""
    parts = speaker.split()
    for first, last in _FULL_NAME.findall(subject):
        for own, name in pairwise(parts):
            if (
                name == last
                and own[:1].isupper()
                and own[:2] != first[:2]
                and is_given_name(first)
                and is_given_name(own)
            ):
                return True
    return False


def _without_possessives(subject: str) -> str:
    """The subject without names in the possessive that another word follows: "Lund's deputy" is no Lund."""
    return _POSSESSIVE.sub(" ", subject)


def _names_another(subject: str, item: Statement, record: Record) -> bool:
    """True if a name stands in the subject that is not the speaker's: no state, no title, no possessive, nothing behind
    "of" or "for"."""
    own = set(words(f"{item.speaker or ''} {item.on_behalf_of or ''} {_source(item)}"))
    head = re.split(r"\b(?:of|for|at|in|from|on|with|to)\b", subject, maxsplit=1)[0]
    for capital in _CAPITAL.finditer(_without_possessives(head)):
        name = capital.group()
        if country_of(name) or is_office(name.lower()) or set(words(name)) <= own | STOPWORDS:
            continue
        if set(words(name)) <= record.name_words or not is_common(name.lower()):
            return True
    return False


def _describes_speaker(word: str, item: Statement, record: Record) -> bool:
    known = {
        stem(one) for one in words(f"{item.role or ''} {item.on_behalf_of or ''} {item.speaker or ''} {_source(item)}")
    }
    if item.speaker and (parts := words(item.speaker)):
        known |= words_around(record.full_text, parts[-1])
    key = stem(word)
    if key in known or any(similar(key, one) for one in known):
        return True
    country = country_of(word.title())
    if country or item.on_behalf_of:
        return bool(country) and country == country_of(item.on_behalf_of or "")
    return _derives_from_title(word, record)


def _derives_from_title(word: str, record: Record) -> bool:
    """True for a word made of a name of the cited articles' titles: "Norlander", where it is Norland that they tell
    of."""
    return any(len(one) > 4 and one[:5] == word[:5] and len(word) > 4 for one in words(record.titles))


def _source(item: Statement) -> str:
    return item.source.text if item.source else ""


def _pronoun_fits(item: Statement, record: Record) -> bool:
    """True if a pronoun may stand for the statement's speaker: named in the sentence before, or alone in the spans."""
    parts = words(item.speaker or "")
    if parts and parts[-1] in words(f"{record.before} {record.text}"):
        return True
    return len({one.speaker for one in record.cited_statements if one.speaker}) <= 1


def _mentions(mentioned: set[str], outside: str, item: Statement, record: Record) -> bool:
    """True if the sentence mentions the speaker anywhere outside its quotations."""
    for name in (item.speaker, _source(item), item.role, item.on_behalf_of):
        if name and (parts := [part for part in words(name) if part not in STOPWORDS]) and parts[-1] in mentioned:
            return True
    country = country_of(item.on_behalf_of) if item.on_behalf_of else None
    if country and country == country_of(outside):
        return True
    return bool(mentioned & PRONOUNS) and _pronoun_fits(item, record)


def _last_names(record: Record) -> set[str]:
    return {words(item.speaker)[-1] for item in record.statements if item.speaker and words(item.speaker)}


def _is_unread(place: Place, statements: Sequence[Statement]) -> bool:
    """True if the article has not been read for statements, as in the first seconds after it was added."""
    return not any((item.article_id, item.version) == place[0] for item in statements)


def _capitals(text: str) -> set[str]:
    return {word for item in _CAPITAL.finditer(text) for word in words(item.group())} - STOPWORDS


def _words_beside(place: Place, texts: Mapping[Key, str]) -> set[str]:
    """The words outside the marks of the sentences that the quoted words stand in, where one of them is of saying."""
    key, span = place
    outside = " ".join(one.of(texts[key]) for one in sentences(texts[key], touching=[span]))
    for mark in reversed(quotations(outside)):
        outside = outside[: mark.span.start] + " " + outside[mark.span.end :]
    return set(words(outside)) if SAYS.search(outside) else set()


def _attributes_within(item: Statement, place: Place) -> bool:
    return any(place[1].holds(part.span) for part in (item.source, item.cue) if part)


def _is_only_quotation(place: Span, paragraph: Span, text: str) -> bool:
    """True if the sentence of a place has nothing but quoted words: who says them stands in another sentence."""
    marks = [item.span for item in quotations(paragraph.of(text))]
    for span in sentences(paragraph.of(text)):
        start, end = paragraph.start + span.start, paragraph.start + span.end
        if start < place.end and place.start < end:
            own = range(span.start, span.end)
            return all(
                any(mark.start <= at < mark.end for mark in marks) for at in own if paragraph.of(text)[at].isalnum()
            )
    return False


def _statements_with(place: Place, statements: Sequence[Statement], texts: Mapping[Key, str]) -> list[Statement]:
    """The statements that hold the words; without any, those of the paragraph if they have but one speaker."""
    key, span = place
    own = [item for item in statements if (item.article_id, item.version) == key]
    if held := [item for item in own if any(part.span.touches(span) for part in item.content)]:
        return held
    text = texts[key]
    end = text.find("\n", span.end)
    paragraph = Span(text.rfind("\n", 0, span.start) + 1, end if end >= 0 else len(text))
    if not _is_only_quotation(span, paragraph, text):
        return []
    near = [item for item in own if any(part.span.touches(paragraph) for part in item.content)]
    return near if len({item.speaker for item in near}) == 1 else []
