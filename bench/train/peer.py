"""One epoch of LogBERT on the HDFS key sessions in PyTorch, with the layers and settings of the authors' code: pre-norm
encoder (256 hidden, 4 layers, 4 heads, 512 feed-forward, dropout .1), batches of 32 in shuffled order padded to their
longest session, mask ratio .65, Adam, validation, and a pass over the training sessions that finds the centre.
Prints seconds as JSON. Usage: peer.py TRAIN_KEYS.gz EPOCHS"""
import gzip, json, math, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

PAD, DIST, MASK, FIRST = 0, 2, 3, 5
D, LAYERS, HEADS, INNER, BATCH = 256, 4, 4, 512, 32


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.q, self.k, self.v, self.o = (nn.Linear(D, D) for _ in range(4))
        self.inner, self.outer = nn.Linear(D, INNER), nn.Linear(INNER, D)
        self.drop = nn.Dropout(0.1)

    def forward(self, x, allowed):
        B, T, _ = x.shape
        split = lambda y: y.view(B, T, HEADS, D // HEADS).transpose(1, 2)
        h = self.norm1(x)
        scores = split(self.q(h)) @ split(self.k(h)).transpose(-2, -1) / math.sqrt(D // HEADS)
        weights = self.drop(F.softmax(scores.masked_fill(~allowed, -1e9), dim=-1))
        mixed = (weights @ split(self.v(h))).transpose(1, 2).reshape(B, T, D)
        x = x + self.drop(self.o(mixed))
        return x + self.drop(self.outer(self.drop(F.gelu(self.inner(self.norm2(x)), approximate="tanh"))))


class LogBert(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.keys = nn.Embedding(vocabulary, D, padding_idx=PAD)
        t = torch.arange(512).unsqueeze(1)
        angle = t / 10000 ** (torch.arange(0, D, 2) / D)
        self.register_buffer("positions", torch.stack((angle.sin(), angle.cos()), 2).view(512, D))
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(D, vocabulary)

    def forward(self, keys):
        allowed = (keys != PAD)[:, None, None, :]
        x = self.drop(self.keys(keys) + self.positions[: keys.shape[1]])
        for layer in self.layers:
            x = layer(x, allowed)
        return F.log_softmax(self.head(x), dim=-1), x[:, 0]


def batches(sessions, shuffle):
    order = torch.randperm(len(sessions)) if shuffle else torch.arange(len(sessions))
    for at in range(0, len(order), BATCH):
        chosen = [sessions[i] for i in order[at : at + BATCH].tolist()]
        T = max(map(len, chosen)) + 1
        targets = torch.zeros(len(chosen), T, dtype=torch.long)
        for row, session in enumerate(chosen):
            targets[row, 0] = DIST
            targets[row, 1 : len(session) + 1] = torch.tensor(session)
        masked = (torch.rand(targets.shape) < 0.65) & (targets >= FIRST)
        yield targets.masked_fill(masked, MASK), targets.masked_fill(~masked, PAD)


def main(path, epochs):
    torch.manual_seed(1)
    sessions = [[int(k) for k in line.split()] for line in gzip.open(path, "rt")]
    known = {k: i + FIRST for i, k in enumerate(sorted({k for s in sessions for k in s}))}
    sessions = [[known[k] for k in s] for s in sessions]
    held = round(len(sessions) * 0.1)
    train, validation = sessions[:-held], sessions[-held:]
    model = LogBert(len(known) + FIRST)
    adam = torch.optim.Adam(model.parameters(), lr=1e-4)
    loss_of = nn.NLLLoss(ignore_index=PAD)
    centre = torch.zeros(D)
    for epoch in range(epochs):
        seconds = {}
        start = time.perf_counter()
        model.train()
        for keys, targets in batches(train, True):
            logp, dist = model(keys)
            loss = loss_of(logp.transpose(1, 2), targets) + 0.1 * F.mse_loss(dist, centre.expand_as(dist))
            adam.zero_grad()
            loss.backward()
            adam.step()
        seconds["train"] = time.perf_counter() - start
        start = time.perf_counter()
        with torch.no_grad():
            for keys, targets in batches(validation, False):
                loss_of(model(keys)[0].transpose(1, 2), targets)
        seconds["validation"] = time.perf_counter() - start
        start = time.perf_counter()
        with torch.no_grad():
            centre = torch.cat([model(keys)[1] for keys, _ in batches(train, False)]).mean(0)
        seconds["centre"] = time.perf_counter() - start
        print(json.dumps({"epoch": epoch + 1, "loss": loss.item(), "torch": torch.__version__, **seconds}), flush=True)


main(sys.argv[1], int(sys.argv[2]))
