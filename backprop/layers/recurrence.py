r"""Recurrence: one layer used at every time step, and the LSTM.

> A recurrent network uses the same weights at every time step. How does the error go back through time, and why does it vanish?

A sequence, such as a sentence or a sound, has one input for each **time step**. At each step, a **recurrent layer** computes a vector from the input and from its own previous vector, the **hidden state**. It always uses the same weights.
Write the time steps one after another, and you see an ordinary deep network: each step is a layer. **So the backward pass is the four equations, with two additions.** Each step has an output of its own, so each step gets an error of its own. And all steps share their weights, so the gradients of the steps add.
The error vanishes because each step back multiplies it by the same weights and by a derivative of at most 1. If these factors are below 1, the product of many of them is nearly 0.

![Three time steps of a recurrent layer with one unit. The states are computed from left to right with the same weight. The errors go back from right to left, and each step multiplies them by 3/8.](figure:recurrent_unrolled)

There are $m$ sequences of $T$ time steps. The layer has $n_{\text{prev}}$ inputs and $n$ units. So all inputs are one array of shape $m \times T \times n_{\text{prev}}$, and $x_t$ is the part for step $t$. For $t = 1, \dots, T$,

$$
\begin{aligned}
\underbrace{z_t}_{m \times n} &= \underbrace{x_t}_{m \times n_{\text{prev}}} \; \underbrace{W_x}_{n_{\text{prev}} \times n} \\
&\quad + \underbrace{h_{t-1}}_{m \times n} \; \underbrace{W_h}_{n \times n} + \underbrace{b}_{n} \\[4pt]
\underbrace{h_t}_{m \times n} &= \tanh(\underbrace{z_t}_{m \times n})
\end{aligned}
$$

The first state $h_0$ is given, and it is often 0. The state $h_t$ is used twice: it is the output of step $t$, and step $t + 1$ uses it again. We write $\text{out}_t$ for the first use. So $\partial C / \partial \text{out}_t$ comes from the next layer, and it does not contain the effect through later steps.
With $\delta_t = \partial C / \partial z_t$,

$$
\underbrace{\delta_t}_{m \times n} = \Bigl( \underbrace{\frac{\partial C}{\partial \text{out}_t}}_{m \times n} + \underbrace{\delta_{t+1}}_{m \times n} \; \underbrace{W_h^{\mathsf T}}_{n \times n} \Bigr) \odot \underbrace{(1 - h_t^2)}_{m \times n}
$$

This is computed from the last step to the first. No step follows the last one, so $\delta_{T+1} = 0$. All gradients follow from these errors:

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial W_h}}_{n \times n} &= \sum_{t=1}^{T} \underbrace{h_{t-1}^{\mathsf T}}_{n \times m} \; \underbrace{\delta_t}_{m \times n} \\
\underbrace{\frac{\partial C}{\partial W_x}}_{n_{\text{prev}} \times n} &= \sum_{t=1}^{T} \underbrace{x_t^{\mathsf T}}_{n_{\text{prev}} \times m} \; \underbrace{\delta_t}_{m \times n} \\
\underbrace{\frac{\partial C}{\partial b}}_{n} &= \sum_{t=1}^{T} \sum_{i=1}^{m} \underbrace{\delta_{t,i}}_{n} \\
\underbrace{\frac{\partial C}{\partial x_t}}_{m \times n_{\text{prev}}} &= \underbrace{\delta_t}_{m \times n} \; \underbrace{W_x^{\mathsf T}}_{n \times n_{\text{prev}}} \\
\underbrace{\frac{\partial C}{\partial h_0}}_{m \times n} &= \underbrace{\delta_1}_{m \times n} \; \underbrace{W_h^{\mathsf T}}_{n \times n}
\end{aligned}
$$

Here $\delta_{t,i}$ is row $i$ of $\delta_t$, for sequence $i$. The method is called **backpropagation through time** (P. J. Werbos, 1990, *Backpropagation Through Time: What It Does and How to Do It*).

# Derivation

**Step 1: unroll the time steps.** Write down the equations of step 1, step 2 and so on. This is a network with $T$ layers. Each layer has an input of its own, but all have the same weights.

**Step 2: find the paths from one state.** The state $h_t$ changes the cost in two ways: as the output of step $t$, and through step $t + 1$. There it changes the weighted input of every unit. By [the chain rule][chain-rule], all these paths add. For one sequence and unit $j$,

$$
\frac{\partial C}{\partial h_{t,j}} = \frac{\partial C}{\partial \text{out}_{t,j}} + \sum_k \delta_{t+1,k} \; w_{k \leftarrow j} ,
$$

where $w_{k \leftarrow j}$ is the weight in $W_h$ from unit $j$ to unit $k$. For all units and sequences, the sum is the product $\delta_{t+1} \, W_h^{\mathsf T}$, as in [BP2][bp2-hidden-error]. The state $h_0$ is not an output, so it has only the second term.

**Step 3: go back through tanh.** It is elementwise, and [its derivative][activation-functions] is $1 - \tanh^2(z_t) = 1 - h_t^2$. So $\delta_t$ is the sum of step 2, multiplied elementwise by $1 - h_t^2$. The input $x_t$ is used only in $z_t$, so its derivative is $\delta_t \, W_x^{\mathsf T}$.

**Step 4: give each step weights of its own.** Suppose for a moment that step $t$ has its own matrix $W_{h,t}$. Then [BP4][bp4-weight-gradient] gives $\partial C / \partial W_{h,t} = h_{t-1}^{\mathsf T} \, \delta_t$. The matrix multiplies the *previous* state, so it is $h_{t-1}$ and not $h_t$.

**Step 5: set all of these equal.** In fact $W_{h,t} = W_h$ for all $t$. So a change of $W_h$ changes each $W_{h,t}$ by the same amount, and the derivative of this first part is 1. The paths add, so $\partial C / \partial W_h$ is the sum over all steps, and likewise for $W_x$ and $b$.

# How do the four equations look in time?

| | dense network | recurrent layer |
| --- | --- | --- |
| | layer $l$ | time step $t$ |
| [BP1][bp1-output-error] | $\delta^L$ from the cost | $\delta_T = \partial C / \partial \text{out}_T \odot (1 - h_T^2)$ |
| [BP2][bp2-hidden-error] | $\delta^l$ from $\delta^{l+1}$ and $W^{l+1}$ | $\delta_t$ from $\delta_{t+1}$ and $W_h$, *plus* the error of its own output |
| [BP3][bp3-bias-gradient] | sum over the examples | sum over the examples *and the steps* |
| [BP4][bp4-weight-gradient] | sum over the examples | sum over the examples *and the steps* |

So the layer has a transpose where it is linear, $\odot$ where it is elementwise, and a sum where something is shared.

# Do the weights differ from step to step?

No. [People ask this](https://math.stackexchange.com/questions/3194449), because each step has a gradient of its own. But these gradients belong to one matrix. They are added, and *then* the matrix is changed once.

# Example

Take one sequence, one input and one unit. The weights are $W_x = 1$ and $W_h = \frac12$, and $b = 0$. Because $\tanh(z) = (e^{2z} - 1) / (e^{2z} + 1)$, we get $\tanh(\frac12 \ln 3) = (3 - 1) / (3 + 1) = \frac12$. We choose inputs for which the weighted inputs are $\frac12 \ln 3$, $\frac12 \ln 3$ and $-\frac12 \ln 3$. From step 2 on, the previous state adds $\frac12 \cdot \frac12 = \frac14$, so we subtract $\frac14$ from these inputs:

```pycon
>>> import numpy as np
>>> from backprop.layers import recurrent, recurrent_backward
>>> half = np.log(3) / 2
>>> x = np.array([[[half], [half - 0.25], [-half - 0.25]]])
>>> W_x, W_h, b, h0 = np.array([[1.0]]), np.array([[0.5]]), np.zeros(1), np.zeros((1, 1))
>>> recurrent(x, W_x, W_h, b, h0).ravel()
array([ 0.5,  0.5, -0.5])

```

Every derivative of tanh is $1 - \frac14 = \frac34$. Only the last output has an error, and it is 1:

```pycon
>>> dC_dout = np.array([[[0.0], [0.0], [1.0]]])
>>> found = recurrent_backward(dC_dout, x, W_x, W_h, b, h0)
>>> found.dC_dx.ravel()
array([0.10546875, 0.28125   , 0.75      ])
>>> found.dC_dW_h, found.dC_db, found.dC_dh0
(array([[0.515625]]), array([1.13671875]), array([[0.05273438]]))

```

Because $W_x = 1$, the first array is also $(\delta_1, \delta_2, \delta_3)$. By hand:

$$
\begin{aligned}
\delta_3 &= 1 \cdot \tfrac34 = \tfrac34 \\
\delta_2 &= \bigl( 0 + \tfrac34 \cdot \tfrac12 \bigr) \cdot \tfrac34 = \tfrac{9}{32} \\
\delta_1 &= \bigl( 0 + \tfrac{9}{32} \cdot \tfrac12 \bigr) \cdot \tfrac34 = \tfrac{27}{256} \\
\frac{\partial C}{\partial W_h} &= 0 \cdot \tfrac{27}{256} + \tfrac12 \cdot \tfrac{9}{32} + \tfrac12 \cdot \tfrac34 = \tfrac{33}{64}
\end{aligned}
$$

The same in NumPy, for three steps and any number of sequences, inputs and units:

```pycon
>>> h = [h0]
>>> for t in range(3):
...     h.append(np.tanh(x[:, t] @ W_x + h[-1] @ W_h + b))
>>> dC_dW_h, from_later = np.zeros_like(W_h), np.zeros_like(h0)
>>> for t in (2, 1, 0):
...     delta = (dC_dout[:, t] + from_later) * (1 - h[t + 1] ** 2)
...     dC_dW_h += h[t].T @ delta
...     from_later = delta @ W_h.T
>>> dC_dW_h, from_later
(array([[0.515625]]), array([[0.05273438]]))

```

In the code, `t` counts from 0, and `h[t + 1]` is the state after this step. Here is a [gradient check][check-your-own]. The cost multiplies each output by a random number and adds, so these numbers `r` are $\partial C / \partial \text{out}$:

```pycon
>>> from backprop import check_gradients
>>> rng = np.random.default_rng(0)
>>> shapes = {"x": (2, 4, 3), "W_x": (3, 5), "W_h": (5, 5), "b": 5, "h0": (2, 5)}
>>> p = {name: rng.normal(size=shape) for name, shape in shapes.items()}
>>> r = rng.normal(size=(2, 4, 5))
>>> def cost(p):
...     return np.sum(r * recurrent(**p))
>>> check_gradients(cost, p, dict(zip(p, recurrent_backward(r, **p)))).ok
True

```

# Why does the gradient vanish or explode?

Each step back multiplies by $W_h^{\mathsf T}$ and by $1 - h_t^2$. So an error from step $T$ reaches step $t$ after $T - t$ such multiplications. In the example each is a factor of $\frac12 \cdot \frac34 = \frac38$, and ten of them are $(\frac38)^{10} \approx 0.00005$. So in a long sequence the first steps add hardly anything to the gradient, and the network learns little from them.

Take one unit, and let the inputs, the bias and the first state be 0. Then all states are 0, and $1 - h_t^2 = 1$. After 10 steps the factor is $W_h^{10}$. The function `back` computes $\partial C / \partial h_0$ for an error of 1 at the last of 10 steps:

```pycon
>>> def back(w, start):
...     last = np.zeros((1, 10, 1))
...     last[0, -1] = 1
...     found = recurrent_backward(last, np.zeros((1, 10, 1)), W_x, [[w]], b, [[start]])
...     return float(found.dC_dh0[0, 0])
>>> [back(w, 0.0) for w in (0.5, 1.0, 2.0)]
[0.0009765625, 1.0, 1024.0]

```

The first is the **vanishing gradient**, and the third the **exploding gradient**. But with a weight above 1 the gradient need not explode. If the first state is not 0, a large weight moves the states towards 1 or $-1$. There $1 - h_t^2$ is nearly 0, so the gradient vanishes after all:

```pycon
>>> back(2.0, 0.5) < 1e-6
True

```

With several units, take the largest **singular value** of $W_h$. This is the largest factor by which it can make a vector longer. Since $0 \le 1 - h_t^2 \le 1$, there are two facts:

- If it is *below* 1, the gradient must vanish.
- If it is *above* 1, the gradient can explode, but it need not.

They are from R. Pascanu, T. Mikolov and Y. Bengio, 2013, *On the Difficulty of Training Recurrent Neural Networks*. They write the derivative of a state with respect to the previous one with $W^{\mathsf T}$.

**Where does this transpose come from?** (On Stack Exchange: "Understanding a Proof of Conditions for Vanishing/Exploding Gradient in RNNs".) For states as columns, this Jacobian has no transpose. The transpose belongs to the backward pass. But $W$ and $W^{\mathsf T}$ have the same largest singular value, so the two facts hold either way.

Against explosion, the gradient is **clipped**: if its norm is above a limit, the gradient is multiplied by limit / norm. Its direction does not change. Against vanishing, the layer itself must change, as in the LSTM below.

# What may I cut off in long sequences?

A text can have millions of steps, and the backward pass needs the states of all of them. So the text is cut into chunks. The last state of a chunk is the first state of the next one, but no error goes back into the previous chunk. This is **truncated backpropagation through time**. In this library, each chunk is one call:

```pycon
>>> first, second = x[:, :2], x[:, 2:]
>>> state = recurrent(first, W_x, W_h, b, h0)[:, -1]
>>> part = recurrent_backward(dC_dout[:, 2:], second, W_x, W_h, b, state)
>>> part.dC_dW_h
array([[0.375]])

```

The *value* of `state` is kept. Its gradient, `part.dC_dh0`, is not used. So the result is $\frac38$ instead of $\frac{33}{64}$: the exact gradient of another function, in which `state` is a constant. If you add `part.dC_dh0` to the error of the last state of the first chunk, the sum is exact again:

```pycon
>>> rest = np.zeros((1, 2, 1))
>>> rest[:, -1] = part.dC_dh0
>>> part.dC_dW_h + recurrent_backward(rest, first, W_x, W_h, b, h0).dC_dW_h
array([[0.515625]])

```

In PyTorch, `.detach()` gives the same numbers as a constant: no gradient goes back through them. Three mistakes are common:

- **No detach.** The second chunk stops with `Trying to backward through the graph a second time`. [The option `retain_graph=True` removes the message](https://github.com/MorvanZhou/PyTorch-Tutorial/issues/57). But then every chunk goes back through all earlier chunks, so memory and time grow with each chunk. And if the weights were changed in between, PyTorch stops with `modified by an inplace operation`. Detaching avoids all of this.
- **A detach inside the step.** [Then no error goes from one step to the previous one](https://github.com/yhs968/pyGRU4REC/issues/8). $W_h$ is trained as if $h_{t-1}$ were an input. Detach between the chunks only.
- **A detach against explosion.** [If every step is detached](https://github.com/oxwhirl/pymarl/issues/161), the whole error of later steps is lost, also where it is small. Clip the gradient instead.

An LSTM has two states, and both are detached.

# My cell is right. Why is my loop wrong?

Here the **cell** is the function for one time step, and the loop calls it for all steps. Three causes are common:

- **Something is not carried back.** Without what comes from the next step, only the last step is right.
- **The first step reads the wrong thing.** [If all steps but the first are right](https://community.deeplearning.ai/t/67533), look there. In Python, the first step has `t = 0`, so the index `t - 1` is `-1`. This takes the *last* state instead of $h_0$, without any message.
- **The loop changes its arguments.** Somebody wrote `dh[:, t, :] = dprev_h + dh[:, t, :]`, and [the check failed although the cell was right](https://github.com/Burton2000/CS231n-2017/issues/7). This line writes into the caller's array, which was then used for the numerical gradient. So the *check* was wrong.

# What does an LSTM do?

The LSTM has a second state, the **cell state** $c$ (S. Hochreiter and J. Schmidhuber, 1997, *Long Short-Term Memory*). It changes by elementwise products and a sum, without a matrix. The factors are **gates**, numbers between 0 and 1 that the layer computes. Here $i$, $f$, $g$ and $o$ are names and not indices, and $\sigma$ is the sigmoid:

$$
\begin{aligned}
\underbrace{z_t}_{m \times 4n} &= \underbrace{x_t}_{m \times n_{\text{prev}}} \underbrace{W_x}_{n_{\text{prev}} \times 4n} \\
&\quad + \underbrace{h_{t-1}}_{m \times n} \underbrace{W_h}_{n \times 4n} + \underbrace{b}_{4n} \\[4pt]
z_t &= [z^i, z^f, z^g, z^o] \\[4pt]
i &= \sigma(z^i) , \quad f = \sigma(z^f) , \\
o &= \sigma(z^o) , \quad g = \tanh(z^g) \\[4pt]
\underbrace{c_t}_{m \times n} &= \underbrace{f}_{m \times n} \odot \underbrace{c_{t-1}}_{m \times n} + \underbrace{i}_{m \times n} \odot \underbrace{g}_{m \times n} \\[4pt]
\underbrace{h_t}_{m \times n} &= \underbrace{o}_{m \times n} \odot \tanh(\underbrace{c_t}_{m \times n})
\end{aligned}
$$

So $z_t$ has four blocks of $n$ columns. The **forget gate** $f$ says how much of the old cell state remains (F. A. Gers, J. Schmidhuber and F. Cummins, 2000, *Learning to Forget*). The **input gate** $i$ says how much of $g$, the **candidate**, is added. The **output gate** $o$ says how much of the cell state gets into the output. All four have an index $t$, which we leave out.

In the backward pass *two* arrays come back from step $t + 1$: one for $h_t$ and one for $c_t$. Again $\delta_t = \partial C / \partial z_t$, now with $4n$ columns. Then

$$
\begin{aligned}
\underbrace{\frac{\partial C}{\partial h_t}}_{m \times n} &= \underbrace{\frac{\partial C}{\partial \text{out}_t}}_{m \times n} + \underbrace{\delta_{t+1}}_{m \times 4n} \; \underbrace{W_h^{\mathsf T}}_{4n \times n} \\[4pt]
\underbrace{\frac{\partial C}{\partial c_t}}_{m \times n} &= \underbrace{\frac{\partial C}{\partial c_{t+1}}}_{m \times n} \odot \underbrace{f_{t+1}}_{m \times n} \\
&\quad + \underbrace{\frac{\partial C}{\partial h_t}}_{m \times n} \odot \underbrace{o}_{m \times n} \odot \underbrace{(1 - \tanh^2 c_t)}_{m \times n}
\end{aligned}
$$

The cell state changes the cost in two ways, so two terms add: through the next cell state, and through $h_t$. At the last step, what comes from step $T + 1$ is 0. The blocks of $\delta_t$ follow from these two. Each is a product of three parts: $\partial C / \partial c_t$ or $\partial C / \partial h_t$, what the gate or $g$ is multiplied by, and the derivative of sigmoid or tanh:

$$
\begin{aligned}
\delta^i &= \frac{\partial C}{\partial c_t} \odot g \odot i \odot (1 - i) \\
\delta^f &= \frac{\partial C}{\partial c_t} \odot c_{t-1} \odot f \odot (1 - f) \\
\delta^g &= \frac{\partial C}{\partial c_t} \odot i \odot (1 - g^2) \\
\delta^o &= \frac{\partial C}{\partial h_t} \odot \tanh(c_t) \odot o \odot (1 - o)
\end{aligned}
$$

Side by side, these are $\delta_t$. The gradients of $W_x$, $W_h$, $b$, $x$ and $h_0$ are the same formulas as above. The first cell state has $\partial C / \partial c_0 = \partial C / \partial c_1 \odot f_1$.

![One step of an LSTM with one unit, with the numbers of the example below. The cell state goes along the upper line, and the gates act on it. The dashed arrows go back: h₁ gets the error 1, and c₁ gets 0 because there is no later step. The row δ₁ has the errors of the input gate, the candidate and the output gate.](figure:lstm_step)

Take an example with one step. All gates are $\frac12$, the candidate is $g = \frac12$, and $c_0$ is chosen so that $c_1 = \frac12 \ln 3$ and $\tanh(c_1) = \frac12$:

```pycon
>>> from backprop.layers import lstm, lstm_backward
>>> x, c0 = np.array([[[1.0]]]), np.array([[2 * half - 0.5]])
>>> W_x, W_h, b = np.array([[0.0, 0.0, half, 0.0]]), np.zeros((1, 4)), np.zeros(4)
>>> lstm(x, W_x, W_h, b, h0, c0)
array([[[0.25]]])
>>> found = lstm_backward(np.ones((1, 1, 1)), x, W_x, W_h, b, h0, c0)
>>> found.dC_db[[0, 2, 3]], found.dC_dc0
(array([0.046875, 0.140625, 0.125   ]), array([[0.1875]]))

```

Here $\partial C / \partial c_1 = 1 \cdot \frac12 \cdot \frac34 = \frac38$. So the bias of the input gate has $\frac38 \cdot \frac12 \cdot \frac14 = \frac3{64}$, and that of the candidate $\frac38 \cdot \frac12 \cdot \frac34 = \frac9{64}$. For the output gate it is $1 \cdot \frac12 \cdot \frac14 = \frac18$. The first cell state gets $\frac38 \cdot \frac12 = \frac3{16}$. We leave out the forget gate, index 1: its error contains $c_0 = \ln 3 - \frac12$, which is no fraction. One step shows nothing of what is carried back, so the gradient check has four:

```pycon
>>> shapes = {"x": (2, 4, 3), "W_x": (3, 20), "W_h": (5, 20), "b": 20, "h0": (2, 5), "c0": (2, 5)}
>>> p = {name: rng.normal(size=shape) for name, shape in shapes.items()}
>>> def cost(p):
...     return np.sum(r * lstm(**p))
>>> check_gradients(cost, p, dict(zip(p, lstm_backward(r, **p)))).ok
True

```

# Why does the gradient vanish less in an LSTM?

On the direct path from $c_{t+1}$ back to $c_t$ the factor is $f_{t+1}$, without a matrix and without the derivative of tanh. The network can learn gates near 1, and then $\partial C / \partial c$ hardly shrinks. Here all states are 0 and $W_h$ is 0, so this is the only path. With
a bias of $\ln 7$ the forget gate is $\frac78$:

```pycon
>>> def cell_back(bias_of_f):
...     b = np.array([0.0, bias_of_f, 0.0, 0.0])
...     last = np.zeros((1, 10, 1))
...     last[0, -1] = 1
...     found = lstm_backward(last, np.zeros((1, 10, 1)), W_x, W_h, b, h0, np.zeros((1, 1)))
...     return float(found.dC_dc0[0, 0].round(4))
>>> cell_back(0.0), cell_back(np.log(7.0)), cell_back(5.0)
(0.0005, 0.1315, 0.4675)

```

The second is $\frac12 \cdot (\frac78)^{10}$, where the factor $\frac12$ is the output gate. The third is nearly $\frac12$. So a forget gate near 1 is what helps. With small gates the gradient still vanishes, and through $h$ and $W_h$ it can explode.

**Is $\partial c_t / \partial c_{t-1}$ equal to $f$?** All gates depend on $h_{t-1}$, which depends on $c_{t-1}$. (On Stack Exchange: "Why is the derivative of the LSTM cell state w.r.t. the previous cell state equal to the forget gate?") It is $f$ along the direct path, with $h_{t-1}$ held fixed. The total derivative has more terms, through $h_{t-1}$. In the backward pass they come with $\delta_{t+1} W_h^{\mathsf T}$. If you use the total derivative and add this product, you count them twice.

# How do I find a mistake in an LSTM?

- **Test against numerical derivatives, and not against a solution sheet.** An older sheet of a well-known course shows wrong gradients of an LSTM. We computed them again: they are those of a loop that carries back neither $\partial C / \partial h$ nor $\partial C / \partial c$. Later sheets have the right numbers.
- **A forgotten term is small.** We took 1,000 LSTMs with 2 units and normally distributed weights, and one sequence of 4 steps for each. We divided the norm of the mistake by that of the right gradient. The median was 15 % without $\partial C / \partial h$ from the next step, and 30 % without $\partial C / \partial c$. Such a network can still learn, so only a gradient check finds the mistake.
- **Compute $\partial C / \partial c_t$ once, give it a name, and use it three times.** [In one student's code](https://community.deeplearning.ai/t/22398) the output gate and $\partial C / \partial c_{t-1}$ were right, and $i$, $f$ and $g$ were wrong. Code that writes out its formula three times easily misses a parenthesis.
- **Do not hide an explosion.** In one library, the gradients exploded and were normalized. [A check found three mistakes](https://github.com/wvabrinskas/Neuron/pull/181): the factor of $\delta^i$ was $i$ instead of $g$. The derivative of tanh was computed at an output of tanh. And the gradient of $W_h$ used $h_t$ instead of $h_{t-1}$.

# What does the backward function compute again?

It runs the forward pass a second time, and keeps the states of all steps. The LSTM also keeps the cell states and the gates. So the memory grows with the number of steps. The loop over the steps cannot be done in parallel, because each step needs the next one.
But after the loop, all steps of all sequences are the rows of one array. So each sum over time is one matrix product.

# How do PyTorch, Keras and TensorFlow differ?

| | this book | PyTorch | Keras |
| --- | --- | --- | --- |
| weights | $W_x$, $W_h$, used as $x \, W$ | `weight_ih_l0`, `weight_hh_l0`, transposed: $x \, W^{\mathsf T}$ | `kernel`, `recurrent_kernel`, as here |
| biases | one | two, `bias_ih_l0` and `bias_hh_l0`, which are added | one |
| order of the LSTM's blocks | $i$, $f$, $g$, $o$ | $i$, $f$, $g$, $o$ | $i$, $f$, $g$ (called $c$), $o$ |
| initial bias of the forget gate | you choose | random, as all others | 1 |
| axes of the input | $(m, T, n_{\text{prev}})$ | $(T, m, n_{\text{prev}})$, unless `batch_first=True` | $(m, T, n_{\text{prev}})$ |
| output | all states | all states, and the last one | the last state, unless `return_sequences=True` |
| shape of the first state | `(m, n)` | `(1, m, n)`, also with `batch_first=True` | `(m, n)` |

[Does the order of the blocks matter?](https://github.com/keras-team/keras/issues/3088) Not for training, but it does if you copy weights from one program to another. TensorFlow's old `BasicLSTMCell` has $i$, $g$ (called $j$), $f$, $o$. The course CS231n has $i$, $f$, $o$, $g$. A wrong order fits every shape.
PyTorch's two biases get the same gradient. So one step of gradient descent changes their sum by twice as much. TensorFlow's layers are those of Keras.

# What do the error messages mean?

These are messages of PyTorch:

- `input.size(-1) must be equal to input_size. Expected 3, got 5`: The last axis must have the $n_{\text{prev}}$ inputs of one step.
- `Expected hidden[0] size (1, 1, 2), got [1, 2, 2]`, without the `[0]` if it is not an LSTM: The first state has the axes (layers, sequences, units), even [with `batch_first=True`](https://github.com/pytorch/pytorch/issues/3851). This option changes only the axes of the input and the output.
- `Trying to backward through the graph a second time`: Detach the state between chunks.

# What is not here?

- **GRU, several layers, both directions.** See [`torch.nn.GRU`](https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html) and the options `num_layers` and `bidirectional` there. Several layers are several calls here: the states of one are the input of the next.
- **Sequences of different lengths.** Pad the short ones at the end with zeros, and set the errors of these steps to 0. Or see [`pack_padded_sequence`](https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html).
- **A layer in which every position uses every other directly.** See [attention][attention].

# Common mistakes

- [The error of the next step is not carried back][lstm-states-not-carried]: only $\partial C / \partial \text{out}_t$ is used. In an LSTM, the error of the cell state is forgotten.
- The error of the step's own output is forgotten, and only the last step has one.
- The gradient of the weights is [assigned at each step instead of added][shared-weight-assigned].
- The gradient of $W_h$ uses $h_t$ instead of $h_{t-1}$.
- The derivative $1 - h_t^2$ is missing.
- In the first step the index `t - 1` is `-1`, and takes the last state.
- The test has one time step, so nothing is carried back. Take at least three.

# Check yourself

??? question "A sequence has 4 steps, and only the output of step 2 has an error. Which of the errors δ are 0?"

    $\delta_3$ and $\delta_4$. The states 3 and 4 come later, so they cannot change the output of step 2. $\delta_1$ is usually not 0.

??? question "All forget gates are so near to 1 that they are rounded to 1, and W_h is 0. What is the factor from one cell state to the previous one?"

    It is 1. With $W_h = 0$ no gate depends on the previous hidden state. So the only path is the direct one, with the factor $f$.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .._arrays import Array, namespace
from ..activations import sigmoid
from ..shapes import unchecked
from ._contract import layer
from ._parts import times

__all__ = ["LSTMGradients", "RecurrentGradients", "lstm", "lstm_backward", "recurrent", "recurrent_backward"]

RECURRENT = "h_t = tanh(x_t W_x + h_{t−1} W_h + b)"
LSTM = "c_t = f ⊙ c_{t−1} + i ⊙ g,  h_t = o ⊙ tanh(c_t),  z_t = x_t W_x + h_{t−1} W_h + b in the order i, f, g, o"


class RecurrentGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `recurrent`.

    Attributes
    ----------
    dC_dx : array of shape (m, t, n_prev)
        With respect to the inputs.
    dC_dW_x : array of shape (n_prev, n)
        With respect to the weights of the inputs, summed over sequences and time steps.
    dC_dW_h : array of shape (n, n)
        With respect to the weights of the states, summed over sequences and time steps.
    dC_db : array of shape (n,)
        With respect to the biases, summed over sequences and time steps.
    dC_dh0 : array of shape (m, n)
        With respect to the first state.
    """

    dC_dx: Array
    dC_dW_x: Array
    dC_dW_h: Array
    dC_db: Array
    dC_dh0: Array


