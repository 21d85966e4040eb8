"""The figures of the book, drawn by the library's own numbers while it is built.

A page names one, `![What it shows.](figure:paths)`, or calls it from a `python exec="on" html="on"` fence. What a figure shows is told, with
the numbers, in its title and description. A figure that depends on the layout takes `rows`.
"""

from website.pages.figures.curves import saturation
from website.pages.figures.gradient_checks import u_curve
from website.pages.figures.passes import network, paths
from website.pages.figures.products import copy_and_scale, transpose_as_sum

__all__ = ["copy_and_scale", "network", "paths", "saturation", "transpose_as_sum", "u_curve"]
