"""Makes classical.json: what scikit-learn finds on made-up count vectors.

pip install scikit-learn==1.9.1 && python test/golden/classical.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.cluster import AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics.pairwise import cosine_distances
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import OneClassSVM

rng = np.random.default_rng(7)
base = rng.poisson([3, 3, 1, 2, 0.3, 0.1], size=(40, 6))
base[:, 1] = base[:, 0]
rows = np.unique(base, axis=0).astype(float)
times = rng.integers(1, 30, size=len(rows))
train = np.repeat(rows, times, axis=0)
queries = np.vstack([rows[::5], rng.poisson([3, 1, 1, 6, 1, 1], size=(12, 6))]).astype(float)

pca = PCA(n_components=0.95, svd_solver="full").fit(train)
left = queries - pca.inverse_transform(pca.transform(queries))
# Principal directions of the second moments, means left on, as loglizer's PCA without zero-mean takes them.
directions, moments, _ = np.linalg.svd(train.T @ train / len(train))
held = int(np.searchsorted(np.cumsum(moments) / moments.sum(), 0.8)) + 1
uncentred = queries - queries @ directions[:, :held] @ directions[:, :held].T
forests = [IsolationForest(random_state=seed).fit(train) for seed in range(100)]
svms = {nu: OneClassSVM(nu=nu, gamma="scale", tol=1e-10).fit(train) for nu in (0.01, 0.1, 0.5)}
groups = AgglomerativeClustering(None, metric="cosine", linkage="complete", distance_threshold=0.1).fit_predict(rows)
means = [np.average(rows[groups == g], axis=0, weights=times[groups == g]) for g in range(groups.max() + 1)]
log_cluster = cosine_distances(queries, means).min(axis=1)

golden = {
    "made": f"scikit-learn {sklearn.__version__}, test/golden/classical.py",
    "rows": rows.tolist(),
    "times": times.tolist(),
    "queries": queries.tolist(),
    "pca": {"components": int(pca.n_components_), "spe": (left**2).sum(axis=1).tolist()},
    "uncentred": {"components": held, "spe": (uncentred**2).sum(axis=1).tolist()},
    "isolation": (-np.mean([forest.score_samples(queries) for forest in forests], axis=0)).tolist(),
    "svm": [{"nu": nu, "decision": svm.decision_function(queries).tolist()} for nu, svm in svms.items()],
    "clusters": groups.tolist(),
    "logCluster": log_cluster.tolist(),
    "nearest": NearestNeighbors(n_neighbors=1, metric="manhattan").fit(train).kneighbors(queries)[0][:, 0].tolist(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
