"""Compare a training step of docs/layers/convolution-digits.md with PyTorch's, and say which layer takes which part of it.

Both run in turn in one process, round by round, so that a ratio means something on a noisy machine. Before anything is timed, their
costs must agree. Memory is measured in a process of its own for each. `python tests/benchmarks/convolution_digits.py` prints the
tables; with `--write docs/layers/convolution-digits.md` it replaces those on that page.
"""

import argparse
import inspect
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is loaded; PyTorch is told below

import numpy as np
import torch
from speed import held, machine, write
from torch import nn
from torch.nn import functional

from website.pages.figures.convolution_digits import PAGE, program

torch.set_num_threads(1)
M = 50


def network():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


def training(net, x, labels, epochs, m=50):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    costs = []
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).reshape(-1, m):
            C = functional.cross_entropy(net(x[batch]), labels[batch])
            optimizer.zero_grad()
            C.backward()
            optimizer.step()
            costs.append(C.item())
        yield net, costs


def library_steps(names, rounds):
    """Yield the cost of a step after the other, always of the same mini-batch; between two of them the other program runs."""
    x, y = (names[name][names["train"][:M]] for name in "XY")
    p = names["start"](np.random.default_rng(1))
    for _, costs in names["training"](p, x, y, np.random.default_rng(0), rounds, m=len(x)):
        yield costs[-1]


def pytorch_steps(names, rounds):
    """Yield the same costs by PyTorch."""
    x, y = (torch.tensor(names[name][names["train"][:M]]) for name in "XY")
    net = network().double()
    with torch.no_grad():
        for parameter, array in zip(net.parameters(), names["start"](np.random.default_rng(1)).values()):
            parameter.copy_(torch.tensor(array.T if array.ndim == 2 else array))
    for _, costs in training(net, x, y.argmax(dim=1), rounds, m=len(x)):
        yield costs[-1]


CONTENDERS = {"this library": library_steps, "PyTorch": pytorch_steps}


def times(rounds):
    """Return the seconds of every step, this library's and PyTorch's; the first ten steps warm both up."""
    names = program()
    runs = [make(names, rounds + 10) for make in CONTENDERS.values()]
    seconds = []
    for _ in range(rounds + 10):
        costs, seconds = [], [*seconds, []]
        for run in runs:
            start = time.perf_counter()
            costs.append(next(run))
            seconds[-1].append(time.perf_counter() - start)
        if not np.isclose(*costs, rtol=1e-6):
            raise SystemExit(f"the costs disagree: {costs}")
    return np.array(seconds[10:]).T


def peak(contender):
    """Return the bytes that a step needs at its peak, beyond data and parameters, measured in a process of its own."""
    command = [sys.executable, __file__, "--peak", contender]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(contender):
    """Print the bytes of `peak`: what the process holds at most, less what it held before the first step."""
    names = program()
    # What a library loads at its first step is no memory of this network.
    next(CONTENDERS[contender]({**names, "train": names["train"][:1]}, 1))
    print(held(lambda: next(CONTENDERS[contender](names, 1))))


# What the program calls, by the layer that it belongs to, and how many multiplications an image needs there.
PARTS = {
    "first convolution": ("convolution", 1, 16 * 64 * 9),
    "ReLU, 16 maps of 8×8": ("relu", 16, 0),
    "pooling, 16 maps of 8×8": ("max_pool", 16, 0),
    "second convolution": ("convolution", 16, 32 * 16 * 16 * 9),
    "ReLU, 32 maps of 4×4": ("relu", 32, 0),
    "pooling, 32 maps of 4×4": ("max_pool", 32, 0),
    "dense layer": ("dense", 128, 128 * 10),
    "softmax and cross-entropy": ("softmax_cross_entropy", 10, 0),
}


def shares(rounds):
    """Return the part of a step that each function takes, by its name and the second axis of its array; and momentum's."""
    names, spent = program(), Counter()

    def timed(name):
        function, argument = (
            names[name],
            1 if name in ("max_pool_backward", "convolution_backward", "dense_backward") else 0,
        )

        def run(*given, **options):
            start = time.perf_counter()
            found = function(*given, **options)
            key = (name, 0 if name == "momentum" else given[argument].shape[1])
            spent[key] += time.perf_counter() - start
            return found

        return run

    backs = [f"{name}_backward" for name in ("convolution", "max_pool", "dense")]
    costs = ["softmax_cross_entropy", "softmax_cross_entropy_prime"]
    for name in ["convolution", "max_pool", "dense", "relu", "relu_prime", "momentum", *backs, *costs]:
        names[name] = timed(name)
    steps = library_steps(names, rounds + 10)
    for _ in range(10):
        next(steps)
    spent.clear()
    start = time.perf_counter()
    for _ in steps:
        pass
    total = time.perf_counter() - start
    return {key: seconds / total for key, seconds in spent.items()}


def lines_of(*texts):
    return sum(bool(line.strip(" .>")) for text in texts for line in text.splitlines())


def tables(rounds):
    """Yield the lines of both tables."""
    page = PAGE.read_text(encoding="utf-8")
    printed = page[page.index(">>> def start") : page.index("```", page.index(">>> def start"))]
    lines = lines_of(printed), lines_of(inspect.getsource(network), inspect.getsource(training))
    yield "| program | lines | time | a step, ms | memory, MB |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    seconds = times(rounds)
    for contender, number, each in zip(CONTENDERS, lines, seconds):
        low, middle, high = np.percentile(each / seconds[-1], [25, 50, 75])
        ratio = f"{middle:.2f} ({low:.2f}–{high:.2f})" if low < high else "1"
        memory = f"{np.median([peak(contender) for _ in range(3)]) / 1e6:.1f}"
        yield f"| {contender} | {number} | {ratio} | {1e3 * np.median(each):.1f} | {memory} |"
    yield ""
    yield "| layer | multiplications forward | back | time forward | back |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    spent = shares(rounds)
    for layer, (name, axis, products) in PARTS.items():
        back = {"relu": "relu_prime", "softmax_cross_entropy": "softmax_cross_entropy_prime"}.get(
            name, f"{name}_backward"
        )
        counts = [f"{products:,}", f"{2 * products:,}"] if products else ["", ""]
        yield f"| {layer} | {' | '.join(counts)} | {spent[name, axis]:.1%} | {spent[back, axis]:.1%} |".replace(
            "%", " %"
        )
    rest = 1 - sum(spent.values())
    yield f"| momentum | | | | {spent['momentum', 0]:.1%} |".replace("%", " %")
    yield f"| all else | | | | {rest:.1%} |".replace("%", " %")


def main():
    """Print the tables, and write them where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, help="steps of both in turn")
    parser.add_argument("--write", type=Path, help="the page whose tables are replaced")
    parser.add_argument("--peak", metavar="CONTENDER", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peak:
        return print_peak(given.peak)
    lines = []
    for line in tables(given.rounds):
        print(line, flush=True)
        lines.append(line)
    lines += ["", f"Measured on {machine()}."]
    print("\n".join(lines[-2:]))
    if given.write:
        write(given.write, lines)


if __name__ == "__main__":
    main()