class LSTMGradients(NamedTuple):
    """The derivatives of the cost with respect to the arguments of `lstm`.

    Attributes
    ----------
    dC_dx : array of shape (m, t, n_prev)
        With respect to the inputs.
    dC_dW_x : array of shape (n_prev, 4n)
        With respect to the weights of the inputs, summed over sequences and time steps.
    dC_dW_h : array of shape (n, 4n)
        With respect to the weights of the states, summed over sequences and time steps.
    dC_db : array of shape (4n,)
        With respect to the biases, summed over sequences and time steps.
    dC_dh0 : array of shape (m, n)
        With respect to the first state.
    dC_dc0 : array of shape (m, n)
        With respect to the first cell state.
    """

    dC_dx: Array
    dC_dW_x: Array
    dC_dW_h: Array
    dC_db: Array
    dC_dh0: Array
    dC_dc0: Array


@layer(RECURRENT, "recurrence", x="m t n_prev", W_x="n_prev n", W_h="n n", b="n", h0="m n")
def recurrent(x: Array, W_x: Array, W_h: Array, b: Array, h0: Array) -> Array:
    r"""Return the states of a recurrent layer at all time steps: $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$.

    Parameters
    ----------
    x : array of shape (m, t, n_prev)
        Inputs: `m` sequences of `t` time steps, at least one.
    W_x : array of shape (n_prev, n)
        Weights of the inputs.
    W_h : array of shape (n, n)
        Weights of the previous state, used as `h @ W_h`.
    b : array of shape (n,)
        Biases.
    h0 : array of shape (m, n)
        First state of each sequence, before the first time step.

    Returns
    -------
    out : array of shape (m, t, n)
        The state after each time step.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If there are no time steps.

    Examples
    --------
    The input is 0, so the second state comes from the first one only:

    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> recurrent(np.array([[[0.0], [0.0]]]), one, one, np.zeros(1), one).round(4).tolist()
    [[[0.7616], [0.642]]]
    """
    _check("recurrent", x)
    xp = namespace(x)
    from_input = times(x, W_x) + b
    h, states = h0, []
    for t in range(x.shape[1]):
        h = xp.tanh(from_input[:, t, :] + h @ W_h)
        states.append(h)
    return xp.stack(states, axis=1)


