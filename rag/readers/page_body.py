"""The body of a web page: by trafilatura, with the paragraphs of the same article that it missed.

Before that, the tree is given what browsers show and parsers do not: the quotation marks of `<q>`, paragraphs that
only line breaks separate, the text of layout tables.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice, pairwise

import trafilatura
from lxml.html import Element, HtmlElement

from rag.knowledge.tables import pattern_of, table
from rag.readers import boilerplate
from rag.readers.headlines import word_count
from rag.text.canonical import fold

_PART = 30  # letters of a paragraph by which it is known
_LONGEST_SINGLE_LINE = 20_000  # characters of a text in one line that is doubted
_MOST_COMMENT_PARTS = 100
_MOST_BLOCKS = 5_000  # of a page that are compared with what was taken
_STOP = re.compile(r"[.!?…。！？؟।][\"”’»'」』)\]]*$")
_BLOCKS = frozenset(
    "address article aside blockquote dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody td tfoot th thead tr ul body".split()
)
_PARAGRAPHS = frozenset("p div blockquote li dd section article".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_OUTER_TAGS = frozenset("aside footer nav form figure figcaption button select script style noscript template".split())
# Parts of a page, by class or id, that hold no words of its article.
_OUTER_NAME = pattern_of("furniture", "names", "outside")
# Parts that only subscribers see are the article's own, whatever else their names hold.
_PAID_NAME = pattern_of("furniture", "names", "paid")
_READERS_NAME = pattern_of("furniture", "names", "readers")
_LEAD_NAME = pattern_of("furniture", "names", "lead")
_AWAY_NAME = pattern_of("furniture", "names", "elsewhere")
_AUTHORS = re.compile(
    r"(?:^|[\s_-])(?:author\w*|bio|biography|contributors?|about-the-author|writer)(?:$|[\s_-])", re.IGNORECASE
)


def body_lines(tree: HtmlElement, *, least: int, language: str | None) -> list[str]:
    """The paragraphs of the body, in order. A body of fewer than `least` characters is searched for again.

    trafilatura runs in its fast mode first: its fallbacks trade precision for recall, which only a short body needs.
    The tree is altered.
    """
    _add_quotation_marks(tree, language)
    _split_at_breaks(tree)
    lines = _trafilatura_lines(tree, fast=True)
    glued = len(lines) == 1 and len(lines[0]) < _LONGEST_SINGLE_LINE  # as where trafilatura gives up
    if sum(map(len, lines)) >= least and not glued:
        return _add_missing(tree, lines, doubtful=False)
    own = _add_missing(tree, [], doubtful=True)
    if glued and len(own) > 1 and all(line_key(line) in line_key(lines[0]) for line in own):
        return own
    recalled = _trafilatura_lines(tree, fast=False)
    return own if sum(map(len, own)) * 2 > sum(map(len, recalled)) else recalled


def _trafilatura_lines(tree: HtmlElement, *, fast: bool) -> list[str]:
    """The body by trafilatura, in its fast mode or with all its fallbacks."""
    body = trafilatura.extract(tree, include_comments=False, deduplicate=False, fast=fast, favor_recall=not fast) or ""
    return [line for raw in body.split("\n") if (line := _strip_marks(raw))]


def link_lines(tree: HtmlElement, share: float = 0.95) -> set[str]:
    """The keys of paragraphs, headings and list items, of four words or more, that are nothing but links, and no
    sentence unless their box says so: they lead to other articles. Entries that are links for at least a `share` are
    enough where a heading says so."""
    keys = set()
    for block in tree.iter("p", "h2", "h3", "h4", "h5", "h6", "strong", "li"):
        text = _text(block)
        if len(text) > 300 or word_count(text) < 4:
            continue
        linked = sum(len(line_key(_text(link))) for link in block.iter("a"))
        if linked >= share * len(line_key(text)) and (not is_sentence(text) or _leads_away(block)):
            keys.add(line_key(text))
    return keys


def _leads_away(block: HtmlElement) -> bool:
    """True in a box that is made for links to other articles, by its name."""
    return any(_AWAY_NAME.search(_class_names(part)) for part in (block, *islice(block.iterancestors(), 2)))


def author_lines(tree: HtmlElement) -> set[str]:
    """The keys of the paragraphs in elements for the biography of the author."""
    keys = set()
    for element in tree.iter("div", "section", "aside", "p", "footer", "address"):
        if _AUTHORS.search(_class_names(element)) or element.get("rel") == "author":
            text = _text(element)
            if len(text) < 1_000:
                keys |= {line_key(text), *(line_key(_text(block)) for block in element.iter("p", "div", "span"))}
    return keys - {""}


def line_key(line: str) -> str:
    """The key by which lines are compared: letters and digits only, folded."""
    return re.sub(r"\W+", "", fold(line))


def is_sentence(text: str) -> bool:
    """True for a line of six words or more that ends as a sentence does."""
    return _STOP.search(text) is not None and word_count(text) >= 6


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _class_names(element: HtmlElement) -> str:
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)


def _strip_marks(line: str) -> str:
    """A line without the marks that trafilatura sets for list items and tables. An empty cell keeps its place."""
    line = line.strip()
    if line.startswith("|") and line.endswith("|") and len(line) > 1:
        cells = [cell.strip() for cell in line[1:-1].split("|")]
        line = re.sub(r"\s{2,}", " ", " | ".join(cells)).strip() if any(cell.strip(" -") for cell in cells) else ""
        line = line if len(cells) > 1 else line.strip(" |")
    return line.removeprefix("- ").strip()


def _add_quotation_marks(tree: HtmlElement, language: str | None) -> None:
    """Sets the quotation marks that browsers set around `<q>`, where the page does not write them itself."""
    marks = table("quotation_marks")
    opening, closing = str(marks["languages"].get(language or "", marks["default"])).split()
    for element in list(tree.iter("q")):
        text, before = _text(element), (_before(element) or "").rstrip()
        if not text or boilerplate.has_quotes(text[:1]) or boilerplate.has_quotes(before[-1:]):
            continue
        element.text = f"{opening}{(element.text or '').lstrip()}"
        last = element[-1] if len(element) else None
        if last is None:
            element.text = f"{element.text.rstrip()}{closing}"
        else:
            last.tail = f"{(last.tail or '').rstrip()}{closing}"
        element.tag = "span"


def _before(element: HtmlElement) -> str | None:
    """The text just before an element, within its parent."""
    previous = element.getprevious()
    parent = element.getparent()
    return previous.tail if previous is not None else parent.text if parent is not None else None


def _split_at_breaks(tree: HtmlElement) -> None:
    """Text that two line breaks part becomes paragraphs, and a table that lays such text out becomes plain blocks."""
    parents = []
    for first, second in pairwise(tree.iter("br")):
        if first.getnext() is second and not (first.tail or "").strip() and first.getparent() is not None:
            parents.append(first.getparent())
    for parent in dict.fromkeys(parents):
        if parent.tag in _BLOCKS:
            _into_paragraphs(parent)
            for outer in parent.iterancestors("td", "th", "tr", "tbody", "table"):
                outer.tag = "div"
            if parent.tag in ("td", "th", "p"):
                parent.tag = "div"


def _into_paragraphs(parent: HtmlElement) -> None:
    """Moves the text and elements of `parent` into paragraphs, split at double line breaks and at blocks."""
    items: list[str | HtmlElement] = [parent.text or ""]
    for child in list(parent):
        items += [child, child.tail or ""]
        child.tail = None
        parent.remove(child)
    parent.text = None
    paragraph, breaks = Element("p"), 0
    for item in items:
        tag = None if isinstance(item, str) else str(item.tag)
        if (isinstance(item, str) and not item.strip()) or tag == "br":
            breaks += tag is not None
            continue
        block = tag in _BLOCKS
        if breaks > 1 or block:
            parent.append(paragraph)
            paragraph = Element("p")
        elif breaks:
            paragraph.append(Element("br"))
        else:
            _append(paragraph, " ")
        breaks = 0
        if isinstance(item, str):
            _append(paragraph, item)
        else:
            (parent if block else paragraph).append(item)
    parent.append(paragraph)


def _append(element: HtmlElement, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _add_missing(tree: HtmlElement, lines: list[str], *, doubtful: bool) -> list[str]:
    """The lines with the missed sentences of the same article, each in its place.

    These stand between the headline and the end of the smallest element that holds all of `lines`, outside elements
    for other things. In a doubtful body the names of elements are ignored, as a column may stand in one
    named "comment", but for those of readers' comments.
    """
    lines, places = _page_order(tree, lines), dict[str, int]()
    for at, line in enumerate(lines):
        places.setdefault(line_key(line), at)
    body_blocks = [block for block in islice(_leaf_blocks(tree), _MOST_BLOCKS) if line_key(_text(block)) in places]
    root, heading = _article_part(tree, [] if doubtful else body_blocks)
    comments = _comment_parts(root) if doubtful else set()
    whole, started, last = "".join(map(line_key, lines)), heading is None, -1
    missing: dict[int, list[str]] = defaultdict(list)
    for element in islice(root.iter(), 10 * _MOST_BLOCKS):
        started = started or element is heading
        lead = last < 0 and element.tag in ("h2", "h3") and _text(element).endswith(".")
        if not started or not (lead or _is_leaf_block(element)):
            continue
        text = _text(element)
        if (name := line_key(text)) in places:
            last = max(last, places[name])
        elif last < 0 and element.tag != "p" and not lead:
            continue  # what stands above the text in no paragraph is the page's, not the article's
        elif _is_contained(whole, name) or not is_sentence(text) or (not doubtful and _is_of_page(text)):
            continue
        elif not _is_outside_article(
            element, root, comments, by_name=not doubtful, above=last < 0 and heading is not None
        ):
            missing[last].append(text)
            whole += name
    return [*missing[-1], *(part for at, line in enumerate(lines) for part in (line, *missing[at]))]


def _page_order(tree: HtmlElement, lines: list[str]) -> list[str]:
    """The lines in page order: trafilatura may put the largest of several parts first. A line that occurs elsewhere too
    stays with the one before it.
    """
    on_page = Counter[str]()
    places: dict[str, int] = {}
    for at, element in enumerate(islice(tree.iter(*_PARAGRAPHS, *_HEADINGS), _MOST_BLOCKS)):
        if element.tag in _HEADINGS or _is_leaf_block(element):
            name = line_key(_text(element))
            on_page[name] += 1
            places[name] = at
    counts = Counter(map(line_key, lines))
    order, last = list[int](), -1
    for name in map(line_key, lines):
        last = places[name] if on_page[name] == counts[name] == 1 else last
        order.append(last)
    return [lines[at] for at in sorted(range(len(lines)), key=order.__getitem__)]


def _is_of_page(text: str) -> bool:
    return boilerplate.addresses_visitor(text) or boilerplate.is_furniture(text)


def _is_contained(whole: str, name: str) -> bool:
    """True if the words of a paragraph stand in the text already, perhaps without a label within them."""
    return name in whole or any(name[at : at + _PART] in whole for at in range(0, len(name) - _PART, _PART))


def _article_part(tree: HtmlElement, body_blocks: list[HtmlElement]) -> tuple[HtmlElement, HtmlElement | None]:
    """The element that holds the article, and its headline, if one stands before the text in it."""
    heading = next((element for element in tree.iter("h1") if _text(element)), None)
    if not body_blocks:
        around = [] if heading is None else heading.iterancestors("article", "main", "body")
        return next(iter(around), tree), heading
    root = _common_ancestor(body_blocks[0], body_blocks[-1])
    if heading is not None and (wider := _common_ancestor(heading, root)).tag not in ("body", "html"):
        return wider, heading if _precedes(heading, body_blocks[0], wider) else None
    return root, None


def _common_ancestor(first: HtmlElement, second: HtmlElement) -> HtmlElement:
    """The smallest element that holds both."""
    above = {second, *second.iterancestors()}
    return next((element for element in (first, *first.iterancestors()) if element in above), first)


def _precedes(first: HtmlElement, second: HtmlElement, root: HtmlElement) -> bool:
    return next(element for element in root.iter() if element is first or element is second) is first


def _leaf_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    return (element for element in tree.iter() if _is_leaf_block(element))


def _is_leaf_block(element: HtmlElement) -> bool:
    return element.tag in _PARAGRAPHS and not any(child.tag in _BLOCKS for child in element.iterdescendants())


def _comment_parts(root: HtmlElement) -> set[HtmlElement]:
    """The parts for readers' comments, but for one that holds most of the text."""
    elements = (element for element in islice(root.iterdescendants(), 10 * _MOST_BLOCKS) if element.tag in _BLOCKS)
    parts = islice(
        (element for element in elements if _READERS_NAME.search(_class_names(element))), _MOST_COMMENT_PARTS
    )
    whole = len(_text(root))
    return {part for part in parts if 2 * len(_text(part)) < whole}


def _is_outside_article(
    element: HtmlElement, root: HtmlElement, comments: set[HtmlElement], *, by_name: bool, above: bool
) -> bool:
    """True inside a part of `root` that is not meant for the article's text. A teaser `above` the text, below the
    headline, is the article's own if it has no links.
    """
    parts = [element, *element.iterancestors()]
    for part in parts:
        if part is root:
            return False
        names = _class_names(part)
        if above and _LEAD_NAME.search(names) and part.tag != "a" and next(part.iter("a"), None) is None:
            names = _LEAD_NAME.sub("", names)
        is_quotation = part.tag == "figure" and any(inner.tag == "blockquote" for inner in parts)
        is_named_outside = by_name and _OUTER_NAME.search(names) and not _PAID_NAME.search(names)
        if (part.tag in _OUTER_TAGS and not is_quotation) or is_named_outside or part in comments:
            return True
    return False
