"""Makes optimizers.json and schedules.json: PyTorch's weights and state after optimizer steps, and its learning rates.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python3 make_optimizers.py

All optimizer cases begin at the same weights and see the same gradients; the learning rate of step t is the base rate times
"rate_factors"[t]. Weight decay applies to the matrix alone; decoupled, it is taken off the weight before the step. Schedules are factors: PyTorch's learning rates at a base rate of 1.
"""

import math

import torch
from torch.optim import lr_scheduler

from figures import as_float32, normal, numbers, tensor, write

STEPS = 20
G = torch.Generator().manual_seed(7)
WEIGHTS = {"weight": normal(G, 5, 7), "bias": normal(G, 3)}
# Gradients over six decades, one element always 0: Adam's epsilon and its 0/0 must matter somewhere.
DECADES = {name: 10.0 ** torch.linspace(-6, 0, value.numel(), dtype=torch.float64).reshape(value.shape) for name, value in WEIGHTS.items()}
GRADIENTS = [{name: as_float32(normal(G, *value.shape) * DECADES[name], 10) for name, value in WEIGHTS.items()} for _ in range(STEPS)]
for gradient in GRADIENTS:
    gradient["weight"][0, 3] = 0
RATE_FACTORS = [round(1 + 0.5 * math.sin(t), 4) for t in range(STEPS)]


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024 (https://kellerjordan.github.io/posts/muon/), after the post's text; AdamW for what is no matrix."""

    def __init__(self, params, lr, momentum, nesterov, weight_decay=0.0, adamw_lr=0.0, betas=(0.9, 0.95), adamw_eps=1e-8):
        super().__init__(params, {"lr": lr, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay})
        others = [p for group in self.param_groups for p in group["params"] if p.dim() < 2]
        self.ratio = adamw_lr / lr
        self.adamw = torch.optim.AdamW(others, lr=adamw_lr, betas=betas, eps=adamw_eps, weight_decay=0.0)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() < 2:
                    self.adamw.param_groups[0]["lr"] = group["lr"] * self.ratio
                    continue
                buffer = self.state[p].setdefault("momentum_buffer", torch.zeros_like(p))
                buffer.mul_(group["momentum"]).add_(p.grad)
                direction = p.grad + group["momentum"] * buffer if group["nesterov"] else buffer
                rows, columns = p.shape[0], p.numel() // p.shape[0]
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.sub_(group["lr"] * max(1.0, rows / columns) ** 0.5 * orthogonal(direction.reshape(rows, columns)).reshape(p.shape))
        self.adamw.step()
        for p in self.adamw.param_groups[0]["params"]:
            self.state[p] = self.adamw.state[p]


def orthogonal(matrix, steps=5):
    x = matrix / (matrix.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x


MUON = {"lr": 0.02, "momentum": 0.95, "nesterov": True, "adamw_lr": 0.003, "betas": (0.9, 0.95), "adamw_eps": 1e-8}

OPTIMIZERS = [
    ("sgd", torch.optim.SGD, {"lr": 0.1}),
    ("sgd decay", torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.05}),
    ("momentum", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    ("momentum decay", torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.01}),
    ("nesterov", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    ("nesterov decay", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.02}),
    ("nesterov decay clipped", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.02, "clip": 2.0}),
    ("adam", torch.optim.Adam, {"lr": 0.01}),
    ("adam decay", torch.optim.Adam, {"lr": 0.01, "weight_decay": 0.1}),
    ("adam other betas", torch.optim.Adam, {"lr": 0.002, "betas": (0.5, 0.99), "eps": 1e-3}),
    ("adam clipped", torch.optim.Adam, {"lr": 0.01, "clip": 1.0}),
    ("adamw", torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.01}),
    ("adamw strong decay", torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.5}),
    ("adamw without decay", torch.optim.AdamW, {"lr": 0.01, "weight_decay": 0.0}),
    ("adagrad", torch.optim.Adagrad, {"lr": 0.05}),
    ("adagrad decay", torch.optim.Adagrad, {"lr": 0.01, "weight_decay": 0.1}),
    ("adagrad initial accumulator clipped", torch.optim.Adagrad, {"lr": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-3, "clip": 2.0}),
    ("rmsprop", torch.optim.RMSprop, {"lr": 0.01}),
    ("rmsprop decay", torch.optim.RMSprop, {"lr": 0.002, "alpha": 0.9, "eps": 1e-6, "weight_decay": 0.1}),
    ("rmsprop momentum clipped", torch.optim.RMSprop, {"lr": 0.001, "momentum": 0.9, "clip": 2.0}),
    ("rmsprop centered", torch.optim.RMSprop, {"lr": 0.01, "alpha": 0.9, "centered": True}),
    ("sgd decoupled", torch.optim.SGD, {"lr": 0.1, "decoupled_decay": 0.05}),
    ("nesterov decoupled clipped", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "decoupled_decay": 0.2, "clip": 2.0}),
    ("adagrad decoupled", torch.optim.Adagrad, {"lr": 0.05, "decoupled_decay": 0.1}),
    ("rmsprop centered momentum decoupled", torch.optim.RMSprop, {"lr": 0.001, "alpha": 0.95, "centered": True, "momentum": 0.8, "decoupled_decay": 0.5}),
    ("muon", Muon, MUON),
    ("muon without nesterov decay clipped", Muon, {**MUON, "momentum": 0.8, "nesterov": False, "weight_decay": 0.1, "clip": 2.0}),
    ("rmsprop centered momentum decay", torch.optim.RMSprop, {"lr": 0.001, "alpha": 0.95, "centered": True, "momentum": 0.8, "weight_decay": 0.01}),
]


