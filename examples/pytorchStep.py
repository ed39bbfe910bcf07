"""The training step of this project in PyTorch: the same network, losses, clipping and AdamW, on one CPU thread.

pytorch.ts starts it: python3 pytorchStep.py <folder>. In the folder, step.json has the settings of the step and the places of
the arrays of 32-bit floats in data.bin. Prints one line of JSON with the losses of the first steps and samples per second.
"""

import json
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

folder = Path(sys.argv[1])
step = json.loads((folder / "step.json").read_text())
data = torch.frombuffer(bytearray((folder / "data.bin").read_bytes()), dtype=torch.float32)
torch.set_num_threads(1)


def array(name):
    """Returns a copy of the named array."""
    start, dims = step["arrays"][name]
    size = torch.Size(dims).numel()
    return data[start : start + size].reshape(dims).clone()


def linear(name):
    """Returns a layer with the stored weights: [inputs, outputs] in the file, [outputs, inputs] in PyTorch."""
    weight = array(f"{name}.weight").t().contiguous()
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight = nn.Parameter(weight)
    layer.bias = nn.Parameter(array(f"{name}.bias"))
    return layer


class Network(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.input = linear("input")
        self.blocks = nn.ModuleList(
            nn.ModuleList([linear(f"block{i}.first"), linear(f"block{i}.second")]) for i in range(blocks)
        )
        self.policy, self.takes = linear("policy"), linear("takes")
        self.outcome = linear("outcome")
        self.value, self.margin, self.ownership = linear("value"), linear("margin"), linear("ownership")

    def forward(self, inputs):
        x = F.relu(self.input(inputs))
        for first, second in self.blocks:
            x = F.relu(second(F.relu(first(x))) + x)
        outcome = F.relu(self.outcome(x))
        heads = [torch.tanh(head(outcome)) for head in (self.value, self.margin, self.ownership)]
        return self.policy(x) + self.shared_logits(x, inputs), *heads

    def shared_logits(self, x, inputs):
        """Logits by colour, number of tiles and destination, which actions share: one table for factories, one for the centre."""
        rows, factories = len(inputs), self.policy.out_features // 30 - 1
        table = self.takes(x).view(rows, 5, 10, 6)
        counts = inputs[:, : 20 * factories].view(rows, factories, 5, 4).transpose(1, 2)
        centre = inputs[:, 20 * factories :][:, :35].view(rows, 5, 1, 7)[..., :6]
        logits = torch.cat([counts @ table[:, :, :4], centre @ table[:, :, 4:]], dim=2)
        return logits.transpose(1, 2).flatten(1)


network = Network(step["blocks"])
parameters = list(network.parameters())
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": step["weightDecay"]},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ],
    lr=step["learningRate"],
    betas=(step["momentum"], step["beta2"]),
    eps=1e-8,
)
inputs, policy, mask = array("inputs"), array("policy"), array("mask")
outcome, margin, ownership = array("outcome"), array("margin"), array("ownership")


def train():
    """Runs one step and returns its loss."""
    logits, value_out, margin_out, ownership_out = network(inputs)
    loss = (
        -step["policyWeight"] * (policy * F.log_softmax(logits + mask, dim=1)).sum(dim=1).mean()
        + step["valueWeight"] * F.mse_loss(value_out, outcome)
        + step["marginWeight"] * F.mse_loss(margin_out, margin)
        + step["ownershipWeight"] * F.mse_loss(ownership_out, ownership)
    )
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(parameters, step["clipNorm"])
    optimizer.step()
    return loss.item()


losses = [train() for _ in range(step["comparedSteps"])]
start = time.perf_counter()
steps = 0
while time.perf_counter() - start < step["seconds"]:
    train()
    steps += 1
rate = steps * len(inputs) / (time.perf_counter() - start)
print(json.dumps({"version": torch.__version__, "losses": losses, "samplesPerSecond": rate}))
