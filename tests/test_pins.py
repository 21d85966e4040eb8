"""Everything that builds the book has its version in website/requirements.txt."""

import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
# NumPy and scikit-learn follow the reader's Python; cffconvert, of the group `check`, needs an old jsonschema; pywin32 is Windows's.
FREE = {"numpy", "scikit-learn", "jsonschema", "pywin32"}


def pins():
    """Return {name: version} of website/requirements.txt."""
    lines = (ROOT / "website" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def needed(requirement):
    """Yield each requirement that this one leads to, itself among them."""
    if canonicalize_name(requirement.name) in FREE:
        return
    yield requirement
    for below in map(Requirement, distribution(requirement.name).requires or []):
        extras = [{"extra": extra} for extra in requirement.extras or [""]]
        if not below.marker or any(map(below.marker.evaluate, extras)):
            yield from needed(below)


def test_all_that_builds_the_book_is_pinned():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    pinned = pins()
    for requirement in map(Requirement, groups["docs"]):
        for one in needed(requirement):
            name = canonicalize_name(one.name)
            assert name in pinned, f'website/requirements.txt: add "{name}=={distribution(name).version}"'
            assert one.specifier.contains(pinned[name], prereleases=True), f"website/requirements.txt: {one} is needed"
