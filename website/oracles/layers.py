"""What the layers of `backprop.layers` are compared with: random arguments, the edges first, and the same layer in PyTorch.

`drawn` gives ten calls of each layer. Sizes are all different where an equal size could hide a mistake. PyTorch's layers
are built from its primitives, so that none of the edges is refused.
"""

import numpy as np

from backprop import layers

TEN = range(10)


def sizes(rng, *least):
    """Return different whole numbers, each at least as large as asked for."""
    while True:
        found = [int(rng.integers(low, low + 4)) for low in least]
        if len(set(found)) == len(found):
            return found


def _dense(rng, k):
    m, n_prev, n = [(1, 3, 2), (4, 1, 2), (3, 2, 1)][k] if k < 3 else sizes(rng, 2, 2, 2)
    return (rng.normal(size=(m, n_prev)), rng.normal(size=(n_prev, n)), rng.normal(size=n)), {}


# m, c_in, h, w, c_out, k_h, k_w, stride, padding: the edges.
CONVOLUTIONS = [
    (1, 3, 6, 5, 2, 3, 2, 1, 0),  # one example
    (2, 1, 5, 6, 3, 2, 3, 1, 0),  # one channel
    (2, 3, 7, 7, 1, 2, 2, 3, 0),  # a stride above the kernel: pixels that are never read
    (2, 2, 8, 7, 3, 3, 3, 2, 1),  # rows that no window reaches
    (1, 2, 4, 4, 3, 2, 2, 1, 2),  # more padding than the kernel's size less one
    (3, 2, 3, 4, 5, 3, 4, 1, 0),  # a kernel as large as the image
    (2, 3, 4, 5, 2, 1, 1, 1, 0),  # a kernel of one pixel
]


def _convolution(rng, k):
    if k < len(CONVOLUTIONS):
        m, c_in, h, w, c_out, k_h, k_w, stride, padding = CONVOLUTIONS[k]
    else:
        m, c_in, c_out = sizes(rng, 1, 1, 1)
        k_h, k_w = rng.integers(1, 4, size=2)
        h, w = rng.integers(4, 9, size=2)
        stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    arrays = rng.normal(size=(m, c_in, h, w)), rng.normal(size=(c_out, c_in, k_h, k_w)), rng.normal(size=c_out)
    return arrays, {"stride": stride, "padding": padding}


# m, c, h, w, size, stride: the edges.
POOLS = [
    (1, 2, 4, 5, 2, None),
    (2, 1, 5, 5, 2, None),  # a last row and column that no window reaches
    (2, 3, 7, 6, 2, 3),  # a stride above the size
    (2, 3, 5, 6, 3, 1),  # windows that overlap
    (1, 1, 3, 3, 3, None),  # one window
    (2, 3, 4, 4, 1, None),
]


def _pool(rng, k):
    if k < len(POOLS):
        m, c, h, w, size, stride = POOLS[k]
    else:
        m, c, h, w = sizes(rng, 1, 1, 4, 4)
        size, stride = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    x = rng.normal(size=(m, c, h, w))
    if k == 9:
        x = np.zeros_like(x)  # every entry is the largest
    return (x,), {"size": size, "stride": stride}


def _batch_norm(rng, k):
    m, n = [(4, 1), (5, 3), (7, 2)][k] if k < 3 else sizes(rng, 4, 2)
    return (3 * rng.normal(size=(m, n)) + 2, rng.normal(size=n), rng.normal(size=n)), {
        "epsilon": float(10.0 ** -rng.integers(1, 6))
    }


def _layer_norm(rng, k):
    shape = (
        [(4,), (1, 5), (2, 3, 4), (2, 1, 3, 5)][k]
        if k < 4
        else (*sizes(rng, 1, 1)[: k % 2 + 1], int(rng.integers(3, 8)))
    )
    n = shape[-1]
    return (3 * rng.normal(size=shape) + 2, rng.normal(size=n), rng.normal(size=n)), {
        "epsilon": float(10.0 ** -rng.integers(1, 6))
    }


def _rms_norm(rng, k):
    (x, gamma, _), options = _layer_norm(rng, k)
    return (x, gamma), options


def _dropout(rng, k):
    shape = [(4,), (1, 3), (2, 3, 4)][k] if k < 3 else tuple(sizes(rng, 2, 2))
    keep = [1.0, 0.5, 0.25][k] if k < 3 else float(rng.uniform(0.1, 1))
    mask = rng.random(shape) < keep
    return (rng.normal(size=shape), mask if k != 3 else np.zeros_like(mask)), {"keep": keep}


def _embedding(rng, k):
    v, n = [(1, 2), (5, 1), (6, 3)][k] if k < 3 else sizes(rng, 4, 2)
    shape = [(3,), (1,), (2, 4), ()][k] if k < 4 else tuple(sizes(rng, 2, 2))
    ids = rng.integers(0, v, size=shape)
    return (rng.normal(size=(v, n)), np.full_like(ids, v - 1) if k in (2, 4) else ids), {}


def _recurrent(rng, k):
    m, t, n_prev, n = [(1, 3, 2, 4), (2, 1, 3, 4), (3, 4, 2, 1)][k] if k < 3 else sizes(rng, 1, 2, 1, 1)
    of = (m, t, n_prev), (n_prev, n), (n, n), (n,), (m, n)
    return tuple(rng.normal(size=shape) for shape in of), {}


