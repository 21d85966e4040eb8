"""Time the forward and the backward pass of every layer, and their memory, against PyTorch on the same machine.

Both run in turn in one process, round by round, so that a ratio means something on a noisy machine. Before anything is timed, the
gradients must agree. Memory is measured in a process of its own for each. `python tests/benchmarks/layers.py` prints the table; with
`--write docs/layers/speed.md` it replaces the one on that page.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # or one library's idle threads spin through the time of the next

import numpy as np
import torch
from speed import held, machine, once, write
from torch.nn import functional

from backprop import layers
from website.oracles.layers import in_torch, is_floating

# As many threads for both. Beside other jobs, OPENBLAS_NUM_THREADS=1 gives the steadier ratio: no thread waits for another.
torch.set_num_threads(int(os.environ.get("OPENBLAS_NUM_THREADS", os.cpu_count())))

# The name of a work, then the shapes of the floating arguments, in float32, and what else the layer takes.
WORKS = {
    "dense": {
        "256 examples, 784 → 100": ([(256, 784), (784, 100), (100,)], {}),
        "256 examples, 1024 → 1024": ([(256, 1024), (1024, 1024), (1024,)], {}),
    },
    "convolution": {
        "32 photos of 3×32×32, 16 kernels of 3×3": ([(32, 3, 32, 32), (16, 3, 3, 3), (16,)], {"padding": 1}),
        "32 maps of 64×16×16, 64 kernels of 3×3": ([(32, 64, 16, 16), (64, 64, 3, 3), (64,)], {"padding": 1}),
    },
    "max_pool": {
        "32 maps of 16×32×32, windows of 2×2": ([(32, 16, 32, 32)], {"size": 2}),
        "32 maps of 64×16×16, windows of 3×3, stride 2": ([(32, 64, 16, 16)], {"size": 3, "stride": 2}),
    },
    "average_pool": {
        "32 maps of 16×32×32, windows of 2×2": ([(32, 16, 32, 32)], {"size": 2}),
        "32 maps of 64×16×16, windows of 3×3, stride 2": ([(32, 64, 16, 16)], {"size": 3, "stride": 2}),
    },
    "batch_norm": {
        "256 examples of 512": ([(256, 512), (512,), (512,)], {}),
        "8192 pixels of 64": ([(8192, 64), (64,), (64,)], {}),
    },
    "layer_norm": {
        "16 sequences of 128 words, 256 units": ([(16, 128, 256), (256,), (256,)], {}),
        "8 sequences of 256 words, 768 units": ([(8, 256, 768), (768,), (768,)], {}),
    },
    "rms_norm": {
        "16 sequences of 128 words, 256 units": ([(16, 128, 256), (256,)], {}),
        "8 sequences of 256 words, 768 units": ([(8, 256, 768), (768,)], {}),
    },
    "dropout": {
        "256 examples of 1024": ([(256, 1024)], {"keep": 0.5}),
        "8 sequences of 256 words, 768 units": ([(8, 256, 768)], {"keep": 0.9}),
    },
    "embedding": {
        "32 sequences of 128 words, 10,000 rows of 64": ([(10_000, 64)], {"ids": (32, 128)}),
        "8 sequences of 256 words, 30,000 rows of 256": ([(30_000, 256)], {"ids": (8, 256)}),
    },
    "recurrent": {
        "32 sequences of 50 steps, 64 → 128": ([(32, 50, 64), (64, 128), (128, 128), (128,), (32, 128)], {}),
        "64 sequences of 100 steps, 128 → 256": ([(64, 100, 128), (128, 256), (256, 256), (256,), (64, 256)], {}),
    },
    "lstm": {
        "32 sequences of 50 steps, 64 → 128": (
            [(32, 50, 64), (64, 512), (128, 512), (512,), (32, 128), (32, 128)],
            {},
        ),
        "64 sequences of 100 steps, 128 → 256": (
            [(64, 100, 128), (128, 1024), (256, 1024), (1024,), (64, 256), (64, 256)],
            {},
        ),
    },
    "attention": {
        "64 times 64 queries and keys of 32": ([(64, 64, 32)] * 3, {"causal": True}),
        "32 times 256 queries and keys of 64": ([(32, 256, 64)] * 3, {"causal": True}),
    },
    "multi_head_attention": {
        "16 sequences of 64 words, 128 units, 4 heads": ([(16, 64, 128), *[(128, 128)] * 4], {"heads": 4, "causal": True}),
        "4 sequences of 256 words, 512 units, 8 heads": ([(4, 256, 512), *[(512, 512)] * 4], {"heads": 8, "causal": True}),
    },
}  # fmt: skip


def draw(name, work):
    """Return the arrays, the options and dC/dout of a work."""
    rng = np.random.default_rng(0)
    shapes, options = WORKS[name][work]
    options = dict(options)
    arrays = [
        (rng.normal(size=shape) / np.sqrt(shape[0] if len(shape) == 2 else 1)).astype("float32") for shape in shapes
    ]
    if "ids" in options:
        arrays.append(rng.integers(0, shapes[0][0], size=options.pop("ids")))
    if "keep" in options:
        arrays.append(rng.random(shapes[0]) < options["keep"])
    if name.endswith("_norm"):
        options["epsilon"] = 1e-5
    out = getattr(layers, name)(*arrays, **options)
    return arrays, options, rng.normal(size=out.shape).astype("float32")


def library(name, arrays, options, dC_dout):
    """Return both passes of this library, every argument checked."""
    forward, backward = getattr(layers, name), getattr(layers, f"{name}_backward")

    def run():
        forward(*arrays, **options)
        return backward(dC_dout, *arrays, **options)

    return run


def pytorch(name, arrays, options, dC_dout):
    """Return both passes of PyTorch, by its own function for the layer."""
    tensors = [torch.tensor(array, requires_grad=is_floating(array)) for array in arrays]
    leaves, error = [tensor for tensor in tensors if tensor.requires_grad], torch.tensor(dC_dout)
    if name in ("max_pool", "average_pool"):
        options = {"stride": None, **options}
    if name == "convolution":
        options = {"stride": 1, **options}
    forward = FUSED.get(name) or (lambda *given, **options: in_torch(name, given, options))

    def run():
        return [gradient.numpy() for gradient in torch.autograd.grad(forward(*tensors, **options), leaves, error)]

    return run


def _recurrent(x, W_x, W_h, b, h0):
    zero = torch.zeros_like(b)
    return torch.rnn_tanh(x, h0[None], [W_x.T, W_h.T, b, zero], True, 1, 0.0, False, False, True)[0]


def _lstm(x, W_x, W_h, b, h0, c0):
    zero = torch.zeros_like(b)
    return torch.lstm(x, [h0[None], c0[None]], [W_x.T, W_h.T, b, zero], True, 1, 0.0, False, False, True)[0]


# What PyTorch has in one piece, and the tests write out.
FUSED = {
    "dense": lambda x, W, b: functional.linear(x, W.T, b),
    "batch_norm": lambda x, gamma, beta, *, epsilon: functional.batch_norm(
        x, None, None, gamma, beta, True, eps=epsilon
    ),
    "layer_norm": lambda x, gamma, beta, *, epsilon: functional.layer_norm(x, gamma.shape, gamma, beta, epsilon),
    "rms_norm": lambda x, gamma, *, epsilon: functional.rms_norm(x, gamma.shape, gamma, epsilon),
    "embedding": lambda E, ids: functional.embedding(ids, E),
    "recurrent": _recurrent,
    "lstm": _lstm,
}
CONTENDERS = {"this library": library, "PyTorch": pytorch}


def agree(name, found, expected):
    """Stop if the two do not compute the same gradients."""
    for one, other in zip(found, expected, strict=True):
        error = np.linalg.norm(one - other) / np.linalg.norm(other)
        if not error <= 1e-4:
            raise SystemExit(f"{name}: the gradients disagree, relative error {error:.1e}")


def measure(name, work, rounds, seconds):
    """Return the times of this library over those of PyTorch, one ratio a round, and PyTorch's median in seconds."""
    given = draw(name, work)
    runs = [make(name, *given) for make in CONTENDERS.values()]
    agree(name, *(run() for run in runs))
    repeat = [max(1, round(seconds / once(run))) for run in runs]
    times = [[], []]
    for _ in range(rounds):
        for run, number, each in zip(runs, repeat, times):
            start = time.perf_counter()
            for _ in range(number):
                run()
            each.append((time.perf_counter() - start) / number)
    ours, theirs = map(np.array, times)
    return ours / theirs, np.median(theirs)


