"""Attacks by what is shown: scripts, formulas, control characters, secrets, in every export, table, log and screen."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from rag import Filters, Newsroom, Settings, logs
from rag.cli import main
from rag.domain import AnswerSentence, Fragment, PositionCell, Positions, Statement, Withheld
from rag.services.exports.export import export
from rag.services.positions import table
from rag.ui import answer_views, source_views, views
from tests.fakes import scripted
from tests.fuzz.seeds import PAGE
from tests.guards import some
from tests.killing import TinyNewsroom, story
from tests.services.test_exports import an_answer

SCRIPTS = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>", '"><a href="javascript:alert(1)">x</a>', "' onmouseover='alert(1)' x='",
    "</style><style>*{background:url(http://evil.example/)}", "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "]]><script>alert(1)</script>", "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](javascript:alert(1))", "![x](http://evil.example/pixel.png)", "<javascript:alert(1)>", "[x]: http://evil.example 'y'\n\n[x]",
    "`</code><script>alert(1)</script>", "$$\\href{javascript:alert(1)}{x}$$", ":material/warning: :red[x] <http://evil.example>",
    "#eval(\"sys\") #image(\"/etc/passwd\") #read(\"/etc/passwd\")", "{{7*7}} ${7*7} <%= 7*7 %>", "\\u003cscript\\u003ealert(1)",
    "＜script＞alert(1)＜/script＞", "\u2028alert(1)\u2029", "\u202e<script>\u202c", "<base href='http://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>", "<form action=http://evil.example><input>", "<object data=x>", "<link rel=x href=//evil.example>",
)  # fmt: skip
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", "data:text/html,<script>",
    "vbscript:x", "file:///etc/passwd", "//evil.example", "https:alert(1)", "http://", 'https://north.example/"onmouseover="alert(1)',
    "https://north.example/)](javascript:alert(1)", "https://north.example/<script>",
)  # fmt: skip
OUR_TAGS = re.compile(
    r"<(script|img|iframe|object|embed|form|input|base|link|svg/|math|meta http-equiv=refresh)", re.IGNORECASE
)


def filled(payload: str, url: str | None = "https://north.example/1") -> tuple[Any, dict[tuple[str, str], str]]:
    """An answer that holds the payload wherever an article, a reader or a model can put words."""
    text = f"{' '.join(payload.split()) or 'x'} said Ida Holm.\n\n“{payload}” and more."
    answer, texts = an_answer(text, question=payload, notices=(payload,), rewritten=payload)
    said = replace(
        answer.sentences[0].statement
        or Statement(
            speaker=None, kind="direct", source=None, cue=None, content=(), text="", article_id="a1", version=""
        ),
        speaker=payload,
        role=payload,
        venue=payload,
        on_behalf_of=payload,
    )
    sentence = AnswerSentence(text=text.split("\n")[0], kind="reported", citations=(1,), statement=said)
    cited = replace(answer.citations[0], title=payload, outlet=payload, url=url)
    withheld = (Withheld(text=payload, reason=payload),)
    return replace(
        answer, sentences=(sentence,), citations=(cited,), answer=f"{sentence.text} [1]", withheld=withheld
    ), texts


def runs_nothing(data: bytes) -> None:
    """A page with no script, no handler, and no address that is not a plain one."""
    tree = lxml_html.document_fromstring(data)
    for element in tree.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        assert tag not in ("script", "img", "iframe", "object", "embed", "form", "input", "base", "link", "math"), tag
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), name
            if name in ("href", "src", "action", "xlink:href"):
                assert value.startswith("#") or urlsplit(value).scheme in ("http", "https"), value
        if tag == "meta":
            assert element.get("http-equiv", "").lower() in ("", "content-security-policy")


@pytest.mark.parametrize("payload", SCRIPTS, ids=lambda text: repr(text[:30]))
def test_an_exported_page_runs_and_loads_nothing(payload: str) -> None:
    answer, texts = filled(payload)
    runs_nothing(export(answer, "html", texts))


@pytest.mark.parametrize("payload", SCRIPTS, ids=lambda text: repr(text[:30]))
def test_exported_markdown_shows_words_and_no_markup(payload: str) -> None:
    answer, texts = filled(payload)
    html = MarkdownIt("commonmark").render(export(answer, "md", texts).decode())
    assert not OUR_TAGS.search(html)
    assert not re.search(r'(?:href|src)="(?!https://north\.example/1")', html)


@pytest.mark.parametrize("payload", SCRIPTS, ids=lambda text: repr(text[:30]))
def test_an_exported_word_file_has_no_fields_macros_or_goals_elsewhere(payload: str) -> None:
    answer, texts = filled(payload)
    with zipfile.ZipFile(io.BytesIO(export(answer, "docx", texts))) as made:
        assert not [name for name in made.namelist() if "vba" in name.lower() or "embeddings" in name]
        for name in made.namelist():
            data = made.read(name).decode("utf-8", "replace")
            goals = re.findall(
                r'Target="([^"]*)"[^>]*TargetMode="External"|TargetMode="External"[^>]*Target="([^"]*)"', data
            )
            assert {"".join(pair) for pair in goals} <= {"https://north.example/1"}
            assert "instrText" not in data
            assert "<w:object" not in data


@pytest.mark.parametrize("payload", SCRIPTS, ids=lambda text: repr(text[:30]))
def test_exported_json_is_one_object_that_says_it_as_it_is(payload: str) -> None:
    answer, texts = filled(payload)
    assert json.loads(export(answer, "json", texts))["question"] == payload


@pytest.mark.parametrize(
    "payload", [SCRIPTS[0], SCRIPTS[5], SCRIPTS[17], SCRIPTS[19], SCRIPTS[12]], ids=lambda text: repr(text[:30])
)
def test_an_exported_pdf_has_no_action_and_reads_no_file(payload: str) -> None:
    from pypdf import PdfReader

    answer, texts = filled(payload)
    data = export(answer, "pdf", texts)
    for name in (b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/SubmitForm", b"root:x"):
        assert name not in data
    assert list(PdfReader(io.BytesIO(data)).attachments) == ["onrecord.json"]  # the record, and nothing else
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert "root:" not in said


@pytest.mark.parametrize("address", ADDRESSES, ids=repr)
@pytest.mark.parametrize("kind", ["html", "md", "docx"])
def test_an_address_that_is_no_plain_one_is_never_a_link(kind: str, address: str) -> None:
    answer, texts = filled("Trams return", url=address)
    data = export(answer, kind, texts)  # type: ignore[arg-type]
    if kind == "html":
        runs_nothing(data)
    elif kind == "md":
        html = MarkdownIt("commonmark").render(data.decode())
        for goal in re.findall(r'(?:href|src)="([^"]*)"', html):
            assert urlsplit(goal).scheme in ("http", "https")
            assert urlsplit(goal).hostname == "north.example"
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as made:
            text = made.read("word/_rels/document.xml.rels").decode()
        for goal in re.findall(r"<Relationship[^>]*External[^>]*>", text):
            assert re.search(r'Target="https?://north\.example/', goal)
    assert views.outside_url(address) is None or urlsplit(address).hostname == "north.example"


@pytest.mark.parametrize("payload", SCRIPTS, ids=lambda text: repr(text[:30]))
def test_pages_show_words_and_no_markup(payload: str) -> None:
    """What the pages hand to Streamlit; the browser's own tests look at the result (tests/browser)."""
    answer, _ = filled(payload)
    items = [
        views.sentences_html(answer.sentences, answer.citations, "u"),
        views.withheld_html(answer.withheld),
        answer_views.notices_html(answer),
        answer_views.outcome_html(answer),
        answer_views.question_html(payload, Filters(outlet=payload)),
        source_views.article_html(payload),
        f'<p title="{views.attribute(payload)}">{views.esc(payload)}</p>',
    ]
    for part in items:
        for element in lxml_html.fragment_fromstring(f"<div>{part}</div>").iter():
            assert element.tag not in ("script", "img", "iframe", "object", "form", "base", "link", "math", "meta"), (
                part
            )
            assert not [name for name in element.attrib if name.lower().startswith("on")], part
            assert not (element.get("href") or "#").lower().lstrip().startswith(("javascript", "data", "vbscript")), (
                part
            )
    assert not re.search(r"(?<!\\)[<\[\]`*$:]", views.label(payload))


