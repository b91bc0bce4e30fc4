"""The API over HTTP, by its own client: what programs send, and what they get."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import pytest
from lxml import etree
from starlette.testclient import TestClient

from rag import Newsroom
from rag.api.app import api
from rag.api.guard import Limits, Rate

TEXT = (
    "VELDE, 3 May 2031 - Norland's harbour minister, Ada Lund, told reporters that the port stays open. "
    "“We will not close the harbour before the end of June,” Lund said."
)
TOKEN = "a-token-of-the-test"
PUBLISHED = "2031-05-03"


@pytest.fixture
def client(room: Newsroom) -> Iterator[TestClient]:
    with TestClient(api(lambda: room, token=TOKEN, rate=10_000)) as made:
        made.headers["Authorization"] = f"Bearer {TOKEN}"
        yield made


@pytest.fixture
def article(client: TestClient, room: Newsroom) -> str:
    sent = {"text": TEXT, "title": "Harbour stays open", "outlet": "Velde Post", "published": PUBLISHED}
    reply = client.post("/articles", json=sent)
    assert reply.status_code == 201
    room.wait()
    return str(reply.json()["results"][0]["article_id"])


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_nothing_is_open_without_the_token(client: TestClient, header: str | None) -> None:
    del client.headers["Authorization"]
    reply = client.get("/articles", headers={} if header is None else {"Authorization": header})
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert "Bearer TOKEN" in reply.json()["detail"]


def test_without_a_token_set_the_api_is_closed(room: Newsroom) -> None:
    with TestClient(api(lambda: room, token=None, rate=100)) as client:
        assert client.get("/health").json() == {"status": "ok"}
        reply = client.get("/articles", headers={"Authorization": "Bearer "})
    assert reply.status_code == 404
    assert "ONRECORD_API_TOKEN" in reply.json()["detail"]


def test_an_answer_is_the_one_of_the_door(client: TestClient, article: str, room: Newsroom) -> None:
    reply = client.post("/ask", json={"question": "What did Ada Lund say?", "filters": {"until": "2031-06-01"}})
    assert reply.status_code == 200
    answer = reply.json()
    assert not answer["abstained"]
    cited = answer["citations"][0]
    assert room.article(cited["article_id"]).text[cited["start"] : cited["end"]] == cited["quote"]


def test_an_answer_comes_as_events(client: TestClient, article: str) -> None:
    with client.stream(
        "POST", "/ask", json={"question": "What did Ada Lund say?"}, headers={"Accept": "text/event-stream"}
    ) as reply:
        blocks = "".join(reply.iter_text()).strip().split("\n\n")
    names = [block.splitlines()[0].removeprefix("event: ") for block in blocks]
    assert names[0] == "phase"
    assert "sentence" in names
    assert names[-1] == "answer"
    assert json.loads(blocks[-1].splitlines()[1].removeprefix("data: "))["question"] == "What did Ada Lund say?"


def test_adding_twice_is_adding_once(client: TestClient, article: str) -> None:
    again = client.post("/articles", json={"text": TEXT, "title": "Harbour stays open", "published": PUBLISHED})
    assert again.status_code == 200
    assert again.json()["results"][0]["status"] == "duplicate"
    assert client.get("/articles").json()["total"] == 1


def test_articles_come_page_by_page(client: TestClient, article: str, room: Newsroom) -> None:
    for number in range(4):
        room.add_text(f"The lighthouse number {number} was painted green by its keeper.", title=f"Lighthouse {number}")
    first = client.get("/articles", params={"limit": 2}).json()
    second = client.get("/articles", params={"limit": 2, "cursor": first["next"]}).json()
    third = client.get("/articles", params={"limit": 2, "cursor": second["next"]}).json()
    ids = [item["article_id"] for page in (first, second, third) for item in page["articles"]]
    assert len(set(ids)) == len(ids) == first["total"] == 5
    assert third["next"] is None


def test_an_article_is_shown_corrected_and_removed(client: TestClient, article: str) -> None:
    assert "harbour" in client.get(f"/articles/{article}").json()["text"]
    assert client.patch(f"/articles/{article}", json={"outlet": "Norland Times"}).json()["outlet"] == "Norland Times"
    assert client.delete(f"/articles/{article}").status_code == 200
    assert client.get(f"/articles/{article}").status_code == 404


def test_passages_and_statements_are_found(client: TestClient, article: str) -> None:
    assert client.get("/search", params={"q": "harbour", "k": 1}).json()["hits"][0]["article_id"] == article
    said = client.get("/statements", params={"actor": "Ada Lund"}).json()
    assert said["total"] >= 1
    assert said["statements"][0]["speaker"] == "Ada Lund"
    assert client.get("/positions").status_code == 200


def test_a_briefing_is_begun_followed_and_fetched(client: TestClient, article: str) -> None:
    begun = client.post("/briefings", json={"topic": "harbour"})
    assert begun.status_code == 202
    address = begun.headers["location"].removeprefix("/api/v1")
    for _ in range(600):
        reply = client.get(address)
        if reply.status_code != 202:
            break
        reply.close()
    assert reply.status_code == 200
    for name, start in (("md", b"#"), ("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!")):
        fetched = client.get(f"/briefings/{reply.json()['briefing_id']}", params={"format": name})
        assert fetched.status_code == 200
        assert fetched.content.lstrip().startswith(start)
    exported = client.get(address, params={"format": "html"}).content
    assert client.post("/verify", files={"file": ("briefing.html", exported)}).json()["ok"]


def test_a_citation_is_a_card_without_script(client: TestClient, room: Newsroom) -> None:
    text = "Ada Lund said: “<script>alert(1)</script> & the port stays open.”"
    added = room.add_text(text, title="<b>Port</b>", outlet="Velde Post", published=PUBLISHED)
    span = {"start": 0, "end": len(text)}
    card = client.get(f"/articles/{added.article_id}/card", params=span)
    assert card.status_code == 200
    assert "<script" not in card.text
    assert "&lt;b&gt;Port" in card.text
    link = re.search(r'cite="([^"]+)"', card.text)
    assert link
    embedded = client.get("/oembed", params={"url": html.unescape(link[1])}).json()
    assert (embedded["version"], embedded["type"], embedded["html"]) == ("1.0", "rich", card.text)
    assert client.get(f"/articles/{added.article_id}/card", params={"start": 5, "end": 5}).status_code == 422
    assert client.get("/oembed", params={"url": "https://a.example/"}).status_code == 422


def test_a_digest_is_a_feed_at_its_address(client: TestClient, room: Newsroom) -> None:
    watch, other = room.watch(actor="Ada Lund"), room.watch(actor="Ida Holm")
    room.add_text(TEXT, title="Harbour stays open", outlet="Velde Post", published=PUBLISHED)
    room.wait()
    room.refresh()
    reply = client.get("/digest", params={"format": "atom", "only": watch.watch_id})
    assert reply.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(reply.content)
    assert feed.findtext("{*}id") == feed.find("{*}link[@rel='self']").get("href") == str(reply.url)
    entry = feed.find("{*}entry")
    assert entry.find("{*}link").get("href").endswith(f"/source?doc={room.articles()[0].article_id}")
    assert client.get("/digest").json()["watches"][0][0]["watch_id"] == watch.watch_id
    assert client.get("/digest", params={"only": other.watch_id}).json()["watches"] == []
    assert client.get("/digest", params={"only": "nonsense"}).status_code == 422
    assert client.get("/digest", params={"since": "9999-01-01"}).json()["watches"] == []
    assert "Ada Lund" in client.get("/digest", params={"format": "text"}).text
    del client.headers["Authorization"]
    assert client.get("/digest", params={"format": "atom"}).status_code == 401


def test_a_draft_is_checked(client: TestClient, article: str) -> None:
    draft = "“We will close the harbour before the end of June,” Lund said."
    finding = client.post("/check", json={"text": draft}).json()["findings"][0]
    assert (finding["outcome"], finding["alteration"]) == ("altered", "negation")


def test_a_file_is_added(client: TestClient) -> None:
    reply = client.post("/articles/file", files={"file": ("a.txt", TEXT.encode())})
    assert reply.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "remedy"),
    [
        ("POST", "/ask", {"question": ""}, 422, "question"),
        ("POST", "/ask", {"question": "x", "filters": {"outlets": "y"}}, 422, "outlets"),
        ("POST", "/articles", {}, 422, "url of a page"),
        ("POST", "/articles", {"url": "ftp://a.example/b"}, 422, "url"),
        ("POST", "/articles", {"url": "http://127.0.0.1/x"}, 422, ""),
        ("POST", "/check", {"text": "   "}, 422, "Paste its text"),
        ("POST", "/briefings", {"articles": ["nothing"]}, 404, ""),
        ("GET", "/articles/nothing", None, 404, ""),
        ("GET", "/briefings/nothing", None, 404, "POST /api/v1/briefings"),
        ("GET", "/articles?cursor=zz", None, 422, "next"),
        ("GET", "/articles?outlets=x", None, 422, "outlet"),
        ("GET", "/articles?limit=0", None, 422, "limit"),
        ("GET", "/articles?outlet=x&outlet=y", None, 422, "one value"),
        ("GET", "/articles?since=20310503", None, 422, "YYYY-MM-DD"),
        ("GET", "/nowhere", None, 404, "openapi.json"),
        ("DELETE", "/ask", None, 405, "method"),
    ],
)
def test_every_problem_names_the_remedy(
    client: TestClient, method: str, path: str, sent: object, status: int, remedy: str
) -> None:
    reply = client.request(method, path, json=sent)
    assert reply.status_code == status, reply.text
    problem = reply.json()
    assert reply.headers["content-type"] == "application/problem+json"
    assert set(problem) == {"type", "title", "status", "detail"}
    assert remedy in problem["detail"]
    assert problem["detail"]


def test_the_published_examples_work(client: TestClient, article: str) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    examples = {name: item["examples"][0] for name, item in schemas.items() if "examples" in item}
    assert set(examples) == {"AskBody", "ArticleBody", "BriefingBody", "CheckBody"}
    for name, path in (("AskBody", "/ask"), ("ArticleBody", "/articles"), ("CheckBody", "/check")):
        assert client.post(path, json=examples[name]).status_code in (200, 201)


def test_a_body_that_is_too_large_is_refused(room: Newsroom) -> None:
    app = Limits(api(lambda: room, token=TOKEN, rate=100), largest=1_000)
    with TestClient(app) as client:
        reply = client.post("/ask", content=b"x" * 2_000, headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 413


def test_the_rate_has_an_end(room: Newsroom) -> None:
    with TestClient(api(lambda: room, token=TOKEN, rate=3)) as client:
        codes = [client.get("/articles", headers={"Authorization": f"Bearer {TOKEN}"}).status_code for _ in range(5)]
    assert codes[:3] == [200, 200, 200]
    assert 429 in codes[3:]
    assert Rate(1)


def test_the_log_has_no_words(client: TestClient, article: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="rag"):
        client.post("/ask", json={"question": "What did the secretkeeper say?"})
        client.get(f"/articles/{article}")
    lines = [json.dumps(record.__dict__, default=str) for record in caplog.records if record.message == "http"]
    assert len(lines) >= 2
    assert not any("secretkeeper" in line or article in line for line in lines)
