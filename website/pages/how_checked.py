"""The tables of "How this is checked", measured while the book is built.

What they compare with is what the tests compare with: the loops and complex steps of `oracles/reference.py`, the other libraries,
the random calls. A page calls a table from a `python exec="on"` fence: `print(how_checked.derivatives())`. Each is measured once, and
kept.
"""

import ast
import doctest
import itertools
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

import backprop
from backprop import Gradient, Layer, gradients
from backprop.mistakes import candidates, check_network, specimen
from website.kept import kept
from website.oracles import libraries, random_calls, reference

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"

SMOOTH = [*reference.SMOOTH, "softmax"]
HIDDEN = reference.ELEMENTWISE
SIZES = [(2, 3, 4), (5, 4, 3, 2)]
RATE = 0.5  # of the mistake that needs one


# ---- The measurements


@kept
def networks():
    """Return {(sizes, hidden, output, cost): worst error}, each network with one example and with five."""
    found = {}
    for sizes, hidden, (output, cost) in itertools.product(SIZES, HIDDEN, reference.PAIRS):
        found[sizes, hidden, output, cost] = max(_against_the_slopes(sizes, hidden, output, cost, m) for m in (1, 5))
    return found


def _against_the_slopes(sizes, hidden, output, cost, m):
    network, x, y = reference.draw(sizes, hidden, output, m)
    layers = [Layer(W, b, _constant(name)) for W, b, name in network]
    return _worst(gradients(layers, x, y, _constant(cost))[1], reference.network_gradients(network, x, y, cost)[1])


@kept
def nielsen():
    """Return how many slopes Nielsen's 784-30-10 has, and the worst error."""
    sizes = (784, 30, 10)
    count = sum((n_prev + 1) * n for n_prev, n in itertools.pairwise(sizes))
    return count, _against_the_slopes(sizes, "sigmoid", "sigmoid", "quadratic", 5)


def _constant(name):
    return getattr(backprop, name.upper())


def _worst(found, expected):
    """Return the largest norm-wise relative error of any array; a bias may be (n,) beside (n, 1)."""
    return max(
        reference.relative_error(array.reshape(other.shape), other)
        for pair, others in zip(found, expected, strict=True)
        for array, other in zip(pair, others, strict=True)
    )


@kept
def outcomes(count):
    return random_calls.fuzz(count, seed=0)


# ---- The tables


def table(head, *rows):
    """Return a Markdown table; a whole number gets its commas."""
    lines = [head, ["---"] * len(head), *rows]
    cells = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def error(value):
    """Return an error in two digits."""
    return f"{value:.2g}".replace("e-0", "e-")


def smooth():
    """Return those of the networks that have no kink."""
    return {key: found for key, found in networks().items() if not set(reference.KINKED) & set(key)}


def summary():
    count, largest = nielsen()
    return (
        f"**In {len(smooth())} networks, each with one example and with five, the worst error is {error(max(smooth().values()))}.** "
        f"Nielsen's 784-30-10 network has {count:,} derivatives; with five examples the worst error is {error(largest)}. For scale, "
        f"a 64-bit float is rounded by up to {error(np.finfo(float).eps / 2)} of itself. Measured with Python "
        f"{platform.python_version()} and NumPy {np.__version__} on {platform.machine()}."
    )


def equations():
    """Return each equation beside its sum over indices, on whole numbers, where both are exact."""
    rng = np.random.default_rng(0)
    rows = []
    for name, indices in reference.EQUATIONS.items():
        compared = different = 0
        for form in [indices, reference.one_example(indices)] * 10:
            size = dict(zip("ijk", rng.permutation(np.arange(1, 7))))
            arrays = [
                rng.integers(-9, 10, [size[i] for i in letters]).astype(float) for letters in reference.split(form)[0]
            ]
            expected = reference.index_sum(form, *arrays)
            found = random_calls.function(name)(*arrays)
            compared += expected.size
            different += expected.size if found.shape != expected.shape else int(np.sum(found != expected))
        rows.append([f"`{name}`", f"`{indices}`", compared, different])
    return table(["Equation", "Sum", "Numbers", "That differ"], *rows)


