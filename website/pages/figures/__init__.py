"""The figures of the book, drawn by the library's own numbers while it is built.

A page names one, `![What it shows.](figure:paths)`, or calls it from a `python exec="on" html="on"` fence. What a figure shows is told, with
the numbers, in its title and description. A figure that depends on the layout takes `rows`.
"""

from website.pages.figures.chain_rules import jacobian, two_paths
from website.pages.figures.convolution_digits import convolution_learning, learned_kernels
from website.pages.figures.curves import (
    activation_curves,
    cost_curves,
    error_curves,
    rectifier_curves,
    saturation,
    sigmoid_and_derivative,
)
from website.pages.figures.first_steps import chain, chain_back, layer, mnist_network, tree, unit
from website.pages.figures.gradient_checks import u_curve
from website.pages.figures.gradients import bias_paths, falling_losses, one_weight, output_unit
from website.pages.figures.layers_images import batch_norm_removes, convolution_paths, max_pool_winner
from website.pages.figures.layers_sequences import (
    attention_rows,
    attention_steps,
    dropout_mask,
    embedding_sum,
    lstm_step,
    recurrent_unrolled,
    residual_paths,
)
from website.pages.figures.optimizers import optimizer_paths
from website.pages.figures.passes import network, one_layer, paths
from website.pages.figures.products import (
    copy_and_scale,
    first_gradient,
    three_layouts,
    transpose_as_sum,
    what_mixes,
)
from website.pages.figures.trained_networks import accuracy_tree, activation_spread, gradient_by_layer, loss_tree
from website.pages.figures.training import backward_order, descent_paths, digits, softmax_bars
from website.pages.figures.transformer import transformer_attention, transformer_blocks, transformer_cost

__all__ = [
    "accuracy_tree",
    "activation_curves",
    "activation_spread",
    "attention_rows",
    "attention_steps",
    "backward_order",
    "batch_norm_removes",
    "bias_paths",
    "chain",
    "chain_back",
    "convolution_learning",
    "convolution_paths",
    "copy_and_scale",
    "cost_curves",
    "descent_paths",
    "digits",
    "dropout_mask",
    "embedding_sum",
    "error_curves",
    "falling_losses",
    "first_gradient",
    "gradient_by_layer",
    "jacobian",
    "layer",
    "learned_kernels",
    "loss_tree",
    "lstm_step",
    "max_pool_winner",
    "mnist_network",
    "network",
    "one_layer",
    "one_weight",
    "optimizer_paths",
    "output_unit",
    "paths",
    "rectifier_curves",
    "recurrent_unrolled",
    "residual_paths",
    "saturation",
    "sigmoid_and_derivative",
    "softmax_bars",
    "three_layouts",
    "transformer_attention",
    "transformer_blocks",
    "transformer_cost",
    "transpose_as_sum",
    "tree",
    "two_paths",
    "u_curve",
    "unit",
    "what_mixes",
]
