"""Digests as files and as mail; the mail server is a real one on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any, get_args

import pytest
from aiosmtpd.controller import Controller
from lxml import etree, html
from markdown_it import MarkdownIt

from rag import Newsroom, Settings
from rag.cli import main
from rag.domain import Digest, DigestFormat, News, Watch
from rag.errors import BadSettings, SourceUnavailable, UnusableInput
from rag.providers.mail import Mailer
from rag.services.following.digests import document

HOSTILE = "<script>alert(1)</script> & [go](http://evil.example) \x0b `x` **bold** ![i](x)\n# head"
NOON = datetime(2031, 5, 3, 12, tzinfo=UTC)
DIGEST = Digest(
    since=date(2031, 5, 3),
    articles=2,
    outlets=((HOSTILE, 2),),
    watches=(
        (
            Watch(watch_id="w", question=HOSTILE, begun=NOON),
            (
                News(
                    news_id="n", watch_id="w", kind="statement", text=HOSTILE, article_id="a", title=HOSTILE,
                    outlet="Velde Post", published=date(2031, 5, 3), noticed=NOON,
                ),
            ),
        ),
    ),
)  # fmt: skip


class Mailbox:
    """Takes every message."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], Message]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.messages.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def test_a_page_holds_nothing_but_text() -> None:
    page = html.fromstring(document(DIGEST, "html"))
    assert {item.tag for item in page.iter()} <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p",
    }  # fmt: skip
    assert "<script>alert(1)</script>" in page.text_content()


def test_markdown_holds_nothing_but_text() -> None:
    shown = MarkdownIt().render(document(DIGEST, "md"))
    assert {item.tag for item in html.fragment_fromstring(shown, create_parent=True).iter()} <= {
        "div", "h1", "h2", "ul", "li", "p",
    }  # fmt: skip
    assert "**bold**" in shown


def test_the_feed_is_atom() -> None:
    names = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.fromstring(document(DIGEST, "atom").encode())
    for name in ("id", "title", "updated", "author/a:name"):
        assert feed.findtext(f"a:{name}", namespaces=names)
    (entry,) = feed.findall("a:entry", names)
    assert entry.findtext("a:id", namespaces=names) == "urn:onrecord:news:n"
    assert entry.findtext("a:updated", namespaces=names) == NOON.isoformat()
    assert entry.findtext("a:title", namespaces=names) == HOSTILE.replace("\x0b", "")
    assert len(list(feed.iter("{*}script"))) == 0


@pytest.mark.parametrize("form", get_args(DigestFormat))
def test_the_same_digest_is_the_same_file(form: DigestFormat) -> None:
    assert document(DIGEST, form) == document(DIGEST, form)
    assert document(Digest(since=date(2031, 5, 3)), form)


def test_a_digest_is_sent_as_text_and_as_a_page(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    Mailer(f"smtp://127.0.0.1:{port}").send(
        "desk@post.example", subject="New\nBcc: all@post.example", text="Plain", html="<p>Page</p>"
    )
    ((to, message),) = box.messages
    assert to == ["desk@post.example"]
    assert message["Subject"] == "New Bcc: all@post.example"
    assert message["Bcc"] is None
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_password_is_not_sent_in_the_open(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(BadSettings, match="no encryption") as caught:
        Mailer(f"smtp://desk:geheim@127.0.0.1:{port}").send("desk@post.example", subject="a", text="b", html="c")
    assert "geheim" not in str(caught.value)
    assert box.messages == []


def test_a_server_that_does_not_trust_is_an_error_in_a_line(mailbox: tuple[Mailbox, int]) -> None:
    with pytest.raises(SourceUnavailable, match="did not take") as caught:  # it speaks no TLS
        Mailer(f"smtps://desk:geheim@127.0.0.1:{mailbox[1]}").send("a@post.example", subject="a", text="b", html="c")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "to", ["", "desk", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b.example>"]
)
def test_what_is_no_address_gets_no_mail(to: str, mailbox: tuple[Mailbox, int]) -> None:
    with pytest.raises(UnusableInput, match="no mail address"):
        Mailer(f"smtp://127.0.0.1:{mailbox[1]}").send(to, subject="a", text="b", html="c")
    assert mailbox[0].messages == []


@pytest.mark.parametrize("url", [None, "post.example", "http://post.example", "smtps://", "smtp://post.example:x"])
def test_without_a_server_nothing_is_sent(url: str | None) -> None:
    with pytest.raises(BadSettings, match="ONRECORD_SMTP_URL"):
        Mailer(url)


def test_the_command_writes_a_file_and_sends_only_when_asked(
    room: Newsroom, mailbox: tuple[Mailbox, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    box, port = mailbox
    monkeypatch.setenv("ONRECORD_SMTP_URL", f"smtp://127.0.0.1:{port}")
    room.add_text("“The port stays open,” Ada Lund said.", title="Port", outlet="Velde Post", published=date.today())  # noqa: DTZ011
    room.wait()
    words = ["digest", "--since", "yesterday", "--home", str(room.settings.home)]
    assert main([*words, "--format", "atom", "-o", str(tmp_path / "new.xml")]) == 0
    assert etree.parse(tmp_path / "new.xml").getroot().tag.endswith("feed")
    assert box.messages == []
    assert main([*words, "--send", "desk@post.example"]) == 0
    assert len(box.messages) == 1
    assert main([*words, "-o", str(tmp_path / "none" / "new.txt")]) == 2


def test_the_password_is_a_secret() -> None:
    settings = Settings(smtp_url="smtps://desk:geheim@post.example")
    assert "geheim" in settings.secrets
    assert "geheim" not in repr(settings)
