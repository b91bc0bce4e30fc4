"""Refreshes a library from a feed in processes that are killed, one after the other, and says what it holds in the end.

A program, since only a process without threads may fork: `python -m tests.killing_refresh FOLDER ARTICLES KILLS`. The
site is another process, which serves a folder on loopback. Two processes of three kill themselves at a point (see
`tests.killing`), the third is killed from outside after some time. One actor is watched, who says one thing in each
article, so each article is one piece of news.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from rag.providers.fetch import Fetcher
from rag.readers.dispatch import read_source_bytes
from rag.services.following import service
from rag.settings import Settings
from tests import killing
from tests.killing import TinyComposition, TinyNewsroom, kill_one, load_readers, set_points, story


class LoopbackComposition(TinyComposition):
    """One for which every host is this machine."""

    @cached_property
    def fetcher(self) -> Any:
        return Fetcher(allow_loopback=True, resolver=lambda host, port: ["127.0.0.1"])


class FollowingNewsroom(TinyNewsroom):
    """A newsroom whose models take no time, and which reads what is on loopback."""

    composition = LoopbackComposition


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Serve a folder on loopback; the process, and the address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    site = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            break
    return site, f"http://post.example:{port}"


def page(number: int) -> str:
    """The page of an article."""
    text = "".join(f"<p>{escape(part)}</p>" for part in story(number).split("\n\n"))
    return f"<html lang='en'><head><title>No. {number}</title></head><body><article>{text}</article></body></html>"


def write_feed(site: Path, address: str, articles: range) -> None:
    """Write pages and a feed that lists them, the newest first, at once in the place of the feed before."""
    for number in articles:
        (site / f"{number}.html").write_text(page(number), "utf-8")
    items = "".join(f"<item><title>No. {n}</title><link>{address}/{n}.html</link></item>" for n in reversed(articles))
    new = site / "feed.new"
    new.write_text(
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Post</title>{items}</channel></rss>", "utf-8"
    )
    new.replace(site / "feed.xml")


def refresh(home: Path, log: Path) -> None:
    """One life: read the feed, and report each alert as soon as it is known."""
    room = FollowingNewsroom.open(Settings(home=home))
    outcome = room.refresh(everything=True)
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(told, "".join(f"{item.news_id}\n" for item in outcome.news).encode())
    room.wait()


def main(folder: Path, articles: int, kills: int) -> dict[str, Any]:
    """Refresh under fire while the feed grows, then once more in peace."""
    set_points()
    load_readers()
    read_source_bytes(page(0).encode(), "page.html")
    service._LEASE_SECONDS = (
        0.3  # who is killed holds the lease for two minutes; here the next one does not wait so long
    )
    home, log, pages = folder / "home", folder / "alerts", folder / "site"
    pages.mkdir(parents=True)
    log.touch()
    site, address = serve(pages)
    draw = random.Random(kills)
    ends: dict[str, int] = {"killed": 0, "idle": 0}
    errors: list[str] = []
    try:
        write_feed(pages, address, range(0))

        def begin() -> None:
            room = FollowingNewsroom.open(Settings(home=home))
            room.watch(actor="Nobody")
            room.follow(f"{address}/feed.xml")
            room.wait()

        end, _ = kill_one(begin, 60)
        assert end == "idle", end
        for number in range(kills):
            write_feed(pages, address, range(max(0, articles * number // kills - 10), articles * (number + 1) // kills))

            def run(number: int = number) -> None:
                if number % 3:
                    killing._left[:] = [draw.randint(1, 22)]
                refresh(home, log)

            time.sleep(0.35)  # until the lease of the one before has run out
            draw.random()
            end, _ = kill_one(run, None if number % 3 else draw.uniform(0.1, 2))
            if end in ends:
                ends[end] += 1
            else:
                errors.append(end)
        write_feed(pages, address, range(articles))
        with FollowingNewsroom.open(Settings(home=home)) as room:
            kept = room.count()
            last = room.refresh(everything=True)
            again = room.refresh(everything=True)
            texts = [room.article(item.article_id).text for item in room.articles()]
            news = room.news()
            with log.open("a") as told:
                told.writelines(f"{item.news_id}\n" for item in last.news)
            alerts = log.read_text("utf-8").split()
            return {
                "ends": ends,
                "errors": errors,
                "kept before the last round": kept,
                "lost": articles - len(texts),
                "doubled": len(texts) - len(set(texts)),
                "news lost": articles - len({item.article_id for item in news}),
                "news doubled": len(news) - len({item.article_id for item in news}),
                "alerts repeated": len(alerts) - len(set(alerts)),
                "news in a second round": len(again.news),
            }
    finally:
        site.kill()
        site.wait()


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
