"""Statements of an article: who said what, on whose behalf, where, when and in what words."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from rag.domain import ActorMention, Fragment, Span, Statement
from rag.knowledge.tables import pattern_of
from rag.knowledge.words import NEGATIONS, verbs_used
from rag.statements.affiliations import AffiliationResolver
from rag.statements.attribution import AcceptedCandidate, attributions
from rag.statements.circumstances import Circumstances, circumstances, is_same_time
from rag.statements.cues import CLAIMS, DENIALS, REJECTIONS
from rag.statements.date_phrases import dateline_day
from rag.statements.entities import EntityRegistry
from rag.statements.lexicon import LEXICON, RELATIONS
from rag.statements.mentions import MentionCollector
from rag.statements.parse_repair import parse_text
from rag.statements.parsed_text import ParsedText, Parser
from rag.statements.person_roles import Role, role_at
from rag.statements.phrase_candidates import Candidate
from rag.statements.speaker_lines import question_lines
from rag.statements.speakers import Speaker, SpeakerResolver, unresolved
from rag.text.canonical import fold
from rag.text.sentences import lines

FINGERPRINT = "statements-23"
"""Names the version of the rules: statements made under another one must be extracted again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The statements of an article in the order of their contents, and whom it names."""

    statements: tuple[Statement, ...]
    mentions: tuple[ActorMention, ...] = ()


_MEETS = pattern_of("statements", "meets", flags=0)


def extract_statements(
    text: str, *, parser: Parser, article_id: str, version: str, published: date | None = None, title: str | None = None
) -> tuple[Statement, ...]:
    """The statements of `text`, as `read_article` makes them."""
    return read_article(
        text, parser=parser, article_id=article_id, version=version, published=published, title=title
    ).statements


def read_article(
    text: str, *, parser: Parser, article_id: str, version: str, published: date | None = None, title: str | None = None
) -> Reading:
    """The statements of `text` in the order of their contents, and the actors that it names; spans refer to `text`.

    `published` is the day that weekdays and "yesterday" are counted from; without it `said_on` stays None. A full name
    in `title` completes a surname that stands alone in the text. Raises what `parser.parse` raises.
    """
    tree = parse_text(text, parser)
    reading = _Reading(tree, published, title, _people_of(title, parser) if title else [])
    statements = tuple(
        reading.statement(attribution, article_id, version)
        for attribution in attributions(tree)
        if not _is_open_denial(tree, attribution.candidate)
    )
    return Reading(statements=statements, mentions=reading.mentions.mentions())


def _people_of(title: str, parser: Parser) -> list[str]:
    """Full names of the people whom the title names."""
    return [person.name for person in EntityRegistry(parse_text(title, parser)).everyone if " " in person.name]


_NEGATIONS = NEGATIONS | {"n't", "n’t"}
_ANSWERING_VERBS = verbs_used("answers")


class _Reading:
    """One pass over the attributions of a text, in order, keeping who spoke last and on what occasion."""

    def __init__(self, tree: ParsedText, published: date | None, title: str | None, headline: list[str]) -> None:
        self.tree = tree
        self.published = (dateline_day(tree.text, published) or published) if published is not None else None
        self.headline = headline
        self.people = EntityRegistry(tree, {fold(name).split()[-1]: name for name in headline})
        if title and not headline:
            self.headline = [one.name for one in self.people.everyone if one.is_full and one.name in title]
        self.speakers = SpeakerResolver(tree, self.people)
        self.actors = AffiliationResolver(tree, self.people)
        self.mentions = MentionCollector(tree, self.people, self.actors)
        self._line_starts = [line.start for line in lines(tree.text)]
        self._last: tuple[Speaker, int, Circumstances] | None = None
        self._outer: tuple[Speaker, tuple[Span, ...]] | None = None  # the statement before, with its content

    def statement(self, attribution: AcceptedCandidate, article_id: str, version: str) -> Statement:
        tree, candidate, decision = self.tree, attribution.candidate, attribution.verdict
        speaker = self._speaker(attribution)
        self._outer = (speaker, attribution.content)
        actor = self.actors.of(speaker)
        self.mentions.add_statement(speaker, actor)
        role = self._role(speaker)
        occasion = self._circumstances(attribution, speaker)
        return Statement(
            speaker=speaker.name,
            speaker_candidates=speaker.doubtful,
            speaker_basis=self._fragment(speaker.basis),
            role=role.words if role else None,
            role_basis=self._fragment(role.span if role else None),
            on_behalf_of=actor.name if actor else None,
            on_behalf_of_basis=self._fragment(actor.basis if actor else None),
            on_behalf_of_inferred=actor.inferred if actor else False,
            venue=occasion.venue,
            venue_basis=self._fragment(occasion.venue_basis),
            said_on=occasion.said_on,
            said_on_basis=occasion.said_on_basis,
            kind=attribution.kind,
            source=self._fragment(attribution.source),
            cue=tree.fragment(attribution.cue),
            content=tuple(tree.fragment(span) for span in attribution.content),
            text=" ... ".join(span.of(tree.text) for span in attribution.content),
            denied=_is_denied(tree, candidate),
            stance=decision.stance and not (candidate.source and _hands_on_quotation(tree, attribution)),
            confidence=decision.confidence,
            construction=candidate.construction,
            rule=speaker.rule,
            antecedent=self._fragment(speaker.antecedent),
            article_id=article_id,
            version=version,
        )

    def _speaker(self, attribution: AcceptedCandidate) -> Speaker:
        """Who speaks; for the "A" of an interview whoever the headline or the lead names as interviewed."""
        candidate = attribution.candidate
        if candidate.construction == "transcript" and len(candidate.source) == 1:
            answer = min(candidate.source)
            if self.tree[answer].text in ("A", "A.", "Answer"):
                return self._interviewee(answer)
        if candidate.key == "hear" and self.tree[self.tree.top(candidate.source)].lemma in LEXICON.hearers:
            return unresolved()  # the court heard that ...: somebody else said so
        speaker = self.speakers.resolve(candidate.source, candidate.content)
        return self._holder_of_aside(attribution) or speaker if speaker.name is None else speaker

    def _holder_of_aside(self, attribution: AcceptedCandidate) -> Speaker | None:
        """Who is meant by "he" in an aside within what the account gives as one person's: kept *Roe* from opposing the
        vote, which *he* calls a "farce". None where the pronoun may be another's.
        """
        if self._outer is None or len(attribution.candidate.source) != 1:
            return None
        speaker, contents = self._outer
        pronoun = self.tree[min(attribution.candidate.source)]
        if speaker.person is None or not any(span.holds(attribution.cue) for span in contents):
            return None
        is_one = pronoun.lower in ("he", "she") and speaker.person.gender in (None, pronoun.lower)
        return replace(speaker, rule="pronoun", antecedent=speaker.basis) if is_one else None

    def _interviewee(self, answer: int) -> Speaker:
        """The one person of the headline, else of the lines before the first answer; nobody where they name several."""
        before = [one for one in self.people.everyone if one.is_full and one.mentions[0] < answer]
        names = list(dict.fromkeys(self.headline))
        if len(names) == 1:
            before = [one for one in before if one.name == names[0]][:1]
            if not before:
                return Speaker(name=names[0], basis=None, rule="heading")
        turns = question_lines(self.tree)
        first_turn = self.tree.words(turns[0])[0] if turns else len(self.tree)
        people = [one for one in before if one.mentions[0] < first_turn]
        guests = [one for one in people if _MEETS.search(self.tree.text[: one.span.start])]
        people = guests if len(guests) == 1 else people
        if len(people) != 1:
            return unresolved(doubtful=[one.name for one in people[:2]] if len(people) > 1 else ())
        span = people[0].span
        return Speaker(name=people[0].name, basis=span, person=people[0], noun=answer, rule="heading", antecedent=span)

    def _fragment(self, span: Span | None) -> Fragment | None:
        return self.tree.fragment(span) if span is not None else None

    def _role(self, speaker: Speaker) -> Role | None:
        if speaker.person is not None:
            roles = (role for role in speaker.person.roles if role.head not in RELATIONS)
            return min(roles, key=lambda role: (role.is_short, role.span), default=None)
        if speaker.noun is None or self.tree[speaker.noun].is_plural:
            return None
        role = role_at(self.tree, speaker.noun)
        return None if role is not None and (role.words.lower() in LEXICON.no_roles or role.head in RELATIONS) else role

    def _circumstances(self, attribution: AcceptedCandidate, speaker: Speaker) -> Circumstances:
        """Venue and day; what a statement does not say of them it takes from the one before, where the same person goes
        on speaking."""
        own = circumstances(self.tree, attribution, self.published)
        paragraph = bisect_right(self._line_starts, attribution.cue.start)
        if self._last is not None and speaker.person is not None and is_same_time(self.tree, attribution):
            before, last_paragraph, occasion = self._last
            answers = self.tree[attribution.candidate.anchor].lemma in _ANSWERING_VERBS
            if (before.person is speaker.person or answers) and paragraph - last_paragraph <= 1:
                own = own.filled(occasion)
        self._last = (speaker, paragraph, own)
        return own


def _is_open_denial(tree: ParsedText, candidate: Candidate) -> bool:
    """True for a denial that was not made, outside the words of the cue: neither confirming *nor denying*."""
    return tree[candidate.anchor].lemma in DENIALS and not candidate.negated and _is_taken_back(tree, candidate.anchor)


def _is_taken_back(tree: ParsedText, cue: int) -> bool:
    """True where the words around a cue take it back: *neither* confirming nor denying, *without* denying, *declined*
    to confirm or deny.
    """
    for above in (*tree.ancestors(cue), cue):
        if tree.has_text(tree.deps(cue, "neg", "preconj", "cc"), *_NEGATIONS):
            return True
        if tree[cue].dep == "pcomp" and tree[above].lower in _NEGATIONS:
            return True
        if tree[cue].dep == "xcomp":
            return tree[above].lemma in LEXICON.avoiding
        if tree[cue].dep != "conj":
            return False
        cue = above
    return False


def _hands_on_quotation(tree: ParsedText, attribution: AcceptedCandidate) -> bool:
    """True if the cue hands on quoted words. Those in an aside that has a verb of its own are told by that verb:
    opposed the vote, which he *calls* a "farce".
    """
    if attribution.kind != "mixed":
        return attribution.kind == "direct"
    anchor = attribution.candidate.anchor
    words = [word for span in attribution.content for word in tree.words(span) if tree[word].pos != "PUNCT"]
    for word in (word for word in words if tree.quoted[word]):
        above = [word, *takewhile(lambda up: up != anchor, tree.ancestors(word))]
        if not any(tree[up].dep == "relcl" and not tree.quoted[up] for up in above):
            return True
    return False


def _is_denied(tree: ParsedText, candidate: Candidate) -> bool:
    """True where the content is denied: *denied* that ..., *rejected* accusations."""
    lemma = tree[candidate.anchor].lemma
    if candidate.negated:
        return False
    if lemma in DENIALS or candidate.key.split()[-1] == "denial":
        return True
    return lemma in REJECTIONS and any(tree[word].lemma in CLAIMS for word in candidate.content)
