"""Time one epoch of Nielsen's network on MNIST, from the first mini-batch to the last, in this library and in others.

`python tests/benchmarks/epoch.py mnist.npz` prints the table; with `--write docs/use/how-fast.md` it replaces the one on that page.
The file holds x_train, y_train, x_test and y_test, as `docs/examples/mnist.py` reads them. All begin with the same weights and take
the same digits in the same order, except scikit-learn, which draws both by itself. What they reach is compared before it is printed.
"""

import argparse
import importlib.util
import os
import warnings
from pathlib import Path

os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # or one library's idle threads spin through the time of the next

import numpy as np
import speed

from backprop import Layer, gradients, step

SIZES, BATCH, RATE = (784, 30, 10), 10, 3.0
DIGITS = 50_000


def sigmoid(z):
    """Return σ(z)."""
    return 1 / (1 + np.exp(-z))


def one_example_at_a_time(parameters, pixels, targets, batches):
    """Train as the program in Nielsen's book does: for each example a pass of matrices with one column, and the gradients added."""

    def pass_backward(weights, biases, x, y):
        zs, activations = [], [x]
        for W, b in zip(weights, biases):
            zs.append(np.dot(W, activations[-1]) + b)
            activations.append(sigmoid(zs[-1]))
        dC_dW, dC_db = [np.zeros(W.shape) for W in weights], [np.zeros(b.shape) for b in biases]
        delta = (activations[-1] - y) * sigmoid(zs[-1]) * (1 - sigmoid(zs[-1]))
        for l in (1, 0):
            dC_dW[l], dC_db[l] = np.dot(delta, activations[l].T), delta
            if l:
                delta = np.dot(weights[l].T, delta) * sigmoid(zs[l - 1]) * (1 - sigmoid(zs[l - 1]))
        return dC_dW, dC_db

    examples = [(x[:, None], y[:, None]) for x, y in zip(pixels, targets)]

    def run():
        weights, biases = [W for W, _ in parameters], [b[:, None] for _, b in parameters]
        for chosen in batches:
            sum_W, sum_b = [np.zeros(W.shape) for W in weights], [np.zeros(b.shape) for b in biases]
            for i in chosen:
                dC_dW, dC_db = pass_backward(weights, biases, *examples[i])
                sum_W = [total + part for total, part in zip(sum_W, dC_dW)]
                sum_b = [total + part for total, part in zip(sum_b, dC_db)]
            weights = [W - RATE / len(chosen) * total for W, total in zip(weights, sum_W)]
            biases = [b - RATE / len(chosen) * total for b, total in zip(biases, sum_b)]
        return [(W, b[:, 0]) for W, b in zip(weights, biases)]

    return run


def this_library(parameters, pixels, targets, batches):
    """Train with `gradients` and `step`, one call of each for a mini-batch."""

    def run():
        layers = [Layer(W, b) for W, b in parameters]
        for chosen in batches:
            _, found = gradients(layers, pixels[chosen].T, targets[chosen].T)
            layers = step(layers, found, RATE)
        return [(layer.W, layer.b) for layer in layers]

    return run


def clean_numpy(parameters, pixels, targets, batches):
    """Train with the pass that `speed.py` calls clean NumPy, one for a mini-batch."""

    def run():
        moved = parameters
        for chosen in batches:
            _, found = speed.clean_numpy(moved, pixels[chosen].T, targets[chosen].T)()
            moved = [(W - RATE * dC_dW, b - RATE * dC_db) for (W, b), (dC_dW, dC_db) in zip(moved, found)]
        return moved

    return run


def pytorch(parameters, pixels, targets, batches):
    """Train with PyTorch's eager autograd and its SGD, examples as rows."""
    import torch

    torch.set_num_threads(1)  # with two, these small products took longer
    X, Y = torch.tensor(pixels), torch.tensor(targets)
    indices = [torch.tensor(chosen) for chosen in batches]

    def run():
        leaves = [torch.tensor(p, requires_grad=True) for pair in parameters for p in pair]
        optimizer = torch.optim.SGD(leaves, lr=RATE)
        W1, b1, W2, b2 = leaves
        for chosen in indices:
            optimizer.zero_grad()
            a = torch.sigmoid(torch.sigmoid(X[chosen] @ W1.T + b1) @ W2.T + b2)
            (((a - Y[chosen]) ** 2).sum() / 2 / len(chosen)).backward()
            optimizer.step()
        found = [leaf.detach().numpy() for leaf in leaves]
        return [(found[0], found[1]), (found[2], found[3])]

    return run