# -- tables


FORMULAS = (
    '=HYPERLINK("http://evil.example","x")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "=cmd|' /C calc'!A0",
    "＝1+1", "＋1", "－1", "＠SUM(1)", '"=1+1', ";=1+1", ",=1+1", "\ufeff=1+1", "\u00a0=1+1", "\u200b=1+1", "|calc", "%0A-1",
)  # fmt: skip


@pytest.mark.parametrize("payload", FORMULAS, ids=repr)
def test_no_cell_of_a_table_is_a_formula(payload: str) -> None:
    part = Fragment(start=0, end=9, text=payload)
    item = Statement(
        speaker=payload, role=payload, on_behalf_of=payload, venue=payload, kind="direct", source=part, cue=part,
        content=(part,), text=payload, article_id="a", version="v", title=payload, outlet=payload,
    )  # fmt: skip
    cells = (
        PositionCell(actor=payload, topic=payload, statements=(0,)),
        PositionCell(actor=payload, topic=payload, statements=()),
    )
    result = table(Positions(actors=(payload,), topics=(payload,), cells=cells, statements=(item,), changes=()))
    rows = list(csv.reader(io.StringIO(result)))
    assert len(rows) == 3
    for row in rows:
        assert len(row) == len(rows[0])
        for cell in row:
            assert not re.match(r"[\s\u200b\ufeff]*[=+\-@|＝＋－＠]", cell), repr(cell)
            assert not re.match(r"[\t\r\n]", cell), repr(cell)


