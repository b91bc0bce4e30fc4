"""Answers in the shape that the question asks for, from a small library of invented news, and conversations over it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag import Answer, Newsroom
from rag.services.answers.shapes.sides import side_in

NEWS = """
Fire at the mill | Esk Courier | 2024-02-01
A fire at the Esk mill killed nine people on Thursday, the fire service said. The mill was built in 1911. “We
heard a bang and ran,” said Jon Lund, who works there. Mayor Ida Holm said the levy would pay for new homes.

Toll rises | Esk Courier | 2024-02-03
Eleven people have now died after the fire at the Esk mill, the fire service said on Saturday. The fire broke
out because a cable was worn, an inspector found. Mayor Ida Holm said she would not resign over the fire.

Levy plan | Norland Post | 2024-03-07
Mayor Ida Holm said on Wednesday that the harbour levy would rise to 30 crowns. Trade unionist Bo Strand
opposed the harbour levy. “It is unfair to small boats,” he said. Skipper Kari Moen welcomed the harbour levy
as overdue.

Levy again | Norland Post | 2024-04-11
Mayor Ida Holm said the harbour levy would rise to 30 crowns. Sailors marched against the harbour levy on
Monday.

Levy dropped | Esk Courier | 2024-05-20
Mayor Ida Holm said on Sunday that the harbour levy would not rise. The council dropped the harbour levy after
the march. Ida Holm, 52, has led Esk since 2019.

