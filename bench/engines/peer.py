"""One measurement of PyTorch's side, as JSON: peer.py logbert|deeplog|scoring [KEY FILES...]. See run.mjs.

LogBERT: pre-norm encoder with scaled_dot_product_attention (256 hidden, 4 layers, 4 heads, 512 feed-forward, dropout .1),
batch 32 x 24, Adam. DeepLog: embedding 50, nn.LSTM 2 x 64, window 10, batch 2,048. 33 keys."""
import gzip, json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

KEYS, D, LAYERS, HEADS, INNER = 33, 256, 4, 4, 512


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.o = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.inner, self.outer = nn.Linear(D, INNER), nn.Linear(INNER, D)
        self.drop = nn.Dropout(0.1)

    def forward(self, x, mask):
        B, T, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(B, T, 3, HEADS, D // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=0.1 if self.training else 0.0)
        x = x + self.drop(self.o(mixed.transpose(1, 2).reshape(B, T, D)))
        return x + self.drop(self.outer(self.drop(F.gelu(self.inner(self.norm2(x)), approximate="tanh"))))


class LogBert(nn.Module):
    def __init__(self):
        super().__init__()
        self.keys, self.drop, self.head = nn.Embedding(KEYS, D), nn.Dropout(0.1), nn.Linear(D, KEYS)
        self.register_buffer("positions", torch.randn(512, D) * 0.02)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, keys):
        mask = torch.zeros(len(keys), 1, 1, keys.shape[1]).masked_fill((keys == 0)[:, None, None, :], -1e9)
        x = self.drop(self.keys(keys) + self.positions[: keys.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        return F.log_softmax(self.head(x), dim=-1), x[:, 0]


class DeepLog(nn.Module):
    def __init__(self):
        super().__init__()
        self.keys, self.lstm, self.head = nn.Embedding(KEYS, 50), nn.LSTM(50, 64, 2, batch_first=True), nn.Linear(64, KEYS)

    def forward(self, keys):
        return F.log_softmax(self.head(self.lstm(self.keys(keys))[0][:, -1]), dim=-1)


def median(count, run):
    times = []
    for i in range(count + 5):
        start = time.perf_counter()
        run()
        if i >= 5:
            times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[count // 2]


def steps(what):
    if what == "logbert":
        model, keys, targets = LogBert(), torch.randint(5, KEYS, (32, 24)), torch.randint(0, KEYS, (32, 24))
        centre = torch.zeros(D)

        def loss():
            logp, dist = model(keys)
            return F.nll_loss(logp.transpose(1, 2), targets) + 0.1 * F.mse_loss(dist, centre.expand_as(dist))

        count = 40
    else:
        model, keys, targets = DeepLog(), torch.randint(5, KEYS, (2048, 10)), torch.randint(0, KEYS, (2048,))
        loss, count = (lambda: F.nll_loss(model(keys), targets)), 25
    adam = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        value = loss()
        adam.zero_grad()
        value.backward()
        adam.step()

    train = median(count, step)
    model.eval()
    with torch.no_grad():
        return {"train": train, "forward": median(count, lambda: model(keys))}


def scoring(files):
    lines = dict.fromkeys(line for file in files for line in gzip.open(file, "rt").read().strip().split("\n"))
    sequences = [[1] + [5 + int(key) % 28 for key in line.split()] for line in lines]
    model = LogBert().eval()
    rates = {}
    for name, order in (("file", sequences), ("sorted", sorted(sequences, key=len))):
        start = time.perf_counter()
        with torch.no_grad():
            for at in range(0, len(order), 32):
                batch = order[at : at + 32]
                keys = torch.zeros(len(batch), max(map(len, batch)), dtype=torch.long)
                for row, sequence in enumerate(batch):
                    keys[row, : len(sequence)] = torch.tensor(sequence)
                keys = keys.masked_fill((torch.rand(keys.shape) < 0.65) & (keys >= 5), 3)
                model(keys)
        rates[name] = len(order) / (time.perf_counter() - start)
    return rates


torch.manual_seed(1)
what, *files = sys.argv[1:]
result = scoring(files) if what == "scoring" else steps(what)
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({**result, "torch": torch.__version__, "threads": torch.get_num_threads(), "rss": rss}))