# -- logs and terminals


CONTROLS = (
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b[2J\x1b[H", "\x9b31m", "a\rb", "a\nforged: line", "a\x08\x08b", "\x00", "\x7f", "\u202egnp.exe",
    "\u2028forged", "\x85forged", "\x1bP+q\x1b\\", "\u2066x\u2069",
)  # fmt: skip


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    yield
    logs.configure(Path(), target="none")
    logging.getLogger("rag").propagate = True


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, list[str]]]:
    """What the log and the fields of the library hold after each payload came in by every way."""
    made: dict[str, tuple[bytes, list[str]]] = {}
    home = tmp_path_factory.mktemp("controls")
    settings = Settings(home=home, log_level="debug")
    TinyNewsroom.log(settings)
    with TinyNewsroom.open(settings) as room:
        for number, payload in enumerate(CONTROLS):
            log = home / logs.LOG_FILE
            before = log.stat().st_size if log.exists() else 0
            entity = "".join(f"&#{ord(char)};" for char in payload)
            page = PAGE.replace("Trams return", f"Trams {entity} {number} return").replace("Radio", f"Radio {entity}")
            values = {"title": f"A {payload} title", "outlet": f"An {payload} outlet", "byline": payload}
            results = [
                *room.add_bytes(page.encode(), name=f"{payload}.html"),
                room.add_text(story(number) + payload, **values),
            ]
            for result in results:
                logging.getLogger("rag.tests").warning(
                    "seen %s", payload, extra=logs.fields(**{payload: result.source})
                )
            room.ask(f"What about trams {payload}?")
            assert results[-1].status == "added"
            kept = [room.article(result.article_id) for result in results if result.article_id]
            fields = [value for one in kept for value in (one.title, one.outlet, one.byline, one.text) if value]
            made[payload] = (log.read_bytes()[before:], fields)
    logs.configure(Path(), target="none")
    logging.getLogger("rag").propagate = True
    return made


@pytest.mark.parametrize("payload", CONTROLS, ids=repr)
def test_nothing_that_an_article_says_reaches_log_or_library_as_a_control(
    payload: str, written: dict[str, tuple[bytes, list[str]]]
) -> None:
    """What the command prints are the library's fields."""
    logged, fields = written[payload]
    assert all(byte == 10 or 32 <= byte < 127 for byte in logged)
    assert all(json.loads(line)["time"] for line in some(logged.splitlines()))
    for field in fields:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", field), repr(field)


# -- secrets


KEY = "sk-attack-0123456789abcdefghij"
PASSWORD = "hunter22hunter"


