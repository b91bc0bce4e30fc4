"""The three outcomes: what the source contradicts is withheld, what earns it supported, the rest not confirmed."""

from __future__ import annotations

from datetime import date

import pytest

from rag.domain import DraftSentence, Evidence, EvidenceSentence, Fragment, Statement
from rag.text.sentences import sentences
from rag.verification import CheckedDraft, Objection, verify
from rag.verification.attributions import attributions_in, without_attribution
from rag.verification.model_claims import Verdict, apply_verdict
from rag.verification.tokens import tokens

TEXT = (
    "Norland’s harbour minister, Ada Lund, said on Thursday that the ferry line would be sold. "
    "“We’re not selling it to punish Sudria,” she told Esk Radio. "
    "Her deputy, Boris Vane, plans to sign the contract in May if parliament agrees.\n\n"
    "Sudria fined the company 12 million crowns in December. "
    "Last summer traffic fell to the second-lowest figure since 1998. "
    "Vane accused Sudria of delaying the talks. "
    "The police found no evidence that the tickets had been forged. "
    "The two towns are on good terms."
)
KEY = ("a1", "v1")


def statement(speaker: str, content: str, *, role: str | None = None) -> Statement:
    start = TEXT.index(content)
    part = Fragment(start=start, end=start + len(content), text=content)
    return Statement(
        speaker=speaker, role=role, kind="indirect", source=None, cue=None, content=(part,), text=content,
        article_id=KEY[0], version=KEY[1], on_behalf_of="Norland" if speaker == "Ada Lund" else None,
    )  # fmt: skip


SAID = (
    statement("Ada Lund", "the ferry line would be sold", role="harbour minister"),
    statement("Ada Lund", "“We’re not selling it to punish Sudria,”", role="harbour minister"),
    statement("Boris Vane", "Sudria of delaying the talks", role="deputy"),
)


def check(text: str, *numbers: int, before: str | None = None) -> CheckedDraft:
    results = tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id=KEY[0], version=KEY[1], start=span.start, end=span.end, text=span.of(TEXT),
            title="A ferry is sold", outlet="Esk Post", published=date(2023, 3, 10),
        )
        for n, span in enumerate(sentences(TEXT), start=1)
    )  # fmt: skip
    evidence = Evidence(sentences=results, texts={KEY: TEXT}, statements=SAID)
    return verify(DraftSentence(text=text, sids=tuple(f"s{n}" for n in numbers)), evidence, before=before)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Ada Lund, Norland's harbour minister, said on 9 March 2023 that the ferry line would be sold.", 1),
        ("The ferry line would be sold, according to Lund.", 1),
        ("According to the harbour minister, the ferry line would be sold.", 1),
        ("The harbour minister told Esk Radio that Norland was “not selling it to punish Sudria”.", 2),
        ("Lund said that they were “not selling it to punish Sudria”.", 2),
        ("In December 2022 Sudria fined the company 12 million crowns.", 4),
        ("The company was fined 12 million crowns by Sudria in December 2022.", 4),
        ("Vane has accused Sudria of delaying the negotiations.", 6),
        ("In summer 2022 traffic fell to the second-lowest figure since 1998.", 5),
    ],
)
def test_what_the_article_bears_out_is_supported(text: str, number: int) -> None:
    outcome = check(text, number)
    assert outcome.outcome == "supported", outcome.note
    assert outcome.note is None


def test_a_pronoun_stands_for_who_was_named_before() -> None:
    assert check("She said that the ferry line would be sold.", 1, before="Ada Lund spoke.").outcome == "supported"


