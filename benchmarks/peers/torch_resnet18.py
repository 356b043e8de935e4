"""A training step of ResNet-18 for 32x32 images (3x3 stem, no stem pooling), batch 64, SGD, in eager PyTorch. Argument: threads."""

import peer
import torch
from torch import nn

peer.configure()


def convolution(inputs, outputs, stride):
    return [nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs)]


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.path = nn.Sequential(*convolution(inputs, outputs, stride), nn.ReLU(inplace=True), *convolution(outputs, outputs, 1))
        same = stride == 1 and inputs == outputs
        self.skip = nn.Identity() if same else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.path(x) + self.skip(x))


layers, channels = [*convolution(3, 64, 1), nn.ReLU(inplace=True)], 64
for stage, width in enumerate((64, 128, 256, 512)):
    for block in range(2):
        layers.append(Block(channels, width, 2 if stage > 0 and block == 0 else 1))
        channels = width
model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
loss_of = nn.CrossEntropyLoss()
images, labels = torch.rand(64, 3, 32, 32), torch.randint(0, 10, (64,))


def step():
    optimizer.zero_grad(set_to_none=True)
    loss_of(model(images), labels).backward()
    optimizer.step()


peer.serve(step, warmup=1)
