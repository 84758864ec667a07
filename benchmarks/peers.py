"""The workloads of `compare.py`, and one peer trained on one of them: a process that compare.py starts for each run.

usage: peers.py PEER WORKLOAD     PEER: torch, torch-compile, torch-bf16, torch-compile-bf16, jax or sklearn
                                  WORKLOAD: tiny, table, mnist, wide, or (sklearn only) grid

The last line it prints is JSON with samples_per_second: the median of three epochs after one of warm-up, which also
compiles. Work: softmax cross-entropy, ReLU, Adam at 0.001, rows in memory and shuffled each epoch, inverted dropout
after hidden layers, float32 unless named bf16. scikit-learn has no dropout and trains without; with two classes it has
one logistic output.
"""
import dataclasses, json, math, os, statistics, sys, time
import numpy as np

TIMED_EPOCHS = 3
GRID_EPOCHS = 2  # the same constant as in wellfit's `bench --workload grid`
GRID_ALPHAS, GRID_FOLDS = 8, 8


@dataclasses.dataclass(frozen=True)
class Workload:
    """A network of ReLU layers under a softmax, and what it is trained on: the same as in wellfit's `bench`."""
    rows: int
    features: int
    hidden: tuple
    classes: int
    batch: int
    dropout: float

    @property
    def widths(self):
        return [self.features, *self.hidden, self.classes]

    @property
    def operations_a_row(self):
        # Two for each multiply-add of forward, weight gradient and input gradient, which the first layer does not need;
        # biases, activations and Adam are not counted.
        products = [a * b for a, b in zip(self.widths, self.widths[1:])]
        return 2 * (2 * products[0] + 3 * sum(products[1:]))

    def examples(self):
        """Rows from N(0, 1), each of the class whose random linear score, with a little noise, is largest."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((self.rows, self.features), dtype=np.float32)
        scores = x @ rng.standard_normal((self.features, self.classes), dtype=np.float32)
        noise = rng.standard_normal(scores.shape, dtype=np.float32)
        return x, np.argmax(scores + 0.5 * noise, axis=1).astype(np.int64)


WORKLOADS = {
    "tiny": Workload(16_384, 30, (64, 32), 2, 32, 0.0),
    "table": Workload(65_536, 100, (256, 256, 256), 2, 256, 0.1),
    "mnist": Workload(60_000, 784, (512, 256), 10, 128, 0.2),
    "wide": Workload(16_384, 784, (2048, 2048, 2048), 10, 512, 0.5),
}


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


# Each peer takes a workload and returns a function that trains one epoch and answers its last loss.

def torch_epoch(workload, compiled=False, bf16=False):
    import torch
    torch.set_num_threads(cores())
    torch.manual_seed(0)
    x, y = map(torch.from_numpy, workload.examples())
    layers = []
    for inputs, units in zip(workload.widths, workload.hidden):
        layers += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
        layers += [torch.nn.Dropout(workload.dropout)] if workload.dropout else []
    model = torch.nn.Sequential(*layers, torch.nn.Linear(workload.hidden[-1], workload.classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def loss_of(xb, yb):
        return torch.nn.functional.cross_entropy(model(xb), yb)

    # Fixed shapes: a short last batch costs a second compilation, in the warm-up, rather than slower code for all.
    loss_of = torch.compile(loss_of, dynamic=False) if compiled else loss_of

    def epoch():
        for rows in torch.randperm(workload.rows).split(workload.batch):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                loss = loss_of(x[rows], y[rows])
            loss.backward()
            optimizer.step()
        return loss.item()
    return epoch


def jax_epoch(workload):
    import jax, jax.numpy as jnp
    x, y = map(jnp.asarray, workload.examples())
    # The default generator, Threefry: with it `table` ran 1.6 times as fast on CPU as with XLA's own ("rbg").
    keys = jax.random.split(jax.random.key(0), len(workload.widths))
    params = [(jax.random.normal(key, (a, b)) * math.sqrt(2 / a), jnp.zeros(b))
              for key, a, b in zip(keys, workload.widths, workload.widths[1:])]
    keep = 1 - workload.dropout

    def loss_of(params, rows, key, x, y):
        h = x[rows]
        for weight, bias in params[:-1]:
            h = jax.nn.relu(h @ weight + bias)
            if workload.dropout:
                key, mask_key = jax.random.split(key)
                h = jnp.where(jax.random.bernoulli(mask_key, keep, h.shape), h / keep, 0)
        log_shares = jax.nn.log_softmax(h @ params[-1][0] + params[-1][1])
        return -jnp.take_along_axis(log_shares, y[rows][:, None], axis=1).mean()

    def step(state, rows, x, y):
        params, mean, square, count, key = state
        key, dropout_key = jax.random.split(key)
        loss, gradient = jax.value_and_grad(loss_of)(params, rows, dropout_key, x, y)
        count += 1
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, gradient)
        rate, scale = 1e-3 / (1 - 0.9 ** count), 1 / (1 - 0.999 ** count)
        params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v * scale) + 1e-8), params, mean, square)
        return (params, mean, square, count, key), loss

    def whole_epoch(state, x, y):
        *learned, key = state
        key, order_key = jax.random.split(key)
        order = jax.random.permutation(order_key, workload.rows)
        full = workload.rows // workload.batch * workload.batch
        batches = order[:full].reshape(-1, workload.batch)
        state, losses = jax.lax.scan(lambda state, rows: step(state, rows, x, y), (*learned, key), batches)
        return step(state, order[full:], x, y) if full < workload.rows else (state, losses[-1])

    compiled = jax.jit(whole_epoch, donate_argnums=0)
    # Two sets of zeros: a donated buffer may be given once only.
    zeros = [jax.tree.map(jnp.zeros_like, params) for _ in range(2)]
    state = (params, *zeros, jnp.float32(0), keys[-1])

    def epoch():
        nonlocal state
        state, loss = jax.block_until_ready(compiled(state, x, y))
        return float(loss)
    return epoch


def sklearn_epoch(workload):
    from sklearn.neural_network import MLPClassifier
    x, y = workload.examples()
    # A RandomState, not a number, from which each call would draw the same order of rows again.
    model = MLPClassifier(workload.hidden, batch_size=workload.batch, alpha=0, random_state=np.random.RandomState(0))
    return lambda: model.partial_fit(x, y, classes=np.arange(workload.classes)).loss_


PEERS = {  # name: (package, precision, its epoch)
    "torch": ("torch", "f32", torch_epoch),
    "torch-compile": ("torch", "f32", lambda workload: torch_epoch(workload, compiled=True)),
    "torch-bf16": ("torch", "bf16", lambda workload: torch_epoch(workload, bf16=True)),
    "torch-compile-bf16": ("torch", "bf16", lambda workload: torch_epoch(workload, compiled=True, bf16=True)),
    "jax": ("jax", "f32", jax_epoch),
    "sklearn": ("sklearn", "f32", sklearn_epoch),
}


def seconds_of(function):
    begun = time.perf_counter()
    if not math.isfinite(function()):
        raise SystemExit("the loss is not finite")
    return time.perf_counter() - begun


def epochs_a_second(peer, workload):
    epoch = PEERS[peer][2](workload)
    seconds_of(epoch)
    return 1 / statistics.median(seconds_of(epoch) for _ in range(TIMED_EPOCHS))


def grid_samples_a_second(workload):
    """scikit-learn's search over every alpha and fold; its seconds include scoring the held-out folds, a small part."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier
    x, y = workload.examples()
    model = MLPClassifier(workload.hidden, batch_size=workload.batch, random_state=0,
                          max_iter=GRID_EPOCHS, tol=0, n_iter_no_change=GRID_EPOCHS + 1)
    search = GridSearchCV(model, {"alpha": np.logspace(-6, 1, GRID_ALPHAS)}, n_jobs=cores(), refit=False, cv=GRID_FOLDS)
    search.fit(x[:512], y[:512])  # starts the worker processes
    seconds = seconds_of(lambda: search.fit(x, y).best_score_)
    train_rows = workload.rows * (GRID_FOLDS - 1)  # over the folds of one alpha
    return GRID_ALPHAS * train_rows * GRID_EPOCHS / seconds


def main(peer, name):
    if name == "grid":
        speed = grid_samples_a_second(WORKLOADS["tiny"])
    else:
        speed = WORKLOADS[name].rows * epochs_a_second(peer, WORKLOADS[name])
    print(json.dumps({"samples_per_second": speed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