def optimizer_case(name, kind, options):
    options = dict(options)
    clip = options.pop("clip", None)
    decay = options.pop("weight_decay", 0.0)
    decoupled = options.pop("decoupled_decay", 0.0)
    leaves = {key: value.clone().requires_grad_() for key, value in WEIGHTS.items()}
    optimizer = kind([{"params": [leaves["weight"]], "weight_decay": decay}, {"params": [leaves["bias"]], "weight_decay": 0.0}], **options)
    snapshots, norms = {}, []
    for step in range(STEPS):
        for key, leaf in leaves.items():
            leaf.grad = GRADIENTS[step][key].clone()
        if clip is not None:
            norms.append(torch.nn.utils.clip_grad_norm_(leaves.values(), clip))
        for group in optimizer.param_groups:
            group["lr"] = options["lr"] * RATE_FACTORS[step]
        with torch.no_grad():
            leaves["weight"].mul_(1 - options["lr"] * RATE_FACTORS[step] * decoupled)
        optimizer.step()
        if step + 1 in (1, 2, STEPS):
            snapshots[str(step + 1)] = {key: numbers(leaf) for key, leaf in leaves.items()}
    state = {f"{key}/{slot}": numbers(value) for key, leaf in leaves.items()
             for slot, value in optimizer.state[leaf].items() if slot != "step" and value is not None}
    for key in state:
        if key.endswith("/sum"):  # Adagrad's here begins at zero; the initial value is added under the root.
            state[key] = numbers(optimizer.state[leaves[key.split("/")[0]]]["sum"] - options.get("initial_accumulator_value", 0))
    stored = {**options, "weight_decay": decay + decoupled, **({"decoupled": True} if decoupled else {}), **({"clip": clip} if clip else {})}
    if "betas" in stored:
        stored["beta1"], stored["beta2"] = stored.pop("betas")
    return {"name": name, "optimizer": kind.__name__, "options": {key: float(value) for key, value in stored.items()},
            "weights_after": snapshots, "state": state, **({"norms": numbers(torch.stack(norms))} if norms else {})}


def penalty_case(l1, l2):
    """The gradient of a penalty alone, at the weights and at 0."""
    leaf = torch.cat([WEIGHTS["weight"].flatten(), torch.zeros(1, dtype=torch.float64)]).requires_grad_()
    (l1 * leaf.abs().sum() + l2 * leaf.square().sum()).backward()
    return {"l1": l1, "l2": l2, "weights": numbers(leaf), "gradient": numbers(leaf.grad)}


