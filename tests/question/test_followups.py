"""Follow-up questions: what is rewritten, from which turn, and what is left as it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.question.answer_claims import claim_asked
from rag.question.conversation import Turn, topic_of
from rag.question.followups import rewrite_standalone, unclear_reference
from rag.text.terms import content_words

POSITION = Turn("What is Turkey's stated position on the drones?")
SAID = Turn("What did Oleksii Reznikov say about the plant?", "Oleksii Reznikov: “We will build it.” [1]")
SPOKE = Turn("Who spoke on Monday?", "Ida Holm: “It will close.” [1]")
HAPPENED = Turn("What happened in the Donbass in October?", "Ukraine used a drone in the Donbass. [1]")


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        ("and Russia's?", POSITION, "What is Russia’s stated position on the drones?"),
        ("And Russia?", POSITION, "What is Russia’s stated position on the drones?"),
        ("what about NATO?", POSITION, "What is NATO’s stated position on the drones?"),
        ("what about ukraine?", POSITION, "What is ukraine’s stated position on the drones?"),
        ("What about the exports?", POSITION, "What is Turkey's stated position on the exports?"),
        ("And about the exports?", POSITION, "What is Turkey's stated position on the exports?"),
        ("and in November?", HAPPENED, "What happened in the Donbass in November?"),
        ("And in 2021?", POSITION, "What is Turkey's stated position on the drones in 2021?"),
        ("what about Zelensky?", SAID, "What did Zelensky say about the plant?"),
        ("and the union?", SAID, "What did the union say about the plant?"),
        ("and residents?", SAID, "What did residents say about the plant?"),
    ],
)
def test_a_substitution_exchanges_the_part_of_the_same_kind(follow_up: str, turn: Turn, standalone: str) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


TRAM = Turn("What did Ida Holm say about the tram?", "Ida Holm: “The tram will be cheaper.” [1]")
SIGNED = Turn("Did Norland sign the treaty?", "Norland has not signed the treaty. [1]")
CRITICS = Turn("Who criticised the dam?", "Ida Sand criticised the dam. [1]\nJon Vik: “It is a mistake.” [2]")
STANCE = Turn("What is Norland's position on the treaty?", "Norland would not sign. [1]")


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        ("when was that?", HAPPENED, "When did that happen in the Donbass in October?"),
        ("Why?", HAPPENED, "Why did that happen in the Donbass in October?"),
        ("who said so?", HAPPENED, "Who said this: Ukraine used a drone in the Donbass?"),
        ("To whom?", TRAM, "To whom did Ida Holm say that about the tram?"),
        ("why?", TRAM, "Why did Ida Holm say that about the tram?"),
        ("Why did she say that?", TRAM, "Why did Ida Holm say that about the tram?"),
        ("when did she say that?", TRAM, "When did Ida Holm say this: “The tram will be cheaper”?"),
        ("What day was that?", TRAM, "When did Ida Holm say this: “The tram will be cheaper”?"),
        ("when?", TRAM, "When did Ida Holm say this: “The tram will be cheaper”?"),
        ("why not?", SIGNED, "Why did Norland sign the treaty?"),
        ("where?", Turn("When did the ship sink?", "In May. [1]"), "Where did the ship sink?"),
        (
            "What about Osk?",
            Turn("How many Hawk ferries has Norland bought?", ""),
            "How many Hawk ferries has Osk bought?",
        ),
        ("Why?", Turn("How many people died in the fire?", "Nine. [1]"), "Why is it that people died in the fire?"),
        ("since when?", STANCE, "When was Norland's position on the treaty stated?"),
        ("why", STANCE, "Why is that Norland's position on the treaty?"),
    ],
)
def test_a_bare_question_word_is_asked_of_the_last_question(follow_up: str, turn: Turn, standalone: str) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        ("who else?", TRAM, "Who besides Ida Holm has commented on the tram?"),
        ("Anybody else?", TRAM, "Who besides Ida Holm has commented on the tram?"),
        ("Who else said that?", TRAM, "Who besides Ida Holm has commented on the tram?"),
        ("And who else?", CRITICS, "Who besides Jon Vik and Ida Sand criticised the dam?"),
        ("who else", STANCE, "Who besides Norland has commented on the treaty?"),
        ("Who disagrees with her?", TRAM, "Who disagrees with Ida Holm on the tram?"),
        ("who agrees?", TRAM, "Who agrees with Ida Holm on the tram?"),
        ("What about the levy?", CRITICS, "Who criticised the levy?"),
    ],
)
def test_other_speakers_on_the_topic_of_the_last_question(follow_up: str, turn: Turn, standalone: str) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


def test_a_pronoun_inside_a_quotation_is_none_of_the_question() -> None:
    assert unclear_reference('Who said "he was late for them"?') is None
    assert unclear_reference("What did he say?") is not None


BARE_STANCE = Turn("What is Norland's position?", "Norland would not sign. [1]")
BOUGHT = Turn("How many drones did Norland buy?", "Norland bought nine drones. [1]")
QUOTED = Turn("What is Norland's position?", "“We’re not leaving the treaty,” Holm told reporters on Monday. [1]")
COMPARED = Turn("Compare Norland and Sweden", "Norland would not sign. [1]")
COMPARED_ON = Turn("How do Norland and Sweden differ on the treaty?", "Norland would not sign. [1]")


@pytest.mark.parametrize(
    ("follow_up", "turns", "standalone"),
    [
        ("who else?", [BARE_STANCE], "Who besides Norland has commented?"),
        ("where?", [BOUGHT], "Where did Norland buy the drones?"),
        ("Where?", [Turn("How many people were hurt?", "Nine. [1]")], "Where were the people hurt?"),
        (
            "How many were saved?",
            [Turn("How many whales were stranded at Esk Beach?", "Nine. [1]")],
            "How many whales were saved at Esk Beach?",
        ),
        (
            "And how many died?",
            [Turn("How many people were hurt in the mill fire?", "Nine. [1]")],
            "How many people died?",
        ),
        (
            "Was any of them hurt?",
            [Turn("How many students were trapped?", "Nine. [1]")],
            "Was any of the students hurt?",
        ),
        (
            "How long has he run it?",
            [Turn("Who is Jon Lund?", "Jon Lund runs the mill. [1]")],
            "How long has Jon Lund run it?",
        ),
        ("who said that?", [QUOTED], "Who said “We’re not leaving the treaty”?"),
        (
            "when did he say that?",
            [QUOTED, Turn("is that true?", QUOTED.answer)],
            "When did Holm say this: “We’re not leaving the treaty”?",
        ),
        ("why?", [Turn("Who is against the dam?", "Ida Sand. [1]")], "Why is Ida Sand against the dam?"),
        ("How many sank?", [Turn("How many islands are there?", "Nine. [1]")], None),
        ("how many are lost?", [Turn("How many islands were flooded?", "Nine. [1]")], "How many islands are lost?"),
        ("why?", [Turn("Who is Ida Holm?", "Ida Holm is mayor of Esk. [1]")], None),
        (
            "is that true?",
            [Turn("What is Holm's position?", f"“We will never leave,” Holm said, adding {'and so on ' * 20}. [1]")],
            "Is it true that “We will never leave”?",
        ),
        ("How many officers died?", [Turn("What happened in Esk?", "A fire. [1]")], "How many officers died in Esk?"),
        ("Was anybody arrested?", [Turn("What happened in Esk?", "A fire. [1]")], "Was anybody arrested in Esk?"),
        ("How many trams run on the line?", [Turn("What happened in Esk?", "A fire. [1]")], None),
        ("How many officers died?", [TRAM], None),
        ("summarise", [TRAM], "Summarise the articles that answer “What did Ida Holm say about the tram?”"),
        (
            "Summarise that",
            [STANCE, Turn("who else?", "Jon Vik: “No.” [1]")],
            "Summarise the articles that answer “Who besides Norland has commented on the treaty?”",
        ),
        ("give me a summary", [COMPARED], "Summarise the articles that answer “Compare Norland and Sweden”"),
        ("What about Finland?", [COMPARED_ON], "What is Finland’s position on the treaty?"),
        ("and Ada Lund?", [COMPARED], "What is Ada Lund’s position?"),
        ("What about the fence?", [COMPARED], "Compare Norland and Sweden on the fence"),
        ("What about Esk?", [COMPARED_ON], "Compare Norland and Sweden on Esk"),
    ],
)
def test_a_follow_up_keeps_what_the_last_question_is_about(
    follow_up: str, turns: list[Turn], standalone: str | None
) -> None:
    assert rewrite_standalone(follow_up, turns) == standalone


OTHERS = Turn("Who else?", "Bo Dahl said the tram should be free. [1]")


@pytest.mark.parametrize(
    ("follow_up", "turns", "standalone"),
    [
        ("what about Bo Dahl?", [TRAM, OTHERS], "What did Bo Dahl say about the tram?"),
        ("when did he say that?", [TRAM, OTHERS], "When did Bo Dahl say this: Bo Dahl said the tram should be free?"),
        ("who else?", [TRAM, OTHERS], "Who besides Ida Holm has commented on the tram?"),
        (
            "And the Red House?",
            [STANCE, Turn("is that true?", "It is. [1]")],
            "What is the Red House’s position on the treaty?",
        ),
        ("is that true?", [TRAM, Turn("Who else?", "word " * 40)], f"Is this true: {'word ' * 30}…?"),
    ],
)
def test_what_follows_a_question_on_an_answer_leans_on_the_question_before(
    follow_up: str, turns: list[Turn], standalone: str | None
) -> None:
    assert rewrite_standalone(follow_up, turns) == standalone


@pytest.mark.parametrize(
    "follow_up", ["is that true?", "Is it true?", "Really?", "was that right", "Is that correct?", "true?"]
)
def test_whether_it_is_true_is_asked_of_the_first_sentence_of_the_answer(follow_up: str) -> None:
    assert rewrite_standalone(follow_up, [TRAM]) == "Is it true that “The tram will be cheaper”?"
    assert rewrite_standalone(follow_up, [SIGNED]) == "Is this true: Norland has not signed the treaty?"


def test_of_several_speakers_it_is_asked_whose_words_are_meant() -> None:
    sides = Turn("Who opposes the dam?", "Ida Sand: “It is a mistake.” [1]\nJon Vik said the dam will burst. [2]")
    assert rewrite_standalone("is that true?", [sides]) is None
    unclear = unclear_reference("is that true?", sides)
    assert unclear is not None
    assert "Ida Sand or Jon Vik" in unclear
    assert rewrite_standalone("Is what Sand said true?", [sides]) == "Is it true that “It is a mistake”?"
    assert rewrite_standalone("is what Jon Vik said true?", [sides]) == "Is this true: the dam will burst?"
    one = Turn("Who opposes the dam?", "Ida Sand: “It is a mistake.” [1]\nSand said the dam will burst. [2]")
    assert rewrite_standalone("is that true?", [one]) == "Is it true that “It is a mistake”?"
    event = Turn("When did the dam burst?", "Ida Sand said it burst on Monday. [1]\nJon Vik heard a bang. [2]")
    assert rewrite_standalone("is that true?", [event]) is not None


@pytest.mark.parametrize(
    "follow_up", ["why?", "when did she say that?", "who else?", "is that true?", "What about Lund?"]
)
def test_a_follow_up_refers_to_the_last_turn_with_an_answer(follow_up: str) -> None:
    declined = Turn("What did Ida Holm say about the moon?", "")
    assert rewrite_standalone(follow_up, [TRAM, declined]) == rewrite_standalone(follow_up, [TRAM])


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        ("did he deny it?", SAID, "did Oleksii Reznikov deny the plant?"),
        ("What is his role?", SAID, "What is Oleksii Reznikov’s role?"),
        ("Did it supply the drones?", POSITION, "Did Turkey supply the drones?"),
        ("What do they want?", POSITION, "What do Turkey want?"),
        ("What did she promise?", SPOKE, "What did Ida Holm promise?"),
    ],
)
def test_a_pronoun_is_replaced_by_its_antecedent(follow_up: str, turn: Turn, standalone: str) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        (
            "How does that compare with what Putin said?",
            POSITION,
            "How does Turkey's stated position on the drones compare with what Putin said?",
        ),
        (
            "Does it differ from Norland's view?",
            Turn("What did Ida Holm and Jon Lund say about the pier?"),
            "Does what Ida Holm and Jon Lund did say about the pier differ from Norland's view?",
        ),
    ],
)
def test_a_comparison_keeps_both_parties(follow_up: str, turn: Turn, standalone: str) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


@pytest.mark.parametrize(
    "follow_up",
    [
        "What did Lavrov say about the ceasefire?",
        "Did Erdogan say that he would go?",
        "What happened in Kyiv in November?",
        "How many drones were sold?",
        "Is there a factory?",
    ],
)
def test_a_standalone_question_is_left_alone(follow_up: str) -> None:
    assert rewrite_standalone(follow_up, [POSITION]) is None


def test_a_pronoun_without_antecedent_is_left_alone() -> None:
    assert rewrite_standalone("did he deny it?", [Turn("What happened?", "Nothing of note. [1]")]) is None


OPENED = Turn("When will the new fence be finished?", "In June. [1]")
SANK = Turn("When did the ship sink?", "On Monday. [1]")
DATED = Turn("When did Olaf Brun say this: “The pier stays”?", "Olaf Brun: “The pier stays.” [1]")


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        ("What about the bridge?", OPENED, "When will the bridge be finished?"),
        ("And the crew?", SANK, "When did the crew sink?"),
        ("What about storms?", SANK, "When did the ship sink, regarding storms?"),
        ("And Ida Holm?", DATED, "What did Ida Holm say?"),
        ("And Osk's view?", Turn("Summarise the ferry deal"), "What is Osk's view on the ferry deal?"),
        ("When?", Turn("What does Norland say about the pier?"), "When did Norland say that about the pier?"),
    ],
)
def test_a_substitution_reads_as_a_question_of_its_own(follow_up: str, turn: Turn, standalone: str) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


def test_a_question_that_says_that_about_something_is_not_rewritten_twice() -> None:
    turns = [Turn("What does Norland say about the pier?"), Turn("When did Norland say that about the pier?")]
    assert rewrite_standalone("And Osk?", turns) == "What does Osk say about the pier?"


@pytest.mark.parametrize("follow_up", ["Why?", "Who else?", "Is that true?", "Who disagrees?"])
def test_a_question_word_without_a_topic_says_what_to_add(follow_up: str) -> None:
    assert rewrite_standalone(follow_up, [Turn("ferries")]) is None
    assert unclear_reference(follow_up) == "what it is about. Ask again with the topic"


@pytest.mark.parametrize(
    ("question", "pronoun"),
    [
        ("What did he say about the harbour works?", "he"),
        ("When did she resign?", "she"),
        ("What have they announced about the new ferry line?", "they"),
        ("Why did they leave?", "they"),
        ("What did Anna Petrova say about her budget?", None),
        ("Why did the council close its school when they met?", None),
        ("where do they film the lighthouse series", None),
        ("how do they choose the host town of the games", None),
        ("what is in his tower from the old ferry song about", None),
    ],
)
def test_a_pronoun_is_unclear_where_the_question_has_too_few_other_words(question: str, pronoun: str | None) -> None:
    expected = f"who “{pronoun}” is. Ask again with the name" if pronoun else None
    assert unclear_reference(question) == expected


def test_without_history_nothing_is_rewritten() -> None:
    assert rewrite_standalone("and Russia's?", []) is None


def test_a_pronoun_reaches_past_a_turn_that_names_nobody() -> None:
    turns = [SAID, Turn("When was that?", "On Monday. [1]")]
    assert rewrite_standalone("What did he promise?", turns) == "What did Oleksii Reznikov promise?"


def test_what_about_somebody_else_leans_past_bare_follow_ups() -> None:
    history = [TRAM, Turn("Why?", "Because it is slow."), Turn("Who else?", "Bo Krell: “No.”")]
    assert rewrite_standalone("And Holger Lie?", history) == rewrite_standalone("And Holger Lie?", [TRAM])


def test_it_of_is_it_true_that_is_nobody() -> None:
    turn = Turn("How many ferries did Norland buy?", "Norland bought three ferries. [1]")
    assert rewrite_standalone("Is it true that the levy broke the treaty?", [turn]) is None


def test_one_is_the_noun_of_the_last_question() -> None:
    turn = Turn("when is the bin strike?", "The strike begins on 8 August. [1]")
    assert rewrite_standalone("When was the last one?", [turn]) == "When was the last strike?"


def test_a_pronoun_is_not_the_person_of_the_other_gender() -> None:
    turn = Turn("Has Marlow quarrelled with Tessa Rood?", "Actor Jude Marlow has denied it.")
    assert rewrite_standalone("why is he leaving?", [turn]) == "why is Marlow leaving?"


def test_every_new_word_comes_from_the_history() -> None:
    standalone = rewrite_standalone("and Russia's?", [POSITION]) or ""
    assert standalone
    history = f"and Russia's? {POSITION.question} {POSITION.answer}"
    assert set(content_words(standalone)) <= set(content_words(history))


@pytest.mark.parametrize(
    ("last", "answer", "follow_up", "standalone"),
    [
        (
            "Why did the Ostra drivers go on strike?", "Over pay.", "How long did it last?",
            "How long did the Ostra drivers strike last?",
        ),
        ("How much does the Ostra 4 cost?", "9 crowns.", "When is it sold?", "When is the Ostra 4 sold?"),
        ("Who won the vote in Esk?", "Ida Holm.", "By how much?", "By how much was the vote in Esk won?"),
        ("What did Holm say to Lund?", "Nothing.", "Will they meet?", "Will Holm and Lund meet?"),
        (
            "Why does Lund want Holm to go?", "Peter Lund wants Anna Holm to go.", "What did she say about him?",
            "What did Holm say about Lund?",
        ),
        (
            "Who called the pier ugly?", "Former Norway leader Krell calls the pier ugly.", "Who else?",
            "Who else called the pier ugly?",
        ),
    ],
)  # fmt: skip
def test_the_topic_of_the_last_question_completes_a_follow_up(
    last: str, answer: str, follow_up: str, standalone: str
) -> None:
    assert rewrite_standalone(follow_up, [Turn(last, answer)]) == standalone


def test_a_question_for_the_date_is_about_the_person_of_the_last_answer() -> None:
    turn = Turn(
        "What does Turkey say about it?", "Ankara has denied this. [1]\nLund described the dam as “a threat”. [2]"
    )
    standalone = rewrite_standalone(
        "When did he say that?", [Turn("What is Sudria's position?", "Ada Roe: “No.” [1]"), turn]
    )
    assert standalone == "When did Lund say this: Lund described the dam as “a threat”?"


@pytest.mark.parametrize(
    ("follow_up", "standalone"),
    [
        ("In which article?", "What did Ida Holm say about the tram?"),
        ("Can you show me her exact words?", "What did Ida Holm say about the tram?"),
        ("What's the source for that?", "What did Ida Holm say about the tram?"),
        ("shorter, please", "In short: What did Ida Holm say about the tram?"),
        ("In one sentence.", "In short: What did Ida Holm say about the tram?"),
    ],
)
def test_another_form_of_the_answer_is_the_last_question_again(follow_up: str, standalone: str) -> None:
    turn = Turn("What did Ida Holm say about the tram?", "Ida Holm: “It stays.” [1]")

    assert rewrite_standalone(follow_up, [turn]) == standalone


def test_they_of_a_comparison_are_the_parties_of_the_last_two_questions() -> None:
    turns = [Turn("What is Norland's position on the dam?", "No."), Turn("What is Osk's position on the dam?", "Yes.")]

    assert rewrite_standalone("How do they compare?", turns) == "How do Norland and Osk differ on the dam?"


def test_who_somebody_is_asks_after_the_person_and_not_after_the_question() -> None:
    turn = Turn("What did Holm say about the tram?", "Ida Holm: “It stays.” [1]")

    assert rewrite_standalone("Who is she?", [turn]) == "Who is Holm?"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What will the training centre teach?", "the training centre"),
        ("When was the bridge closed?", "the bridge"),
        ("When will the fence be finished?", "the fence"),
        ("When did the army fire the missile?", "the missile"),
        ("Where is the headquarters of the bank?", "the headquarters of the bank"),
        ("How many people died in the ferry disaster?", "the ferry disaster"),
    ],
)
def test_the_verb_of_a_question_is_no_part_of_its_topic(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_a_long_phrase_before_the_last_one_is_read_once() -> None:
    words = " ".join(["interdenominational"] * 20)  # tried at each of its letters, it would take for ever
    assert topic_of(f"What was the {words} protest at the harbour?") == "the harbour"


@pytest.mark.parametrize(
    ("follow_up", "turn", "standalone"),
    [
        (
            "Who criticised the plan?",
            Turn("How does the council plan to cut fares?", "By half."),
            "Who criticised the council plan to cut fares?",
        ),
        (
            "Who saw the fire?",
            Turn("How many died in the hotel fire in Esk?", "Nine."),
            "Who saw the hotel fire in Esk?",
        ),
        ("When will the ferry sail?", Turn("What happened to the tram?", "It stopped."), None),
        ("Whom did he beat?", Turn("Who won the final?", "Peter Lind beat Paul Marsh."), "Whom did Peter Lind beat?"),
        ("By how much?", Turn("Why did Esk cut its budget?", "Debts."), "By how much did Esk cut its budget?"),
        ("Did he deny it?", Turn("Is Lind keeping his deputy?", "Yes."), None),
    ],
)
def test_a_noun_a_winner_and_a_margin_are_those_of_the_last_turn(
    follow_up: str, turn: Turn, standalone: str | None
) -> None:
    assert rewrite_standalone(follow_up, [turn]) == standalone


AGAINST = Turn("Who opposes the weir?", "Tilda Rask, who farms below it, opposed the weir. [1]")
VIEW = Turn("What is Brassia's stated position?", "Olaf Brun: “We leave nobody behind.” [1]")


def known(last: Sequence[str]) -> list[str]:
    """The speakers of a library by the last words of their names."""
    return [name for name in ("olaf brun", "peter hale", "tilda rask") if name.split()[-1] in last]


@pytest.mark.parametrize(
    ("follow_up", "turns", "standalone"),
    [
        # The app's history has questions as they were completed.
        ("What about Peter Hale?", [VIEW, Turn("Who besides Brassia has commented?", "Tilda Rask: “No.” [1]")],
         "What is Peter Hale’s stated position?"),
        ("What about Brassia?", [AGAINST, Turn("Is it true that “Brassia leaves nobody”?", "Peter Hale: “Yes.” [1]")],
         "What did Brassia say about the weir?"),
        ("What about Peter Hale?", [Turn("Is it true that “Olaf Brun left nobody”?", "Olaf Brun: “Yes.” [1]")],
         "What did Peter Hale say?"),
        ("What about Peter Hale?", [Turn("Who besides Olaf Brun has commented on the weir?", "Tilda Rask: “No.”")],
         "What did Peter Hale say about the weir?"),
        ("And Peter Hale?", [Turn("When did Olaf Brun say this: “It holds”?", "Olaf Brun: “It holds.” [1]")],
         "What did Peter Hale say?"),
        ("What about Peter Hale?", [AGAINST, Turn("Why does Tilda Rask oppose the weir?", "It floods her field. [1]")],
         "What did Peter Hale say about the weir?"),
        ("What about Peter Hale?", [Turn("Who criticised Tilda Rask?", "Peter Hale attacked her. [1]")],
         "What did Peter Hale say about Tilda Rask?"),
        ("What about Peter Hale?", [Turn("Who condemned the weir?", "The strike drew protests. [1]")],
         "What did Peter Hale say about the weir?"),
        ("What about Peter Hale?", [Turn("What did the Castle deny?", "The Castle denied it. [1]")],
         "What did Peter Hale deny?"),
        ("And Norways?", [Turn("What is Brassia’s position?", "Olaf Brun: “It holds.” [1]")],
         "What is Norway’s position?"),
        ("what about peter hale?", [VIEW], "What is Peter Hale’s stated position?"),
        ("What about Peter Hale?", [AGAINST], "What did Peter Hale say about the weir?"),
        ("What about Lanz?", [Turn("What did Olaf Brun say?", "Olaf Brun: “It holds.” [1]")],
         "What did Olaf Brun say about Lanz?"),
        ("What about NAFA?", [Turn("What did Olaf Brun say?", "Olaf Brun: “It holds.” [1]")], "What did NAFA say?"),
    ],
)  # fmt: skip
def test_somebody_else_takes_the_place_of_whom_the_last_question_asks(
    follow_up: str, turns: list[Turn], standalone: str
) -> None:
    assert rewrite_standalone(follow_up, turns, known) == standalone


@pytest.mark.parametrize(
    ("turn", "standalone"),
    [
        (AGAINST, "Why does Tilda Rask oppose the weir?"),
        (Turn("Who criticised the weir?", "Mayor Peter Hale did. [1]"), "Why did Peter Hale criticise the weir?"),
        (Turn("Who has denied it?", "Peter Hale denied the loss. [1]"), "Why has Peter Hale denied it?"),
        (Turn("Who criticised Peter Hale?", "Green leader Tilda Rask attacked Hale. [1]"),
         "Why did Tilda Rask criticise Peter Hale?"),
        (Turn("Where does Brassia stand on the weir?", "Olaf Brun: “It holds.” [1]"),
         "Why does Brassia take that position on the weir?"),
        (Turn("When was it that somebody condemned the weir?", "In May. [1]"),
         "Why was it that somebody condemned the weir?"),
        (Turn("How much will the weir cost?", "It will cost 9 crowns. [1]"), "Why will the weir cost that much?"),
    ],
)  # fmt: skip
def test_why_is_asked_of_whom_the_answer_names(turn: Turn, standalone: str) -> None:
    assert rewrite_standalone("why?", [turn]) == standalone


@pytest.mark.parametrize(
    ("answer", "person"),
    [
        ("Brassian Mayor Peter Hale said the weir would hold. [1]\nOlaf Brun: “No.” [2]", "Peter Hale"),
        ("The weir is safe, according to Peter Hale. [1]\nOlaf Brun said it leaks. [2]", "Peter Hale"),
        ("However, Hale has opposed the weir. [1]\nOlaf Brun said it leaks. [2]", "Hale"),
        ("The weir is safe. [1]\nOlaf Brun said it leaks. [2]", "Olaf Brun"),
        ("Valley List leader Peter Hale attacked the weir. [1]\nOlaf Brun said it leaks. [2]", "Peter Hale"),
        ("The weir is safe, its builder, Peter Hale, said. [1]\nOlaf Brun said it leaks. [2]", "Peter Hale"),
        ("In a letter to Peter Hale the board refused. [1]\nOlaf Brun said it leaks. [2]", "Olaf Brun"),
    ],
)
def test_he_is_whom_the_first_line_with_anybody_is_about(answer: str, person: str) -> None:
    turn = Turn("Is the weir safe?", answer)
    assert rewrite_standalone("What did he say about the lock?", [turn]) == f"What did {person} say about the lock?"


def test_he_who_said_that_is_the_speaker_and_not_whom_he_told() -> None:
    turn = Turn("What did Olaf Brun tell Peter Hale?", "Olaf Brun: “It holds.” [1]")
    assert rewrite_standalone("When did he say that?", [turn]) == "When did Olaf Brun say this: “It holds”?"


def test_the_day_of_what_nobody_is_named_for_is_asked_of_the_sentence() -> None:
    turn = Turn("Who condemned the weir?", "The weir was called a breach of the treaty signed in May. [1]")
    question = "When was this said: The weir was called a breach of the treaty signed in May?"
    assert rewrite_standalone("When was that?", [turn]) == question


def test_long_words_are_cut_with_an_ellipsis_and_a_question_has_one_mark() -> None:
    long = Turn("What did Olaf Brun say?", f"Olaf Brun: “{'word ' * 40}” [1]")
    assert rewrite_standalone("is that true?", [long]) == f"Is it true that “{'word ' * 30}…”?"
    turn = Turn("What did Olaf Brun say?", "Olaf Brun: “Who will pay for it?” [1]")
    assert rewrite_standalone("who said that?", [turn]) == "Who said “Who will pay for it?”"


def test_a_claim_behind_its_speaker_names_the_speaker() -> None:
    turn = Turn("What did Hale say?", "Peter Hale: He argued that the weir holds. [1]")
    assert rewrite_standalone("who said that?", [turn]) == "Who said this: Peter Hale argued that the weir holds?"
    assert (
        claim_asked("Is this true: Peter Hale argued that the weir holds?") == "Peter Hale argued that the weir holds"
    )
    assert claim_asked("Who said “It holds …”?") == "It holds"
    assert claim_asked("Who said that it holds?") is None
