"""A bill of materials in CycloneDX from the lock: `python -m tests.supply.bill LOCK OUT`.

Names, versions and hashes are the lock's; licences are those that the installed packages declare. Exits 1 where a
package declares a licence that the project may not ship with (AGPL, GPL).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_FORBIDDEN = re.compile(r"\bA?GPL|Affero|(?<!Lesser )(?<!Library or )General Public License", re.IGNORECASE)
_LESSER = re.compile(r"\bLGPL|Lesser General Public|Library or Lesser", re.IGNORECASE)


def locked(lock: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and hashes of every pinned package."""
    starts = list(_PINNED.finditer(lock))
    for at, found in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(lock)
        yield found[1], found[2], _HASH.findall(lock, found.end(), end)


def licence(name: str) -> str | None:
    """The licence that an installed package declares; None where it is not installed or says nothing."""
    try:
        fields = metadata(name)
    except PackageNotFoundError:
        return None
    named = [
        line.rpartition("::")[2].strip() for line in fields.get_all("Classifier", []) if line.startswith("License ::")
    ]
    short = (fields["License"] or "").strip().split("\n")[0][:100] if fields["License"] else ""
    return fields["License-Expression"] or "; ".join(named) or short or None


def forbidden(said: str | None) -> bool:
    """True for a licence that the project may not ship with, unless another may be chosen."""
    if not said or re.search(r"\bOR\b", said):
        return False
    return bool(_FORBIDDEN.search(_LESSER.sub("", said)))


def bill(lock: str) -> dict[str, Any]:
    """The bill of materials."""
    components = []
    for name, version, hashes in locked(lock):
        said = licence(name)
        components.append(
            {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
                "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
                **({"licenses": [{"license": {"name": said}}]} if said else {}),
            }
        )
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "onrecord"}},
        "components": components,
    }


def main(lock: Path, out: Path) -> int:
    """Write the bill; say which licences are not known, and which are not allowed."""
    result = bill(lock.read_text("utf-8"))
    out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    texts = {
        item["name"]: item.get("licenses", [{}])[0].get("license", {}).get("name") for item in result["components"]
    }
    bad = sorted(name for name, one in texts.items() if forbidden(one))
    unknown = sorted(name for name, one in texts.items() if one is None)
    print(f"{len(texts)} packages, {len(unknown)} without a known licence: {', '.join(unknown) or '-'}")
    print("not allowed: " + (", ".join(f"{name} ({texts[name]})" for name in bad) or "-"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
