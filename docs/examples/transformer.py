"""A transformer that learns to add two-digit numbers; docs/layers/transformer.md builds its backward pass line by line.

    python docs/examples/transformer.py run

The folder `run` gets a checkpoint every 50 steps, the drawing loss.svg and the numbers of the page's figures, shown.json.
The same command continues a run that was interrupted.
"""

import argparse
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from backprop import adam, relu, relu_prime
from backprop.layers import (
    attention,
    dense,
    dense_backward,
    embedding,
    embedding_backward,
    layer_norm,
    layer_norm_backward,
    multi_head_attention,
    multi_head_attention_backward,
)
from backprop.rows import softmax_cross_entropy, softmax_cross_entropy_prime

# ---- The text of a sum

SYMBOLS = "0123456789+="
PROMPT, ANSWER = 6, 3  # characters of 47+85= and of its answer


def written(a, b):
    """Return a sum as text; the digits of the result are reversed, 47+85=231."""
    return f"{a:02}+{b:02}={f'{a + b:03}'[::-1]}"


def ids_of(texts):
    """Return the ids of the characters, one text a row."""
    return np.array([[SYMBOLS.index(character) for character in text] for text in texts])


def every_sum():
    """Return the ids of all 10,000 sums."""
    return ids_of([written(a, b) for a in range(100) for b in range(100)])


# ---- The network


def random_network(rng, width, blocks):
    """Return the parameters of a network before training."""

    def normal(n_prev, n, scale=1.0):
        return rng.normal(size=(n_prev, n)) * scale / np.sqrt(n_prev)

    def normalization():
        return [np.ones(width), np.zeros(width)]

    def block():
        hidden = 4 * width
        return {
            "norm1": normalization(),
            "attention": [*(normal(width, width) for _ in range(3)), normal(width, width, 0.5)],
            "norm2": normalization(),
            "dense1": [normal(width, hidden), np.zeros(hidden)],
            "dense2": [normal(hidden, width, 0.5), np.zeros(width)],
        }

    return {
        "E": normal(width, len(SYMBOLS)).T,
        "pos": normal(width, PROMPT + ANSWER - 1).T,
        "blocks": [block() for _ in range(blocks)],
        "norm": normalization(),
    }


def flat(x):
    """Return (m, t, n) as (m t, n): one position a row."""
    return x.reshape(-1, x.shape[-1])


def block_forward(x, block, heads):
    """Return the output of a block, and the inputs of its layers."""
    u = layer_norm(x, *block["norm1"])
    r = x + multi_head_attention(u, *block["attention"], heads=heads, causal=True)
    s = layer_norm(r, *block["norm2"])
    z = dense(flat(s), *block["dense1"])
    a = relu(z)
    out = r + dense(a, *block["dense2"]).reshape(r.shape)
    return out, (x, u, r, s, z, a)


def block_backward(dC_dout, block, kept, heads):
    """Return the derivatives with respect to the input of a block and to its parameters."""
    x, u, r, s, z, a = kept
    found = {}
    dC_da, *found["dense2"] = dense_backward(flat(dC_dout), a, *block["dense2"])
    dC_dz = dC_da * relu_prime(z)
    dC_ds, *found["dense1"] = dense_backward(dC_dz, flat(s), *block["dense1"])
    through, *found["norm2"] = layer_norm_backward(dC_ds.reshape(s.shape), r, *block["norm2"])
    dC_dr = dC_dout + through
    dC_du, *found["attention"] = multi_head_attention_backward(dC_dr, u, *block["attention"], heads=heads, causal=True)
    through, *found["norm1"] = layer_norm_backward(dC_du, x, *block["norm1"])
    return dC_dr + through, found


def forward(p, ids, heads, last=ANSWER):
    """Return the logits at the last positions, one position a row, and what the backward pass needs."""
    x = embedding(p["E"], ids) + p["pos"][: ids.shape[1]]
    inputs = []
    for block in p["blocks"]:
        x, of_block = block_forward(x, block, heads)
        inputs.append(of_block)
    top = flat(x[:, -last:])
    h = layer_norm(top, *p["norm"])
    return h @ p["E"].T, (inputs, top, h)