def jax_steps(parameters, pixels, targets, batches):
    """Return a compiled step of JAX, and the data in its arrays."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def cost(parameters, x, y):
        a = x
        for W, b in parameters:
            a = jax.nn.sigmoid(a @ W.T + b)
        return jnp.sum((a - y) ** 2) / 2 / len(x)

    def one_step(parameters, x, y):
        return jax.tree.map(lambda p, slope: p - RATE * slope, parameters, jax.grad(cost)(parameters, x, y))

    return jax, one_step, jax.tree.map(jnp.asarray, (parameters, pixels, targets, np.array(batches)))


def jax_jit(parameters, pixels, targets, batches):
    """Train with a step that JAX has compiled, one call for a mini-batch."""
    jax, one_step, (start, _, _, _) = jax_steps(parameters, pixels, targets, batches)
    compiled = jax.jit(one_step)

    def run():
        moved = start
        for chosen in batches:
            moved = compiled(moved, pixels[chosen], targets[chosen])
        return jax.block_until_ready(moved)

    return run


def jax_scan(parameters, pixels, targets, batches):
    """Train with one call for the whole epoch, which JAX has compiled."""
    jax, one_step, given = jax_steps(parameters, pixels, targets, batches)

    @jax.jit
    def epoch(parameters, x, y, batches):
        return jax.lax.scan(lambda moved, chosen: (one_step(moved, x[chosen], y[chosen]), None), parameters, batches)[0]

    return lambda: jax.block_until_ready(epoch(*given))


def scikit_learn(parameters, pixels, targets, batches):
    """Train an MLPClassifier of the same sizes for an epoch. Its cost is the cross-entropy, so its rate is another one."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    targets = targets.astype(int)

    def run():
        model = MLPClassifier(
            SIZES[1:-1], activation="logistic", solver="sgd", alpha=0, batch_size=BATCH, learning_rate_init=0.3,
            max_iter=1, momentum=0, random_state=0,
        )  # fmt: skip
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            model.fit(pixels, targets)
        return [(W.T, b) for W, b in zip(model.coefs_, model.intercepts_)]

    return run


CONTENDERS = {
    "one example at a time, as Nielsen's program": (one_example_at_a_time, None),
    "**this library**": (this_library, None),
    "clean NumPy": (clean_numpy, None),
    "PyTorch eager": (pytorch, "torch"),
    "JAX jit, a call for each mini-batch": (jax_jit, "jax"),
    "JAX jit, one call for the epoch": (jax_scan, "jax"),
    "scikit-learn, cross-entropy": (scikit_learn, "sklearn"),
}


def drawn(data):
    """Return the first parameters, the training digits as rows, their targets, and the mini-batches."""
    rng = np.random.default_rng(0)
    parameters = [(rng.normal(size=(n, n_prev)), rng.normal(size=n)) for n_prev, n in zip(SIZES, SIZES[1:])]
    pixels = data["x_train"][:DIGITS].reshape(DIGITS, -1) / 255
    return parameters, pixels, np.eye(10)[data["y_train"][:DIGITS]], rng.permutation(DIGITS).reshape(-1, BATCH)


def right(parameters, data):
    """Return which part of the test digits gets its largest output at its label."""
    a = data["x_test"].reshape(len(data["x_test"]), -1).T / 255
    for W, b in parameters:
        a = sigmoid(W @ a + b[:, None])
    return np.mean(np.argmax(a, axis=0) == data["y_test"])


def table(data, rounds):
    """Yield the lines of the table."""
    given = drawn(data)
    runs = {
        name: make(*given)
        for name, (make, module) in CONTENDERS.items()
        if not module or importlib.util.find_spec(module)
    }
    reached = {name: run() for name, run in runs.items()}
    for name, found in reached.items():
        if "scikit" not in name:
            # 1 in the place of a cost; the rounding of 5,000 steps adds up
            speed.agree(name, (1, found), (1, reached["clean NumPy"]), "float64", within=1e-8)
    times = speed.in_turn(runs, rounds, 0)
    yield "| one epoch with | divided by clean NumPy | seconds | test digits right |"
    yield "| --- | ---: | ---: | ---: |"
    for name, each in times.items():
        low, middle, high = np.percentile(each / times["clean NumPy"], [25, 50, 75])
        yield f"| {name} | {middle:.2f} ({low:.2f}–{high:.2f}) | {np.median(each):.1f} | {right(reached[name], data):.2%} |"


def main():
    """Print the table, and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="an .npz with x_train, y_train, x_test, y_test")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all contenders in turn")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    given = parser.parse_args()
    with np.load(given.file) as file:
        data = dict(file)
    lines = []
    for line in table(data, given.rounds):
        print(line, flush=True)
        lines.append(line)
    if given.write:
        speed.write(given.write, [*lines, "", f"Measured on {speed.machine()}."], "epoch")


if __name__ == "__main__":
    main()
