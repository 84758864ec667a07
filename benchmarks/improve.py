"""What `wellfit improve` gains on test rows: from a plain network, from the defaults, and beside Optuna.

usage: improve.py WELLFIT FILES [--sets a,b] [--budget 60] [--optuna] [--out FILE]
FILES holds <set>/train.csv and <set>/test.csv for the sets of quality.py. Needs numpy and pandas; with --optuna also optuna
and scikit-learn: its MLP, tuned by 5-fold cross-validation on train for as many seconds as wellfit took, then refitted.

wellfit is given train.csv, which it splits, and test.csv as `--test`, which it opens once, at the end. A difference of two
models is paired over test rows (2,000 resamples); it counts if its 95% interval leaves 0 out.
"""
import argparse, json, pathlib, statistics, subprocess, sys, tempfile, time, warnings
import numpy as np, pandas as pd
from quality import SETS, prepared

warnings.filterwarnings("ignore")
PLAIN = ["--preset", "textbook", "--hidden", "64,32"]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def losses(answers, folder, target, task):
    truth = pd.read_csv(folder / "test.csv", dtype=str, keep_default_na=False)[target].str.strip()
    if task == "class":
        return (np.asarray(answers, dtype=str) != truth.to_numpy()).astype(float)
    return (np.asarray(answers, dtype=float) - truth.astype(float).to_numpy()) ** 2


def error(some, task):
    return float(some.mean() if task == "class" else np.sqrt(some.mean()))


def wellfit(binary, folder, target, task, scratch, start, budget=None):
    """Losses of the test rows, seconds and the changes kept of a run, trained as it starts or improved for `budget` seconds."""
    out = f"{scratch}/run-{len(list(pathlib.Path(scratch).iterdir()))}"
    command = [binary, "improve" if budget else "train", str(folder / "train.csv"), "--target", target,
               "--test", str(folder / "test.csv"), "--out", out, "--json", *start]
    begun = time.perf_counter()
    result = run([*command, "--budget", f"{budget}s"] if budget else command)
    seconds = time.perf_counter() - begun
    predictions = f"{out}.csv"
    subprocess.run([binary, "predict", out, str(folder / "test.csv"), "--out", predictions, "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    kept = [step["change"] for step in result.get("steps") or [] if step["accepted"]]
    return losses(pd.read_csv(predictions, dtype=str)[target].str.strip(), folder, target, task), seconds, kept


def optuna_mlp(folder, target, task, seconds):
    """Losses of the test rows of scikit-learn's MLP with what Optuna found in `seconds`."""
    import optuna
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.model_selection import cross_val_score
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    y = train.pop(target)
    x, xt = prepared(train, test.drop(columns=target))

    def model(trial):
        layers = (trial.suggest_categorical("units", [32, 64, 128, 256]),) * trial.suggest_int("layers", 1, 3)
        settings = dict(hidden_layer_sizes=layers, alpha=trial.suggest_float("alpha", 1e-6, 10, log=True),
                        learning_rate_init=trial.suggest_float("rate", 1e-4, 3e-2, log=True),
                        batch_size=min(trial.suggest_categorical("batch", [32, 128, 512]), len(x)),
                        activation=trial.suggest_categorical("activation", ["relu", "tanh"]),
                        early_stopping=trial.suggest_categorical("early_stopping", [True, False]), random_state=0)
        if task == "class":
            return MLPClassifier(**settings)
        return TransformedTargetRegressor(MLPRegressor(**settings), transformer=StandardScaler())

    scoring = "accuracy" if task == "class" else "neg_root_mean_squared_error"
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(lambda trial: cross_val_score(model(trial), x, y, cv=5, scoring=scoring, n_jobs=-1).mean(), timeout=seconds)
    best = model(study.best_trial).fit(x, y)
    return losses(best.predict(xt).astype(str), folder, target, task), len(study.trials)


def gain(before, after, task):
    """Error before less error after, paired over rows: value, low, high."""
    rng = np.random.default_rng(0)
    picks = [rng.integers(0, len(before), len(before)) for _ in range(2000)]
    each = [error(before[pick], task) - error(after[pick], task) for pick in picks]
    return error(before, task) - error(after, task), *np.quantile(each, [0.025, 0.975])


def word(some):
    return "better" if some[1] > 0 else "worse" if some[2] < 0 else "level"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wellfit")
    parser.add_argument("files", type=pathlib.Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--budget", type=int, default=60, help="seconds for each improvement")
    parser.add_argument("--optuna", action="store_true")
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    lines = [f"Command: `{' '.join(['python3', 'benchmarks/improve.py', 'WELLFIT', 'FILES', *sys.argv[3:]])}`\n",
             "| set | plain | improved from plain | gain | kept | default | improved from default | against default | "
             + ("Optuna, same seconds (trials) | against Optuna |" if options.optuna else ""),
             "|---|---|---|---|---|---|---|---|" + ("---|---|" if options.optuna else "")]
    relative = []
    for name in options.sets.split(","):
        (target, task), folder = SETS[name], options.files / name
        with tempfile.TemporaryDirectory() as scratch:
            model = lambda *rest: wellfit(options.wellfit, folder, target, task, scratch, *rest)
            plain, _, _ = model(PLAIN)
            from_plain, _, kept = model(PLAIN, options.budget)
            default, _, _ = model([])
            from_default, seconds, _ = model([], options.budget)
        errors = [error(some, task) for some in (plain, from_plain, default, from_default)]
        relative.append(1 - errors[1] / errors[0])
        shown = [f"{e:.4g}" for e in errors]
        line = (f"| {name} | {shown[0]} | {shown[1]} | {relative[-1]:+.1%}, {word(gain(plain, from_plain, task))} "
                f"| {'; '.join(kept) or '–'} | {shown[2]} | {shown[3]} | {word(gain(default, from_default, task))} |")
        if options.optuna:
            other, trials = optuna_mlp(folder, target, task, seconds)
            line += f" {error(other, task):.4g} ({trials}) | {word(gain(other, from_default, task))} |"
        lines.append(line)
        print(line, file=sys.stderr, flush=True)
    lines.append(f"\nMean relative gain from the plain network: {statistics.fmean(relative):+.1%}.")
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
