"""One session scored by the same model in eager PyTorch: seconds per call, median.

python peer.py HIDDEN LAYERS HEADS FEED_FORWARD VOCABULARY ROUNDS EVENTS ENDS
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

D, LAYERS, H, FF, V, K, T, ENDS = map(int, sys.argv[1:9])
torch.set_num_threads(1)
torch.manual_seed(0)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LayerNorm(D), nn.LayerNorm(D)
        self.query, self.key, self.value, self.output = (nn.Linear(D, D) for _ in range(4))
        self.inner, self.outer = nn.Linear(D, FF), nn.Linear(FF, D)

    def forward(self, x, bias):
        B, S, _ = x.shape
        y = self.first(x)
        heads = lambda linear: linear(y).view(B, S, H, D // H).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(heads(self.query), heads(self.key), heads(self.value), attn_mask=bias)
        x = x + self.output(mixed.transpose(1, 2).reshape(B, S, D))
        return x + self.outer(F.gelu(self.inner(self.second(x)), approximate="tanh"))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(V, D)
        self.register_buffer("positions", torch.randn(512, D))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.keys = nn.Linear(D, V)
        self.register_buffer("centre", torch.randn(D))

    def forward(self, keys, masks):
        """keys [S], masks [K, S]: 1 where a round masks -> the score"""
        seen = torch.where(masks, 3, keys)  # [K, S]
        bias = torch.zeros(seen.shape).masked_fill(seen == 0, -1e9)[:, None, None, :]
        x = self.embedding(seen) + self.positions[: seen.shape[1]]
        for layer in self.layers:
            x = layer(x, bias)
        logp = F.log_softmax(self.keys(x), -1)
        target = logp.gather(-1, keys.expand(K, -1)[..., None])
        missed = ((logp > target).sum(-1) >= 6) & masks
        distance = (x[:, 0] - self.centre).square().mean(-1).mean()
        times = masks.sum(0).clamp(min=1)
        nll = -(target[..., 0] * masks).sum(0) / times
        return (nll > -math.log(0.001)).sum(), nll, missed.sum(0) / times, distance


model = Model().eval()
S = 1 + T + math.ceil(ENDS / 2)
keys = torch.randint(5, V, (S,))
masks = torch.rand(K, S) < 0.2
seconds = []
with torch.inference_mode():
    for _ in range(300):
        started = time.perf_counter()
        model(keys, masks)
        seconds.append(time.perf_counter() - started)
print(json.dumps({"torch": torch.__version__, "p50": sorted(seconds[50:])[125]}))
