"""Learning curves to try early stopping on: 200 settings of a small net on scikit-learn's handwritten digits.

    python curves.py curves.json

Each of the settings, drawn at random, trains for 27 epochs by SGD; the accuracy on 600 held-out images is written after
every one. Needs numpy and scikit-learn, and a minute.
"""

import json
import math
import random
import sys

import numpy as np
from sklearn.datasets import load_digits

SETTINGS, EPOCHS, HELD = 200, 27, 600


def draw(rng):
    log = lambda low, high: math.exp(rng.uniform(math.log(low), math.log(high)))
    return {
        "lr": log(1e-4, 1),
        "momentum": rng.uniform(0, 0.99),
        "decay": log(1e-6, 1e-1),
        "batch": rng.choice([32, 64, 128]),
        "width": round(log(8, 64)),
        "dropout": rng.uniform(0, 0.6),
    }


def curve(settings, seed, x, y):
    rng = np.random.default_rng(seed)
    lr, momentum, decay, batch, width, dropout = settings.values()
    shapes = [(64, width), (1, width), (width, 10), (1, 10)]
    weights = [rng.normal(0, math.sqrt(2 / n), (n, m)) if n > 1 else np.zeros((n, m)) for n, m in shapes]
    speeds = [np.zeros(shape) for shape in shapes]
    found = []
    for _ in range(EPOCHS):
        order = rng.permutation(len(x) - HELD) + HELD
        for start in range(0, len(order), batch):
            some = order[start : start + batch]
            w1, b1, w2, b2 = weights
            # Dropout keeps means.
            mask = (rng.random((len(some), width)) >= dropout) / (1 - dropout)
            hidden = np.maximum(x[some] @ w1 + b1, 0) * mask
            outputs = hidden @ w2 + b2
            outputs -= outputs.max(1, keepdims=True)
            wrong = np.exp(outputs)
            wrong /= wrong.sum(1, keepdims=True)
            wrong[np.arange(len(some)), y[some]] -= 1
            wrong /= len(some)
            back = wrong @ w2.T * (hidden > 0) * mask
            grads = [x[some].T @ back, back.sum(0, keepdims=True), hidden.T @ wrong, wrong.sum(0, keepdims=True)]
            for weight, speed, grad in zip(weights, speeds, grads):
                speed *= momentum
                speed += grad + decay * weight
                weight -= lr * speed
        w1, b1, w2, b2 = weights
        said = (np.maximum(x[:HELD] @ w1 + b1, 0) @ w2 + b2).argmax(1)
        found.append(round(float((said == y[:HELD]).mean()), 4))
    return found


def main():
    np.seterr(all="ignore")  # rates that are too large end in NaN, which is an accuracy of a tenth
    data = load_digits()
    mixed = np.random.default_rng(0).permutation(len(data.target))
    x, y = data.data[mixed] / 8 - 1, data.target[mixed]
    rng = random.Random(0)
    all_settings = [draw(rng) for _ in range(SETTINGS)]
    rows = [json.dumps({**settings, "accuracy": curve(settings, at, x, y)}) for at, settings in enumerate(all_settings)]
    with open(sys.argv[1], "w") as out:
        out.write("[\n" + ",\n".join(rows) + "\n]\n")


main()
