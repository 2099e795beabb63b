"""DeepLog in PyTorch, as bench/deeplog/run.mjs asks for it: fastest training step and forward pass in ms, as JSON."""
import json
import sys
import time

import torch

vocabulary, batch, window, threads, steps = (int(x) for x in sys.argv[1:])
torch.set_num_threads(threads)
torch.manual_seed(1)


class DeepLog(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, 50)
        self.lstm = torch.nn.LSTM(50, 64, 2, batch_first=True)
        self.keys = torch.nn.Linear(64, vocabulary)

    def forward(self, x):
        return self.keys(self.lstm(self.embedding(x))[0][:, -1])


model = DeepLog()
adam = torch.optim.Adam(model.parameters(), 1e-3)
x = torch.randint(5, vocabulary, (batch, window))
y = torch.randint(5, vocabulary, (batch,))


def train():
    adam.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    adam.step()


def score():
    with torch.no_grad():
        model(x)


def fastest(run):
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


print(json.dumps({"torch": torch.__version__, "train": fastest(train), "score": fastest(score)}))
