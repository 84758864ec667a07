#!/usr/bin/env python3
"""Follows the first advice step by step from a plain network, on the tables of a folder of real data.

usage: follow.py WELLFIT DATA [NAME ...]

A line a table: the steps, with dev error after each. A walk ends where the first advice changes no setting; it goes wrong where it
repeats itself, takes more than six steps, or ends with a higher dev error than it began with; where a step changes the data or what is measured, than
it had after that step.
"""
import json, pathlib, subprocess, sys, tempfile

PLAIN = {"network.hidden": "[64, 64]", "network.activation": '"relu"'}
OPTIONS = ["--preset", "textbook", "--threads", "1", "--quiet", "--json"]
TABLES = {
    "course_circles": ("train.csv", "label"),
    "course_moons": ("train.csv", "label"),
    "course_football": ("train.csv", "label"),
    "sonar": ("sonar.csv", "label"),
    "auto_imports": ("auto_imports.csv", "price"),
    "horse_colic": ("horse-colic.csv", "surgical_lesion"),
    "breast_cancer_diagnostic": ("wdbc.csv", "diagnosis"),
    "breast_cancer_original": ("breast-cancer-wisconsin.csv", "class"),
    "pima_diabetes": ("pima-indians-diabetes.csv", "outcome"),
    "titanic": ("train.csv", "Survived"),
    "titanic_leaky": ("titanic.csv", "survived"),
    "abalone": ("abalone.csv", "rings"),
    "wine_quality": ("winequality-red.csv", "quality"),
    "telco_churn": ("Telco-Customer-Churn.csv", "Churn"),
    "mammography": ("mammography.csv", "class"),
    "higgs_small": ("train.csv", "label"),
    "california_housing": ("housing.csv", "median_house_value"),
    "bike_sharing": ("hour.csv", "cnt"),
    "adult": ("adult-train.csv.gz", "income"),
    "diamonds": ("diamonds.csv", "price"),
}
STEPS = 6


def follow(wellfit, data, name):
    file, target = TABLES[name]
    changes, errors = [], []
    with tempfile.TemporaryDirectory() as folder:
        for step in range(STEPS + 1):
            settings = PLAIN | dict(change.split(" = ", 1) for change in changes)
            sets = [part for key, value in settings.items() for part in ("--set", f"{key} = {value}")]
            command = [wellfit, "train", data / name / file, "--target", target, *OPTIONS, *sets, "--out", f"{folder}/{step}"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                return changes, errors, "failed: " + done.stderr.strip().splitlines()[-1]
            result = json.loads(done.stdout)
            errors.append(result["dev"]["error"]["value"])
            change = result["prescription"][0]["change"]
            if " = " not in change or not change.split(" = ")[0].replace(".", "").replace("_", "").isalpha():
                break
            if change in changes:
                return changes, errors, f"repeats {change}"
            changes.append(change)
        else:
            return changes, errors, f"no end after {STEPS} steps"
    # Other data, or another measure, begin anew: a leak that is dropped raises the error, as it should.
    anew = [step + 1 for step, change in enumerate(changes) if change.startswith(("data.", "training.metric"))]
    start = max(anew, default=0)
    return changes, errors, "ends well" if errors[-1] <= errors[start] else "ends worse"


def main(wellfit, data, *names):
    for name in names or TABLES:
        changes, errors, verdict = follow(wellfit, pathlib.Path(data), name)
        walk = "".join(f" | {change} {error:.4g}" for change, error in zip(changes, errors[1:]))
        print(f"{name}: {verdict}: {errors[0] if errors else float('nan'):.4g}{walk}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
