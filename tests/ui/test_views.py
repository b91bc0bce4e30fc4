"""Rendering: what is escaped, what is a chip, how kinds of speech are set."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.display import day, plural
from rag.domain import (
    Actor,
    AddResult,
    Answer,
    AnswerSentence,
    Article,
    ArticleSummary,
    Citation,
    Conflict,
    Correction,
    DraftCheck,
    DraftProgress,
    Filters,
    Finding,
    Finished,
    Following,
    Fragment,
    Hit,
    Month,
    Phase,
    Preview,
    SentenceKind,
    SentenceShown,
    SentenceWithheld,
    Span,
    Statement,
    StatementKind,
    Story,
    Understood,
    Version,
    Withheld,
)
from rag.errors import BadDate
from rag.ui import (
    add_views,
    answer_views,
    check_views,
    controls,
    following_views,
    source_views,
    statement_views,
    views,
)

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><iframe srcdoc='<script>alert(1)</script>'>",
    "<svg onload=alert(1)><style>*{display:none}</style>",
    '" popovertarget="x" onclick="alert(1)',
    "</blockquote></div></details><form action=http://leak.invalid>",
    "<meta http-equiv=refresh content='0;url=http://leak.invalid'>",
    "&lt;b&gt; &#60;script&#62; &amp;",
    "[1](javascript:alert(1)) ![x](http://leak.invalid/x.png) <http://leak.invalid>",
    "\u202eevil\u2066 \x00 \ufeff",
)
ALLOWED = set(
    """div section p b i q ul li dl dt dd h1 h2 h3 header span small button a mark blockquote footer details summary
    br u strong ol time table thead tbody tr th td progress""".split()
)


class Seen(HTMLParser):
    """Tags and attributes of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(str(html))  # slices of markup escape what is added to them

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


def citation(n: int = 1, **changes: Any) -> Citation:
    made = Citation(
        n=n,
        article_id="a" * 16,
        version="v" * 16,
        start=3,
        end=9,
        quote="quoted",
        match="exact",
        title="Title",
        outlet="Outlet",
        published=date(2022, 2, 3),
        url=None,
    )
    return replace(made, **changes)


def statement(kind: StatementKind = "direct", **changes: Any) -> Statement:
    made = Statement(
        speaker="Ida Brandt",
        role="harbour master",
        on_behalf_of="Lakeside",
        venue="the Courier",
        said_on=date(2022, 2, 2),
        said_on_basis="on Wednesday",
        kind=kind,
        source=None,
        cue=None,
        content=(Fragment(start=0, end=4, text="said"),),
        text="said",
        article_id="a" * 16,
        version="v" * 16,
        speaker_basis=Fragment(start=5, end=15, text="Ida Brandt"),
    )
    return replace(made, **changes)


def sentence(
    kind: SentenceKind = "quoted", of: Statement | None = None, text: str = "“Words”", n: int = 1
) -> AnswerSentence:
    return AnswerSentence(text=text, kind=kind, citations=(n,), statement=of)


def article(text: str = "One. Two. Three.", **changes: Any) -> Article:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    made = Article(
        article_id="a" * 16,
        version="v" * 16,
        title="Title",
        outlet="Outlet",
        byline="By One",
        published=date(2022, 2, 3),
        updated=None,
        ingested=now,
        date_basis="dateline",
        language="en",
        url="https://news.example/1",
        text=text,
        versions=(Version(version="v" * 16, number=1, ingested=now),),
    )
    return replace(made, **changes)


