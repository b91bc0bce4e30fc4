"""Attacks by files: bombs, entities, paths that lead out, and what is larger than anything."""

from __future__ import annotations

import io
import json
import resource
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag import BadSettings, Newsroom, OnRecordError, Settings, UnusableInput
from rag.domain import Extract
from rag.errors import UnreadableSource
from rag.readers.dispatch import read_entries
from tests.fuzz.bounded import MEMORY, timed
from tests.fuzz.seeds import PAGE, STORY, word_file
from tests.fuzz.targets import packed, unpacked
from tests.guards import some
from tests.killing import TinyNewsroom, story
from tests.readers.test_formats import pdf_of

SECRET = "root-of-all-secrets"


@contextmanager
def bounded() -> Iterator[None]:
    """Five seconds of the processor and 500 MB more than there is, for what is done inside."""
    held = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, before[1]))
    try:
        with timed():
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def read(data: bytes, name: str = "a.bin") -> list[Extract | UnusableInput]:
    """What becomes of a file, within bounds."""
    with bounded():
        return [entry.content for entry in read_entries(data, name)]


# -- bombs


def zipped(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files:
            made.writestr(name, content)
    return target.getvalue()


def overlapping(count: int) -> bytes:
    """Many entries of a directory that share one packed file, as the densest bombs have it."""
    one = zipped(("a.txt", b"The line opens again. " * 40_000))
    at = one.rindex(b"PK\x05\x06")
    entry = one[one.index(b"PK\x01\x02") : at]
    start = one.index(b"PK\x01\x02")
    end = one[at:]
    size = len(entry) * count
    tail = (
        end[:8] + count.to_bytes(2, "little") * 2 + size.to_bytes(4, "little") + start.to_bytes(4, "little") + end[20:]
    )
    return one[:start] + entry * count + tail


def word_with(**parts: bytes) -> bytes:
    changed = {
        name.replace("__", "/").replace("_rels", "_rels").replace("-xml", ".xml"): data for name, data in parts.items()
    }
    return zipped(*{**unpacked(word_file()), **changed}.items())


def filtered_pdf(layers: int) -> bytes:
    """A page whose stream is packed several times over, 60 MB in the end."""
    stream = b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 1_500_000
    for _ in range(layers):
        stream = zlib.compress(stream, 9)
    filters = b"/FlateDecode " * layers
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>endobj "
        b"4 0 obj<</Length %d/Filter[%s]>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>"
        % (len(stream), filters, stream)
    )