@layer(
    "δ_t = (∂C/∂out_t + δ_{t+1} W_hᵀ) ⊙ (1 − h_t²)",
    "recurrence",
    dC_dout="m t n",
    x="m t n_prev",
    W_x="n_prev n",
    W_h="n n",
    b="n",
    h0="m n",
)
def recurrent_backward(dC_dout: Array, x: Array, W_x: Array, W_h: Array, b: Array, h0: Array) -> RecurrentGradients:
    """Return the derivatives of the cost with respect to the arguments of `recurrent`, through all time steps.

    Parameters
    ----------
    dC_dout : array of shape (m, t, n)
        Derivative of the cost with respect to the output of each time step. It does not contain what the state does at later steps.
    x : array of shape (m, t, n_prev)
        Inputs, as given to `recurrent`.
    W_x : array of shape (n_prev, n)
        Weights of the inputs.
    W_h : array of shape (n, n)
        Weights of the previous state.
    b : array of shape (n,)
        Biases.
    h0 : array of shape (m, n)
        First state of each sequence.

    Returns
    -------
    gradients : RecurrentGradients
        `dC_dx` of shape (m, t, n_prev), `dC_dW_x` of shape (n_prev, n), `dC_dW_h` of shape (n, n), `dC_db` of shape (n,), `dC_dh0` of shape (m, n).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If there are no time steps.

    Examples
    --------
    All states are 0, where tanh has the derivative 1. So each step back multiplies the error by the weight 1/2:

    >>> import numpy as np
    >>> dC_dout = np.array([[[0.0], [0.0], [1.0]]])
    >>> found = recurrent_backward(dC_dout, np.zeros((1, 3, 1)), [[1.0]], [[0.5]], [0.0], [[0.0]])
    >>> found.dC_dx.tolist(), found.dC_db.tolist(), found.dC_dh0.tolist()
    ([[[0.25], [0.5], [1.0]]], [1.75], [[0.125]])
    """
    _check("recurrent_backward", x)
    xp = namespace(x)
    h = unchecked(recurrent)(x, W_x, W_h, b, h0)
    from_later, deltas = xp.zeros_like(h0), []
    for t in reversed(range(x.shape[1])):
        delta = (dC_dout[:, t, :] + from_later) * (1 - h[:, t, :] ** 2)
        from_later = delta @ W_h.T
        deltas.append(delta)
    return RecurrentGradients(*_of_the_weights(xp.stack(deltas[::-1], axis=1), x, h, W_x, h0), from_later)