def everything(text: str) -> list[str]:
    """Every piece of HTML that a hostile text can reach."""
    said = statement(
        speaker=text, role=f"r {text}", on_behalf_of=text, venue=text, said_on_basis=text, on_behalf_of_inferred=True,
        speaker_basis=Fragment(start=0, end=1, text=text),
    )  # fmt: skip
    cited = citation(quote=text, title=text, outlet=text, article_id=text, version=text)
    hit = Hit(
        article_id=text, version=text, start=0, end=1, text=text, score=1, title=text, outlet=text, published=None
    )
    answer = Answer(question=text, abstained=True, support=0, engine=text, answer=text, notices=(text,))
    page = article(text or "x", title=text, outlet=text, byline=text, url=text, notes=(text,))
    summary = ArticleSummary(
        **{name: getattr(page, name) for name in ArticleSummary.__dataclass_fields__ if name != "words"}, words=1
    )
    story = Story(story_id="s", title=text, article_id="a", outlets=(text,), speakers=(text,), articles=("a", "b"))
    preview = Preview(source=text, title=text, outlet=text, byline=text, first=text, url=text, known="k", listed=True)
    folded = AddResult(source=text, status="copy", article_id="a", of="b", reason=text)
    sentences = [sentence(kind, said, text) for kind in ("quoted", "indirect", "reported", "synthesis")]
    state = answer_views.AnswerState(
        phases=(Phase(name="reading", detail=text),), sentences=tuple(sentences), citations=(cited,)
    )
    return [
        views.sentences_html(sentences, [cited], "0"),
        answer_views.progress_html(state, "0"),
        answer_views.outcome_html(answer),
        answer_views.abstained_html(answer),
        answer_views.notices_html(replace(answer, abstained=False)),
        answer_views.nearest_html(hit, hit.text),
        views.withheld_html([Withheld(text=text, reason=text)]),
        answer_views.conflicts_html([Conflict(about=text, sides=((1,), (2,)))]),
        answer_views.question_html(text, Filters(outlet=text)),
        source_views.article_html(page.text, Span(0, 1)),
        source_views.article_head_html(page),
        source_views.facts_html(page),
        source_views.article_row_html(summary),
        source_views.titles_html([summary]),
        add_views.preview_html(preview),
        add_views.unread_html([Preview(source=text, reason=text)]),
        add_views.results_html([folded], {"b": text}),
        add_views.working_html(text, 1, 2),
        statement_views.statement_html(said, f"{text} {said.text}"),
        statement_views.correction_html(
            Correction(verdict="dismissed", statement=said, carried=None, made=page.ingested)
        ),
        source_views.story_head_html(story),
        source_views.story_row_html(story),
        source_views.story_days_html([page], [text]),
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_text_brings_no_tag_attribute_or_address_of_its_own(payload: str) -> None:
    harmless = [Seen(piece) for piece in everything("harmless")]
    for shown, plain in zip([Seen(piece) for piece in everything(payload)], harmless, strict=True):
        assert shown.tags <= ALLOWED
        assert shown.tags <= plain.tags | {"br"}
        assert shown.attributes <= plain.attributes
        assert all(address.startswith(("source?", "statements?")) for address in shown.addresses)


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_no_text_at_all_brings_a_tag_of_its_own(text: str) -> None:
    for piece in everything(text):
        assert Seen(piece).tags <= ALLOWED


@given(
    st.text(min_size=1, max_size=80), st.integers(0, 90), st.integers(0, 90), st.lists(st.integers(0, 80), max_size=4)
)
def test_a_highlight_never_changes_the_text(text: str, start: int, end: int, more: list[int]) -> None:
    clean = text.replace("\x00", "").replace("\r", "")  # a parser of HTML replaces these two; canonical text has none
    span = Span(start, end) if start < end else None
    others = [Span(at, at + 3) for at in more]
    shown = source_views.article_html(clean, span, others)
    assert Seen(shown).text == clean
    fits = span is not None and span.end <= len(clean)
    assert shown.count('id="hit"') == int(fits)


def test_the_passage_is_marked_as_it_is_and_other_passages_differ() -> None:
    shown = source_views.article_html("Aa. Bb. Cc.", Span(4, 7), [Span(0, 3), Span(5, 9)])
    assert '<mark id="hit" class="hit">Bb.</mark>' in shown
    assert '<mark class="also">Aa.</mark>' in shown
    assert shown.count("<mark") == 2


def test_a_passage_with_the_scroll_anchor_inside_another_mark_has_one_id() -> None:
    text = "x" * 100 + "\n" + "y" * 400
    assert source_views.article_html(text, Span(300, 320), [Span(90, 200)]).count('id="hit"') == 1


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x", "http:", "x", "", None, "http://[::1"],
)
def test_only_http_addresses_are_links(url: str | None) -> None:
    assert views.outside_url(url) is None
    assert "href" not in source_views.facts_html(article(url=url))


def test_an_http_address_is_a_link() -> None:
    assert 'href="https://news.example/1"' in source_views.facts_html(article())


def test_every_number_with_a_source_is_a_chip_with_its_own_card() -> None:
    sentences = [sentence(of=statement()), sentence(of=statement()), sentence("reported", n=2)]
    shown = views.sentences_html(sentences, [citation(1), citation(2)], "7")
    chips = re.findall(r'popovertarget="(c7-\d+)"', shown)
    assert len(chips) == len(set(chips)) == 3
    assert all(shown.count(f'id="{chip}"') == 1 for chip in chips)


