"""The transformer of docs/examples/transformer.py in PyTorch, whose autograd finds the gradients."""

import torch
from torch.nn import functional


def block(x, p, heads):
    """Return the output of one block."""
    u = functional.layer_norm(x, x.shape[2:], *p["norm1"])
    Q, K, V = ((u @ W).unflatten(2, (heads, -1)).transpose(1, 2) for W in p["attention"][:3])
    together = functional.scaled_dot_product_attention(Q, K, V, is_causal=True).transpose(1, 2).flatten(2)
    r = x + together @ p["attention"][3]
    s = functional.layer_norm(r, r.shape[2:], *p["norm2"])
    (W1, b1), (W2, b2) = p["dense1"], p["dense2"]
    return r + functional.relu(s @ W1 + b1) @ W2 + b2


def cost(p, sums, heads, answer=3):
    """Return the cross-entropy of the characters of the answers."""
    x = functional.embedding(sums[:, :-1], p["E"]) + p["pos"]
    for one in p["blocks"]:
        x = block(x, one, heads)
    h = functional.layer_norm(x[:, -answer:], x.shape[2:], *p["norm"])
    return functional.cross_entropy((h @ p["E"].T).flatten(0, 1), sums[:, -answer:].flatten())


def in_torch(value, leaves):
    """Return the parameters as tensors, in the same structure, and append each to the leaves."""
    if isinstance(value, dict):
        return {key: in_torch(part, leaves) for key, part in value.items()}
    if isinstance(value, list):
        return [in_torch(part, leaves) for part in value]
    leaves.append(torch.tensor(value, requires_grad=True))
    return leaves[-1]