def slopes():
    """Return the worst error by activation and cost, of the networks without kinks."""
    rows = [(f"`{name}` at the output", {"output": [name], "hidden": SMOOTH}) for name in SMOOTH]
    rows += [
        (f"`{name}` in the hidden layers", {"output": SMOOTH, "hidden": [name]}) for name in SMOOTH if name in HIDDEN
    ]
    return _by_cost(rows)


def kinks():
    """Return the worst error of the networks with kinks."""
    rows = [(f"`{name}` at the output", {"output": [name], "hidden": HIDDEN}) for name in reference.KINKED]
    rows += [
        (f"`{name}` in the hidden layers", {"output": list(reference.ACTIVATIONS), "hidden": [name]})
        for name in reference.KINKED
    ]
    return _by_cost(rows)


def _by_cost(rows):
    def cell(cost, output, hidden):
        found = [e for (_, h, o, c), e in networks().items() if h in hidden and o in output and c == cost]
        return error(max(found)) if found else "–"

    head = [
        "Activation",
        *(name.replace("_", " ").replace("cross entropy", "cross-entropy") for name in reference.COSTS),
    ]
    return table(head, *([label, *(cell(cost, **names) for cost in reference.COSTS)] for label, names in rows))


def storages():
    """Return the worst error by storage and batch, over all pairs of output and cost."""
    passes = [
        ("columns, one example", "`(n,)`", "`(n,)`", libraries.one_example, 1),
        ("columns, a batch of one", "`(n, 1)`", "`(n, 1)`", libraries.in_columns, 1),
        ("columns, six examples", "`(n, 6)`", "`(n, 1)`", libraries.in_columns, 6),
        ("columns, six examples", "`(n, 6)`", "`(n,)`", _with_flat_biases, 6),
        ("rows, a batch of one", "`(1, n)`", "`(1, n)`", libraries.in_rows, 1),
        ("rows, six examples", "`(6, n)`", "`(1, n)`", libraries.in_rows, 6),
    ]
    smooth = [pair for pair in reference.PAIRS if pair[0] in SMOOTH]
    rows = []
    for label, a, b, backward_pass, m in passes:
        problems = [libraries.problems(m, float)[pair] for pair in smooth]
        rows.append([label, a, b, error(max(_worst(backward_pass(p)[1], _slopes_of(p)) for p in problems))])
    return table(["Layout", "a", "b", "Worst error"], *rows)


def _with_flat_biases(problem):
    return libraries.in_columns(problem._replace(parameters=[(W, b[:, 0]) for W, b in problem.parameters]))


def _slopes_of(problem):
    network = [(W, b, name) for (W, b), name in zip(problem.parameters, problem.names)]
    return reference.network_gradients(network, problem.x, problem.y, problem.cost)[1]


@kept
def other_libraries():
    """Return the worst error against each other library, and which of them are not installed."""
    rows, missing = [], []
    for name, package, oracle in [
        ("HIPS autograd", "autograd", libraries.by_autograd),
        ("PyTorch", "torch", libraries.by_torch),
        ("JAX", "jax", libraries.by_jax),
    ]:
        try:
            answers = libraries.answers(oracle, 6, float)
        except ImportError:
            missing.append(name)
            continue
        problems = libraries.problems(6, float)
        found = [
            _worst(backward_pass(problem)[1], answers[pair][1])
            for pair, problem in problems.items()
            for backward_pass in (libraries.in_columns, libraries.in_rows)
        ]
        rows.append([name, version(package), len(found), error(max(found))])
    measured = table(["Library", "Version", "Passes", "Worst error"], *rows) if rows else ""
    left_out = (
        f"Not compared, because not installed where this page was built: {', '.join(missing)}." if missing else ""
    )
    return "\n\n".join(filter(None, [measured, left_out]))