def test_a_number_without_a_source_stays_text() -> None:
    shown = views.sentences_html([sentence(n=9)], [citation(1)], "0")
    assert "[9]" in shown
    assert "popovertarget" not in shown


def test_a_number_in_the_article_s_own_words_is_no_chip() -> None:
    shown = views.sentences_html([sentence(text="“As the report says [1]”", n=1)], [citation(1)], "0")
    assert "says [1]”" in shown
    assert shown.count("popovertarget") == 1


@pytest.mark.parametrize(
    ("kind", "said", "form"),
    [
        ("quoted", "direct", "direct"), ("quoted", None, "direct"), ("indirect", "mixed", "mixed"),
        ("quoted", "mixed", "mixed"), ("indirect", "indirect", "indirect"), ("indirect", None, "indirect"),
        ("reported", "indirect", "reported"), ("synthesis", None, "summary"),
    ],
)  # fmt: skip
def test_each_kind_of_speech_has_its_shape(kind: SentenceKind, said: StatementKind | None, form: str) -> None:
    one = sentence(kind, statement(said) if said else None)
    assert one.speech == form
    shown = views.sentences_html([one], [citation()], "0")
    if form in ("direct", "mixed", "indirect"):
        assert f'<blockquote class="{form}">' in shown
        assert f"{views.SPEECH[form]} · <small" in shown
    else:
        assert "<blockquote" not in shown
    assert ("In the outlet’s own words" in shown) == (form == "reported")
    assert ('class="by">Outlet, 3 Feb 2022<' in shown) == (form != "summary")


def test_the_speaker_line_says_who_in_what_role_for_whom_to_whom_and_when() -> None:
    shown = Seen(views.sentences_html([sentence(of=statement())], [citation()], "0")).text
    assert "Ida Brandt · harbour master · for Lakeside" in shown
    assert "to the Courier · said 2 Feb 2022 (“on Wednesday”) · quoted · Outlet, 3 Feb 2022" in shown


def test_a_field_that_the_text_does_not_give_is_left_out() -> None:
    bare = statement(role=None, on_behalf_of=None, venue=None, said_on=None, said_on_basis=None)
    shown = Seen(views.sentences_html([sentence(of=bare)], [], "0")).text
    assert "·" not in shown.replace("[1]", "")
    for word in ("for", "to ", "said", "None"):
        assert word not in shown


def test_an_inferred_actor_is_marked_and_a_denial_is_one() -> None:
    item = statement("indirect", on_behalf_of_inferred=True, denied=True)
    shown = Seen(views.sentences_html([sentence("indirect", item)], [], "0")).text
    assert "for Lakeside (from the office held)" in shown
    assert "denied (paraphrased)" in shown


def test_a_role_that_the_name_already_says_is_not_repeated() -> None:
    shown = Seen(views.speaker_html(statement(speaker="The harbour master", role="harbour master"))).text
    assert shown.count("harbour master") == 1


def test_statements_of_one_speaker_stand_under_one_heading() -> None:
    other = statement(speaker="Tom Reed", role=None)
    items = [sentence(of=statement()), sentence("indirect", statement("indirect")), sentence(of=other)]
    assert views.sentences_html(items, [], "0").count('class="who"') == 2


def test_a_field_leads_to_the_words_that_say_so() -> None:
    assert "source?doc=aaaaaaaaaaaaaaaa&amp;v=vvvvvvvvvvvvvvvv&amp;s=5&amp;e=15" in views.speaker_html(statement())


def test_the_name_before_a_quotation_is_not_said_twice() -> None:
    shown = Seen(views.sentences_html([sentence(of=statement(), text="Ida Brandt: “No”")], [], "0")).text
    assert shown.count("Ida Brandt") == 1


def test_a_withheld_sentence_opens_to_its_reason() -> None:
    shown = views.withheld_html([Withheld(text="It is 7.", reason="the number 7 does not occur")])
    assert shown.startswith('<details class="withheld"><summary>1 sentence withheld: the number 7')
    assert views.withheld_html([]) == ""


