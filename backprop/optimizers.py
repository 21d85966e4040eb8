r"""Optimizers: how momentum and Adam choose the step.

> Gradient descent subtracts $\eta$ times the gradient. Most programs use momentum or Adam instead. What do these do differently, and why?

An **optimizer** is a rule that turns gradients into new parameters. [Gradient descent][gradient-descent] is the simplest one: it uses the newest gradient only. **Momentum also uses the earlier gradients: it subtracts $\eta$ times a weighted sum of all of them. Adam divides a mean of the gradients by their typical size, so a step hardly depends on how large they are. Usually no parameter changes by more than about $\eta$.**

![Eight steps of gradient descent, momentum and Adam, from the same start. Each point is one choice of the weight and the bias. All points on a ring have the same cost C. The numbers at the bottom are the costs after the last step.](figure:optimizer_paths)

Let $\theta$ (theta) be one array of parameters, such as $W^{l}$ or $b^{l}$, and $g = \partial C / \partial \theta$ its gradient. All arrays on this page have the shape of $\theta$, as the words under the braces say. Every operation is done entry by entry. So the formulas are the same for every shape and in both layouts. The arrow means "is replaced by". **Momentum** keeps an array $v$, the **velocity**, which starts at 0:

$$
\begin{aligned}
\underbrace{v}_{\text{as } \theta} &\leftarrow \beta \, \underbrace{v}_{\text{as } \theta} + \underbrace{g}_{\text{as } \theta} \\
\underbrace{\theta}_{\text{as } \theta} &\leftarrow \theta - \eta \, \underbrace{v}_{\text{as } \theta}
\end{aligned}
$$

**Adam** keeps two arrays, which start at 0. The array $m$ is a moving mean of the gradients, an **exponential moving average**. Adam's $v$ is another array than the velocity: it is a moving mean of the squared gradients. Both are called $v$ in the literature. The hats mark the means after the **bias correction**, which a later section explains. With weight decay $\lambda$ the rule is called **AdamW**, and Adam is the rule with $\lambda = 0$. The steps $t$ are counted from 1, and $\beta_1^t$ is a power, $\beta_1$ multiplied by itself $t$ times:

$$
\begin{aligned}
\underbrace{m}_{\text{as } \theta} &\leftarrow \beta_1 \, m + (1 - \beta_1) \, \underbrace{g}_{\text{as } \theta} \\
\underbrace{v}_{\text{as } \theta} &\leftarrow \beta_2 \, v + (1 - \beta_2) \, \underbrace{g^2}_{\text{as } \theta} \\
\hat m &= \frac{m}{1 - \beta_1^t} \\
\hat v &= \frac{v}{1 - \beta_2^t} \\
\underbrace{\theta}_{\text{as } \theta} &\leftarrow \theta - \eta \, \lambda \, \theta - \eta \, \underbrace{\frac{\hat m}{\sqrt{\hat v} + \varepsilon}}_{\text{as } \theta}
\end{aligned}
$$

| symbol | name | usual value |
| --- | --- | --- |
| $\eta$ (eta) | learning rate | 0.1 or 0.01 for momentum, 0.001 for Adam |
| $\beta$ (beta) | the share of the velocity that is kept | 0.9 |
| $\beta_1$, $\beta_2$ | the shares of the two means that are kept | 0.9 and 0.999 |
| $\varepsilon$ (epsilon) | prevents a division by 0 | $10^{-8}$ |
| $\lambda$ (lambda) | weight decay; with 0 this is Adam, else AdamW | 0, 0.01 or 0.1 |

Momentum is from Polyak ([1964](https://doi.org/10.1016/0041-5553(64)90137-5)), Adam from Kingma and Ba ([2015](https://arxiv.org/abs/1412.6980)). In the paper, $m$ and $v$ are estimates of the **first and second moment**. On this page $m$ is Adam's mean, and not the number of examples. Two rules came before Adam, and both divide the newest gradient by a root. In **AdaGrad** it is the root of the sum of all squared gradients, in **RMSprop** the root of their moving mean. Neither has Adam's $m$ or its bias correction.

# Why does plain gradient descent zigzag?

The figure has the cost from [the page about gradient descent][gradient-descent], $C = \frac12 \bigl( 4 (w - 1)^2 + (b - 3)^2 \bigr)$. Its derivatives are $4 (w - 1)$ and $b - 3$. A step multiplies $w - 1$ by $1 - 4 \eta$ and $b - 3$ by $1 - \eta$. With $\eta = \frac7{16}$ these factors are $-\frac34$ and $\frac9{16}$. The first is negative, so $w$ jumps over 1 in every step, while $b$ comes nearer to 3 from one side:

```pycon
>>> w, b = 0.0, 0.0
>>> for number in range(4):
...     w, b = w - 7/16 * 4 * (w - 1), b - 7/16 * (b - 3)
...     print(w, b)
1.75 1.3125
0.4375 2.05078125
1.421875 2.466064453125
0.68359375 2.6996612548828125

```

A smaller $\eta$ ends the zigzag, but then $b$ needs more steps. On this page, a direction is called steep if the second derivative in it is large. The steepest direction limits the learning rate, and the flattest direction needs most of the steps. Here the second derivatives are 4 and 1. In real networks the ratio is often much larger.

# Derivation

What do the two rules compute? Number the gradients by their steps, $g_1, g_2, \dots, g_t$.

**Step 1: write the velocity as a sum.** Apply $v \leftarrow \beta v + g$ again and again, from $v = 0$. Each step multiplies all earlier gradients by $\beta$ once more:

$$
v_t = g_t + \beta \, g_{t-1} + \beta^2 g_{t-2} + \dots + \beta^{t-1} g_1 .
$$

**Step 2: take equal gradients.** If all gradients are $g$, the sum is $g \, (1 + \beta + \beta^2 + \dots)$. This geometric series converges to $g / (1 - \beta)$. So the steps become as long as those of plain gradient descent with the **effective learning rate** $\eta / (1 - \beta)$. With $\beta = 0.9$ that is 10 times $\eta$.

**Step 3: take gradients whose sign changes in every step.** Now the terms are $g, -\beta g, \beta^2 g, \dots$, and the sum approaches $g / (1 + \beta)$. The terms partly cancel, and the step is shorter than that of plain gradient descent.

Here are the velocities with $\beta = \frac12$, for equal gradients and for those with changing signs. The first approach 2, the second $\pm \frac23$:

```pycon
>>> def velocities(gradients, beta=0.5):
...     v, found = 0.0, []
...     for g in gradients:
...         v = beta * v + g
...         found.append(v)
...     return found
>>> velocities([1.0, 1.0, 1.0, 1.0, 1.0])
[1.0, 1.5, 1.75, 1.875, 1.9375]
>>> velocities([1.0, -1.0, 1.0, -1.0, 1.0])
[1.0, -0.5, 0.75, -0.625, 0.6875]

```

So momentum makes the steps in the flat direction longer, and those in the steep direction shorter. This is what the zigzag needs.

**Step 4: make a mean of the sum.** In Adam, $m$ is this sum multiplied by $1 - \beta_1$. Its weights are $1 - \beta_1$ times $1, \beta_1, \dots, \beta_1^{t-1}$. The sum of these powers is $(1 - \beta_1^t) / (1 - \beta_1)$, so all weights add up to $1 - \beta_1^t$. Those of a mean must add up to 1. So $\hat m = m / (1 - \beta_1^t)$ is a weighted mean of the gradients, and $\hat v$ is a weighted mean of their squares.

**Step 5: divide by the typical size.** The root $\sqrt{\hat v}$ is a typical size of the gradients, their **root mean square**. If all gradients are equal, then $\hat m / \sqrt{\hat v}$ is 1 or $-1$, the sign of the gradients, and $\theta$ changes by $\eta$. If the gradients have different signs, they partly cancel in $\hat m$, but their squares do not cancel in $\hat v$. Then $\theta$ usually changes by less than $\eta$. A step can also be longer, because $m$ forgets old gradients after about 10 steps, and $v$ after about 1,000. By then the weight of a gradient has fallen to about a third: $0.9^{10} \approx 0.35$ and $0.999^{1000} \approx 0.37$. If a gradient of 1 follows very many tiny ones, then $\hat m \approx 0.1$ and $\hat v \approx 0.001$. So this step is about $3.2 \, \eta$ long, and with more gradients of 1 the steps reach $6.6 \, \eta$.

# What do momentum and Adam do in the figure?

Both functions take the parameters and the gradients in the same structure, here in a dict. They return new parameters, and a state for the next step. Momentum has the same $\eta = \frac7{16}$ as plain gradient descent. The usual $\beta = 0.9$ is too large for this cost, as the next section shows. So here it is $\frac14$:

```pycon
>>> from backprop import adam, momentum
>>> def gradient(p):
...     return {"w": 4 * (p["w"] - 1), "b": p["b"] - 3}
>>> p, v = {"w": 0.0, "b": 0.0}, None
>>> for number in range(4):
...     p, v = momentum(p, gradient(p), v, learning_rate=7/16, beta=0.25)
...     print(p["w"], p["b"])
1.75 1.3125
0.875 2.37890625
0.875 2.917236328125
1.09375 3.0880279541015625

```

The first step is that of plain gradient descent, because the velocity was 0. In the second step the new derivative of $w$ is $4 \cdot (1.75 - 1) = 3$, and a quarter of the old one is $-1$. So $w$ goes back by $\frac7{16} \cdot 2$ instead of $\frac7{16} \cdot 3$, and the zigzag nearly ends.

Adam has $\eta = \frac12$. Its first step changes both parameters by $\frac12$, although the derivatives are $-4$ and $-3$:

```pycon
>>> p, state = {"w": 0.0, "b": 0.0}, None
>>> for number in range(3):
...     p, state = adam(p, gradient(p), state, learning_rate=0.5)
...     print(round(p["w"], 3), round(p["b"], 3))
0.5 0.5
0.966 0.996
1.336 1.482

```

So the path starts along the diagonal. It passes the minimum, because $m$ still contains the old gradients, and comes back later. Each step keeps 9 tenths of $m$, so 8 steps are too few for this. Momentum is better on this small and smooth cost. The section after the next shows where Adam is better.

# How much faster is momentum?

That depends on how different the directions are. Take two parameters with the cost $\frac12 (100 \, \theta_1^2 + \theta_2^2)$. One direction is 100 times as steep as the other. How many steps does it take until the cost is a millionth of what it was? The first line below is plain gradient descent. A step multiplies $\theta_1$ by $1 - 100 \eta$ and $\theta_2$ by $1 - \eta$. The best $\eta$ is $\frac2{101}$, where both factors have the same size, $\frac{99}{101}$. The second line has the best $\eta$ and $\beta$ for momentum. The third has the usual $\beta = 0.9$, and nearly the $\eta$ of the first:

```pycon
>>> import numpy as np
>>> def steps(learning_rate, beta):
...     steep, theta, v, number = np.array([100.0, 1.0]), np.ones(2), None, 0
...     while np.sum(steep * theta**2) > 1e-6 * 101:
...         theta, v = momentum(theta, steep * theta, v, learning_rate=learning_rate, beta=beta)
...         number += 1
...     return number
>>> steps(2/101, 0.0)
346
>>> steps(4/121, 81/121)
58
>>> steps(0.02, 0.9)
103

```

Momentum needs 58 steps instead of 346. Now let the second derivatives go from 1 to $\kappa$ (kappa). Then the number of steps of plain gradient descent grows like $\kappa$, and that of momentum like $\sqrt\kappa$. The best $\beta$ is $\bigl( (\sqrt\kappa - 1) / (\sqrt\kappa + 1) \bigr)^2$, and the best $\eta$ is $4 / (\sqrt\kappa + 1)^2$ ([Goh, 2017](https://distill.pub/2017/momentum/)). For $\kappa = 4$, as in the figure, the best $\beta$ is $\frac19$. The $\frac14$ of the figure is a little larger, but its numbers are short. The usual 0.9 is the best for a $\kappa$ of about 1,400. With 0.9 the path in the figure would run far past the minimum.

# Why does Adam divide by the size of the gradients?

One learning rate rarely fits all parameters. In a deep network, the gradients of one layer can be [much smaller than those of another][vanishing-gradient]. A rate that is right for the large gradients hardly changes the parameters with the small ones. Adam's division gives each parameter its own scale. Let $H$ be the matrix of second derivatives. For these costs, the gradient is the product of $H$ and $\theta$. Its dot product with $\theta$ is twice the cost. How many steps does Adam need? The first number below is for the cost of the last section. For the second, its 100 is replaced by 10,000. For the third, the two directions of the first cost are turned by 45 degrees:

=== "Both"

    ```pycon
    >>> def steps_of_adam(H, theta):
    ...     state, number, goal = None, 0, 1e-6 * theta @ H @ theta
    ...     while theta @ H @ theta > goal:
    ...         theta, state = adam(theta, H @ theta, state, learning_rate=0.1)
    ...         number += 1
    ...     return number
    >>> H, R = np.diag([100.0, 1.0]), np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    >>> steps_of_adam(H, np.ones(2)), steps_of_adam(np.diag([10000.0, 1.0]), np.ones(2))
    (82, 82)
    >>> steps_of_adam(R @ H @ R.T, R @ np.ones(2))
    406

    ```

In the first two costs, both parameters take equal steps, whatever the factor of their gradients is. With its best rate, plain gradient descent needs 346 steps with 100, and 34,539 with 10,000. But Adam scales each parameter by itself. So it does not help if the steep direction mixes two parameters, as in the third cost. The path of plain gradient descent only turns with the directions, so it still needs 346 steps.

# Why does Adam need the bias correction?

Because $m$ and $v$ start at 0, they are too small at first. The division, called **bias correction**, makes means of them. In the first step $m = 0.1 \, g$ and $v = 0.001 \, g^2$. The corrected values are $\hat m = g$ and $\hat v = g^2$. So the first step is

$$
\eta \, \frac{g}{\lvert g \rvert + \varepsilon} \approx \eta \cdot \text{sign of } g .
$$

It has the length $\eta$, whatever the size of the gradient:

```pycon
>>> theta, g = np.array([1.0, 1.0, 1.0]), np.array([0.001, -0.5, 200.0])
>>> after, state = adam(theta, g, learning_rate=0.25)
>>> after.round(4)
array([0.75, 1.25, 0.75])
>>> state.t, state.m.round(4), state.v.round(9)
(1, array([ 1.e-04, -5.e-02,  2.e+01]), array([1.0e-09, 2.5e-04, 4.0e+01]))

```

Is the first step too short without the correction? No, it is too long. In the first step, $m$ is 0.1 times $\hat m$, and $\sqrt v$ is only $\sqrt{0.001} \approx 0.03$ times $\sqrt{\hat v}$. So this step is $0.1 / \sqrt{0.001} \approx 3.16$ times $\eta$. With equal gradients it becomes $6.6 \, \eta$ after 12 steps, and it is still $1.26 \, \eta$ after 1,000:

```pycon
>>> for t in (1, 12, 100, 1000):
...     print(t, round((1 - 0.9**t) / (1 - 0.999**t) ** 0.5, 2))
1 3.16
12 6.57
100 3.24
1000 1.26

```

# Why is weight decay not in the gradient?

With plain gradient descent, [weight decay][weight-decay] can be a part of the gradient: $g + \lambda \theta$. This is the **L2 regularizer**. Adam divides the gradient by its typical size, so it would divide $\lambda \theta$, too. Then parameters with large gradients would hardly decay. **Decoupled weight decay** subtracts $\eta \lambda \theta$ in addition to Adam's step, so every parameter loses the same share ([Loshchilov and Hutter, 2019](https://arxiv.org/abs/1711.05101)).

Here are two weights of 1. The gradients of the first are 10 and $-10$ in turn, those of the second 0.1 and $-0.1$. So the gradients nearly cancel, and almost only the decay is left. Without decay, both weights end at 0.98, because the first steps do not cancel. With L2, the second weight loses about $0.01 \cdot 0.05 / 0.1 = 0.005$ of itself in a step, and the first a hundredth of this. Decoupled, both lose $0.01 \cdot 0.05 = 0.0005$. After 1,000 steps with $\eta = 0.01$ and $\lambda = 0.05$:

```pycon
>>> def decayed(l2, decoupled):
...     theta, state, size = np.ones(2), None, np.array([10.0, 0.1])
...     for number in range(1000):
...         g = size * (-1) ** number + l2 * theta
...         theta, state = adam(theta, g, state, learning_rate=0.01, weight_decay=decoupled)
...     return theta.round(2)
>>> decayed(l2=0.0, decoupled=0.0)
array([0.98, 0.98])
>>> decayed(l2=0.05, decoupled=0.0)
array([0.93, 0.01])
>>> decayed(l2=0.0, decoupled=0.05)
array([0.6, 0.6])

```

# How do PyTorch, Sutskever and TensorFlow differ in momentum?

There are two rules, and both are called momentum ([issue 1099 of PyTorch](https://github.com/pytorch/pytorch/issues/1099)):

| rule | who |
| --- | --- |
| $v \leftarrow \beta v + g$, then $\theta - \eta v$ | this page; PyTorch's [`SGD`](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html); TensorFlow 1's [`MomentumOptimizer`](https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/MomentumOptimizer) |
| $u \leftarrow \beta u + \eta g$, then $\theta - u$ | Sutskever and others ([2013](https://proceedings.mlr.press/v28/sutskever13.html)); [`SGD`](https://keras.io/api/optimizers/sgd/) of Keras and of TensorFlow 2. They write it with the other sign, $u \leftarrow \beta u - \eta g$ and $\theta + u$. |

If the learning rate never changes, then $u = \eta v$, and both give the same path. They differ as soon as it changes. In the first rule the new rate multiplies the whole velocity, so the step is shorter at once. In the second rule the old gradients keep their old rate. Take gradients of 1 and $\beta = 0.9$. After 50 steps $\eta$ falls from 0.1 to 0.01. Here are the lengths of the steps 50 to 54:

```pycon
>>> v = u = 0.0
>>> for t in range(1, 55):
...     eta = 0.1 if t <= 50 else 0.01
...     v, u = 0.9 * v + 1, 0.9 * u + eta * 1
...     if t >= 50:
...         print(t, round(eta * v, 3), round(u, 3))
50 0.995 0.995
51 0.1 0.905
52 0.1 0.825
53 0.1 0.752
54 0.1 0.687

```

Some courses teach a third rule, $v \leftarrow \beta v + (1 - \beta) g$. Its steps are $1 - \beta$ times as long. To change from it to the rule of this page, multiply $\eta$ by $1 - \beta$. PyTorch's `dampening=beta` is nearly this rule, except that its first step is not dampened. The function `momentum` has neither `dampening` nor `nesterov`. **Nesterov's momentum** takes the gradient a little ahead, where the velocity would lead.

# How do PyTorch and Keras differ in Adam?

They differ in the place of $\varepsilon$, in its default, and in weight decay:

| who | the last term of the step | $\varepsilon$ | weight decay |
| --- | --- | --- | --- |
| this page, and [`AdamW`](https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html) of PyTorch | $\eta \, \hat m / (\sqrt{\hat v} + \varepsilon)$ | $10^{-8}$ | decoupled, $\eta \lambda \theta$ |
| [`Adam`](https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html) of PyTorch | the same | $10^{-8}$ | L2 in the gradient, by default |
| [`Adam`](https://keras.io/api/optimizers/adam/) of Keras and TensorFlow | $\eta \, \sqrt{1 - \beta_2^t} \, \hat m / (\sqrt v + \varepsilon)$ | $10^{-7}$ | decoupled, $\eta \lambda \theta$ |
| the paper on AdamW | as on this page | $10^{-8}$ | decoupled, $\lambda \theta$, not multiplied by $\eta$ |

`AdamW` decays even if you do not ask for it: its default is $\lambda = 0.01$ in PyTorch and 0.004 in Keras. In Keras $\varepsilon$ is added to the root of $v$ before the correction. So compared with the others it is divided by $\sqrt{1 - \beta_2^t}$, which is 0.03 in the first step. This matters where gradients are tiny. Here is the first step divided by $\eta$, with the rules of this page, of Keras, and with $\varepsilon$ inside the root by mistake. All should be nearly 1:

```pycon
>>> for g in (1e-3, 1e-6):
...     v_hat, v = g**2, 0.001 * g**2
...     here = g / (v_hat**0.5 + 1e-8)
...     keras = 0.001**0.5 * g / (v**0.5 + 1e-7)
...     inside = g / (v_hat + 1e-8) ** 0.5
...     print(g, round(here, 3), round(keras, 3), round(inside, 3))
0.001 1.0 0.997 0.995
1e-06 0.99 0.24 0.01

```

Inside the root, $10^{-8}$ counts as $10^{-4}$ outside of it.

# Which learning rate should I take?

Try powers of ten, and then a finer choice, [as with gradient descent][steps-and-rate]. Two facts help.

- **Momentum:** the effective rate is $\eta / (1 - \beta)$. If plain gradient descent works with 0.1, begin with 0.01 and $\beta = 0.9$.
- **Adam:** in most steps, a parameter changes by $\eta$ or less. So a weight that must change by 1 usually needs 1,000 steps or more with $\eta = 0.001$. Multiplying the cost by a constant changes only the effect of $\varepsilon$. So [sum or mean][sum-or-mean] hardly matters.

# Does Adam need a schedule?

Usually it does. A **schedule** makes the learning rate smaller during training. Often the rate first grows for some steps, which is called [warm-up][transformer-training]. Adam does not do this itself: the division by $\sqrt{\hat v}$ only gives each parameter a scale of its own. The gradient of a mini-batch is noisy. So with a fixed $\eta$ the parameters go on moving around the minimum.

Here are 1,000 parameters with the cost $\frac12 \theta^2$ each, and noise of $\pm 1$ in each gradient. All start at 10. The numbers are the mean distances from the minimum after 1,000 steps. The first two rates are fixed, and the third falls from 0.1 to 0:

```pycon
>>> def distance(rate):
...     rng, theta, state = np.random.default_rng(0), np.full(1000, 10.0), None
...     for t in range(1000):
...         noise = rng.choice([-1.0, 1.0], size=1000)
...         theta, state = adam(theta, theta + noise, state, learning_rate=rate(t))
...     return round(float(np.abs(theta).mean()), 2)
>>> distance(lambda t: 0.1)
0.13
>>> distance(lambda t: 0.01)
2.62
>>> distance(lambda t: 0.1 * (1 - t / 1000))
0.05

```

The fixed 0.1 keeps the parameters moving. With the fixed 0.01, 1,000 steps of full length would just reach 0. But near 0 the noise makes the steps shorter. The falling rate is first fast and then exact. Momentum needs a schedule for the same reason: the gradients stay noisy. There are even simple problems for which Adam does not converge to the minimum ([Reddi and others, 2018](https://arxiv.org/abs/1904.09237)).

# Why is my Adam worse than SGD with momentum?

SGD is **stochastic gradient descent**, [gradient descent][gradient-descent] with mini-batches. If the problem is small and smooth, as in the figure, momentum wins clearly. Otherwise, these are the usual causes:

- **The learning rate was not tuned.** Each optimizer needs its own search. A rate for momentum is often 10 to 100 times too large for Adam.
- **Weight decay is L2 in the gradient.** Use the decoupled form.
- **$\varepsilon$ was not tuned.** With a very large $\varepsilon$, Adam's step is nearly $\frac\eta\varepsilon \, \hat m$. If $\eta$ grows with $\varepsilon$, this is momentum. Choi and others ([2019](https://arxiv.org/abs/1910.05446)) tuned all numbers of both. In their experiments, Adam was then never worse than momentum.
- **It is worse on new examples only.** Wilson and others ([2017](https://arxiv.org/abs/1705.08292)) found this in one task with images and three with language. Convolutional networks are often trained with momentum, transformers nearly always with AdamW.

# Does an optimizer change the gradient?

No. Backpropagation computes $\partial C / \partial \theta$, and the optimizer only uses it. So a [gradient check][check-your-own] neither sees nor needs the optimizer. But a wrong gradient is harder to notice with Adam: if it is wrong by a positive constant factor, Adam's steps are the same.

# Example

[The 2-3-2 network][2-3-2-pass] takes 100 steps with momentum and 100 with Adam. The parameters are the list of layers, and `found` is the list of their gradients. Both functions return new layers and a new state, and change nothing in place:

=== "Columns"

    ```pycon
    >>> from backprop import Layer, gradients
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> W1 = np.log(3) * np.array([[2.0, -1.0], [1.0, 0.0], [1.0, -1.0]])
    >>> W2 = np.array([[1.0, 2.0, -1.0], [0.0, 2.0, 3.0]])
    >>> start = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]

    ```

=== "Rows"

    ```pycon
    >>> from backprop.rows import Layer, gradients
    >>> x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    >>> W1 = np.log(3) * np.array([[2.0, 1.0, 1.0], [-1.0, 0.0, -1.0]])
    >>> W2 = np.array([[1.0, 0.0], [2.0, 2.0], [-1.0, 3.0]])
    >>> start = [Layer(W1, np.zeros(3)), Layer(W2, np.array([-1.75, -2.25]))]

    ```

```pycon
>>> layers, velocity = start, None
>>> for number in range(100):
...     C, found = gradients(layers, x, y)
...     layers, velocity = momentum(layers, found, velocity, learning_rate=0.5)
>>> print(f"{gradients(layers, x, y)[0]:.5f}")
0.00003
>>> layers, state = start, None
>>> for number in range(100):
...     C, found = gradients(layers, x, y)
...     layers, state = adam(layers, found, state, learning_rate=0.05)
>>> print(f"{gradients(layers, x, y)[0]:.5f}", state.t)
0.00026 100

```

[Plain gradient descent][gradient-descent] with 0.5 ends at 0.003. With 5, the effective rate of momentum here, it ends at 0.0003. The velocity has the structure of the parameters, and so have `state.m` and `state.v`. So momentum keeps one number for each parameter, and Adam two. They hold None for what has no gradient, such as the activation function.

To decay the weights but [not the biases][undecayed-biases], call `adam` once for each group. Each group has its own state:

```pycon
>>> weights, biases = {"W": np.array([[2.0, -4.0]])}, {"b": np.array([1.0])}
>>> g_weights, g_biases = {"W": np.array([[0.0, 0.0]])}, {"b": np.array([0.0])}
>>> weights, state_of_weights = adam(weights, g_weights, learning_rate=0.25, weight_decay=0.5)
>>> biases, state_of_biases = adam(biases, g_biases, learning_rate=0.25)
>>> weights["W"], biases["b"]
(array([[ 1.75, -3.5 ]]), array([1.]))

```

# Common mistakes

- **One state for several parameters.** Each array of parameters needs its own $v$, or $m$ and $v$. If two layers of one shape share it, the gradient of one layer moves the other. The functions here keep one for each.
- **$t$ counts from 0.** Then $1 - \beta_1^0 = 0$, and the first step divides by 0. Increase $t$ before it is used, once in each step and not once for each parameter.
- **$\varepsilon$ is inside the root.** Added before the correction, as in Keras, it is another number. The section about PyTorch and Keras compares all three.
- **The state is made anew in each epoch.** Then momentum begins again with the velocity 0, and the next steps of Adam are of length $\eta$ again, however small they had become. Keep the state, and save it with the parameters if you interrupt the training.
- **Arrays are changed in place.** After `old = W`, the statement `W -= eta * v` changes `old`, too. After `v = g`, the statement `v *= beta` changes the gradient, too. Begin with `v = g.copy()`.
- **Two biases are one array.** After `b = np.zeros(3)`, the dict `{"b1": b, "b2": b}` has one parameter in two places, and both stay equal. Make an array for each.
- **The layers are updated during the backward pass:** [updated too early][weights-updated-too-early].
- **Biases and the parameters of normalization layers decay**, although they should not: [why not?][undecayed-biases]
- **A shared weight takes two steps.** Add its gradients first. Two steps of Adam, one with each gradient, are not one step with the sum.
- **$\beta$ is raised from 0 to 0.9 and $\eta$ stays.** Steps in one direction become 10 times as long, so make $\eta$ 10 times as small.

What does `momentum` or `adam` do with `nan`? It raises a `ValueError` before anything changes, because one `nan` would stay in the state forever:

```pycon
>>> momentum({"W": np.ones((2, 2))}, {"W": np.array([[0.0, 1.0], [np.nan, 0.0]])}, learning_rate=0.1)
Traceback (most recent call last):
ValueError: momentum: the gradient of W has nan at [1, 0], and a step with it could not be undone.
  Likely cause: the learning rate is too large. The parameters that you gave are unchanged.
    See https://literate-backprop.github.io/look-up/loss-nan/

```

# Check yourself

??? question "β is 0.8 and η is 0.1, and all gradients are 1. How long is the first step, how long the second, and how long are the steps in the end?"

    The velocities are 1 and $0.8 \cdot 1 + 1 = 1.8$, so the steps are 0.1 and 0.18 long. In the end they are $0.1 / (1 - 0.8) = 0.5$ long.

??? question "The first gradients of two weights are 0.002 and −30. By how much does Adam change each in the first step with η = 0.01?"

    By about $-0.01$ and $+0.01$: the first step is about $\eta$ times the sign of the gradient, and it is subtracted.

The page [Weight decay, initialization, learning rate][weight-decay] tells more about decay. [Handwritten digits][digits] trains by plain gradient descent, [Digits with a convolution][convolution-digits] by momentum, and [A transformer by hand][transformer] by Adam.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np

from ._updates import Update, above_zero, at_least_zero, below_one, counted

__all__ = ["AdamState", "adam", "momentum"]

P = TypeVar("P")


class AdamState(NamedTuple):
    """What `adam` keeps from step to step.

    Attributes
    ----------
    t : int
        How many steps have been taken.
    m : the structure of the parameters
        The moving mean of the gradients, without bias correction. None for what has no gradient.
    v : the structure of the parameters
        The moving mean of the squared gradients, in the same way.

    Examples
    --------
    >>> import numpy as np
    >>> parameters, state = adam({"w": np.array([1.0])}, {"w": np.array([2.0])}, learning_rate=0.5)
    >>> state.t, state.m["w"].round(3), state.v["w"].round(3)
    (1, array([0.2]), array([0.004]))
    """

    t: int
    m: Any
    v: Any


def momentum(
    parameters: P, gradients: Any, velocity: Any = None, *, learning_rate: float, beta: float = 0.9
) -> tuple[P, Any]:
    r"""Return new parameters and the new velocity, one step of gradient descent with momentum away.

    Parameters
    ----------
    parameters : list, tuple, dict, or any nesting of them
        What `check_gradients` takes: arrays of any shape and library, layers and named tuples that hold them, or one array.
        What has no gradient and is no array of floats comes back unchanged. The same array in two places is one
        parameter.
    gradients : the same structure
        One gradient for each parameter, in its shape. None for what is to stay as it is. Nothing is changed in place.
    velocity : the structure of the parameters, optional
        What the last step returned. None in the first step: then it is 0.
    learning_rate : float
        Learning rate $\eta$, above 0.
    beta : float
        The share $\beta$ of the velocity that is kept in a step, at least 0 and below 1. With 0 it is plain gradient descent.

    Returns
    -------
    parameters : the same structure
        $\theta - \eta v$ for each parameter, of its library and dtype.
    velocity : the same structure
        $\beta v + g$ for each parameter, and None for what has no gradient.

    Raises
    ------
    ShapeError
        If there is not one gradient for each parameter, in its shape, or if the velocity belongs to other parameters.
    TypeError
        If parameters and gradients have different structures, or one holds no real numbers.
    ValueError
        If a gradient is not finite, or the learning rate or beta is out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> w, g = np.array([1.0, 2.0]), np.array([2.0, -4.0])
    >>> w, v = momentum(w, g, learning_rate=0.25, beta=0.5)
    >>> w, v
    (array([0.5, 3. ]), array([ 2., -4.]))
    >>> momentum(w, g, v, learning_rate=0.25, beta=0.5)
    (array([-0.25,  4.5 ]), array([ 3., -6.]))
    """
    [eta], [beta] = above_zero("momentum", learning_rate=learning_rate), below_one("momentum", beta=beta)
    update = Update("momentum", parameters, gradients)
    old = update.moments("velocity", velocity)
    v = [beta * v + g for v, g in zip(old, update.gradients)]
    theta = [theta - eta * v for theta, v in zip(update.parameters, v)]
    return update.parameters_of(theta), update.state_of(v)


def adam(
    parameters: P,
    gradients: Any,
    state: AdamState | None = None,
    *,
    learning_rate: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[P, AdamState]:
    r"""Return new parameters and the new state, one step of Adam away; with weight decay, of AdamW.

    Parameters
    ----------
    parameters : list, tuple, dict, or any nesting of them
        What `check_gradients` takes: arrays of any shape and library, layers and named tuples that hold them, or one array.
        What has no gradient and is no array of floats comes back unchanged. The same array in two places is one
        parameter.
    gradients : the same structure
        One gradient for each parameter, in its shape. None for what is to stay as it is. Nothing is changed in place.
    state : AdamState, optional
        What the last step returned. None in the first step.
    learning_rate : float
        Learning rate $\eta$, above 0: in most steps, no parameter changes by more.
    beta1 : float
        The share $\beta_1$ of the moving mean of the gradients that is kept in a step, at least 0 and below 1.
    beta2 : float
        The share $\beta_2$ of the moving mean of the squared gradients that is kept, in the same way.
    epsilon : float
        The number $\varepsilon$ that is added to $\sqrt{\hat v}$, above 0.
    weight_decay : float
        The share $\lambda$ of every parameter that is subtracted, multiplied by $\eta$: decoupled weight decay. The gradient does not
        contain it.

    Returns
    -------
    parameters : the same structure
        The parameters after the step, each of its library and dtype.
    state : AdamState
        For the next step.

    Raises
    ------
    ShapeError
        If there is not one gradient for each parameter, in its shape, or if the state belongs to other parameters.
    TypeError
        If parameters and gradients have different structures, if one holds no real numbers, or if the state is no `AdamState`.
    ValueError
        If a gradient is not finite, or another number is out of its range.

    Examples
    --------
    The first step has the length of the learning rate, whatever the size of the gradient:

    >>> import numpy as np
    >>> w, g = np.array([1.0, 1.0]), np.array([0.01, -100.0])
    >>> w, state = adam(w, g, learning_rate=0.5)
    >>> w.round(5), state.t
    (array([0.5, 1.5]), 1)
    """
    eta, epsilon = above_zero("adam", learning_rate=learning_rate, epsilon=epsilon)
    beta1, beta2 = below_one("adam", beta1=beta1, beta2=beta2)
    [decay] = at_least_zero("adam", weight_decay=weight_decay)
    update = Update("adam", parameters, gradients)
    update.holds("epsilon", epsilon)
    t, old_m, old_v = counted("adam", state, AdamState)
    g, t = update.gradients, t + 1
    m = [beta1 * m + (1 - beta1) * g for m, g in zip(update.moments("state.m", old_m), g)]
    v = [beta2 * v + (1 - beta2) * g**2 for v, g in zip(update.squares("state.v", old_v), g)]
    m_hat = [m / (1 - beta1**t) for m in m]
    v_hat = [v / (1 - beta2**t) for v in v]
    theta = [
        theta - eta * decay * theta - eta * m_hat / (np.sqrt(v_hat) + epsilon)
        for theta, m_hat, v_hat in zip(update.parameters, m_hat, v_hat)
    ]
    return update.parameters_of(theta), AdamState(t, update.state_of(m), update.state_of(v))
