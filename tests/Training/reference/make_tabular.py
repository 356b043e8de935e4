"""Makes tabular.json: PyTorch's figures of the ops and the models that tables need.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python3 make_tabular.py

"cases" are single nodes as in gradients.json, "networks" small instances of the zoo as in zoo.json: see make_zoo.py for how weights
are computed, and for the loss.
"""

import torch
import torch.nn.functional as F

from figures import normal, numbers, tensor, write
from make_zoo import BATCH, CLASSES, Net, noise

MEAN, STD, EDGES = 0.25, 0.8, (-1.5, -0.5, 0.5, 1.75)
G = torch.Generator().manual_seed(11)


class TableNet(Net):
    """Standardised numbers and category codes in place of an image."""

    def __init__(self, name, columns, *sizes):
        super().__init__(name)
        self.table, self.sizes = [columns, *sizes], sizes
        raw = (4 * noise("numeric", BATCH * columns) - 2).to(torch.float32).to(torch.float64).reshape(BATCH, columns)
        self.x = (raw - MEAN) / STD
        scale = torch.tensor(sizes * BATCH, dtype=torch.float64)
        self.codes = torch.floor(scale * noise("categorical", BATCH * len(sizes))).to(torch.int64).reshape(BATCH, len(sizes))

    def embeddings(self, dimension):
        return [F.embedding(self.codes[:, i], self.weight(f"embedding{i + 1}.weight", size, dimension(size))) for i, size in enumerate(self.sizes)]

    def columns(self, dimension):
        return torch.cat([self.x, *self.embeddings(dimension)], 1)

    def one_hot(self):
        return [F.one_hot(self.codes[:, i], size)[:, 1:].to(torch.float64) for i, size in enumerate(self.sizes)]

    def record(self, head):
        record = super().record(head)
        del record["image"]
        return record | {"table": self.table}


def half(size):
    return min(50, (size + 1) // 2)


def root(size):
    return int(size ** 0.5)


def tabular_mlp():
    net = TableNet("tabular-mlp", 3, 7, 4)

    def forward(x):
        columns = net.embeddings(half)
        x = torch.cat([net.norm(x, "numbers"), *columns], 1)
        for units in (7, 5):
            x = net.norm(F.relu(net.linear(x, units)))
        return net.linear(x, CLASSES, name="head")
    return net.record(forward)


def tabular_mlp_of_numbers():
    net = TableNet("tabular-mlp of numbers", 4)
    return net.record(lambda x: net.linear(F.gelu(net.linear(x, 6)), CLASSES, name="head"))


def wide_deep():
    net = TableNet("wide-deep", 2, 9, 4)

    def forward(x):
        wide = net.linear(torch.cat([x, *net.one_hot()], 1), CLASSES, bias=False, name="wide")
        x = net.columns(root)
        for units in (6, 5):
            x = F.relu(net.norm(net.linear(x, units, bias=False)))
        return net.linear(x, CLASSES, name="head") + wide
    return net.record(forward)


def deep_cross():
    net = TableNet("deep-cross", 3, 5)

    def forward(_):
        start = x = net.columns(lambda size: 2)
        for layer in (1, 2):
            x = start * net.linear(x, start.shape[1], name=f"cross{layer}") + x
        deep = F.relu(net.norm(net.linear(start, 6, bias=False)))
        return net.linear(torch.cat([x, deep], 1), CLASSES, name="head")
    return net.record(forward)


def residual_tabular():
    net = TableNet("residual-tabular", 3, 5)

    def forward(_):
        x = net.linear(net.columns(half), 6, name="stem")
        for _ in range(2):
            x = x + net.linear(F.relu(net.linear(net.norm(x), 7)), 6)
        return net.linear(F.relu(net.norm(x)), CLASSES, name="head")
    return net.record(forward)


def numeric_embedding(name, bins, activation, norm):
    net = TableNet(name, 3, 5)

    def number(column):
        """The encoding of one column, and its own layer."""
        phase = 2 * torch.pi * net.x[:, column:column + 1] * frequencies[column]
        parts = [torch.sin(phase), torch.cos(phase)]
        for low, high in list(zip(EDGES, EDGES[1:]))[:bins]:
            low, high = (low - MEAN) / STD, (high - MEAN) / STD
            parts.append(((net.x[:, column:column + 1] - low) / (high - low)).clamp(0, 1))
        return torch.cat(parts, 1) @ weight[column]

    frequencies = net.weight("periodic1.frequencies", 3, 1, 2)
    weight = net.weight("columnlinear1.weight", 3, 4 + bins, 4)
    bias = net.weight("columnlinear1.bias", 12)

    def forward(_):
        x = activation(torch.cat([number(column) for column in range(3)], 1) + bias)
        x = net.linear(torch.cat([x, *net.embeddings(half)], 1), 6, bias=not norm)
        return net.linear(activation(net.norm(x) if norm else x), CLASSES, name="head")
    return net.record(forward)


def case(name, op, inputs, function, attributes=None, opset=17):
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs.values()]
    y = function(*leaves)
    cotangent = normal(G, *y.shape)
    (y * cotangent).sum().backward()
    gradients = {key: numbers(leaf.grad) for key, leaf in zip(inputs, leaves) if leaf.is_floating_point()}
    return {"name": name, "op": op, "domain": "", "opset": opset, "attributes": attributes or {}, "inputs": [tensor(key, x) for key, x in inputs.items()],
            "outputs": [tensor("y", y)], "cotangent": numbers(cotangent), "gradients": gradients}


def nodes():
    yield case("sin", "Sin", {"x": normal(G, 3, 4, scale=2)}, torch.sin)
    yield case("cos", "Cos", {"x": normal(G, 3, 4, scale=2)}, torch.cos)
    picks = torch.tensor([2, 0, 2, 2, 4, 0])
    for opset in (13, 17):
        yield case(f"gather rows, some repeatedly, opset {opset}", "Gather", {"x": normal(G, 5, 3), "indices": picks}, lambda x, i: x[i], {"axis": 0}, opset)
    yield case("gather by a matrix of indices from the end", "Gather", {"x": normal(G, 4, 2, 2), "indices": torch.tensor([[-1, 0], [3, -4]])}, lambda x, i: x[i])
    yield case("gather columns", "Gather", {"x": normal(G, 2, 5, 3), "indices": torch.tensor([[1, 1, 4], [0, 1, -1]])}, lambda x, i: x[:, i], {"axis": 1})
    yield case("gather one column", "Gather", {"x": normal(G, 4, 3), "indices": torch.tensor(1)}, lambda x, i: x[:, i], {"axis": -1})
    many = torch.tensor([7, 299, 7, 0, 150])
    yield case("gather rows of a large table", "Gather", {"x": normal(G, 300, 2), "indices": many}, lambda x, i: x[i], {"axis": 0})
    yield case("tan", "Tan", {"x": normal(G, 3, 4, scale=0.5)}, torch.tan)


if __name__ == "__main__":
    networks = [tabular_mlp(), tabular_mlp_of_numbers(), wide_deep(), deep_cross(), residual_tabular(),
                numeric_embedding("numeric-embedding-mlp", 3, F.relu, False), numeric_embedding("numeric-embedding-mlp, periodic", 0, torch.tanh, True)]
    write("tabular.json", "make_tabular.py", {"cases": list(nodes()), "networks": networks})