@layer(LSTM, "recurrence", x="m t n_prev", W_x="n_prev 4n", W_h="n 4n", b="4n", h0="m n", c0="m n")
def lstm(x: Array, W_x: Array, W_h: Array, b: Array, h0: Array, c0: Array) -> Array:
    """Return the hidden states of an LSTM at all time steps.

    Parameters
    ----------
    x : array of shape (m, t, n_prev)
        Inputs: `m` sequences of `t` time steps, at least one.
    W_x : array of shape (n_prev, 4n)
        Weights of the inputs, in four blocks of `n` columns: input gate, forget gate, candidate, output gate.
    W_h : array of shape (n, 4n)
        Weights of the previous hidden state, in the same order.
    b : array of shape (4n,)
        Biases, in the same order.
    h0 : array of shape (m, n)
        First hidden state of each sequence.
    c0 : array of shape (m, n)
        First cell state of each sequence.

    Returns
    -------
    out : array of shape (m, t, n)
        The hidden state after each time step. The cell states are not returned.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If there are no time steps.

    Examples
    --------
    All weighted inputs are 0, so each gate is 1/2 and the candidate 0. The cell state is halved at each step:

    >>> import numpy as np
    >>> nothing, start = np.zeros((1, 4)), np.array([[4.0]])
    >>> lstm(np.zeros((1, 2, 1)), nothing, nothing, np.zeros(4), np.zeros((1, 1)), start).round(4).tolist()
    [[[0.482], [0.3808]]]
    >>> (0.5 * np.tanh([2.0, 1.0])).round(4).tolist()
    [0.482, 0.3808]
    """
    _check("lstm", x)
    return namespace(x).stack([h for h, *_ in _lstm_steps(x, W_x, W_h, b, h0, c0)], axis=1)


