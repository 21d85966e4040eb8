"""Time one value and all gradients of a sigmoid network against the bare matrix products and every peer installed.

All contenders run in turn in one process, round by round, so that a ratio means something on a noisy machine. Before
anything is timed, they must agree. `python tests/benchmarks/speed.py` prints the table; with `--write docs/use/how-fast.md`
it replaces the one on that page.
"""

import argparse
import ctypes
import gc
import importlib.util
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # or one library's idle threads spin through the time of the next

import numpy as np

import backprop
from backprop import IDENTITY, Layer, gradients

WORKS = [
    # sizes, examples, dtype
    ((2, 3, 2), None, "float64"),
    ((784, 30, 10), 10, "float64"),
    ((784, 30, 10), 10, "float32"),
    ((784, 100, 10), None, "float64"),
    ((784, 100, 10), 256, "float64"),
    ((784, 100, 10), 256, "float32"),
    ((784, 100, 10), 1000, "float64"),
    ((784, 100, 10), 1000, "float32"),
    ((784, 1024, 1024, 10), 256, "float64"),
    ((784, 1024, 1024, 10), 256, "float32"),
]


def draw(sizes, m, dtype):
    """Return parameters [(W, b), ...], input and target."""
    rng = np.random.default_rng(0)
    shape = [(n,) if m is None else (n, m) for n in (sizes[0], sizes[-1])]
    parameters = [
        ((rng.normal(size=(n, n_prev)) / np.sqrt(n_prev)).astype(dtype), rng.normal(size=n).astype(dtype))
        for n_prev, n in zip(sizes, sizes[1:])
    ]
    return parameters, rng.normal(size=shape[0]).astype(dtype), rng.random(size=shape[1]).astype(dtype)


def floor(parameters, x, y):
    """Return the bare matrix products of a pass, into buffers that are there already."""
    activations = [x] + [np.empty((len(W), *x.shape[1:]), x.dtype) for W, _ in parameters]
    errors = [np.ones_like(a) for a in activations]
    found = [np.empty_like(W) for W, _ in parameters]

    def run():
        for l, (W, _) in enumerate(parameters):
            np.matmul(W, activations[l], out=activations[l + 1])
        for l in reversed(range(len(parameters))):
            if x.ndim == 1:
                np.multiply(errors[l + 1][:, None], activations[l], out=found[l])
            else:
                np.matmul(errors[l + 1], activations[l].T, out=found[l])
            if l:
                np.matmul(parameters[l][0].T, errors[l + 1], out=errors[l])

    return run


def library(parameters, x, y):
    """Return this library's `gradients`, every shape checked."""
    layers = [Layer(W, b) for W, b in parameters]
    return lambda: gradients(layers, x, y)


def clean_numpy(parameters, x, y):
    """Return the pass as one would write it by hand, with the slope at z, and nothing checked."""

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def run():
        batch = x.ndim == 2
        zs, activations = [], [x]
        for W, b in parameters:
            zs.append(W @ activations[-1] + (b[:, None] if batch else b))
            activations.append(sigmoid(zs[-1]))
        residual = activations[-1] - y
        m = x.shape[1] if batch else 1
        C = np.sum(residual**2) / 2 / m
        delta = residual / m * sigmoid(zs[-1]) * (1 - sigmoid(zs[-1]))
        found = []
        for l in reversed(range(len(parameters))):
            dC_dW = delta @ activations[l].T if batch else np.outer(delta, activations[l])
            found.append((dC_dW, delta.sum(axis=1) if batch else delta))
            if l:
                delta = (parameters[l][0].T @ delta) * sigmoid(zs[l - 1]) * (1 - sigmoid(zs[l - 1]))
        return C, found[::-1]

    return run


def one_at_a_time(parameters, x, y):
    """Return the library's gradients, one example after the other, summed."""
    if x.ndim == 1:
        return None
    layers, m = [Layer(W, b) for W, b in parameters], x.shape[1]
    columns = [(np.ascontiguousarray(x[:, i]), np.ascontiguousarray(y[:, i])) for i in range(m)]

    def run():
        total = [[np.zeros_like(W), np.zeros_like(b)] for W, b in parameters]
        C = 0
        for column, target in columns:
            C_i, found = gradients(layers, column, target)
            C += C_i / m
            for sums, parts in zip(total, found):
                for part_sum, part in zip(sums, parts):
                    part_sum += part / m
        return C, total

    return run


