"""The network of docs/layers/convolution-digits.md, run as the page prints it: beside PyTorch, and what the page says of it."""

import numpy as np
import pytest

from backprop import relu_prime
from backprop.layers import dense_backward, max_pool_backward
from backprop.rows import softmax_cross_entropy_prime
from website.pages.figures.convolution_digits import PAGE, convolution_learning, likeness, measured, program

STEPS = 100


@pytest.fixture(scope="module")
def names():
    return program()


def losses_of_pytorch(p, x, y, batches):
    torch = pytest.importorskip("torch", reason="torch is not installed (group oracles)")
    functional = torch.nn.functional
    K1, b1, K2, b2, W3, b3 = leaves = [torch.tensor(array, requires_grad=True) for array in p.values()]
    optimizer = torch.optim.SGD(leaves, lr=0.1, momentum=0.9)
    x, y, found = torch.tensor(x), torch.tensor(y), []
    for batch in batches:
        a1 = functional.max_pool2d(functional.relu(functional.conv2d(x[batch], K1, b1, padding=1)), 2)
        a2 = functional.max_pool2d(functional.relu(functional.conv2d(a1, K2, b2, padding=1)), 2)
        C = functional.cross_entropy(a2.flatten(1) @ W3 + b3, y[batch])
        optimizer.zero_grad()
        C.backward()
        optimizer.step()
        found.append(C.item())
    return found


def test_the_first_losses_are_those_of_pytorch(names):
    x, y = names["X"][names["train"]], names["Y"][names["train"]]
    p = names["start"](np.random.default_rng(1))
    epochs = -(-STEPS // (len(x) // 50))
    *_, (_, costs) = names["training"](p, x, y, np.random.default_rng(0), epochs)
    rng = np.random.default_rng(0)  # the same mini-batches once more
    batches = [batch for _ in range(epochs) for batch in rng.permutation(len(x)).reshape(-1, 50)]
    expected = losses_of_pytorch(p, x, y, batches[:STEPS])
    assert len(expected) == STEPS and p["K1"].dtype == np.float64
    np.testing.assert_allclose(costs[:STEPS], expected, rtol=1e-8)


def test_the_test_digits_are_read_as_the_page_says():
    assert PAGE.read_text(encoding="utf-8").count("at least 98.5 % of the test digits") == 2
    *_, (_, _, accuracy_on_training, accuracy) = measured()
    assert accuracy >= 0.985
    assert accuracy_on_training == 1


def test_the_kernels_are_as_like_their_start_as_the_page_says():
    assert "correlation between the weights before and after is above 0.85" in PAGE.read_text(encoding="utf-8")
    assert likeness().min() > 0.85


def test_the_program_has_as_many_lines_as_the_page_says():
    text = PAGE.read_text(encoding="utf-8")
    printed = text[text.index(">>> def start") : text.index("```", text.index(">>> def start"))]
    lines = len(printed.strip().splitlines())
    assert lines <= 40
    assert f"The whole\nprogram has {lines} lines" in text


def test_without_the_flip_only_the_first_layer_is_wrong(names):
    """As the page says: with the kernel of the second convolution not flipped, its own gradient is right all the same."""
    rng = np.random.default_rng(0)
    p = names["start"](rng, 2, 3)
    x, y = rng.normal(size=(4, 1, 8, 8)), np.eye(10)[[3, 1, 4, 1]]
    _, right = names["gradients"](p, x, y)
    own, backward = program(), names["convolution_backward"]

    def unflipped(dC_dout, x, K, b, **options):
        wrong = backward(dC_dout, x, np.flip(K, axis=(2, 3)), b, **options)
        return backward(dC_dout, x, K, b, **options)._replace(dC_dx=wrong.dC_dx)

    own["convolution_backward"] = unflipped
    _, wrong = own["gradients"](p, x, y)
    same = {name for name in p if np.allclose(right[name], wrong[name], rtol=1e-12, atol=0)}
    assert same == {"K2", "b2", "W3", "b3"}


def test_pooling_may_go_back_from_z_here(names):
    """As the page says: no error changes where the winners are looked up before ReLU."""
    rng = np.random.default_rng(0)
    p = names["start"](rng, 2, 3)
    _, _, z2, a2, flat, z3 = names["forward"](p, rng.normal(size=(4, 1, 8, 8)))
    error = dense_backward(softmax_cross_entropy_prime(z3, np.eye(10)[[3, 1, 4, 1]]), flat, p["W3"], p["b3"]).dC_dx
    of_relu, of_z = (
        max_pool_backward(error.reshape(a2.shape), one, size=2).dC_dx * relu_prime(z2)
        for one in (names["relu"](z2), z2)
    )
    np.testing.assert_array_equal(of_relu, of_z)


def test_the_figure_tells_the_accuracy_of_the_run():
    assert f"reads {measured()[-1, 3]:.1%} of the test digits" in convolution_learning()