@layer(
    "dh_t = ∂C/∂out_t + δ_{t+1} W_hᵀ,  dc_t = dc_{t+1} ⊙ f_{t+1} + dh_t ⊙ o_t ⊙ (1 − tanh²(c_t))",
    "recurrence",
    dC_dout="m t n",
    x="m t n_prev",
    W_x="n_prev 4n",
    W_h="n 4n",
    b="4n",
    h0="m n",
    c0="m n",
)
def lstm_backward(dC_dout: Array, x: Array, W_x: Array, W_h: Array, b: Array, h0: Array, c0: Array) -> LSTMGradients:
    """Return the derivatives of the cost with respect to the arguments of `lstm`, through all time steps.

    Parameters
    ----------
    dC_dout : array of shape (m, t, n)
        Derivative of the cost with respect to the output of each time step. It does not contain what the states do at later steps.
    x : array of shape (m, t, n_prev)
        Inputs, as given to `lstm`.
    W_x : array of shape (n_prev, 4n)
        Weights of the inputs.
    W_h : array of shape (n, 4n)
        Weights of the previous hidden state.
    b : array of shape (4n,)
        Biases.
    h0 : array of shape (m, n)
        First hidden state of each sequence.
    c0 : array of shape (m, n)
        First cell state of each sequence.

    Returns
    -------
    gradients : LSTMGradients
        `dC_dx` of shape (m, t, n_prev), `dC_dW_x` of shape (n_prev, 4n), `dC_dW_h` of shape (n, 4n), `dC_db` of shape (4n,), `dC_dh0` and `dC_dc0` of shape (m, n).

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If there are no time steps.

    Examples
    --------
    All states are 0, so only the candidate gets an error. The cell state carries it back, times 1/2 at each step:

    >>> import numpy as np
    >>> nothing, zero = np.zeros((1, 4)), np.zeros((1, 1))
    >>> dC_dout = np.array([[[0.0], [1.0]]])
    >>> found = lstm_backward(dC_dout, np.zeros((1, 2, 1)), nothing, nothing, np.zeros(4), zero, zero)
    >>> found.dC_db.tolist(), found.dC_dc0.tolist()
    ([0.0, 0.0, 0.375, 0.0], [[0.125]])
    """
    _check("lstm_backward", x)
    xp = namespace(x)
    steps = list(_lstm_steps(x, W_x, W_h, b, h0, c0))
    h = xp.stack([state for state, *_ in steps], axis=1)
    from_later, dC_dc, deltas = xp.zeros_like(h0), xp.zeros_like(c0), []
    for t in reversed(range(x.shape[1])):
        _, c, (i, f, g, o) = steps[t]
        c_prev = steps[t - 1][1] if t else c0
        tanh_c = xp.tanh(c)
        dC_dh = dC_dout[:, t, :] + from_later
        dC_dc = dC_dc + dC_dh * o * (1 - tanh_c**2)
        of_gates = [
            dC_dc * g * i * (1 - i),
            dC_dc * c_prev * f * (1 - f),
            dC_dc * i * (1 - g**2),
            dC_dh * tanh_c * o * (1 - o),
        ]
        deltas.append(xp.concat(of_gates, axis=1))
        from_later = deltas[-1] @ W_h.T
        dC_dc = dC_dc * f
    return LSTMGradients(*_of_the_weights(xp.stack(deltas[::-1], axis=1), x, h, W_x, h0), from_later, dC_dc)


