"""What scikit-learn's exact t-SNE makes of a small table: likelihoods of pairs, the divergence and its gradient at given
points, and where the divergence ends. Writes test/fixtures/projections.json: python test/support/projections.py"""

import json
import pathlib

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities, _kl_divergence

random = np.random.RandomState(3)
count, perplexity = 60, 12
centres = 3 * random.randn(4, 5)
rows = (centres[np.arange(count) % 4] + random.randn(count, 5)).round(3)
points = random.randn(count, 2).round(3)

pairs = _joint_probabilities(squareform(pdist(rows, "sqeuclidean")).astype(np.float32), perplexity, 0)
divergence, gradient = _kl_divergence(points.ravel(), pairs, 1, count, 2)
# The program's own perplexity for so many rows.
ends = TSNE(method="exact", init="pca", perplexity=(count - 1) / 3, random_state=0).fit(rows).kl_divergence_

fixture = {
    "rows": rows.tolist(),
    "perplexity": perplexity,
    "points": points.tolist(),
    "pairs": pairs.round(9).tolist(),
    "divergence": float(divergence),
    "gradient": gradient.round(9).tolist(),
    "ends": float(ends),
}
path = pathlib.Path(__file__).parent.parent / "fixtures" / "projections.json"
path.write_text(json.dumps(fixture) + "\n")
print(divergence, ends)
