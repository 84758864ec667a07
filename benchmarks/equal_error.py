"""Seconds until the dev error is as low as where scikit-learn's MLP ends: wellfit, scikit-learn and PyTorch.

usage: equal_error.py [--data FOLDER] [--sets adult,fashion_mnist] [--seeds 5] [--wellfit PATH] [--out [FILE]]

FOLDER (or WELLFIT_DATA) holds adult/adult-train.csv.gz and the IDX files of fashion_mnist. Each is split once into
train and dev by a fixed seed. Needs numpy and scikit-learn; PyTorch is measured if it can be imported.

Clocks: scikit-learn's and PyTorch's count training alone, without imports, preprocessing or looks at dev. wellfit's is
that of its history, which counts its looks at train and dev too: an upper bound.
"""
import argparse, collections, dataclasses, gzip, importlib.util, json, math, os, pathlib
import statistics, sys, tempfile, time
import numpy as np
from compare import BUILT, Failed, circumstances, default_record, output_of, publish

HIDDEN, BATCH = (256, 128), 200  # 200 is scikit-learn's default, given to PyTorch as well
MAX_ITER = {"adult": 200, "fashion_mnist": 20}  # 200 is scikit-learn's default; on 50,000 images it would take an hour
PATIENCE = 3  # times scikit-learn's epochs, then a peer has not reached the level


@dataclasses.dataclass
class Split:
    """One set, prepared for the peers, and raw in files for wellfit."""
    train_x: np.ndarray
    train_y: np.ndarray
    dev_x: np.ndarray
    dev_y: np.ndarray
    wellfit_data: list
    preparation: str

    @property
    def classes(self):
        return int(self.train_y.max()) + 1

    def dev_error(self, answers):
        return float(np.mean(answers != self.dev_y))


@dataclasses.dataclass
class Run:
    """Seconds and epochs until the level; infinite if it was not reached."""
    seconds: float = math.inf
    epochs: float = math.inf


def shuffled_parts(rows, dev_share):
    order = np.random.default_rng(0).permutation(rows)
    dev = round(rows * dev_share)
    return order[dev:], order[:dev]


def adult(folder, scratch):
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    with gzip.open(folder / "adult-train.csv.gz", "rt") as file:
        header, *rows = [line.rstrip("\n") for line in file if line.strip()]
    train, dev = shuffled_parts(len(rows), 0.2)
    for name, part in (("train.csv", train), ("dev.csv", dev)):
        (scratch / name).write_text("\n".join([header, *(rows[i] for i in part)]) + "\n")
    cells = np.array([[cell.strip() for cell in row.split(",")] for row in rows], dtype=object)
    *features, income = cells.T

    def numbers(column):
        try:
            return column.astype(np.float64)
        except ValueError:
            return None

    numeric = [values for column in features if (values := numbers(column)) is not None]
    numeric = np.stack(numeric, axis=1)
    text = np.stack([column for column in features if numbers(column) is None], axis=1)
    scale = StandardScaler().fit(numeric[train])
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(text[train])
    x = np.hstack([scale.transform(numeric), one_hot.transform(text)]).astype(np.float32)
    y = (income == ">50K").astype(np.int64)
    files = [str(scratch / "train.csv"), "--dev", str(scratch / "dev.csv"), "--target", "income"]
    return Split(x[train], y[train], x[dev], y[dev], files,
                 "numbers standardised, categories one-hot (`?` is one), both fitted on train")


def read_idx(path):
    content = gzip.decompress(path.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def write_idx(path, array):
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes())


def fashion_mnist(folder, scratch):
    images = read_idx(folder / "train-images-idx3-ubyte.gz")
    labels = read_idx(folder / "train-labels-idx1-ubyte.gz")
    train, dev = shuffled_parts(len(images), 1 / 6)
    for name, part in (("train", train), ("dev", dev)):
        write_idx(scratch / f"{name}-images-idx3-ubyte", images[part])
        write_idx(scratch / f"{name}-labels-idx1-ubyte", labels[part])
    x = images.reshape(len(images), -1).astype(np.float32) / 255
    y = labels.astype(np.int64)
    files = [str(scratch / "train-images-idx3-ubyte"), "--dev", str(scratch / "dev-images-idx3-ubyte")]
    return Split(x[train], y[train], x[dev], y[dev], files, "pixels / 255, not standardised")


SETS = {"adult": adult, "fashion_mnist": fashion_mnist}


