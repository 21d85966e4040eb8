"""Call every public function with random shapes, fitting or not, and count what comes of it.

    python -m website.oracles.random_calls 100000

What should come of a call is decided here, by the axes in reference.py and by its loops; the library is not asked.
"""

import argparse
import collections
import itertools
import operator
import sys
import warnings

import numpy as np
from tqdm import tqdm

import backprop
import backprop.rows
from backprop import TANH, Gradient, Layer, ShapeError
from website.oracles.reference import (
    ACTIVATIONS,
    COSTS,
    ELEMENTWISE,
    EQUATIONS,
    FUNCTIONS,
    KINKED,
    complex_step,
    gradient,
    index_sum,
    mean_cost,
    network_gradients,
    one_example,
    softmax,
    split,
    weighted_inputs,
)

NO_ARRAYS = ["ab", None, [[1.0, 2.0], [3.0]], ["a", "b"], [None, None], {1.0}, [object()], np.array(["a"])]


# ---- What is called


def layer(W, b):
    made = Layer(W, b)
    return [made.W, made.b]


def forward(W1, b1, W2, b2, x):
    zs, activations = backprop.forward([Layer(W1, b1, TANH), Layer(W2, b2)], x)
    return [*zs, *activations]


def gradients(W1, b1, W2, b2, x, y):
    C, slopes = backprop.gradients([Layer(W1, b1, TANH), Layer(W2, b2)], x, y)
    return [C, *slopes[0], *slopes[1]]


def step(W1, b1, W2, b2, dC_dW1, dC_db1, dC_dW2, dC_db2):
    slopes = [Gradient(dC_dW1, dC_db1), Gradient(dC_dW2, dC_db2)]
    first, second = backprop.step([Layer(W1, b1, TANH), Layer(W2, b2)], slopes, 0.5)
    return [first.W, first.b, second.W, second.b]


def check_gradients(W, b, dC_dW, dC_db):
    """Return 1 if the report is ok: the cost is linear, with the given gradients for its slopes wherever they fit."""

    def cost(parameters):
        terms = [slope * p for slope, p in zip(slopes, parameters) if np.shape(slope) == p.shape]
        return sum(map(np.sum, terms))

    slopes = [dC_dW, dC_db]
    report = backprop.check_gradients(cost, [W, b], slopes, progress=False)
    return [np.array(report.ok, np.asarray(W).dtype)]


FLAT = {"Layer": layer, "forward": forward, "gradients": gradients, "step": step, "check_gradients": check_gradients}


def function(name):
    return FLAT.get(name) or operator.attrgetter(name)(backprop)


# ---- Which shapes fit: the indices of each array; the index 1 is an axis of one


def forms():
    """Return every form in which each function may be called: {"bias_gradient": ["ji->j", "j->j"]}."""
    found = {name: [indices, one_example(indices)] for name, indices in FUNCTIONS.items()}
    found["weighted_input"].append("jk,ki,j1->ji")
    found["rows.weighted_input"].append("kj,ik,1j->ij")
    found["Layer"] = ["jk,j->jk,j", "jk,j1->jk,j1"]
    found["check_gradients"] = ["jk,j,jk,j->"]
    found |= {name: [] for name in ["forward", "gradients", "step"]}
    for i, b1, b2 in itertools.product(["", "i"], ["j", "j1"], ["l", "l1"]):
        found["step"].append(f"jk,{b1},lj,{b2},jk,{b1},lj,{b2}->jk,{b1},lj,{b2}")
        if i or (b1, b2) == ("j", "l"):  # a bias as a column stands beside a batch
            found["forward"].append(f"jk,{b1},lj,{b2},k{i}->j{i},l{i},k{i},j{i},l{i}")
            found["gradients"].append(f"jk,{b1},lj,{b2},k{i},l{i}->,jk,{b1},lj,{b2}")
    return found


FORMS = forms()


def fitting(name, shapes):
    """Return the shapes that should come out, or None if the shapes that go in fit no form."""
    if name.removesuffix("_prime") in ELEMENTWISE:
        return shapes
    if name == "check_gradients":
        return [()]  # a gradient of another shape than its parameter's is no error: the report says so
    for form in FORMS[name]:
        into, out = split(form)
        size = {"1": 1}
        ranks_fit = all(len(letters) == len(shape) for letters, shape in zip(into, shapes, strict=True))
        pairs = [pair for letters, shape in zip(into, shapes) for pair in zip(letters, shape)]
        if ranks_fit and all(size.setdefault(letter, n) == n for letter, n in pairs):
            return [tuple(size[letter] for letter in letters) for letters in out.split(",")]
    return None


# ---- What the values should be


def shapes_of(arrays):
    return [array.shape for array in arrays]


def column(array):
    return array[:, None] if array.ndim == 1 else array


def network(W1, b1, W2, b2):
    return [(W1, column(b1), "tanh"), (W2, column(b2), "sigmoid")]