def plateau_case(name, losses, **options):
    """The learning rate of each epoch, at a base rate of 1: the first, then one after each loss."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    factors = [1.0]
    for loss in losses:
        scheduler.step(loss)
        factors.append(optimizer.param_groups[0]["lr"])
    return {"name": name, "options": {key: float(value) for key, value in options.items()}, "losses": losses, "factors": [float(f"{f:.12g}") for f in factors]}


def plateaus():
    falling = [2.0, 1.5, 1.2, 1.1, 1.0]
    level = [1.0 + 0.01 * (i % 3) for i in range(20)]
    slow = [1.0 - 5e-5 * i for i in range(12)]
    return [
        plateau_case("no plateau", falling, factor=0.5, patience=1),
        plateau_case("a plateau from the fifth epoch", falling + level, factor=0.5, patience=2),
        plateau_case("cooldown", falling + level, factor=0.1, patience=1, cooldown=3),
        plateau_case("a least factor", falling + level, factor=0.3, patience=0, min_lr=0.05),
        plateau_case("falling by less than the threshold", slow, factor=0.5, patience=2, threshold=1e-2),
        plateau_case("falling by more than the threshold", slow, factor=0.5, patience=2, threshold=1e-6),
        plateau_case("losses that rise steeply", [1.0, 1e30, 2.0, 0.5, 0.6, 0.7], factor=0.5, patience=1),
    ]


def rates(make, steps, warmup=0):
    """The learning rate of each step, at a base rate of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps - warmup):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(values) < steps - warmup:
            scheduler.step()
    if warmup:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=values[0])
        linear = lr_scheduler.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)
        rising = []
        for _ in range(warmup):
            rising.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            linear.step()
        values = rising + values
    return values


def schedule_case(name, kind, total, per_epoch, options, make, warmup_epochs=0.0):
    warmup = round(warmup_epochs * per_epoch)
    factors = rates(lambda optimizer: make(optimizer, total - warmup), total, warmup)
    return {"name": name, "schedule": kind, "total_steps": total, "steps_per_epoch": per_epoch,
            "options": {**options, "warmup_epochs": warmup_epochs}, "factors": [float(f"{f:.12g}") for f in factors]}