@kept
def examined():
    """Return {mistake: (error of its gradients, what the check makes of them)}."""
    network, x, y = reference.draw((5, 4, 3, 2), "tanh", "softmax", 5)
    found = {}
    for problem in (specimen(), (_layers(network), x, y)):
        right = [array for pair in gradients(*problem)[1] for array in pair]
        for name, wrong in candidates(*problem, learning_rate=RATE).items():
            if name not in found:
                slopes = list(map(Gradient, wrong[::2], wrong[1::2]))
                report = check_network(*problem, slopes, learning_rate=RATE, progress=False)
                is_named = any(name in sentence for sentence in report.diagnosis)
                found[name] = _off(wrong, right), "missed" if report.ok else "named" if is_named else "caught"
    return found


def _layers(network):
    return [Layer(W, b[:, 0], _constant(name)) for W, b, name in network]


def _off(wrong, right):
    """Return the largest error of any array, or nothing if they differ in shape."""
    if all(array.shape == other.shape for array, other in zip(wrong, right)):
        return max(map(reference.relative_error, wrong, right))


def mistakes():
    """Return every mistake, the error of its gradients, and what the check makes of them."""
    rows = [
        [f"`{name}`".replace(" and ", "`, `"), error(off) if off else "its shape", verdict]
        for name, (off, verdict) in examined().items()
    ]
    return table(["Mistake", "Error", "Check"], *rows)


@kept
def alarms(count):
    """Return how many right gradients the same check refuses, and how far right and wrong are apart."""
    refused = 0
    for seed in range(count):
        output, cost = reference.PAIRS[seed % len(reference.PAIRS)]
        network, x, y = reference.draw((2, 3, 4), HIDDEN[seed % len(HIDDEN)], output, 5, seed)
        layers, cost = _layers(network), _constant(cost)
        refused += not check_network(layers, x, y, gradients(layers, x, y, cost)[1], cost, progress=False).ok
    apart = min(off for off, _ in examined().values() if off) / max(smooth().values())
    return (
        f"Of {count} right gradients of random networks the same check refuses {refused}. The smallest error of this table is "
        f"10<sup>{int(np.log10(apart))}</sup> times the largest that is only rounding. With a smaller learning rate "
        f"the error of `gradients_with_updated_weights` is smaller, down to the bound of the check and below it."
    )


def calls(count):
    """Return what came of this many calls with random shapes."""
    label = {
        "right result": "the right result, of the right shape and dtype",
        "ShapeError": "a `ShapeError`, where the shapes fit no form of the function",
        "TypeError": "a `TypeError`, where something was no array of numbers",
        "wrong": "anything else",
    }
    totals = dict.fromkeys(label, 0)
    for (_, what), times in outcomes(count).items():
        totals["wrong" if what.startswith("WRONG") else what] += times
    return table(["Result", "Calls"], *([label[what], times] for what, times in totals.items()))


# ---- What runs


def examples():
    """Return how many lines of the book run as doctests, by where they stand."""
    modules = sorted((ROOT / "backprop").rglob("*.py"))
    chapters = [docstring for path in modules for docstring in _docstrings(path)]
    pages = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))]
    rows = [
        ["docstrings, which are the chapters and the reference", chapters],
        ["pages", pages],
        ["README", [(ROOT / "README.md").read_text(encoding="utf-8")]],
    ]
    rows = [[label, *_count(texts)] for label, texts in rows]
    return table(["Where", "Texts", "Examples"], *rows, ["all", *(sum(row[i] for row in rows) for i in (1, 2))])


def _docstrings(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""


def _count(texts):
    counts = [len(doctest.DocTestParser().get_examples(text)) for text in texts]
    return sum(count > 0 for count in counts), sum(counts)


def tests():
    """Return a list: the name of every file of tests, how many there are in it, and its first line."""
    lines = []
    for path in sorted(TESTS.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        count = sum(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(tree))
        lines.append(f"- `{path.name}`, {count} test{'s' * (count != 1)}. {ast.get_docstring(tree).splitlines()[0]}")
    return "\n".join(lines)
