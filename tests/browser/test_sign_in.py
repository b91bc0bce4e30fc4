"""Sign-in by OpenID Connect: nothing is shown before it, and conversations are their reader's alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, ask, go, settle
from tests.browser.provider import CLIENT, SECRET, Provider, provider
from tests.browser.reader import Reader
from tests.browser.serving import free_port, serving

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
pytest.importorskip("authlib", reason="needs the extra onrecord[sign-in]")
PATHS = ("", "briefing", "positions", "library", "add", "quality", "settings", "source", "statements")


@pytest.fixture(scope="module")
def signing() -> Iterator[Provider]:
    with provider() as found:
        yield found


@pytest.fixture(scope="module")
def closed(sample_home: Path, tmp_path_factory: pytest.TempPathFactory, signing: Provider) -> Iterator[str]:
    """The app with sign-in set, over the sample library."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("closed") / "home")
    port = free_port()
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{signing.address}/.well-known/openid-configuration"\n',
        "utf-8",
    )
    with serving(home, port=port) as found:
        yield found


def signed_in(chromium: Browser, address: str, signing: Provider, user: str) -> Page:
    """A page of a browser of its own, signed in as `user`."""
    page = chromium.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    signing.user = user
    go(page, address)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_test_id("stChatInputTextArea").wait_for()
    settle(page)
    return page


def test_no_page_shows_anything_before_sign_in(closed: str) -> None:
    for path in PATHS:
        with Reader(f"{closed}", page=path) as reader:
            page = "".join(item for item in reader.html if not item.lstrip().startswith("<style"))
            assert "This library is open to those who sign in." in page
            assert page.count("<") <= 6, path
            assert not reader.fields


def test_a_conversation_is_its_readers_alone_and_signing_out_closes_the_pages(
    closed: str, signing: Provider, chromium: Browser
) -> None:
    ida = signed_in(chromium, closed, signing, "ida")
    ask(ida, "What is Turkey's stated position?")
    ida.wait_for_url("**chat=*")
    address = ida.url
    ida.reload()
    ida.locator("h2.asked").wait_for()
    tor = signed_in(chromium, closed, signing, "tor")
    go(tor, address)
    tor.get_by_test_id("stChatInputTextArea").wait_for()
    assert tor.locator("h2.asked").count() == 0
    go(ida, f"{closed}/settings")
    ida.get_by_text("As Ida.").wait_for()
    assert ida.get_by_role("button", name="Cases").count() == 0
    ida.get_by_role("button", name="Sign out").click()
    ida.get_by_role("button", name="Sign in").wait_for()
    go(ida, address)
    ida.get_by_role("button", name="Sign in").wait_for()
    assert ida.locator("h2.asked").count() == 0
    for page in (ida, tor):
        page.context.close()


def test_secrets_that_cannot_be_read_close_the_pages(sample_home: Path, tmp_path: Path) -> None:
    home = shutil.copytree(sample_home, tmp_path / "home")
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text("[auth\nclient_id = ", "utf-8")
    with serving(home) as address, Reader(address) as reader:
        assert not reader.fields
        assert any("can’t be shown" in item or "TOML" in item for item in reader.alerts)
