"""Mistakes that people make in whole networks are caught, and the report names them or the step in which they were made."""

import collections

import numpy as np
import pytest

from backprop.gradient_check import check_gradients

# ---- Sigmoid networks in batches, as a bare list of arrays


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def draw(rng, sizes, m):
    p = [rng.normal(size=shape) for k, n in zip(sizes, sizes[1:]) for shape in ((n, k), (n,))]
    return p, rng.normal(size=(sizes[0], m)), rng.random((sizes[-1], m))


def network_cost(x, y):
    def cost(p):
        a = x
        for W, b in zip(p[::2], p[1::2]):
            a = sigmoid(W @ a + b[:, None])
        return np.sum((a - y) ** 2) / 2 / x.shape[1]

    return cost


def network_gradients(p, x, y, mistake="", at=0):
    """Return the gradients of a sigmoid network, with a mistake made in layer `at`, counted from 1, or everywhere."""
    activations = [x]
    for W, b in zip(p[::2], p[1::2]):
        activations.append(sigmoid(W @ activations[-1] + b[:, None]))
    a = activations[-1]
    delta = (a - y) * (1 if mistake == "output derivative" else a * (1 - a))
    delta *= {"sign": -1, "twice": 2}.get(mistake, 1) / (1 if mistake == "mean" else x.shape[1])
    found = []
    for l in range(len(p) // 2, 0, -1):
        dC_dW = delta @ activations[l - 1].T
        found = [dC_dW.T if mistake == "outer product" and l == at else dC_dW, delta.sum(axis=1), *found]
        W, a = p[2 * l - 2], activations[l - 1]
        if l > 1:
            back = W.T
            if mistake in ("transpose", "inverse") and l - 1 == at:
                back = W if mistake == "transpose" else np.linalg.inv(W)
            delta = (back @ delta) * (1 if mistake == "hidden derivative" and l - 1 == at else a * (1 - a))
    return found


SAID = {
    "outer product": "It is the transpose of the right gradient",
    "transpose": "from layer {next} back to layer {at} (BP2)",
    "inverse": "from layer {next} back to layer {at} (BP2)",
    "hidden derivative": "from layer {next} back to layer {at} (BP2)",
    "output derivative": "Look at the output error first (BP1)",
    "sign": "Its sign is flipped",
    "mean": "It is {m} times the right gradient",
    "twice": "It is 2 times the right gradient",
}


def test_120_wrong_gradients_are_refused_and_nearly_all_are_named_or_located():
    rng, located = np.random.default_rng(5), collections.Counter()
    for number in range(120):
        mistake = [*SAID][number % len(SAID)]
        sizes, m = [int(n) for n in rng.integers(2, 7, size=rng.integers(3, 5))], int(rng.integers(2, 8))
        at = int(rng.integers(1, len(sizes) - 1))
        if mistake in ("transpose", "inverse"):
            sizes[at + 1] = sizes[at]
        p, x, y = draw(rng, sizes, m)
        report = check_gradients(network_cost(x, y), p, network_gradients(p, x, y, mistake, at))
        assert not report.ok
        located[SAID[mistake].format(at=at, next=at + 1, m=m) in str(report)] += 1
        right = check_gradients(network_cost(x, y), p, network_gradients(p, x, y))
        assert right.ok and not right.where
    assert located[True] >= 114


# ---- Layers of many kinds, each with mistakes that were found in public code, or were put into it

RNG = np.random.default_rng(0)
X, R = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 4))