def backward(dC_dlogits, p, ids, kept, heads):
    """Return the gradients of all parameters, in the structure of p."""
    inputs, top, h = kept
    of_output = dC_dlogits.T @ h
    dC_dtop, *of_norm = layer_norm_backward(dC_dlogits @ p["E"], top, *p["norm"])
    m, t = ids.shape
    dC_dx = np.zeros((m, t, top.shape[1]))
    dC_dx[:, -ANSWER:] = dC_dtop.reshape(m, ANSWER, -1)
    of_blocks = []
    for block, of_block in zip(reversed(p["blocks"]), reversed(inputs)):
        dC_dx, found = block_backward(dC_dx, block, of_block, heads)
        of_blocks.insert(0, found)
    of_lookup = embedding_backward(dC_dx, p["E"], ids).dC_dE
    return {"E": of_lookup + of_output, "pos": dC_dx.sum(axis=0), "blocks": of_blocks, "norm": of_norm}


def targets(sums):
    """Return a one-hot row for each character of the answers."""
    return np.eye(len(SYMBOLS))[sums[:, -ANSWER:].ravel()]


def cost(p, sums, heads):
    """Return the cross-entropy of the characters of the answers."""
    logits, _ = forward(p, sums[:, :-1], heads)
    return softmax_cross_entropy(logits, targets(sums))


def gradients(p, sums, heads):
    """Return the cost and the gradients of all parameters."""
    ids, y = sums[:, :-1], targets(sums)
    logits, kept = forward(p, ids, heads)
    return softmax_cross_entropy(logits, y), backward(softmax_cross_entropy_prime(logits, y), p, ids, kept, heads)


def completed(p, prompts, heads):
    """Return the prompts with the answers of the network, one character after the other."""
    ids = prompts
    for _ in range(ANSWER):
        logits, _ = forward(p, ids, heads, last=1)
        ids = np.column_stack([ids, np.argmax(logits, axis=1)])
    return ids


def attention_maps(p, ids, heads):
    """Return the attention weights of every block and head for one text, (blocks, heads, t, t)."""
    x, maps = embedding(p["E"], ids[None]) + p["pos"][: len(ids)], []
    for block in p["blocks"]:
        x, (_, u, *_) = block_forward(x, block, heads)
        Q, K = (np.stack(np.split((u @ W)[0], heads, axis=1)) for W in block["attention"][:2])
        maps.append(attention(Q, K, np.stack([np.eye(len(ids))] * heads), causal=True))
    return np.array(maps)


# ---- Training

WARM_UP = 50  # steps


class Run(NamedTuple):
    """What a checkpoint holds: one cost for each step that was taken."""

    parameters: Any
    state: Any
    costs: list


def divided(given):
    """Return the sums to train on and those that are held out."""
    order = np.random.default_rng(given.seed).permutation(every_sum())
    return order[given.held_out :], order[: given.held_out]


def begun(given):
    """Return a run before its first step."""
    return Run(random_network(np.random.default_rng([given.seed, 0]), given.width, given.blocks), None, [])


def rate_at(step, given):
    """Return the learning rate of a step, counted from 1: it grows in the first steps, and falls to 0 in the second half."""
    return given.rate * min(1, step / WARM_UP, 2 * (given.steps + 1 - step) / given.steps)


def next_step(run, sums, given):
    """Return the run after one more step. The batch depends on the seed and the number of the step only."""
    step = len(run.costs) + 1
    chosen = np.random.default_rng([given.seed, step]).integers(len(sums), size=given.batch)
    C, found = gradients(run.parameters, sums[chosen], given.heads)
    parameters, state = adam(run.parameters, found, run.state, learning_rate=rate_at(step, given))
    return Run(parameters, state, [*run.costs, float(C)])


