"""Every sentence of a report, with the page that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ._address import BOOK


class Finding(NamedTuple):
    """What the check found, and the address of the page that explains it."""

    says: str
    page: str


def say(key: str, **values: object) -> Finding:
    """Return a sentence of the table with its values."""
    text, page = SENTENCES[key]
    return Finding(text.format(**values), BOOK + page)


def times(factor: float, within: float = 1e-6) -> tuple[str, bool]:
    """Return a factor in words, to be followed by "the right gradient", and whether it is m or 1/m for a whole m.

    `within` is how far rounding may have moved it, relatively.
    """
    from fractions import Fraction  # takes its time to load

    for simple in (Fraction(factor).limit_denominator(1000), Fraction(factor).limit_denominator(20)):
        if abs(simple - Fraction(factor)) <= within * abs(factor):
            if simple.denominator == 1:
                return f"{simple} times", True
            if abs(simple.numerator) == 1:
                return f"{simple} of", True
            if simple.denominator <= 20:
                return f"{simple} times", False
    return f"{factor:.6g} times", False


def brief(number: float) -> str:
    """Return a number with four digits; those that differ by rounding only are shown as the same."""
    return f"{float(f'{number:.9g}'):.4g}"


def listed(names: Sequence[str]) -> str:
    """Return names in words."""
    if len(names) > 8:
        return f"{', '.join(names[:6])} and {len(names) - 6} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def verb(names: Sequence[str]) -> str:
    """Return "is" or "are"."""
    return "is" if len(names) == 1 else "are"


HERE = "use/check-your-own/"

# By what was found: the sentence, and the page. A sentence states what the numbers show, and then where to look.
SENTENCES = {
    # ---- one parameter: what was given cannot be compared
    "not finite": ("It is {value} at {entry}, and at {count} of {total} entries not finite. Look for a division by 0, a logarithm of 0, or an overflow in exp.", HERE + "#not-finite"),
    "beyond a kink": ("It is {value} at {entry}, where the cost has a kink. Only a value between {low} and {high} is right there.", HERE + "#kinks"),
    "beyond a near kink": ("It is {value} at {entry}, where a kink is near. Only a value between about {low} and {high} is right there.", HERE + "#kinks"),
    "one sum": ("It is one number for all {size}, their sum: a sum with no axis. Sum over the examples only.", "look-up/mistakes/sum-without-axis/"),
    "one mean": ("It is one number for all {size}, their mean: a mean with no axis. Sum over the examples only.", "look-up/mistakes/sum-without-axis/"),
    "one number": ("It is one number, and the parameter has {size}. Each entry needs a derivative of its own.", HERE + "#shape"),
    "reshape": ("Its numbers are right and its shape {given} is not. Reshape it to {needed}, or NumPy will broadcast.", "look-up/errors/column-beside-vector/"),
    "not summed": ("Its {how} over axis {axis} is right. It holds one gradient for each example, and they are not added up.", "look-up/errors/bias-not-summed/"),
    "shape reversed": ("Its shape {given} is that of the transposed parameter, and its transpose is not right either.", HERE + "#shape"),
    "shape": ("Its shape is {given}, and the parameter has {needed}. A gradient has the shape of its parameter.", HERE + "#shape"),
    "shape times": ("Its shape is {given}, and the parameter has {needed}. Reshaped to {needed} it is {times} the right gradient.", HERE + "#shape"),
    # ---- one parameter: exact likenesses
    "transposed": ("It is the transpose of the right gradient: the factors of the outer product are swapped. Each row of the gradient belongs to one row of the parameter.", "look-up/mistakes/outer-product-transposed/"),
    "axes": ("Its axes are in another order: .transpose{axes} makes it right.", HERE + "#order"),
    "zero": ("It is 0 throughout, and the cost does depend on this parameter. Look for a path that the backward pass does not follow, or a gradient that is cleared or overwritten.", HERE + "#zero"),
    "no influence": ("The cost does not depend on this parameter here, so its gradient must be 0. Does the cost use it, or does a later step remove it, as a normalization removes a bias before it?", HERE + "#no-influence"),
    "sign": ("Its sign is flipped: it points downhill. Look for y - a in place of a - y, or for a minus that is already in the update.", HERE + "#sign"),
    "sign and factor": ("Its sign is flipped, and it is {times} the right gradient in size. Look for y - a in place of a - y, and for a factor such as m, 2 or 1/2.", HERE + "#sign"),
    "factor": ("It is {times} the right gradient. Look for a constant such as m, 2 or 1/2 that only one of the cost and the gradient has.", "look-up/sum-or-mean/"),
    "other factor": ("It is {times} the right gradient. A constant is wrong or missing, or several are: compare those of the forward pass with those of the backward pass.", "look-up/sum-or-mean/"),
    "product": ("It is {times} the right gradient: the product of the factors of the steps back to it.", "look-up/sum-or-mean/"),
    "bias factor": ("It is 1/{n} of the right gradient. Look for a mean over {n} examples or positions in place of a sum. If there is none, the backward pass may be right, and the cost may add this parameter {n} times: check the forward pass, too.", HERE + "#forward"),
    "root": ("That number is √{n}, and axis {axis} has {n} entries. So look for a scale 1/√d, too, as in the scores of an attention.", HERE + "#factors"),
    "another": ("It is the gradient of {name}. Look for a copied line{or_order}.", HERE + "#order"),
    "swapped": ("Along axis {axis} it sums to what the right gradient of {name} sums to, and the reverse. Likely each of the two has the error of the other.", HERE + "#order"),
    "backwards": ("It runs backwards along {axes}. A kernel is flipped that must not be, or is not flipped that must be.", HERE + "#order"),
    "shifted": ("Along axis {axis} it is the right gradient shifted by {by}. Look for an index that is off by {by}: a slice, the padding, or the time step.", HERE + "#order"),
    "permuted": ("Along axis {axis} it has the right slices in another order: {order} makes it right.", HERE + "#order"),
    "reshaped": ("Its numbers are right and in the wrong places: it was reshaped where its axes had to be transposed. .reshape{shape}.transpose{axes} makes it right.", HERE + "#order"),
    "decay of some": ("{count} of {total} entries are wrong, each by {factor} times the parameter. The others are right. The weight decay of the cost and that of the gradient differ by this. Look for a term that one of them lacks, a 2, a 1/2 or a 1/m.", HERE + "#decay"),
    "decay": ("It is the right gradient plus {factor} times the parameter. The weight decay of the cost and that of the gradient differ by this. Look for a term that one of them lacks, a 2, a 1/2 or a 1/m.", HERE + "#decay"),
    "decay and factor": ("It is {times} the right gradient plus {factor} times the parameter. That is what you get if only the part from the data is {times} the right one, beside a weight decay of {decay}. Look for {look} in the part from the data.", HERE + "#decay"),
    "two factors": ("It is {times} the right gradient plus {factor} times the parameter. The part from the data and the weight decay have different factors: look for a 1/m, a 2 or a 1/2 in either.", HERE + "#decay"),
    "sign times a constant": ("{count} of {total} entries are wrong, each off by {size} or -{size}: a sign times a constant. Look at an L1 penalty, if there is one, and at any other line with a sign.", HERE + "#decay"),
    "small": ("The difference is small, {percent} of its norm, but more than rounding explains. Likely only one of the cost and the gradient has an epsilon, a clip, float32, a finite difference or m - 1 for m. Or a small step has already changed the weights.", HERE + "#small"),
    # ---- one parameter: which entries
    "wrong are 0": ("{count} of {total} entries are wrong, and your gradient is 0 at each of them. The others are right. Look at the condition or the mask that sets them to 0, and at lines that overwrite with =.", HERE + "#entries"),
    "should be 0": ("{count} of {total} entries are wrong, and the right gradient is 0 at each of them. The others are right. A mask is missing or differs from the forward pass: ReLU, max pooling, dropout or padding.", HERE + "#entries"),
    "wrong share a factor": ("{count} of {total} entries are wrong, each {times} the right one. The others are right. Look for a part of the backward pass that only these entries go through, or go through twice.", HERE + "#entries"),
    "one slice right": ("It is right only at {slice}. Elsewhere a part is missing, wrong or mixed up. Look at what reaches the others along axis {axis} and not this one: which examples, positions or steps.", HERE + "#entries"),
    "one slice wrong": ("It is wrong only at {slice}. Look at what is special there along axis {axis}: an index that occurs several times, the first step or the last.", HERE + "#entries"),
    "slices": ("Along axis {axis} it is right at {right} and wrong at {wrong}. Look at what the wrong ones share.", HERE + "#entries"),
    "repeated": ("Does the index of such a row occur several times? Then `a[i] += d` keeps only its last part, and np.add.at(a, i, d) adds all.", HERE + "#entries"),
    "box": ("The wrong entries are those at {box}, the others are right. Look at what is special there.", HERE + "#entries"),
    "overlap": ("If windows overlap there, their parts must be added with +=, not assigned.", HERE + "#entries"),
    "entries": ("{count} of {total} entries are wrong, the first at {entry}. The others are right. Look at what the wrong ones share.", HERE + "#entries"),
    "dead unit": ("Along axis {axis} the right gradient is 0 at {units}, and this one is not. Likely a unit that is off for every example gets an error: the derivative of ReLU is missing, or it is not taken from z.", HERE + "#entries"),
    "same units": ("Along axis {axis} it is wrong only at {units}, as {name} is. Likely a mask of single units is missing or wrong in the error of both, as of ReLU or dropout.", HERE + "#entries"),
    "opposite": ("It points nearly the opposite way: its cosine with the right gradient is below -0.9. Likely a sign is flipped in the largest part of its error.", HERE + "#sign"),
    # ---- one parameter: the form of the wrong numbers
    "missing factor": ("It is the right gradient divided by {name}: the factor {name} is missing.", HERE + "#factors"),
    "extra factor": ("It is the right gradient times {name}: the factor {name} is there once too often.", HERE + "#factors"),
    "sigmoid missing": ("Each {line} is the right one times a factor of its own, and every factor is at least 4. It looks like σ′ missing: that of a sigmoid is at most 1/4.", "look-up/mistakes/hidden-derivative-missing/"),
    "derivative missing": ("Each {line} is the right one times a factor of its own, and every factor is above 1. A derivative σ′ below 1 is missing, or it is taken at a instead of z.", "look-up/mistakes/hidden-derivative-missing/"),
    "derivative twice": ("Each {line} is the right one times a factor of its own, and every factor is below 1. A derivative σ′ below 1 is there twice, or it is taken at the wrong place.", "look-up/mistakes/hidden-derivative-twice/"),
    "lines": ("Each {line} is the right one times a factor of its own. Look for a factor for each {line} that is missing, doubled or wrong: a scale, a derivative or an error.", HERE + "#factors"),
    "as its weights": ("Each entry is off by the factor that its {line} of {name} is off by, so the mistake is the same.", HERE + "#factors"),
    "constant along": ("It is the same all along axis {axis}, and the right gradient is not. Look at what is summed, averaged or broadcast before this gradient is computed.", HERE + "#axis"),
    "spread": ("Each entry is the {how} of the right ones along axis {axis}. Sum over the axis of the examples only.", HERE + "#axis"),
    "rank one": ("It is one column times one row, and the right gradient is a sum of several such products. Look for examples or time steps that have no share in it, and for averages that are taken before the product. A σ′ that is missing behind a single unit has the same effect.", "look-up/mistakes/averaged-activations/"),
    # ---- one parameter: what the right gradient satisfies
    "sum to 0": ("The right gradient sums to 0 along axis {axis}, and this one does not. The cost stays the same when one number is added all along that axis, as where a mean is subtracted or a softmax follows. The path through that mean or softmax is missing or wrong.", HERE + "#normalization"),
    "orthogonal": ("The right gradient is orthogonal to the parameter {where}, and this one is not. The cost stays the same when the parameter is scaled there, as before a division by a norm or a standard deviation. Likely the path through {path} is missing or wrong.", HERE + "#normalization"),
    "mean": ("The right gradient is 0, and this one is not. The size of {name} has no influence, so a normalization follows, which subtracts this bias again. Likely the path through its mean is missing or wrong.", HERE + "#normalization"),
    "symmetric": ("The right gradient is symmetric, and this one is not. The cost uses this parameter and its transpose alike: the path through one of the two is missing or wrong.", HERE + "#symmetry"),
    "constant": ("The right gradient is the same all along axis {axis}, and this one is not. The cost uses the entries along it alike: look at what treats them differently.", HERE + "#symmetry"),
    "no guess": ("The numbers do not show the mistake. Make the result of one step a parameter, and check the steps one by one.", HERE + "#steps"),
    "candidate": ("It is what {names} gives.", "look-up/mistakes/"),
    # ---- all parameters: where
    "where output": ("{last} of the last layer {are} wrong already. Look at the output error first (BP1): the derivative of the cost, and σ′ of the last layer. A wrong factor at the start has the same effect.", "learn/bp1-output-error/"),
    "where one factor": ("{all} are off by one factor. Look for a constant that they share: in the derivative of the cost, where the backward pass starts, or in the line of every gradient.", "look-up/sum-or-mean/"),
    "where powers": ("From each layer to the one before, the factor changes by {times}. A constant, such as 1/m, is applied in every layer: apply it once.", "look-up/mistakes/mean-taken-twice/"),
    "where hidden": ("{right} {right_are} right, so the error of layer {l} is right. {wrong} {are} wrong. Look at the step from layer {l} back to layer {k} (BP2): {weights} transposed, and the elementwise product with σ′ of layer {k} at z.", "learn/bp2-hidden-error/"),
    "where hidden or weights": ("{right} {right_are} right, and {wrong} {are} wrong. Look at the step from layer {l} back to layer {k} (BP2), and at the weight gradient of layer {k} (BP4).", "learn/bp2-hidden-error/"),
    "where weights": ("{wrong} {are} wrong, and {biases} {bias_are} right, so the errors, added up over the examples, are right. Look at the weight gradient (BP4): the error times the activations of the layer before, in this order, summed over the examples.", "learn/bp4-weight-gradient/"),
    "where weights times": ("{wrong} {are} {times} the right gradient, and {biases} {bias_are} right. Compare the weight gradient (BP4) with the bias gradient (BP3): a mean or another constant is in one of them only.", "look-up/sum-or-mean/"),
    "where biases": ("{wrong} {are} wrong, and {weights} {weights_are} right, so the errors are right. Look at the bias gradient (BP3): the error, summed over the examples only.", "learn/bp3-bias-gradient/"),
    "where one layer": ("Only layer {l} is wrong ({wrong}), and the layers before it are right. So the error of layer {l} is right. Look at the lines that compute these gradients from it (BP3, BP4).", "learn/backward-pass/"),
    "where input": ("{wrong} is wrong, and {right} {right_are} right. Look at the step from the first layer back to its input: its weights transposed, without σ′.", "learn/bp2-hidden-error/"),
    "where back": ("{wrong} {are} wrong, and {right} {right_are} right, so the error of the layer is right. Look at the lines that pass it back to {wrong}.", HERE + "#where"),
    "where step": ("{right} {right_are} right, and {wrong} {are} wrong. Look at the step from {later} back to {earlier}, or at what computes the gradients of {earlier}.", HERE + "#where"),
    "where beside": ("{wrong} {are} wrong, and {right}, computed from the same error, {right_are} right. So the error is right: look at the lines that compute {wrong} from it.", HERE + "#where"),
    "where beside a sum": ("{wrong} {are} wrong, and {right}, computed from the same error, {right_are} right. Look first at the lines that compute {wrong}. A sum, as for {sums}, does not show errors in wrong places: look there next.", HERE + "#where"),
    "where times": ("{wrong} {are} {times} the right gradient, and {right} {right_are} right. Compare the lines that compute them: a mean or another constant is in some of them only.", "look-up/sum-or-mean/"),
    "where otherwise": ("{wrong} {are} wrong, too, and not by this number. If they come before in the forward pass, look at the step from {later} back to {earlier}. Look at the lines that compute {wrong}, too.", HERE + "#where"),
    "where pair": ("In the order given, {upto} wrong, and {right} {right_are} right. {last_wrong} and {first_right} look like the weights and biases of one layer. Look first at the lines that compute {last_wrong}. A sum, as for {first_right}, does not show errors in wrong places: look there next.", HERE + "#where"),
    "where near": ("The error of {wrong} is less than ten times that of {near}, which {passes}. So right and wrong do not show where the mistake is.", HERE + "#small"),
    "where last block": ("In {block}, the last block by its name, only {wrong} {are} wrong, and {right} {right_are} right. Look there first: at how the error gets from these to {wrong}, and at the lines that compute {wrong}.", HERE + "#where"),
    "where whole block": ("In {block}, the last block by its name, all gradients are wrong already, and {right} {right_are} right. If {right} {right_are} used after it, look first at the step back into {block}.", HERE + "#where"),
    "where normalization": ("{right} {right_are} right, and {wrong} {are} wrong. By their names, {right} scale and shift after a normalization. If that follows {wrong}, look at the step back through it.", HERE + "#normalization"),
    "where flatten": ("From {earlier} to {later} the axes get fewer. If a flatten or a pooling lies between, look at its order of the axes and at the place of each maximum.", HERE + "#order"),
    "where factors": ("Each gradient is the right one times a number. {steps}. Look for a constant in each of these steps: a 1/m, a 2, or the scale of an activation function.", "look-up/sum-or-mean/"),
    "where local": ("{wrong} {are} wrong, and {right}, which {come} before in the network, {right_are} right. Look at the lines that compute {wrong} only.", HERE + "#where"),
    "where order": ("In the order given, {upto} wrong, and {right} {right_are} right. If that is the order of the forward pass, look at the step from {first_right} back to {last_wrong}, and at the lines that compute {wrong}.", HERE + "#where"),
    "where block": ("In the order given, all from {first_wrong} to {last_wrong} are wrong, and all after them are right. If that is the order of the forward pass, look at the step from {first_right} back to {last_wrong}.", HERE + "#where"),
    "where used": ("If its result is used in several places, the errors of all of them must be added.", HERE + "#where"),
    "where first": ("Only {wrong} {are} wrong. {first}, the first in the order given, is right. If it is the first in the forward pass, too, likely all errors are right: look at the lines that compute {wrong} from them.", HERE + "#where"),
    "where recurrent": ("{right} {right_are} right, and all of {cell} are wrong: by their names, one recurrent cell. They share the error of its state h. Look at the line of that error, and at its step back in time: each use of h gives a term. Check with one time step: if that passes, the mistake is between the time steps.", HERE + "#time"),
    "where gates": ("{right} {right_are} right, and all of {cell} are wrong: by their names, one recurrent cell. {gates} are off by more than twice as much as the others. Look first at the lines from the error of the state h to {gates}. Check with one time step: if that passes, the mistake is between the time steps.", HERE + "#time"),
    "where one gate": ("Only {gates} are wrong, and the other gates are right. So the error of the state is right: look at the lines from it to {gates}.", HERE + "#time"),
    "where only": ("Only {wrong} {are} wrong. If {right} {right_are} used later in the forward pass, look at the steps from there back to {them}. Otherwise look at the lines that compute {them}.", HERE + "#where"),
    "where start": ("{all} are wrong. Look first at the start of the backward pass, the derivative of the cost with respect to the output. Then look at what they share: a step that all go through, such as one back in time, or the sum over the examples.", HERE + "#where"),
    # ---- blind spots
    "zero biases": ("{names} {are} 0 throughout. A mistake that is multiplied by {them}, or that leaves {them} out, cannot show. Use random numbers.", HERE + "#blind"),
    "zero weights": ("{names} {are} 0 throughout, so no error goes back through {them}. Use random numbers.", HERE + "#blind"),
    "equal weights": ("All entries of {names} are equal, so units cannot be told apart. Use random numbers.", HERE + "#blind"),
    "symmetric weights": ("{names} {are} symmetric, so a missing transpose cannot show. Use random numbers.", HERE + "#blind"),
    "dead units": ("{count} of {total} units of {name} have the gradient 0: they are off or saturated for every example. What is wrong there cannot show. Use smaller weights or more examples.", HERE + "#blind"),
    "one example": ("Each weight gradient is one column times one row, as with a single example. Mistakes in the sum over the examples cannot show. Use several examples.", HERE + "#blind"),
    "at a kink": ("{entries} at a kink, where every value between two derivatives is accepted. Use random numbers, so that no input of a ReLU or a maximum is exactly at its kink.", HERE + "#kinks"),
    "near a kink": ("The numerical gradient is rough at {entries}, such as {entry} of {name}: a kink seems to be near. There it was compared more loosely. Check in float64, or at other numbers.", HERE + "#kinks"),
    "does not matter": ("The cost does not depend on {names} here, and the gradient is 0: that proves little. Is it used at all?", HERE + "#blind"),
    "rounding": ("The gradients of {names} are both 0 up to rounding, which is no proof.", HERE + "#blind"),
}  # fmt: skip
