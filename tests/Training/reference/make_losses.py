"""Losses and their gradients, by PyTorch in float64: losses.json. Summed over the samples, as training graphs have them."""

import torch
import torch.nn.functional as F

from figures import normal, numbers, tensor, write

G = torch.Generator().manual_seed(3)
CASES = []


def case(name, options, output, labels, loss_of, second=None, weights=None, extras=None):
    leaf = output.clone().requires_grad_()
    loss = loss_of(leaf)
    loss.backward()
    record = {"name": name, "options": options, "output": tensor("output", output), "labels": tensor("labels", labels),
              "loss": numbers(loss)[0], "gradient": numbers(leaf.grad)}
    if second is not None:
        record |= {"second_labels": tensor("labels.second", second), "label_weights": tensor("labels.weight", weights)}
    if extras is not None:
        record["extras"] = [tensor(key, value) for key, value in extras.items()]
    CASES.append(record)


def cross_entropy():
    for smoothing in (0.0, 0.1):
        for class_weights in ([], [0.5, 2.0, 1.25, 0.75]):
            output = normal(G, 6, 4, scale=2)
            labels = torch.randint(0, 4, (6,), generator=G)
            second = torch.randint(0, 4, (6,), generator=G)
            mix = torch.tensor([1.0, 0.75, 0.5, 0.25, 0.0, 0.625], dtype=torch.float64)
            tensor_weights = torch.tensor(class_weights, dtype=torch.float64) if class_weights else None
            options = {"name": "cross-entropy", "label_smoothing": smoothing, "class_weights": class_weights}

            def each(x, y, reduction="none"):
                return F.cross_entropy(x, y, weight=tensor_weights, label_smoothing=smoothing, reduction=reduction)

            suffix = f", smoothing {smoothing}{', class weights' if class_weights else ''}"
            case(f"cross-entropy{suffix}", options, output, labels, lambda x: each(x, labels, "sum"))
            case(f"cross-entropy mixed{suffix}", options, output, labels, lambda x: (mix * each(x, labels) + (1 - mix) * each(x, second)).sum(), second, mix)


def binary():
    for class_weights in ([], [0.5, 3.0]):
        output = normal(G, 6, 1, scale=3)
        output[0, 0], output[1, 0] = 60, -60
        labels = torch.tensor([0, 1, 1, 0, 1, 0])
        second = torch.tensor([1, 1, 0, 0, 0, 1])
        mix = torch.tensor([1.0, 0.75, 0.5, 0.25, 0.0, 0.625], dtype=torch.float64)
        options = {"name": "binary-cross-entropy", "class_weights": class_weights}

        def each(x, y, reduction="none"):
            y = y.to(torch.float64)
            w = y * class_weights[1] + (1 - y) * class_weights[0] if class_weights else None
            return F.binary_cross_entropy_with_logits(x[:, 0], y, weight=w, reduction=reduction)

        suffix = ", class weights" if class_weights else ""
        case(f"binary cross-entropy{suffix}", options, output, labels, lambda x: each(x, labels, "sum"))
        case(f"binary cross-entropy mixed{suffix}", options, output, labels, lambda x: (mix * each(x, labels) + (1 - mix) * each(x, second)).sum(), second, mix)


def regression():
    for scale in (1.0, 2.5):
        output, values = normal(G, 6, 1, scale=3), normal(G, 6, scale=3)
        case(f"mean squared, scale {scale}", {"name": "mean-squared", "scale": scale}, output, values,
             lambda x: F.mse_loss(x[:, 0] / scale, values / scale, reduction="sum"))
        case(f"Huber, scale {scale}", {"name": "huber", "scale": scale, "delta": 0.75}, output, values,
             lambda x: F.huber_loss(x[:, 0] / scale, values / scale, delta=0.75, reduction="sum"))


def distillation():
    labels = torch.randint(0, 4, (6,), generator=G)
    second = torch.randint(0, 4, (6,), generator=G)
    mix = torch.tensor([1.0, 0.75, 0.5, 0.25, 0.0, 0.625], dtype=torch.float64)
    shares = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    weights = [0.5, 2.0, 1.25, 0.75]
    count = len(labels)
    for alpha, temperature in ((0.0, 2.0), (0.7, 4.0), (1.0, 1.0)):
        output, teacher, feature = normal(G, 6, 4, scale=2), normal(G, 6, 4, scale=3), normal(G, 6, 4)
        options = {"name": "distillation", "alpha": alpha, "temperature": temperature}

        def divergence(x):
            return F.kl_div(F.log_softmax(x / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean") * temperature**2 * count

        def each(x, y, **more):
            return F.cross_entropy(x, y, reduction="none", **more)

        suffix = f", alpha {alpha}, temperature {temperature}"
        case(f"distillation{suffix}", options, output, labels,
             lambda x: (1 - alpha) * each(x, labels).sum() + alpha * divergence(x), extras={"teacher.logits": teacher})
        smooth = options | {"label_smoothing": 0.1, "class_weights": weights}
        weighted = {"label_smoothing": 0.1, "weight": torch.tensor(weights, dtype=torch.float64)}
        case(f"distillation mixed, smoothed and weighted{suffix}", smooth, output, labels,
             lambda x: (1 - alpha) * (mix * each(x, labels, **weighted) + (1 - mix) * each(x, second, **weighted)).sum() + alpha * divergence(x),
             second, mix, extras={"teacher.logits": teacher})

        def shared(x):
            kl = F.kl_div(F.log_softmax(x / temperature, 1), F.softmax(teacher / temperature, 1), reduction="none").sum(1)
            return ((1 - alpha) * shares * each(x, labels) + (1 - (1 - alpha) * shares) * temperature**2 * kl).sum()

        case(f"distillation with unlabelled samples{suffix}", options, output, labels, shared, extras={"teacher.logits": teacher, "labels.share": shares})
        case(f"distillation with features{suffix}", options | {"feature_weight": 0.5}, output, labels,
             lambda x: (1 - alpha) * each(x, labels).sum() + alpha * divergence(x) + 0.5 * F.mse_loss(x, feature) * count,
             extras={"teacher.logits": teacher, "teacher.feature": feature})


def binary_distillation():
    output, teacher, labels = normal(G, 6, 1, scale=3), normal(G, 6, 1, scale=3), torch.tensor([0, 1, 1, 0, 1, 0])
    output[0, 0], teacher[1, 0] = 60, -60
    shares = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    alpha, temperature = 0.25, 2.0

    def both(x):
        return torch.cat([F.logsigmoid(-x / temperature), F.logsigmoid(x / temperature)], 1)

    def loss(x):
        kl = F.kl_div(both(x), both(teacher), log_target=True, reduction="none").sum(1)
        ce = F.binary_cross_entropy_with_logits(x[:, 0], labels.double(), reduction="none")
        return ((1 - alpha) * shares * ce + (1 - (1 - alpha) * shares) * temperature**2 * kl).sum()

    case("binary distillation with unlabelled samples", {"name": "distillation", "labels": "binary-cross-entropy", "alpha": alpha, "temperature": temperature},
         output, labels, loss, extras={"teacher.logits": teacher, "labels.share": shares})


if __name__ == "__main__":
    for group in (cross_entropy, binary, regression, distillation, binary_distillation):
        group()
    write("losses.json", "make_losses.py", {"losses": CASES})
