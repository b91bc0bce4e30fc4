"""How long reading feeds again takes: `python -m tests.bench.refreshing FEEDS ITEMS`, so many items in each feed.

The site is another process on loopback; vectors and statements are made by models that take no time.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rag.domain import Refresh
from rag.settings import Settings
from tests.killing_refresh import FollowingNewsroom, page, serve


def main(feeds: int, items: int) -> None:
    """Print seconds and articles of a first and a second round, and the memory that was used."""
    with TemporaryDirectory() as folder:
        pages = Path(folder) / "site"
        pages.mkdir()
        site, address = serve(pages)
        port = address.rpartition(":")[2]
        try:
            for feed in range(feeds):
                host = f"http://post{feed}.example:{port}"
                numbers = range(feed * items, (feed + 1) * items)
                for number in numbers:
                    (pages / f"{number}.html").write_text(page(number), "utf-8")
                listed = "".join(f"<item><title>{n}</title><link>{host}/{n}.html</link></item>" for n in numbers)
                channel = f"<channel><title>Post {feed}</title>{listed}</channel>"
                (pages / f"feed{feed}.xml").write_text(f"<?xml version='1.0'?><rss version='2.0'>{channel}</rss>")
            with FollowingNewsroom.open(Settings(home=Path(folder) / "home")) as room:
                for feed in range(feeds):
                    room.follow(f"http://post{feed}.example:{port}/feed{feed}.xml")
                figures: dict[str, object] = {"feeds": feeds, "items": feeds * items}
                fetcher, asked = room._parts.fetcher, [0]

                def counting_get(*given: Any, get: Any = fetcher.get, asked: list[int] = asked, **named: Any) -> Any:
                    asked[0] += 1
                    return get(*given, **named)

                fetcher.get = counting_get  # type: ignore[method-assign]
                for name in ("first", "second"):
                    begun, worked, asked[0] = time.perf_counter(), time.process_time(), 0
                    found: Refresh = room.refresh(everything=True)
                    figures[f"{name} round, seconds"] = round(time.perf_counter() - begun, 1)
                    figures[f"{name} round, processor seconds"] = round(time.process_time() - worked, 1)
                    figures[f"{name} round, articles"] = sum(item.status == "added" for item in found.results)
                    figures[f"{name} round, errors"] = len(found.errors)
                    figures[f"{name} round, requests"] = asked[0]
                    print(figures, file=sys.stderr, flush=True)
        finally:
            site.kill()
            site.wait()
        figures["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
