"""Makes networks.json: PyTorch's loss, gradients and trained weights of small whole networks.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python3 make_networks.py

A network is a list of ONNX nodes from "input" to "logits" with its initializers, as a model file has them: BatchNormalization
is in inference form, and training mode is the trainer's business. The loss is the batch's mean softmax cross-entropy. "trained"
holds every weight after ten steps on the same batch; running statistics are ONNX's (population variance).
No layer before a BatchNormalization has a bias: its gradient is zero but for rounding, and Adam would make noise of it.
"""

import torch
import torch.nn.functional as F

from figures import normal, numbers, tensor, uniform, write
from onnx_in_torch import run_node

EPSILON, KEEP, STEPS = 1e-5, 0.9, 10
OPTIMIZERS = {
    "sgd": (lambda weights: torch.optim.SGD(weights, lr=0.05, momentum=0.9), {"learning_rate": 0.05, "momentum": 0.9}),
    "adam": (lambda weights: torch.optim.Adam(weights, lr=0.01, eps=1e-6), {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6}),
}


class Network:
    """Builds the node list and its weights."""

    def __init__(self, name, seed, *input_shape, classes):
        self.name, self.nodes, self.weights, self.statistics = name, [], {}, {}
        self.generator = torch.Generator().manual_seed(seed)
        self.input = normal(self.generator, *input_shape)
        self.labels = torch.randint(0, classes, (input_shape[0],), generator=self.generator)
        self.value = "input"

    def node(self, op, name, *parameters, **attributes):
        output = f"{name}.output"
        self.nodes.append({"name": name, "op": op, "attributes": attributes, "inputs": [self.value, *parameters], "outputs": [output]})
        self.value = output
        return self

    def linear(self, name, fan_in, fan_out, bias=True):
        return self._weighted("Gemm", name, (fan_out, fan_in), fan_in, bias, transB=1)

    def conv(self, name, channels, filters):
        return self._weighted("Conv", name, (filters, channels, 3, 3), 9 * channels, False, kernel_shape=[3, 3], pads=[1, 1, 1, 1])

    def batch_norm(self, name, channels):
        self.weights[f"{name}.weight"] = uniform(self.generator, 0.5, 1.5, channels)
        self.weights[f"{name}.bias"] = normal(self.generator, channels, scale=0.2)
        self.statistics[f"{name}.running_mean"] = torch.zeros(channels, dtype=torch.float64)
        self.statistics[f"{name}.running_var"] = torch.ones(channels, dtype=torch.float64)
        names = [f"{name}.{part}" for part in ("weight", "bias", "running_mean", "running_var")]
        return self.node("BatchNormalization", name, *names, epsilon=EPSILON, momentum=KEEP)

    def _weighted(self, op, name, shape, fan_in, bias, **attributes):
        self.weights[f"{name}.weight"] = normal(self.generator, *shape, scale=(2 / fan_in) ** 0.5)
        if bias:
            self.weights[f"{name}.bias"] = normal(self.generator, shape[0], scale=0.1)
        return self.node(op, name, *[f"{name}.{part}" for part in (("weight", "bias") if bias else ("weight",))], **attributes)

    def forward(self, weights, statistics):
        """The logits in training mode; the running statistics are updated in place."""
        values = {"input": self.input, **weights, **statistics}
        for node in self.nodes:
            outputs = run_node(node["op"], node["attributes"], [values[name] for name in node["inputs"]])
            if node["op"] == "BatchNormalization":
                for name, running in zip(node["inputs"][3:], outputs[1:]):
                    statistics[name].copy_(running)
            values[node["outputs"][0]] = outputs[0]
        return values[self.nodes[-1]["outputs"][0]]

    def train(self, make_optimizer):
        weights = {name: value.clone().requires_grad_() for name, value in self.weights.items()}
        statistics = {name: value.clone() for name, value in self.statistics.items()}
        optimizer = make_optimizer(weights.values())
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = F.cross_entropy(self.forward(weights, statistics), self.labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return torch.stack(losses), {**weights, **statistics}

    def record(self):
        self.nodes[-1]["outputs"] = ["logits"]
        weights = {name: value.clone().requires_grad_() for name, value in self.weights.items()}
        logits = self.forward(weights, {name: value.clone() for name, value in self.statistics.items()})
        loss = F.cross_entropy(logits, self.labels)
        loss.backward()
        trained = []
        for name, (make, options) in OPTIMIZERS.items():
            losses, after = self.train(make)
            trained.append({"optimizer": name, "options": options, "steps": STEPS, "losses": numbers(losses),
                            "weights": {key: numbers(value) for key, value in after.items()}})
        return {
            "name": self.name, "nodes": self.nodes,
            "initializers": [tensor(name, value) for name, value in {**self.weights, **self.statistics}.items()],
            "input": tensor("input", self.input), "labels": tensor("labels", self.labels), "logits": tensor("logits", logits),
            "loss": numbers(loss)[0], "gradients": {name: numbers(value.grad) for name, value in weights.items()}, "trained": trained,
        }


def mlp():
    net = Network("mlp", 1, 12, 20, classes=4)
    return net.linear("fc1", 20, 16).node("Relu", "relu1").linear("fc2", 16, 8).node("Relu", "relu2").linear("head", 8, 4)


def mlp_batch_norm():
    net = Network("mlp with batch norm", 2, 12, 20, classes=4)
    net.linear("fc1", 20, 16, bias=False).batch_norm("bn1", 16).node("Relu", "relu1")
    return net.linear("fc2", 16, 8, bias=False).batch_norm("bn2", 8).node("Tanh", "tanh2").linear("head", 8, 4)


def cnn():
    net = Network("cnn", 3, 6, 2, 8, 8, classes=3)
    channels = 2
    for block, filters in enumerate((4, 6), start=1):
        for layer in (1, 2):
            net.conv(f"conv{block}{layer}", channels, filters).batch_norm(f"bn{block}{layer}", filters).node("Relu", f"relu{block}{layer}")
            channels = filters
        net.node("MaxPool", f"pool{block}", kernel_shape=[2, 2], strides=[2, 2])
    return net.node("GlobalAveragePool", "pool").node("Flatten", "flatten", axis=1).linear("head", channels, 3)


if __name__ == "__main__":
    write("networks.json", "make_networks.py", {"networks": [network.record() for network in (mlp(), mlp_batch_norm(), cnn())]})