DOCUMENT = "word__document-xml"
BOMBS: dict[str, Callable[[], bytes]] = {
    "zip of a large file": lambda: zipped(("a.txt", bytes(60_000_000))),
    "zip of many large files": lambda: zipped(*((f"{n}.txt", b"a" * 2_000_000) for n in range(60))),
    "zip of too many files": lambda: zipped(*((f"{n}.txt", b"") for n in range(5_001))),
    "zip of zips": lambda: zipped(*((f"{n}.zip", zipped(("a.zip", zipped(("b.txt", bytes(9_000_000)))))) for n in range(20))),
    "zip with overlapping files": lambda: overlapping(4_000),
    "zip of a zip named otherwise": lambda: zipped(("a.txt", zipped(("b.txt", bytes(30_000_000))))),
    "word with a large document": lambda: word_with(**{DOCUMENT: b"<w:document>" + b"a" * 60_000_000}),
    "word with a document of blanks": lambda: word_with(**{DOCUMENT: b" " * 60_000_000}),
    "word with deep tags": lambda: word_with(**{DOCUMENT: b"<a>" * 500_000}),
    "word with many paragraphs": lambda: word_with(
        **{DOCUMENT: b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
           + b"<w:p/>" * 4_000_000 + b"</w:body></w:document>"}),
    "word with a large part that nobody reads": lambda: word_with(**{"word__media__a.png": bytes(60_000_000)}),
    "word of too many parts": lambda: word_with(**{f"word__{n}-xml": b"" for n in range(5_001)}),
    "word with a large style sheet": lambda: word_with(**{"word__styles-xml": b"<a>" + b"b" * 60_000_000 + b"</a>"}),
    "pdf packed once": lambda: filtered_pdf(1),
    "pdf packed three times": lambda: filtered_pdf(3),
    "pdf of too many pages": lambda: pdf_of([["a"]] * 501),
    "pdf whose pages hold themselves": lambda: pdf_of([["a"]]).replace(b"/Kids[5 0 R]", b"/Kids[2 0 R]"),
    "gzip": lambda: b"\x1f\x8b\x08" + bytes(100),
    "page of nested tags": lambda: b"<html><body>" + b"<div>" * 49_000 + b"The line opens." + b"</div>" * 900,
    "page of too many tags": lambda: b"<html><body>" + b"<p>The line opens again." * 200_000,
    "page with endless attributes": lambda: b"<html><body><p " + b"a=b " * 300_000 + b">The line opens.",
    "page with endless data": lambda: PAGE.replace('"@graph":[', '"@graph":[' + '{"a":[' * 20_000).encode(),
    "mail in mail in mail": lambda: b"From: a\nDate: b\nSubject: c\nMIME-Version: 1.0\n" + b"Content-Type: message/rfc822\n\n" * 3_000,
    "mail of many parts": lambda: b"From: a\nDate: b\nSubject: c\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "json in json": lambda: b'{"text": ' + b"[" * 500_000,
    "front matter of aliases": lambda: b"---\na: &a [x,x]\n" + b"".join(
        b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (c + 1, c + 1, *[c] * 8) for c in range(97, 121)) + b"title: *y\n---\nText.",
    "feed of many items": lambda: b"<rss><channel>" + b"<item><title>a</title></item>" * 60_000,
    "feed of deep tags": lambda: b"<rss><channel>" + b"<item><a>" * 30_000,
    "quotation marks": lambda: "“".encode() * 300_000,
    "one word": lambda: b"a" * 5_000_000,
    "combining marks": lambda: ("a" + "\u0301" * 3_000_000).encode(),
    "blank lines": lambda: b"Trams.\n" + b"\n" * 5_000_000 + b"End.",
    "dates": lambda: b"2024-03-15 " * 100_000,
    "an unclosed tag": lambda: b"<html><body><p>" + b"<" * 2_000_000,
    "over the bound": lambda: b"a " * 13_000_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_bounded_time_and_memory(name: str) -> None:
    data = BOMBS[name]()
    result = read(data, "a.md" if "front matter" in name else "a.bin")
    assert sum(len(item.text) for item in result if isinstance(item, Extract)) < 26_000_000


# -- entities


def entity(place: Path) -> str:
    return f'<!DOCTYPE a [<!ENTITY b SYSTEM "{place.as_uri()}"><!ENTITY % c SYSTEM "{place.as_uri()}"> %c;]>'


LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
) + "]>"  # fmt: skip
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = f"<w:document {W}><w:body><w:p><w:r><w:t>The line opens. ENTITY</w:t></w:r></w:p></w:body></w:document>"
FEED = "<rss version='2.0'><channel><title>ENTITY</title><item><title>ENTITY</title><description>The line opens. ENTITY</description></item></channel></rss>"
SHELLS: dict[str, Callable[[str, str], bytes]] = {
    "word": lambda head, name: word_with(**{DOCUMENT: (head + BODY.replace("ENTITY", f"&{name};")).encode()}),
    "word styles": lambda head, name: word_with(
        **{"word__styles-xml": f"{head}<w:styles {W}><w:style><w:name>&{name};</w:name></w:style></w:styles>".encode()}
    ),
    "word relations": lambda head, name: zipped(
        *{**unpacked(word_file()), "word/_rels/document.xml.rels": f"{head}<Relationships>&{name};</Relationships>".encode()}.items()
    ),
    "feed": lambda head, name: (head + FEED.replace("ENTITY", f"&{name};")).encode(),
    "atom": lambda head, name: f"{head}<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>&{name};</title><summary>The line &{name};</summary></entry></feed>".encode(),
    "page": lambda head, name: (head + PAGE.replace("Thursday", f"Thursday &{name};")).encode(),
    "xhtml": lambda head, name: f'<?xml version="1.0"?>{head}<html xmlns="http://www.w3.org/1999/xhtml"><body><p>The line opens again on Thursday. &{name};</p></body></html>'.encode(),
}  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_entities_of_files_are_not_read(shell: str, tmp_path: Path) -> None:
    place = tmp_path / "secret.txt"
    place.write_text(SECRET, "utf-8")
    for item in read(SHELLS[shell](entity(place), "b")):
        assert SECRET not in repr(item)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_billion_laughs_are_not_laughed(shell: str) -> None:
    for item in read(SHELLS[shell](LAUGHS, "a11")):
        assert "haha" * 100 not in repr(item)


@pytest.mark.parametrize("kind", ["attachedTemplate", "image", "oleObject", "frame", "subDocument"])
def test_relations_of_a_word_file_to_elsewhere_are_not_followed(kind: str) -> None:
    """No socket is opened: the suite lets none out, and this machine has no such server."""
    parts = unpacked(word_file())
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    goal = f'<Relationship Id="rIdX" TargetMode="External" Type="{base}/{kind}" Target="http://10.0.0.1/x"/>'
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        b"</Rel", goal.encode() + b"</Rel"
    )
    assert any(isinstance(item, Extract) for item in read(packed(parts)))