def test_a_stream_is_folded_into_what_it_has_shown() -> None:
    shown, gone = sentence(of=statement()), Withheld(text="x", reason="y")
    events: list[Phase | SentenceShown | SentenceWithheld | Finished] = [
        Phase(name="searching"),
        SentenceShown(sentence=shown, citations=(citation(),)),
        SentenceWithheld(withheld=gone),
    ]
    state = answer_views.progress(events)
    assert (state.sentences, state.citations, state.withheld, state.answer) == ((shown,), (citation(),), (gone,), None)
    done = Answer(
        question="q", abstained=False, support=1, engine="e", answer="a", sentences=(shown,), citations=(citation(2),)
    )
    assert answer_views.progress([*events, Finished(answer=done)]).citations == (citation(2),)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("0", "3", Span(0, 3)), ("3", "3", None), ("4", "2", None), ("0", "11", None), ("-1", "3", None),
        ("a", "3", None), (None, "3", None), ("0", None, None), ("9" * 5000, "9" * 5001, None), ("٠", "٣", None),
        ("0x1", "3", None), ("", "", None),
    ],
)  # fmt: skip
def test_only_a_passage_inside_the_text_is_taken_from_an_address(
    start: str | None, end: str | None, found: Span | None
) -> None:
    assert views.span_from_query(start, end, 10) == found


NASTY = (
    *PAYLOADS,
    "a_b_c *x* `y` ~z~ $x^2$ :red[x] :smile: ::tag:: https://x.invalid www.x.invalid a@b.invalid # h 1. l > q",
)


@pytest.mark.parametrize("text", NASTY)
def test_a_label_shows_as_it_is(text: str) -> None:
    shown = views.label(text)
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parseInline(shown)[0].children or []
    assert {token.type for token in tokens} <= {"text", "text_special"}
    plain = "".join(token.content for token in tokens).replace("\u2060", "")
    assert plain.replace("\ufffd", "\x00") == re.sub(r"\s+", " ", text).strip()


def test_a_long_label_is_cut() -> None:
    assert views.label("word " * 40, 12) == "word word w…"


def test_what_is_left_of_a_long_feed_is_shown_with_its_address() -> None:
    now = datetime(2022, 2, 3, 12, tzinfo=UTC)
    feed = Following(address="https://esk.example/feed", begun=now, next_read=now, added=1000)
    assert "paused after 8 failures" in following_views.address_html(replace(feed, paused=True, failures=8))
    assert "still to be read" not in following_views.address_html(feed)
    assert "1,000 articles · 1,240 older articles still to be read" in following_views.address_html(
        replace(feed, left=1240)
    )


def test_a_list_of_actors_counts_the_others_only_if_there_are_some() -> None:
    actors = [Actor(name=name, kind="person", statements=2, articles=1) for name in ("Ida Brandt", "Olaf Brun")]
    assert ">2 actors<" in statement_views.actors_html(actors, 2)
    assert ">2 of 9 actors<" in statement_views.actors_html(actors, 9)


def test_days_and_counts_read_as_people_write_them() -> None:
    assert day(date(2022, 2, 3)) == "3 Feb 2022"
    assert views.days(date(2022, 2, 3), date(2022, 2, 3)) == "3 Feb 2022"
    assert views.days(date(2022, 1, 1), date(2022, 1, 31)) == "1–31 Jan 2022"
    assert views.days(date(2022, 1, 30), date(2022, 2, 3)) == "30 Jan – 3 Feb 2022"
    assert views.days(date(2021, 12, 30), date(2022, 2, 3)) == "30 Dec 2021 – 3 Feb 2022"
    assert views.days(Month.of(2021, 9), Month.of(2021, 10)) == "Sep–Oct 2021"
    assert views.days(Month.of(2021, 10), date(2021, 10, 31)) == "Oct 2021"
    assert views.days(date(2021, 9, 30), Month.of(2021, 10)) == "30 Sep 2021 – Oct 2021"
    assert views.days(None, date(2022, 2, 3)) == "3 Feb 2022"
    assert views.days(None, None) is None
    assert (plural(1, "article"), plural(12000, "article")) == ("1 article", "12,000 articles")


def test_what_became_of_a_source_is_told_with_the_reason() -> None:
    results = [
        AddResult(source="x.txt", status="rejected", reason="It is empty."),
        AddResult(source="y.txt", status="duplicate", article_id="a", version="1", of="a"),
    ]
    shown = add_views.results_html(results, {"a": "A title"})
    assert '<th scope="row">Not added</th><td>x.txt</td><td>It is empty.</td>' in shown
    assert '<th scope="row">Already in your library</th><td><a href="source?doc=a"' in shown
    assert add_views.summary_line(results) == "1 already in your library · 1 not added"