def schedules():
    def constant(optimizer, steps):
        return lr_scheduler.LambdaLR(optimizer, lambda _: 1.0)

    def step(size, gamma):
        return lambda optimizer, steps: lr_scheduler.StepLR(optimizer, size, gamma)

    def cosine(final):
        return lambda optimizer, steps: lr_scheduler.CosineAnnealingLR(optimizer, steps, eta_min=final)

    def one_cycle(share, start, final):
        return lambda optimizer, steps: lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=steps, pct_start=share, anneal_strategy="cos",
                                                                cycle_momentum=False, div_factor=start, final_div_factor=final)

    def linear(final):
        return lambda optimizer, steps: lr_scheduler.LinearLR(optimizer, start_factor=1.0, end_factor=final, total_iters=steps)

    def inverse_square_root(timescale):
        return lambda optimizer, steps: lr_scheduler.LambdaLR(optimizer, lambda step: (1 + step / timescale) ** -0.5)

    def exponential(gamma):
        return lambda optimizer, steps: lr_scheduler.ExponentialLR(optimizer, gamma)

    def polynomial(power):
        return lambda optimizer, steps: lr_scheduler.PolynomialLR(optimizer, total_iters=steps, power=power)

    def restarts(period, multiplier, final):
        return lambda optimizer, steps: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, period, multiplier, eta_min=final)

    def cyclic(base, period, mode, gamma=1.0):
        return lambda optimizer, steps: lr_scheduler.CyclicLR(optimizer, base, 1.0, step_size_up=period / 2, mode=mode, gamma=gamma, cycle_momentum=False)

    cycle = {"rising_share": 0.3, "start_divisor": 25.0, "final_divisor": 1e4}
    return [
        schedule_case("constant", "constant", 5, 5, {}, constant),
        schedule_case("constant with warm-up", "constant", 12, 4, {}, constant, 1.5),
        schedule_case("step", "step", 24, 4, {"every_epochs": 2.0, "gamma": 0.5}, step(8, 0.5)),
        schedule_case("step of part of an epoch, with warm-up", "step", 24, 10, {"every_epochs": 0.3, "gamma": 0.1}, step(3, 0.1), 0.5),
        schedule_case("cosine", "cosine", 30, 10, {"final_factor": 0.0}, cosine(0.0)),
        schedule_case("cosine to a tenth, with warm-up", "cosine", 30, 10, {"final_factor": 0.1}, cosine(0.1), 0.5),
        schedule_case("one cycle", "one_cycle", 40, 10, cycle, one_cycle(0.3, 25.0, 1e4)),
        schedule_case("one cycle of odd length", "one_cycle", 37, 10, {**cycle, "rising_share": 0.25}, one_cycle(0.25, 25.0, 1e4)),
        schedule_case("one cycle, other divisors", "one_cycle", 25, 10, {"rising_share": 0.5, "start_divisor": 10.0, "final_divisor": 100.0}, one_cycle(0.5, 10.0, 100.0)),
        schedule_case("one cycle with warm-up", "one_cycle", 30, 10, cycle, one_cycle(0.3, 25.0, 1e4), 0.4),
        schedule_case("linear", "linear", 30, 10, {"final_factor": 0.0}, linear(0.0)),
        schedule_case("linear to a tenth, with warm-up", "linear", 30, 10, {"final_factor": 0.1}, linear(0.1), 0.5),
        schedule_case("inverse square root", "inverse_square_root", 30, 4, {"timescale_epochs": 1.0}, inverse_square_root(4)),
        schedule_case("inverse square root of part of an epoch, with warm-up", "inverse_square_root", 30, 10, {"timescale_epochs": 0.5}, inverse_square_root(5), 0.5),
        schedule_case("exponential", "exponential", 30, 10, {"gamma": 0.5}, exponential(0.5 ** 0.1)),
        schedule_case("exponential, with warm-up", "exponential", 30, 4, {"gamma": 0.9}, exponential(0.9 ** 0.25), 1.5),
        schedule_case("polynomial", "polynomial", 30, 10, {"power": 2.0}, polynomial(2.0)),
        schedule_case("polynomial of a broken power, with warm-up", "polynomial", 25, 10, {"power": 0.9}, polynomial(0.9), 0.5),
        schedule_case("cosine restarts", "cosine_restarts", 35, 10, {"period_epochs": 1.0, "period_multiplier": 1.0, "final_factor": 0.0}, restarts(10, 1, 0.0)),
        schedule_case("cosine restarts, doubling, with warm-up", "cosine_restarts", 50, 10, {"period_epochs": 0.6, "period_multiplier": 2.0, "final_factor": 0.05}, restarts(6, 2, 0.05), 0.3),
        schedule_case("cyclic, triangular", "cyclic", 35, 10, {"mode": 0.0, "period_epochs": 1.2, "base_factor": 0.1}, cyclic(0.1, 12, "triangular")),
        schedule_case("cyclic, triangular, of odd length, with warm-up", "cyclic", 30, 10, {"mode": 0.0, "period_epochs": 0.7, "base_factor": 0.25}, cyclic(0.25, 7, "triangular"), 0.5),
        schedule_case("cyclic, triangular2", "cyclic", 40, 5, {"mode": 1.0, "period_epochs": 2.0, "base_factor": 0.01}, cyclic(0.01, 10, "triangular2")),
        schedule_case("cyclic, exp-range", "cyclic", 40, 10, {"mode": 2.0, "period_epochs": 1.0, "base_factor": 0.1, "gamma": 0.8}, cyclic(0.1, 10, "exp_range", 0.8 ** 0.1)),
        schedule_case("one cycle of two steps", "one_cycle", 2, 1, cycle, one_cycle(0.3, 25.0, 1e4)),
    ]


if __name__ == "__main__":
    write("optimizers.json", "make_optimizers.py", {
        "weights": [tensor(name, value) for name, value in WEIGHTS.items()],
        "gradients": [{name: numbers(value) for name, value in step.items()} for step in GRADIENTS],
        "rate_factors": RATE_FACTORS,
        "cases": [optimizer_case(*case) for case in OPTIMIZERS],
        "penalties": [penalty_case(0.01, 0.0), penalty_case(0.0, 0.05), penalty_case(0.02, 0.3)],
    })
    write("schedules.json", "make_optimizers.py", {"cases": schedules(), "plateaus": plateaus()})
