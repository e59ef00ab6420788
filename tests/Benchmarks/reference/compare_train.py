"""Training steps of ours and of VideoMAE's own PyTorch code, taking turns in one run; medians and ratios as a Markdown table.

    python3 tests/Benchmarks/reference/compare_train.py CHECKOUT [--threads 1] [--rounds 5] [--only finetune-ti]

CHECKOUT is a checkout of MCG-NJU/VideoMAE. Build first: dotnet build tests/Benchmarks -c Release. The time of a step is elapsed; beside
it stands processor time, which a busy machine changes less. Peak memory is the whole process', runtime included.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
OURS = ROOT / "artifacts/bin/Benchmarks/release/Unreel.Benchmarks.dll"
SIZES = {
    "ti": ("112", "4", "192 12 3 96 4 3 112 4"),
    "s": ("224", "2", "384 12 6 192 4 3 224 2"),
}
NAMES = "width depth heads decoder-width decoder-depth decoder-heads size batch".split()
VARIANTS = {
    "pretrain": [("fp32", []), ("fp32 dual", ["--dual"]), ("bf16", []), ("bf16 dual", ["--dual"])],
    "finetune": [("fp32", []), ("bf16", [])],
}


class Server:
    def __init__(self, name, command):
        environment = dict(os.environ, OMP_WAIT_POLICY="PASSIVE")
        self.name, self.wall, self.cpu = name, [], []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)
        if self.read() != "ready":
            sys.exit(f"{name} did not start: {' '.join(map(str, command))}")

    def read(self):
        return self.process.stdout.readline().strip()

    def go(self, steps, keep=True):
        self.process.stdin.write(f"go {steps}\n")
        wall, cpu = map(float, self.read().split())
        if keep:
            self.wall.append(wall)
            self.cpu.append(cpu)

    def end(self):
        self.process.stdin.write("end\n")
        self.memory = float(self.read())
        self.process.wait()


def servers(args, stage, size):
    image, batch, numbers = SIZES[size]
    flags = [part for name, value in zip(NAMES, numbers.split()) for part in (f"--{name}", value)]
    yield Server("VideoMAE", [sys.executable, HERE / "videomae_step.py", args.checkout, stage, "--threads", str(args.threads), *flags])
    for name, extra in VARIANTS[stage]:
        yield Server(name, ["dotnet", OURS, "step", stage, size, image, batch, "--threads", str(args.threads), "--precision", name.split()[0], *extra])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="pretrain-ti,finetune-ti,pretrain-s")
    args = parser.parse_args()
    print("| step | program | ms | times faster | processor ms | times faster | peak MB |\n|---|---|---|---|---|---|---|")
    for case in args.only.split(","):
        stage, size = case.split("-")
        all_of_them = list(servers(args, stage, size))
        steps = 3 if size == "ti" else 1
        for server in all_of_them:
            # The first steps compile: primitives, and code that .NET compiles again once it is known to be hot.
            server.go(40 if size == "ti" else 4, keep=False)
        for _ in range(args.rounds):
            for server in all_of_them:
                server.go(steps)
        for server in all_of_them:
            server.end()
        reference = all_of_them[0]
        for server in all_of_them:
            wall = [theirs / ours for theirs, ours in zip(reference.wall, server.wall)]
            cpu = [theirs / ours for theirs, ours in zip(reference.cpu, server.cpu)]
            print(f"| {case} | {server.name} | {1000 * statistics.median(server.wall):.0f} | {statistics.median(wall):.2f} "
                  f"| {1000 * statistics.median(server.cpu):.0f} | {statistics.median(cpu):.2f} | {server.memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
