"""Makes quantization.json: PyTorch's fake quantisation, its straight-through gradient, and that of a learned step size.

    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python3 make_quantization.py

The loss is sum(y * cotangent). Values keep clear of halves, where rounding is a matter of one bit. PyTorch has these operators in
float32 alone.
"""

import torch

from figures import as_float32, normal, numbers, tensor, write

G = torch.Generator().manual_seed(11)
CASES = []


def clear_of_halves(x, scale, zero):
    """Moves values that lie within a tenth of a step of a half."""
    part = (x / scale) - torch.floor(x / scale)
    return as_float32(torch.where((part - 0.5).abs() < 0.1, x + 0.2 * scale, x), 4)


def case(name, x, scale, zero, low, high, axis=None):
    x, scale = x.float().requires_grad_(), scale.float().requires_grad_()
    # Dividing by the count of levels and of elements is the caller's choice; here nothing is.
    if axis is None:
        y = torch._fake_quantize_learnable_per_tensor_affine(x, scale, zero.float(), low, high, 1.0)
        plain = torch.fake_quantize_per_tensor_affine(x, float(scale), int(zero), low, high)
    else:
        y = torch._fake_quantize_learnable_per_channel_affine(x, scale, zero.float(), axis, low, high, 1.0)
        plain = torch.fake_quantize_per_channel_affine(x, scale.detach(), zero.int(), axis, low, high)
    assert torch.equal(y, plain)
    cotangent = normal(G, *x.shape).float()
    of_plain, = torch.autograd.grad((plain * cotangent).sum(), x)
    (y * cotangent).sum().backward()
    assert torch.equal(of_plain, x.grad)
    CASES.append({"name": name, "axis": axis, "signed": low < 0, "x": tensor("x", x), "scale": tensor("scale", scale), "zero": tensor("zero", zero),
                  "cotangent": numbers(cotangent), "y": numbers(y), "gradient": numbers(x.grad), "scale_gradient": numbers(scale.grad)})


def main():
    one = torch.tensor([0.02], dtype=torch.float64)
    for name, zero, low, high in (("uint8 after Relu", 0, 0, 255), ("uint8 with a zero point", 100, 0, 255), ("int8", 0, -128, 127)):
        x = clear_of_halves(normal(G, 5, 8, scale=2), one, zero)
        case(name, x, one, torch.tensor([zero]), low, high)
    scales = torch.tensor([0.01, 0.02, 0.005], dtype=torch.float64)
    for axis, shape, name in ((0, (3, 4, 2), "int8 per channel"), (1, (4, 3), "int8 per column")):
        along = scales.reshape([-1 if i == axis else 1 for i in range(len(shape))])
        case(name, clear_of_halves(normal(G, *shape), along, 0), scales, torch.zeros(3, dtype=torch.int64), -128, 127, axis)
    write("quantization.json", "make_quantization.py", {"cases": CASES})


main()
