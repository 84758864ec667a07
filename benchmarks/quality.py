"""Test error of wellfit with no options, beside scikit-learn's MLP and linear models, on fixed train and test files.

usage: quality.py WELLFIT FILES [--sets a,b] [--seeds 5] [--option "--flag value"]...
FILES holds <set>/train.csv and <set>/test.csv for the sets named below. Needs numpy, pandas and scikit-learn.

Each model is fitted once a seed. A difference is paired: the mean over seeds of the loss of each test row (0/1, or the
squared difference), resampled over rows 2,000 times; it is significant if its 95% interval leaves 0 out.
"""
import argparse, json, pathlib, shutil, subprocess, tempfile, time, warnings
import numpy as np, pandas as pd

warnings.filterwarnings("ignore")
SETS = {  # name: (target, task)
    "adult": ("income", "class"), "telco_churn": ("Churn", "class"), "higgs_small": ("label", "class"),
    "pima_diabetes": ("outcome", "class"), "california_housing": ("median_house_value", "number"),
    "wine_quality_white": ("quality", "number"), "abalone": ("rings", "number"), "diamonds": ("price", "number"),
}


def wellfit(binary, folder, target, task, seed, options):
    """Losses of the test rows of one run, and its seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        run, out = f"{scratch}/run", f"{scratch}/predictions.csv"
        begun = time.perf_counter()
        command = [binary, "train", str(folder / "train.csv"), "--target", target, "--seed", str(seed), "--out", run]
        done = subprocess.run([*command, "--json", *options], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        seconds = time.perf_counter() - begun
        subprocess.run([binary, "predict", run, str(folder / "test.csv"), "--out", out, "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        answer = pd.read_csv(out, dtype=str)[target]
    truth = pd.read_csv(folder / "test.csv", dtype=str, keep_default_na=False)[target].str.strip()
    if task == "class":
        losses = (answer.to_numpy() != truth.to_numpy()).astype(float)
    else:
        losses = (answer.astype(float).to_numpy() - truth.astype(float).to_numpy()) ** 2
    return losses, seconds, json.loads(done.stdout)


def prepared(train, test):
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    text = [c for c in train if not pd.api.types.is_numeric_dtype(train[c])]
    numbers = [c for c in train if c not in text]
    transform = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False, max_categories=50), text))
    return transform.fit_transform(train).astype(np.float32), transform.transform(test).astype(np.float32)


def sklearn(folder, target, task, seed, kind):
    """Losses of the test rows of scikit-learn's MLP, or of logistic or ridge regression."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    y, truth = train.pop(target), test.pop(target)
    x, xt = prepared(train, test)
    if task == "class":
        model = LogisticRegression(max_iter=500) if kind == "linear" else \
            MLPClassifier(random_state=seed, early_stopping=True)
        return (model.fit(x, y).predict(xt) != truth.to_numpy()).astype(float)
    mean, deviation = y.mean(), y.std()
    model = Ridge() if kind == "linear" else MLPRegressor(random_state=seed, early_stopping=True)
    model.fit(x, (y - mean) / deviation)
    return (model.predict(xt) * deviation + mean - truth.to_numpy()) ** 2


def paired(ours, theirs, rng):
    """Mean difference of losses with its 95% interval over test rows."""
    difference = ours - theirs
    means = difference[rng.integers(0, len(difference), (2000, len(difference)))].mean(1)
    return difference.mean(), *np.quantile(means, [0.025, 0.975])


def score(losses, task):
    return losses.mean() if task == "class" else np.sqrt(losses.mean())


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("wellfit"), parser.add_argument("files", type=pathlib.Path)
    parser.add_argument("--sets", default=",".join(SETS)), parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--option", action="append", default=[]), parser.add_argument("--no-peers", action="store_true")
    arguments = parser.parse_args()
    binary = shutil.which(arguments.wellfit) or arguments.wellfit
    options = [word for option in arguments.option for word in option.split()]
    rng = np.random.default_rng(0)
    print("| set | wellfit | linear | scikit-learn MLP | wellfit − linear | wellfit − MLP | seconds | epochs |")
    print("|---|---|---|---|---|---|---|---|")
    for name in arguments.sets.split(","):
        target, task = SETS[name]
        folder, seeds = arguments.files / name, range(arguments.seeds)
        runs = [wellfit(binary, folder, target, task, seed, options) for seed in seeds]
        ours = np.mean([losses for losses, _, _ in runs], 0)
        seconds, epochs = np.median([s for _, s, _ in runs]), [r["best_epoch"] for _, _, r in runs]
        shown = lambda losses: f"{score(losses, task):.4f}" if task == "class" else f"{score(losses, task):.5g}"
        if arguments.no_peers:
            each = " ".join(shown(losses) for losses, _, _ in runs)
            print(f"| {name} | {shown(ours)} | {each} | | | | {seconds:.1f} | {epochs} |", flush=True)
            continue
        linear = sklearn(folder, target, task, 0, "linear")
        peer = np.mean([sklearn(folder, target, task, seed, "mlp") for seed in seeds], 0)
        cells = []
        for theirs in (linear, peer):
            mean, low, high = paired(ours, theirs, rng)
            verdict = "better" if high < 0 else "WORSE" if low > 0 else "level"
            unit = 1 if task == "class" else np.var(pd.read_csv(folder / "test.csv")[target])
            cells.append(f"{verdict} {mean / unit:+.4f} [{low / unit:+.4f}, {high / unit:+.4f}]")
        print(f"| {name} | {shown(ours)} | {shown(linear)} | {shown(peer)} | {' | '.join(cells)} | {seconds:.1f} | {epochs} |",
              flush=True)
    print("\nDifferences are in error rate (classes) and in shares of the test variance (numbers); below 0 wellfit is better.")


if __name__ == "__main__":
    main()
