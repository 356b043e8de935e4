"""Makes zoo.json: PyTorch's logits, loss and gradients of small instances of the model zoo.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python3 make_zoo.py

The networks are written here from their descriptions, with PyTorch's own layers. Weights and images are not stored: both sides
compute them from a value's name and index (see `noise`), the names being the zoo's, "conv1.weight". BatchNormalization works
in training mode; the loss is the batch's mean softmax cross-entropy. Of each gradient every k-th number is stored.
"""

import math

import torch
import torch.nn.functional as F

from figures import numbers, write

BATCH, CLASSES, STORED = 6, 3, 12
MEAN, STD = 0.45, 0.25


def noise(name, count):
    """Uniform in [0, 1): MurmurHash3's finaliser over the FNV-1a hash of the name plus the index times an odd number."""
    def mix(x):
        x = ((x ^ (x >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
        x = ((x ^ (x >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
        return (x ^ (x >> 16)) / 2**32

    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    return torch.tensor([mix((seed + i * 0x9E3779B1) & 0xFFFFFFFF) for i in range(count)], dtype=torch.float64)


class Net:
    """Layers that make their weights when they are called, and count themselves by kind."""

    def __init__(self, name, *image):
        self.name, self.image, self.weights, self.counts = name, image, {}, {}
        pixels = torch.floor(256 * noise("image", BATCH * math.prod(image))).reshape(BATCH, *image)
        self.x = (pixels / 255 - MEAN) / STD

    def numbered(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}{self.counts[kind]}"

    def weight(self, name, *shape):
        """Kernels around 0 with variance 1/fan-in, scales around 1, biases around 0."""
        n = math.prod(shape)
        centre = 1.0 if name.endswith("weight") and len(shape) == 1 else 0.0
        reach = math.sqrt(3 / math.prod(shape[1:])) if len(shape) > 1 else 0.3
        values = (centre + reach * (2 * noise(name, n) - 1)).to(torch.float32).to(torch.float64)
        self.weights[name] = values.reshape(shape).requires_grad_()
        return self.weights[name]

    def linear(self, x, features, bias=True, name=None):
        name = name or self.numbered("linear")
        weight = self.weight(f"{name}.weight", features, x.shape[1])
        return F.linear(x, weight, self.weight(f"{name}.bias", features) if bias else None)

    def conv(self, x, channels, kernel, bias=True, name=None, **window):
        name = name or self.numbered("conv")
        weight = self.weight(f"{name}.weight", channels, x.shape[1], kernel, kernel)
        return F.conv2d(x, weight, self.weight(f"{name}.bias", channels) if bias else None, **window)

    def norm(self, x, name=None, scale=True, eps=1e-5):
        name = name or self.numbered("bn")
        weight = self.weight(f"{name}.weight", x.shape[1]) if scale else None
        return F.batch_norm(x, None, None, weight, self.weight(f"{name}.bias", x.shape[1]), training=True, eps=eps)

    def residual(self, x, path, stride=1, norm=False):
        y = path(x)
        if stride == 1 and y.shape == x.shape:
            return y + x
        name = self.numbered("projection")
        skip = self.conv(x, y.shape[1], 1, bias=False, name=name, stride=stride)
        return y + (self.norm(skip, f"{name}.bn") if norm else skip)

    def record(self, head):
        logits = head(self.x)
        loss = F.cross_entropy(logits, torch.arange(BATCH) % CLASSES)
        loss.backward()
        gradients = {}
        for name, weight in self.weights.items():
            every = math.ceil(weight.numel() / STORED)
            gradients[name] = {"shape": list(weight.shape), "every": every, "values": numbers(weight.grad.flatten()[::every].to(torch.float32).to(torch.float64))}
        return {"name": self.name, "image": list(self.image), "logits": numbers(logits), "loss": numbers(loss)[0], "gradients": gradients}


def flat(x):
    return x.flatten(1)


def mlp():
    net = Net("mlp", 1, 4, 4)
    return net.record(lambda x: net.linear(torch.tanh(net.linear(torch.tanh(net.linear(flat(x), 6)), 6)), CLASSES, name="head"))


def mlp_norm_before():
    net = Net("mlp, norm before the activation", 1, 4, 4)

    def layer(x, units):
        return F.gelu(net.norm(net.linear(x, units, bias=False)))
    return net.record(lambda x: net.linear(layer(layer(flat(x), 8), 5), CLASSES, name="head"))


def mlp_norm_after():
    net = Net("mlp, norm after the activation", 1, 4, 4)

    def layer(x, units):
        return net.norm(torch.sigmoid(net.linear(x, units)))
    return net.record(lambda x: net.linear(layer(layer(flat(x), 8), 5), CLASSES, name="head"))


def logistic():
    net = Net("logistic", 2, 3, 3)
    return net.record(lambda x: net.linear(flat(x), CLASSES, name="head"))


def residual_mlp():
    net = Net("residual-mlp", 1, 4, 4)

    def forward(x):
        x = net.linear(flat(x), 6, name="stem")
        for _ in range(2):
            x = x + net.linear(F.relu(net.norm(net.linear(x, 5, bias=False))), 6)
        return net.linear(x, CLASSES, name="head")
    return net.record(forward)


def cnn():
    net = Net("cnn", 2, 8, 8)

    def forward(x):
        for block in ((4, 4), (6,)):
            for channels in block:
                x = F.relu(net.norm(net.conv(x, channels, 3, bias=False, padding=1)))
            x = F.max_pool2d(x, 2)
        return net.linear(F.relu(net.linear(flat(x), 7)), CLASSES, name="head")
    return net.record(forward)


def block_cnn():
    net = Net("block-cnn", 2, 10, 10)

    def act(x):
        return F.leaky_relu(x, 0.2)

    def forward(x):
        for channels, kernels in ((4, (3, 5)), (6, (3, 1))):
            for kernel in kernels:
                x = act(net.conv(x, channels, kernel, padding=kernel // 2))
            x = F.avg_pool2d(x, 3, 2, 1)
        return net.linear(act(net.linear(flat(x), 8)), CLASSES, name="head")
    return net.record(forward)


def block_cnn_windows():
    net = Net("block-cnn, strided and dilated", 1, 15, 15)

    def forward(x):
        for channels in (3, 4):
            x = torch.tanh(net.norm(net.conv(x, channels, 3, bias=False, stride=2, padding=1, dilation=2)))
        return net.linear(flat(F.max_pool2d(x, 2, 1)), CLASSES, name="head")
    return net.record(forward)


def resnet():
    net = Net("resnet", 2, 8, 8)

    def block(x, channels):
        def path(y):
            y = F.relu(net.norm(net.conv(y, channels, 3, bias=False, padding=1)))
            return net.norm(net.conv(y, channels, 3, bias=False, padding=1))
        return F.relu(net.residual(x, path, norm=True))

    def forward(x):
        for channels in (4, 4, 6):
            x = F.max_pool2d(block(x, channels), 2)
        return net.linear(F.relu(net.linear(flat(x), 8)), CLASSES, name="head")
    return net.record(forward)


def bottleneck():
    net = Net("resnet, bottleneck", 2, 8, 8)

    def block(x, inner, outer, kernels):
        def path(y):
            y = torch.tanh(net.conv(y, inner[0], 1))
            for channels, kernel in zip(inner, kernels):
                y = torch.tanh(net.conv(y, channels, kernel, padding=kernel // 2))
            return net.conv(y, outer, 1)
        return torch.tanh(net.residual(x, path))

    def forward(x):
        x = F.avg_pool2d(block(x, (3, 4), 8, (3, 5)), 2)
        x = block(x, (4,), 8, (3,))
        return net.linear(flat(x), CLASSES, name="head")
    return net.record(forward)


def resnet18():
    net = Net("resnet18", 3, 16, 16)

    def conv(x, channels, stride=1):
        return net.norm(net.conv(x, channels, 3, bias=False, stride=stride, padding=1))

    def forward(x):
        x = F.relu(conv(x, 2))
        for stage, channels in enumerate((2, 4, 8, 16)):
            for block in range(2):
                stride = 2 if stage and not block else 1
                x = F.relu(net.residual(x, lambda y: conv(F.relu(conv(y, channels, stride)), channels), stride, norm=True))
        return net.linear(x.mean((2, 3)), CLASSES, name="head")
    return net.record(forward)


def regularized_cnn():
    net = Net("regularized-cnn", 2, 8, 8)

    def forward(x):
        for block, channels in enumerate((4, 6, 8)):
            for _ in range(2):
                x = F.relu(net.norm(net.conv(x, channels, 3, bias=False, padding=1)))
            x = F.max_pool2d(x, 2) if block < 2 else x
        return net.linear(x.mean((2, 3)), CLASSES, name="head")
    return net.record(forward)


def airbench():
    net = Net("airbench", 3, 14, 14)

    def norm(x):
        return F.gelu(net.norm(x, scale=False, eps=1e-12))

    def forward(x):
        x = F.gelu(net.conv(x, 24, 2, name="whiten"))
        for channels in (8, 10):
            x = norm(F.max_pool2d(net.conv(x, channels, 3, bias=False, padding=1), 2))
            x = norm(net.conv(x, channels, 3, bias=False, padding=1))
        return net.linear(flat(F.max_pool2d(x, 3)), CLASSES, bias=False, name="head") / 9
    return net.record(forward)


if __name__ == "__main__":
    networks = (mlp, mlp_norm_before, mlp_norm_after, logistic, residual_mlp, cnn, block_cnn, block_cnn_windows, resnet, bottleneck, resnet18, regularized_cnn, airbench)
    write("zoo.json", "make_zoo.py", {"networks": [make() for make in networks]})
