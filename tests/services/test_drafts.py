"""Drafts checked against a library, through the door."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from rag import Newsroom, Settings
from rag.cli import main
from rag.domain import DraftCheck, DraftProgress, Finding, Statement
from rag.errors import UnreadableSource, UnusableInput
from rag.providers.cross_encoder import MiniLMEntailment
from rag.services.drafts.draft_quotations import quotation_spans, quotations_of
from rag.services.drafts.parts import parts_of
from rag.services.drafts.plain_text import PlainText
from rag.text.sentences import sentences
from rag.verification.entailment import Entailment
from tests.fakes import scripted, verdicts

HARBOUR = (
    "VELDE, 3 May 2031 - Norland's harbour minister, Ada Lund, told reporters on Saturday that the port stays open. "
    "“We will not close the harbour before the end of June,” Lund said.\n\n"
    "Bo Marsh, who leads the fishermen's union, was not convinced. “Nobody has asked us to move our 48 boats,” Marsh "
    "said. The union has 1,200 members."
)
LATER = (
    "VELDE, 9 May 2031 - The fishermen's union of Norland has 1,350 members, its leader Bo Marsh said on Friday. "
    "“We are growing,” he said."
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with Newsroom.open(Settings(home=tmp_path_factory.mktemp("velde"))) as room:
        room.add_text(HARBOUR, title="Harbour stays open", outlet="Velde Post", published="2031-05-03")
        room.add_text(LATER, title="Union grows", outlet="Norland Times", published="2031-05-10")
        room.wait()
        yield room


def only(check: DraftCheck) -> Finding:
    (finding,) = (item for item in check.findings if item.kind == "quotation")
    return finding


@pytest.mark.parametrize(
    ("draft", "outcome", "alteration"),
    [
        ("“We will not close the harbour before the end of June,” Lund said.", "as_said", None),
        ('"We will not close the harbour before the end of June," said Ada Lund.', "as_said", None),
        ("“We will close the harbour before the end of June,” Lund said.", "altered", "negation"),
        ("“Nobody has asked us to move our 84 boats,” Marsh said.", "altered", "number"),
        ("“We will not close the harbour, before the end of June,” Lund said.", "unconfirmed", None),  # marks alone
        ("“Nobody has asked us to move our 48 boats,” Lund, others said.", "other_speaker", None),
        ("“We will not close the harbour before the end of June,” Bo Marsh said.", "other_speaker", None),
        ("“Our nets are empty and our children leave,” Marsh said.", "not_found", None),
        ("Bo Marsh, whose boat lies there, said “nobody has asked us to move our 48 boats”.", "as_said", None),
        ("“Nobody has asked us to move our 48 boats,” the Ostmark Railway Board said.", "unconfirmed", None),
        ("> Nobody has asked us to move our 48 boats", "as_said", None),
        ("> Nobody has asked us\n> to move our 48 boats", "as_said", None),
        ("> We will\n> close the harbour before the end of June", "altered", "negation"),
        ("“We will ... close the harbour before the end of June,” Lund said.", "altered", "negation"),
        ("“We [now] close the harbour before the end of June,” Lund said.", "altered", "negation"),
        ("“We will not close ... before the end of June,” Lund said.", "as_said", None),
        ("On 1 May 2031 Ada Lund said: “We will not close the harbour before the end of June.”", "contradicted", None),
        ("“We will not close the harbour before the end of June,” Lund said in March.", "contradicted", None),
        ("In May 2030, Lund said: “We will not close the harbour before the end of June.”", "contradicted", None),
        ("“We will not close the harbour before the end of June,” Lund said in May.", "as_said", None),
        ("In May 2031, Lund said: “We will not close the harbour before the end of June.”", "as_said", None),
        ("“We will not close the harbour before the end of June,” Lund said of the ban in March.", "as_said", None),
    ],
)
def test_each_quotation_of_a_draft_has_its_outcome(
    library: Newsroom, draft: str, outcome: str, alteration: str | None
) -> None:
    finding = only(library.check(draft, day=date(2031, 5, 12)))
    assert (finding.outcome, finding.alteration) == (outcome, alteration), finding.why
    assert draft[finding.start : finding.end] == finding.text


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("We will not close the harbour", "before the end of June", "as_said"),
        ("We will", "close the harbour before the end of June", "altered"),
    ],
)
def test_a_quotation_goes_on_behind_its_speaker(library: Newsroom, first: str, second: str, outcome: str) -> None:
    check = library.check(f"“{first},” Lund said, “{second}.”", day=date(2031, 5, 12))
    assert [item.outcome for item in check.findings if item.kind == "quotation"][-1] == outcome


def test_a_finding_cites_the_record_byte_for_byte(library: Newsroom) -> None:
    check = library.check("“We will close the harbour before the end of June,” Lund said.")
    cited = check.citations[only(check).citations[0] - 1]
    assert library.article(cited.article_id).text[cited.start : cited.end] == cited.quote
    assert "not close the harbour" in cited.quote


@pytest.mark.parametrize(
    ("draft", "speaker"),
    [
        ("“We will not close the harbour,” Maria Lund said.", "Maria Lund"),
        ("“You should resign,” Sens. John Tarn (L-Velde) and David Holm (C-Ostwick) said.", "John Tarn and David Holm"),
        ("“We will not close the harbour,” the minister said.", None),
        ("“We will not close the harbour,” a spokesman for Maria Lund said.", None),
        ("“We will not close the harbour,” Maria Lund’s spokesman John Tarn said.", "John Tarn"),
        ("The sign says “no entry for boats”; Maria Lund rowed on.", None),
    ],
)
def test_who_is_named_beside_a_verb_of_saying_speaks_where_no_statement_tells(draft: str, speaker: str | None) -> None:
    (quotation,) = quotations_of(draft, quotation_spans(draft), [], sentences(draft))
    assert (quotation.statement and quotation.statement.speaker) == speaker


def test_words_of_nobody_are_not_those_of_whom_the_article_does_not_name_there(library: Newsroom) -> None:
    text = "Hundreds stood at the gate on Sunday. “No fish without a harbour for all of us” was painted on a banner."
    library.add_text(text, title="A march", outlet="Lake Herald", published="2031-06-09")
    library.wait()
    finding = only(library.check("“No fish without a harbour for all of us,” Maria Holm said."))
    assert finding.outcome == "unconfirmed", finding.why


def test_a_claim_is_supported_contradicted_or_not_in_the_library(library: Newsroom) -> None:
    draft = "Bo Marsh leads the fishermen's union. Marsh bought a red bicycle in Sudria for his uncle."
    supported, unknown = (item.outcome for item in library.check(draft).findings)
    assert supported == "supported"
    assert unknown in ("not_found", "unconfirmed")


@pytest.mark.parametrize(
    ("draft", "outside", "outcome"),
    [
        (
            "“Nobody has asked us to move our 48 boats,” Bo Marsh, who leads the union, told reporters in Velde.",
            "Bo Marsh, who leads the union, told reporters in Velde.",
            "unconfirmed",  # the minister told reporters
        ),
        (
            "“We will not close the harbour,” Norland's harbour minister, Ada Lund, told reporters on Saturday.",
            "Norland's harbour minister, Ada Lund, told reporters on Saturday.",
            "supported",
        ),
        (
            "“We will close the harbour in June,” Ada Lund, the harbour minister, told reporters on Friday.",
            "Ada Lund, the harbour minister, told reporters on Friday.",
            "contradicted",
        ),
        (
            "Ada Lund, the harbour minister of Norland, said that Velde would “not close the harbour” before June.",
            "Ada Lund, the harbour minister of Norland, said that Velde would",
            "supported",
        ),
    ],
)
def test_what_a_sentence_says_beside_its_quotation_is_a_claim_of_its_own(
    library: Newsroom, draft: str, outside: str, outcome: str
) -> None:
    (claim,) = (item for item in library.check(draft, day=date(2031, 5, 12)).findings if item.kind == "claim")
    assert (claim.text, claim.outcome) == (outside, outcome), claim.why
    assert draft[claim.start : claim.end] == outside


def test_a_sentence_that_only_attributes_a_quotation_makes_no_claim(library: Newsroom) -> None:
    check = library.check("“We will not close the harbour before the end of June,” Ada Lund said.")
    assert [item.kind for item in check.findings] == ["quotation"]


def test_sentences_of_one_article_may_support_a_claim_together(room: Newsroom) -> None:
    text = (
        "Ostwick does not mean to sell its bridge, according to Ivo Tarn, the press officer of Mayor Eva Holm.\n\n"
        "“The bridge stays ours,” Tarn told Bloomberg late on Monday."
    )
    room.add_text(text, title="No sale", outlet="Lake Herald", published="2031-06-09")
    room.wait()
    check = room.check("Mayor Holm's press officer, Ivo Tarn, spoke to Bloomberg on 9 June 2031.")
    assert [item.outcome for item in check.findings] == ["supported"], check.findings
    assert len(check.citations) > 1


def test_words_of_sentences_far_apart_support_no_claim_together(library: Newsroom) -> None:
    text = (
        "The Lake Railway ordered 24 locomotives on Tuesday. The price is put at 310 million marks. Its old trains are "
        "to be sold abroad.\n\nThe drivers' leader, Edda Sorn, called the order a gift to the makers. Her deputy, Nils "
        "Varga, used to repair signals."
    )
    library.add_text(text, title="An order", outlet="Lake Herald", published="2031-06-09")
    library.wait()
    draft = "Nils Varga called the order of 24 locomotives a gift. Edda Sorn put the price at 310 million marks."
    assert {item.outcome for item in library.check(draft).findings}.isdisjoint({"supported"})


def test_figures_that_have_changed_places_are_contradicted_by_their_sentence(
    library: Newsroom,
) -> None:
    text = "In the crash at Ostwick 12 people were killed and 5 were injured, the mayor, Eva Holm, said."
    library.add_text(text, title="A crash", outlet="Lake Herald", published="2031-06-09")
    library.wait()
    check = library.check("In the crash at Ostwick 5 people were killed and 12 were injured, Eva Holm said.")
    assert [item.outcome for item in check.findings] == ["contradicted"], check.findings


def test_a_figure_that_a_later_article_replaced_is_not_called_wrong(library: Newsroom) -> None:
    draft = "The fishermen's union of Bo Marsh has 1,200 members."
    assert [item.outcome for item in library.check(draft).findings] == ["newer"]
    assert [item.outcome for item in library.check(draft.replace("200", "400")).findings] == ["contradicted"]


def test_offsets_are_those_of_the_draft_as_it_came(library: Newsroom) -> None:
    draft = "Ha\u0308fen\r\n\x07\r\n“We will not close the harbour before the end of June,” Lund said.\r\n"
    finding = only(library.check(draft))
    assert draft[finding.start : finding.end] == finding.text
    assert finding.outcome == "as_said"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_quotation_that_a_mail_program_has_wrapped_is_one(library: Newsroom, ending: str) -> None:
    words = f"We will not close the{ending}harbour before the end of June"
    draft = f"Asked on Saturday, the minister was as clear as ever: “{words},” Lund said."
    finding = only(library.check(draft))
    assert finding.outcome == "as_said"
    assert draft[finding.start : finding.end] == finding.text


def test_a_draft_without_anything_to_check_says_so(library: Newsroom) -> None:
    check = library.check("What a lovely day it is.")
    assert check.findings == ()
    assert check.stands
    assert "no quotation" in check.notices[0]


def test_a_draft_in_another_language_is_told_what_was_compared(library: Newsroom) -> None:
    draft = (
        "Der Hafen von Velde bleibt bis Ende Juni geöffnet, sagte die Ministerin Ada Lund am Samstag vor Journalisten. "
        "„Niemand hat uns gefragt, ob wir unsere Boote verlegen wollen“, sagte Bo Marsh von der Gewerkschaft."
    )
    check = library.check(draft)
    assert [line for line in check.notices if "in German" in line], check.notices
    assert [(item.kind, item.outcome) for item in check.findings] == [("quotation", "not_found")]
    assert not [line for line in library.check("“We are growing,” Bo Marsh said.").notices if "language" in line]


def test_a_stopped_check_keeps_what_was_looked_at(library: Newsroom) -> None:
    cancel = threading.Event()
    cancel.set()
    check = library.check("“We will not close the harbour before the end of June,” Lund said.", cancel=cancel)
    assert not check.finished
    assert not check.stands
    assert check.findings == ()


_LONG = "\n\n".join(
    f"On day {n} the {n} boats of Velde came back to the harbour with their catch." for n in range(1, 900)
)


def test_the_parts_of_a_long_draft_are_all_of_it_and_cut_no_quotation() -> None:
    spoken = " ".join(f"We waited {n} days, and nobody came." for n in range(2000))
    draft = f"{_LONG}\n\n“{spoken},” Maria Lund said.\n\n{_LONG}"
    parts = parts_of(draft)
    assert len(parts) > 5
    assert [one for part in parts for one in part.sentences] == list(sentences(draft))
    assert [one for part in parts for one in part.quotations] == quotation_spans(draft)
    assert len(parts_of(_LONG[:15_000])) == 1
    assert parts_of(" ") == []


def test_who_was_introduced_on_an_earlier_page_is_known_by_the_last_name(library: Newsroom) -> None:
    text = f"“We are not building a plant in Ukraine,” {'{}'} said.\n\n"
    draft = f"{text.format('President Maria Lund')}{_LONG}\n\n{text.format('Lund')}"
    check = library.check(draft)
    assert [item.speaker for item in check.findings if item.kind == "quotation"] == ["Maria Lund"] * 2
    assert check.finished


def test_a_long_draft_gives_its_first_findings_before_it_is_parsed_and_can_be_stopped(library: Newsroom) -> None:
    cancel = threading.Event()
    service = library._parts.drafts
    parsed: list[int] = []
    extract = service._extract
    assert extract is not None

    def counting(text: str, today: date) -> Sequence[Statement]:
        parsed.append(len(text))
        return extract(text, today)

    service._extract = counting
    for event in library.check_stream(_LONG * 3, cancel=cancel):
        if isinstance(event, DraftProgress) and event.finding:
            assert event.total > 1000 - 1
            cancel.set()
    assert isinstance(event, DraftCheck)
    assert len(event.findings) == 1
    assert not event.finished
    assert sum(parsed) < len(_LONG) / 3
    stopped = threading.Event()
    stopped.set()
    *_, last = library.check_stream(_LONG, cancel=stopped)
    assert isinstance(last, DraftCheck)
    assert not last.findings
    assert not last.finished


TRAM = (
    "VELDE, 12 May 2031 - “The rails are worn,” Ida Holm, who drives the night tram, said on Monday to Radio Velde. "
    "“Nobody has looked at the switches since the winter came to the town.”\n\n"
    "The Norland Tram Board met in the evening. It gave no answer.\n\n"
    "“Somebody should count the passengers at the old market first,” said Sven Orre, who lives there."
)


@pytest.mark.parametrize(
    ("speaker", "outcome"),
    [
        ("Ida Holm", "as_said"),
        ("Sven Orre", "other_speaker"),
    ],
)
def test_a_paragraph_with_one_source_says_whose_its_quotations_are(room: Newsroom, speaker: str, outcome: str) -> None:
    room.add_text(TRAM, title="Tram", outlet="Velde Post", published="2031-05-12")
    room.wait()
    words = "Nobody has looked at the switches since the winter came to the town"
    article = room.articles()[0].article_id
    for item in room.statements(article=article):
        if "switches" in item.text:  # as where the extraction leaves the second quotation out
            room.dismiss(item)
    room.add_statement(article, ["The rails are worn"], speaker="Ida Holm")
    finding = only(room.check(f"“{words},” {speaker} said."))
    assert finding.outcome == outcome, finding.why


def test_a_body_that_an_article_never_names_with_a_person_did_not_say_their_words(room: Newsroom) -> None:
    room.add_text(TRAM, title="Tram", outlet="Velde Post", published="2031-05-12")
    room.wait()
    words = "Somebody should count the passengers at the old market first"
    assert only(room.check(f"“{words},” Sven Orre said.")).outcome == "as_said"
    assert only(room.check(f"“{words},” the Norland Tram Board said.")).outcome == "other_speaker"
    assert only(room.check(f"“{words},” the Norland Bus Board said.")).outcome == "unconfirmed"


def test_a_description_behind_a_name_is_not_the_speaker(library: Newsroom) -> None:
    finding = only(
        library.check("“We will not close the harbour before the end of June,” Ada Lund, the Norland minister said.")
    )
    assert (finding.outcome, finding.speaker) == ("as_said", "Ada Lund")


@pytest.mark.parametrize("draft", ["", " \n\t"])
def test_an_empty_draft_is_refused_with_the_remedy(library: Newsroom, draft: str) -> None:
    with pytest.raises(UnusableInput, match="Paste its text"):
        library.check(draft)


_FORMS = {
    "link": "“We will not close the [harbour](https://velde.example/a_b?c=1) before the end of June,” Lund said.",
    "titled link": "“We will not close [the harbour](/port 'Port') before the end of June,” Lund said.",
    "bold": "“We will **not** close the harbour before _the end_ of June,” Lund said.",
    "bold around": "**“We will not close the harbour before the end of June,”** Lund said.",
    "bold within": "“***We will not close the harbour before the end of June,***” Lund said.",
    "footnote": "“We will not close the harbour[^1] before the end of June,” Lund said.",
    "escapes": r"\"We will not close the harbour before the end of June,\" Lund said.",
    "entities": "&quot;We will not close the&nbsp;harbour before the end of June,&#8221; Lund said.",
    "tags": '<p>"We will <b>not</b> close <a href="https://velde.example/?a=1">the harbour</a> before the end of '
    'June," Lund said.</p>',
    "block of html": "<p>Lund wrote:</p>\n<blockquote>\n<p>We will not close the harbour\nbefore the end of June.</p>\n"
    "<footer>— Ada Lund</footer></blockquote>",
    "q": "<p><q>We will not close the harbour before the end of June</q>, Lund said.</p>",
    "q with marks": "<p><q>“We will not close the harbour before the end of June</q>”, Lund said.</p>",
    "low marks": "„We will not close the harbour before the end of June“, Lund said.",
    "angles": "« We will not close the harbour before the end of June », Lund said.",
    "angles turned": "»We will not close the harbour before the end of June«, Lund said.",
    "corners": "「We will not close the harbour before the end of June」 Lund said.",
    "white corners": "『We will not close the harbour before the end of June』 Lund said.",
    "primes": "″We will not close the harbour before the end of June,″ Lund said.",
    "dash": "— Will you? asked Bo Marsh.\n— We will not close the harbour before the end of June, Lund said.",
    "dashes": "— We will not close the harbour before the end of June — said Ada Lund.",
    "no end": "“We will not close the harbour before the end of June, Lund said. The gulls flew off.",
    "no beginning": "We will not close the harbour before the end of June,” Lund said.",
}


@pytest.mark.parametrize("form", _FORMS)
def test_a_quotation_in_any_form_is_seen_faithful_or_altered(library: Newsroom, form: str) -> None:
    draft = _FORMS[form]
    for text, outcome in ((draft, "as_said"), (draft.replace("close", "sell"), "altered")):
        findings = [item for item in library.check(text, day=date(2031, 5, 12)).findings if item.kind == "quotation"]
        assert [item.outcome for item in findings] == [outcome], (text, findings)
        assert text[findings[0].start : findings[0].end] == findings[0].text
        assert findings[0].text.startswith("We ")


@pytest.mark.parametrize(
    "words", ["close [the harbour](sic)", "5 * 3 * 2", "snake_case_name", "d*** it", "3 < 4", "<Lund>"]
)
def test_what_only_looks_like_markup_stays(words: str) -> None:
    assert PlainText(words).text == words


def test_an_open_end_that_may_be_more_than_the_quotation_is_open(library: Newsroom) -> None:
    finding = only(library.check("“We will not close the harbour before the end of June, and the gulls flew off."))
    assert finding.outcome == "unconfirmed"
    assert "closing mark" in finding.why


def test_lines_of_a_list_are_no_speech_and_the_summary_says_so(library: Newsroom) -> None:
    check = library.check(
        "– The harbour will not close before the end of June, Lund said.\n- We are tired, Marsh said."
    )
    assert not [item for item in check.findings if item.kind == "quotation"]
    assert "2 lines with a dash" in check.notices[0]


def test_a_quotation_in_a_script_without_blanks_is_found_or_left_open(room: Newsroom) -> None:
    room.add_text("维尔德，2031年5月3日 部长表示：「我们不会关闭旧港口，渔民可以放心。」", title="旧港口")
    room.wait()
    assert only(room.check("部长说：「我们不会关闭旧港口」。")).outcome == "as_said"
    assert only(room.check("部长说：「我们一定会关闭旧港口」。")).outcome == "unconfirmed"


def test_hostile_markup_takes_no_long_time() -> None:
    for piece in ("*a ", "[a", "<a ", "<!--", "[[a|", "[x](a", "<blockquote>\n"):
        assert PlainText(piece * 20_000).text.count("a") <= 20_000


def test_unbalanced_marks_do_no_harm(library: Newsroom) -> None:
    check = library.check("“We will not close the harbour before the end of June, Lund said.\n\n” and “")
    assert check.finished
    assert "without one of its marks" in check.notices[0]


def test_a_file_of_no_draft_is_refused(library: Newsroom, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="no file"):
        library.draft_text(tmp_path / "absent.txt")
    with pytest.raises(UnreadableSource, match="empty"):
        library.draft_text(b"  ", "draft.txt")


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ("“We will not close the harbour before the end of June,” Lund said.", 0),
        ("“We will close the harbour before the end of June,” Lund said.", 1),
        ("", 2),
    ],
)
def test_the_command_says_by_its_exit_code_whether_all_stands(
    library: Newsroom, tmp_path: Path, capsys: pytest.CaptureFixture[str], draft: str, code: int
) -> None:
    path = tmp_path / "draft.md"
    path.write_text(draft, encoding="utf-8")
    assert main(["check", str(path), "--json", "--home", str(library.settings.home)]) == code
    if code < 2:
        shown = json.loads(capsys.readouterr().out)
        assert set(shown) >= {"findings", "citations", "counts", "elapsed_ms"}
        assert shown["findings"][0]["outcome"] == ("altered" if code else "as_said")


def test_a_claim_in_other_words_is_supported(library: Newsroom) -> None:
    (finding,) = library.check("Ada Lund says the port is not going to be shut.", day=date(2031, 5, 12)).findings
    assert finding.outcome == "supported", finding.why
    assert finding.citations


def test_what_the_model_doubts_is_open_and_says_why(library: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        MiniLMEntailment, "entail", lambda _self, _claim, premises: [Entailment(0.1, 0.7, 0.2) for _ in premises]
    )
    draft = "Norland's fishermen's union now counts 1,350 people, says Bo Marsh."
    (finding,) = library.check(draft, day=date(2031, 5, 12)).findings
    assert finding.outcome == "unconfirmed"
    assert "it may say otherwise" in finding.why


def test_a_claim_that_the_model_takes_for_contradicted_is_open_and_shown_beside_the_sentence(
    library: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        MiniLMEntailment, "entail", lambda _self, _claim, premises: [Entailment(0.01, 0.98, 0.01) for _ in premises]
    )
    (finding,) = library.check("Norland's port is due to shut for good, says minister Ada Lund.").findings
    assert finding.outcome == "unconfirmed"
    assert "The record does not confirm this. Compare “" in finding.why
    assert finding.citations


@pytest.mark.parametrize(
    ("draft", "outcome", "reason"),
    [
        ("Lund says that the port stays open.", "supported", ""),  # a surname alone opens the sentence
        ("VELDE, Norland - Bo Marsh leads the fishermen's union.", "supported", ""),
        ("Bo Marsch leads the fishermen's union.", "unconfirmed", "spells the name “Bo Marsh”"),
        ("Chairman Bo Marsh says that the fishermen's union has 1,350 members.", "unconfirmed", "“leader”"),
        ("The fishermen's union has 1,200 members.", "newer", "1,350"),
        ("Bo Marsh leads 90 boats in Velde.", "unconfirmed", ""),
    ],
)
def test_a_claim_has_its_outcome_and_reason(library: Newsroom, draft: str, outcome: str, reason: str) -> None:
    (finding,) = library.check(draft, day=date(2031, 5, 12)).findings
    assert finding.outcome == outcome, finding
    assert reason in finding.why


def test_a_sentence_that_only_says_who_is_quoted_and_when_makes_no_claim(library: Newsroom) -> None:
    check = library.check("On 3 May 2031 Ada Lund said: “We will not close the harbour before the end of June.”")
    assert [item.kind for item in check.findings] == ["quotation"]


def test_a_name_below_a_quotation_says_whose_it_is(room: Newsroom) -> None:
    letters = ("“The trams are cold and late all winter.” ― Ida Holm", "“Nobody listens to us.” ― Jon Arve")
    text = f"{TRAM}\n\nReaders wrote to us about the trams.\n\n" + "\n".join(letters)
    room.add_text(text, title="Letters", outlet="Velde Post", published="2031-05-12")
    room.wait()
    assert only(room.check("“The trams are cold and late all winter,” Ida Holm said.")).outcome == "as_said"
    assert only(room.check("“The trams are cold and late all winter,” Jon Arve said.")).outcome == "other_speaker"


@pytest.mark.parametrize(
    ("reply", "outcome", "why"),
    [
        (verdicts("supported"), "supported", "The language model finds that the record says so."),
        (verdicts("contradicted"), "contradicted", "The language model finds that the record contradicts this."),
        (verdicts("not_stated"), "unconfirmed", "The record comes close"),
        ("no list of verdicts", "unconfirmed", "The record comes close"),
    ],
)
@pytest.mark.usefixtures("quick_retries")
def test_a_language_model_decides_what_the_rules_leave_open_and_the_settings_say_so(
    tmp_path: Path, reply: str, outcome: str, why: str
) -> None:
    draft = "The union of Bo Marsh wants a written guarantee from the harbour minister."
    with scripted(judge=reply) as server:
        settings = Settings(home=tmp_path, base_url=server.url, chat_model="scripted", judge=False, timeout=5)
        assert "language model" in settings.draft_readers
        with Newsroom.open(settings) as room:
            room.add_text(HARBOUR, title="Harbour stays open", outlet="Velde Post", published="2031-05-03")
            room.wait()
            check = room.check(draft, day=date(2031, 5, 12))
    (claim,) = (item for item in check.findings if item.kind == "claim")
    assert (claim.outcome, claim.why[: len(why)]) == (outcome, why)
    assert any("language model could not decide" in line for line in check.notices) == (reply[0] == "n")
    assert Settings(home=tmp_path).draft_readers == ""
