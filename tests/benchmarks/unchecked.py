"""Time this library beside a pass of plain NumPy in which nothing is checked, and what each change makes such a pass faster.

The unchecked pass is written for one network only: one hidden layer, the sigmoid, the quadratic cost. It computes in place in
arrays of its own, with `np.dot`, one exponential a layer, and no decision but that between one example and a batch. It shows how
far plain NumPy goes without constants kept as arrays.
`python tests/benchmarks/unchecked.py --write docs/use/how-fast.md --savings docs/use/fast-pass.md` replaces the tables of both pages.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # or one library's idle threads spin through the time of the next

import numpy as np
import speed

from backprop import Layer, forward, gradients, step

RATE = 0.1
# How long this library may take, in units of the unchecked pass.
AIMS = [
    ((2, 3, 2), None, 1.40),
    ((784, 30, 10), 10, 1.15),
    ((784, 100, 10), None, 1.15),
    ((784, 100, 10), 256, 1.05),
    ((784, 100, 10), 1000, 1.05),
]
LARGE = (784, 1024, 1024, 10), 256, "float64"
KEPT = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}  # of glibc
CHANGES = {
    "the equations, line by line": "",
    "σ′ from the activation: one exponential a layer": "one exponential",
    "`np.dot` instead of `@`": "dot",
    "in place": "in place",
    "fewer calls: the cost and BP3 as products": "products",
    "1 and m as arrays": "constants",
}


# ---- The unchecked pass


def unchecked(parameters, x, y):
    """Return the forward pass, the gradients, a step, and a step of training, without any check."""
    batch, m = x.ndim == 2, x.shape[1] if x.ndim == 2 else 1
    ones, trained = np.ones(m, x.dtype), list(parameters)
    dot, exp, negative, reciprocal = np.dot, np.exp, np.negative, np.reciprocal

    def pass_forward():
        (W1, b1), (W2, b2) = parameters
        zs, activations, a = [], [x], x
        for W, b in ((W1, b1), (W2, b2)):
            z = dot(W, a)
            z += b[:, None] if batch else b
            a = negative(z)
            exp(a, a)
            a += 1
            reciprocal(a, a)
            zs.append(z)
            activations.append(a)
        return zs, activations

    def pass_backward(parameters=parameters):
        (W1, b1), (W2, b2) = parameters
        a1 = dot(W1, x)
        a1 += b1[:, None] if batch else b1
        negative(a1, a1)
        exp(a1, a1)
        a1 += 1
        reciprocal(a1, a1)
        a2 = dot(W2, a1)
        a2 += b2[:, None] if batch else b2
        negative(a2, a2)
        exp(a2, a2)
        a2 += 1
        reciprocal(a2, a2)
        residual = a2 - y
        flat = residual.ravel()
        C = dot(flat, flat) / (2 * m)
        delta2 = 1 - a2
        delta2 *= a2
        delta2 *= residual
        if batch:
            delta2 /= m
        delta1 = dot(W2.T, delta2)
        slope = 1 - a1
        slope *= a1
        delta1 *= slope
        if batch:
            return C, [(dot(delta1, x.T), dot(delta1, ones)), (dot(delta2, a1.T), dot(delta2, ones))]
        return C, [(delta1[:, None] * x, delta1), (delta2[:, None] * a1, delta2)]

    _, found = pass_backward()

    def steps(parameters=parameters, found=found):
        moved = []
        for (W, b), (dC_dW, dC_db) in zip(parameters, found):
            dC_dW, dC_db = RATE * dC_dW, RATE * dC_db
            moved.append((np.subtract(W, dC_dW, dC_dW), np.subtract(b, dC_db, dC_db)))
        return moved

    def train():
        trained[:] = steps(trained, pass_backward(trained)[1])

    return {"gradients": pass_backward, "forward": pass_forward, "step": steps, "training": train}


def library(parameters, x, y):
    """Return the same of this library, every shape checked."""
    layers = [Layer(W, b) for W, b in parameters]
    trained, (_, found) = list(layers), gradients(layers, x, y)

    def train():
        trained[:] = step(trained, gradients(trained, x, y)[1], RATE)

    return {
        "gradients": lambda: gradients(layers, x, y),
        "forward": lambda: forward(layers, x),
        "step": lambda: step(layers, found, RATE),
        "training": train,
    }


def beside_the_unchecked_pass(rounds, seconds):
    """Yield the lines of the table of the aims."""
    what = ["gradients", "forward", "step", "training"]
    yield "| work | aim | gradients | forward | step | a step of training | JAX jit, gradients |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for sizes, m, aim in AIMS:
        for dtype in ("float64", "float32"):
            given = speed.draw(sizes, m, dtype)
            bare, own = unchecked(*given), library(*given)
            speed.agree("the unchecked pass", bare["gradients"](), own["gradients"](), dtype)
            runs = {("unchecked", name): bare[name] for name in what} | {("own", name): own[name] for name in what}
            if sizes == (2, 3, 2) and importlib.util.find_spec("jax"):
                runs["JAX"] = speed.jax_jit(*given)
            times = speed.in_turn(runs, rounds, seconds)
            cells = [np.median(times["own", name] / times["unchecked", name]) for name in what]
            cells += [np.median(times["JAX"] / times["unchecked", "gradients"])] if "JAX" in times else []
            line = [speed.work(sizes, m, dtype), f"{aim:.2f}", *(f"{cell:.2f}" for cell in cells)]
            yield f"| {' | '.join(line + [''] * (7 - len(line)))} |"
    # The same again in a process that keeps its memory: a fresh array is then no work for the system.
    kept = subprocess.run(
        [sys.executable, __file__, "--large"], env=os.environ | KEPT, check=True, capture_output=True, text=True
    )
    for where, numbers in (("", large(rounds, seconds)), (", memory kept", map(float, kept.stdout.split()))):
        for unit, reached in zip(("the floor", "the products into new arrays"), numbers):
            yield f"| {speed.work(*LARGE)}, divided by {unit}{where} | 1.12 | {reached:.2f} |  |  |  |  |"


def large(rounds, seconds):
    """Return the time of the pass of a large network, divided by the floor and by the same products into new arrays."""
    parameters, x, _ = given = speed.draw(*LARGE)

    def products():
        activations, found = [x], []
        for W, _ in parameters:
            activations.append(np.dot(W, activations[-1]))
        error = activations[-1]
        for l in reversed(range(len(parameters))):
            found.append(np.dot(error, activations[l].T))
            if l:
                error = np.dot(parameters[l][0].T, error)
        return found

    times = speed.in_turn(
        {"own": speed.library(*given), "floor": speed.floor(*given), "new": products}, rounds, seconds
    )
    return [np.median(times["own"] / times[unit]) for unit in ("floor", "new")]


# ---- What each change saves


def by_hand(parameters, x, y, changes):
    """Return a pass with some of the changes, each of which needs those before it."""
    batch, m = x.ndim == 2, x.shape[1] if x.ndim == 2 else 1
    product = np.dot if "dot" in changes else np.matmul
    one, divisor = (np.ones((), x.dtype), np.array(m, x.dtype)) if "constants" in changes else (1, m)
    ones = np.ones(m, x.dtype)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def sigmoid_in_place(z):
        np.negative(z, z)
        np.exp(z, z)
        np.add(z, one, z)
        return np.reciprocal(z, z)

    def times_prime(error, z, a):
        return error * (sigmoid(z) * (1 - sigmoid(z)))

    def times_prime_from_a(error, z, a):
        return error * (a * (1 - a))

    def times_prime_in_place(error, z, a):
        sigma_prime_z = np.subtract(one, a)
        np.multiply(sigma_prime_z, a, sigma_prime_z)
        return np.multiply(error, sigma_prime_z, error)

    def weighted_input(W, a, b):
        return product(W, a) + (b[:, None] if batch else b)

    def weighted_input_in_place(W, a, b):
        z = product(W, a)
        return np.add(z, b[:, None] if batch else b, z)

    def cost(residual):
        return np.sum(residual**2) / (2 * m)

    def cost_as_product(residual):
        flat = residual.ravel()
        return product(flat, flat) / (2 * m)

    if "one exponential" in changes:
        times_prime = times_prime_from_a
    if "in place" in changes:
        sigmoid, times_prime, weighted_input = sigmoid_in_place, times_prime_in_place, weighted_input_in_place
    if "products" in changes:
        cost = cost_as_product

    def run():
        zs, activations, a = [], [x], x
        for W, b in parameters:
            z = weighted_input(W, a, b)
            a = sigmoid(z)
            zs.append(z)
            activations.append(a)
        residual = a - y
        C = cost(residual)
        if batch:
            residual = np.divide(residual, divisor, residual) if "in place" in changes else residual / divisor
        delta = times_prime(residual, z, a)
        found = []
        for l in range(len(parameters) - 1, -1, -1):
            a = activations[l]
            if batch:
                dC_db = product(delta, ones) if "products" in changes else np.sum(delta, axis=1)
                found.append((product(delta, a.T), dC_db))
            else:
                found.append((delta[:, None] * a, delta))
            if l:
                delta = times_prime(product(parameters[l][0].T, delta), zs[l - 1], a)
        found.reverse()
        return C, found

    return run


def savings(rounds, seconds):
    """Yield the lines of the table of what each change saves, in turn."""
    works = [(sizes, m, "float64") for sizes, m, _ in AIMS[:4]]
    columns = []
    for sizes, m, dtype in works:
        given = speed.draw(sizes, m, dtype)
        names = list(CHANGES)
        runs = {name: by_hand(*given, {CHANGES[earlier] for earlier in names[: k + 1]}) for k, name in enumerate(names)}
        runs["`gradients`, with all its checks"] = speed.library(*given)
        for name, run in runs.items():
            speed.agree(name, run(), runs[names[0]](), dtype)
        times = speed.in_turn(runs, rounds, seconds)
        columns.append({name: np.median(times[name] / times[names[0]]) for name in runs})
    yield f"| the pass | {' | '.join(speed.work(sizes, m) for sizes, m, _ in works)} |"
    yield f"| --- | {' | '.join(['---:'] * len(works))} |"
    for name in columns[0]:
        yield f"| {name} | {' | '.join(f'{column[name]:.2f}' for column in columns)} |"


def main():
    """Print the tables, and write them where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="rounds of all contenders in turn")
    parser.add_argument("--seconds", type=float, default=0.02, help="about how long each takes in a round")
    parser.add_argument("--write", type=Path, help="the page whose table of the aims is replaced")
    parser.add_argument("--savings", type=Path, help="the page whose table of what each change saves is replaced")
    parser.add_argument("--large", action="store_true", help="only print the two ratios of the large network")
    given = parser.parse_args()
    if given.large:
        print(*large(given.rounds, given.seconds))
        return
    for table, page in ((beside_the_unchecked_pass, given.write), (savings, given.savings)):
        lines = []
        for line in table(given.rounds, given.seconds):
            print(line, flush=True)
            lines.append(line)
        print()
        if page:
            speed.write(page, [*lines, "", f"Measured on {speed.machine()}."], "unchecked")


if __name__ == "__main__":
    main()
