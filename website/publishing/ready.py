"""Say of each thing that publishing needs whether it is ready: `make ready`, one line each.

ok: it is. to do: it is not, and the line says what to change. owner: only you can do it, and PUBLISHING.md says how.
skip: this machine cannot tell. At the end the gates of `make check` run, which takes minutes. The status is 1 if anything is to do.
"""

import re
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request

import yaml

import backprop
from website.publishing.identity import ROOT, addresses, identity
from website.publishing.rename import RefusedError, checked

VERSION = backprop.__version__
NOW = identity()
# What cannot be seen without an account.
SETTINGS = {
    "environment": "make the environment pypi",
    "archive": "turn on the archive for this repository, before the first release",
    "protection": "protect the branch main",
    "reports": "turn on private vulnerability reporting",
}


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


# ---- What the files say


def tree():
    status = run("git", "status", "--porcelain")
    if status.returncode:
        return "to do", "work in a clone: git finds no repository here"
    changed = len(status.stdout.splitlines())
    return ("to do", f"commit {changed} changed files") if changed else ("ok", "everything is committed")


def name():
    try:
        return "ok", f"pip install {checked(NOW).name}"
    except RefusedError as why:
        return "to do", f"make rename: {why}"


def address():
    wrong = [f"{other} in {', '.join(files)}" for other, files in addresses().items() if other != NOW.address]
    [in_mkdocs] = re.findall(r'^site_url: !ENV \[SITE_URL, "(.+)"\]$', text("mkdocs.yml"), re.MULTILINE)
    said = {
        "mkdocs.yml": in_mkdocs,
        "pyproject.toml": tomllib.loads(text("pyproject.toml"))["project"]["urls"]["Book"],
        "CITATION.cff": yaml.safe_load(text("CITATION.cff"))["url"],
    }
    wrong += [f"{other} in {file}" for file, other in said.items() if other != NOW.address]
    return ("to do", f"{'; '.join(wrong)}: it must be {NOW.address}") if wrong else ("ok", NOW.address)


def version():
    cited = yaml.safe_load(text("CITATION.cff")).get("version", VERSION)
    if str(cited) != VERSION:
        return "to do", f"CITATION.cff has {cited}, and backprop/__init__.py has {VERSION}"
    return "ok", VERSION


def changelog():
    if re.search(rf"^## \[?{re.escape(VERSION)}\]? - 20\d\d-\d\d-\d\d$", text("CHANGELOG.md"), re.MULTILINE):
        return "ok", f"CHANGELOG.md has {VERSION} with its date"
    if "\n## Unreleased\n" in text("CHANGELOG.md"):
        return "owner", f"on the day, write ## {VERSION} - and the date in the place of ## Unreleased in CHANGELOG.md"
    return "to do", f"CHANGELOG.md has no section for {VERSION}"


def install():
    readme = text("README.md")
    missing = [line for line in ("pip install .", f"pip install {NOW.name}") if f"\n{line}\n" not in readme]
    return (
        ("to do", f"README.md does not say {missing[0]}") if missing else ("ok", "README.md says both ways to install")
    )


def archives():
    done = run(sys.executable, "-m", "pytest", "-q", "-k", "wheel_holds or source_archive", "tests/test_package.py")
    said = done.stdout.strip().splitlines()[-1]
    if done.returncode or "skipped" in said:
        return "to do", f"python -m pytest -k 'wheel_holds or source_archive' tests/test_package.py: {said}"
    return "ok", "wheel and source archive hold what they should"


# ---- What only an owner can do, as far as it shows


def index(online):
    """Look for the package where pip does."""
    if not online:
        return "skip", f"without a network nobody can say whether {NOW.name} is free"
    found = run(sys.executable, "-m", "pip", "index", "versions", NOW.name)
    if found.returncode:
        return "owner", f"no package is called {NOW.name} yet: fill in the form for its trusted publisher"
    versions = re.findall(r"[\w.+!-]+", found.stdout.partition("Available versions:")[2].partition("\n")[0])
    if VERSION in versions:
        return "ok", f"pip finds {NOW.name} {VERSION}"
    return "owner", f"pip finds {NOW.name} {versions[0]}; if it is not yours, take another name: make rename NAME=..."


def pages(online):
    """Ask the address of the book for the page that the messages name."""
    try:
        with urllib.request.urlopen(f"{NOW.address}look-up/errors/", timeout=10) as answer:
            return "ok", f"{answer.url} answers"
    except urllib.error.HTTPError as error:
        return "owner", f"turn on Pages: {error.url} answers {error.code}"
    except OSError:
        if online:
            return "owner", f"turn on Pages: {NOW.address} does not answer from here"
        return "skip", f"without a network nobody can say whether {NOW.address} answers"


def repository():
    remotes = run("git", "remote", "--verbose").stdout
    if re.search(rf"github\.com[:/]{re.escape(NOW.repository)}(\.git)?\s", remotes):
        return "ok", f"{NOW.repository} is a remote of this clone"
    return "owner", f"create {NOW.repository} and push to it"


def tag():
    there = run("git", "tag", "--list", f"v{VERSION}").stdout.strip()
    return ("ok", f"{there} is there") if there else ("owner", f"run the workflow Release: it makes v{VERSION}")


def doi():
    cited = yaml.safe_load(text("CITATION.cff"))
    found = cited.get("doi") or next(
        (each["value"] for each in cited.get("identifiers", ()) if each["type"] == "doi"), ""
    )
    return ("ok", found) if found else ("owner", "after the first release, write the DOI into CITATION.cff")


# ---- The gates of make check


def gates(online):
    """Run `make check`, and yield a line for each of its gates."""
    [listed] = re.findall(r"^GATES = (.*)$", text("Makefile"), re.MULTILINE)
    # Without a network check-wheel cannot fill its environments.
    missing = [gate for gate in listed.split() if online or gate != "check-wheel"]
    if not online:
        yield "wheel", "skip", "without a network no fresh environment can be filled"
    command = ["make", "--no-print-directory", "--keep-going", "check", f"GATES={' '.join(missing)}"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as make:
        for line in make.stdout:
            gate = re.match(r"(ok|skip|FAIL) +(\w+) *(.*)", line)
            # Other lines are what a gate said that failed.
            if gate and f"check-{gate[2]}" in missing:
                state, called, said = gate.groups()
                missing.remove(f"check-{called}")
                yield (called, "to do", f"make check-{called}") if state == "FAIL" else (called, state, said)
    for gate in missing:
        yield gate.removeprefix("check-"), "to do" if online else "skip", f"make {gate}: it did not run"


def main():
    """Print every line; return 1 if something is to do."""
    states = []

    def say(called, state, said):
        states.append(state)
        print(f"{state:5}  {called:<11}  {said}", flush=True)

    # Every index has NumPy.
    online = run(sys.executable, "-m", "pip", "index", "versions", "numpy").returncode == 0
    for check in (tree, name, address, version, changelog, install, archives, repository, tag, doi):
        say(check.__name__, *check())
    for check in (index, pages):
        say(check.__name__, *check(online))
    for called, said in SETTINGS.items():
        say(called, "owner", said)
    for line in gates(online):
        say(*line)
    print(", ".join(f"{states.count(state)} {state}" for state in ("ok", "to do", "owner", "skip")))
    return "to do" in states


if __name__ == "__main__":
    sys.exit(main())
