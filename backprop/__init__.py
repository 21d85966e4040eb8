"""The four equations of backpropagation, as a book that runs."""

__version__ = "0.1.0"

import typing as _typing

from . import rows
from .activations import (
    IDENTITY,
    LEAKY_RELU,
    RELU,
    SIGMOID,
    SOFTMAX,
    SOFTPLUS,
    TANH,
    Activation,
    identity,
    identity_prime,
    leaky_relu,
    leaky_relu_prime,
    relu,
    relu_prime,
    sigmoid,
    sigmoid_prime,
    softmax,
    softmax_jacobian,
    softplus,
    softplus_prime,
    tanh,
    tanh_prime,
)
from .backward_pass import Gradient, gradients
from .bp1_output_error import output_error
from .bp2_hidden_error import hidden_error
from .bp3_bias_gradient import bias_gradient
from .bp4_weight_gradient import weight_gradient
from .costs import (
    CROSS_ENTROPY,
    QUADRATIC,
    SIGMOID_CROSS_ENTROPY,
    SOFTMAX_CROSS_ENTROPY,
    Cost,
    cross_entropy,
    cross_entropy_prime,
    quadratic,
    quadratic_prime,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_prime,
    softmax_cross_entropy,
    softmax_cross_entropy_prime,
)
from .feedforward import Layer, forward, weighted_input
from .gradient_descent import step
from .shapes import ShapeError

if _typing.TYPE_CHECKING:
    from .gradient_check import GradientReport, check_gradients

__all__ = [
    "CROSS_ENTROPY",
    "IDENTITY",
    "LEAKY_RELU",
    "QUADRATIC",
    "RELU",
    "SIGMOID",
    "SIGMOID_CROSS_ENTROPY",
    "SOFTMAX",
    "SOFTMAX_CROSS_ENTROPY",
    "SOFTPLUS",
    "TANH",
    "Activation",
    "Cost",
    "Gradient",
    "GradientReport",
    "Layer",
    "ShapeError",
    "bias_gradient",
    "check_gradients",
    "cross_entropy",
    "cross_entropy_prime",
    "forward",
    "gradients",
    "hidden_error",
    "identity",
    "identity_prime",
    "leaky_relu",
    "leaky_relu_prime",
    "output_error",
    "quadratic",
    "quadratic_prime",
    "relu",
    "relu_prime",
    "rows",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_prime",
    "sigmoid_prime",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_prime",
    "softmax_jacobian",
    "softplus",
    "softplus_prime",
    "step",
    "tanh",
    "tanh_prime",
    "weight_gradient",
    "weighted_input",
]


def __getattr__(name: str) -> _typing.Any:
    if name in ("GradientReport", "check_gradients"):  # whoever only imports an equation does not wait for them
        from . import gradient_check

        return getattr(gradient_check, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