Weather | Esk Courier | 2024-05-21
Rain is expected in Esk this week.
"""


@pytest.fixture(scope="module")
def room(library_of: Callable[[str], Newsroom]) -> Newsroom:
    return library_of(NEWS)


def texts(answer: Answer) -> list[str]:
    return [item.text for item in answer.sentences]


def talk(room: Newsroom, *questions: str) -> Answer:
    """The answer to the last of several questions of one conversation."""
    history: list[tuple[str, str]] = []
    for question in questions:
        answer = room.ask(question, history=history)
        history.append((answer.rewritten or question, answer.answer))
    return answer


@pytest.mark.parametrize(
    "question",
    [
        "How many articles mention the harbour levy?",
        "how many artciles mention the harbour levy",
        "hwo many articles are about the harbour levy",
        "List all articles about the harbour levy",
        "which articles cover the harbour levy",
        "In how many articles is the harbour levy mentioned?",
    ],
)
def test_articles_are_counted_over_the_library_and_listed_newest_first(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    assert answer.notices[0] == "3 articles mention “the harbour levy”."
    assert [item.title for item in answer.citations] == ["Levy dropped", "Levy again", "Levy plan"]


def test_a_count_respects_the_filters_and_says_if_there_is_nothing(room: Newsroom) -> None:
    assert room.ask("How many articles by the Norland Post mention the levy?").notices[0].startswith("2 articles")
    none = room.ask("How many articles mention unicorns?")
    assert none.abstained
    assert none.notices[0] == "No article mentions “unicorns”."
    assert room.ask("How many articles are there?").notices[0] == "The library holds 6 articles."


@pytest.mark.parametrize(
    "question",
    [
        "List everyone who has commented on the harbour levy",
        "Who has commented on the harbour levy?",
        "who has comented on the harbour levy",
        "Who has spoken about the harbour levy?",
        "how many people have commented on the harbour levy",
        "List all people who spoke about the harbour levy",
    ],
)
def test_speakers_on_a_subject_are_listed_by_their_newest_statement(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    assert "3 speakers have spoken on “the harbour levy”" in answer.notices[0]
    speakers = [item.statement.speaker for item in answer.sentences if item.statement]
    assert speakers == ["Ida Holm", "Bo Strand", "Kari Moen"]
    assert "would not rise" in answer.sentences[0].text


def test_speakers_besides_some_are_listed_without_a_topic(room: Newsroom) -> None:
    answer = room.ask("Who besides Ida Holm has commented?")
    assert [item.statement.speaker for item in answer.sentences if item.statement] == [
        "Bo Strand",
        "Kari Moen",
        "Jon Lund",
    ]
    assert answer.notices[0] == "3 other speakers have spoken."
    assert not answer.understood  # whom it leaves out is not looked for


@pytest.mark.parametrize(
    "question", ["List everyone who is quoted", "Who is on record in these articles?", "who spoke?"]
)
def test_all_speakers_are_listed(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    assert answer.notices[0].endswith("speakers have spoken.")
    assert {"Ida Holm", "Bo Strand", "Kari Moen", "Jon Lund"} <= {
        item.statement.speaker for item in answer.sentences if item.statement
    }


@pytest.mark.parametrize(
    ("question", "notice", "words"),
    [
        ("Give me quotes from Bo Strand", "1 quotation by Bo Strand, newest first.", "It is unfair to small boats"),
        ("Lund's quotes", "1 quotation by Lund, newest first.", "We heard a bang and ran"),
        (
            "Quote Jon Lund on the mill",
            "1 quotation by Jon Lund on “the mill”, newest first.",
            "We heard a bang and ran",
        ),
    ],
)
def test_quotations_of_one_speaker_are_listed(room: Newsroom, question: str, notice: str, words: str) -> None:
    answer = room.ask(question)
    assert answer.notices == (notice,)
    (text,) = texts(answer)
    assert words in text


@pytest.mark.parametrize("name", ["Ida Holm", "Odd Berg"])
def test_quotations_of_a_speaker_without_any_are_not_those_of_others(room: Newsroom, name: str) -> None:
    answer = room.ask(f"Give me quotes from {name}")
    assert answer.abstained
    assert answer.notices[0] == f"The articles hold no quotation by {name}."


def test_outlets_are_listed_with_the_number_of_their_articles(room: Newsroom) -> None:
    answer = room.ask("Which outlets are in the library?")
    assert answer.notices == ("2 outlets in the library: Esk Courier (4), Norland Post (2).",)
    assert [item.title for item in answer.citations] == ["Weather", "Levy again"]


def test_a_timeline_stands_by_the_day_of_each_event(room: Newsroom) -> None:
    answer = room.ask("Give me a timeline")
    assert [item.note for item in answer.sentences][:4] == ["1 Feb 2024", "3 Feb 2024", "8 Apr 2024", "19 May 2024"]
    assert texts(answer)[2].startswith("Sailors marched")  # "on Monday" of an article of 11 April
    assert not any("fire" in text for text in texts(room.ask("timeline of the harbour levy")))


def test_contradictions_stand_in_pairs_and_are_not_made_up(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Fire kills 12 | Esk Courier | 2024-02-01\n"
        "Twelve people were killed in a fire at the Esk mill on Thursday, police said.\n\n"
        "Mill fire | Norland Post | 2024-02-01\n"
        "A fire at the Esk mill killed 14 people on Thursday, the fire service said.\n\n"
        "Ferry | Esk Courier | 2024-02-02\nThe ferry to Orr sails at noon, skipper Kari Moen said."
    )
    answer = room.ask("Where do the sources contradict each other?")
    assert {item.title for item in answer.citations} == {"Fire kills 12", "Mill fire"}
    assert len(answer.sentences) == 2
    assert len({item.note for item in answer.sentences}) == 1
    none = room.ask("Do the articles contradict each other on the ferry?")
    assert none.abstained
    assert none.notices[0] == "The articles on “the ferry” do not clearly contradict each other."


def test_what_the_articles_say_of_a_subject_is_an_overview_of_it(room: Newsroom) -> None:
    answer = room.ask("What do the articles say about the harbour levy?")
    assert answer.kind == "overview"
    assert {item.title for item in answer.citations} == {"Levy plan", "Levy again", "Levy dropped"}


def test_who_else_without_a_topic_are_the_others_of_the_cited_articles_where_they_have_any(
    library_of: Callable[[str], Newsroom],
) -> None:
    room = library_of(
        "Dam | Esk Courier | 2024-02-01\n"
        "Jon Vik said on Thursday that the dam would hold. Engineer Ida Sand warned that the dam was weak.\n\n"
        "Ferry | Esk Courier | 2024-05-01\nKari Moen said on Wednesday that the ferry would sail."
    )
    answer = talk(room, "What did Jon Vik say?", "who else?")
    assert [item.statement.speaker for item in answer.sentences if item.statement] == ["Ida Sand"]
    assert answer.notices[0] == "1 other speaker has spoken in the articles of the last answer."
    answer = talk(room, "What did Kari Moen say?", "who else?")
    assert answer.notices[0] == "2 other speakers have spoken."


def test_what_points_back_is_shown_with_the_sentence_before(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Border | Esk Courier | 2024-02-01\n"
        "Ida Holm spoke in Esk. Diplomats have warned that troops gather at the border. "
        "Jon Lund has repeatedly denied this."
    )
    assert "troops" in room.ask("Who has commented besides Ida Holm?").answer


def test_who_said_the_first_sentence_of_an_answer_with_a_quotation_inside(
    library_of: Callable[[str], Newsroom],
) -> None:
    room = library_of(
        "Dam | Esk Courier | 2024-02-01\n"
        "Minister Ada Lund described the dam as a “disgrace” and a “waste of stone”. It was built in 1911."
    )
    answer = talk(room, "What did Ada Lund say?", "Who said that?")
    assert [item.statement.speaker for item in answer.sentences if item.statement] == ["Ada Lund"]


@pytest.mark.parametrize(
    ("question", "shown", "hidden"),
    [
        ("Who supports the harbour levy?", "Moen", "Strand"),
        ("who suports the harbour levy", "Moen", "Strand"),
        ("Who is in favour of the harbour levy?", "Moen", "Strand"),
        ("who welcomed the harbour levy", "Moen", "Strand"),
        ("Who are the supporters of the harbour levy?", "Moen", "Strand"),
        ("whos for the harbour levy", "Moen", "Strand"),
        ("Who is against the harbour levy?", "Strand", "Moen"),
        ("who critisised the harbour levy", "Strand", "Moen"),
        ("Who opposes the harbour levy?", "Strand", "Moen"),
        ("whos against the harbour levy", "Strand", "Moen"),
        ("Who are the critics of the harbour levy?", "Strand", "Moen"),
        ("list everyone who opposed the harbour levy", "Strand", "Moen"),
    ],
)
def test_only_the_side_in_question_is_shown(room: Newsroom, question: str, shown: str, hidden: str) -> None:
    answer = room.ask(question)
    assert shown in answer.answer
    assert hidden not in answer.answer


def test_both_sides_are_asked_in_one_question(room: Newsroom) -> None:
    answer = room.ask("Who is for and who is against the harbour levy?")
    assert "Moen" in answer.answer
    assert "Strand" in answer.answer


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("She backed the bridge.", 1),
        ("He did not back the bridge.", -1),
        ("She steered clear of criticising the bridge.", 1),
        ("It is a disaster.", -1),
        ("They no longer oppose it.", 1),
        ("The bridge is long.", 0),
        ("She called it a success.", 1),
        ("The minister condemned the plan.", -1),
        ("Ida Holm called the quarry a disaster.", -1),
        ("Holm does not support the quarry.", -1),
        ("Holm never opposed the quarry.", 1),
    ],
)
def test_words_take_a_side_and_a_negation_reverses_it(text: str, side: int) -> None:
    worth = side_in(text)
    assert (worth > 0) - (worth < 0) == side


@pytest.mark.parametrize(
    "question",
    [
        "Who is Ida Holm?",
        "who is ida holm",
        "Who's Ida Holm?",
        "whos ida holm",
        "Wo is Ida Holm?",
        "Tell me who Ida Holm is",
    ],
)
def test_who_somebody_is_comes_from_the_record(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    first = answer.sentences[0]
    assert first.answer_span
    assert first.text[slice(*first.answer_span)] == "Mayor"
    assert answer.notices[0].startswith("Ida Holm: Mayor. 5 statements, 1 Feb 2024 to 20 May 2024")
    assert "levy" in answer.notices[0]


def test_who_holds_an_office_is_named(room: Newsroom) -> None:
    first, *_ = room.ask("who is the mayor").sentences
    assert first.answer_span
    assert "Ida Holm" in first.text[slice(*first.answer_span)]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("When was the mill built?", "1911"),
        ("when was the mill bulit", "1911"),
        ("How old is Ida Holm?", "52"),
        ("how old is ida holm", "52"),
        ("How many people died in the fire at the mill?", "Eleven"),
        ("how many people dead in the Esk mill fire", "Eleven"),
    ],
)
def test_the_value_in_question_is_marked(room: Newsroom, question: str, value: str) -> None:
    first = room.ask(question).sentences[0]
    assert first.answer_span
    assert first.text[slice(*first.answer_span)] == value


def test_the_newest_toll_comes_first_and_the_older_is_marked(room: Newsroom) -> None:
    newest, older = room.ask("How many people died in the fire at the mill?").sentences
    assert newest.note is None
    assert "nine" in older.text
    assert older.note == "earlier, 1 Feb 2024; superseded by eleven on 3 Feb 2024"


@pytest.mark.parametrize(
    "question",
    [
        "What is Ida Holm's position on the harbour levy?",
        "what is ida holm's position on the harbour levy",
        "What is Ida Holm's current position on the harbour levy?",
        "what is ida holm's stance on the harbor levy",
        "Where does Ida Holm stand on the harbour levy?",
        "What is the view of Ida Holm on the harbour levy?",
    ],
)
def test_the_newest_position_comes_first_and_repetitions_are_folded(room: Newsroom, question: str) -> None:
    newest, older = room.ask(question).sentences
    assert "would not rise" in newest.text
    assert (newest.note, len(older.citations)) == (None, 2)
    assert older.note
    assert older.note.startswith("earlier, 11 Apr 2024; superseded by what followed on 19 May 2024")
    assert "said twice, March to April 2024" in older.note


@pytest.mark.parametrize(
    "question",
    [
        "What has changed about the harbour levy since April?",
        "what changed in the harbour levy since april",
        "What has changed with the harbour levy since April 2024?",
        "what has chagned in the harbour levy since April",
        "What changed about the harbour levy after 1 April 2024?",
        "How has the harbour levy changed since April?",
    ],
)
def test_a_change_is_shown_as_before_and_after(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    notes = [item.note or "" for item in answer.sentences]
    assert notes[0].startswith("before: ")
    assert notes[-1] == "after: 20 May 2024"
    assert any("dropped" in text for text in texts(answer))


@pytest.mark.parametrize(
    "question",
    [
        "How do Ida Holm and Bo Strand differ on the harbour levy?",
        "how do Ida Holm and Bo Strand difer on the harbour levy",
        "Compare Ida Holm and Bo Strand on the harbour levy",
        "What is the difference between Ida Holm and Bo Strand on the harbour levy?",
        "Where do Ida Holm and Bo Strand disagree on the harbour levy?",
        "Do Ida Holm and Bo Strand disagree on the harbour levy?",
    ],
)
def test_two_parties_are_compared_side_by_side(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    speakers = list(dict.fromkeys(item.statement.speaker for item in answer.sentences if item.statement))
    assert speakers == ["Ida Holm", "Bo Strand"]
    assert not any("has led Esk" in text for text in texts(answer))


def test_reactions_are_those_of_others_than_whoever_announced_it(room: Newsroom) -> None:
    answer = room.ask("What were the reactions to the harbour levy?").answer
    assert [name for name in ("Strand", "Moen", "Sailors") if name not in answer] == []
    assert "Holm" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "Summarise the harbour levy",
        "sumarise the harbour levy",
        "overveiw of the harbour levy",
        "What do we know about the harbour levy?",
        "what happend with the harbour levy",
    ],
)
def test_an_overview_is_a_short_brief_of_the_articles_on_a_subject(room: Newsroom, question: str) -> None:
    answer = room.ask(question)
    assert 3 <= len(answer.sentences) <= 10
    assert {item.title for item in answer.citations} <= {"Levy plan", "Levy again", "Levy dropped"}
    assert "Bo Strand" in answer.answer
    assert room.briefings() == []


@pytest.mark.parametrize(
    "question",
    [
        "Did Ida Holm resign?",
        "did ida holm resign",
        "Has Ida Holm resigned?",
        "Will Ida Holm resign?",
        "did ida holm resing",
    ],
)
def test_a_denial_decides_a_yes_no_question(room: Newsroom, question: str) -> None:
    assert texts(room.ask(question)) == ["Mayor Ida Holm said she would not resign over the fire."]


@pytest.mark.parametrize(
    "question",
    [
        "What did Ida Holm say about the levy on 6 March 2024?",
        "What did Ida Holm say in March?",
        "what did holm say on 6 March 2024",
    ],
)
def test_a_day_in_a_question_may_be_the_day_of_a_statement(room: Newsroom, question: str) -> None:
    assert texts(room.ask(question)) == [
        "Mayor Ida Holm said on Wednesday that the harbour levy would rise to 30 crowns."
    ]


def test_a_quotation_finds_its_speaker(room: Newsroom) -> None:
    for question in (
        "Who said “We heard a bang and ran”?",
        "who said that we heard a bang and ran",
        'Which paper reported "We heard a bang and ran"?',
    ):
        answer = room.ask(question)
        assert "Jon Lund" in answer.answer
        assert "Esk Courier" in answer.notices[0]
    assert room.ask("Who said “The moon is made of cheese”?").abstained


SAID = "What did Ida Holm say about the levy on 6 March 2024?"


@pytest.mark.parametrize(
    "typed",
    [
        "When did she say that?",
        "when was that?",
        "What day was that?",
        "when?",
        "when did she say so",
        "and when was it",
    ],
)
def test_when_something_was_said_is_answered_by_the_day_of_the_statement(room: Newsroom, typed: str) -> None:
    answer = talk(room, SAID, typed)
    assert "6 Mar 2024" in (answer.sentences[0].note or "")
    assert answer.sentences[0].answer_span
    assert "Ida Holm: said on 6 Mar 2024" in answer.notices[0]


@pytest.mark.parametrize("between", ["What did Ida Holm say about the moon?", "Who won the regatta?"])
def test_a_follow_up_refers_to_the_last_question_with_an_answer(room: Newsroom, between: str) -> None:
    answer = talk(room, SAID, between, "when was that?")
    assert answer.rewritten == (
        "When did Ida Holm say this: Mayor Ida Holm said on Wednesday that the harbour levy would rise to 30 crowns?"
    )


@pytest.mark.parametrize("typed", ["who else?", "And who else?", "Anybody else?", "who else commented?"])
def test_who_else_leaves_out_the_speakers_already_named(room: Newsroom, typed: str) -> None:
    answer = talk(room, "What is Ida Holm's position on the harbour levy?", typed)
    assert "Strand" in answer.answer
    assert "Holm" not in answer.answer


def test_who_disagrees_lists_other_speakers_and_leaves_the_judgement_to_the_reader(room: Newsroom) -> None:
    answer = talk(room, "What is Ida Holm's position on the harbour levy?", "Who disagrees with her?")
    assert "Strand" in answer.answer
    assert any("for you to judge" in note for note in answer.notices)


def test_whether_something_is_true_is_left_to_the_reader(room: Newsroom) -> None:
    answer = talk(room, SAID, "is that true?")
    assert answer.rewritten == "Is this true: the harbour levy would rise to 30 crowns?"
    assert "would not rise" in answer.answer
    assert any("for you to judge" in note for note in answer.notices)


def test_a_why_alone_refers_to_the_last_answer(room: Newsroom) -> None:
    assert "cable was worn" in talk(room, "When did the fire at the mill break out?", "why?").answer
    assert talk(room, "What is Ida Holm's position on the harbour levy?", "why?").abstained


def test_what_about_replaces_the_name(room: Newsroom) -> None:
    answer = talk(room, "What did Ida Holm say about the harbour levy?", "What about Bo Strand?")
    assert "opposed" in answer.answer
    assert "Mayor" not in answer.answer


DRONES = """
Minister on the deal | Esk Courier | 2024-02-02
Norland and Sudria are about to sign a deal on patrol boats, Norland's trade minister, Bo Marsh, said on Friday. “The
plant will stand in Norland,” he said.

