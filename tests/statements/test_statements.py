"""Statement extraction, construction by construction and field by field."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.domain import Month, Statement
from rag.providers.spacy_parser import SpacyParser, shared_parser
from rag.statements import FINGERPRINT, extract_statements
from tests.guards import some

Read = Callable[..., tuple[Statement, ...]]


@pytest.fixture(scope="session")
def read(parser: SpacyParser) -> Read:
    def extract(text: str, published: date | None = date(2024, 5, 15)) -> tuple[Statement, ...]:
        return extract_statements(text, parser=parser, article_id="a", version="v", published=published)

    return extract


def only(found: tuple[Statement, ...]) -> Statement:
    assert len(found) == 1, [(item.cue and item.cue.text, item.text) for item in found]
    return found[0]


def parts(item: Statement) -> tuple[str | None, str | None, str]:
    return (item.source.text if item.source else None, item.cue.text if item.cue else None, item.text)


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("Maria Lopez said that the bridge is safe.", "Maria Lopez", "said", "that the bridge is safe"),
        ("The bridge is safe, Maria Lopez said.", "Maria Lopez", "said", "The bridge is safe"),
        ("“The bridge is safe,” said Maria Lopez.", "Maria Lopez", "said", "“The bridge is safe,”"),
        ("Maria Lopez said: “The bridge is safe.”", "Maria Lopez", "said:", "“The bridge is safe.”"),
        (
            "The bridge is safe, according to Maria Lopez.",
            "Maria Lopez",
            "according to",
            "The bridge is safe",
        ),
        (
            "The ministry has not confirmed that the road will close.",
            "The ministry",
            "has not confirmed",
            "that the road will close",
        ),
        ("The union called for a nationwide strike on Friday.", "The union", "called for", "a nationwide strike"),
        (
            "Maria Lopez urged the council to repair the bridge.",
            "Maria Lopez",
            "urged",
            "the council to repair the bridge",
        ),
        (
            "The senator criticized the plan for its heavy costs.",
            "The senator",
            "criticized",
            "the plan for its heavy costs",
        ),
        (
            "The minister promised to lower the tax on diesel fuel.",
            "The minister",
            "promised",
            "to lower the tax on diesel fuel",
        ),
        (
            "The mayor is confident that the metro will open in time.",
            "The mayor",
            "is confident",
            "that the metro will open in time",
        ),
        (
            "The plan was denounced by the opposition.",
            "the opposition",
            "was denounced by",
            "The plan",
        ),
    ],
)
def test_a_construction_gives_source_cue_and_content(
    read: Read, text: str, source: str, cue: str, content: str
) -> None:
    assert parts(only(read(text))) == (source, cue, content)


def test_a_quotation_around_its_cue_is_one_statement_in_two_pieces(read: Read) -> None:
    item = only(read("“We will rebuild the harbour,” the mayor said. “It will take two years.”"))
    assert [piece.text for piece in item.content] == ["“We will rebuild the harbour,”", "“It will take two years.”"]
    assert item.kind == "direct"


def test_an_inserted_cue_parts_the_content(read: Read) -> None:
    item = only(read("The harbour, officials said, will stay closed until autumn."))
    assert item.text == "The harbour ... will stay closed until autumn"
    assert item.kind == "indirect"


def test_words_in_quotation_marks_inside_reported_speech_make_it_mixed(read: Read) -> None:
    item = only(read("The mayor said that the delay was “a scandal of the first order” for the city."))
    assert item.kind == "mixed"
    assert item.text.endswith("for the city")


def test_a_scare_quote_is_no_statement(read: Read) -> None:
    assert read("The so-called “smart” lamps of the town went dark on the first evening.") == ()


def test_a_quoted_title_is_no_statement(read: Read) -> None:
    statements = read("The minister told viewers on “Morning Table” that the road will close.")
    assert [item.text for item in statements] == ["that the road will close"]


def test_a_cue_inside_a_quotation_makes_no_statement_of_its_own(read: Read) -> None:
    item = only(read("“My neighbour said that the well was dry,” the farmer told the paper."))
    assert item.speaker == "the farmer"


def test_a_quotation_that_runs_over_paragraphs_is_one_statement(read: Read) -> None:
    item = only(
        read("“We had no warning at all,” said Maria Lopez. “The water came at night.\n\n“We lost everything.”")
    )
    assert len(item.content) == 3
    assert item.speaker == "Maria Lopez"


def test_two_cues_side_by_side_are_two_statements(read: Read) -> None:
    statements = read("The minister said that the talks had failed and warned that prices would rise.")
    assert [parts(item) for item in statements] == [
        ("The minister", "said", "that the talks had failed"),
        ("The minister", "warned", "that prices would rise"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The company denied that it had polluted the river.",
        "The company rejected allegations that it had polluted the river.",
        "The governor has repeatedly denied such claims.",
    ],
)
def test_a_denial_is_marked_as_one(read: Read, text: str) -> None:
    assert only(read(text)).denied


def test_rejecting_a_plan_denies_nothing(read: Read) -> None:
    assert not only(read("The governor rejected the plan for a new dam.")).denied


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The governor said that the dam is needed.", False),
        ("The governor supports the construction of the new dam.", True),
        ("The governor believes that the dam is needed.", True),
        ("The governor described the dam as a “gift to the valley” for years.", False),
    ],
)
def test_a_characterisation_is_stance_unless_it_quotes(read: Read, text: str, stance: bool) -> None:
    assert only(read(text)).stance is stance


def test_a_quotation_is_surer_than_reported_speech_and_that_surer_than_a_characterisation(read: Read) -> None:
    quoted = only(read("“The dam is needed,” the governor said."))
    judged = only(read("The governor praised the dam and its builders."))
    assert quoted.confidence > judged.confidence


def speakers(found: tuple[Statement, ...]) -> list[str | None]:
    return [item.speaker for item in found]


def test_a_surname_is_the_fullest_form_of_the_article(read: Read) -> None:
    statements = read(
        "Anna Maria Petrova, the mayor, said the bridge is safe.\n\nPetrova added that it will open in May."
    )
    assert speakers(statements) == ["Anna Maria Petrova", "Anna Maria Petrova"]
    assert statements[1].source is not None
    assert statements[1].source.text == "Petrova"
    assert statements[1].speaker_basis is not None
    assert statements[1].speaker_basis.text == "Anna Maria Petrova"


def test_a_pronoun_is_who_spoke_before(read: Read) -> None:
    statements = read("Anna Petrova said the bridge is safe. “It will open in May,” she said.")
    assert speakers(statements) == ["Anna Petrova", "Anna Petrova"]


def test_a_pronoun_of_the_other_gender_is_somebody_else(read: Read) -> None:
    text = "Mrs. Anna Petrova met Mr. Karl Brandt on the bridge. He said that the bridge is safe."
    assert speakers(read(text))[-1] == "Karl Brandt"


def test_a_pronoun_without_antecedent_has_no_speaker(read: Read) -> None:
    assert only(read("He said that the bridge is safe.")).speaker is None


def test_a_pronoun_that_fits_two_people_equally_has_no_speaker(read: Read) -> None:
    statements = read("Karl Brandt and Paul Lindner are neighbours of the bridge. He said that the bridge is safe.")
    assert statements[-1].speaker is None


def test_two_people_of_one_surname_are_not_mixed_up(read: Read) -> None:
    text = (
        "Karl Brandt said the bridge is safe. Anna Brandt said the bridge is a ruin.\n\n"
        "Mrs. Brandt added that it must be closed."
    )
    statements = read(text)
    assert speakers(statements)[:2] == ["Karl Brandt", "Anna Brandt"]
    assert speakers(statements)[2] != "Karl Brandt"


def test_who_is_the_person_before_it(read: Read) -> None:
    statements = read("Anna Petrova, who said that the bridge is safe, opened it on Monday.")
    assert speakers(statements) == ["Anna Petrova"]
    assert statements[0].source is not None
    assert statements[0].source.text == "who"


def test_a_title_stands_for_the_person_who_holds_it(read: Read) -> None:
    text = "Defence Minister Karl Brandt visited the harbour. The defence chief said that the ships are ready."
    assert speakers(read(text)) == ["Karl Brandt"]


def test_a_title_in_the_lead_is_the_speaker_named_next(read: Read) -> None:
    text = (
        "The harbour will be closed, Norway's transport minister has announced.\n\n"
        "Speaking at a briefing on Tuesday, Kari Nilsen said that the ships are too old."
    )
    statements = read(text)
    assert speakers(statements) == ["Kari Nilsen", "Kari Nilsen"]
    assert [item.on_behalf_of for item in statements] == ["Norway", "Norway"]
    assert statements[1].role == "transport minister"


def test_a_source_without_name_stays_as_it_stands(read: Read) -> None:
    item = only(read("Two senior officials of the harbour said that the ships are old."))
    assert item.speaker == "Two senior officials of the harbour"


@pytest.mark.parametrize(
    ("text", "actor", "basis"),
    [
        ("Norway's defence minister said that the ships are old.", "Norway", "Norway"),
        ("Norwegian Prime Minister Kari Nilsen said that the ships are old.", "Norway", "Norwegian"),
        ("Kari Nilsen, the foreign minister of Norway, said that the ships are old.", "Norway", "Norway"),
        ("Oslo said that the ships are old.", "Norway", "Oslo"),
        ("The White House said that the ships are old.", "United States", "White House"),
    ],
)
def test_the_actor_is_what_the_text_says(read: Read, text: str, actor: str, basis: str) -> None:
    item = only(read(text))
    assert item.on_behalf_of == actor
    assert item.on_behalf_of_basis is not None
    assert basis in item.on_behalf_of_basis.text
    assert not item.on_behalf_of_inferred


def test_the_actor_of_an_aide_is_that_of_the_person_behind(read: Read) -> None:
    text = "Norwegian Prime Minister Kari Nilsen’s spokesman, Olav Dahl, said that the ships are old."
    item = only(read(text))
    assert (item.speaker, item.role, item.on_behalf_of) == ("Olav Dahl", "spokesman", "Norway")


TALKS = (
    "Talks between Sweden and Norway failed. Swedish President Per Holm said that the border is closed.\n\n"
    "President Kari Nilsen said that the border is open."
)


def test_an_office_that_a_country_fills_once_leaves_one_country(read: Read) -> None:
    item = read(TALKS)[-1]
    assert (item.speaker, item.on_behalf_of, item.on_behalf_of_inferred) == ("Kari Nilsen", "Norway", True)


def test_with_two_countries_left_nothing_is_inferred(read: Read) -> None:
    item = read(TALKS.replace("Norway failed", "Norway failed, and Finland mourned"))[-1]
    assert (item.speaker, item.on_behalf_of) == ("Kari Nilsen", None)


def test_a_private_person_speaks_for_no_country(read: Read) -> None:
    item = only(read("Norway won the match. Kari Nilsen, a fan, said that it was a great evening."))
    assert item.on_behalf_of is None


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        ("Speaking to Reuters, Kari Nilsen said that the ships are old.", "Reuters"),
        ("Kari Nilsen told Reuters that the ships are old.", "Reuters"),
        ("Kari Nilsen told reporters that the ships are old.", "reporters"),
        ("Kari Nilsen said in a statement that the ships are old.", "a statement"),
        ("Speaking during a briefing on Tuesday, Kari Nilsen said that the ships are old.", "a briefing"),
    ],
)
def test_the_venue_is_the_words_of_the_text(read: Read, text: str, venue: str) -> None:
    assert only(read(text)).venue == venue


@pytest.mark.parametrize(
    ("text", "day", "basis"),
    [
        ("Kari Nilsen said on Tuesday that the ships are old.", date(2024, 5, 14), "on Tuesday"),
        ("Kari Nilsen said late on Wednesday that the ships are old.", date(2024, 5, 15), "late on Wednesday"),
        ("Kari Nilsen said yesterday that the ships are old.", date(2024, 5, 14), "yesterday"),
        ("Kari Nilsen said that the ships will sail on Tuesday.", None, None),
        ("In March, Kari Nilsen said that the ships are old.", Month.of(2024, 3), "In March"),
    ],
)
def test_the_day_is_resolved_from_the_words_outside_the_content(
    read: Read, text: str, day: date | None, basis: str | None
) -> None:
    item = only(read(text))
    assert (item.said_on, item.said_on_basis) == (day, basis)


def test_without_a_day_of_publication_no_weekday_is_resolved(read: Read) -> None:
    assert only(read("Kari Nilsen said on Tuesday that the ships are old.", published=None)).said_on is None


def test_what_the_same_person_adds_belongs_to_the_same_occasion(read: Read) -> None:
    text = "Speaking to Reuters on Tuesday, Kari Nilsen said that the ships are old.\n\n“They must go,” she added."
    statements = read(text)
    assert [(item.venue, item.said_on) for item in statements] == [("Reuters", date(2024, 5, 14))] * 2


def test_what_somebody_else_adds_does_not(read: Read) -> None:
    text = (
        "Speaking to Reuters on Tuesday, Kari Nilsen said that the ships are old.\n\nOlav Dahl said that they are new."
    )
    statements = read(text)
    assert (statements[1].speaker, statements[1].venue, statements[1].said_on) == ("Olav Dahl", None, None)


@pytest.mark.parametrize("text", ["", " ", "\n", "“", "said", "He said", "😀😀😀", "“”“”", "Hello\x00 said that"])
def test_scraps_of_text_raise_nothing(read: Read, text: str) -> None:
    read(text)


WORDS = st.sampled_from(
    "said that “ ” \" '' ‘ ’ , . : ; — \n Anna Petrova Norway he she who told the minister denied it according to "
    "claims is 😀 İstanbul Київ".split(" ")
)

_SAID = "The minister said that the road is open. “It is not,” Anna Petrova told him."


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=40).map(" ".join))
@example(_SAID)
def test_every_fragment_is_the_characters_of_its_span(text: str) -> None:
    statements = extract_statements(text, parser=_PARSER, article_id="a", version="v", published=date(2024, 5, 15))
    for item in some(statements) if text == _SAID else statements:
        bases = (item.speaker_basis, item.role_basis, item.on_behalf_of_basis, item.venue_basis)
        assert item.content
        for fragment in (item.source, item.cue, *item.content, *bases):
            assert fragment is None or text[fragment.start : fragment.end] == fragment.text
        assert item.text == " ... ".join(piece.text for piece in item.content)


_PARSER = shared_parser()


def test_the_rules_have_a_fingerprint() -> None:
    assert FINGERPRINT.startswith("statements-")


def test_a_bare_surname_is_the_only_namesake_named_so_far(read: Read) -> None:
    text = "Karl Brandt said the bridge is safe. Brandt added that it is old.\n\nAnna Brandt said the bridge is a ruin."
    assert speakers(read(text)) == ["Karl Brandt", "Karl Brandt", "Anna Brandt"]


def test_a_bare_surname_after_two_namesakes_is_neither(read: Read) -> None:
    text = "Karl Brandt said the bridge is safe. Anna Brandt said the bridge is a ruin.\n\nBrandt added that it is old."
    last = read(text)[-1]
    assert (last.speaker, last.speaker_candidates) == (None, ("Karl Brandt", "Anna Brandt"))


def test_what_was_said_at_another_time_takes_no_day_from_the_statement_before(read: Read) -> None:
    text = "Kari Nilsen told Reuters on Tuesday that the ships are old.\n\nIn 2019, she said that the ships were new."
    assert [item.said_on for item in read(text)] == [date(2024, 5, 14), None]


def test_a_venue_named_later_keeps_the_day(read: Read) -> None:
    text = "The ships are old, Kari Nilsen said on Tuesday.\n\nNilsen told a briefing that they must go."
    assert [(item.venue, item.said_on) for item in read(text)] == [
        (None, date(2024, 5, 14)),
        ("a briefing", date(2024, 5, 14)),
    ]


def test_according_to_covers_the_whole_clause_whatever_its_verb(read: Read) -> None:
    item = only(read("The ministry does not mean to close the harbour, according to Kari Nilsen."))
    assert parts(item) == ("Kari Nilsen", "according to", "The ministry does not mean to close the harbour")


def test_the_army_is_the_army_named_before(read: Read) -> None:
    statements = read("Norway's army announced that the ships are old. The army claims that they are safe.")
    assert [(item.speaker, item.on_behalf_of) for item in statements] == [("Norway's army", "Norway")] * 2


def test_two_countries_together_are_not_one(read: Read) -> None:
    statements = read("Oslo and Stockholm said that the border is open.")
    assert [item.on_behalf_of for item in statements] == [None]


def test_somebody_kept_from_opposing_is_who_opposes(read: Read) -> None:
    statements = read("Good relations have not kept Kari Nilsen from openly opposing what happened in the harbour.")
    assert [(item.speaker, item.stance) for item in statements] == [("Kari Nilsen", True)]


@pytest.mark.parametrize(
    ("text", "source", "content"),
    [
        ("MAYOR: We will open the bridge in May.", "MAYOR", "We will open the bridge in May"),
        ("“We will open the bridge in May.” — Anna Petrova", "Anna Petrova", "“We will open the bridge in May.”"),
        (
            "The union called on Friday for the minister to resign.",
            "The union",
            "the minister to resign",
        ),
    ],
)
def test_lines_that_name_who_speaks_and_calls_for_action(read: Read, text: str, source: str, content: str) -> None:
    item = only(read(text))
    assert (item.source and item.source.text, item.text) == (source, content)


def test_a_hyphenated_surname_is_one_name(read: Read) -> None:
    assert speakers(read("Anna Stanley-Becker said that the bridge is safe.")) == ["Anna Stanley-Becker"]


def test_the_speaker_stands_between_a_quotation_and_its_cue(read: Read) -> None:
    item = only(read("“The bridge is safe,” Anna Petrova, the mayor of the town, wrote on Monday."))
    assert (item.speaker, item.role) == ("Anna Petrova", "mayor of the town")


def test_a_full_name_in_the_title_completes_a_surname(parser: SpacyParser) -> None:
    statements = extract_statements(
        "“The bridge is safe,” Petrova said.",
        parser=parser,
        article_id="a",
        version="v",
        title="Mayor Anna Petrova defends the new bridge",
    )
    item = only(statements)
    assert item.speaker == "Anna Petrova"
    assert item.speaker_basis is not None
    assert item.speaker_basis.text == "Petrova"


@pytest.mark.parametrize(
    "text",
    [
        "Former Norwegian Prime Minister Kari Nilsen said that the ships are old.",
        "A new Oslo Times poll suggested that the ships are old.",
        "Kari Nilsen of the Dock Workers of Norway Union said that the ships are old.",
    ],
)
def test_a_former_office_or_a_longer_name_is_no_country(read: Read, text: str) -> None:
    assert {item.on_behalf_of for item in read(text)}.isdisjoint({"Norway"})


def test_a_body_is_the_actor_of_who_heads_it(read: Read) -> None:
    item = only(read("Kari Nilsen, the chairwoman of the National Dock Council, said that the ships are old."))
    assert item.on_behalf_of == "National Dock Council"


def test_a_minister_with_a_demonym_is_of_that_country(read: Read) -> None:
    item = only(read("Norwegian Defense Minister Kari Nilsen said on Tuesday that the ships are old."))
    assert (item.role, item.on_behalf_of) == ("Defense Minister", "Norway")


def test_a_role_ends_before_the_person_it_belongs_to(read: Read) -> None:
    text = "Olav Dahl, the spokesman of Norwegian Prime Minister Kari Nilsen, said that the ships are old."
    item = only(read(text))
    assert (item.speaker, item.role, item.on_behalf_of) == ("Olav Dahl", "spokesman", "Norway")


@pytest.mark.parametrize(
    ("text", "source", "content"),
    [
        (
            "Anna Petrova said that once the council goes on recess, “I intend to walk the whole river.”",
            "Anna Petrova",
            "that once the council goes on recess, “I intend to walk the whole river.”",
        ),
        (
            "The mayor told the crowd in the square that the new bridge “will stand for a hundred years.”",
            "The mayor",
            "that the new bridge “will stand for a hundred years.”",
        ),
        (
            "Anna Petrova used the debate to demand that the ferry be saved.",
            "Anna Petrova",
            "that the ferry be saved",
        ),
        ("While he's said he will stay, the mayor is tired.", "he", "he will stay"),
    ],
)
def test_the_whole_of_what_was_said_goes_to_the_one_who_said_it(
    read: Read, text: str, source: str, content: str
) -> None:
    results = [(item.source and item.source.text, item.text) for item in read(text)]
    assert (source, content) in results


@pytest.mark.parametrize(
    "text",
    [
        "People who dislike long queues went home.",
        "A man called the Fox lived by the river.",
        "The plan drew criticism from the farmers.",
        "The host of “Morning Table” smiled at the guests.",
    ],
)
def test_what_only_describes_something_is_no_statement(read: Read, text: str) -> None:
    assert read(text) == ()


@settings(max_examples=40)
@given(st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("“”\"'’.,:—\n said he Roe"))))
@example(_SAID)
def test_no_text_is_too_odd_and_spans_stay_inside_it(text: str) -> None:
    statements = extract_statements(text, parser=_PARSER, article_id="a", version="v", published=date(2024, 5, 15))
    for item in some(statements) if text == _SAID else statements:
        for fragment in (item.source, item.cue, *item.content):
            assert fragment is None or 0 <= fragment.start < fragment.end <= len(text)


@pytest.mark.parametrize("piece", ["he said ", "said that ", "Jay Roe and ", "“a” ", ", said Jay Roe "])
def test_a_paragraph_without_an_end_is_read_in_bounded_time(piece: str) -> None:
    started = time.process_time()
    extract_statements(piece * (20_000 // len(piece)), parser=_PARSER, article_id="a", version="v")
    assert time.process_time() - started < 30


def test_names_after_several_titles_and_before_a_description_are_the_speakers(read: Read) -> None:
    statements = read("Lobbyist and strategist Karl Brandt, a former partner of the firm, said that it closed in May.")
    assert [item.speaker for item in statements] == ["Karl Brandt"]


def test_a_dateline_speaks_for_nobody(read: Read) -> None:
    statements = read("LONDON ― Karl Brandt said that the bridge will close in May.")
    assert [item.speaker for item in statements] == ["Karl Brandt"]


def said_by(found: tuple[Statement, ...]) -> list[tuple[str | None, str]]:
    return [(item.speaker, item.text) for item in found]


def test_two_who_say_one_thing_are_both_its_speakers(read: Read) -> None:
    result = only(read("Rep. Alan Grieves (R-Ohio) and Sen. Paula Ortiz said on Tuesday that the dam will be rebuilt."))
    assert (result.speaker, result.role, result.on_behalf_of) == ("Alan Grieves and Paula Ortiz", None, None)
    assert result.text == "that the dam will be rebuilt"


def test_a_quotation_that_is_the_whole_next_paragraph_goes_on(read: Read) -> None:
    text = (
        "“The money is there,” Jay Roe told reporters.\n\n“The engineers are ready and the plans are drawn up.”\n\n"
        "Roe left."
    )
    assert said_by(read(text)) == [
        ("Jay Roe", "“The money is there,” ... “The engineers are ready and the plans are drawn up.”")
    ]


def test_who_asked_does_not_go_on_in_the_next_paragraph(read: Read) -> None:
    text = "“Is the money there?” Jay Roe asked.\n\n“The engineers are ready and the plans are drawn up.”"
    assert said_by(read(text)) == [("Jay Roe", "“Is the money there?”")]


def test_a_paragraph_left_open_belongs_to_who_is_named_in_the_next(read: Read) -> None:
    text = "“The dam is older than I am and leaks.\n\n“It has to go,” said Jay Roe."
    assert said_by(read(text)) == [("Jay Roe", "“The dam is older than I am and leaks. ... “It has to go,”")]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("They want to close the “river gap,” which Jay Roe said is wide.", "river gap"),
        ("A spot, “Home,” shows how the town was built, Jay Roe said.", "Home"),
        ("The board called him a “disturbed person,” and Jay Roe said that it would meet again.", "disturbed person"),
    ],
)
def test_a_quoted_phrase_inside_a_sentence_is_nobodys_utterance(read: Read, text: str, spoken: str) -> None:
    assert all(item.kind != "direct" and item.text.strip("“”,") != spoken for item in some(read(text)))


def test_each_half_of_a_sentence_has_its_own_speaker(read: Read) -> None:
    statements = read("Dina Roth said the firm “knew”; Ed Sommer said it “should have known”.")
    assert said_by(statements) == [("Dina Roth", "the firm “knew”"), ("Ed Sommer", "it “should have known”")]


def test_one_speakers_clause_is_not_part_of_anothers_quotation(read: Read) -> None:
    statements = read("Asked about the cost, Dina Roth said “It is under a billion,” she told the paper.")
    assert [text for speaker, text in said_by(statements) if speaker == "Dina Roth"] == ["“It is under a billion,”"]


def test_who_is_asked_says_nothing_by_it(read: Read) -> None:
    statements = read(
        "“I never did,” Jay Roe said when asked if he had promised jobs. Asked if he would resign, Roe said no."
    )
    assert [text for speaker, text in said_by(statements) if speaker] == ["“I never did,”", "no"]


def test_the_verb_before_a_quotation_has_it_where_the_one_after_only_goes_on(read: Read) -> None:
    statements = read("Dina Roth stated, “The vote was fair to all of us,” adding, “Nobody has shown us otherwise.”")
    assert [(item.cue and item.cue.text, item.text) for item in statements] == [
        ("stated", "“The vote was fair to all of us,”"),
        ("adding", "“Nobody has shown us otherwise.”"),
    ]


def test_a_source_keeps_the_quoted_words_of_its_name(read: Read) -> None:
    assert only(read("Critics of the “river deal” said it is a giveaway.")).speaker == "Critics of the “river deal”"


def test_a_dateline_with_an_agency_is_no_part_of_the_source(read: Read) -> None:
    result = only(read("LONDON (Wire) — The union’s leader, Pia Nand, warned that drivers would strike."))
    assert parts(result)[0] == "The union’s leader, Pia Nand,"
    assert (result.speaker, result.role) == ("Pia Nand", "leader")


def test_a_title_stands_for_who_speaks_under_it_in_the_next_sentence(read: Read) -> None:
    statements = read("Ostia's president rejected the accusations. “We never attacked,” President Dario Fell said.")
    assert [item.speaker for item in statements] == ["Dario Fell", "Dario Fell"]


def test_the_day_of_an_event_is_not_the_day_of_what_was_said_before_it(read: Read) -> None:
    result = only(read("Shares fell on Monday after the company said that it would recall the jars."))
    assert result.said_on is None


def test_the_letters_of_an_interview_are_no_names(read: Read) -> None:
    statements = read("Q: Will you run again next year?\n\nA: I have not decided yet, and nobody knows.")
    assert [(item.speaker, item.text) for item in statements] == [(None, "I have not decided yet, and nobody knows")]


def test_british_spelling_is_known(read: Read) -> None:
    assert only(read("The senator criticised the plan for its heavy costs.")).text == "the plan for its heavy costs"


def test_a_verb_that_the_parser_made_a_modifier_of_its_object_still_says_who_speaks(read: Read) -> None:
    result = only(
        read('Holm described director Karl Brandt as "one of the greatest contributors to the world of cinema".')
    )
    assert (result.speaker, result.kind, result.cue and result.cue.text) == ("Holm", "mixed", "described")


def test_how_a_quotation_was_received_is_no_part_of_it(read: Read) -> None:
    quotation = '"That is what it is going to be about and I say bring it on,"'
    result = only(read(f"{quotation} Ida Holm concluded, to loud cheering."))
    assert (result.text, result.kind) == (quotation, "direct")
    parts = only(read('"The plan," Ida Holm said, "will fail in May."'))
    assert parts.text == '"The plan," ... "will fail in May."'


def test_a_quoted_word_in_an_aside_does_not_make_the_outlets_account_a_position(read: Read) -> None:
    statements = read("Karl Brandt has opposed the vote, which he describes as a “farce” to this day.")
    assert [item.stance for item in statements if item.cue and item.cue.text == "has opposed"] == [True]
    (his,) = [item for item in statements if item.cue and item.cue.text == "describes"]
    kept = read("Good relations have not kept President Karl Brandt from opposing the vote, which he calls a “farce”.")
    assert [item.speaker for item in kept] == ["Karl Brandt", "Karl Brandt"]
    assert (his.speaker, his.kind, his.stance) == ("Karl Brandt", "mixed", False)
    assert not only(read("Karl Brandt described the vote as a “farce” and left.")).stance


@pytest.mark.parametrize(
    "text",
    [
        "Neither confirming nor denying the report, the ministry said that talks go on.",
        "The ministry would neither confirm nor deny the report.",
        "The ministry declined to confirm or deny the report.",
        "The ministry did not deny the report.",
    ],
)
def test_what_is_not_denied_is_no_denial(read: Read, text: str) -> None:
    assert not any(item.denied for item in read(text))


def test_two_of_whom_one_is_described_speak_together(read: Read) -> None:
    result = only(read("Her deputy, Jan Rybak, and party leader Mira Holt told the paper they would resign in May."))
    assert result.speaker == "Jan Rybak and Mira Holt"


def test_a_man_is_no_role(read: Read) -> None:
    assert only(read("“Never again!” shouted a man at the back.")).role is None


def test_a_phrase_that_belongs_to_its_own_verb_is_no_statement_and_stops_nothing(read: Read) -> None:
    coined = (
        "She has coined a new phrase, “floating voters,” to describe those at sea, and sharpened her speech on ferries."
    )
    assert read(coined) == ()
    result = only(read(f"{coined}\n\nMaria Lopez said that the bridge is safe."))
    assert result.text == "that the bridge is safe"


@pytest.mark.parametrize(
    ("text", "source", "content"),
    [
        (
            "The foreign minister of Norway, Anna Smith, said on Monday that talks would resume.",
            "The foreign minister of Norway, Anna Smith,",
            "that talks would resume",
        ),
        (
            "Nine people died in the flood in Bristol on Tuesday, the mayor of Bristol, Anna Smith, said.",
            "the mayor of Bristol, Anna Smith,",
            "Nine people died in the flood in Bristol on Tuesday",
        ),
        (
            "The plan failed, according to the secretary of the board, Anna Smith.",
            "the secretary of the board, Anna Smith",
            "The plan failed",
        ),
    ],
)
def test_the_name_after_an_office_of_somewhere_is_its_holders(read: Read, text: str, source: str, content: str) -> None:
    item = only(read(text))
    assert (item.source and item.source.text, item.text, item.speaker) == (source, content, "Anna Smith")
    assert item.role in ("foreign minister of Norway", "mayor of Bristol", "secretary of the board")


def test_two_offices_are_not_one_for_the_little_words_in_them(read: Read) -> None:
    statements = read(
        "The head of the bank, Tom Hill, rejected the plan. The president of the club, which lost, said it was over."
    )
    assert [item.speaker for item in statements] == ["Tom Hill", "The president of the club"]
