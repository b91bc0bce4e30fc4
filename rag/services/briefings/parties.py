"""Who says what: statements by party, in it speaker by speaker, and who is named but not heard."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from itertools import starmap

from rag.domain import DraftSentence, SentenceKind, Span, Statement
from rag.services.briefings import salience
from rag.services.briefings.composing import Composer, SectionDraft, share
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.services.briefings.relevance import ON_TOPIC
from rag.text.canonical import fold
from rag.text.places import NAMES, places_in
from rag.text.terms import STOPWORDS, content_words, words

_NAMELESS = 0.2  # what a party counts whose words are only told and who has no name
_PROPER = NAMES - {"demonym"}  # no "Australian Open"
_ENOUGH = 4  # statements after which such a party is left out
_SETTLED = 3  # times as many as are wanted are judged before they are chosen
_MOST_SENTENCES = 3  # that a statement may run over
_LEANS = re.compile(r"\W*(?:this|that|it|these|those|such|so)\b", re.IGNORECASE)


def positions(desk: Composer, most: int) -> SectionDraft:
    """Statements by party, who says most first, in it speaker by speaker; of each the direct ones first. Silent
    parties are noted.
    """
    parties: dict[str, list[tuple[float, Statement, BriefedArticle]]] = defaultdict(list)
    one_name = _one_name(
        item.on_behalf_of or item.speaker or "" for read in desk.material.articles for item in read.statements
    )
    for read in desk.material.articles:
        for item in read.statements:
            name = item.on_behalf_of or item.speaker
            if name and _is_party(item) and (closeness := _closeness(desk, item, read)):
                parties[one_name.get(fold(name), fold(name))].append((closeness * read.relevance, item, read))
    weight = {key: sum(one[0] for one in some) * (1 if _is_named(some) else _NAMELESS) for key, some in parties.items()}
    order = sorted(parties, key=lambda key: (-weight[key], key))
    ranked = {key: sorted(parties[key], key=_by_kind) for key in order}
    place = {key: at for at, key in enumerate(order)}
    wanted = [(at, key) for key in order for at in range(len(ranked[key]))]
    wanted.sort(key=lambda one: (one[0], place[one[1]]))
    likely = [ranked[key][at] for at, key in wanted[: _SETTLED * most]]
    desk.bearing.settle(one for _, item, read in likely for one in read.around(part.span for part in item.content))
    taken: list[tuple[str, int, DraftSentence]] = []
    seen: list[frozenset[str]] = []
    shown: set[tuple[str, tuple[str, ...]]] = set()  # a sentence of two statements of one party stands once
    for at, key in wanted:
        if len(taken) >= most:
            break
        _, item, read = ranked[key][at]
        bag = frozenset(content_words(item.text))
        draft = _stated(item, read)
        if len(taken) >= _ENOUGH and not _is_named(ranked[key]):
            continue
        if draft is None or not _closeness(desk, item, read) or desk.used & set(draft.sids[:1]):
            continue
        if (key, draft.sids) not in shown and not any(salience.overlap(bag, one) > 0.8 for one in seen):
            seen.append(bag)
            shown.add((key, draft.sids))
            taken.append((key, at, draft))
    first: dict[tuple[str, str], int] = {}
    for key, at, draft in sorted(taken, key=lambda one: one[1]):
        first.setdefault((key, _speaker(draft)), at)
    taken.sort(key=lambda one: (place[one[0]], first[one[0], _speaker(one[2])], one[1]))
    notes = [] if taken else ["No statement was found in the articles."]
    notes += starmap(_unheard, silent(desk.material, desk.topic, _PROPER).items())
    return SectionDraft(drafts=tuple(draft for _, _, draft in taken), notes=tuple(notes))


def _one_name(names: Iterable[str]) -> dict[str, str]:
    """Shorter forms of a person's name -> the one longer form that they can stand for, folded: "sanders", "donald j.
    trump". A form that could be of two people stands for itself.
    """
    count = Counter(fold(name) for name in names)
    full = [name for name in count if len(_bare(name)) > 1]
    renamed: dict[str, str] = {}
    for name in count:
        last = _bare(name)[-1:]
        longer = {other for other in full if other != name and _bare(other)[-1:] == last}
        same = {other for other in longer if set(_bare(name)) <= set(_bare(other))}
        people = {tuple(_bare(other)) for other in same}
        if same and len(people) == 1 and (len(_bare(name)) == 1 or count[name] <= max(count[one] for one in same)):
            renamed[name] = max(same, key=lambda other: (count[other], other))
    return {name: other for name, other in renamed.items() if other not in renamed}


def _bare(name: str) -> list[str]:
    """The words of a folded name without titles and initials."""
    return [word for word in name.replace(".", ". ").split() if not word.endswith(".") and len(word) > 1]


def _is_named(statements: Iterable[tuple[float, Statement, BriefedArticle]]) -> bool:
    """True for a party that was quoted, speaks for somebody, or has a name of two words that begin with capitals."""
    return any(
        item.kind != "indirect"
        or item.on_behalf_of
        or sum(word[:1].isupper() for word in (item.speaker or "").split()) > 1
        for _, item, _ in statements
    )


def _stated(item: Statement, read: BriefedArticle) -> DraftSentence | None:
    """The sentences of one paragraph in which a statement stands; where they don't name the speaker, the sentence
    that does is cited too.
    """
    held = read.around(part.span for part in item.content)
    if not held:
        return None
    span = Span(held[0].start, held[-1].end)
    if "\n" in span.of(read.text) or len(read.around([span])) > len(held) or len(held) > _MOST_SENTENCES:
        held, span = held[:1], held[0].span
    text = span.of(read.text)
    sids = [one.sid for one in held]
    if item.speaker_basis and not set(words(item.speaker or "")[-1:]) & set(words(text)):
        sids += [one.sid for one in read.around([item.speaker_basis.span]) if one.sid not in sids]
    kind: SentenceKind = "reported" if item.stance else "quoted" if item.kind == "direct" else "indirect"
    return DraftSentence(text=text, sids=tuple(sids), kind=kind, statement=item)


def _closeness(desk: Composer, item: Statement, read: BriefedArticle) -> float:
    """0..1: how far a statement bears on the topic by its own words, its sentences and its headline."""
    if not desk.terms:
        return 1.0
    if desk.bearing.known:
        best = max(map(desk.bearing.of, read.around(part.span for part in item.content)), default=0.0)
        return best if best >= ON_TOPIC else 0.0
    text = " ".join(one.text for one in read.around(part.span for part in item.content))
    return min(1.0, share(desk.terms, text) + 0.5 * share(desk.terms, read.about.title) + 0.05)


def silent(material: BriefingCorpus, topic: str | None, kinds: Collection[str] = NAMES) -> dict[str, int]:
    """Countries that the topic or several headlines name and by or for which no statement was found, most named first,
    with the number of articles that name them. `kinds` are the kinds of names that count.
    """
    named: Counter[str] = Counter()
    for read in material.articles:
        named.update(_countries(read.about.title, kinds))
    topical = _countries(topic or "", kinds)
    speaking = [item for read in material.articles for item in read.statements]
    spoken = {fold(name) for item in speaking for name in (item.on_behalf_of, item.speaker) if name}
    spoken |= {
        fold(country)
        for item in speaking
        for country in _countries(" ".join(filter(None, (item.speaker, item.on_behalf_of, item.role))))
    }
    missing = [
        country
        for country in sorted(topical | named.keys(), key=lambda one: (-named[one], one))
        if (country in topical or named[country] > 1) and fold(country) not in spoken
    ]
    texts = [_countries(f"{read.about.title}. {read.text}") for read in material.articles] if missing else []
    return {country: sum(country in one for one in texts) for country in missing}


def _unheard(country: str, articles: int) -> str:
    if not articles:
        return f"No article mentions {country}."
    named = "1 article" if articles == 1 else f"{articles} articles"
    return f"{country} is mentioned in {named} but not quoted."


def _countries(text: str, kinds: Collection[str] = NAMES) -> set[str]:
    return {place.country for place in places_in(text) if place.kind in kinds}


def _is_party(item: Statement) -> bool:
    """False for what is no speaker: reported words of "the move", which names nobody and stands for nobody."""
    if item.kind == "direct" or item.on_behalf_of:
        return True
    return any(word[:1].isupper() for word in (item.speaker or "").split() if fold(word) not in STOPWORDS)


def _speaker(draft: DraftSentence) -> str:
    return fold((draft.statement.speaker if draft.statement else None) or "")


def _by_kind(one: tuple[float, Statement, BriefedArticle]) -> tuple[bool, int, float, int, int]:
    closeness, item, read = one
    published = read.about.published or date.min
    kinds = ("direct", "mixed", "indirect")
    return (
        item.stance or (item.kind == "indirect" and bool(_LEANS.match(item.content[0].text))),
        kinds.index(item.kind),
        -closeness,
        -published.toordinal(),
        item.content[0].start,
    )
