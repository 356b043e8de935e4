"""ONNX operators written in PyTorch, for the reference figures. Attribute names and input order are ONNX's (opset 17)."""

import torch
import torch.nn.functional as F


def _symmetric(pads):
    """PyTorch pads both ends of an axis alike; ONNX lists all beginnings, then all ends."""
    half = len(pads) // 2
    assert pads[:half] == pads[half:], "the reference figures use symmetric padding only"
    return pads[:half]


def _window(a):
    rank = len(a["kernel_shape"])
    return a["kernel_shape"], a.get("strides", [1] * rank), _symmetric(a.get("pads", [0] * 2 * rank))


def _gemm(a, x, y, c=None):
    x = x.T if a.get("transA") else x
    y = y.T if a.get("transB") else y
    product = a.get("alpha", 1.0) * (x @ y)
    return product if c is None else product + a.get("beta", 1.0) * c


def _conv(a, x, w, b=None):
    _, strides, pads = _window({"kernel_shape": list(w.shape[2:]), **a})
    return F.conv2d(x, w, b, strides, pads, a.get("dilations", 1), a.get("group", 1))


def _max_pool(a, x):
    kernel, strides, pads = _window(a)
    return F.max_pool2d(x, kernel, strides, pads, a.get("dilations", 1))


def _average_pool(a, x):
    kernel, strides, pads = _window(a)
    return F.avg_pool2d(x, kernel, strides, pads, count_include_pad=bool(a.get("count_include_pad", 0)))


def _batch_normalization(a, x, scale, bias, mean, variance):
    """In training mode, with ONNX's outputs: PyTorch's running variance is unbiased, ONNX's is the population's."""
    keep = a.get("momentum", 0.9)
    y = F.batch_norm(x, mean.clone(), variance.clone(), scale, bias, True, 1 - keep, a.get("epsilon", 1e-5))
    batch_mean, batch_variance = batch_statistics(x)
    return y, keep * mean + (1 - keep) * batch_mean, keep * variance + (1 - keep) * batch_variance


def batch_statistics(x):
    """Mean and population variance of each channel (axis 1)."""
    axes = [axis for axis in range(x.dim()) if axis != 1]
    return x.mean(axes).detach(), x.var(axes, unbiased=False).detach()


def _reduce(function):
    def apply(a, x, axes=None):
        axes = a.get("axes") if axes is None else axes.tolist()
        axes = list(range(x.dim())) if axes is None else axes
        return function(x, dim=axes, keepdim=bool(a.get("keepdims", 1)))
    return apply


def _layer_normalization(a, x, scale, bias=None):
    axis = a.get("axis", -1)
    return F.layer_norm(x, x.shape[axis:], scale, bias, a.get("epsilon", 1e-5))


OPS = {
    "Gemm": _gemm,
    "MatMul": lambda a, x, y: x @ y,
    "Conv": _conv,
    "BatchNormalization": _batch_normalization,
    "LayerNormalization": _layer_normalization,
    "Relu": lambda a, x: F.relu(x),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "Tanh": lambda a, x: torch.tanh(x),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Softplus": lambda a, x: F.softplus(x),
    "Gelu": lambda a, x: F.gelu(x),
    "Erf": lambda a, x: torch.erf(x),
    "Softmax": lambda a, x: F.softmax(x, a.get("axis", -1)),
    "LogSoftmax": lambda a, x: F.log_softmax(x, a.get("axis", -1)),
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True),
    "GlobalMaxPool": lambda a, x: x.amax((2, 3), keepdim=True),
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Reshape": lambda a, x, shape: x.reshape(shape.tolist()),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Identity": lambda a, x: x.clone(),
    "Neg": lambda a, x: -x,
    "Abs": lambda a, x: x.abs(),
    "Add": lambda a, x, y: x + y,
    "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y,
    "Pow": lambda a, x, y: x ** y,
    "Exp": lambda a, x: x.exp(),
    "Log": lambda a, x: x.log(),
    "Sqrt": lambda a, x: x.sqrt(),
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "ReduceSum": _reduce(torch.sum),
    "ReduceMean": _reduce(torch.mean),
    "SoftmaxCrossEntropyLoss": lambda a, x, labels: F.cross_entropy(x, labels, reduction=a.get("reduction", "mean")),
}


def run_node(op, attributes, inputs):
    """The outputs of one node, as a tuple."""
    outputs = OPS[op](attributes, *inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)
