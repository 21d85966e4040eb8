r"""Beyond dense layers: each layer one equation.

> My network has a convolution, batch norm or attention. How does the gradient get through it?

In the same way as through a dense layer. **Each layer needs one function. It gets the derivatives of the cost with respect to the output of the layer. It returns the derivatives
with respect to the inputs and the parameters.** The chapters of this part derive this function for the layers that people write by hand. Begin with the [dense layer][dense-layer].

We write $\text{out}$ for the output of a layer. The derivatives $\partial C / \partial \text{out}$ are called the **errors** of the outputs in this part. Examples come first: one example a row, or one image, or one
sequence. Each chapter says where PyTorch, Keras and TensorFlow differ.

# What do all layers have in common?

Every layer is a pair of functions. The first computes the layer. The second has the same name with `_backward`, and computes the derivatives. Here is a dense layer with two inputs and three
units, for one example:

```pycon
>>> import numpy as np
>>> from backprop.layers import dense, dense_backward
>>> x, b = np.array([[1.0, 2.0]]), np.zeros(3)
>>> W = np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 0.0]])
>>> out = dense(x, W, b)
>>> dC_dout = np.array([[1.0, 0.0, 0.5]])
>>> found = dense_backward(dC_dout, x, W, b)
>>> found._fields
('dC_dx', 'dC_dW', 'dC_db')
>>> [derivative.shape for derivative in found]
[(1, 2), (2, 3), (3,)]

```

- The backward function gets `dC_dout`, then the arguments of the forward function.
- It returns a named tuple: one derivative for each array of numbers, in the order of the arguments. Whole numbers, such as a stride or a row of a table, and masks have none.
- Both functions change nothing that they are given, and keep nothing. What the backward pass needs again, it computes again. The chapter of the layer says what this costs.
- A wrong shape or option is refused, with a message that says what to change.

# Which three rules are behind all of them?

They follow from [the chain rule][chain-rule], which multiplies along each path and adds the paths:

$$
\underbrace{\frac{\partial C}{\partial x_j}}_{\text{one number}} = \sum_k \underbrace{\frac{\partial C}{\partial \text{out}_k}}_{\text{one number}} \; \underbrace{\frac{\partial \text{out}_k}{\partial x_j}}_{\text{one number}}
$$

Here $j$ counts the entries of an input or of a parameter, and $k$ all entries of the output. Each chapter finds $\partial \text{out}_k / \partial x_j$ for its layer, and writes the sum as one operation on arrays.

- What is **linear** goes back through its transpose. An input leads to every output through a weight. So it gets the sum of the errors, each times its weight.
- What is **elementwise** goes back through its derivative, with $\odot$. From each entry there is only one path. Dropout is the simplest case.
- What is **shared or used twice** gets a sum, because each use is a path. A weight is shared by all examples, a kernel by all windows, and a recurrent weight by all time steps.

A layer with several steps goes back through them in reverse order. Softmax and the normalizations mix entries. There [a product with a matrix][softmax-layer] replaces $\odot$.

| chapter | functions |
| --- | --- |
| [Dense layer][dense-layer] | `dense` |
| [Convolution][convolution] | `convolution` |
| [Pooling][pooling] | `max_pool`, `average_pool` |
| [Batch norm, layer norm, RMS norm][normalization-layers] | `batch_norm`, `layer_norm`, `rms_norm` |
| [Dropout][dropout] | `dropout` |
| [Embedding][embedding] | `embedding` |
| [Recurrent networks and the LSTM][recurrence] | `recurrent`, `lstm` |
| [Attention][attention] | `attention`, `multi_head_attention` |
| [Residual connections and shared weights][residual] | no function needed |
| [Digits with a convolution][convolution-digits] | a network that reads digits |
| [A transformer by hand][transformer] | a network that adds numbers |

# What is not here?

GRU, dilation, groups, transposed convolution as a layer of its own, running statistics, and caches of keys and values. For these use PyTorch, Keras or JAX, and
[check their gradients][check-your-own] if you like.
"""

from . import (
    attention_heads,
    convolutions,
    dense_layer,
    dropout_masks,
    embeddings,
    normalization,
    pooling,
    recurrence,
)
from .attention_heads import *
from .convolutions import *
from .dense_layer import *
from .dropout_masks import *
from .embeddings import *
from .normalization import *
from .pooling import *
from .recurrence import *

__all__ = []
__all__ += dense_layer.__all__
__all__ += convolutions.__all__
__all__ += pooling.__all__
__all__ += normalization.__all__
__all__ += dropout_masks.__all__
__all__ += embeddings.__all__
__all__ += recurrence.__all__
__all__ += attention_heads.__all__
