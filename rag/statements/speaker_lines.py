"""Lines that say by their form who speaks: labels, signatures, transcripts, interviews.

*SMITH:* We will go. · 14:20 *Bridge master Jane Roe:* "..." · Q: ... A: ... · "We will go." — *Jane Smith*
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from rag.domain import Span
from rag.knowledge.tables import words_of
from rag.knowledge.words import AUXILIARIES, BEFORE_CAPITALS, HONORIFICS, TITLE_ABBREVIATIONS
from rag.statements.lexicon import PERSON_NOUNS
from rag.statements.parsed_text import ParsedText
from rag.text.sentences import lines, trimmed

_CLOCK = (
    r"(?:(?:[01]?\d|2[0-3])[:.h][0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\.?)?(?: ?(?:GMT|BST|CET|UTC|ET))?\s*(?:[-–—:|]\s*)?)?"
)
_LEAD = (
    r"(?:(?:And|Also|Then|Plus|This|Here is|Next)(?: from| by)?,? (?:from )?"
    r"(?:the (?:[a-z][\w'’-]*,? ){1,4}(?<=, )(?=[A-Z]))?)?"  # "And from the teachers' union, Dag Moen:"
)
_LABEL = re.compile(
    rf"{_CLOCK}(?:[-*•] |[“\"](?=[A-Z]{{3,}}[ :]))?{_LEAD}"
    r"(?P<name>[A-Z][\w.'’-]*(?:,? (?:[A-Z(][\w.,'’)-]*|[a-z][\w'-]*)){0,8}?)"
    r"(?:, \d{1,3}(?:, [a-z][a-z '’-]{2,40})?)?(?: ?\([^()\n]{1,60}\)){0,3} ?(?P<cue>[:―]|[–—-](?= [“\"‘]))(?= *\S)"
)
_SIGNATURE = re.compile(
    r"(?P<quote>[“\"”].{8,}[”\"])\s?(?P<cue>[―—–-]|--)\s?"
    r"(?:(?:his|her|the) [a-z ]{3,30}, )?(?P<name>[A-Z][\w.'’-]*(?: [\w.'’-]+){0,3}? [\w.'’-]*\w)"
    r"(?=(?:,? (?:on|after|in|at|about|during|following|speaking) (?:[^,]|,(?=\d)){3,80})?[.\s]*$)"
)
# Such lines run together in one paragraph: 14:40 Jane Roe: "We go." 14:51 Shares fell.
_QUOTATION_LINE = re.compile(
    rf"(?:(?<=^)|(?<=[.!?”\"’'] )){_CLOCK}[A-Z][\w.'’-]*(?:,? [\w.'’-]+){{0,6}}: "
    r"(?:[“\"][^“”\"]+[.!?…][”\"]|[‘'][^‘’\"]+[.!?…][’'])"
    r"|(?:(?<=^)|(?<=[.\w] ))[“\"][^“”\"]{8,}[”\"] ?(?:[―—–-]|--) ?[^“”\"]{4,100}?(?:\.(?= [“\"])|(?= [“\"])|$)",
    re.MULTILINE,
)
_BELOW = re.compile(r"(?P<cue>[―—–-]|--) ?(?P<name>[A-Z][\w.'’-]*(?: [\w.'’-]+){1,6}?)(?=,|\n|$)")
_HEAD = re.compile(
    rf"{_CLOCK}{_LEAD}(?P<name>[A-Z][\w.'’-]*(?:,? (?:[A-Z(][\w.,'’)-]*|[a-z][\w'-]*)){{0,8}}?) ?(?P<cue>:)(?=\s*$)"
)
_INLINE = re.compile(
    r"(?:(?<=^)|(?<=[.?!”\"—–\])] ))(?P<name>[A-Z][A-Z'’.-]{2,}(?: [A-Z][A-Z'’.-]+){0,2})(?P<cue>:) +(?=\S)"
)
_TURN = re.compile(r"(?P<name>Q|A|Question|Answer)(?P<cue>[:.])\s+(?=\S)")
# As the record of a parliament or a hearing writes it: "Mr. KROG. Thank you.", "Mr. Krog. Thank you."
_RECORD_LABEL = re.compile(
    rf"(?P<name>{BEFORE_CAPITALS}"
    r" (?:[A-Z][A-Z'’-]{2,}(?: [A-Z][A-Z'’-]+){0,3}|(?<!The )[A-Z][a-z'’]+(?:-[A-Z][a-z'’]+)?)"
    r"(?: of [A-Z]\w+)?)(?: ?\([^()]{1,60}\)){0,3}(?P<cue>\.)\s+(?=\S)"
)
_ASKERS = words_of("nouns", "askers")
_NO_SPEAKERS = words_of("nouns", "no_speakers")
_TITLES = TITLE_ABBREVIATIONS | {title.rstrip(".") for title in HONORIFICS}
_FEWEST_TURNS = 3
_LONGEST_NAME = 3  # words of one without a title
_OPEN = '“"‘«„'

Line = tuple[list[int], list[int], list[int]]
"""Words of source, cue and content."""


def speaker_lines(tree: ParsedText) -> Iterator[Line]:
    """Every line with a label or a signature, and every answer of an interview by letters."""
    spans = [part for line in lines(tree.text) for part in _parts_of_line(tree.text, line)]
    labelled_lines = list(_labelled_lines(tree))
    talkers = _talkers(labelled_lines) or _voices(tree, labelled_lines)
    for number, line in enumerate(spans):
        if turns := list(_turns(tree, line)):
            yield from turns
            continue
        if (turn := _TURN.match(tree.text, line.start, line.end)) is not None:
            if turn["name"][0] == "A":
                source, cue, content = _parts(tree, line, turn, turn.end("cue"))
                yield source, cue or source, content  # "A." is one word to a parser
            continue
        if (labelled := _labelled(tree, line, talkers)) is not None:
            yield labelled
            continue
        head = _HEAD.fullmatch(tree.text, line.start, line.end)
        if head is not None and number + 1 < len(spans) and tree.text[spans[number + 1].start] in _OPEN:
            source, cue, _ = _parts(tree, line, head, line.end)
            parts = source, cue, tree.words(spans[number + 1])
            if _is_label(tree, head, parts):
                yield parts
                continue
        if (match := _SIGNATURE.match(tree.text, line.start, line.end)) is not None:
            yield _signed(tree, line, match, Span(line.start, match.end("quote")))
        elif number and (match := _BELOW.match(tree.text, line.start, line.end)) is not None:
            above = spans[number - 1]
            if tree.text[above.start] in _OPEN and tree.text[above.end - 1] in '”"’»' and line.end - match.end() < 60:
                yield _signed(tree, line, match, above)


def _labelled(tree: ParsedText, line: Span, talkers: Counter[str]) -> Line | None:
    """The line if a label, or a headline about somebody, tells who speaks; then their surname alone is a label too."""
    if (match := _label_at(tree, line)) is None:
        return None
    parts = _parts(tree, line, match, match.end("cue"))
    if _is_label(tree, match, parts) or (all(parts) and talkers[match["name"].lower()] > 1):
        talkers[match["name"].split()[-1].lower()] += 2
        return parts
    source = _of_headline(tree, parts)
    return (source, *parts[1:]) if source else None


def _parts_of_line(text: str, line: Span) -> Iterator[Span]:
    """The line; cut before and behind each labelled or signed quotation in it."""
    start = line.start
    for match in _QUOTATION_LINE.finditer(text, line.start, line.end):
        before = text[start : match.start()].split()[-1:]
        if before and (before[0].lower().rstrip(".") in _TITLES or match[0][0] in _OPEN):
            continue  # wrote of Ms. Roe: "..."; a quotation inside another
        yield from filter(None, (trimmed(text, start, match.start()), trimmed(text, *match.span())))
        start = match.end()
    yield from filter(None, (trimmed(text, start, line.end),))


def _turns(tree: ParsedText, line: Span) -> Iterator[Line]:
    """The turns of a transcript that runs on in one paragraph: "... ROE: I did. HALE: When?"; two at least."""
    matches = [m for m in _INLINE.finditer(tree.text, line.start, line.end) if m["name"].lower() not in _ASKERS]
    if len(matches) < 2:
        return
    for match, end in zip(matches, [*(m.start() for m in matches[1:]), line.end], strict=True):
        source, cue, content = _parts(tree, Span(match.start(), end), match, match.end("cue"))
        if source and cue and content:
            yield source, cue, content


def question_lines(tree: ParsedText) -> list[Span]:
    """Lines in which somebody asks, in an interview or transcript: no statements of the one who answers."""
    turns = list(_labelled_lines(tree))
    talkers = _talkers(turns)
    questions = Counter(name for name, line in turns if _asks(line.of(tree.text)))
    askers = {name for name in talkers if questions[name] * 5 >= 3 * talkers[name] and talkers[name] > 1}
    return [
        line
        for name, line in turns
        if name in _ASKERS | askers or (name in talkers and _asks(line.of(tree.text), whole=True))
    ]


def _label_at(tree: ParsedText, line: Span) -> re.Match[str] | None:
    return _LABEL.match(tree.text, line.start, line.end) or _RECORD_LABEL.match(tree.text, line.start, line.end)


def _labelled_lines(tree: ParsedText) -> Iterator[tuple[str, Span]]:
    """The lines that a label begins, each with its label in lower case."""
    for line in lines(tree.text):
        match = _TURN.match(tree.text, line.start, line.end) or _label_at(tree, line)
        if match is not None:
            yield match["name"].lower(), line


def _talkers(turns: Sequence[tuple[str, Span]]) -> Counter[str]:
    """Who speaks how often in a transcript: labels of which one recurs, in three lines or more; else nobody."""
    counts = Counter(name for name, _ in turns if _first(name) not in _NO_SPEAKERS or name in _ASKERS)
    is_transcript = counts.total() >= _FEWEST_TURNS and len(counts) > 1 and max(counts.values()) > 1
    return counts if is_transcript else Counter()


def _voices(tree: ParsedText, turns: Sequence[tuple[str, Span]]) -> Counter[str]:
    """Who speaks, by full names, where nobody speaks twice: from the first label on every line has one, and half of
    those with a full name are known for labels by themselves; else nobody.
    """
    if len(turns) < _FEWEST_TURNS or [line for _, line in turns] != list(lines(tree.text))[-len(turns) :]:
        return Counter()
    full = [(name, line) for name, line in turns if 1 < len(name.split()) <= _LONGEST_NAME]
    matches = ((line, match) for _, line in full if (match := _label_at(tree, line)))
    label_count = sum(_is_label(tree, match, _parts(tree, line, match, match.end("cue"))) for line, match in matches)
    return Counter(dict.fromkeys((name for name, _ in full), 2) if label_count * 2 >= len(full) else ())


def _first(name: str) -> str:
    """The word of a label that tells whether it names a speaker, in lower case: the *chair*."""
    words = name.lower().split()
    return words[words[0] == "the" and 1 < len(words) < 4].rstrip(".,")


def _asks(turn: str, *, whole: bool = False) -> bool:
    """True for a turn that ends with a question, and, if it must be the `whole`, says nothing before it."""
    record = _RECORD_LABEL.match(turn)
    words = (turn[record.end() :] if record else turn.partition(":")[2]).strip(' "”»)')
    return words.endswith(("?", "？", "؟")) and not (whole and re.search(r"[.!…]\s", words))


def _parts(tree: ParsedText, line: Span, match: re.Match[str], content: int) -> Line:
    words = tree.words(line)
    name = match["name"].partition(" (")[0]  # "Iva Brandt (Eastmere South):"
    source = [word for word in words if 0 <= tree[word].start - match.start("name") < len(name)]
    cue = [word for word in words if tree[word].start < match.end("cue") and tree[word].end > match.start("cue")]
    cue = [word for word in cue if word not in source]
    while len(source) > 1 and (tree[source[0]].text == "." or tree[source[0]].lower.rstrip(".") in HONORIFICS):
        source = source[1:]  # "MR. HALE:", of which a parser makes a sentence that ends with "MR."
    return source, cue, [word for word in words if tree[word].start >= content]


def _signed(tree: ParsedText, line: Span, match: re.Match[str], quote: Span) -> Line:
    source, cue, _ = _parts(tree, line, match, line.end)
    return source, cue, [word for word in tree.words(quote) if tree[word].end <= quote.end]


def _of_headline(tree: ParsedText, parts: Line) -> list[int]:
    """The person with whom a headline over a quotation begins, and who does something in it: *Roe* Meets Dorn: "No"."""
    source, _, content = parts
    name = list(takewhile(lambda word: tree[word].entity == "PERSON", source))
    is_quoted = bool(content) and tree.quoted[content[0]] and _first(tree[source[0]].text) not in _NO_SPEAKERS
    return name if is_quoted and name and name != source and tree[source[len(name)]].text.endswith("s") else []


def _is_label(tree: ParsedText, match: re.Match[str], parts: Line) -> bool:
    """True where the words before the mark name somebody and are not a clause, a heading or a dateline."""
    source, cue, content = parts
    name = match["name"]
    if not source or not cue or not content or _first(name) in _NO_SPEAKERS | _ASKERS:
        return False
    if match["cue"] == "―" and any(tree[word].entity == "GPE" or tree[word].text.isupper() for word in source):
        return False  # a dateline: LONDON ― The mayor said ...
    if name.isupper():
        return True
    if any(tree[word].lower in AUXILIARIES or tree[word].text in (".", "?", "!") for word in source):
        return False
    if tree[source[0]].pos in ("ADP", "ADV", "SCONJ"):
        return False  # For example: ...
    if any(tree[word].is_tensed and tree[word].pos == "VERB" for word in source[1:]):
        return False
    is_person = any(tree[word].entity == "PERSON" for word in source)
    has_title = any(tree[word].lower in PERSON_NOUNS for word in source)
    if len(name.split()) > _LONGEST_NAME and not (
        has_title or tree[source[-1]].entity in ("PERSON", "ORG") or "," in name
    ):
        return False  # a headline
    if tree.quoted[content[0]] and not name.startswith("The "):
        return True
    if any(part[:1].islower() for part in name.split()):
        return has_title and is_person
    return is_person or has_title or any(tree[word].entity == "ORG" for word in source)
