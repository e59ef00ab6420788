"""Times a training step of VideoMAE's own PyTorch code, read from a checkout of MCG-NJU/VideoMAE that is named on the command line.

The step is that of its engine_for_pretraining.py and engine_for_finetuning.py: the target is computed, then forward, loss, backward
and AdamW over its two parameter groups. Autocast and the loss scaler of those files do nothing on a CPU and are left out.
Its modules import a few names from timm, which need not be installed: they are provided here.

Standard input: "go N" lines, each answered with the seconds of a step, elapsed and of processor time, so that another program can take turns; "end" ends it
and prints the largest resident memory in MB (10^6 bytes).
"""
import argparse
import collections.abc
import functools
import importlib
import resource
import sys
import time
import types

import torch
from torch import nn

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def provide_timm():
    """Puts stand-ins for the names of timm that VideoMAE's models import into sys.modules."""

    def drop_path(x, drop_prob=0.0, training=False):
        if not drop_prob or not training:
            return x
        kept = 1 - drop_prob
        return x * x.new_empty((x.shape[0],) + (1,) * (x.dim() - 1)).bernoulli_(kept) / kept

    def to_2tuple(value):
        return tuple(value) if isinstance(value, collections.abc.Iterable) else (value, value)

    names = ["timm", "timm.models", "timm.models.layers", "timm.models.registry"]
    modules = {name: types.ModuleType(name) for name in names}
    layers = modules["timm.models.layers"]
    layers.drop_path, layers.to_2tuple, layers.trunc_normal_ = drop_path, to_2tuple, nn.init.trunc_normal_
    modules["timm.models.registry"].register_model = lambda function: function
    sys.modules.update(modules)


def groups(model, decay):
    """Two groups: vectors without weight decay, everything else with it."""
    skipped = model.no_weight_decay()
    vectors = [p for name, p in model.named_parameters() if p.dim() == 1 or name.endswith(".bias") or name in skipped]
    known = {id(p) for p in vectors}
    matrices = [p for p in model.parameters() if id(p) not in known]
    return [{"params": vectors, "weight_decay": 0.0}, {"params": matrices, "weight_decay": decay}]


def tube_mask(args, side):
    """The same places hidden in every slot, for each clip."""
    places = side * side
    hidden = int(args.mask * places)
    rows = []
    for _ in range(args.batch):
        place = torch.zeros(places, dtype=torch.bool)
        place[torch.randperm(places)[:hidden]] = True
        rows.append(place.repeat(args.frames // 2))
    return torch.stack(rows)


def cubes(video):
    """[B, C, T, H, W] to [B, N, pixels of a cube, C], as einops' rearrange does it there."""
    b, c, t, h, w = video.shape
    parts = video.reshape(b, c, t // 2, 2, h // 16, 16, w // 16, 16)
    return parts.permute(0, 2, 4, 6, 3, 5, 7, 1).reshape(b, (t // 2) * (h // 16) * (w // 16), 2 * 16 * 16, c)


def pretraining(args):
    module = importlib.import_module("modeling_pretrain")
    model = module.PretrainVisionTransformer(
        img_size=args.size, patch_size=16, encoder_embed_dim=args.width, encoder_depth=args.depth, encoder_num_heads=args.heads,
        encoder_num_classes=0, decoder_num_classes=1536, decoder_embed_dim=args.decoder_width, decoder_depth=args.decoder_depth,
        decoder_num_heads=args.decoder_heads, mlp_ratio=4, qkv_bias=True, norm_layer=functools.partial(nn.LayerNorm, eps=1e-6))
    model.train()
    optimiser = torch.optim.AdamW(groups(model, 0.05), lr=1.5e-4 * args.batch / 256, betas=(0.9, 0.95))
    loss_of = nn.MSELoss()
    video = torch.randn(args.batch, 3, args.frames, args.size, args.size)
    mask = tube_mask(args, args.size // 16)
    shape = (1, 3, 1, 1, 1)

    def step():
        with torch.no_grad():
            pixels = cubes(video * torch.tensor(STD).view(shape) + torch.tensor(MEAN).view(shape))
            normal = (pixels - pixels.mean(-2, keepdim=True)) / (pixels.var(-2, unbiased=True, keepdim=True).sqrt() + 1e-6)
            labels = normal.flatten(2)[mask].reshape(args.batch, -1, 1536)
        loss = loss_of(input=model(video, mask), target=labels)
        value = loss.item()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return value

    return step


def finetuning(args):
    module = importlib.import_module("modeling_finetune")
    model = module.VisionTransformer(
        img_size=args.size, patch_size=16, num_classes=args.labels, embed_dim=args.width, depth=args.depth, num_heads=args.heads,
        mlp_ratio=4, qkv_bias=True, norm_layer=functools.partial(nn.LayerNorm, eps=1e-6), all_frames=args.frames, drop_path_rate=0.1,
        fc_drop_rate=0.5, init_scale=0.001)
    model.train()
    optimiser = torch.optim.AdamW(groups(model, 0.05), lr=5e-4 * args.batch / 256)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.1)
    video = torch.randn(args.batch, 3, args.frames, args.size, args.size)
    labels = torch.randint(args.labels, (args.batch,))

    def step():
        loss = loss_of(model(video), labels)
        value = loss.item()
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        return value

    return step


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", help="folder with VideoMAE's modeling_pretrain.py and modeling_finetune.py")
    parser.add_argument("stage", choices=["pretrain", "finetune"])
    for name, default in [("width", 192), ("depth", 12), ("heads", 3), ("decoder-width", 96), ("decoder-depth", 4), ("decoder-heads", 3),
                          ("size", 112), ("frames", 16), ("batch", 4), ("labels", 101), ("threads", 1)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--mask", type=float, default=0.9)
    return parser.parse_args()


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    provide_timm()
    sys.path.insert(0, args.checkout)
    step = pretraining(args) if args.stage == "pretrain" else finetuning(args)
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "end":
            break
        count = int(line.split()[1])
        started, used = time.perf_counter(), time.process_time()
        for _ in range(count):
            step()
        print((time.perf_counter() - started) / count, (time.process_time() - used) / count, flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, flush=True)


if __name__ == "__main__":
    main()