def _lstm_steps(
    x: Array, W_x: Array, W_h: Array, b: Array, h0: Array, c0: Array
) -> Iterator[tuple[Array, Array, tuple[Array, Array, Array, Array]]]:
    """Give, for each time step, the hidden state, the cell state, and the four gates."""
    xp = namespace(x)
    n = h0.shape[1]
    from_input = times(x, W_x) + b
    h, c = h0, c0
    for t in range(x.shape[1]):
        z = from_input[:, t, :] + h @ W_h
        i, f, o = (unchecked(sigmoid)(z[:, k * n : (k + 1) * n]) for k in (0, 1, 3))
        g = xp.tanh(z[:, 2 * n : 3 * n])
        c = f * c + i * g
        h = o * xp.tanh(c)
        yield h, c, (i, f, g, o)


def _of_the_weights(deltas: Array, x: Array, h: Array, W_x: Array, h0: Array) -> tuple[Array, Array, Array, Array]:
    """Return the derivatives for x, W_x, W_h and b: the weights are used at every time step, so theirs are sums over time."""
    xp = namespace(x)
    h_prev = xp.concat([h0[:, None, :], h[:, :-1, :]], axis=1)
    flat = xp.reshape(deltas, (-1, deltas.shape[2]))
    return (
        times(deltas, W_x.T),
        xp.reshape(x, (-1, x.shape[2])).T @ flat,
        xp.reshape(h_prev, (-1, h_prev.shape[2])).T @ flat,
        xp.sum(flat, axis=0),
    )


def _check(function: str, x: Array) -> None:
    if x.shape[1] == 0:
        raise ValueError(f"{function}: x has {tuple(x.shape)}, a sequence of no time steps; it needs at least one")