# -- paths


NAMES = (
    "../../escaped.txt", "/escaped.txt", "C:\\escaped.txt", "..\\..\\escaped.txt", "a/../../../escaped.txt", "//host/escaped.txt",
    "escaped\x00.txt", "escaped\n.txt", "\x1b[31mescaped.txt", "con.txt", "~/escaped.txt", "$HOME/escaped.txt", "a" * 5000 + ".txt",
    "\u202etxt.escaped", "%2e%2e%2fescaped.txt",
)  # fmt: skip


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "home" not in path.parts}


@pytest.mark.parametrize("name", NAMES, ids=lambda text: repr(text[:30]))
def test_no_name_in_an_archive_or_of_an_upload_leads_out(name: str, tmp_path: Path) -> None:
    before = everything(tmp_path)
    with TinyNewsroom.open(Settings(home=tmp_path / "a" / "b" / "home")) as room:
        for result in (
            *room.add_bytes(packed({name: story(1).encode()}), name="all.zip"),
            *room.add_bytes(story(2).encode(), name=name),
        ):
            assert result.status in ("added", "rejected")
            if result.article_id:
                title = room.article(result.article_id).title or ""
                assert not any(ord(char) < 32 for char in title)
    assert everything(tmp_path) - {"a", "a/b"} == before
    assert not Path("/escaped.txt").exists()


@pytest.mark.parametrize("goal", ["/etc/passwd", "../../../../etc/passwd", "secret.txt"])
def test_a_link_in_an_archive_is_its_own_few_bytes(goal: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET, "utf-8")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        info = zipfile.ZipInfo("a.txt")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, goal)
    for item in some(read(target.getvalue())):
        assert SECRET not in repr(item)
        assert "root:" not in repr(item)


@pytest.mark.parametrize(
    "word", ["../../etc/passwd", "..", "/etc/passwd", "\x00", "a" * 100_000, "'; DROP TABLE article; --", "%"]
)
def test_an_id_is_a_name_and_never_a_path_or_a_query(word: str, tmp_path: Path) -> None:
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        room.add_text(story(1))
        for ask in (
            room.article,
            room.remove,
            room.briefing,
            room.chat,
            room.forget_chat,
            room.corrections,
            room.copies,
        ):
            try:
                assert ask(word) == []
            except OnRecordError:
                continue
        assert room.count() == 1


# -- oversized


def test_titles_outlets_and_bylines_of_a_page_are_cut(tmp_path: Path) -> None:
    long = "Trams " * 100_000
    page = PAGE.replace("Trams return", long).replace("Radio North", long).replace("Ada Reyes", long)
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        (added,) = room.add_bytes(page.encode(), name="a.html")
        article = room.article(added.article_id or "")
    assert all(len(value or "") <= 500 for value in (article.title, article.outlet, article.byline, article.url))


