"""Statements of an article: who said what, on whose behalf, where, when and in what words."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from rag.domain import ActorMention, Fragment, Span, Statement
from rag.knowledge.tables import words_of
from rag.knowledge.words import NEGATIONS
from rag.statements.affiliations import AffiliationResolver
from rag.statements.attribution import Attribution, attributions
from rag.statements.circumstances import Circumstances, circumstances, goes_on
from rag.statements.cues import CLAIMS, DENIALS, REJECTIONS
from rag.statements.date_phrases import dateline_day
from rag.statements.entities import EntityRegistry, Role, role_at
from rag.statements.mentions import MentionCollector
from rag.statements.nouns import RELATIONS
from rag.statements.parse_repair import parse_text
from rag.statements.parsed_text import ParsedText, Parser
from rag.statements.speaker_lines import question_lines
from rag.statements.speakers import Speaker, SpeakerResolver
from rag.text.canonical import fold
from rag.text.sentences import lines

FINGERPRINT = "statements-16"
"""Names the version of the rules: statements made under another one must be extracted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The statements of an article in the order of their contents, and whom it names."""

    statements: tuple[Statement, ...]
    mentions: tuple[ActorMention, ...] = ()


# "Our reporter sat down with *mayor Klara Dunn*", "We spoke to ..."
_MEETS = re.compile(
    r"\b(?:(?:sat down|spoke|talked|met|caught up) (?:with|to)|interviewed|interview with)(?: the)?"
    r"(?: [a-z][\w'’-]*){0,3} $"
)


def extract_statements(
    text: str,
    *,
    parser: Parser,
    article_id: str,
    version: str,
    published: date | None = None,
    title: str | None = None,
) -> tuple[Statement, ...]:
    """The statements of `text`, as `read_article` makes them."""
    made = read_article(text, parser=parser, article_id=article_id, version=version, published=published, title=title)
    return made.statements


def read_article(
    text: str,
    *,
    parser: Parser,
    article_id: str,
    version: str,
    published: date | None = None,
    title: str | None = None,
) -> Reading:
    """The statements of `text` in the order of their contents, and the actors that it names; spans refer to `text`.

    `published` is the day that weekdays and "yesterday" are counted from; without it `said_on` stays None. A full name
    in `title` completes a surname that stands alone in the text. Raises what `parser.parse` raises.
    """
    tree = parse_text(text, parser)
    reading = _Reading(tree, published, _people_of(title, parser) if title else [])
    statements = tuple(
        reading.statement(attribution, article_id, version)
        for attribution in attributions(tree)
        if not _left_open(tree, attribution)
    )
    return Reading(statements=statements, mentions=reading.mentions.mentions())


def _people_of(title: str, parser: Parser) -> list[str]:
    """Full names of the people whom the title names."""
    return [person.name for person in EntityRegistry(parse_text(title, parser)).everyone if " " in person.name]


_NO_ROLES = words_of("statements", "no_roles")
_TURNING = NEGATIONS | {"n't", "n’t"}
_ANSWERING = words_of("statements", "answering")
_AVOIDING = words_of("statements", "avoiding")


class _Reading:
    """One pass over the attributions of a text, in order, keeping who spoke last and on what occasion."""

    def __init__(self, tree: ParsedText, published: date | None, headline: list[str]) -> None:
        self.tree = tree
        self.published = (dateline_day(tree.text, published) or published) if published is not None else None
        self.headline = headline
        self.people = EntityRegistry(tree, {fold(name).split()[-1]: name for name in headline})
        self.sources = SpeakerResolver(tree, self.people)
        self.actors = AffiliationResolver(tree, self.people)
        self.mentions = MentionCollector(tree, self.people, self.actors)
        self._lines = [line.start for line in lines(tree.text)]
        self._occasion: tuple[Speaker, int, Circumstances] | None = None

    def statement(self, attribution: Attribution, article_id: str, version: str) -> Statement:
        tree = self.tree
        speaker = self._speaker(attribution)
        actor = self.actors.of(speaker)
        self.mentions.heard(speaker, actor)
        role = self._role(speaker)
        around = self._circumstances(attribution, speaker)
        quoted = _quotes(tree, attribution)
        return Statement(
            speaker=speaker.name,
            speaker_candidates=speaker.doubtful,
            speaker_basis=self._fragment(speaker.basis),
            role=role.words if role else None,
            role_basis=self._fragment(role.span if role else None),
            on_behalf_of=actor.name if actor else None,
            on_behalf_of_basis=self._fragment(actor.basis if actor else None),
            on_behalf_of_inferred=actor.inferred if actor else False,
            venue=around.venue,
            venue_basis=self._fragment(around.venue_basis),
            said_on=around.said_on,
            said_on_basis=around.said_on_basis,
            kind=attribution.kind,
            source=self._fragment(attribution.source),
            cue=tree.fragment(attribution.cue),
            content=tuple(tree.fragment(span) for span in attribution.content),
            text=" ... ".join(span.of(tree.text) for span in attribution.content),
            denied=_denied(tree, attribution),
            stance=attribution.verdict.stance and not (quoted and attribution.candidate.source),
            confidence=attribution.verdict.confidence,
            construction=attribution.candidate.construction,
            rule=speaker.rule,
            antecedent=self._fragment(speaker.antecedent),
            article_id=article_id,
            version=version,
        )

    def _speaker(self, attribution: Attribution) -> Speaker:
        """Who speaks; for the "A" of an interview whoever the headline or the lead names as interviewed."""
        words = sorted(attribution.candidate.source)
        if (
            len(words) == 1
            and self.tree[words[0]].text in ("A", "A.", "Answer")
            and attribution.candidate.construction == "transcript"
        ):
            return self._interviewee(words[0])
        return self.sources.resolve(attribution.candidate.source, attribution.candidate.content)

    def _interviewee(self, answer: int) -> Speaker:
        """The one person of the headline, else of the lines before the first answer; nobody where they name several."""
        before = [one for one in self.people.everyone if " " in one.name and one.mentions[0] < answer]
        titled = list(dict.fromkeys(self.headline))
        if len(titled) == 1:
            known = next((one for one in before if one.name == titled[0]), None)
            if known is None:
                return Speaker(name=titled[0], basis=None, rule="heading")
            before = [known]
        first = [one for one in before if one.mentions[0] < self._first_turn()]
        met = [one for one in first if _MEETS.search(self.tree.text[: one.span.start])]
        first = met if len(met) == 1 else first
        if len(first) != 1:
            names = tuple(one.name for one in first[:2])
            return Speaker(name=None, basis=None, doubtful=names if len(names) == 2 else (), rule="none")
        person = first[0]
        return Speaker(
            name=person.name, basis=person.span, person=person, noun=answer, rule="heading", antecedent=person.span
        )

    def _first_turn(self) -> int:
        """The first word of the first question of an interview, else the end of the text."""
        turns = question_lines(self.tree)
        return self.tree.words(turns[0])[0] if turns else len(self.tree)

    def _fragment(self, span: Span | None) -> Fragment | None:
        return self.tree.fragment(span) if span is not None else None

    def _role(self, speaker: Speaker) -> Role | None:
        if speaker.person is not None:
            roles = (role for role in speaker.person.roles if role.head not in RELATIONS)
            return min(roles, key=lambda role: role.span, default=None)
        if speaker.noun is None or self.tree[speaker.noun].is_plural:
            return None
        role = role_at(self.tree, speaker.noun)
        return None if role is not None and (role.words.lower() in _NO_ROLES or role.head in RELATIONS) else role

    def _circumstances(self, attribution: Attribution, speaker: Speaker) -> Circumstances:
        """Venue and day; what a statement does not say of them it takes from the one before, where the same person goes
        on speaking."""
        own = circumstances(self.tree, attribution, self.published)
        place = self._paragraph(attribution.cue.start)
        if self._occasion is not None and speaker.person is not None and goes_on(self.tree, attribution):
            before, paragraph, occasion = self._occasion
            answers = self.tree[attribution.candidate.anchor].lemma in _ANSWERING
            if (before.person is speaker.person or answers) and place - paragraph <= 1:
                own = own.filled(occasion)
        self._occasion = (speaker, place, own)
        return own

    def _paragraph(self, at: int) -> int:
        return bisect_right(self._lines, at)


def _left_open(tree: ParsedText, attribution: Attribution) -> bool:
    """True for a denial that was not made, outside the words of the cue: neither confirming *nor denying*."""
    denial = tree[attribution.candidate.anchor].lemma in DENIALS
    return denial and not attribution.candidate.negated and _turned(tree, attribution.candidate.anchor)


def _turned(tree: ParsedText, cue: int) -> bool:
    """True where the words around a cue take it back: *neither* confirming nor denying, *without* denying, *declined*
    to confirm or deny.
    """
    while True:
        above = tree[cue].head
        near = {tree[word].lower for word in tree.deps(cue, "neg", "preconj", "cc")}
        if near & _TURNING or (tree[cue].dep == "pcomp" and tree[above].lower in _TURNING):
            return True
        if tree[cue].dep == "xcomp":
            return tree[above].lemma in _AVOIDING
        if tree[cue].dep != "conj" or above == cue:
            return False
        cue = above


def _quotes(tree: ParsedText, attribution: Attribution) -> bool:
    """True if the cue hands on quoted words. Those in an aside that has a verb of its own are told by that verb:
    opposed the vote, which he *calls* a "farce".
    """
    if attribution.kind != "mixed":
        return attribution.kind == "direct"
    anchor = attribution.candidate.anchor
    for span in attribution.content:
        for word in tree.words(span):
            if tree.quoted[word] and tree[word].pos != "PUNCT":
                above = [word, *takewhile(lambda up: up != anchor, tree.ancestors(word))]
                if not any(tree[up].dep == "relcl" and not tree.quoted[up] for up in above):
                    return True
    return False


def _denied(tree: ParsedText, attribution: Attribution) -> bool:
    """True where the content is denied: *denied* that ..., *rejected* accusations."""
    lemma = tree[attribution.candidate.anchor].lemma
    if attribution.candidate.negated:
        return False
    if lemma in DENIALS or attribution.candidate.key.split()[-1] == "denial":
        return True
    return lemma in REJECTIONS and any(tree[word].lemma in CLAIMS for word in attribution.candidate.content)
