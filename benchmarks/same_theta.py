"""Whether two builds of wellfit train 24 configurations to the same bits: same_theta.py WELLFIT OTHER [DATA]

DATA is the folder of the real data sets, else WELLFIT_DATA. Only the tensors of model.safetensors count (name, type, shape,
bytes), not its description. Both builds run on the same machine: another instruction path rounds differently.
"""

import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ADULT = ["adult/adult-train.csv.gz", "--target", "income", "--epochs", "1"]
CHURN = ["telco_churn/Telco-Customer-Churn.csv", "--target", "Churn", "--epochs", "4"]
PIMA = ["pima_diabetes/pima-indians-diabetes.csv", "--target", "outcome", "--epochs", "8"]
HOUSES = ["california_housing/housing.csv", "--target", "median_house_value", "--epochs", "1"]
WINE = ["wine_quality/winequality-white.csv", "--target", "quality", "--epochs", "3"]
TITANIC = ["titanic/train.csv", "--target", "Survived", "--epochs", "8"]
HORSES = ["horse_colic/horse-colic.csv", "--target", "surgical_lesion", "--epochs", "8"]
BIKES = ["bike_sharing/hour.csv", "--target", "cnt", "--epochs", "1"]
FASHION = ["fashion_mnist/train-images-idx3-ubyte.gz", "--epochs", "1"]
MOONS = ["course_moons/train.csv", "--target", "label", "--epochs", "30"]
DIAMONDS = ["diamonds/diamonds.csv", "--target", "price", "--epochs", "1"]

CASES = {
    "binary, defaults": CHURN,
    "embeddings": ADULT,
    "embeddings, one thread": ADULT + ["--threads", "1"],
    "embeddings, three threads": ADULT + ["--threads", "3"],
    "regression": HOUSES,
    "regression, l2 and l1": HOUSES + ["--l2", "3", "--l1", "0.1", "--preset", "textbook"],
    "multiclass": WINE + ["--task", "multiclass", "--types", "quality=categorical"],
    "multiclass, smoothing": WINE + ["--task", "multiclass", "--types", "quality=categorical", "--label-smoothing", "0.1"],
    "images": FASHION + ["--hidden", "64,32"],
    "bf16": CHURN + ["--precision", "bf16", "--threads", "1"],
    "bf16, three threads": CHURN + ["--precision", "bf16", "--threads", "3"],
    "clipped": PIMA + ["--clip-norm", "0.5", "--optimizer", "adam"],
    "tanh, orthogonal, full batch": PIMA + ["--activation", "tanh", "--init", "orthogonal", "--batch", "full"],
    "sigmoid, xavier, momentum": MOONS + ["--activation", "sigmoid", "--init", "xavier", "--optimizer", "momentum"],
    "relu, he_uniform, nesterov": MOONS + ["--activation", "relu", "--init", "he_uniform", "--optimizer", "nesterov"],
    "leaky relu, rmsprop, keep_prob each": TITANIC + ["--activation", "leaky_relu", "--optimizer", "rmsprop", "--keep-prob", "0.9,0.5"],
    "elu, gradient descent, step": TITANIC + ["--activation", "elu", "--optimizer", "gd", "--schedule", "step"],
    "selu, class weights": HORSES + ["--activation", "selu", "--class-weights", "balanced"],
    "gelu, l2 each": HORSES + ["--activation", "gelu", "--hidden", "20,10", "--l2", "1,2,3", "--weight-decay", "0"],
    "mish, dates, by time": BIKES + ["--activation", "mish", "--time", "dteday", "--drop", "casual,registered"],
    "no hidden layer": CHURN + ["--hidden", ""],
    "groups, robust": TITANIC + ["--group", "Ticket", "--normalize", "robust"],
    "large batch in pieces": DIAMONDS + ["--batch", "5000", "--schedule", "warmup_cosine"],
    "resumed": CHURN,
}


def tensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    digest = hashlib.sha256()
    for name in sorted(key for key in header if key != "__metadata__"):
        entry = header[name]
        begin, end = entry["data_offsets"]
        digest.update(f"{name} {entry['dtype']} {entry['shape']}\n".encode())
        digest.update(data[8 + length + begin : 8 + length + end])
    return digest.hexdigest()


def train(program, data, arguments, out, resumed):
    command = [program, "train", str(Path(data) / arguments[0]), *arguments[1:], "--out", str(out), "--quiet"]
    if resumed:
        # Interrupted between two steps, then taken up again from the checkpoint.
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(0.35)
        except subprocess.TimeoutExpired:
            process.send_signal(2)
        if process.wait() not in (0, 130):
            raise SystemExit(f"{command}: exit code {process.returncode}")
        command.append("--resume")
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return tensors(out / "model.safetensors")


def hashes(program, data):
    found = {}
    for name, arguments in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = train(program, data, arguments, Path(folder) / "run", name == "resumed")
    return found


def main():
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    program, other = sys.argv[1:3]
    data = sys.argv[3] if len(sys.argv) == 4 else os.environ["WELLFIT_DATA"]
    found, expected = hashes(program, data), hashes(other, data)
    for name, digest in found.items():
        print(f"{digest[:16]}  {'same ' if expected[name] == digest else 'OTHER'}  {name}")
    same = sum(expected[name] == digest for name, digest in found.items())
    print(f"{same} of {len(found)} the same")
    sys.exit(same != len(found))


main()
