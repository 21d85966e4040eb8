"""Where the book and its repository are, and what the package is called: each is written in one file, and read here."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FORGE = "https://github.com/"
# Every page that a message names is in this folder of the book.
PAGE = re.compile(r"https?://[^\s\"'`()<>\[\]]+?/(?=look-up/)")


class Identity(NamedTuple):
    """What an owner may change: `make rename` does."""

    address: str  # of the book, with a slash at its end
    repository: str  # OWNER/REPOSITORY
    name: str  # of the package where it is installed from; it is imported as `backprop` all the same

    @property
    def owner(self):
        return self.repository.partition("/")[0]

    @property
    def repository_name(self):
        return self.repository.partition("/")[2]

    @property
    def site(self):
        """The address as one says it: without https:// and without the last slash."""
        return self.address.removeprefix("https://").removesuffix("/")

    @property
    def in_files(self):
        """The name in the names of files: those of wheels have no dash."""
        return self.name.replace("-", "_")


def identity(root=ROOT):
    """Return what a tree says.

    >>> identity().address == __import__("backprop")._address.BOOK
    True
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [address] = re.findall(r'^BOOK = "(.+)"$', (root / "backprop" / "_address.py").read_text("utf-8"), re.MULTILINE)
    return Identity(address, project["urls"]["Repository"].removeprefix(FORGE), project["name"])


def texts(root=ROOT):
    """Yield the path and the text of every file of the repository that is text."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=True).stdout
    for name in sorted(filter(None, listed.split("\0"))):
        path = root / name
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b"\0"
        if b"\0" not in content:
            yield name, content.decode("utf-8")


def addresses(root=ROOT):
    """Return the addresses of the book that a tree has, each with the files that have it: there should be one."""
    found = {}
    for name, text in texts(root):
        for address in PAGE.findall(text):
            found.setdefault(address, []).append(name)
    return found
