"""Why a statement is given to its speaker, in one sentence."""

from __future__ import annotations

from rag.domain.statements import SpeakerRule, Statement

_CONSTRUCTIONS = {
    "transcript": "a label or signature on the line",
    "quote": "a quotation that hangs on {cue}",
    "block": "a paragraph that {cue} announces",
    "relayed": "words that somebody else quotes",
    "clause": "a clause that depends on {cue}",
    "according": "a clause with {cue}",
    "in words": "a quotation given as somebody’s words",
    "inserted": "a sentence into which {cue} is put",
    "as": "a clause with {cue}",
    "to": "what {cue} is followed by",
    "ing": "what {cue} is followed by",
    "object": "the object of {cue}",
    "object prep": "the object of {cue}",
    "object to": "whom and to what {cue} asks",
    "recipient to": "what {cue} asks somebody to do",
    "prep": "what {cue} is about",
    "light": "what {cue} says",
    "noun": "what the noun {cue} carries",
    "noun is": "what the noun {cue} is said to be",
    "adjective": "what {cue} is about",
    "adverb": "a clause with {cue}",
    "seems": "a clause with {cue}",
}
_PASSIVE = "what {cue} says without, or with, the one who said it"
_RULES: dict[SpeakerRule, str] = {
    "name": "the text names {speaker} there",
    "surname": "of those called “{source}” it is taken for {speaker}, the nearest",
    "role": "“{source}” is a role that the text gives {speaker}",
    "kinship": "“{source}” is what the text calls {speaker}",
    "pronoun": "“{source}” is taken for {speaker}, the nearest before who agrees",
    "relative": "“{source}” goes with {speaker} just before it",
    "description": "“{source}” is taken for {speaker}, the nearest whom it can describe",
    "same source": "“{source}” repeats a source named before",
    "words": "the speaker stands as the text calls them",
    "heading": "the heading or the lead names {speaker} as the one who answers",
    "none": "the text does not say who speaks",
}


def why(statement: Statement) -> str:
    """One sentence on the construction and the rule that made the statement, with the antecedent's place where there is
    one. A statement that no rule made, by a user or a model, says so."""
    if statement.construction is None or statement.rule is None:
        return "Corrected or added by hand." if statement.corrected else "Read by the language model, not by a rule."
    cue = f"“{statement.cue.text}”" if statement.cue else "its cue"
    origin = _CONSTRUCTIONS.get(statement.construction, _PASSIVE).format(cue=cue)
    source = statement.source.text if statement.source else ""
    if statement.speaker_candidates:
        names = " or ".join(statement.speaker_candidates)
        who = f"the speaker is not certain: “{source}” may be {names}"
    else:
        who = _RULES[statement.rule].format(speaker=statement.speaker or "nobody", source=source)
    at = statement.antecedent
    place = f" (“{at.text}”, characters {at.start} to {at.end})" if at is not None else ""
    return f"{origin[0].upper()}{origin[1:]}; {who}{place}."