def _lstm(rng, k):
    (x, _, _, _, h0), _ = _recurrent(rng, k)
    n = h0.shape[1]
    of = (x.shape[2], 4 * n), (n, 4 * n), (4 * n,), h0.shape, h0.shape
    return (x, *(rng.normal(size=shape) for shape in of)), {}


def _attention(rng, k):
    m, t, s, d, d_v = (
        [(1, 2, 3, 4, 5), (2, 1, 3, 4, 5), (3, 4, 1, 2, 5), (2, 1, 1, 3, 4)][k] if k < 4 else sizes(rng, 1, 2, 2, 1, 1)
    )
    causal = k % 2 == 0 and k > 3
    s = t if causal else s
    return tuple(rng.normal(size=shape) for shape in ((m, t, d), (m, s, d), (m, s, d_v))), {"causal": causal}


def _multi_head_attention(rng, k):
    m, t, d, heads = [(1, 3, 2, 4), (2, 1, 3, 4), (3, 4, 1, 2), (2, 3, 4, 1)][k] if k < 4 else sizes(rng, 1, 2, 1, 2)
    n = d * heads
    of = (m, t, n), *[(n, n)] * 4
    return tuple(rng.normal(size=shape) for shape in of), {"heads": heads, "causal": k % 2 == 0}


DRAWS = {
    "dense": _dense,
    "convolution": _convolution,
    "max_pool": _pool,
    "average_pool": _pool,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "dropout": _dropout,
    "embedding": _embedding,
    "recurrent": _recurrent,
    "lstm": _lstm,
    "attention": _attention,
    "multi_head_attention": _multi_head_attention,
}


def drawn(name, k):
    """Return the arrays, the options, and a random derivative dC/dout of call `k` of a layer, 0 to 9, the edges first."""
    rng = np.random.default_rng([k, *name.encode()])
    arrays, options = DRAWS[name](rng, k)
    out = getattr(layers, name)(*arrays, **options)
    return arrays, options, rng.normal(size=out.shape)


def is_floating(array):
    return array.dtype.kind == "f"


# ---- The same layers in PyTorch


def in_torch(name, arrays, options):
    """Return the output of a layer computed by PyTorch, as a tensor whose gradients it can find."""
    return TORCH[name](*arrays, **options)


def _torch_convolution(x, K, b, *, stride, padding):
    import torch

    return torch.nn.functional.conv2d(x, K, b, stride=stride, padding=padding)


def _torch_pool(x, *, size, stride, largest):
    import torch

    functions = torch.nn.functional
    return functions.max_pool2d(x, size, stride) if largest else functions.avg_pool2d(x, size, stride)


def _torch_norm(x, gamma, beta, *, epsilon, axis):
    mean, variance = x.mean(axis, keepdim=True), x.var(axis, unbiased=False, keepdim=True)
    return gamma * (x - mean) / (variance + epsilon).sqrt() + beta


def _torch_recurrent(x, W_x, W_h, b, h0):
    import torch

    h, out = h0, []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ W_x + h @ W_h + b)
        out.append(h)
    return torch.stack(out, dim=1)


def _torch_lstm(x, W_x, W_h, b, h0, c0):
    import torch

    cell = torch.nn.LSTM(x.shape[2], h0.shape[1], batch_first=True, dtype=x.dtype)
    with torch.no_grad():
        cell.bias_hh_l0.zero_()
    # PyTorch stores the weights transposed, and adds a second bias.
    ours = {"weight_ih_l0": W_x.T, "weight_hh_l0": W_h.T, "bias_ih_l0": b, "bias_hh_l0": cell.bias_hh_l0.detach()}
    return torch.func.functional_call(cell, ours, (x, (h0[None], c0[None])))[0]


def _torch_attention(Q, K, V, *, causal):
    import torch

    return torch.nn.functional.scaled_dot_product_attention(Q, K, V, is_causal=causal)


def _torch_multi_head_attention(x, W_q, W_k, W_v, W_o, *, heads, causal):
    m, t, n = x.shape
    Q, K, V = ((x @ W).view(m, t, heads, n // heads).transpose(1, 2) for W in (W_q, W_k, W_v))
    return _torch_attention(Q, K, V, causal=causal).transpose(1, 2).reshape(m, t, n) @ W_o


TORCH = {
    "dense": lambda x, W, b: x @ W + b,
    "convolution": _torch_convolution,
    "max_pool": lambda x, **options: _torch_pool(x, **options, largest=True),
    "average_pool": lambda x, **options: _torch_pool(x, **options, largest=False),
    "batch_norm": lambda *arrays, epsilon: _torch_norm(*arrays, epsilon=epsilon, axis=0),
    "layer_norm": lambda *arrays, epsilon: _torch_norm(*arrays, epsilon=epsilon, axis=-1),
    "rms_norm": lambda x, gamma, *, epsilon: gamma * x / ((x * x).mean(-1, keepdim=True) + epsilon).sqrt(),
    "dropout": lambda x, mask, *, keep: x * mask / keep,
    "embedding": lambda E, ids: E[ids],
    "recurrent": _torch_recurrent,
    "lstm": _torch_lstm,
    "attention": _torch_attention,
    "multi_head_attention": _torch_multi_head_attention,
}
