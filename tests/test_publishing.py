"""The project can be given another name, and what an owner is told to do is what the files need."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from website.publishing import ready
from website.publishing.identity import Identity, addresses, identity
from website.publishing.rename import RefusedError, checked, rename

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
NOW = identity()
# In parts, since a name that a file has already is refused.
OTTER, MOSS = "quiet" + "-otter", "wet" + "-moss"
OTHERS = {
    "an organization": Identity(f"https://{OTTER}.github.io/", "", f"{OTTER}-nets"),
    "a folder": Identity(f"https://{MOSS}.github.io/gradients/", "", OTTER),
    "an own domain": Identity(f"https://{OTTER}.example.org/book/", f"{MOSS}/gradients", f"{MOSS}-nets"),
}
GUIDE = (ROOT / "PUBLISHING.md").read_text(encoding="utf-8")
WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / ".github" / "workflows").glob("*.yml")
}


def git(folder, *command):
    who = ["-c", "user.name=A reader", "-c", "user.email=reader@example.org"]
    return subprocess.run(["git", *who, *command], cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it is")


@pytest.fixture
def clone(tmp_path):
    """Return a clone of the tree as it is now."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def contents(folder):
    return {name: (folder / name).read_bytes() for name in git(folder, "ls-files", "-z").split("\0") if name}


# ---- make rename


def traces(text):
    """Return what a text has of the name and the address of now. A longer word is another one, such as "the-" and the name."""
    spellings = "|".join(map(re.escape, (NOW.site, NOW.repository, NOW.name, NOW.in_files)))
    return re.findall(rf"(?<![\w-])(?:{spellings})(?!\w)", text, re.IGNORECASE)


@pytest.mark.parametrize("other", OTHERS)
def test_a_new_name_leaves_no_trace_of_the_old_one_and_can_be_undone(clone, other):
    before, new = contents(clone), checked(OTHERS[other])
    changed = rename(clone, new)
    assert identity(clone) == new
    assert {*addresses(clone)} == {new.address}
    after = contents(clone)
    assert {name for name in before if after[name] != before[name]} == {*changed}
    assert len(changed) > 30
    for name, content in after.items():
        assert traces(f"{name}\n{content.decode('utf-8', 'replace')}") == [], name
    commit(clone)
    assert {*rename(clone, NOW)} == {*changed}
    assert contents(clone) == before


def test_the_quick_gates_hold_under_a_new_name(clone):
    rename(clone, checked(OTHERS["an own domain"]))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", "."], cwd=clone, check=True)
    commit(clone)
    tests = ["tests/test_architecture.py", "tests/test_package.py", "tests/test_publishing.py"]
    tests += ["-k", "address_of_the_book or wheel_holds or source_archive or registry or the_guide"]
    examples = ["README.md", "docs/look-up/errors/labels.md", "backprop/shapes.py"]
    for command in (["ruff", "check", "."], ["pytest", "-q", *tests], ["pytest", "-q", *examples]):
        done = subprocess.run([sys.executable, "-m", *command], cwd=clone, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_renamed_where_changes_are_not_committed(clone):
    (clone / "README.md").write_text("Mine", encoding="utf-8")
    before = contents(clone)
    with pytest.raises(RefusedError, match="commit your changes first"):
        rename(clone, checked(OTHERS["a folder"]))
    assert contents(clone) == before


@pytest.mark.parametrize("name", ["backprop", "numpy"])
def test_a_name_that_is_a_word_of_the_book_is_refused_since_nobody_could_rename_it_again(clone, name):
    before = contents(clone)
    with pytest.raises(RefusedError, match="could not be told from"):
        rename(clone, checked(NOW._replace(name=name)))
    assert contents(clone) == before


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"address": "http://a.github.io/"}, "must be like"),
        ({"address": "https://a.github.io"}, "must be like"),
        ({"address": "https://a.github.io/?b/"}, "must be like"),
        ({"address": "https://localhost/"}, "must be like"),
        ({"address": "https://a.github.io/b/c/"}, "GitHub Pages has no"),
        ({"address": "https://a--b.github.io/"}, "GitHub Pages has no"),
        ({"address": "https://a.github.io/", "repository": "b/a.github.io"}, "is the address of a/a.github.io"),
        ({"address": "https://a.org/"}, "add REPOSITORY"),
        ({"address": "https://a.org/", "repository": "a"}, "OWNER/REPOSITORY"),
        ({"name": "Quiet"}, "NAME=Quiet must be"),
        ({"name": "a_b"}, "NAME=a_b must be"),
        ({"name": "a-"}, "NAME=a- must be"),
        ({"name": "json"}, "a module of Python"),
    ],
)
def test_what_cannot_be_is_refused(wrong, complaint):
    with pytest.raises(RefusedError, match=complaint):
        checked(Identity("https://a.github.io/", "", "ab")._replace(**wrong))


# ---- make ready


@pytest.mark.parametrize("check", [ready.name, ready.address, ready.version, ready.changelog, ready.install])
def test_the_files_are_ready_but_for_what_an_owner_decides(check):
    state, said = check()
    assert state in ("ok", "owner"), said