def batch_norm(mistake=""):
    """Linear, batch normalization, ReLU, linear, softmax, with weight decay; examples in rows."""
    rng = np.random.default_rng(1)
    p = {"W1": rng.normal(size=(4, 5)), "gamma": rng.normal(size=5) + 2, "beta": rng.normal(size=5), "W2": rng.normal(size=(5, 3)), "b2": rng.normal(size=3)}  # fmt: skip
    y, decay = np.eye(3)[[0, 2, 1, 1, 0, 2]], 0.2

    def forward(p):
        z = X @ p["W1"]
        centered = z - z.mean(axis=0)
        std = np.sqrt((centered**2).mean(axis=0) + 1e-8)
        hat = centered / std
        h = p["gamma"] * hat + p["beta"]
        a = np.maximum(h, 0)
        e = np.exp(a @ p["W2"] + p["b2"])
        return std, hat, h, a, e / e.sum(axis=1, keepdims=True)

    def cost(p):
        return -np.sum(y * np.log(forward(p)[-1])) / 6 + decay / 2 * np.sum(p["W2"] ** 2)

    std, hat, h, a, probability = forward(p)
    delta = (probability - y) / (1 if mistake == "1/m" else 6)
    if mistake == "softmax diagonal":
        delta = delta * probability * (1 - probability)
    found = {"W2": a.T @ delta + (2 * decay if mistake == "decay" else decay) * p["W2"], "b2": delta.sum(axis=0)}
    back = delta @ p["W2"].T * (1 if mistake == "mask" else h > 0)
    found |= {"gamma": (back * (X @ p["W1"] if mistake == "not normalized" else hat)).sum(axis=0)}
    found |= {"beta": back.mean(axis=0) if mistake == "mean of beta" else back.sum(axis=0)}
    back = back * (1 if mistake == "gamma" else p["gamma"])
    mean = 0 if mistake == "mean" else back.mean(axis=0)
    scale = 0 if mistake == "scale" else hat * (back * hat).mean(axis=0)
    found["W1"] = X.T @ ((back - mean - scale) / std)
    return cost, p, found


def layer_norm(mistake=""):
    rng = np.random.default_rng(2)
    p = {"x": X, "gamma": rng.normal(size=4) + 2, "beta": rng.normal(size=4)}

    def forward(p):
        centered = p["x"] - p["x"].mean(axis=1, keepdims=True)
        std = np.sqrt((centered**2).mean(axis=1, keepdims=True) + 1e-8)
        return centered / std, std

    def cost(p):
        return np.sum(R * np.sin(p["gamma"] * forward(p)[0] + p["beta"]))

    hat, std = forward(p)
    upstream = R * np.cos(p["gamma"] * hat + p["beta"])
    d = upstream * (1 if mistake in ("gamma", "gamma outside") else p["gamma"])
    mean = 0 if mistake == "mean" else d.mean(axis=1, keepdims=True)
    scale = 0 if mistake == "scale" else hat * (d * hat).mean(axis=1, keepdims=True)
    dx = (d - mean - scale) / std * (p["gamma"] if mistake == "gamma outside" else 1)
    axis = 1 if mistake == "wrong axis" else 0
    return cost, p, {"x": dx, "gamma": (upstream * hat).sum(axis=0), "beta": upstream.sum(axis=axis)[:4]}


