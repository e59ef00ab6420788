"""Exports a VideoMAE classifier with torch.onnx from a plain PyTorch module: the graph one gets without an exporter that knows the network.

The network is written as VideoMAE describes it: Conv3d patch embedding, fixed sinusoid positions, pre-norm blocks with attention as
separate products and a bias of (q_bias, 0, v_bias), exact GELU, mean of the tokens, LayerNorm (fc_norm), linear head.
The graph takes `video`, uint8 [batch, frames, size, size, 3], normalises it inside and gives `logits`, `probabilities` and `features`
(after fc_norm); the batch is dynamic. Weights are random, or a classifier's from a safetensors file in VideoMAE's names, converted to fp32.

Prints the number of parameters, the opset and the size of the file in MB (10^6 bytes).
"""
import argparse
import json
import os
import struct

import numpy
import torch
from torch import nn

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TUBELET, PATCH = 2, 16
FLOATS = {"F16": numpy.dtype("<f2"), "F32": numpy.dtype("<f4"), "F64": numpy.dtype("<f8")}


def sinusoids(places, width):
    """The fixed table of positions, [1, places, width]: sines at even and cosines at odd columns."""
    column = numpy.arange(width)
    angle = numpy.arange(places)[:, None] / numpy.power(10000.0, 2 * (column // 2) / width)
    table = numpy.where(column % 2 == 0, numpy.sin(angle), numpy.cos(angle))
    return torch.from_numpy(table[None].astype(numpy.float32))


class PatchEmbedding(nn.Module):
    """Cubes of 2 frames by 16 by 16 pixels to tokens, in the order time, row, column."""

    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv3d(3, width, (TUBELET, PATCH, PATCH), (TUBELET, PATCH, PATCH))

    def forward(self, video):
        return self.proj(video).flatten(2).transpose(1, 2)


class Attention(nn.Module):
    """Attention of every token to every token, with biases of the queries and the values only."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(width))
        self.v_bias = nn.Parameter(torch.zeros(width))
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        bias = torch.cat((self.q_bias, torch.zeros_like(self.v_bias), self.v_bias))
        parts = nn.functional.linear(x, self.qkv.weight, bias).reshape(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)
        shares = (query * self.scale @ key.transpose(-2, -1)).softmax(dim=-1)
        return self.proj((shares @ value).transpose(1, 2).reshape(batch, tokens, width))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads, hidden, epsilon):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=epsilon)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=epsilon)
        self.mlp = Mlp(width, hidden)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Classifier(nn.Module):
    """uint8 frames to logits, probabilities and features; the names of the parameters are VideoMAE's."""

    def __init__(self, args):
        super().__init__()
        places = (args.frames // TUBELET) * (args.size // PATCH) ** 2
        self.patch_embed = PatchEmbedding(args.width)
        self.register_buffer("positions", sinusoids(places, args.width), persistent=False)
        self.register_buffer("mean", torch.tensor(MEAN), persistent=False)
        self.register_buffer("std", torch.tensor(STD), persistent=False)
        self.blocks = nn.ModuleList(Block(args.width, args.heads, args.hidden, args.epsilon) for _ in range(args.depth))
        self.fc_norm = nn.LayerNorm(args.width, eps=args.epsilon)
        self.head = nn.Linear(args.width, args.classes)

    def forward(self, video):
        pixels = (video.to(torch.float32) / 255 - self.mean) / self.std
        x = self.patch_embed(pixels.permute(0, 4, 1, 2, 3)) + self.positions
        for block in self.blocks:
            x = block(x)
        features = self.fc_norm(x.mean(1))
        logits = self.head(features)
        return logits, logits.softmax(-1), features


def randomise(model):
    """Matrices from a normal distribution of deviation 0.02, and biases too, so that none of them is a zero that could be dropped."""
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1 or name.endswith("bias"):
            nn.init.normal_(parameter, std=0.02)


def safetensors(path):
    """Name and fp32 array of every tensor of a safetensors file: 8 bytes length, a JSON header, the data."""
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        start = 8 + length
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            first, last = entry["data_offsets"]
            file.seek(start + first)
            data = file.read(last - first)
            if entry["dtype"] == "BF16":
                values = (numpy.frombuffer(data, "<u2").astype(numpy.uint32) << 16).view(numpy.float32)
            elif entry["dtype"] in FLOATS:
                values = numpy.frombuffer(data, FLOATS[entry["dtype"]]).astype(numpy.float32)
            else:
                continue  # counters and the like are no weights
            yield name, values.reshape(entry["shape"])


def load(model, path):
    """Fills the model; a name that is missing or unknown, or another shape, is an error."""
    tensors = {name: torch.from_numpy(values) for name, values in safetensors(path)}
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise SystemExit(f"{path} does not fit: {error}") from None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", help="the ONNX file to write")
    for name, default in [("width", 384), ("depth", 12), ("heads", 6), ("size", 224), ("frames", 16), ("classes", 400), ("opset", 17), ("seed", 0)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--hidden", type=int, help="width of the MLP; 4 times the width if not given")
    parser.add_argument("--epsilon", type=float, default=1e-6, help="of every LayerNorm")
    parser.add_argument("--weights", help="a classifier's model.safetensors in VideoMAE's names; random weights if not given")
    args = parser.parse_args()
    args.hidden = args.hidden or 4 * args.width
    if args.width % args.heads or args.size % PATCH or args.frames % TUBELET:
        parser.error(f"width must be a multiple of heads, size of {PATCH}, frames of {TUBELET}")
    return args


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    model = Classifier(args).eval()
    if args.weights:
        load(model, args.weights)
    else:
        randomise(model)
    video = torch.randint(0, 256, (1, args.frames, args.size, args.size, 3), dtype=torch.uint8)
    names = ["logits", "probabilities", "features"]
    with torch.no_grad():
        torch.onnx.export(
            model, (video,), args.output, opset_version=args.opset, input_names=["video"], output_names=names,
            dynamic_axes={name: {0: "batch"} for name in ["video", *names]})
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{count} parameters, opset {args.opset}, {os.path.getsize(args.output) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