def test_a_step_under_way_says_how_many_of_how_many_and_how_long_still() -> None:
    assert "Adding 3 of 1,200, about 12 s left" in add_views.working_html("Adding", 3, 1200, 12.4)
    assert "<progress" not in add_views.working_html("Reading", 0, None)


def test_background_work_is_told_and_its_absence_is_not() -> None:
    assert views.pending_line({"vectors": 3, "statements": 1}).startswith("Indexing 3 articles")
    assert views.pending_line({"vectors": 0, "statements": 0}) == ""


def test_each_sentence_is_credited_to_the_outlets_that_have_its_words_and_to_no_other() -> None:
    wire = citation(1, article_id="a" * 16, quote="The bridge will open in May.", outlet="Norland Wire")
    nameless = citation(2, article_id="b" * 16, quote="It is unsafe.", outlet=None, title="Bridge row")
    reprint = citation(3, article_id="c" * 16, quote="The bridge will open in May.", outlet="Esk Post", published=None)
    speaker = citation(4, article_id="d" * 16, quote="Ida Brandt is harbour master.", outlet="Sudria Daily")
    first = AnswerSentence(text=wire.quote, kind="reported", citations=(4, 1, 3), statement=statement("indirect"))
    second = AnswerSentence(text=nameless.quote, kind="reported", citations=(2,))
    shown = Seen(views.sentences_html([first, second], [wire, nameless, reprint, speaker], "0")).text
    assert "Norland Wire, 3 Feb 2022; Esk Post" in shown
    assert "outlet unknown: Bridge row, 3 Feb 2022" in shown
    assert "Sudria Daily, 3 Feb 2022;" not in shown
    assert "; Sudria Daily" not in shown


def test_others_are_waited_for_only_where_there_are_others() -> None:
    assert "Starting up" in answer_views.progress_html(answer_views.AnswerState(), "0")
    assert "Waiting for another question" in answer_views.progress_html(answer_views.AnswerState(), "0", waiting=True)


def layered(*sentences: AnswerSentence, cited: tuple[Citation, ...] = (), writer: str | None = None) -> Seen:
    return Seen(answer_views.answer_html(sentences, cited or (citation(),), "0", writer=writer))


def test_an_answer_names_each_speaker_once_and_keeps_the_order_of_its_sentences() -> None:
    other = statement(speaker="Tom Reed", role=None, said_on=date(2024, 5, 1), said_on_basis=None)
    shown = layered(
        sentence(of=statement(), text="“First”"), sentence(of=statement(), text="“Second”"),
        sentence(of=other, text="“Third”"),
    ).text  # fmt: skip
    assert shown.count("Ida Brandt") == 1
    assert shown.index("First") < shown.index("Second") < shown.index("Third")


def test_the_value_that_was_asked_for_stands_first_in_bold_and_outlets_are_folded() -> None:
    value = replace(sentence("reported", text="The bridge opens in May."), answer_span=(20, 23))
    shown = answer_views.answer_html(
        [sentence(of=statement(), text="“Yes”"), value, sentence("reported", text="It is long.")], [citation()], "0"
    )
    assert "opens in <strong>May</strong>." in shown
    assert shown.index("<strong>") < shown.index("On the record") < shown.index("Also in the articles (1)")
    assert "<details" not in answer_views.answer_html([sentence("reported")], [citation()], "0")


ANSWER = Answer(question="q", abstained=False, support=1, engine="built-in", answer="")


@pytest.mark.parametrize(
    ("kind", "note", "title"),
    [("timeline", "1 Feb 2022", "1 Feb 2022"), ("conflicts", "whether the dam is safe", "Is the dam safe?")],
)
def test_a_sequence_stands_in_its_order_each_day_or_question_once(kind: str, note: str, title: str) -> None:
    sentences = tuple(
        replace(sentence("reported", text=text), note=one, outcome="supported")
        for text, one in (("A ship sank.", note), ("It was old.", note), ("Nobody drowned.", None))
    )
    value = replace(ANSWER, kind=kind, sentences=sentences, citations=(citation(),))
    page = str(answer_views.sequence_html(value, sentences, "1"))
    assert page.count(title) == page.count(f"<h3>{title}</h3>") == 1
    assert page.index(title) < page.index("A ship sank.") < page.index("It was old.") < page.index("Nobody drowned.")


