"""
Trains a network of another architecture in PyTorch on the games of a run, and saves it as an ONNX file that Azul Zero plays.

    azul train --preset tiny --run runs/mine              # games
    azul dataset runs/mine --out data --form npz          # positions
    python examples/python/train.py data mine.onnx        # this file
    azul play mine.onnx --inputs azul-5

The network embeds the inputs, mixes them in gated residual layers, and has the heads of docs/networks.md. The targets are
those of docs/data.md: the search's policy, and results and margins of games.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Positions(torch.utils.data.Dataset):
    """The positions of a dataset's split, "train" or "validation", in memory: about 1 kB each."""

    def __init__(self, folder: Path, split: str):
        files = [np.load(path) for path in sorted(folder.glob(f"{split}-*.npz"))]
        if not files:
            raise SystemExit(f"train.py: {folder} has no {split} games; make a dataset of more games")
        # Positions that wait for a deal have no policy.
        column = lambda name: np.concatenate([file[name] for file in files])
        decisions = column("policy").any(axis=1)
        self.inputs, self.policy, self.value, self.margin = (
            column(name)[decisions] for name in ("inputs", "policy", "value", "margin")
        )

    def __len__(self):
        return len(self.inputs)

    def batches(self, size: int, random: np.random.Generator):
        """Batches in a random order, as floats: inputs, policy, value, margin."""
        for chosen in np.array_split(random.permutation(len(self)), max(1, len(self) // size)):
            policy = torch.from_numpy(self.policy[chosen].astype(np.float32))
            yield (
                torch.from_numpy(self.inputs[chosen].astype(np.float32) / 100),
                policy / policy.sum(dim=1, keepdim=True),
                torch.from_numpy(self.value[chosen]),
                torch.from_numpy(self.margin[chosen]),
            )


class GatedNetwork(nn.Module):
    """Inputs [n, inputs] to logits [n, actions], value [n, players] and margin [n, players]."""

    def __init__(self, inputs: int, actions: int, players: int, width: int, blocks: int):
        super().__init__()
        self.embed = nn.Linear(inputs, width)
        self.mix = nn.ModuleList(nn.Linear(width, 2 * width) for _ in range(blocks))
        self.logits = nn.Linear(width, actions)
        self.value = nn.Linear(width, players)
        self.margin = nn.Linear(width, players)

    def forward(self, inputs):
        x = torch.relu(self.embed(inputs))
        for layer in self.mix:
            change, gate = layer(x).chunk(2, dim=1)
            x = x + torch.tanh(change) * torch.sigmoid(gate)
        return self.logits(x), torch.tanh(self.value(x)), torch.tanh(self.margin(x))


def losses(network, inputs, policy, value, margin):
    """Cross-entropy of the policy, and mean squared errors of value and margin."""
    logits, said_value, said_margin = network(inputs)
    cross_entropy = -(policy * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()
    return cross_entropy, (said_value - value).square().mean(), (said_margin - margin).square().mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("dataset", type=Path, help="folder that azul dataset --form npz wrote")
    parser.add_argument("model", help="ONNX file to write")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--batch", type=int, default=256)
    options = parser.parse_args()

    torch.manual_seed(0)
    random = np.random.default_rng(0)
    about = json.loads((options.dataset / "dataset.json").read_text())
    train, validation = (Positions(options.dataset, split) for split in ("train", "validation"))
    inputs, actions, players = train.inputs.shape[1], train.policy.shape[1], train.value.shape[1]
    network = GatedNetwork(inputs, actions, players, options.width, options.blocks)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-4)
    print(f"{len(train)} positions to train on, {len(validation)} held out, {sum(p.numel() for p in network.parameters())} parameters")

    for epoch in range(1, options.epochs + 1):
        network.train()
        for batch in train.batches(options.batch, random):
            optimizer.zero_grad()
            policy_loss, value_loss, margin_loss = losses(network, *batch)
            (policy_loss + value_loss + margin_loss).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        network.eval()
        with torch.no_grad():
            held_out = [[loss.item() for loss in losses(network, *batch)] for batch in validation.batches(options.batch, random)]
        policy_loss, value_loss, margin_loss = np.mean(held_out, axis=0)
        print(f"epoch {epoch}: held-out policy {policy_loss:.4f}, value {value_loss:.4f}, margin {margin_loss:.4f}")

    names = ["logits", "value", "margin"]
    free = {name: {0: "batch"} for name in ["inputs", *names]}
    torch.onnx.export(
        network, torch.zeros(1, inputs), options.model, input_names=["inputs"], output_names=names, dynamic_axes=free
    )
    print(f"azul play {options.model} --inputs {about['encoding']} --players {players}")


if __name__ == "__main__":
    main()