def fraction_right(p, sums, heads):
    """Return the fraction of the sums with all characters of the answer right."""
    return np.mean(np.all(completed(p, sums[:, :PROMPT], heads) == sums, axis=1))


# ---- Checkpoints

SETTINGS = ("width", "blocks", "heads", "batch", "steps", "rate", "seed", "held_out")


def replace(path, write):
    """Write a file under another name and rename it, so that an interruption never leaves half of it."""
    other = path.with_name(f"{path.name}.new")
    with other.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    other.replace(path)


def arrays_in(value, name):
    """Yield the name and the value of every array in dictionaries, lists and tuples."""
    if isinstance(value, dict | list | tuple):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from arrays_in(part, f"{name}/{key}")
    else:
        yield name, value


def filled(value, arrays, name):
    """Return the structure of `value` with the arrays of a file."""
    if isinstance(value, dict):
        return {key: filled(part, arrays, f"{name}/{key}") for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [filled(part, arrays, f"{name}/{i}") for i, part in enumerate(value)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return arrays[name] if arrays[name].ndim else arrays[name].item()


def save(run, path, given):
    """Save a checkpoint."""
    about = {name: getattr(given, name) for name in SETTINGS}
    arrays = dict(arrays_in([run.parameters, run.state], "run"))
    replace(path, lambda file: np.savez(file, settings=json.dumps(about), costs=run.costs, **arrays))


def load(path, given):
    """Return the run of a checkpoint; a ValueError says why it cannot be continued."""
    try:
        with np.load(path) as file:
            arrays = dict(file)
        about = json.loads(arrays["settings"].item())
    except (OSError, TypeError, ValueError, KeyError, zipfile.BadZipFile):
        raise ValueError(f"{path} is no checkpoint of this program; choose another folder") from None
    for name in SETTINGS:
        if about[name] != getattr(given, name):
            option = "--" + name.replace("_", "-")
            raise ValueError(
                f"{path} was trained with {option} {about[name]}, not {getattr(given, name)}; "
                "give the same options, or another folder"
            )
    fresh = begun(given).parameters
    _, state = adam(fresh, fresh)
    return Run(*filled([fresh, state], arrays, "run"), arrays["costs"].tolist())


# ---- What a run leaves

STYLE = "text{font:13px KaTeX_Main,Georgia,serif}svg{background:#fff;color:#1b1b1b}.c{stroke:#b02a1f}"
DARK = "@media(prefers-color-scheme:dark){svg{background:#1b1b1b;color:#eee}.c{stroke:#ff9488}}"


def drawing(costs):
    """Return the costs over the steps as SVG: a line of means over 10 steps, in the colors of the book."""
    means = [np.mean(costs[at : at + 10]) for at in range(0, len(costs), 10)]
    top, last = np.ceil(max(means)), max(len(costs), 2)
    points = " ".join(
        f"{40 + 310 * min(10 * i + 5, last) / last:.1f},{190 - 170 * C / top:.1f}" for i, C in enumerate(means)
    )
    ticks = "".join(
        f'<path d="M40 {y:.1f}H350" stroke="currentColor" opacity=".2"/><text x="32" y="{y + 4:.1f}" text-anchor="end">{C}</text>'
        for C in range(int(top) + 1)
        for y in [190 - 170 * C / top]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 230" fill="currentColor"><title>Cost over {len(costs)} steps, '
        f"from {means[0]:.2f} to {means[-1]:.4f}</title><style>{STYLE}{DARK}</style>{ticks}"
        f'<polyline class="c" points="{points}" fill="none" stroke-width="1.8"/><text x="40" y="13">cost</text>'
        f'<text x="40" y="208">0</text><text x="350" y="208" text-anchor="end">{len(costs)}</text>'
        '<text x="195" y="224" text-anchor="middle">steps</text></svg>'
    )


def shown(run, held_out, given, text="47+85=23"):
    """Return what the figures of the page show."""
    maps = attention_maps(run.parameters, ids_of([text])[0], given.heads)
    return {
        "settings": {name: getattr(given, name) for name in SETTINGS},
        "held_out_right": float(fraction_right(run.parameters, held_out, given.heads)),
        "costs": [round(float(np.mean(run.costs[at : at + 10])), 4) for at in range(0, len(run.costs), 10)],
        "text": text,
        "attention": np.round(maps, 3).tolist(),
    }


# ---- The command line


def whole(least):
    """Return what reads a whole number of at least `least`."""

    def read(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is no whole number of at least {least}")
        return int(text)

    return read


def positive(text):
    """Return a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not 0 < number < np.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return number


def arguments(words=None):
    """Return what the command line says; a mistake in it is one line and exit status 2."""
    parser = argparse.ArgumentParser("transformer.py", description=__doc__.splitlines()[0])
    parser.error = lambda message: parser.exit(2, f"transformer.py: {message}\n")
    parser.add_argument("folder", type=Path, help="where the run is saved, and continued from")
    parser.add_argument("--width", type=whole(1), default=32, help="entries of each position")
    parser.add_argument("--blocks", type=whole(1), default=2)
    parser.add_argument("--heads", type=whole(1), default=4, help="heads of each block; they divide the width")
    parser.add_argument("--batch", type=whole(1), default=128, help="sums in a mini-batch")
    parser.add_argument("--steps", type=whole(1), default=1000)
    parser.add_argument("--rate", type=positive, default=0.005, help="largest learning rate")
    parser.add_argument("--seed", type=whole(0), default=0)
    parser.add_argument("--held-out", type=whole(1), default=2000, help="sums that are never trained on")
    parser.add_argument("--every", type=whole(1), default=50, help="steps between two checkpoints")
    given = parser.parse_args(words)
    if given.width % given.heads:
        parser.error(f"--heads {given.heads} does not divide --width {given.width}; each head takes an equal part")
    if given.held_out >= 100 * 100:
        parser.error(f"--held-out {given.held_out} leaves nothing to train on: there are 10000 sums")
    try:
        given.folder.mkdir(parents=True, exist_ok=True)
        checkpoint = given.folder / "checkpoint.npz"
        given.run = load(checkpoint, given) if checkpoint.exists() else begun(given)
    except OSError as error:
        parser.error(f"{given.folder} cannot be used as a folder: {error.strerror}")
    except ValueError as error:
        parser.error(str(error))
    return given


def main(words=None):
    """Train, save, and print how many of the held-out sums are right."""
    given, start, cpu = arguments(words), time.perf_counter(), time.process_time()
    run, checkpoint = given.run, given.folder / "checkpoint.npz"
    sums, held_out = divided(given)
    first = len(run.costs)
    if first:
        print(f"{checkpoint}: {first} steps are done")
    try:
        with tqdm(total=given.steps, initial=first, desc="training", unit="step", disable=None) as bar:
            while len(run.costs) < given.steps:
                run = next_step(run, sums, given)
                bar.update()
                bar.set_postfix_str(f"cost {run.costs[-1]:.4f}", refresh=False)
                if len(run.costs) % given.every == 0:
                    save(run, checkpoint, given)
    except KeyboardInterrupt:
        save(run, checkpoint, given)
        print(f"Interrupted after {len(run.costs)} steps. The same command continues from {checkpoint}.")
        return 130
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    save(run, checkpoint, given)
    of_figures = shown(run, held_out, given)
    replace(given.folder / "loss.svg", lambda file: file.write(drawing(run.costs).encode()))
    replace(given.folder / "shown.json", lambda file: file.write(json.dumps(of_figures).encode()))
    print(f"held-out sums right: {of_figures['held_out_right']:.2%} of {len(held_out)}")
    print(f"{given.steps - first} steps, {seconds:.0f} s, {cpu:.0f} s of processor time; seed {given.seed}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
