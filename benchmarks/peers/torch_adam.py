"""A step of Adam over the weights of the MLP 784-128-64-10, gradients given, in eager PyTorch. Argument: threads."""

import peer
import torch
from torch import nn

peer.configure()
model = nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 64), nn.Linear(64, 10))
for parameter in model.parameters():
    parameter.grad = torch.randn_like(parameter) * 0.05
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

peer.serve(optimizer.step, warmup=200)
