"""A training step of six 3x3 convolutions with BatchNorm and three poolings, 3x32x32, batch 128, SGD, in eager PyTorch. Argument: threads."""

import peer
import torch
from torch import nn

peer.configure()
layers, channels = [], 3
for filters in (32, 64, 128):
    for _ in range(2):
        layers += [nn.Conv2d(channels, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        channels = filters
    layers.append(nn.MaxPool2d(2))
model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 4 * 4, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
loss_of = nn.CrossEntropyLoss()
images, labels = torch.rand(128, 3, 32, 32), torch.randint(0, 10, (128,))


def step():
    optimizer.zero_grad(set_to_none=True)
    loss_of(model(images), labels).backward()
    optimizer.step()


peer.serve(step, warmup=2)
