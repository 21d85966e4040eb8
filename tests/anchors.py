"""Every anchor of a built book, one a line: page#id. Others link to them, so tests/anchors.txt keeps each that was ever there.

`python tests/anchors.py site` adds to it what the book in `site` has and it has not.
"""

import re
import sys
from pathlib import Path

PUBLISHED = Path(__file__).with_suffix(".txt")
# The theme's own, and those of a formula or a tab, which nobody links to.
PASSING = re.compile(r"__|katex|fn")


def anchors(site):
    """Return the anchors of the headings and cards of every page."""
    found = set()
    for path in site.rglob("*.html"):
        article = re.search(r"<article.*</article>", path.read_text(encoding="utf-8"), re.DOTALL)
        if article:
            page = path.relative_to(site).as_posix().removesuffix("index.html")
            found |= {
                f"{page}#{name}"
                for name in re.findall(r'<(?!input|button|form)[^>]* id="([^"]+)"', article[0])
                if not PASSING.match(name)
            }
    return found


def published():
    """Return the anchors that must stay."""
    return set(PUBLISHED.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    kept = published() if PUBLISHED.exists() else set()
    added = sorted(anchors(Path(sys.argv[1])) - kept)
    PUBLISHED.write_text("\n".join(sorted(kept | set(added))) + "\n", encoding="utf-8")
    print(f"{len(added)} new", *added, sep="\n")
