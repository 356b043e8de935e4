"""A training step of the MLP 784-128-64-10, batch 32, in eager PyTorch. Arguments: threads, optimizer (Adam)."""

import sys

import peer
import torch
from torch import nn

peer.configure()
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = getattr(torch.optim, sys.argv[2] if len(sys.argv) > 2 else "Adam")(model.parameters(), lr=1e-3)
loss_of = nn.CrossEntropyLoss()
images, labels = torch.rand(32, 784), torch.randint(0, 10, (32,))


def step():
    optimizer.zero_grad(set_to_none=True)
    loss_of(model(images), labels).backward()
    optimizer.step()


peer.serve(step, warmup=200)
