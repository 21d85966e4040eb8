"""The four equations of backpropagation, as a book that runs."""

__version__ = "0.1.0"

from importlib import import_module as _import_module
from types import ModuleType as _ModuleType

from . import (
    activations,
    backward_pass,
    bp1_output_error,
    bp2_hidden_error,
    bp3_bias_gradient,
    bp4_weight_gradient,
    costs,
    feedforward,
    gradient_check,
    gradient_descent,
    optimizers,
    rectifiers,
    shapes,
    softmax_layer,
)
from .activations import *
from .backward_pass import *
from .bp1_output_error import *
from .bp2_hidden_error import *
from .bp3_bias_gradient import *
from .bp4_weight_gradient import *
from .costs import *
from .feedforward import *
from .gradient_check import *
from .gradient_descent import *
from .optimizers import *
from .rectifiers import *
from .shapes import *
from .softmax_layer import *

__all__ = ["rows"]
__all__ += activations.__all__
__all__ += backward_pass.__all__
__all__ += bp1_output_error.__all__
__all__ += bp2_hidden_error.__all__
__all__ += bp3_bias_gradient.__all__
__all__ += bp4_weight_gradient.__all__
__all__ += costs.__all__
__all__ += feedforward.__all__
__all__ += gradient_check.__all__
__all__ += gradient_descent.__all__
__all__ += optimizers.__all__
__all__ += rectifiers.__all__
__all__ += shapes.__all__
__all__ += softmax_layer.__all__


def __getattr__(name: str) -> _ModuleType:
    """Import a package of the library when it is first asked for: most readers use one layout, and dense layers."""
    if name in ("rows", "layers", "mistakes"):
        return _import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