FIELDS = ("title", "outlet", "byline", "url")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("way", ["add_text", "add_bytes", "add", "amend"])
def test_a_field_that_is_longer_than_a_line_is_refused(field: str, way: str, tmp_path: Path) -> None:
    values = {field: "https://north.example/" + "x" * 1_000_000}
    (tmp_path / "a.txt").write_text(story(1), "utf-8")
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        result = room.add_text(story(3))
        with pytest.raises(UnusableInput, match=r"shorten it to"):
            {
                "add_text": lambda: room.add_text(story(1), **values),
                "add_bytes": lambda: room.add_bytes(story(1).encode(), name="a.txt", **values),
                "add": lambda: room.add(tmp_path / "a.txt", **values),  # type: ignore[arg-type]
                "amend": lambda: room.amend(result.article_id or "", **values),  # type: ignore[arg-type]
            }[way]()
        assert room.count() == 1


@pytest.mark.parametrize("size", [1_001, 100_000, 5_000_000])
@pytest.mark.parametrize("way", ["ask", "search", "understood", "brief"])
def test_a_question_that_is_longer_than_its_bound_is_refused_at_once(way: str, size: int, tmp_path: Path) -> None:
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room, pytest.raises(UnusableInput), timed():
        {
            "ask": lambda text: room.ask(text),
            "search": lambda text: room.search(text),
            "understood": lambda text: room.understood(text),
            "brief": lambda text: room.brief(topic=text),
        }[way]("why " * (size // 4 + 1))


def test_a_paste_over_the_bound_is_rejected(tmp_path: Path) -> None:
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        assert room.add_text("The line opens. " * 2_000_000).status == "rejected"
        assert room.count() == 0


def test_a_file_over_the_bound_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.txt").open("wb") as made:
        made.truncate(5_000_000_000)  # sparse
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room, bounded():
        (result,) = room.add(tmp_path / "large.txt")
    assert result.status == "rejected"
    assert result.reason


def test_a_device_without_end_is_no_article(tmp_path: Path) -> None:
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        (result,) = room.add("/dev/zero")
        assert result.status == "rejected"
        with pytest.raises(UnreadableSource):
            room.extract("/dev/zero")


@pytest.mark.parametrize("count", [2, 400])
def test_parts_of_a_question_do_not_multiply_the_work(count: int, tmp_path: Path) -> None:
    asked = (", and who said what about ".join(["bar"] * count))[:1000]
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room:
        room.add_text(STORY)
        room.wait()
        with timed():
            room.ask(asked)


def test_a_template_that_is_no_short_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"# " + bytes(5_000_000))
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room, pytest.raises(UnusableInput):
        room.brief(topic="trams", template=str(path))


@pytest.mark.parametrize(
    "data",
    [
        b"{" * 1_000_000,
        b'{"a":' * 200_000,
        json.dumps({"question": "x" * 3_000_000}).encode(),
        b"<html>" + b"<p>" * 200_000,
        b"# " * 2_000_000,
        zipped(("word/document.xml", b"<a>" * 3_000_000)),
        zipped(("word/document.xml", bytes(150_000_000))),
        (LAUGHS + "<html><body>&a11;</body></html>").encode(),
    ],
    ids=["braces", "deep json", "long question", "many tags", "headings", "deep word", "word bomb", "laughs"],
)
def test_a_file_that_is_no_export_is_refused_in_bounded_time_and_memory(data: bytes, tmp_path: Path) -> None:
    with Newsroom.open(Settings(home=tmp_path / "home")) as room, bounded(), pytest.raises(UnusableInput):
        room.verify(data)


def test_settings_that_are_oversized_or_no_address_are_refused() -> None:
    for value in ("file:///etc/passwd", "javascript:x", "x" * 1_000_000):
        with pytest.raises(BadSettings) as refused:
            Settings(base_url=value)
        assert len(str(refused.value)) < 300


def test_a_folder_is_not_left_by_a_link_to_a_secret_that_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").symlink_to("/dev/zero")
    (tmp_path / "news" / "b.txt").symlink_to("/proc/self/environ")
    with TinyNewsroom.open(Settings(home=tmp_path / "home")) as room, bounded():
        assert {item.status for item in room.add(tmp_path / "news")} == {"rejected"}