def test_the_count_of_a_list_stands_above_it_and_not_below() -> None:
    value = replace(ANSWER, kind="list", notices=("2 speakers have spoken.", "Read in German."), sentences=())
    assert "2 speakers" in answer_views.count_html(value)
    assert "2 speakers" not in answer_views.notices_html(value)
    assert "Read in German" in answer_views.notices_html(value)
    assert not answer_views.count_html(replace(value, kind="open"))


def test_an_answer_that_opens_with_a_report_shows_the_reports_before_what_was_said() -> None:
    report, said = sentence("reported", text="A ship sank."), sentence(of=statement())
    shown = answer_views.answer_html([report, said, sentence("reported", text="Nobody drowned.")], [citation()], "1")
    assert shown.index("A ship sank.") < shown.index("Nobody drowned.") < shown.index("On the record")
    assert "Also in the articles" not in shown
    assert "Also in the articles (1)" in answer_views.answer_html([said, report], [citation()], "1")


def test_what_is_paraphrased_is_underlined_within_the_whole_clause() -> None:
    item = statement("indirect", content=(Fragment(start=0, end=9, text="that such charges"),))
    text = "The Council has denied such charges."
    shown = answer_views.answer_html([sentence("indirect", item, text)], [citation()], "0")
    assert "The Council has denied <u>such charges</u>." in shown


def test_the_exact_words_are_marked_dark_and_who_said_them_pale() -> None:
    item = statement(
        content=(Fragment(start=0, end=4, text="“No”"),),
        cue=Fragment(start=5, end=9, text="said"),
        speaker_basis=Fragment(start=10, end=13, text="Ida"),
    )
    cited = citation(1, start=0, end=20)
    exact, who = answer_views.drawer_spans(cited, [sentence(of=item)])
    shown = source_views.article_html("“No” said Ida Brandt. More.", Span(0, 20), exact=exact, who=who)
    assert '<mark id="hit" class="hit">“No”</mark>' in shown
    assert '<mark class="who">Ida</mark>' in shown
    assert "More.</div>" in shown


def test_sources_are_one_card_an_article_with_the_numbers_that_cite_it() -> None:
    cited = [citation(1), citation(2, article_id="b" * 16, title="Other"), citation(3), citation(4, quote="")]
    cards = answer_views.by_article(cited)
    assert [[item.n for item in card] for card in cards] == [[1, 3], [2]]
    assert 'data-cites="7-1 7-3"' in answer_views.card_html(cards[0], "7")


def test_a_quotation_is_copied_with_speaker_role_venue_day_and_outlet() -> None:
    line = views.attributed("“No”", statement(), citation())
    assert line == "“No” — Ida Brandt, harbour master, to the Courier, 2 Feb 2022 (Outlet)"
    undated = statement(said_on=None, venue=None)
    nameless = citation(outlet=None)
    assert views.attributed("“No”", undated, nameless) == (
        "“No” — Ida Brandt, harbour master (outlet unknown: Title, 3 Feb 2022)"
    )


def test_a_paraphrase_that_names_its_speaker_is_copied_as_the_outlets_own_sentence() -> None:
    told = statement("indirect", venue=None)
    named = views.attributed("Brandt said that the harbour would close.", told, citation())
    assert named == "Brandt said that the harbour would close. — 2 Feb 2022 (Outlet)"
    unnamed = views.attributed("She said that the harbour would close.", told, citation())
    assert unnamed == "She said that the harbour would close. — Ida Brandt, harbour master, 2 Feb 2022 (Outlet)"


def test_a_statement_reads_as_the_whole_sentence_that_makes_it() -> None:
    text = "It rained. The board of Esk has long denied that fees will rise. No ship waits."
    start = text.index("that fees")
    content = (Fragment(start=start, end=start + 19, text=text[start : start + 19]),)
    source = Fragment(start=11, end=27, text=text[11:27])
    item = statement("indirect", content=content, source=source, cue=None)
    shown = statement_views.statement_words_html(item, text)
    assert shown == "The board of Esk has long denied that <u>fees will rise</u>."
    assert statement_views.statement_words_html(item, "") == "that fees will rise"
    assert (
        statement_views.statement_words_html(statement("direct", content=content, source=source), text)
        == "“that fees will rise”"
    )


