"""LogBERT's training step and scoring in PyTorch on the GPU (on the CPU where there is none, which it says): pre-norm
encoder with scaled_dot_product_attention, dropout .1, Adam. Prints milliseconds as JSON. Usage: peer.py ROUNDS SIZE"""
import json, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

rounds, size = int(sys.argv[1]), json.loads(sys.argv[2])
D, H, B, T, V = size["hidden"], size["heads"], size["rows"], size["tokens"], 24
device = "cuda" if torch.cuda.is_available() else "cpu"


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.inner, self.outer = nn.Linear(D, size["feedForward"]), nn.Linear(size["feedForward"], D)
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        q, k, v = (y.view(B, T, H, D // H).transpose(1, 2) for y in self.qkv(self.norm1(x)).chunk(3, dim=-1))
        mixed = F.scaled_dot_product_attention(q, k, v, dropout_p=0.1 if self.training else 0.0)
        x = x + self.drop(self.out(mixed.transpose(1, 2).reshape(B, T, D)))
        return x + self.drop(self.outer(self.drop(F.gelu(self.inner(self.norm2(x)), approximate="tanh"))))


keys = nn.Embedding(V, D)
model = nn.Sequential(keys, nn.Dropout(0.1), *(Layer() for _ in range(size["layers"])), nn.Linear(D, V)).to(device)
adam = torch.optim.Adam(model.parameters(), lr=6e-4)
batch = torch.randint(V, (B, T), device=device)


def train():
    model.train()
    adam.zero_grad()
    F.cross_entropy(model(batch).view(B * T, V), batch.view(B * T)).backward()
    adam.step()


def score():
    model.eval()
    with torch.no_grad():
        F.log_softmax(model(batch), dim=-1).argmax(-1).cpu()


def median(run):
    times = []
    for i in range(-3, rounds):
        start = time.perf_counter()
        run()
        if device == "cuda":
            torch.cuda.synchronize()
        if i >= 0:
            times.append(time.perf_counter() - start)
    return 1000 * sorted(times)[len(times) // 2]


where = torch.cuda.get_device_name() if device == "cuda" else "on the CPU: it found no GPU"
print(json.dumps({"train": median(train), "score": median(score), "description": f"{torch.__version__}, {where}"}))