def convolution(mistake=""):
    """Convolution with padding, ReLU, max pooling, linear; images first."""
    rng = np.random.default_rng(3)
    p = {"W1": rng.normal(size=(3, 2, 3, 3)), "b1": rng.normal(size=3), "W2": rng.normal(size=(12, 2)), "b2": rng.normal(size=2), "x": rng.normal(size=(3, 2, 4, 4))}  # fmt: skip
    y = rng.normal(size=(3, 2))

    def windows(x):
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))

    def forward(p):
        z = np.einsum("mcijhw,kchw->mkij", windows(p["x"]), p["W1"]) + p["b1"][:, None, None]
        tiles = np.maximum(z, 0).reshape(3, 3, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(3, 3, 2, 2, 4)
        at = tiles.real.argmax(axis=-1)[..., None]
        return z, at, np.take_along_axis(tiles, at, -1).reshape(3, 12)

    def cost(p):
        return np.sum((forward(p)[2] @ p["W2"] + p["b2"] - y) ** 2) / 2 / 3

    z, at, flat = forward(p)
    delta2 = (flat @ p["W2"] + p["b2"] - y) / 3
    found = {"W2": flat.T @ delta2, "b2": delta2.sum(axis=0)}
    pooled = (delta2 @ p["W2"].T).reshape(3, 3, 2, 2, 1)
    if mistake == "pooled in another order":
        pooled = pooled.swapaxes(2, 3)
    tiles = np.zeros((3, 3, 2, 2, 4))
    np.put_along_axis(tiles, np.zeros_like(at) if mistake == "first entry" else at, pooled, -1)
    if mistake == "every entry":
        tiles[:] = pooled
    delta1 = tiles.reshape(3, 3, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(3, 3, 4, 4)
    delta1 = delta1 * (1 if mistake == "mask" else z > 0)
    dW1 = np.einsum("mkij,mcijhw->kchw", delta1, windows(p["x"]))
    dW1 = {
        "flipped": dW1[:, :, ::-1, ::-1],
        "reshaped": dW1.transpose(1, 0, 2, 3).reshape(dW1.shape),
        "last image": np.einsum("kij,cijhw->kchw", delta1[-1], windows(p["x"])[-1]),
    }.get(mistake, dW1)
    db1 = delta1.mean(axis=(0, 2, 3)) if mistake == "mean of biases" else delta1.sum(axis=(0, 2, 3))
    padded = np.zeros((3, 2, 6, 6))
    for i, j in np.ndindex(4, 4):
        part = np.einsum("mk,kchw->mchw", delta1[:, :, i, j], p["W1"])
        padded[:, :, i : i + 3, j : j + 3] = part + (0 if mistake == "assigned" else padded[:, :, i : i + 3, j : j + 3])
    dx = padded[:, :, :-2, :-2] if mistake == "shifted" else padded[:, :, 1:-1, 1:-1]
    return cost, p, found | {"W1": dW1, "b1": db1, "x": dx}


def recurrent(mistake=""):
    """Embedding, tanh over four steps, linear at the end."""
    rng = np.random.default_rng(4)
    p = {"E": rng.normal(size=(6, 3)), "Wx": rng.normal(size=(4, 3)), "Wh": rng.normal(size=(4, 4)) / 2, "b": rng.normal(size=4), "V": rng.normal(size=(2, 4))}  # fmt: skip
    ids, y = [1, 4, 1, 3], rng.normal(size=2)

    def states(p):
        h = [np.zeros(4)]
        for i in ids:
            h.append(np.tanh(p["Wx"] @ p["E"][i] + p["Wh"] @ h[-1] + p["b"]))
        return h

    def cost(p):
        return np.sum((p["V"] @ states(p)[-1] - y) ** 2) / 2

    h = states(p)
    output = p["V"] @ h[-1] - y
    found = {key: np.zeros_like(value) for key, value in p.items()} | {"V": np.outer(output, h[-1])}
    back = p["V"].T @ output
    for t in range(4, 0, -1):
        delta = back * (1 if mistake == "derivative" else 1 - h[t] ** 2)
        found["Wx"] += np.outer(delta, p["E"][ids[t - 1]])
        found["Wh"] += np.outer(delta, h[t if mistake == "own state" else t - 1])
        found["b"] += delta
        part = p["Wx"].T @ delta
        found["E"][ids[t - 1]] = part + (0 if mistake == "assigned" else found["E"][ids[t - 1]])
        back = (p["Wh"] if mistake == "transpose" else p["Wh"].T) @ delta
        if mistake == "one step":
            break
    return cost, p, found


def attention(mistake=""):
    rng = np.random.default_rng(5)
    p = {key: rng.normal(size=(3, 3)) for key in ("Q", "K", "V", "O")}
    x, r = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4, 3))

    def forward(p):
        q, k, v = (x @ p[key] for key in "QKV")
        e = np.exp(q @ k.transpose(0, 2, 1) / 2)
        return q, k, v, e / e.sum(axis=2, keepdims=True)

    def cost(p):
        _, _, v, weights = forward(p)
        return np.sum(r * np.sin(weights @ v @ p["O"]))

    q, k, v, weights = forward(p)
    upstream = r * np.cos(weights @ v @ p["O"])
    found = {"O": np.einsum("mti,mtj->ij", weights @ v, upstream)}
    heads = upstream @ p["O"].T
    dv = (weights if mistake == "weights transposed" else weights.transpose(0, 2, 1)) @ heads
    dw = heads @ v.transpose(0, 2, 1)
    ds = weights * (dw - (weights * dw).sum(axis=2, keepdims=True))
    if mistake == "softmax diagonal":
        ds = weights * (1 - weights) * dw
    ds = ds / (1 if mistake == "scale" else 2)
    dk = (ds if mistake == "keys" else ds.transpose(0, 2, 1)) @ q
    for key, d in (("Q", ds @ k), ("K", dk), ("V", dv)):
        found[key] = np.einsum("mti,mtj->ij", x, d)
    return cost, p, found


