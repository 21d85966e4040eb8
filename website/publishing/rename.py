"""Give the project another address, repository or name, in every file: `make rename ADDRESS=https://… NAME=…`.

An address at github.io says where the repository is. For another one, REPOSITORY=OWNER/REPOSITORY is needed too. NAME is what
`pip install` is told. The package is still imported as `backprop`, and the book is still called so.
"""

import argparse
import re
import subprocess
import sys

from website.publishing.identity import ROOT, Identity, identity, texts

OWNER = r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}"
ADDRESS = re.compile(r"https://(?P<host>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})/(?P<path>(?:[\w.-]+/)*)")
PAGES = re.compile(r"https://(?P<owner>[a-z0-9-]+)\.github\.io/(?:(?P<repository>[\w.-]+)/)?")
REPOSITORY = re.compile(rf"{OWNER}/[\w.-]+")
# The index also allows capitals, dots and low lines, and takes them for the same name. One spelling is enough.
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class RefusedError(Exception):
    """The project cannot be called so, or not now."""


def checked(new):
    """Return a new identity.

    Raises
    ------
    RefusedError
        If there can be no such address, repository or name.

    Examples
    --------
    >>> checked(Identity("https://jane.github.io/book/", "", "jane-backprop")).repository
    'jane/book'
    """
    if not ADDRESS.fullmatch(new.address):
        raise RefusedError(
            f"ADDRESS={new.address} must be like https://example.org/ or https://example.org/book/, its host in lower case"
        )
    pages = PAGES.fullmatch(new.address)
    if new.address.split("/")[2].endswith(".github.io"):
        if not pages or not re.fullmatch(OWNER, pages["owner"]):
            raise RefusedError(
                f"GitHub Pages has no {new.address}: it has https://OWNER.github.io/ and https://OWNER.github.io/REPOSITORY/"
            )
        expected = f"{pages['owner']}/{pages['repository'] or pages['owner'] + '.github.io'}"
        new = new if new.repository else new._replace(repository=expected)
        if new.repository.lower() != expected.lower():
            raise RefusedError(f"{new.address} is the address of {expected}, not of REPOSITORY={new.repository}")
    if not new.repository:
        raise RefusedError(f"nothing in {new.address} says where the repository is: add REPOSITORY=OWNER/REPOSITORY")
    if not REPOSITORY.fullmatch(new.repository):
        raise RefusedError(f"REPOSITORY={new.repository} must be OWNER/REPOSITORY, as GitHub allows them")
    if not NAME.fullmatch(new.name):
        raise RefusedError(f"NAME={new.name} must be lower-case letters and digits, with single dashes between them")
    if new.name.replace("-", "_") in sys.stdlib_module_names:
        raise RefusedError(f"NAME={new.name} is a module of Python itself: the index does not allow it")
    return new


def renamed(text, old, new):
    """Return a text with the new identity in the place of the old one.

    >>> old = Identity("https://a-b.github.io/", "a-b/a-b.github.io", "a-b")
    >>> new = Identity("https://c.org/book/", "d/e", "f-g")
    >>> renamed("See https://a-b.github.io/learn/. pip install a-b, or a_b-0.1.0.whl; gh --owner a-b; github.com/a-b/a-b.github.io", old, new)
    'See https://c.org/book/learn/. pip install f-g, or f_g-0.1.0.whl; gh --owner d; github.com/d/e'
    """
    if not any(word in text for word in (old.site, old.owner, old.in_files, old.name)):
        return text
    spellings = {
        "repository": rf"(?<![\w.-]){re.escape(old.repository)}(?![\w-])",
        # In the form of the index these two are apart, in PUBLISHING.md.
        "repository_name": rf"(?<=Repository name \| `){re.escape(old.repository_name)}(?=`)",
        "site": rf"(?<![\w.@-]){re.escape(old.site)}(?![\w-])",
        "owner": rf"(?:(?<=--owner )|(?<=github\.com/)|(?<=@)|(?<=Owner \| `)){re.escape(old.owner)}(?![\w-])",
        "in_files": rf"(?<![\w-]){re.escape(old.in_files)}(?=-)",
        "name": rf"(?<![\w.-]){re.escape(old.name)}(?![\w-])",
    }
    pattern = "|".join(f"(?P<{kind}>{spelling})" for kind, spelling in spellings.items())
    return re.sub(pattern, lambda match: getattr(new, match.lastgroup), text)


def rename(root, new):
    """Write the new identity into every file; return the names of those that have changed.

    Raises
    ------
    RefusedError
        If the tree has changes that are not committed, or if the new name or address could not be told from other words.
        Nothing is written then.
    """
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, encoding="utf-8", check=False
    )
    if status.returncode:
        raise RefusedError("this is not a clone: git finds no repository here")
    if status.stdout:
        raise RefusedError("commit your changes first, so that `git diff` shows what was renamed")
    old, changed = identity(root), {}
    for name, text in texts(root):
        written = renamed(text, old, new)
        # What cannot be undone could not be renamed a second time.
        if renamed(written, new, old) != text:
            raise RefusedError(f"{name} has a word that could not be told from {', '.join(new)}: choose another name")
        if written != text:
            changed[root / name] = written
    for path, written in changed.items():
        path.write_text(written, encoding="utf-8", newline="")
    return [path.relative_to(root).as_posix() for path in changed]


def main():
    """Rename, and say what to do next."""
    now = identity()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default=now.address, help="of the book, with a slash at its end")
    parser.add_argument("--name", default=now.name, help="of the package: pip install NAME")
    parser.add_argument("--repository", help="OWNER/REPOSITORY on GitHub; an address at github.io says it")
    given = parser.parse_args()
    kept = now.repository if given.address == now.address else ""
    try:
        new = checked(Identity(given.address, given.repository or kept, given.name))
        changed = rename(ROOT, new)
    except RefusedError as why:
        sys.exit(f"rename: {why}")
    print(f"{len(changed)} files: the book at {new.address}, the repository {new.repository}, pip install {new.name}")
    print("Look at it by `git diff` and commit it. Then `make ready` and `make test`.")


if __name__ == "__main__":
    main()
