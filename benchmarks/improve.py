"""What `wellfit improve` gains on test rows: from a plain network, from the defaults, and beside Optuna.

usage: improve.py WELLFIT FILES KEEP [--sets a,b] [--parts plain,plain+,default,default+,optuna] [--budget 60] [--out FILE]
FILES holds <set>/train.csv and <set>/test.csv for the sets of quality.py. Needs numpy and pandas; for the part `optuna` also
optuna and scikit-learn: its MLP, tuned by 5-fold cross-validation on train for `--budget` seconds, then refitted, which is
not counted.

What each part gave is kept in KEEP and not measured again, so that parts can run one after the other, or at once with a core
each (`taskset`). The table holds every set whose parts are all there. wellfit is given train.csv, which it splits, and
test.csv as `--test`, which it opens once, at the end. A difference of two models is paired over test rows (2,000
resamples); it counts if its 95% interval leaves 0 out.
"""
import argparse, json, multiprocessing, os, pathlib, signal, statistics, subprocess, sys, tempfile, time, warnings
import numpy as np, pandas as pd
from quality import SETS, prepared

warnings.filterwarnings("ignore")
PARTS = ["plain", "plain+", "default", "default+", "optuna"]
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


def wellfit(binary, folder, target, task, start, budget=None):
    """What a run gave, trained as it starts or improved for `budget` seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        out = f"{scratch}/run"
        command = [binary, "improve" if budget else "train", str(folder / "train.csv"), "--target", target,
                   "--test", str(folder / "test.csv"), "--out", out, "--json", *start]
        begun = time.perf_counter()
        result = run([*command, "--budget", f"{budget}s"] if budget else command)
        seconds = time.perf_counter() - begun
        predictions = f"{out}.csv"
        subprocess.run([binary, "predict", out, str(folder / "test.csv"), "--out", predictions, "--quiet"], check=True,
                       stdout=subprocess.DEVNULL)
        answers = pd.read_csv(predictions, dtype=str)[target].str.strip()
    steps = result.get("steps") or []
    return {"losses": losses(answers, folder, target, task).tolist(), "seconds": seconds,
            "trials": len(steps), "kept": [step["change"] for step in steps if step["accepted"]]}


def mlp(settings, rows, task):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler
    settings = {**settings, "batch_size": min(settings["batch_size"], rows), "random_state": 0}
    if task == "class":
        return MLPClassifier(**settings)
    return TransformedTargetRegressor(MLPRegressor(**settings), transformer=StandardScaler())


def settings_of(trial):
    return dict(hidden_layer_sizes=(trial.suggest_categorical("units", [32, 64, 128, 256]),) * trial.suggest_int("layers", 1, 3),
                alpha=trial.suggest_float("alpha", 1e-6, 10, log=True),
                learning_rate_init=trial.suggest_float("rate", 1e-4, 3e-2, log=True),
                batch_size=trial.suggest_categorical("batch", [32, 128, 512]),
                activation=trial.suggest_categorical("activation", ["relu", "tanh"]),
                early_stopping=trial.suggest_categorical("early_stopping", [True, False]))


def study(storage):
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna.create_study(study_name="mlp", storage=storage, load_if_exists=True, direction="maximize",
                               sampler=optuna.samplers.TPESampler(seed=0))


def search(storage, x, y, task):
    """Tries settings without end; the caller ends it."""
    from sklearn.model_selection import cross_val_score
    os.setsid()
    scoring = "accuracy" if task == "class" else "neg_root_mean_squared_error"
    study(storage).optimize(lambda trial: cross_val_score(mlp(settings_of(trial), len(x), task), x, y, cv=5,
                                                          scoring=scoring, n_jobs=-1).mean())


def optuna_mlp(folder, target, task, seconds):
    """What scikit-learn's MLP gave with the best settings that Optuna's trials had found when `seconds` were over."""
    train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
    y = train.pop(target)
    x, xt = prepared(train, test.drop(columns=target))
    with tempfile.TemporaryDirectory() as scratch:
        storage = f"sqlite:///{scratch}/study.db"
        searching = multiprocessing.Process(target=search, args=(storage, x, y, task))
        searching.start()
        searching.join(seconds)
        os.killpg(searching.pid, signal.SIGKILL)
        searching.join()
        done = [trial for trial in study(storage).trials if trial.values]
    # A trial that has not ended in time is lost, as one of wellfit's is.
    best = max(done, key=lambda trial: trial.value, default=None)
    settings = settings_of(best_again(best)) if best else dict(batch_size=200)
    answers = mlp(settings, len(x), task).fit(x, y).predict(xt)
    return {"losses": losses(answers.astype(str), folder, target, task).tolist(), "seconds": seconds, "trials": len(done),
            "kept": [f"{name} = {value}" for name, value in (best.params if best else {}).items()]}


def best_again(trial):
    import optuna
    return optuna.trial.FixedTrial(trial.params)


def gain(before, after, task):
    """Error before less error after, paired over rows: value, low, high."""
    rng = np.random.default_rng(0)
    picks = [rng.integers(0, len(before), len(before)) for _ in range(2000)]
    each = [error(before[pick], task) - error(after[pick], task) for pick in picks]
    return error(before, task) - error(after, task), *np.quantile(each, [0.025, 0.975])


def word(some):
    return "better" if some[1] > 0 else "worse" if some[2] < 0 else "level"


def measured(part, name, options):
    """What a part gave on a set: read if it was kept, else measured and kept; None if it is neither kept nor asked for."""
    path = options.keep / f"{name}-{part}.json"
    if path.exists():
        return json.loads(path.read_text())
    if part not in options.parts.split(",") or name not in options.sets.split(","):
        return None
    (target, task), folder = SETS[name], options.files / name
    if part == "optuna":
        given = optuna_mlp(folder, target, task, options.budget)
    else:
        start = PLAIN if part.startswith("plain") else []
        given = wellfit(options.wellfit, folder, target, task, start, options.budget if part.endswith("+") else None)
    path.write_text(json.dumps(given))
    print(f"{name} {part}: {error(np.array(given['losses']), task):.4g}, {given['seconds']:.0f} s, "
          f"{given['trials']} trials, {'; '.join(given['kept']) or '–'}", file=sys.stderr, flush=True)
    return given


def row(name, given):
    """A set's line of the table, and its relative gain from the plain network."""
    task = SETS[name][1]
    rows = {part: np.array(some["losses"]) for part, some in given.items()}
    shown = {part: f"{error(some, task):.4g}" for part, some in rows.items()}
    relative = 1 - error(rows["plain+"], task) / error(rows["plain"], task)
    optuna = given["optuna"]["trials"]
    line = (f"| {name} | {shown['plain']} | {shown['plain+']} "
            f"| {relative:+.1%}, {word(gain(rows['plain'], rows['plain+'], task))} "
            f"| {'; '.join(given['plain+']['kept']) or '–'} | {shown['default']} | {shown['default+']} "
            f"| {word(gain(rows['default'], rows['default+'], task))} | {shown['optuna']} ({optuna}) "
            f"| {word(gain(rows['optuna'], rows['default+'], task))} |")
    return line, relative


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wellfit")
    parser.add_argument("files", type=pathlib.Path)
    parser.add_argument("keep", type=pathlib.Path, help="folder for what each part gave")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--budget", type=int, default=60, help="seconds for each improvement, and for Optuna")
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    lines = [f"Command: `{' '.join(['python3', 'benchmarks/improve.py', 'WELLFIT', 'FILES', 'KEEP', *sys.argv[4:]])}`\n",
             "| set | plain | improved from plain | gain | kept | default | improved from default | against default "
             "| Optuna, same seconds (trials) | against Optuna |", "|---|---|---|---|---|---|---|---|---|---|"]
    relative = []
    for name in SETS:
        given = {part: measured(part, name, options) for part in PARTS}
        if all(given.values()):
            line, of_plain = row(name, given)
            lines.append(line)
            relative.append(of_plain)
    if relative:
        lines.append(f"\nMean relative gain from the plain network: {statistics.fmean(relative):+.1%}.")
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