Sudria on the crisis | Norland Post | 2024-02-03
Neighbours have warned for weeks that Turkish ships are gathering off the cape. Ankara has repeatedly denied this.

Envoy sets out | Norland Post | 2024-02-03
Ida Holm, the president of Norland, hopes to mediate between the two fleets, her office said.
"""


@pytest.fixture(scope="module")
def sea(library_of: Callable[[str], Newsroom]) -> Newsroom:
    return library_of(DRONES)


def test_a_month_alone_asks_for_everything_in_it(sea: Newsroom) -> None:
    answer = sea.ask("What happened in February 2024?")
    assert not answer.abstained
    assert {one.published.month for one in answer.citations if one.published} == {2}


def test_what_changed_since_a_day_is_the_news_since(sea: Newsroom) -> None:
    answer = sea.ask("What has changed since 3 February 2024?")
    assert not answer.abstained
    assert "Esk Courier" not in {one.outlet for one in answer.citations}


def test_a_synonym_that_no_article_has_is_replaced_by_one_that_they_have(sea: Newsroom) -> None:
    answer = sea.ask("Where will the factory stand?")
    assert "plant" in answer.answer
    assert [item.note for item in answer.understood if item.kind == "spelling"] == ["Searched for plant"]


def test_a_denial_with_a_pronoun_is_shown_with_its_antecedent(sea: Newsroom) -> None:
    answer = sea.ask("What does Turkey say about the ships?")
    assert "gathering off the cape. Ankara has repeatedly denied this." in answer.answer


def test_a_statement_is_no_position_of_a_party_that_it_mentions(sea: Newsroom) -> None:
    answer = sea.ask("What is Turkey's position on patrol boats?")
    assert "Marsh" not in answer.answer


def test_a_common_word_that_no_article_has_is_dropped_from_the_topic(sea: Newsroom) -> None:
    assert "mediate" in sea.ask("latest on the mediation initiative").answer
    assert sea.ask("latest on the Brondby mediation").abstained


LATER = """
Ferry runs aground | Esk Courier | 2024-11-05
The number of people injured when the ferry Solveig ran aground has risen to 11, the hospital in Esk said on Monday.