BUILT = {f.__name__: f for f in (batch_norm, layer_norm, convolution, recurrent, attention)}
LOCATED = {
    ("batch_norm", "softmax diagonal"): "Look first at the start of the backward pass",
    ("batch_norm", "1/m"): "beside a weight decay of 0.2",
    ("batch_norm", "decay"): "It is the right gradient plus 0.2 times the parameter",
    ("batch_norm", "mask"): "look at the step from W2 back to beta",
    ("batch_norm", "not normalized"): "gamma is wrong, and beta, computed from the same error, is right",
    ("batch_norm", "mean of beta"): "beta: It is 1/6 of the right gradient",
    ("batch_norm", "gamma"): "It is the right gradient divided by gamma: the factor gamma is missing",
    ("batch_norm", "mean"): "W1: ",
    ("batch_norm", "scale"): "W1: The right gradient is orthogonal to the parameter",
    ("layer_norm", "mean"): "x: The right gradient sums to 0 along axis 1",
    ("layer_norm", "scale"): "x: The right gradient is orthogonal to the parameter along axis 1",
    ("layer_norm", "gamma"): "Look at the lines that pass it back to x",
    ("layer_norm", "gamma outside"): "x: The right gradient sums to 0 along axis 1",
    ("layer_norm", "wrong axis"): "beta is wrong, and gamma, computed from the same error, is right",
    ("convolution", "first entry"): "Look at the step from W2 and b2 back to W1 and b1",
    ("convolution", "every entry"): "Look at the step from W2 and b2 back to W1 and b1",
    ("convolution", "pooled in another order"): "Look at the step from W2 and b2 back to W1 and b1",
    ("convolution", "mask"): "Look at the step from W2 and b2 back to W1 and b1",
    ("convolution", "flipped"): "W1: It runs backwards along axes 2, 3",
    ("convolution", "reshaped"): "W1: Its numbers are right and in the wrong places",
    ("convolution", "last image"): "b1, computed from the same error, is right. Look first at the lines that compute W1",
    ("convolution", "mean of biases"): "b1: It is 1/48 of the right gradient",
    ("convolution", "assigned"): "Look at the lines that pass it back to x",
    ("convolution", "shifted"): "Look at the lines that pass it back to x",
    ("recurrent", "derivative"): "Look at the line of that error, and at its step back in time",
    ("recurrent", "own state"): "Wh is wrong, and Wx and b, computed from the same error, are right",
    ("recurrent", "assigned"): "E: It is wrong only at [1, :]. Look at what is special there along axis 0: an index that occurs several times",
    ("recurrent", "transpose"): "Check with one time step",
    ("recurrent", "one step"): "It is one column times one row",
    ("attention", "weights transposed"): "Only V is wrong",
    ("attention", "softmax diagonal"): "the step from V back to K",
    ("attention", "scale"): "Q, K: It is 2 times the right gradient",
    ("attention", "keys"): "Only K is wrong",
}  # fmt: skip


@pytest.mark.parametrize("kind", BUILT)
def test_nothing_is_said_against_the_right_gradient(kind):
    report = check_gradients(*BUILT[kind]())
    assert report.ok and not report.where and not report.diagnosis


@pytest.mark.parametrize(("kind", "mistake"), LOCATED, ids=lambda value: value)
def test_a_mistake_is_named_or_located(kind, mistake):
    report = check_gradients(*BUILT[kind](mistake))
    assert not report.ok
    assert LOCATED[kind, mistake] in str(report)


@pytest.mark.parametrize(
    ("scales", "said"),
    [
        ((1, 1e-9), "All gradients but those of parameters[2] and parameters[3] are wrong."),
        ((1e-9, 1), "parameters[2] and parameters[3] of the last layer are wrong already."),
    ],
)
def test_a_layer_whose_gradients_are_lost_in_rounding_is_not_called_right(scales, said):
    p, _, _ = draw(rng := np.random.default_rng(0), (2, 3, 2), 1)
    right = [scales[k // 2] * rng.normal(size=q.shape) for k, q in enumerate(p)]
    wrong = [np.sin(9 * g) if scales[k // 2] == 1 else g for k, g in enumerate(right)]
    report = check_gradients(lambda p: float(1000 + sum(np.sum(g * q) for g, q in zip(right, p))), p, wrong)
    assert collections.Counter(row.verdict for row in report.rows) == {"FAIL": 2, "rounding": 2}
    assert said in str(report)
    assert "right" not in str(report)