@pytest.mark.parametrize(
    ("check", "file", "change", "complaint"),
    [
        (ready.address, "mkdocs.yml", (NOW.address, "https://elsewhere.org/"), "https://elsewhere.org/ in mkdocs.yml"),
        (ready.address, "README.md", (NOW.address, "https://elsewhere.org/"), "https://elsewhere.org/ in README.md"),
        (ready.version, "CITATION.cff", ("cff-version: 1.2.0", "cff-version: 1.2.0\nversion: 9.9"), "has 9.9"),
        (ready.changelog, "CHANGELOG.md", ("\n## ", "\n## Later "), "no section for"),
        (ready.install, "README.md", ("pip install .", "pip install"), r"does not say pip install \."),
        (ready.tree, "README.md", ("pip", "pipe"), "commit 1 changed files"),
    ],
)
def test_what_is_not_ready_is_said(clone, monkeypatch, check, file, change, complaint):
    monkeypatch.setattr(ready, "ROOT", clone)
    monkeypatch.setattr(ready, "addresses", lambda: addresses(clone))
    assert check()[0] in ("ok", "owner")
    path = clone / file
    path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    state, said = check()
    assert state == "to do"
    assert re.search(complaint, said)


def test_a_changelog_with_its_date_is_ready(clone, monkeypatch):
    monkeypatch.setattr(ready, "ROOT", clone)
    path = clone / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("## Unreleased", f"## {ready.VERSION} - 2026-12-01"), encoding="utf-8")
    assert ready.changelog()[0] == "ok"


GATES = """\
GATES = check-one check-two check-three check-wheel
check:
\t@echo "ok    one        10 pages"
\t@echo "FAIL  two"; echo "ok    all        of this is what gate two said"; exit 1
"""


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_a_gate_that_fails_or_does_not_run_is_to_do(tmp_path, monkeypatch):
    (tmp_path / "Makefile").write_text(GATES, encoding="utf-8")
    monkeypatch.setattr(ready, "ROOT", tmp_path)
    online, offline = list(ready.gates(online=True)), list(ready.gates(online=False))
    assert online == [
        ("one", "ok", "10 pages"),
        ("two", "to do", "make check-two"),
        ("three", "to do", "make check-three: it did not run"),
        ("wheel", "to do", "make check-wheel: it did not run"),
    ]
    assert [state for called, state, _ in offline if called in ("three", "wheel")] == ["skip", "skip"]


def test_without_a_network_it_says_so(monkeypatch):
    def no_network(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(ready.urllib.request, "urlopen", no_network)
    assert ready.pages(online=False)[0] == ready.index(online=False)[0] == "skip"


# ---- PUBLISHING.md


def test_the_guide_names_what_the_trusted_publisher_must_know():
    release = WORKFLOWS["release.yml"]
    environments = {job["environment"] for job in release["jobs"].values() if isinstance(job.get("environment"), str)}
    owner, _, repository = NOW.repository.partition("/")
    form = dict(re.findall(r"^ *\| ([^|]+?) +\| `([^|`]+)` +\|$", GUIDE, re.MULTILINE))
    assert environments == {form["Environment name"]}
    assert form["Workflow name"] == "release.yml"
    assert (form["Owner"], form["Repository name"]) == (owner, repository)
    assert NOW.name in form.values()


def test_the_guide_names_every_workflow_that_it_runs_and_every_check_that_is_required():
    for name in re.findall(r"gh (?:workflow run|run \w+ --workflow) (\S+)", GUIDE):
        assert name in WORKFLOWS
    jobs = {job.get("name", key) for key, job in WORKFLOWS["tests.yml"]["jobs"].items()}
    required = re.findall(r"^ +- `(.+)`$", GUIDE.partition("status checks")[2], re.MULTILINE)
    assert required
    for check in required:
        assert check in jobs or check.startswith("Python 3.")


def test_every_command_of_make_in_the_guide_is_there():
    commands = set(re.findall(r"\bmake ([a-z][\w-]+)", GUIDE))
    assert {"rename", "ready", "check"} <= commands
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [command for command in commands if not re.search(rf"^{command}:", makefile, re.MULTILINE)] == []


def test_a_clone_can_take_the_new_repository_as_its_origin(clone):
    """As the guide says: `gh repo create --remote origin` refuses a clone that has such a remote."""
    git(clone, "remote", "add", "origin", "https://example.org/")
    for command in re.findall(r"^ *git ((?:branch|remote) .+)$", GUIDE.partition("gh repo create")[0], re.MULTILINE):
        git(clone, *command.split())
    assert git(clone, "branch", "--show-current") == "main\n"
    assert "origin" not in git(clone, "remote").split()


def test_the_labels_of_the_forms_are_those_that_the_guide_makes():
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    used = {label for path in forms for label in yaml.safe_load(path.read_text(encoding="utf-8")).get("labels", [])}
    there = {"bug", "documentation", "enhancement", "question", "good first issue", "help wanted"}
    assert used - there == set(re.findall(r'gh label create "?([\w ]+?)"?(?: |$)', GUIDE, re.MULTILINE))
