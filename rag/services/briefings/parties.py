"""Who says what: statements by party and speaker, and countries that are named but make no statement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import starmap
from typing import TypeAlias

from rag.display import plural, with_article
from rag.domain import DraftSentence, Span, Statement
from rag.knowledge.tables import pattern_of, words_of
from rag.knowledge.words import TITLE_ABBREVIATIONS, TITLES
from rag.services.briefings import salience
from rag.services.briefings.composing import Composer, SectionDraft, term_share
from rag.services.briefings.corpus import BriefedArticle, BriefingCorpus
from rag.text.canonical import fold
from rag.text.places import NAMES, places_in
from rag.text.sentences import sentences as split
from rag.text.sentences import without_dateline
from rag.text.terms import STOPWORDS, content_words, words

_NAMELESS_FACTOR = 0.2  # factor for a party without a name that is only paraphrased
_PROPER_NAMES = NAMES - {"demonym"}  # no "Australian Open"
_ENOUGH = 4  # statements after which such a party is left out
_JUDGED_PER_CHOSEN = 3  # statements that are judged, for each one to be chosen
_MOST_SENTENCES = 3  # that a statement may extend over
_REPEATS = 0.8  # share of the words of the shorter of two statements from which on one repeats the other
# One person by what they are, in the singular: "the Courier editor", "the charity's director", "Holm's deputy".
_DESCRIPTION = re.compile(r"(?:[Tt]he |(?:[Tt]he )?[\w.-]+['’]s? )(?:[\w-]+['’]s? )?(?P<noun>[\w&-]+(?: [\w&-]+){0,3})")
_OFFICES_OF_STATE = words_of("positions", "offices_of_state")
_OTHERS = words_of("nouns", "kin", "peers") | words_of("nouns", "women", "men") | words_of("positions", "speak_for")
_PERSON_NOUNS = (
    words_of("nouns", "persons", "women", "men") | TITLES | TITLE_ABBREVIATIONS | words_of("positions", "short_offices")
)
_SPEAKING = _PERSON_NOUNS | _OTHERS | words_of("nouns", "speaking_bodies", "generic_bodies", "spokespeople")
_ONE_THING = re.compile(r"(?:the|an?|one|this|that|another) ", re.IGNORECASE)
_NOT_SAID = pattern_of("answer_types", "not_said")
_Weighed: TypeAlias = tuple[float, Statement, BriefedArticle]  # a statement with its relevance, and its article
_NEEDS_CONTEXT = re.compile(r"\W*(?:this|that|it|these|those|such|so)\b", re.IGNORECASE)


def positions(composer: Composer, most: int) -> SectionDraft:
    """At most `most` statements by party, the one that says most first, then by speaker, direct ones first. Notes name
    countries that make no statement.
    """
    parties = _by_party(composer)
    weight = {
        key: sum(one[0] for one in statements) * (1 if _is_named(statements) else _NAMELESS_FACTOR)
        for key, statements in parties.items()
    }
    order = sorted(parties, key=lambda key: (-weight[key], key))
    ranked = {key: sorted(parties[key], key=_statement_order) for key in order}
    longest = max(map(len, ranked.values()), default=0)
    rounds = [(at, key) for at in range(longest) for key in order if at < len(ranked[key])]
    likely = [ranked[key][at] for at, key in rounds[: _JUDGED_PER_CHOSEN * most]]
    composer.topic_relevance.judge_sentences(
        one for _, item, article in likely for one in article.sentences_at(part.span for part in item.content)
    )
    selection = _select(composer, rounds, ranked, most)
    first_round: dict[tuple[str, str], int] = {}
    for at, key, draft in selection:
        first_round.setdefault((key, _speaker_key(draft)), at)
    selection.sort(key=lambda one: (order.index(one[1]), first_round[one[1], _speaker_key(one[2])], one[0]))
    notes = [] if selection else ["The articles have no statements."]
    notes += starmap(_silence_note, silent_countries(composer.corpus, composer.topic, _PROPER_NAMES).items())
    return SectionDraft(drafts=tuple(draft for _, _, draft in selection), notes=tuple(notes))


def _by_party(composer: Composer) -> dict[str, list[_Weighed]]:
    """The statements that may stand in the section, by the folded name of the party."""
    parties: dict[str, list[_Weighed]] = defaultdict(list)
    longer_name = _longer_names(
        item.on_behalf_of or item.speaker or "" for article in composer.corpus.articles for item in article.statements
    )
    for article in composer.corpus.articles:
        in_order = sorted(article.statements, key=lambda one: one.content[0].start if one.content else 0)
        for item, before in zip(in_order, (None, *in_order), strict=False):
            name = item.on_behalf_of or item.speaker
            if (
                name
                and composer.corpus.is_source(article, item)
                and _is_party(item)
                and not _is_the_one_before(item, before, article)
                and _is_main(item, article)
                and _takes_position(item, article)
                and (relevance := _statement_relevance(composer, item, article))
            ):
                parties[longer_name.get(fold(name), fold(name))].append((relevance * article.relevance, item, article))
    return parties


def _select(
    composer: Composer, rounds: Iterable[tuple[int, str]], ranked: Mapping[str, Sequence[_Weighed]], most: int
) -> list[tuple[int, str, DraftSentence]]:
    """The first `most` statements (round, party) that are on the topic and repeat no other, with their drafts."""
    selection: list[tuple[int, str, DraftSentence]] = []
    chosen_words: list[frozenset[str]] = []
    chosen_keys: set[tuple[str, tuple[str, ...]]] = set()  # a sentence with two statements of one party is used once
    for at, key in rounds:
        if len(selection) >= most:
            break
        _, item, article = ranked[key][at]
        draft = _draft_statement(item, article)
        if draft is None or (len(selection) >= _ENOUGH and not _is_named(ranked[key])):
            continue
        if not _statement_relevance(composer, item, article) or composer.used_sids & set(draft.sids[:1]):
            continue
        statement_words = frozenset(content_words(item.text))
        repeats = any(salience.overlap(statement_words, one) > _REPEATS for one in chosen_words)
        if (key, draft.sids) not in chosen_keys and not repeats:
            chosen_words.append(statement_words)
            chosen_keys.add((key, draft.sids))
            selection.append((at, key, draft))
    return selection


def _longer_names(names: Iterable[str]) -> dict[str, str]:
    """Shorter forms of a person's name -> the only longer form that they can stand for, all folded: "sanders" ->
    "bernie sanders". Forms that fit two people are left out.
    """
    count = Counter(fold(name) for name in names)
    full = [name for name in count if len(_name_words(name)) > 1]
    longer_form: dict[str, str] = {}
    for name in count:
        last = _name_words(name)[-1:]
        longer = {other for other in full if other != name and _name_words(other)[-1:] == last}
        longer_forms = {other for other in longer if set(_name_words(name)) <= set(_name_words(other))}
        people = {tuple(_name_words(other)) for other in longer_forms}
        if (
            longer_forms
            and len(people) == 1
            and (len(_name_words(name)) == 1 or count[name] <= max(count[one] for one in longer_forms))
        ):
            longer_form[name] = max(longer_forms, key=lambda other: (count[other], other))
    return {name: other for name, other in longer_form.items() if other not in longer_form}


def _name_words(name: str) -> list[str]:
    """The words of a folded name without titles and initials."""
    return [word for word in name.replace(".", ". ").split() if not word.endswith(".") and len(word) > 1]


def _is_named(statements: Iterable[_Weighed]) -> bool:
    """True for a party that speaks for somebody, has a name with two capitalised words, or is quoted and is no thing,
    such as "the report"."""
    return any(
        (item.kind != "indirect" and not _is_thing(item.speaker or ""))
        or item.on_behalf_of
        or sum(word[:1].isupper() for word in (item.speaker or "").split()) > 1
        for _, item, _ in statements
    )


def _is_thing(speaker: str) -> bool:
    """True for a description in the singular of what is neither a person nor a body."""
    if any(word[:1].isupper() for word in speaker.split()[1:]):
        return False
    noun = fold(speaker).split()[-1:]
    is_one = bool(_ONE_THING.match(speaker)) and not "".join(noun).endswith("s")
    return is_one and not _SPEAKING.intersection(noun)


def _draft_statement(item: Statement, article: BriefedArticle) -> DraftSentence | None:
    """The sentences of a statement as a draft; only the first if they are many or in several paragraphs. If they do not
    name the speaker, the sentence that does is cited too. None if no sentence of the corpus has the content.
    """
    sentences = article.sentences_at(part.span for part in item.content)
    if not sentences:
        return None
    span = Span(sentences[0].start, sentences[-1].end)
    if (
        "\n" in span.of(article.text)
        or len(article.sentences_at([span])) > len(sentences)
        or len(sentences) > _MOST_SENTENCES
    ):
        sentences, span = sentences[:1], sentences[0].span
    text = span.of(article.text)
    sids = [one.sid for one in sentences]
    if item.speaker_basis and not set(words(item.speaker or "")[-1:]) & set(words(text)):
        sids += [one.sid for one in article.sentences_at([item.speaker_basis.span]) if one.sid not in sids]
    return DraftSentence.verbatim(without_dateline(text), sids, item)


def _statement_relevance(composer: Composer, item: Statement, article: BriefedArticle) -> float:
    """0..1: the relevance of a statement to the topic, by its sentences and its headline."""
    if not composer.terms:
        return 1.0
    if composer.topic_relevance.is_judged:
        relevance = composer.topic_relevance
        sentences = article.sentences_at(part.span for part in item.content)
        return max((relevance.of(one) for one in sentences if relevance.statement_on_topic(one)), default=0.0)
    text = " ".join(one.text for one in article.sentences_at(part.span for part in item.content))
    return min(1.0, term_share(composer.terms, text) + 0.5 * term_share(composer.terms, article.about.title) + 0.05)


def silent_countries(corpus: BriefingCorpus, topic: str | None, kinds: Collection[str] = NAMES) -> dict[str, int]:
    """Countries that the topic or several headlines name but that make no statement, most often named first, with the
    number of articles that name them. `kinds` are the kinds of place names that count.
    """
    mentions: Counter[str] = Counter()
    for article in corpus.articles:
        mentions.update(_countries(article.about.title, kinds))
    topical = _countries(topic or "", kinds)
    statements = [item for article in corpus.articles for item in article.statements]
    speaking = {fold(name) for item in statements for name in (item.on_behalf_of, item.speaker) if name}
    speaking |= {
        fold(country)
        for item in statements
        for country in _countries(" ".join(filter(None, (item.speaker, item.on_behalf_of, item.role))))
    }
    missing = [
        country
        for country in sorted(topical | mentions.keys(), key=lambda one: (-mentions[one], one))
        if (country in topical or mentions[country] > 1) and fold(country) not in speaking
    ]
    texts = [_countries(f"{article.about.title}. {article.text}") for article in corpus.articles] if missing else []
    return {country: sum(country in one for one in texts) for country in missing}


def _silence_note(country: str, articles: int) -> str:
    name = with_article(country)
    if not articles:
        return f"No article mentions {name}."
    return f"{name[:1].upper()}{name[1:]} is mentioned in {plural(articles, 'article')} but not quoted."


def _countries(text: str, kinds: Collection[str] = NAMES) -> set[str]:
    return {place.country for place in places_in(text) if place.kind in kinds}


def _is_party(item: Statement) -> bool:
    """False for an indirect statement of a source such as "the move" or "many members of the League", which is neither
    a name nor a representative."""
    if item.kind == "direct" or item.on_behalf_of:
        return True
    names = [word[:1].isupper() for word in (item.speaker or "").split() if fold(word) not in STOPWORDS]
    return any(names[:1])


def _is_the_one_before(item: Statement, before: Statement | None, article: BriefedArticle) -> bool:
    """True for one described ("the Courier editor") right after somebody named who has this office in the article, or
    none that it gives: the same person, who is not to appear as a second party. An office of state, which somebody else
    may hold, has to stand beside the name in the text."""
    match = _DESCRIPTION.fullmatch(item.speaker or "")
    if match is None or item.on_behalf_of or before is None or not before.speaker:
        return False
    noun, name = fold(match["noun"]).split(), _name_words(fold(before.speaker))
    is_named = len(name) > 1 and all(word[:1].isupper() for word in before.speaker.split())
    if not is_named or not (item.role or noun[-1] in _PERSON_NOUNS) or noun[-1] in _OTHERS:
        return False
    if before.role:
        return set(noun) <= set(fold(before.role).split())
    last, head = re.escape(name[-1]), re.escape(noun[-1])
    beside = rf"\b{head}\W+(?:\w+\W+){{0,2}}{last}\b|\b{last}\b,\W*(?:\w+\W+){{0,6}}{head}\b"
    return noun[-1] not in _OFFICES_OF_STATE or re.search(beside, fold(article.text)) is not None


def _takes_position(item: Statement, article: BriefedArticle) -> bool:
    """False for a bare question, and for indirect speech that only tells what somebody did not say."""
    if item.kind == "direct":
        parts = [span.of(part.text) for part in item.content for span in split(part.text)]
        return not all(text.rstrip("”\"’' ").endswith("?") for text in parts)
    return not any(_NOT_SAID.search(one.text) for one in article.sentences_at(part.span for part in item.content[:1]))


def _is_main(item: Statement, article: BriefedArticle) -> bool:
    """False for a characterisation, for words of a heading, and for a statement inside a longer one of another speaker:
    the sentence is the other's."""
    sentences = article.sentences_at(part.span for part in item.content)
    if item.stance or not sentences or sentences[0] not in article.usable_sentences:
        return False
    size = _size(item)
    return not any(
        one.speaker != item.speaker
        and _size(one) > size
        and article.sentences_at(part.span for part in one.content)[:1] == sentences[:1]
        for one in article.statements
    )


def _size(item: Statement) -> int:
    return sum(part.span.end - part.span.start for part in item.content)


def _speaker_key(draft: DraftSentence) -> str:
    return fold((draft.statement.speaker if draft.statement else None) or "")


def _statement_order(one: _Weighed) -> tuple[bool, int, float, int, int]:
    relevance, item, article = one
    published = article.about.published or date.min
    kinds = ("direct", "mixed", "indirect")
    return (
        item.stance or (item.kind == "indirect" and bool(_NEEDS_CONTEXT.match(item.content[0].text))),
        kinds.index(item.kind),
        -relevance,
        -published.toordinal(),
        item.content[0].start,
    )