@pytest.mark.parametrize(
    ("text", "numbers", "reason"),
    [
        ("Lund said that “we’re not selling it to help Sudria”.", (2,), "do not stand"),
        ("Boris Vane said: “We’re not selling it to punish Sudria”", (2,), "Ada Lund"),
        ("Boris Vane said that the ferry line would be sold.", (1,), "Ada Lund"),
        ("Sudria fined the company 13 million crowns in December.", (4,), "13"),
        ("Sudria fined the company 12 million crowns in April 2021.", (4,), "April 2021"),
        ("Ilmania fined the company 12 million crowns in December.", (4,), "Ilmania"),
        ("Lund said that the two towns are on good terms.", (8,), "anybody's name"),
        ("Traffic fell to the third-lowest figure since 1998.", (5,), "third"),
        ("Ferries were delayed because storms had damaged three piers.", (8,), "three"),
        ("The police found that the tickets had been forged.", (7,), "“no”"),
        ("A comet destroyed the old lighthouse.", (8,), "does not say “"),
        ("The two towns are on good terms.", (), "names no sentence"),
    ],
)
def test_what_contradicts_its_source_is_withheld(text: str, numbers: tuple[int, ...], reason: str) -> None:
    outcome = check(text, *numbers)
    assert outcome.outcome == "withheld", outcome
    assert reason in (outcome.note or "")


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("The ferry line would be sold.", 1, "words of Ada Lund"),
        ("Boris Vane has signed the contract in May.", 3, "done|come|condition"),
        ("Traffic fell to the lowest figure since 1998.", 5, "second"),
        ("Sudria accused Vane of delaying the talks.", 6, "before|place|words of"),
        ("The two towns are on bad terms.", 8, "bad"),
        ("The company was fined 12 million crowns on 10 March 2023.", 4, "appeared|date"),
    ],
)
def test_what_may_turn_the_meaning_round_is_not_confirmed(text: str, number: int, reason: str) -> None:
    outcome = check(text, number)
    assert outcome.outcome == "unconfirmed", outcome
    assert any(word in (outcome.note or "") for word in reason.split("|")), outcome.note


@pytest.mark.parametrize(
    ("text", "source", "outcome"),
    [
        # sides of a comparison, by words and by numbers
        ("The ferry is slower than the train.", "The train is slower than the ferry.", "unconfirmed"),
        ("Lund wants a bridge rather than a tunnel.", "Lund wants a tunnel and not a bridge.", "unconfirmed"),
        (
            "More people opposed the bridge than backed it.",
            "Of all, 60 backed the bridge and 40 opposed it.",
            "unconfirmed",
        ),
        (
            "More people backed the bridge than opposed it.",
            "Of all, 60 backed the bridge and 40 opposed it.",
            "supported",
        ),
        ("The toll was cut from 4 to 6 crowns.", "The toll was raised from 6 to 4 crowns.", "withheld"),
        # whom the source leaves unnamed, what it only accuses of, what is only offered
        ("The minister Ada Lund rang the union.", "A minister rang the union.", "withheld"),
        ("Vane has forged the tickets.", "Lund accused Vane of forging the tickets.", "unconfirmed"),
        ("Lund released the crew on Friday.", "Lund offered on Friday to release the crew.", "unconfirmed"),
        ("Esk is among the ports.", "They will close six ports. Esk is not among them.", "unconfirmed"),
        ("The strike broke the truce.", "The strike was condemned as a breach of the truce.", "unconfirmed"),
        # bounds, directions and parts of numbers; the writer's own counting
        ("The fire destroyed more than 40 boats.", "The fire destroyed up to 40 boats.", "unconfirmed"),
        ("As many as 40 boats were destroyed by the fire.", "The fire destroyed up to 40 boats.", "supported"),
        (
            "The Greens won five seats more than in 2021.",
            "The Greens won five fewer seats than in 2021.",
            "unconfirmed",
        ),
        ("Two sailors were badly injured.", "Two sailors were injured, one of them badly.", "unconfirmed"),
        ("Twenty-two hearings are planned.", "The court has planned 22 hearings.", "supported"),
        ("They fought over the mill for thirty years.", "For three decades they fought over the mill.", "supported"),
        ("They fought over the mill for two decades.", "For 30 years they fought over the mill.", "withheld"),
        # a unit that is left out is no other unit
        ("Lynx met 18 percent of its goal of 60.", "Lynx met 18 percent of its goal of 60 percent.", "unconfirmed"),
        ("Lynx sold 60 percent.", "Lynx sold 60 euros of it, and 18 percent was left.", "withheld"),
        ("The two towns have 99 ferries together.", "Esk has 71 ferries and Holm 28.", "unconfirmed"),
        # objects, reasons, and a "not" in another place
        ("Lund is visiting Norland in May.", "Lund, who likes Norland, is visiting Sudria in May.", "unconfirmed"),
        (
            "The port closed because the crane had failed.",
            "The port closed in May. The crane had failed in March.",
            "unconfirmed",
        ),
        ("No vote is expected before the summer.", "A vote is not expected before the summer.", "supported"),
        ("Lund did not disclose the price.", "Lund sold the ferry and disclosed the price.", "unconfirmed"),
        (
            "Lund told the police that the gate was open.",
            "Lund told a broadcaster that the gate was open.",
            "unconfirmed",
        ),
        (
            "Lund said that the union had lost.",
            "Lund said that she was almost there. The union met on Monday.",
            "unconfirmed",
        ),
    ],
)
def test_what_turns_round_is_told_by_words_and_numbers(text: str, source: str, outcome: str) -> None:
    results = tuple(
        EvidenceSentence(
            sid=f"s{n}", article_id=KEY[0], version=KEY[1], start=span.start, end=span.end, text=span.of(source),
            title="", outlet=None, published=None,
        )
        for n, span in enumerate(sentences(source), start=1)
    )  # fmt: skip
    draft = DraftSentence(text=text, sids=tuple(item.sid for item in results))
    checked = verify(draft, Evidence(sentences=results, texts={KEY: source}))
    assert checked.outcome == outcome, checked.note