def pytorch(parameters, x, y):
    """Return PyTorch's eager autograd."""
    import torch

    torch.set_num_threads(os.cpu_count())
    leaves = [tuple(torch.tensor(p, requires_grad=True) for p in pair) for pair in parameters]
    X, Y = torch.tensor(x), torch.tensor(y)
    flat = [p for pair in leaves for p in pair]

    def run():
        a = X
        for W, b in leaves:
            a = torch.sigmoid(W @ a + (b[:, None] if X.ndim == 2 else b))
        C = ((a - Y) ** 2).sum() / 2 / (X.shape[1] if X.ndim == 2 else 1)
        found = torch.autograd.grad(C, flat)
        return C.item(), [(found[i].numpy(), found[i + 1].numpy()) for i in range(0, len(found), 2)]

    return run


def jax_jit(parameters, x, y):
    """Return JAX's compiled value_and_grad."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def cost(parameters, x, y):
        a = x
        for W, b in parameters:
            a = jax.nn.sigmoid(W @ a + (b[:, None] if x.ndim == 2 else b))
        return jnp.sum((a - y) ** 2) / 2 / (x.shape[1] if x.ndim == 2 else 1)

    compiled = jax.jit(jax.value_and_grad(cost))
    given = jax.tree.map(jnp.asarray, (parameters, x, y))
    return lambda: jax.block_until_ready(compiled(*given))


def autograd(parameters, x, y):
    """Return HIPS autograd."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    def cost(parameters):
        a = x
        for W, b in parameters:
            a = 1 / (1 + anp.exp(-(anp.dot(W, a) + (b[:, None] if x.ndim == 2 else b))))
        return anp.sum((a - y) ** 2) / 2 / (x.shape[1] if x.ndim == 2 else 1)

    slopes = value_and_grad(cost)
    return lambda: slopes(parameters)


def scikit_learn(parameters, x, y):
    """Return the gradients inside scikit-learn's MLPRegressor, examples as rows; its output is linear."""
    if x.ndim == 1:
        return None
    from sklearn.neural_network import MLPRegressor

    X, Y = np.ascontiguousarray(x.T), np.ascontiguousarray(y.T)
    sizes = [X.shape[1], *(len(W) for W, _ in parameters)]
    model = MLPRegressor(hidden_layer_sizes=sizes[1:-1], activation="logistic", alpha=0.0)
    model.n_outputs_, model.n_layers_, model.out_activation_ = sizes[-1], len(sizes), "identity"
    model.coefs_ = [np.ascontiguousarray(W.T) for W, _ in parameters]
    model.intercepts_ = [b for _, b in parameters]
    buffers = [X, *(np.empty((len(X), n), X.dtype) for n in sizes[1:])]
    errors = [np.empty_like(a) for a in buffers[1:]]
    dW, db = [np.empty_like(W) for W in model.coefs_], [np.empty_like(b) for b in model.intercepts_]

    layers = [Layer(W, b) for W, b in parameters[:-1]] + [Layer(*parameters[-1], IDENTITY)]

    def run():
        return model._backprop(X, Y, None, buffers, errors, dW, db)

    C, expected = gradients(layers, x, y)
    run()
    agree("scikit-learn", (C, [(W.T, b) for W, b in zip(dW, db)]), (C, expected), x.dtype.name)
    return run


CONTENDERS = {
    "this library": (library, None),
    "clean NumPy": (clean_numpy, None),
    "PyTorch eager": (pytorch, "torch"),
    "JAX jit": (jax_jit, "jax"),
    "HIPS autograd": (autograd, "autograd"),
    "scikit-learn": (scikit_learn, "sklearn"),
    "one at a time": (one_at_a_time, None),
}


def agree(name, found, expected, dtype, within=None):
    """Stop if a contender does not compute the same thing."""
    within = within or {"float32": 1e-4, "float64": 1e-10}[dtype]
    for one, other in zip(flat(found), flat(expected), strict=True):
        error = np.linalg.norm(one - other) / np.linalg.norm(other)
        if not error <= within:
            raise SystemExit(f"{name} disagrees: relative error {error:.1e}")


def flat(found):
    """Return C and every gradient as one list."""
    C, pairs = found
    return [np.asarray(C), *(np.asarray(part) for pair in pairs for part in pair)]