def test_a_shown_sentence_ends_at_no_abbreviation_and_begins_in_no_quotation() -> None:
    text = "It rained. Mrs. Holm has said she will fill her cabinet with Mr. Lund and Ms. Vik. No ship waits."
    start = text.index("she will")
    item = statement("indirect", content=(Fragment(start=start, end=start + 8, text="she will"),), source=None)
    assert statement_views.statement_words_html(item, text) == (
        "Mrs. Holm has said <u>she will</u> fill her cabinet with Mr. Lund and Ms. Vik."
    )
    text = "“We won. I need him back,” Holm said, adding that he had paid a price. It rained."
    start = text.index("he had")
    item = statement("indirect", content=(Fragment(start=start, end=start + 6, text="he had"),), source=None)
    assert statement_views.statement_words_html(item, text).startswith("“We won. I need him back,” Holm said")


def test_of_statements_in_a_row_by_one_speaker_the_first_alone_is_headed() -> None:
    other = statement(speaker="Una Voss")
    shown = statement_views.statements_html([statement(), statement(), other, statement()], lambda _: "")
    assert shown.count("<blockquote") == 4
    assert re.findall(r'class="who"><b>(?:<a[^>]*>)?([^<]+)', shown) == ["Ida Brandt", "Una Voss", "Ida Brandt"]


@pytest.mark.parametrize(
    ("about", "question"),
    [
        ("whether it amounted to “a breach”", "Did it amount to “a breach”?"),
        ("how many ships wait", "How many ships wait?"),
        ("40 or 60 crowns", "40 or 60 crowns?"),
        ("whether the old bridge is closed", "Is the old bridge closed?"),
        ("whether the ferry broke the rules", "Whether the ferry broke the rules"),
        ("whether the ferry did break the rules", "Did the ferry break the rules?"),
    ],
)
def test_what_sources_differ_on_is_a_question(about: str, question: str) -> None:
    assert views.dispute_question(about) == question


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3 Feb 2022", date(2022, 2, 3)),
        ("3 february 2022", date(2022, 2, 3)),
        (" Feb 3, 2022 ", date(2022, 2, 3)),
        ("2022-02-03", date(2022, 2, 3)),
        ("3.2.2022", date(2022, 2, 3)),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_understood_as_people_write_it(written: str | None, meant: date | None) -> None:
    assert controls.parse_day(written) == meant


@pytest.mark.parametrize("written", ["3/2/2022", "soon", "31 Feb 2022", "3 Feb 1022", "Feb 2022"])
def test_what_may_be_another_day_or_is_none_is_not_guessed(written: str) -> None:
    with pytest.raises(BadDate, match="3 Feb 2022"):
        controls.parse_day(written)


def test_a_month_stays_one_where_a_month_may_be_given() -> None:
    assert controls.parse_day("Oct 2021", or_month=True) == Month.of(2021, 10)


def test_a_speaker_heading_begins_with_a_capital_and_names_nobody_as_speaking_for_itself() -> None:
    harbour = statement(speaker="a harbour official", role=None, on_behalf_of="Lakeside", speaker_basis=None)
    assert Seen(views.speaker_html(harbour)).text == "A harbour official · for Lakeside"
    lakeside = replace(harbour, speaker="The Lakeside", on_behalf_of="Lakeside")
    assert Seen(views.speaker_html(lakeside)).text == "The Lakeside"


def test_names_that_one_surname_stands_for_are_one_reading_and_other_readings_stand_apart() -> None:
    names = ("Ida Holm", "Otto Holm", "Team Holm", "The Holms", "Young Holm")
    readings = [
        Understood(kind="actor", value=name, text="Holm", start=9, end=13, note=f"statements by or for {name}")
        for name in names
    ]
    outlet = Understood(kind="outlet", value="Esk Post", text="Esk Post", start=20, end=28, filters=Filters(outlet="x"))
    groups = answer_views.alike([*readings, outlet, replace(outlet, value="Esk Wire")])
    assert [len(items) for items in groups] == [5, 1, 1]
    assert answer_views.reading(groups[0]) == "statements by or for Ida Holm, Otto Holm, Team Holm and 2 more names"
    assert answer_views.reading(groups[0][:2]) == "statements by or for Ida Holm and Otto Holm"
    assert answer_views.reading(groups[0][:4]).endswith("Team Holm and The Holms")
    whole = replace(readings[0], text="Ida Holm", start=5)
    assert answer_views.alike([whole, replace(readings[1], value="Holm")]) == [[whole]]


