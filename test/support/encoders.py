"""What scikit-learn makes of small tables: principal components, sparse codes, dictionaries, and the equations of its
Boltzmann machine. Writes test/fixtures/encoders.json: python test/support/encoders.py"""

import json
import pathlib

import numpy as np
from sklearn.decomposition import PCA, DictionaryLearning
from sklearn.linear_model import Lasso
from sklearn.neural_network import BernoulliRBM

random = np.random.RandomState(7)
rows = (random.randn(30, 3) @ random.randn(3, 6) + 0.3 * random.randn(30, 6)).round(3)

pca = PCA(4).fit(rows)
whitened = PCA(4, whiten=True).fit_transform(rows)

atoms = random.randn(8, 6)
atoms = (atoms / np.linalg.norm(atoms, axis=1, keepdims=True)).round(4)
# Lasso divides the squared errors by their number, here the columns.
lasso = Lasso(0.4 / 6, fit_intercept=False, tol=1e-14, max_iter=1_000_000)
codes = [lasso.fit(atoms.T, row).coef_.copy() for row in rows]

lam = 0.4
learned = DictionaryLearning(
    8, alpha=lam, max_iter=500, fit_algorithm="cd", transform_algorithm="lasso_cd", transform_alpha=lam, random_state=0
).fit(rows)
found = learned.transform(rows)
loss = 0.5 * ((rows - found @ learned.components_) ** 2).sum() + lam * np.abs(found).sum()

machine = BernoulliRBM(4, n_iter=0)
machine.components_ = random.randn(4, 6).round(2)
machine.intercept_hidden_ = random.randn(4).round(2)
machine.intercept_visible_ = random.randn(6).round(2)
machine.n_features_in_ = 6
bits = (random.rand(10, 6) < 0.5).astype(float)


def table(array):
    return np.asarray(array).round(9).tolist()


fixture = {
    "rows": table(rows),
    "pca": {"variances": table(pca.explained_variance_), "codes": table(pca.transform(rows)), "whitened": table(whitened)},
    "sparse": {"lambda": lam, "atoms": table(atoms), "codes": table(codes)},
    "dictionary": {"lambda": lam, "atoms": 8, "loss": float(loss)},
    "rbm": {
        "weights": table(machine.components_),
        "hidden": table([machine.intercept_hidden_]),
        "visible": table([machine.intercept_visible_]),
        "rows": table(bits),
        "means": table(machine._mean_hiddens(bits)),
        "energies": table(machine._free_energy(bits)),
    },
}
path = pathlib.Path(__file__).parent.parent / "fixtures" / "encoders.json"
path.write_text(json.dumps(fixture) + "\n")
print(loss)