def peak(run):
    """Return the most bytes that NumPy held at once during a run, beyond what was there before."""
    run()
    tracemalloc.start()
    run()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def held(run):
    """Return the most bytes that this process holds during a run, beyond what it held before; on Linux with glibc only."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)  # or a run takes for nothing what others have freed
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins again
    before = _status("VmRSS")
    found = run()
    most = _status("VmHWM")
    del found
    return max(0, most - before)


def _status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def measure(sizes, m, dtype, rounds, seconds):
    """Return each contender's times over the floor's, one ratio a round, and the floor's median in µs."""
    given = draw(sizes, m, dtype)
    expected = library(*given)()
    runs = {"floor": floor(*given)}
    for name, (make, module) in CONTENDERS.items():
        if module and importlib.util.find_spec(module) is None:
            continue
        if run := make(*given):
            if name != "scikit-learn":  # compared where it is made, since its output is linear
                agree(name, run(), expected, dtype)
            runs[name] = run
    times = in_turn(runs, rounds, seconds)
    ratios = {name: each / times["floor"] for name, each in times.items() if name != "floor"}
    memory = peak(runs["this library"]) / peak(runs["clean NumPy"])
    return ratios, np.median(times["floor"]) * 1e6, memory


def in_turn(runs, rounds, seconds):
    """Return the times of each run, one a round."""
    repeat = {name: max(1, round(seconds / once(run))) for name, run in runs.items()}
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            for _ in range(repeat[name]):
                run()
            times[name].append((time.perf_counter() - start) / repeat[name])
    return {name: np.array(each) for name, each in times.items()}


def once(run):
    """Return about how long a run takes, warm."""
    run()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def import_cost(rounds):
    """Return the milliseconds that `import backprop` adds to `import numpy`, median of pairs run in turn."""
    # As an installed package is, it is compiled once and kept, whatever this shell says of bytecode.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(code):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        return time.perf_counter() - start

    run("import numpy, backprop")
    return 1e3 * float(np.median([run("import numpy, backprop") - run("import numpy") for _ in range(rounds)]))


def machine():
    """Return what was measured on, and with which versions."""
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}", f"backprop {backprop.__version__}"]
    for name, module in {"PyTorch": "torch", "JAX": "jax", "scikit-learn": "sklearn"}.items():
        if importlib.util.find_spec(module):
            versions.append(f"{name} {importlib.import_module(module).__version__}")
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; {', '.join(versions)}"


def work(sizes, m, dtype=None):
    """Return what a line of a table is about."""
    examples = "one example" if m is None else f"m = {m}"
    return ", ".join(["-".join(map(str, sizes)), examples, *([dtype] if dtype else [])])


def table(rounds, seconds):
    """Yield the lines of the page's table."""
    head = ["work", *CONTENDERS, "floor, µs", "memory"]
    yield f"| {' | '.join(head)} |"
    yield f"| --- | {' | '.join(['---:'] * (len(head) - 1))} |"
    for sizes, m, dtype in WORKS:
        ratios, base, memory = measure(sizes, m, dtype, rounds, seconds)
        cells = [work(sizes, m, dtype)]
        for name in CONTENDERS:
            if name in ratios:
                low, middle, high = np.percentile(ratios[name], [25, 50, 75])
                cells.append(f"{middle:.2f} ({low:.2f}–{high:.2f})")
            else:
                cells.append("")
        yield f"| {' | '.join([*cells, f'{base:.1f}', f'{memory:.2f}'])} |"


def write(page, lines, table="table"):
    """Put lines in the place of a table of a page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(f"<!-- {table} -->\n")
    after = rest.partition("<!-- end -->")[2]
    page.write_text("\n".join([f"{before}<!-- {table} -->", *lines, f"<!-- end -->{after}"]), encoding="utf-8")


def main():
    """Print the table, and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="rounds of all contenders in turn")
    parser.add_argument("--seconds", type=float, default=0.02, help="about how long each takes in a round")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    given = parser.parse_args()
    lines = []
    for line in table(given.rounds, given.seconds):
        print(line, flush=True)
        lines.append(line)
    lines += ["", f"Import, above `import numpy`: {import_cost(25):.1f} ms. Measured on {machine()}."]
    print("\n".join(lines[-2:]))
    if given.write:
        write(given.write, lines)


if __name__ == "__main__":
    main()
