"""Plain disputes of two speakers over one thing: one has it lost and the other kept, one for it and the other against.

Only what two speakers of one article say is compared, and only where both name what they differ on: verbs that exclude
each other, of the same subject and before the same noun ("Norland would lose its veto", "Norland keeps the veto"), or
the same verb after "should" and after "should not". Two that want the opposite of different things do not differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from rag.domain import EvidenceSentence, Statement
from rag.knowledge.tables import Patterns, words_of
from rag.services.briefings.corpus import BriefedArticle
from rag.text.name_forms import same_name
from rag.text.places import countries_in
from rag.text.related_words import turns_round
from rag.verification.conflicts import Disagreement
from rag.verification.polarity import negation_scopes
from rag.verification.tokens import Token, names_in, tokens

_REACH = 4  # words between a verb and its noun
_OPENING = 2  # words in which the subject of what is said stands
_PATTERNS = Patterns("positions")
_LIGHT_VERBS = words_of("positions", "light_verbs")


def find_disputes(article: BriefedArticle) -> Iterator[Disagreement]:
    """The disputes of two named speakers of an article, one for each pair of sentences."""
    sayings = [one for item in article.statements if (one := _Saying.of(item, article))]
    pairs: set[frozenset[str]] = set()
    for one, other in combinations(sayings, 2):
        pair = frozenset((one.sentence.sid, other.sentence.sid))
        if len(pair) < len((one, other)) or pair in pairs or _on_one_side(one.statement, other.statement):
            continue
        if about := _on_advice(one, other) or _on_outcome(one, other):
            pairs.add(pair)
            yield Disagreement(about=about, rule="dispute", sides=(one.sentence, other.sentence))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saying:
    """The sentence of a statement with its words."""

    statement: Statement
    sentence: EvidenceSentence
    words: tuple[Token, ...]

    @classmethod
    def of(cls, item: Statement, article: BriefedArticle) -> _Saying | None:
        sentences = article.sentences_at(part.span for part in item.content[:1])
        if item.stance or not item.speaker or not sentences or sentences[0] not in article.usable_sentences:
            return None
        text = sentences[0].text
        return cls(statement=item, sentence=sentences[0], words=tuple(tokens(text, names=names_in(text))))

    @property
    def subject(self) -> str | None:
        """The country or name that what is said opens with: "the UK was losing its veto". None if it has another."""
        start = self.statement.content[0].start - self.sentence.start
        opening = [item for item in self.words if item.start >= start][:_OPENING]
        named = next((item for item in opening if item.kind == "name"), None)
        places = countries_in(self.sentence.text)
        country = next(
            (name for at, _, name in places if opening and opening[0].start <= at <= opening[-1].start), None
        )
        return country or (named.key if named else None)


def _on_one_side(one: Statement, other: Statement) -> bool:
    if same_name(one.speaker or "", other.speaker or ""):
        return True
    return bool(one.on_behalf_of) and one.on_behalf_of == other.on_behalf_of


def _on_outcome(one: _Saying, other: _Saying) -> str | None:
    """Verbs that exclude each other before the same noun, if the two are about the same: "is losing its veto"."""
    if one.subject is None or one.subject != other.subject:
        return None
    for a, noun in _verbs_and_nouns(one.words):
        for b, its in _verbs_and_nouns(other.words):
            if noun.key == its.key and turns_round(a.key, b.key):
                return f"“{_between(one, a, noun)}” or “{_between(other, b, its)}”"
    return None


def _verbs_and_nouns(words: tuple[Token, ...]) -> Iterator[tuple[Token, Token]]:
    """Each finite verb that nothing denies with the words of its sentence that follow it closely."""
    scopes = negation_scopes(words)
    for at, item in enumerate(words):
        is_verb = item.tense or (at and words[at - 1].kind in ("modal", "tense"))
        if item.kind != "word" or item.is_reporting or at in scopes or not is_verb:
            continue
        for after in words[at + 1 : at + 2 + _REACH]:
            if not after.is_adjacent or after.sentence != item.sentence:
                break
            if after.kind == "word":
                yield item, after


def _between(saying: _Saying, first: Token, last: Token) -> str:
    return saying.sentence.text[first.start : last.end]


def _on_advice(one: _Saying, other: _Saying) -> str | None:
    """The verb that one has after "should" and the other after "should not"."""
    for a, b in ((one, other), (other, one)):
        against = {match["verb"] for match in _PATTERNS.not_advised.finditer(a.sentence.text)} - _LIGHT_VERBS
        advised = {match["verb"] for match in _PATTERNS.advised.finditer(b.sentence.text)}
        if both := sorted(against & advised):
            return f"whether to {both[0]}"
    return None
