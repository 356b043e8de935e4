"""Makes the graphs of this folder: classification models of torchvision, as torch.onnx.export writes them, without their weights.

    apt-get install python3-torchvision python3-onnx
    env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE /usr/bin/python3 make_torchvision.py

Each NAME.onnx keeps its weights as external data in NAME.onnx.data, which is not stored: both sides compute random weights from
a tensor's name (see `values`), and NAME.weights lists which, in the file's order. Models named "…-bn" keep their
BatchNormalization, as an export in the training mode "preserve" does; the others have it folded by PyTorch. Their logits for two
images, as PyTorch computes them with these weights in float64, are stored in NAME.logits.
"""

import io
import os
import warnings

import numpy
import onnx
import torch
import torchvision

SIZE, CLASSES, STORED_BYTES = 64, 100, 64
MODELS = {
    "resnet18": (torchvision.models.resnet18, 13, False),
    "resnet18-bn": (torchvision.models.resnet18, 17, True),
    "mobilenet_v2": (torchvision.models.mobilenet_v2, 17, False),
    "mobilenet_v2-bn": (torchvision.models.mobilenet_v2, 13, True),
    "squeezenet1_1": (torchvision.models.squeezenet1_1, 13, False),
}


def noise(name, count):
    """Uniform in [0, 1): MurmurHash3's finaliser over the FNV-1a hash of the name plus the index times an odd number."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (seed + numpy.arange(count, dtype=numpy.uint64) * 0x9E3779B1) & 0xFFFFFFFF
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return (x ^ (x >> 16)).astype(numpy.float64) / 2**32


def bounds(name, shape, norms):
    """Weights as Kaiming begins them, so that activations keep their size; variances and scales about one, the rest about zero."""
    if len(shape) > 1:
        reach = (6 / numpy.prod(shape[1:])) ** 0.5
        return -reach, reach
    if name.endswith("running_var") or (name in norms):
        return 0.5, 1.5
    return -0.1, 0.1


def values(name, shape, norms):
    low, high = (numpy.float32(b) for b in bounds(name, shape, norms))
    u = noise(name, int(numpy.prod(shape))).astype(numpy.float32)
    return (low + (high - low) * u).astype(numpy.float32).reshape(shape)


def main():
    warnings.simplefilter("ignore")
    here = os.path.dirname(os.path.abspath(__file__))
    for name, (build, opset, preserve) in MODELS.items():
        network = build(num_classes=CLASSES).eval()
        norms = {f"{n}.weight" for n, m in network.named_modules() if isinstance(m, torch.nn.BatchNorm2d)}
        # Before the export, which makes one initializer of tensors that are equal, as fresh scales and means are.
        state = {key: torch.from_numpy(values(key, tuple(t.shape), norms)) if t.dim() > 0 else t for key, t in network.state_dict().items()}
        network.load_state_dict(state)
        mode = torch.onnx.TrainingMode.PRESERVE if preserve else torch.onnx.TrainingMode.EVAL
        file = io.BytesIO()
        torch.onnx.export(network, torch.zeros(2, 3, SIZE, SIZE), file, opset_version=opset, training=mode, input_names=["input"],
                          output_names=["output"], dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}})
        model = onnx.load_from_string(file.getvalue())

        lines, offset = [], 0
        for tensor in model.graph.initializer:
            if tensor.data_type != onnx.TensorProto.FLOAT or len(tensor.raw_data) < STORED_BYTES:
                continue
            low, high = (numpy.float32(b) for b in bounds(tensor.name, tensor.dims, norms))
            length = len(tensor.raw_data)
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            for key, value in (("location", f"{name}.onnx.data"), ("offset", offset), ("length", length)):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, str(value)
            lines.append(f"{tensor.name} {length // 4} {low!r} {high!r}")
            offset += length
        with open(os.path.join(here, f"{name}.onnx"), "wb") as out:
            out.write(model.SerializeToString())
        with open(os.path.join(here, f"{name}.weights"), "w") as out:
            out.write("\n".join(lines) + "\n")
        if preserve:
            with open(os.path.join(here, f"{name}.logits"), "w") as out:
                out.write("\n".join(f"{v:.9g}" for v in logits(network)) + "\n")
        print(name, opset, len(model.graph.node), "nodes", offset, "bytes of weights")


def logits(network):
    images = torch.from_numpy(noise("images", 2 * 3 * SIZE * SIZE).astype(numpy.float32).reshape(2, 3, SIZE, SIZE))
    with torch.no_grad():
        return network.double()(images.double()).flatten().tolist()


main()