def sklearn_epochs(split, seed, max_iter):
    """(seconds so far, dev error) of each epoch of a fit with default settings, ended as `fit` would end it."""
    from sklearn.neural_network import MLPClassifier
    # A RandomState, not a number, from which each call would draw the same order of rows again. `fit` itself shows
    # nothing between epochs, and with warm_start it would forget Adam's averages.
    model = MLPClassifier(HIDDEN, random_state=np.random.RandomState(seed))
    seconds, best, stale, epochs = 0.0, math.inf, 0, []
    while len(epochs) < max_iter and stale <= model.n_iter_no_change:
        begun = time.perf_counter()
        model.partial_fit(split.train_x, split.train_y, classes=np.arange(split.classes))
        seconds += time.perf_counter() - begun
        epochs.append((seconds, split.dev_error(model.predict(split.dev_x))))
        stale = stale + 1 if model.loss_ > best - model.tol else 0
        best = min(best, model.loss_)
    return epochs


def torch_learner(split):
    """A network, and a function that trains it on rows in the order given."""
    import torch
    widths = [split.train_x.shape[1], *HIDDEN]
    hidden = [layer for a, b in zip(widths, HIDDEN) for layer in (torch.nn.Linear(a, b), torch.nn.ReLU())]
    model = torch.nn.Sequential(*hidden, torch.nn.Linear(HIDDEN[-1], split.classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    x, y = torch.from_numpy(split.train_x), torch.from_numpy(split.train_y)

    def train(order):
        for rows in order.split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return model, train


def torch_run(split, seed, level, max_epochs):
    import torch
    torch.manual_seed(seed)
    _, warm_up = torch_learner(split)  # thrown away: what PyTorch sets up at its first step is not training
    warm_up(torch.arange(BATCH))
    model, train = torch_learner(split)
    dev_x, seconds = torch.from_numpy(split.dev_x), 0.0
    for epoch in range(1, max_epochs + 1):
        begun = time.perf_counter()
        train(torch.randperm(len(split.train_x)))
        seconds += time.perf_counter() - begun
        with torch.no_grad():
            answers = model(dev_x).argmax(1).numpy()
        if split.dev_error(answers) <= level:
            return Run(seconds, epoch)
    return Run()


def wellfit_epochs(split, seed, epochs, binary, options, timeout):
    """(seconds so far, dev error) of each epoch in the run's history."""
    with tempfile.TemporaryDirectory() as scratch:
        run = pathlib.Path(scratch) / "run"
        hidden = ",".join(map(str, HIDDEN))
        answer = output_of([binary, "train", *split.wellfit_data, "--split", "100/0/0", "--hidden", hidden,
                            "--epochs", str(epochs), "--early-stopping", "off", "--seed", str(seed),
                            "--out", str(run), "--json", "--quiet", *options], timeout)
        rows = json.loads(answer)["rows"]
        if (rows["train"], rows["dev"]) != (len(split.train_y), len(split.dev_y)):
            raise Failed(f"it trained on other rows than the peers: {rows}")
        history = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    return [(record["seconds"], record["dev_error"]) for record in history if record["dev_error"] is not None]


def first_at(level, epochs):
    return next((Run(seconds, count) for count, (seconds, error) in enumerate(epochs, 1) if error <= level), Run())


def one_seed(split, seed, max_iter, variants, options):
    """The level and what each system took to reach it."""
    peer = sklearn_epochs(split, seed, max_iter)
    errors = [error for _, error in peer]
    level = errors[-1] if options.level == "final" else min(errors)
    # Half a row of slack: both errors are counts of the same rows, but may be divided in another order.
    level_or_below = level + 0.5 / len(split.dev_y)
    runs, failures = {"scikit-learn": first_at(level_or_below, peer)}, {}
    if importlib.util.find_spec("torch"):
        runs["PyTorch"] = torch_run(split, seed, level_or_below, PATIENCE * len(peer))
    for system, extra in variants.items():
        try:
            epochs = wellfit_epochs(split, seed, max(1, round(options.wellfit_epochs * len(peer))),
                                    options.wellfit, extra, options.timeout)
            runs[system] = first_at(level_or_below, epochs)
        except Failed as failure:
            runs[system], failures[system] = Run(), str(failure)
    return level, len(peer), runs, failures


def seconds_text(seconds):
    return f"{seconds:.2f}" if math.isfinite(seconds) else "not reached"


def ratio(above, below):
    return f"{above / below:.2f}" if math.isfinite(above) and math.isfinite(below) else "–"


def table(runs):
    """`runs`: of each system, one a seed. A level not reached counts as infinite seconds in the median."""
    medians = {system: statistics.median(run.seconds for run in some) for system, some in runs.items()}
    yield ("| system | seconds, median | min–max | epochs, median | seeds at the level | scikit-learn / it "
           "| PyTorch / it |\n|---|---|---|---|---|---|---|")
    for system, some in runs.items():
        reached = [run for run in some if math.isfinite(run.seconds)]
        span = [f"{pick(run.seconds for run in reached):.2f}" for pick in (min, max)] if reached else ["–"]
        epochs = statistics.median(run.epochs for run in some)
        shown = f"{epochs:g}" if math.isfinite(epochs) else "–"
        ratios = [ratio(medians.get(peer, math.inf), medians[system]) for peer in ("scikit-learn", "PyTorch")]
        yield (f"| {system} | {seconds_text(medians[system])} | {'–'.join(span)} | {shown} "
               f"| {len(reached)} of {len(some)} | {' | '.join(ratios)} |")


def section(name, variants, options):
    max_iter = options.max_iter or MAX_ITER[name]
    levels, lengths, runs, failures = [], [], collections.defaultdict(list), {}
    with tempfile.TemporaryDirectory() as scratch:
        split = SETS[name](options.data / name, pathlib.Path(scratch))
        for seed in range(options.seeds):
            level, length, of_seed, failed = one_seed(split, seed, max_iter, variants, options)
            levels.append(level), lengths.append(length), failures.update(failed)
            for system, run in of_seed.items():
                runs[system].append(run)
            shown = ", ".join(f"{system} {seconds_text(run.seconds)}" for system, run in of_seed.items())
            print(f"{name} seed {seed}: level {level:.4f}; {shown}", file=sys.stderr, flush=True)
    yield f"\n## {name}\n"
    yield (f"{len(split.train_y):,} rows of train, {len(split.dev_y):,} of dev, {split.train_x.shape[1]} inputs. "
           f"Peers: {split.preparation}; wellfit prepares the raw file itself.\n")
    yield (f"Level: the {options.level} dev error of scikit-learn (max_iter {max_iter}, {min(lengths)} to "
           f"{max(lengths)} epochs done), median {statistics.median(levels):.4f}, "
           f"{min(levels):.4f} to {max(levels):.4f}.\n")
    yield from table(runs)
    yield from (f"\n{system} failed: {why}" for system, why in failures.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("WELLFIT_DATA"), help="else WELLFIT_DATA")
    parser.add_argument("--sets", default=",".join(SETS), help="separated by commas")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--wellfit", default=BUILT, metavar="PATH", help="the binary")
    parser.add_argument("--max-iter", type=int, help=f"scikit-learn's epochs at most; {MAX_ITER} without")
    parser.add_argument("--level", choices=("final", "best"), default="final",
                        help="scikit-learn's dev error after its last epoch, or its lowest")
    parser.add_argument("--wellfit-epochs", type=float, default=1, metavar="FACTOR",
                        help="wellfit's epochs, over which its rate falls to zero, in scikit-learn's")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds a run of wellfit may take")
    parser.add_argument("--out", nargs="?", type=pathlib.Path, const=default_record("-equal-error"),
                        help="write the report here too; runs/<date>-<machine>-equal-error.md without a name")
    options = parser.parse_args()
    names = options.sets.split(",")
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"no such set: {', '.join(unknown)} (there are {', '.join(SETS)})")
    if options.data is None:
        parser.error("--data is missing, and WELLFIT_DATA is not set")
    variants = {"wellfit": []}
    if "--precision" in output_of([options.wellfit, "train", "--help"], 60):
        variants["wellfit bf16"] = ["--precision", "bf16"]
    lines = list(circumstances("Seconds to equal dev error", options.wellfit))
    lines.append(f"- {options.seeds} seeds; hidden layers {HIDDEN}; scikit-learn and PyTorch: ReLU, Adam at 0.001, "
                 f"batch {BATCH}, float32; PyTorch gets {PATIENCE} times scikit-learn's epochs, wellfit "
                 f"{options.wellfit_epochs:g} times, its own defaults otherwise, early stopping off")
    lines.append("- Clocks: peers' training alone; wellfit's history, which counts its looks at train and dev too")
    for name in names:
        lines += section(name, variants, options)
    publish(lines, options.out)


if __name__ == "__main__":
    main()
