"""What Python does for the pages in the reader's browser. The worker serves it and calls `answer`."""

import doctest
import json
import pkgutil
import sys
import traceback
from fractions import Fraction

import numpy as np

from backprop import Layer, ShapeError, forward, gradients, rows, sigmoid_prime


def answer(name, given):
    """Call the function of this name with what the page gives, both ways as JSON."""
    return json.dumps(ANSWERS[name](**json.loads(given)))


# ---- Examples


class Rows(doctest.DocTestRunner):
    """Runs one block and keeps, for each statement, whether it gave what the page says."""

    def __init__(self):
        super().__init__(verbose=False)
        self.rows = []

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        self.rows.append({"ok": True})

    def report_failure(self, out, test, example, got):
        self.rows.append({"ok": False, "source": example.source, "want": example.want, "got": got})

    def report_unexpected_exception(self, out, test, example, exc_info):
        self.report_failure(out, test, example, "".join(traceback.format_exception_only(*exc_info[:2])))


class Session:
    """The namespace of one page, or of one function's examples, and the blocks that were run in it."""

    def __init__(self, scope="", name=""):
        self.scope, self.done = scope, []
        self.names = {"__name__": "__main__"} | (_module_of(name) if name else {})

    def run(self, block):
        self.done.append(block)
        test = doctest.DocTestParser().get_doctest(block + "\n", {}, "this block", None, 0)
        test.globs = self.names
        runner = Rows()
        runner.run(test, clear_globs=False)
        return runner.rows


def _module_of(name):
    """Return the names that a docstring's examples see: those of the module where the object is defined."""
    value = pkgutil.resolve_name(name)  # which imports backprop.mistakes on its way
    return dict(vars(sys.modules[getattr(value, "__module__", "backprop")]))


current = Session()


def run_block(scope, name, blocks):
    """Run the last block, after those above it unless they were the last to run; return its statements."""
    global current
    *above, block = blocks
    try:
        if (current.scope, current.done) != (scope, above):
            current = Session(scope, name)
            above = [row["ok"] for earlier in above for row in current.run(earlier)]
            return {"rows": current.run(block), "above": above.count(False)}
        return {"rows": current.run(block), "above": 0}
    except ValueError as error:  # doctest cannot read the block
        current = Session()
        return {"error": str(error)}


# ---- The shape calculator


def guess(sizes, examples, layout, mistake):
    """Make a mistake in a network of these sizes; return what the library says, or the shape that came out."""
    if len(sizes) < 3 and mistake in ("transposed", "this layer"):
        return {"said": "This network has no hidden layer, so no error is carried back."}
    if not examples and mistake in ("other layout", "one example"):
        return {"said": "One example is (n,) in both layouts; give a number of examples."}
    way = rows if layout == "rows" else sys.modules["backprop"]

    def data(n):
        return np.ones(n if not examples else (examples, n) if layout == "rows" else (n, examples))

    def weights(l):
        return np.ones(sizes[l - 1 : l + 1] if layout == "rows" else sizes[l - 1 : l + 1][::-1])

    last = len(sizes) - 1
    delta, a_prev = data(sizes[last]), data(sizes[last - 1])
    calls = {
        "transposed": (way.hidden_error, lambda: (weights(last).T, delta, a_prev), a_prev),
        "this layer": (way.hidden_error, lambda: (weights(last - 1), delta, a_prev), a_prev),
        "other way round": (way.weight_gradient, lambda: (a_prev, delta), weights(last)),
        "other layout": (way.weight_gradient, lambda: (delta.T, a_prev.T), weights(last)),
        "one example": (way.weight_gradient, lambda: (delta, np.ones(sizes[last - 1])), weights(last)),
        "wrong target": (way.output_error, lambda: (data(sizes[last] + 1), delta), delta),
    }
    function, given, wanted = calls[mistake]
    try:
        shape = function(*given()).shape
    except ShapeError as error:
        return {"said": str(error), "mistake": True}
    if shape != wanted.shape:
        return {"said": f"{function.__name__} gives {shape}, and {wanted.shape} is needed.", "mistake": True}
    return {
        "said": f"The shapes fit: {function.__name__} gives {shape}, as it should. Its numbers are wrong, and nothing says so."
    }


# ---- The pass, step by step


def numbers(W1, b1, W2, b2, x, y):
    """Return every number of a pass, as it is written, by the symbol and its index; W1 is in units of ln 3."""
    layers = [Layer(np.log(3) * np.array(W1), np.array(b1)), Layer(np.array(W2), np.array(b2))]
    x, y = np.array(x), np.array(y)
    zs, activations = forward(layers, x)
    C, found = gradients(layers, x, y)
    value = {"x": x, "y": y, "C": C, "W1": np.array(W1), "W2": layers[1].W, "z1": zs[0] / np.log(3), "z2": zs[1]}
    value |= {"a1": activations[1], "a2": activations[2], "carried": layers[1].W.T @ found[1].dC_db}
    for l, (gradient, z) in enumerate(zip(found, zs), 1):
        # For one example the gradient of the biases is the error (BP3).
        value |= {
            f"σ′{l}": sigmoid_prime(z),
            f"δ{l}": gradient.dC_db,
            f"db{l}": gradient.dC_db,
            f"dW{l}": gradient.dC_dW,
            f"dW{l}ᵀ": gradient.dC_dW.T,  # as it is stored beside examples as rows
        }
    texts = {symbol: written(array) for symbol, array in value.items()}
    return texts | {
        f"{symbol} {' '.join(map(str, index))}": written(entry)
        for symbol, array in value.items()
        for index, entry in np.ndenumerate(array)
        if index
    }


def written(array):
    """Write a number as a small fraction if it is one, else to three places; an array in parentheses."""
    if np.ndim(array):
        return f"({', '.join(map(written, array))})"
    exact = Fraction(round(float(array), 12)).limit_denominator(128)
    text = str(exact) if abs(exact - float(array)) < 1e-12 else f"{float(array):.3f}"
    return text.replace("-", "−")


# ---- Wrong or right?

FORMULAS = {
    "BP1": ("output_error", "dC_da, sigma_prime_z"),
    "BP2": ("hidden_error", "W_next, delta_next, sigma_prime_z"),
    "BP3": ("bias_gradient", "delta, keepdims=False"),
    "BP4": ("weight_gradient", "delta, a_prev"),
}


def judge(equation, formula):
    """Measure the gradients of a 3-3-3 network in which one equation is this formula, and train it by them."""
    from backprop.mistakes import check_network, gradients_with, losses, specimen  # only the quiz waits for it

    name, arguments = FORMULAS[equation]
    function = {name: eval(f"lambda {arguments}: {formula}", {"np": np})}
    layers, x, y = specimen()
    _, found = gradients_with(layers, x, y, **function)
    report = check_network(layers, x, y, found)
    loss = losses(layers, x, y, 2.0, 200, **function)
    right = losses(layers, x, y, 2.0, 200)
    return {
        "ok": report.ok,
        "diagnosis": report.diagnosis,
        "losses": [f"{value:.3f}" for value in (loss[0], loss[-1], right[-1])],
    }


ANSWERS = {"run_block": run_block, "guess": guess, "numbers": numbers, "judge": judge}
