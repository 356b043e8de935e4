"""Classifiers as PyTorch and torchvision make and export them, narrow enough to keep: the architectures that pipeline finetune is tested on.

Run with Python 3, torch, torchvision and onnx's exporter (Debian: python3-torch, python3-torchvision):
    python3 make_models.py FOLDER
Weights are random. "eval" exports fold batch normalisation into convolutions as the exporter does; the others keep it.
"""
import sys
import warnings

import torch
from torch import nn
from torchvision import models
from torchvision.models import convnext, densenet, efficientnet, mobilenetv3, regnet, resnet

warnings.filterwarnings("ignore")
CLASSES = 7
SIDE = 32


def tiny_resnet(block):
    """ResNet of four blocks, 4 to 16 planes."""
    planes = [4, 8, 12, 16]
    layers, width = [], 4
    for stage, plane in enumerate(planes):
        stride = 1 if stage == 0 else 2
        out = plane * block.expansion
        down = nn.Sequential(nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out)) if stride > 1 or width != out else None
        layers.append(block(width, plane, stride, down))
        width = out
    stem = [nn.Conv2d(3, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES))


def tiny_vgg():
    features = models.vgg.make_layers([4, "M", 8, "M", 12, "M", 16, "M", 16, "M"])
    net = models.vgg.VGG(features, num_classes=CLASSES, init_weights=False)
    net.avgpool = nn.AdaptiveAvgPool2d(1)
    net.classifier = nn.Sequential(nn.Linear(16, 24), nn.ReLU(True), nn.Dropout(), nn.Linear(24, CLASSES))
    return net


def tiny_squeezenet():
    fire = models.squeezenet.Fire
    net = models.squeezenet1_1(num_classes=CLASSES)
    net.features = nn.Sequential(nn.Conv2d(3, 16, 3, 2), nn.ReLU(True), nn.MaxPool2d(3, 2, ceil_mode=True), fire(16, 8, 16, 16), fire(32, 8, 24, 24))
    net.classifier[1] = nn.Conv2d(48, CLASSES, 1)
    return net


def tiny_mobilenet_v3():
    conf = mobilenetv3.InvertedResidualConfig
    setting = [conf(8, 3, 8, 8, True, "RE", 2, 1, 1), conf(8, 3, 16, 8, False, "RE", 2, 1, 1), conf(8, 5, 24, 16, True, "HS", 2, 1, 1)]
    return mobilenetv3.MobileNetV3(setting, last_channel=32, num_classes=CLASSES)


def tiny_efficientnet():
    conf = efficientnet.MBConvConfig
    setting = [conf(1, 3, 1, 8, 8, 1, 1, 1), conf(4, 3, 2, 8, 16, 1, 1, 1), conf(4, 5, 2, 16, 16, 1, 1, 1)]
    return efficientnet.EfficientNet(setting, dropout=0.1, last_channel=32, num_classes=CLASSES)


class Recurrent(nn.Module):
    """A sequence of 32 rows of 32 values, read by an LSTM or GRU."""

    def __init__(self, kind):
        super().__init__()
        self.rnn = kind(SIDE, 16, batch_first=True)
        self.fc = nn.Linear(16, CLASSES)

    def forward(self, x):
        out, _ = self.rnn(x.squeeze(1))
        return self.fc(out[:, -1])


class Encoder(nn.Module):
    """A small transformer encoder over 16 patches of 8x8."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(1, 16, 8, 8)
        self.position = nn.Parameter(torch.randn(1, 16, 16) * 0.02)
        layer = nn.TransformerEncoderLayer(16, 2, 32, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.fc = nn.Linear(16, CLASSES)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.position
        return self.fc(self.encoder(x).mean(1))


def regnet_tiny():
    params = regnet.BlockParams.from_init_params(depth=4, w_0=8, w_a=8.0, w_m=2.0, group_width=8, se_ratio=0.25)
    return regnet.RegNet(params, stem_width=8, num_classes=CLASSES)


NETWORKS = {
    "resnet": lambda: tiny_resnet(resnet.BasicBlock),
    "resnet-bottleneck": lambda: tiny_resnet(resnet.Bottleneck),
    "vgg": tiny_vgg,
    "squeezenet": tiny_squeezenet,
    "mobilenet-v2": lambda: models.MobileNetV2(num_classes=CLASSES, width_mult=0.1, round_nearest=4, inverted_residual_setting=[[1, 8, 1, 1], [4, 12, 1, 2], [4, 16, 1, 2]]),
    "mobilenet-v3": tiny_mobilenet_v3,
    "efficientnet": tiny_efficientnet,
    "densenet": lambda: densenet.DenseNet(growth_rate=4, block_config=(2, 2), num_init_features=8, bn_size=2, num_classes=CLASSES),
    "shufflenet": lambda: models.ShuffleNetV2([1, 1, 1], [8, 16, 24, 32, 48], num_classes=CLASSES),
    "convnext": lambda: convnext.ConvNeXt([convnext.CNBlockConfig(8, 16, 1), convnext.CNBlockConfig(16, None, 1)], num_classes=CLASSES, layer_scale=1.0),
    "regnet": regnet_tiny,
    "vit": lambda: models.VisionTransformer(image_size=SIDE, patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=CLASSES),
    "lstm": lambda: Recurrent(nn.LSTM),
    "gru": lambda: Recurrent(nn.GRU),
    "encoder": Encoder,
}


def export(name, net, path):
    channels = 1 if name in ("lstm", "gru", "encoder") else 3
    folded = name == "vgg"
    torch.onnx.export(
        net.eval(), torch.randn(2, channels, SIDE, SIDE), path, opset_version=16, input_names=["input"], output_names=["output"],
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
        training=torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE, do_constant_folding=folded)


if __name__ == "__main__":
    for name, make in NETWORKS.items():
        torch.manual_seed(1)
        net = make()
        # An untrained head of zeros would pass no gradient back.
        if name == "vit":
            nn.init.normal_(net.heads.head.weight, std=0.05)
        export(name, net, f"{sys.argv[1]}/{name}.onnx")
        print(name, sum(p.numel() for p in net.parameters()))
