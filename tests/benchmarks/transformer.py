"""Compare a training step of the transformer in docs/examples/transformer.py with PyTorch's: lines of code, time and memory.

Both take the same step, with Adam, from the same parameters and in float64. Before anything is timed, the gradients must agree. Memory is measured in a
process of its own for each. `python tests/benchmarks/transformer.py` prints the table; with `--write docs/layers/transformer.md` it
replaces the one on that page.
"""

import argparse
import ast
import importlib.util
import inspect
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Both with one thread and in the time of the processor, which hardly depends on what else the machine does.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import torch
from speed import held, machine, write

TESTS = Path(__file__).parent.parent
sys.path.append(str(TESTS))
import transformer_in_torch  # noqa: E402

SPEC = importlib.util.spec_from_file_location("adding", TESTS.parent / "docs" / "examples" / "transformer.py")
adding = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(adding)

torch.set_num_threads(1)

# The network, its cost and its gradients.
WRITTEN = {
    "this library": [
        adding.flat,
        adding.block_forward,
        adding.block_backward,
        adding.forward,
        adding.backward,
        adding.targets,
        adding.gradients,
    ],
    "PyTorch": [transformer_in_torch.block, transformer_in_torch.cost],
}


def lines_of(functions):
    """Return the lines of functions, without their docstrings and empty lines."""
    sources = [ast.parse(inspect.getsource(function)).body[0] for function in functions]
    for source in sources:
        source.body.pop(0)
    return sum(len(ast.unparse(source).splitlines()) for source in sources)


def draw():
    """Return the parameters before training, the sums of one mini-batch, and the settings."""
    with tempfile.TemporaryDirectory() as folder:
        given = adding.arguments([folder])
    sums, _ = adding.divided(given)
    return given.run.parameters, sums[: given.batch], given


def library(p, sums, given):
    """Return what takes one more step, and the gradients of the first one."""
    state = None

    def run():
        nonlocal p, state
        _, found = adding.gradients(p, sums, given.heads)
        p, state = adding.adam(p, found, state, learning_rate=1e-4)
        return dict(adding.arrays_in(found, ""))

    return run


def pytorch(p, sums, given):
    """Return the same of PyTorch."""
    leaves, names = [], [name for name, _ in adding.arrays_in(p, "")]
    p, sums = transformer_in_torch.in_torch(p, leaves), torch.tensor(sums)
    optimizer = torch.optim.AdamW(leaves, lr=1e-4, weight_decay=0.0)

    def run():
        optimizer.zero_grad()
        transformer_in_torch.cost(p, sums, given.heads).backward()
        optimizer.step()
        return {name: leaf.grad.numpy() for name, leaf in zip(names, leaves)}

    return run


CONTENDERS = {"this library": library, "PyTorch": pytorch}


def agree(found, expected):
    """Stop if the two do not compute the same gradients."""
    for name, other in expected.items():
        error = np.linalg.norm(found[name] - other) / np.linalg.norm(other)
        if not error <= 1e-8:
            raise SystemExit(f"{name}: the gradients disagree, relative error {error:.1e}")


def times(rounds):
    """Return the processor seconds of each step of both, which take turns."""
    given = draw()
    runs = [make(*given) for make in CONTENDERS.values()]
    agree(*(run() for run in runs))
    found = [[], []]
    for _ in range(rounds):
        for run, each in zip(runs, found):
            start = time.process_time()
            run()
            each.append(time.process_time() - start)
    return np.array(found)


def peak(contender):
    """Return the bytes that a step needs at its peak, beyond its arguments, measured in a process of its own."""
    command = [sys.executable, __file__, "--peak", contender]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(contender):
    """Print the bytes of `peak`: what the process holds at most, without what it held before."""
    p, sums, given = draw()
    run = CONTENDERS[contender](p, sums, given)
    CONTENDERS[contender](p, sums[:1], given)()  # what a library loads at its first call is no memory of this step
    print(held(run))


def table(rounds):
    """Yield the lines of the page's table."""
    yield "| | lines | time of a step, ms | memory of a step, MB |"
    yield "| --- | ---: | ---: | ---: |"
    for contender, each in zip(CONTENDERS, times(rounds)):
        low, middle, high = 1e3 * np.percentile(each, [25, 50, 75])
        memory = ""
        if Path("/proc/self/clear_refs").exists():
            memory = f"{np.median([peak(contender) for _ in range(3)]) / 1e6:.1f}"
        yield f"| {contender} | {lines_of(WRITTEN[contender])} | {middle:.1f} ({low:.1f}–{high:.1f}) | {memory} |"


def main():
    """Print the table, and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="steps of both in turn")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--peak", choices=CONTENDERS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peak:
        return print_peak(given.peak)
    lines = []
    for line in table(given.rounds):
        print(line, flush=True)
        lines.append(line)
    lines += ["", f"Half of the steps lie between the two numbers in parentheses. Measured on {machine()}."]
    print("\n".join(lines[-2:]))
    if given.write:
        write(given.write, lines)


if __name__ == "__main__":
    main()