Divers inspect the Solveig | Esk Courier | 2024-11-07
Divers found a gash in the hull of the Solveig on Wednesday. All but two of the 14 people injured on Sunday have left
hospital. The cause is not known, though investigators suspect a worn cable. A ferry of the same company hit a quay in
2019, injuring five people.
"""


def test_a_later_total_belongs_to_the_answer_and_an_earlier_event_does_not(
    library_of: Callable[[str], Newsroom],
) -> None:
    injured = library_of(LATER).ask("How many people were injured when the Solveig ran aground?")
    assert ["14" in text for text in texts(injured)] == [True, False]
    assert "five" not in injured.answer


def test_the_cause_is_what_is_suspected_or_not_known(library_of: Callable[[str], Newsroom]) -> None:
    assert "worn cable" in library_of(LATER).ask("What may have caused the gash in the Solveig?").answer


def test_what_somebody_admits_is_answered_by_their_own_words(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Mayor sorry | Esk Courier | 2024-02-01\n"
        "The mayor of Esk, Jon Lund, apologised on Tuesday for a remark on sailors. “I said it, it was wrong,” he told"
        " the council. Lund said the remark was made at a private dinner."
    )
    assert "remark" in room.ask("Did Lund admit that he made the remark?").answer
    assert room.ask("Did Lund say that he would resign?").abstained


def test_an_age_is_that_of_one_person(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Holm ill | Esk Courier | 2024-02-01\nHealth worries have dogged 68-year-old Ida Holm since the autumn.\n\n"
        "A baby | Esk Courier | 2024-02-02\nAnna Holm, 35, the daughter of Ida Holm, is expecting a child.\n\n"
        "Birthday | Esk Courier | 2024-02-03\nAs Bo Holm turns 71, a look at his life with Ida Holm."
    )
    assert texts(room.ask("How old is Ida Holm?")) == [
        "Health worries have dogged 68-year-old Ida Holm since the autumn."
    ]


def test_whose_plan_it_is_does_not_oppose_it(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Levy | Esk Courier | 2024-02-01\n"
        "Mayor Ida Holm said she rejected the criticism of her levy and did not defend the old one. "
        "Trade unionist Bo Strand condemned Holm’s levy. The council said it would avoid criticising Holm’s levy."
    )
    answer = room.ask("Who criticised Holm's levy?")
    assert [item.statement.speaker for item in answer.sentences if item.statement] == ["Bo Strand"]


def test_what_somebody_plans_to_do_is_what_they_consider(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Recount | Esk Courier | 2024-02-01\nIda Holm was declared the winner in Esk on Sunday after a recount. "
        "The Red List said it was considering a challenge in court. The Green candidate, Bo Lund, came third."
    )
    assert "challenge" in texts(room.ask("What does the Red List plan to do?"))[0]


def test_support_by_a_pronoun_is_support(library_of: Callable[[str], Newsroom]) -> None:
    room = library_of(
        "Budget | Esk Courier | 2024-02-01\nIda Holm presented a budget on Thursday that cuts income tax. "
        "The leader of the Red List, Bo Strand, called the budget a gift to the rich. "
        "The Centre’s Kari Moen said that her party would support it after some hesitation."
    )
    assert "Moen" in room.ask("Who supports the budget?").answer


def test_whom_a_question_leaves_out_is_not_looked_for_by_a_part_of_the_name(
    library_of: Callable[[str], Newsroom],
) -> None:
    news = "Tram | Esk Post | 2024-01-02\nHolm said the tram would run at night. Bo Strand said the tram was late."
    room = library_of(news)
    assert [item.value for item in room.ask("What did Ida Holm say about the tram?").understood] == ["Holm"]
    assert not room.ask("Who besides Ida Holm has commented on the tram?").understood


def test_a_correction_that_only_calls_itself_one_is_noted_once(library_of: Callable[[str], Newsroom]) -> None:
    body = "The mayor said the tram would run.\n\nCORRECTION APPENDED.\n\nThe tram is blue.\n\nCORRECTION:\n\n"
    room = library_of("Weather | Esk Post | 2024-01-02\nRain is expected.")
    words = "CORRECTION: The tram runs at noon, not at night."
    for title, last in (("Bare", ""), ("Worded", words)):
        room.add_text(body + last, title=title, outlet="Esk Post")
    room.wait()
    notices = room.ask("What did the mayor say about the tram?").notices
    assert [line for line in notices if "Bare" in line] == ["“Bare” carries a correction: CORRECTION APPENDED."]
    assert [line for line in notices if "Worded" in line] == [f"“Worded” carries a correction: {words}"]
