r"""The backward function of a layer can be wrong although its shapes fit and the loss falls.

This package holds nine mistakes of the layers beyond dense. Each function has the arguments of the right backward function in `backprop.layers`, and
returns the same named tuple. A residual connection and a shared weight need no function in `backprop.layers`, so their mistakes take the gradients that are to be
added. The functions are for NumPy arrays, and examples come first.

None of the nine changes a shape, so the shapes catch none of them.

# The mistakes of a layer of your own

A gradient check names a mistake if it gets the wrong gradients as candidates. Here somebody assigns the gradient of an [embedding][embedding] in a loop, and two
places have the same id:

```pycon
>>> import numpy as np
>>> from backprop import check_gradients
>>> from backprop.layers import embedding
>>> from backprop.mistakes.of_layers import embedding_backward_by_assignment
>>> rng = np.random.default_rng(0)
>>> p, ids, r = {"E": rng.normal(size=(5, 3))}, np.array([1, 0, 1, 2]), rng.normal(size=(4, 3))
>>> def cost(p):
...     return np.sum(r * embedding(p["E"], ids))
>>> own = np.zeros((5, 3))
>>> for place, j in enumerate(ids):
...     own[j] = r[place]  # the mistake
>>> wrong = embedding_backward_by_assignment(r, p["E"], ids)
>>> report = check_gradients(cost, p, {"E": own}, candidates={"an assignment": {"E": wrong.dC_dE}})
>>> print(report.diagnosis[0])
E: It is what an assignment gives.

```

The pages make each mistake in a small network that contains the layer. [`specimen`][backprop.mistakes.of_layers.specimen] gives this network, and
[`losses`][backprop.mistakes.of_layers.losses] trains it by plain gradient descent. Each network ends in a dense layer with sigmoids, and its cost is the quadratic cost:

```pycon
>>> from backprop.mistakes.of_layers import losses, specimen
>>> network = specimen(embedding_backward_by_assignment)
>>> {name: array.shape for name, array in network.parameters.items()}
{'E': (6, 2), 'W': (2, 2), 'b': (2,)}
>>> [round(C, 2) for C in losses(network, 1.0, 3, embedding_backward_by_assignment)]
[0.27, 0.26, 0.25, 0.24]

```
"""

from ._training import *
from ._training import MISTAKES
from .attention_scale_missing import *
from .batch_statistics_constant import *
from .dropout_mask_drawn_anew import *
from .embedding_rows_assigned import *
from .kernel_not_flipped import *
from .lstm_states_not_carried import *
from .mask_after_softmax import *
from .residual_path_missing import *
from .shared_weight_assigned import *

__all__ = ["MISTAKES", "Network", "candidates", "gradients_with", "losses", "specimen"]
__all__ += [mistake.function.__name__ for mistake in MISTAKES]