def peak(contender, name, work):
    """Return the bytes that both passes need at their peak, beyond their arguments, measured in a process of their own."""
    command = [sys.executable, __file__, "--peak", contender, name, work]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(contender, name, work):
    """Print the bytes of `peak`: what the process holds at most, less what it held before."""
    given = draw(name, work)
    run = CONTENDERS[contender](name, *given)
    small = CONTENDERS[contender]("dense", *draw("dense", "256 examples, 784 → 100"))
    small()  # what a library loads at its first call is no memory of this layer
    print(held(run))


def table(rounds, seconds, only):
    """Yield the lines of the page's table."""
    yield "| layer | work | time | memory | PyTorch, ms | PyTorch, MB |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for name, works in WORKS.items():
        for work in works if only in (None, name) else ():
            ratios, base = measure(name, work, rounds, seconds)
            low, middle, high = np.percentile(ratios, [25, 50, 75])
            cells = [f"`{name}`", work, f"{middle:.2f} ({low:.2f}–{high:.2f})"]
            if Path("/proc/self/clear_refs").exists():
                ours, theirs = (np.median([peak(each, name, work) for _ in range(3)]) for each in CONTENDERS)
                cells += [f"{ours / theirs:.2f}", f"{1e3 * base:.2f}", f"{theirs / 1e6:.1f}"]
            else:
                cells += ["", f"{1e3 * base:.2f}", ""]
            yield f"| {' | '.join(cells)} |"


def main():
    """Print the table, and write it where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="rounds of both in turn")
    parser.add_argument("--seconds", type=float, default=0.05, help="about how long each takes in a round")
    parser.add_argument("--layer", choices=WORKS, help="only the works of this layer")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--peak", nargs=3, metavar=("CONTENDER", "LAYER", "WORK"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peak:
        return print_peak(*given.peak)
    lines = []
    for line in table(given.rounds, given.seconds, given.layer):
        print(line, flush=True)
        lines.append(line)
    lines += ["", f"Measured on {machine()}."]
    print("\n".join(lines[-2:]))
    if given.write:
        write(given.write, lines)


if __name__ == "__main__":
    main()