def secrets_in(data: bytes | str) -> list[str]:
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    return [secret for secret in (KEY, PASSWORD, KEY[3:]) if secret in text]


@pytest.fixture
def keyed(tmp_path: Path, quiet_logs: None) -> Iterator[tuple[Newsroom, Path]]:
    """A newsroom with a key and an address with a password, whose endpoint says both in all that it says."""
    says = f"You sent {KEY} and {PASSWORD}."
    with scripted(says) as server:
        url = server.url.replace("http://", f"http://reader:{PASSWORD}@")
        settings = Settings(
            home=tmp_path / "home", api_key=KEY, base_url=url, chat_model="m", log_level="debug", timeout=5
        )
        TinyNewsroom.log(settings)
        with TinyNewsroom.open(settings) as room:
            room.add_text("The mayor of Esk, Ida Holm, said that the old bridge will close in May.", title="Bridge")
            yield room, tmp_path / "home"


def test_settings_doctor_and_advice_show_no_secret(keyed: tuple[Newsroom, Path]) -> None:
    room, _ = keyed
    for shown in (
        repr(room.settings),
        str(room.settings),
        json.dumps(room.doctor(), default=str),
    ):
        assert secrets_in(shown) == []


def test_answers_and_exports_show_no_key_of_ours(keyed: tuple[Newsroom, Path]) -> None:
    room, _ = keyed
    answer = room.ask("What did Ida Holm say about the bridge?")
    assert not secrets_in("".join(sentence.text for sentence in answer.sentences))
    for kind in ("md", "html", "json", "docx"):
        data = room.export(replace(answer, withheld=()), kind)
        if kind == "docx":
            data = b"".join(
                zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
            )
        assert secrets_in(data) == [], kind


def test_log_library_and_backup_hold_no_secret_of_the_settings(keyed: tuple[Newsroom, Path], tmp_path: Path) -> None:
    room, home = keyed
    room.wait()
    room.doctor()
    logging.getLogger("rag.tests").error("said %s at http://reader:%s@x/", KEY, PASSWORD)
    room.backup(tmp_path / "backup.db")
    for path in (*home.rglob("*"), tmp_path / "backup.db"):
        if path.is_file():
            assert secrets_in(path.read_bytes()) == [], path


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsroom, Any, Path]]:
    """A newsroom whose endpoint fails, and says every secret while it does."""
    home = tmp_path_factory.mktemp("failing")
    with scripted(f"{KEY} {PASSWORD}") as server:
        url = server.url.replace("http://", f"http://reader:{PASSWORD}@")
        settings = Settings(home=home, api_key=KEY, base_url=url, chat_model="m", timeout=5)
        with Newsroom.open(settings) as room:
            room.add_text("The mayor of Esk, Ida Holm, said that the old bridge will close in May.")
            room.wait()
            yield room, server, home


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502])
def test_errors_of_an_endpoint_show_no_secret(
    status: int, failing: tuple[Newsroom, Any, Path], quiet_logs: None
) -> None:
    room, server, home = failing
    server.status = status
    Newsroom.log(room.settings)
    answer = room.ask("What did Ida Holm say about the bridge?")
    assert answer.notices
    assert secrets_in(repr(answer)) == []
    assert secrets_in((home / logs.LOG_FILE).read_bytes()) == []


def test_an_error_on_the_command_line_shows_no_secret(
    failing: tuple[Newsroom, Any, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    quiet_logs: None,
) -> None:
    room, server, home = failing
    server.status = 401
    values = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": room.settings.base_url or "", "ONRECORD_CHAT_MODEL": "m"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert main(["ask", "What did Ida Holm say about the bridge?", "--home", str(home)]) < 2
    output = capsys.readouterr()
    assert secrets_in(output.out + output.err) == []


@pytest.mark.parametrize("field", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "ONRECORD_TIMEOUT", "ONRECORD_MAX_COST"])
def test_a_setting_that_can_not_be_used_is_named_and_not_shown(
    field: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(field, f"ftp://{KEY}\n{PASSWORD}")
    main(["doctor"])
    output = capsys.readouterr()
    assert secrets_in(output.out + output.err) == []
