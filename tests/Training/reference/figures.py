"""What the scripts that make reference figures share: seeded values, rounding and the JSON's layout."""

import json
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def normal(generator, *shape, scale=1.0, away=0.0):
    """Normal values with four decimals, exact in the file. Float32 holds what is computed with; |value| >= away."""
    values = torch.randn(shape, generator=generator, dtype=torch.float64) * scale
    values = torch.where(values.abs() < away, torch.where(values < 0, -away, away) + values, values)
    return as_float32(values, 4)


def uniform(generator, low, high, *shape):
    return as_float32(low + (high - low) * torch.rand(shape, generator=generator, dtype=torch.float64), 4)


def distinct(generator, *shape, spacing=0.05):
    """Values that all differ by at least the spacing, in random order, so that a maximum stays one when an input moves a little."""
    count = torch.Size(shape).numel()
    return as_float32(((torch.randperm(count, generator=generator) - count / 2) * spacing).reshape(shape), 4)


def as_float32(values, decimals):
    rounded = torch.tensor([float(f"{v:.{decimals}f}") for v in values.flatten().tolist()], dtype=torch.float32)
    return rounded.to(torch.float64).reshape(values.shape)


def numbers(tensor):
    """A flat, row-major list: whole numbers as they are, others with as many significant digits as give back the float32, at most nine."""
    flat = tensor.detach().flatten()
    if not flat.is_floating_point():
        return flat.to(torch.int64).tolist()
    short = [float(f"{value:.7g}") for value in flat.tolist()]
    if torch.equal(torch.tensor(short, dtype=torch.float32).to(torch.float64), flat):
        return short
    return [float(f"{value:.9g}") for value in flat.tolist()]


def tensor(name, value):
    kind = "float" if value.is_floating_point() else "bool" if value.dtype == torch.bool else "int64"
    return {"name": name, "shape": list(value.shape), "dtype": kind, "data": numbers(value)}


def write(name, what, lists):
    """One record a line, so that a change of one case is a change of one line."""
    def records(items):
        return ",\n".join(json.dumps(item, separators=(",", ":")) for item in items)

    head = {"made_by": what, "torch": torch.__version__, "computed_in": "float64 from float32 inputs"}
    parts = [f'"{key}":[\n{records(items)}\n]' for key, items in lists.items()]
    path = os.path.join(HERE, name)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("{" + json.dumps(head)[1:-1] + ",\n" + ",\n".join(parts) + "\n}\n")
    print(f"{name}: {os.path.getsize(path)} bytes, " + ", ".join(f"{len(items)} {key}" for key, items in lists.items()))
