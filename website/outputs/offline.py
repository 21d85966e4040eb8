"""The book in one archive, to be read from a disk: `python -m website.outputs.offline BUILT ARCHIVE`.

BUILT is what `mkdocs build --no-directory-urls` made. A browser lets no page from a disk start a worker, load a module
or fetch a file, so the search gets all it needs as scripts, and the examples say where they run.
"""

import re
import shutil
import sys
from pathlib import Path

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')  # of a server; a disk has no "self"
LIVE = re.compile(r'<script src="([^"]*)assets/vendor/scripts/live\.js" type="module"></script>')
ITS_SCRIPTS = ["vendor/copy-tex.min.js", "search.js", "offline.js"]  # as they are before they are bundled
INSTANT = ' "navigation.instant",'  # it fetches the next page; and where it cannot, the theme does not say that a page has come
PUBLISHED = re.compile(r'((?:rel="canonical" href|property="og:url" content)="[^"]*?)(?:index)?\.html"')
# What needs a server: Pyodide's core, the wheels, and a page whose addresses begin at the server's root.
SERVED = [
    *(f"assets/vendor/{name}" for name in ("pyodide", "live", "scripts")),
    *("404.html", "sitemap.xml", "sitemap.xml.gz"),
]
SCRIPTS = {"search/search_index.json": "__searchIndex", "assets/vendor/search/asked.json": "__searchAsked"}


def prepare(folder):
    """Change the pages of a built book into pages that are read from a disk."""
    for name in SERVED:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for page in folder.rglob("*.html"):
        html = POLICY.sub("", page.read_text(encoding="utf-8"))
        # The book online has folders for pages.
        html = PUBLISHED.sub(lambda match: match[1] + ("" if match[1].endswith("/") else "/") + '"', html)
        html = html.replace(INSTANT, "")
        html = LIVE.sub("".join(rf'<script src="\1assets/{name}"></script>' for name in ITS_SCRIPTS), html)
        page.write_text(html, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("offline.js"), folder / "assets")
    for name, variable in SCRIPTS.items():
        path = folder / name
        path.with_suffix(".js").write_text(f"{variable} = {path.read_text(encoding='utf-8')}", encoding="utf-8")
        path.unlink()


if __name__ == "__main__":
    built, archive = map(Path, sys.argv[1:])
    prepare(built)
    shutil.make_archive(str(archive.with_suffix("")), "zip", built)
    print(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB")
