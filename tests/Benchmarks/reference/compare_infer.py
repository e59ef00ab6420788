"""One clip at a time through graphs of ours and the one that torch.onnx exports for the same network, in the same ONNX Runtime,
taking turns in one run; medians and ratios as a Markdown table. All run with ONNX Runtime's defaults, or with --still as serving runs them:
threads do not spin while they wait.

    python3 tests/Benchmarks/reference/compare_infer.py CLASSIFIER CLIPS [--threads 2] [--rounds 9] [--still]

CLASSIFIER is a folder with model.safetensors and model.json, as `unreel finetune` leaves it (`unreel artifacts get weights/NAME -o DIR`); CLIPS
are labelled videos, of which 32 spread over all are run. Build first: dotnet build Pipeline.sln -c Release. Latency is elapsed time; beside it stands
processor time, which a busy machine changes less. Memory is the process' largest, less what it held before it loaded the model.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BENCHMARKS = ROOT / "artifacts/bin/Benchmarks/release/Unreel.Benchmarks.dll"
OURS = {
    "portable fp32": ["--flavour", "portable"],
    "ort fp32": ["--flavour", "ort"],
    "ort int8_dynamic": ["--flavour", "ort", "--precision", "int8-dynamic"],
    "ort int8_static": ["--flavour", "ort", "--precision", "int8-static"],
    "ort int8_weights": ["--flavour", "ort", "--precision", "int8-weights"],
}

# Parity is judged elsewhere; here files are wanted.
QUICKLY = ["--parity-clips", "4", "--level-clips", "1", "--max-batch", "1"]


class Server:
    def __init__(self, name, model, clips, threads, still):
        self.name, self.wall, self.cpu = name, [], []
        command = ["dotnet", BENCHMARKS, "infer", model, clips, *(["--still"] if still else []), "--threads", str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.load = float(self.read().removeprefix("ready "))

    def read(self):
        line = self.process.stdout.readline().strip()
        return line if line else sys.exit(f"{self.name} stopped")

    def go(self, runs, keep=True):
        self.process.stdin.write(f"go {runs}\n")
        wall, cpu = map(float, self.read().split())
        if keep:
            self.wall.append(wall)
            self.cpu.append(cpu)

    def logits(self, count):
        self.process.stdin.write("logits\n")
        return [list(map(float, self.read().split())) for _ in range(count)]

    def end(self):
        self.process.stdin.write("end\n")
        peak, before = map(float, self.read().split())
        self.memory, self.peak = peak - before, peak
        self.process.wait()


def unreel(*arguments):
    subprocess.run([ROOT / "infra/unreel", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def models(args, folder):
    """The files by name, the reference first."""
    reference = folder / "torch.onnx"
    weights = pathlib.Path(args.classifier)
    model = json.loads((weights / "model.json").read_text())
    shape = model["shape"]
    if model["normalisation"].get("centre_over_time"):
        sys.exit(f"{weights}: normalises by motion; the reference knows ImageNet's normalisation only")
    flags = {"width": shape["width"], "depth": shape["depth"], "heads": shape["heads"], "hidden": shape["mlp_width"], "size": shape["image_size"],
             "frames": shape["frames"], "classes": len(model["labels"]), "weights": weights / "model.safetensors"}
    command = [args.python, HERE / "torch_onnx_export.py", reference, *(str(part) for name, value in flags.items() for part in (f"--{name}", value))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    yield "torch.onnx", reference
    store = folder / "store"
    for name, options in OURS.items():
        if args.only and name not in args.only.split(","):
            continue
        unreel("export", "--classifier", args.classifier, "--clips", args.clips, "--min-top1-agreement", "0", "--tolerance", "1000", "--max-accuracy-loss", "1", *QUICKLY, *options, "--store", store, "--name", "bench")
        unreel("artifacts", "get", "onnx/bench:latest", "--out", folder / name.replace(" ", "-"), "--store", store)
        yield name, folder / name.replace(" ", "-") / "model.onnx"


def agreement(theirs, ours):
    first = [max(range(len(row)), key=row.__getitem__) for row in theirs]
    same = sum(max(range(len(row)), key=row.__getitem__) == best for row, best in zip(ours, first))
    apart = max(abs(a - b) for one, other in zip(theirs, ours) for a, b in zip(one, other))
    return same / len(theirs), apart


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("classifier")
    parser.add_argument("clips")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=3, help="clips a turn, after one that is not measured")
    parser.add_argument("--count", type=int, default=32, help="clips at hand")
    parser.add_argument("--still", action="store_true", help="threads do not spin while they wait")
    parser.add_argument("--only", help="names of our graphs that are wanted, with commas between; all if not given")
    parser.add_argument("--python", default=sys.executable, help="a Python that has torch and numpy")
    args = parser.parse_args()
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        files = list(models(args, folder))
        clips = folder / "clips.bin"
        subprocess.run(["dotnet", BENCHMARKS, "clips", files[1][1], args.clips, clips, str(args.count)], check=True)
        servers = [Server(name, file, clips, args.threads, args.still) for name, file in files]
        for server in servers:
            server.go(args.runs, keep=False)
        for _ in range(args.rounds):
            for server in servers:
                server.go(args.runs)
        logits = [server.logits(args.count) for server in servers]
        for server in servers:
            server.end()
        print("| graph | ms | of torch.onnx's | processor ms | of torch.onnx's | MB over the empty process | of torch.onnx's | file MB | load and first answer s | same first class | largest logit difference |")
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        base = servers[0]
        for server, own, (_, file) in zip(servers, logits, files):
            wall = statistics.median(ours / theirs for theirs, ours in zip(base.wall, server.wall))
            cpu = statistics.median(ours / theirs for theirs, ours in zip(base.cpu, server.cpu))
            same, apart = agreement(logits[0], own)
            print(f"| {server.name} | {1000 * statistics.median(server.wall):.1f} | {wall:.2f} | {1000 * statistics.median(server.cpu):.1f} | {cpu:.2f} "
                  f"| {server.memory:.0f} | {server.memory / base.memory:.2f} | {os.path.getsize(file) / 1e6:.1f} | {server.load:.2f} | {100 * same:.1f} % | {apart:.2g} |")


if __name__ == "__main__":
    main()
