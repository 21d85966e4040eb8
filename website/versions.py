"""Lay the book of each release beside the newest book: `python -m website.versions site FOLDER`.

The newest book is the root of the site. FOLDER holds the archives of the releases, `book-0.1.0.tar.gz` and so on, each as that release
built it. An archive becomes `site/0.1.0/`. Its pages get a notice at the top, and the pages of the newest book get links at their foot.
Both are written here, and not by the theme. So the book of an old release learns that it is old.
"""

import os
import sys
import tarfile
from pathlib import Path

from packaging.version import Version

# The theme's own place for a notice, which its instant navigation replaces with the page.
TOP = '<div data-md-component="announce">'
FOOT = "</article>"
OLD = (
    '<aside class="md-banner{warning}"><div class="md-banner__inner md-grid md-typeset">This book describes version {version}, '
    'which is {age} release. <a href="{newest}">{same}</a> · <a href="{all}">All versions</a></div></aside>'
)
NEWEST = '<p class="not-on-paper"><small>This page describes the newest state of the library. For a release: {links}</small></p>'
LIST = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Versions</title><h1>Versions</h1><ul>{lines}</ul></html>'


def unpack(site, folder):
    """Unpack each archive into the site; return the versions, the newest first."""
    versions = []
    for archive in Path(folder).glob("book-*.tar.gz"):
        version = archive.name.removeprefix("book-").removesuffix(".tar.gz")
        with tarfile.open(archive) as files:
            files.extractall(site / version, filter="data")
        versions.append(version)
    return sorted(versions, key=Version, reverse=True)


def link(page, other):
    """Return the address of another page, relative to this one."""
    return Path(os.path.relpath(other, page.parent)).as_posix().removesuffix("index.html") or "./"


def insert(page, line, before=None, after=None):
    """Insert a line into a page, before or after a piece of it that it has once.

    Raises
    ------
    ValueError
        If the page does not have that piece once.
    """
    html, piece = page.read_text(encoding="utf-8"), before or after
    if html.count(piece) != 1:
        raise ValueError(f"{page} has {piece} {html.count(piece)} times, and needs it once")
    page.write_text(html.replace(piece, line + piece if before else piece + line), encoding="utf-8")


def mark_release(site, version, newest):
    """Say at the top of each page of a release which version it describes, and keep it out of search engines."""
    for page in sorted((site / version).rglob("index.html")):
        same = site / page.relative_to(site / version)
        place = same if same.exists() else site / "index.html"
        words = "This page in the newest book" if same.exists() else "The newest book, which does not have this page"
        notice = OLD.format(
            version=version,
            warning="" if version == newest else " md-banner--warning",
            age="the newest" if version == newest else "not the newest",
            newest=link(page, place),
            same=words,
            all=link(page, site / "versions" / "index.html"),
        )
        insert(page, notice, after=TOP)
        insert(page, '<meta name="robots" content="noindex">', before="</head>")


def mark_newest(site, versions):
    """Link each page of the newest book to the same page of each release that has it."""
    for page in sorted(site.rglob("index.html")):
        name = page.relative_to(site)
        having = [version for version in versions if (site / version / name).exists()]
        if having:
            links = [f'<a href="{link(page, site / version / name)}">{version}</a>' for version in having]
            insert(page, NEWEST.format(links=" · ".join(links)), before=FOOT)


def main(site, folder):
    """Lay the releases beside the newest book, and say which."""
    site = Path(site)
    versions = unpack(site, folder)
    mark_newest(site, versions)
    for version in versions:
        mark_release(site, version, versions[0])
    (site / "versions").mkdir()
    lines = ['<li><a href="../">the newest state</a>', *(f'<li><a href="../{name}/">{name}</a>' for name in versions)]
    (site / "versions" / "index.html").write_text(LIST.format(lines="".join(lines)), encoding="utf-8")
    print("Beside the newest book:", ", ".join(versions) or "no release")


if __name__ == "__main__":
    main(*sys.argv[1:])