def test_a_remark_does_not_repeat_the_day_below_it() -> None:
    item = statement()
    repeats = replace(sentence(of=item), note=f"Ida Brandt: said on {day(item.said_on)} (“on Wednesday”).")
    assert Seen(views.sentences_html([repeats], [citation()], "0")).text.count("2 Feb 2022") == 1
    other = replace(sentence(of=item), note="Ida Brandt: put right on 4 Feb 2022.")
    assert "put right on 4 Feb 2022" in Seen(views.sentences_html([other], [citation()], "0")).text


def test_content_that_points_back_is_shown_with_the_sentence_before() -> None:
    text = "The pier is said to sink. The council has denied this. Boats go on."
    start = text.index("this")
    content = (Fragment(start=start, end=start + 4, text="this"),)
    item = statement("indirect", content=content, text="this", denied=True)
    shown = Seen(statement_views.statement_words_html(item, text)).text
    assert shown == "The pier is said to sink. The council has denied this."


def test_a_running_check_shows_its_latest_findings_with_their_sources() -> None:
    findings = [
        Finding(text=f"quote {n}", start=n, end=n + 1, kind="quotation", outcome="as_said", why="", citations=(1,))
        for n in range(30)
    ]
    steps = [DraftProgress(done=0, total=40)]
    steps += [
        DraftProgress(done=n + 1, total=40, finding=item, citations=(citation(),)) for n, item in enumerate(findings)
    ]
    shown = check_views.latest_html(steps, lambda _: "")
    assert "30 quotations" in Seen(shown).text
    assert shown.count("<li id=") == 8
    assert shown.index("quote 29") < shown.index("quote 22")
    assert "quote 21" not in shown
    assert citation().quote in Seen(shown).text


def test_a_changed_quotation_is_marked_on_both_sides_and_shown_in_its_sentence() -> None:
    text = "Before. “The deals aren’t directly linked to it,” he said on Monday. After."
    start = text.index("The deals")
    quote = "The deals aren’t directly linked to it"
    cited = replace(citation(), start=start, end=start + len(quote), quote=quote)
    said = Finding(text="linked", start=40, end=46, kind="quotation", outcome="as_said", why="", citations=(1,))
    wrong = Finding(
        text="The deals are directly linked to it,", start=0, end=36, kind="quotation", outcome="altered", why="",
        citations=(1,), alteration="negation",
    )  # fmt: skip
    shown = check_views.cards_html(DraftCheck(findings=(said, wrong), citations=(cited,)), {0, 1}, lambda _: text)
    assert "“The deals <mark>are</mark> directly linked to it,”" in shown
    assert "“The deals <mark>aren’t</mark> directly linked to it,” he said on Monday." in shown
    assert "Before" not in shown
    assert shown.index("finding-2") < shown.index("finding-1")  # what does not stand comes first


def test_the_sign_of_a_finding_stands_behind_the_quotation_marks() -> None:
    text = "She said “it floats” and left."
    start = text.index("it floats")
    finding = Finding(text="it floats", start=start, end=start + 9, kind="quotation", outcome="as_said", why="")
    shown = Seen(check_views.draft_html(text, DraftCheck(findings=(finding,), citations=(), elapsed_ms=1), {0})).text
    assert shown == "She said “it floats”✓ 1 and left."


def test_the_words_of_a_search_are_marked_in_the_sentence_that_it_met() -> None:
    sentence = "Lawyers of <b>immigrants</b> said so."
    shown = str(source_views.snippet_html(sentence, [Span(sentence.index("imm"), sentence.index("</b>"))]))
    assert "&lt;b&gt;<mark>immigrants</mark>&lt;/b&gt;" in shown


def test_an_actor_above_its_statement_is_not_named_again() -> None:
    item = statement()
    assert item.speaker
    text = " " * 300
    bare = Seen(statement_views.statement_html(item, text, under=item.speaker)).text
    assert item.speaker not in bare
    assert str(item.role) in bare
    assert item.speaker in Seen(statement_views.statement_html(item, text, under="Somebody else")).text


def test_quoted_words_of_a_named_person_in_an_account_are_not_the_outlets() -> None:
    text = "She opposed the vote, which she calls a “farce”."
    said = replace(statement("mixed"), speaker="Ida Brandt")
    account = AnswerSentence(text=text, kind="reported", citations=(1,), statement=said)
    shown = answer_views.answer_html([account], [citation()], "1")
    assert "Ida Brandt" in Seen(shown).text
    assert "In the outlet’s own words" not in shown
    assert account.speech == "mixed"
    assert replace(account, statement=replace(said, stance=True)).speech == "reported"