def test_a_judge_takes_back_a_doubt_and_not_what_the_words_plainly_say() -> None:
    draft = DraftSentence(text="The ferry sails.", sids=("s1",))
    doubt, plain = Objection("it may not"), Objection("it says the other way round", "firm")
    yes = Verdict(ruling="supported")
    assert apply_verdict(CheckedDraft(draft=draft, objections=(doubt,)), yes).outcome == "supported"
    assert apply_verdict(CheckedDraft(draft=draft, objections=(doubt, plain)), yes).reasons == (plain.reason,)


def test_every_reason_is_told_and_hard_ones_first() -> None:
    outcome = check("Ilmania fined the company 13 million crowns in December.", 4)
    assert len(outcome.reasons) == 2
    spans = [item.span for item in outcome.objections if item.span]
    assert "Ilmania" in {outcome.draft.text[start:end] for start, end in spans}


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Ada Lund, who sells ferries, said that it was late.", ["who sells ferries"]),
        ("It was late, said Lund.", ["Lund"]),
        ("It was late, according to Boris Vane.", ["Boris Vane"]),
        ("In a letter to Vane she wrote that it was late.", ["she"]),
        ("Lund said that it was late and added that it rained.", ["Lund", "Lund"]),
        ("Lynx has the final say on ferries.", []),
    ],
)
def test_who_is_credited(text: str, subjects: list[str]) -> None:
    assert [item.source.strip() for item in attributions_in(text)] == subjects


def test_what_is_said_is_told_from_who_says_it() -> None:
    assert without_attribution("Ada Lund said on Monday that it was late.").strip() == "it was late."
    assert without_attribution("It was late, Ada Lund said on Monday.") == "It was late"


@pytest.mark.parametrize(
    ("text", "denies"),
    [("She needed no more than to calm the room.", True), ("The ticket costs no more than 30 crowns.", False)],
)
def test_no_more_than_denies_before_a_verb_and_bounds_a_number(text: str, denies: bool) -> None:
    assert any(token.kind == "negation" for token in tokens(text)) is denies


def test_reasons_that_differ_in_their_last_word_are_told_as_one() -> None:
    draft = DraftSentence(text="Esk and Ysk sell.", sids=("s1",))
    reasons = [f"the cited words do not name “{name}”" for name in ("Esk", "Ysk", "Esk")] + ["it leaves out “some”"]
    checked = CheckedDraft(draft=draft, objections=tuple(map(Objection, reasons)))
    assert checked.reasons == ("the cited words do not name “Esk” or “Ysk”", "it leaves out “some”")
