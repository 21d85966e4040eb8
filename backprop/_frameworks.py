"""What PyTorch, Keras and JAX call the activation functions and costs of the library: for the messages of errors."""

from __future__ import annotations

from ._address import BOOK

FRAMEWORKS = f"{BOOK}use/frameworks/"
COUNTERPARTS = {
    "crossentropyloss": "SOFTMAX_CROSS_ENTROPY, and IDENTITY in the last layer",
    "categoricalcrossentropy": "SOFTMAX_CROSS_ENTROPY, and IDENTITY in the last layer",
    "sparsecategoricalcrossentropy": "SOFTMAX_CROSS_ENTROPY, and IDENTITY in the last layer",
    "bcewithlogitsloss": "SIGMOID_CROSS_ENTROPY, and IDENTITY in the last layer",
    "bceloss": "CROSS_ENTROPY, and SIGMOID in the last layer",
    "binarycrossentropy": "CROSS_ENTROPY, and SIGMOID in the last layer",
    "mseloss": "QUADRATIC, which divides by 2m and not by the number of all outputs",
    "meansquarederror": "QUADRATIC, which divides by 2m and not by the number of all outputs",
    "leakyrelu": "LEAKY_RELU, whose factor for negative numbers is 0.01",
    "gelu": "GELU, which is the approximation by tanh",
    "swish": "SILU",
    "linear": "IDENTITY",
} | {name: name.upper() for name in ("sigmoid", "tanh", "relu", "softplus", "silu", "identity", "softmax")}


def named(value: object) -> str:
    """Return what a class, a function, an object or a string is called.

    >>> named("relu"), named(len), named(0.5)
    ('relu', 'len', 'float')
    """
    return value if isinstance(value, str) else getattr(value, "__name__", type(value).__name__)


def counterpart(name: str) -> str | None:
    """Return what to write for this name of another library, if it is known.

    >>> counterpart("nn.LeakyReLU"), counterpart("Mish")
    ('LEAKY_RELU, whose factor for negative numbers is 0.01', None)
    """
    return COUNTERPARTS.get(name.rpartition(".")[2].replace("_", "").lower())
