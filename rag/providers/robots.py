"""robots.txt as RFC 9309 has it: the group for our name, the longest rule that matches, allowing where two tie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

_LARGEST = 500_000  # characters that are read, as the RFC asks


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for one crawler: pairs of a path pattern and whether it allows."""

    rules: tuple[tuple[str, bool], ...] = ()

    @classmethod
    def parse(cls, text: str, agent: str) -> Robots:
        """The rules of the groups that name `agent`, else of those for every crawler."""
        groups: dict[str, list[tuple[str, bool]]] = {}
        names: list[str] = []
        in_rules = False
        for line in text[:_LARGEST].splitlines():
            key, _, value = (part.strip() for part in line.split("#", 1)[0].partition(":"))
            if key.lower() == "user-agent":
                names = [*([] if in_rules else names), value.lower()]
                in_rules = False
                for name in names:
                    groups.setdefault(name, [])
            elif key.lower() in ("allow", "disallow"):
                in_rules = True
                for name in names if value else ():
                    groups[name].append((value, key.lower() == "allow"))
        return cls(tuple(groups.get(agent.lower(), groups.get("*", []))))

    def allows(self, path: str) -> bool:
        """True if `path`, with its query, may be fetched."""
        path = _encoded(path)
        matching = [(len(pattern), allow) for pattern, allow in self.rules if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


def _matches(pattern: str, path: str) -> bool:
    """`*` stands for any characters, `$` at the end for the end. Runs of `*` count as one, lest they take for ever."""
    anchored = pattern.endswith("$")
    first, *rest = (_encoded(part) for part in re.split(r"\*+", pattern.removesuffix("$")))
    if not path.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1] if anchored else rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    if not anchored:
        return True
    return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if rest else at == len(path)


def _encoded(path: str) -> str:
    return quote(unquote(path), safe="/?&=;:@!$'()*+,~.-_%", errors="replace")
