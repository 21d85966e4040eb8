"""The gradients of the library are those of three others, in float32 and float64, in columns and in rows."""

import numpy as np
import pytest

import backprop
from website.oracles.libraries import answers, by_autograd, by_jax, by_torch, in_columns, in_rows, one_example, problems
from website.oracles.reference import PAIRS, relative_error


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("backward_pass", "m"),
    [(one_example, 1), (in_columns, 1), (in_columns, 6), (in_rows, 1), (in_rows, 6)],
    ids=["one example", "columns-1", "columns-6", "rows-1", "rows-6"],
)
@pytest.mark.parametrize(("output", "cost"), PAIRS)
@pytest.mark.parametrize("oracle", [by_autograd, by_torch, by_jax])
def test_the_oracle_finds_the_same_gradients(oracle, output, cost, backward_pass, m, kind):
    pytest.importorskip(oracle.__name__.removeprefix("by_"), reason="not installed: group oracles")
    expected_C, expected = answers(oracle, m, kind)[output, cost]
    C, found = backward_pass(problems(m, kind)[output, cost])
    bound = 100 * np.finfo(kind).eps
    assert abs(C - expected_C) <= bound * abs(expected_C)
    for arrays, others in zip(found, expected, strict=True):
        for array, other in zip(arrays, others, strict=True):
            assert array.dtype == other.dtype == kind
            assert relative_error(array, other) <= bound


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_pytorch_takes_the_same_slope_at_a_kink(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: group oracles")
    z = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    getattr(torch.nn.functional, name)(z).backward()
    assert getattr(backprop, f"{name}_prime")(0.0) == z.grad.item()