def expected(name, arrays, shapes):
    """Return the right values, by loops and complex steps, in the shapes that are due."""
    if name in EQUATIONS:
        form = next(form for form in FORMS[name] if [len(i) for i in split(form)[0]] == [a.ndim for a in arrays])
        return [index_sum(form, *arrays)]
    if name.startswith("rows."):
        columns = [array.T for array in arrays]
        return [array.T for array in expected(name.removeprefix("rows."), columns, [shape[::-1] for shape in shapes])]
    kind = name.removesuffix("_prime")
    if name in ELEMENTWISE:
        return [ACTIVATIONS[name](arrays[0])]
    if kind in KINKED:
        return [np.where(arrays[0] > 0, 1.0, 0.0 if kind == "relu" else 0.01)]
    if kind in ELEMENTWISE:
        return [complex_step(ACTIVATIONS[kind], arrays[0], 1.0)]
    if name == "check_gradients":
        return [np.array(shapes_of(arrays[:2]) == shapes_of(arrays[2:]))]
    if name == "step":
        return [parameter - slope / 2 for parameter, slope in zip(arrays[:4], arrays[4:])]
    if name == "Layer":
        return arrays
    if name == "weighted_input":
        W, a_prev, b = arrays
        return [index_sum("jk,ki->ji", W, column(a_prev)) + column(b)]
    if name == "forward":
        zs, activations = weighted_inputs(network(*arrays[:4]), column(arrays[4]))
        return [*zs, *activations]
    if name == "gradients":
        *parameters, x, y = arrays
        if column(x).shape[1] == 0:
            return [np.zeros(shape) for shape in shapes]
        C, found = network_gradients(network(*parameters), column(x), column(y), "quadratic")
        return [C, *found[0], *found[1]]
    columns = list(map(column, arrays))
    if columns[0].size == 0:
        return [np.zeros(shape) for shape in shapes]
    if name == "softmax":
        return [softmax(columns[0])]
    if name == "softmax_jacobian":
        a = softmax(columns[0])
        return [a[:, None] * (np.eye(len(a))[:, :, None] - a)]
    if name in COSTS:
        return [mean_cost(name, *columns)]
    return [gradient(lambda a: mean_cost(kind, a, columns[1]), columns[0])]


# ---- One call


def draw_shapes(name, rng):
    """Return shapes that fit, or did until one to three mistakes were made in them."""
    into, _ = split(FORMS[name][rng.integers(len(FORMS[name]))])
    size = {letter: int(rng.integers(1 if rng.random() < 0.8 else 0, 5)) for letter in "ijkl"} | {"1": 1}
    shapes = [tuple(size[letter] for letter in letters) for letters in into]
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        place = rng.integers(len(shapes))
        shapes[place] = mistaken(shapes, shapes[place], rng)
    return shapes


def mistaken(shapes, shape, rng):
    """Return a shape as a mistake would make it: transposed, an axis more or less, another's, or any."""
    n, axis = int(rng.integers(0, 5)), int(rng.integers(len(shape) + 1))
    return [
        shape[::-1],
        (*shape[:axis], 1, *shape[axis:]),
        (*shape[:axis], n, *shape[axis:]),
        (*shape[:axis], *shape[axis + 1 :]),
        (*shape[:axis], n, *shape[axis + 1 :]),
        shapes[rng.integers(len(shapes))],
        tuple(int(size) for size in rng.integers(0, 4, size=rng.integers(0, 4))),
    ][rng.integers(7)]


def outcome(name, rng):
    """Make one call and return what came of it."""
    shapes = draw_shapes(name, rng)
    signs = (
        1 if name.removeprefix("rows.").removesuffix("_prime") in COSTS else -1
    )  # a cross-entropy takes what is between 0 and 1
    kind = rng.choice([np.float32, np.float64])
    arrays = [(rng.uniform(0.1, 0.9, shape) * rng.choice([signs, 1], shape)).astype(kind) for shape in shapes]
    checked = name == "check_gradients"  # for it an empty list holds no parameter, and None is one that is not checked
    given = [
        array.tolist() if kind is np.float64 and rng.random() < 0.1 and (array.size or not checked) else array
        for array in arrays
    ]
    shapes = [np.shape(array) for array in given]  # a list of no rows has forgotten their length
    junk = rng.random() < 0.05
    if junk:
        values = [value for value in NO_ARRAYS if not (checked and (value is None or str(value) == "[None, None]"))]
        given[rng.integers(len(given))] = values[rng.integers(len(values))]
    due = fitting(name, shapes)
    try:
        found = function(name)(*given)
    except ShapeError:
        return "ShapeError" if due is None or junk else "WRONG: ShapeError where all fits"
    except TypeError:
        return "TypeError" if junk else "WRONG: TypeError for arrays"
    except Exception as error:
        return f"WRONG: {type(error).__name__}"
    if junk:
        return "WRONG: a result of no arrays"
    if due is None:
        return "WRONG: a result where nothing fits"
    found = found if isinstance(found, list) else [found]
    if [np.shape(array) for array in found] != due:
        return "WRONG: a result of another shape"
    if any(array.dtype != kind for array in found):
        return "WRONG: a result of another dtype"
    wide = [array.reshape(shape).astype(np.float64) for array, shape in zip(arrays, shapes)]
    right = expected(name, wide, due)
    bound = 1e-5 if kind is np.float32 else 1e-12
    if not all(np.allclose(a, np.reshape(b, a.shape), bound, bound) for a, b in zip(found, right, strict=True)):
        return "WRONG: a result of other values"
    return "right result"


def fuzz(calls, seed):
    """Make this many random calls and return {(function, outcome): how many}."""
    rng = np.random.default_rng(seed)
    names = list(FORMS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning is a third thing, too
        drawn = (names[place] for place in rng.integers(len(names), size=calls))
        return collections.Counter((name, outcome(name, rng)) for name in tqdm(drawn, total=calls, disable=None))


def main(arguments=None):
    """Print how many calls had which outcome, and every wrong one by its function."""
    parser = argparse.ArgumentParser("random_calls", description=__doc__.splitlines()[0])
    parser.add_argument("calls", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    counts = fuzz(given.calls, given.seed)
    totals = collections.Counter()
    for (_, what), count in counts.items():
        totals[what] += count
    for what in ["right result", "ShapeError", "TypeError"]:
        print(f"{totals[what]:7}  {what}")
    wrong = {key: count for key, count in counts.items() if key[1].startswith("WRONG")}
    print(f"{sum(wrong.values()):7}  wrong")
    for (name, what), count in sorted(wrong.items()):
        print(f"{count:7}  {name}: {what}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
