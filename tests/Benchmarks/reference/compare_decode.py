"""A clip out of a video, opening included, by OpenCV's VideoCapture and by ours, taking turns in one run on one core each; medians and ratios as a
Markdown table.

    python3 tests/Benchmarks/reference/compare_decode.py CLIP [VIDEO ...] [--rounds 7]

CLIP is a real clip of which the videos are made (10 s, 25 frames a second, H.264, by our writer); VIDEOs are measured as they are. The clip is 16 frames, 4
apart, from the middle. Needs a Python with cv2, and a C compiler. Build first: dotnet build tests/Benchmarks -c Release.

OpenCV asks the system for its number of processors and gives its decoder as many threads; in the runs with one thread a library put before the system's
answers 1 (OpenCV 4.6 has no setting for it). OpenCV reads in two ways: `seek` sets CAP_PROP_POS_FRAMES to the first frame; `plain` starts at frame 0. Both pass
over unwanted frames with grab(), which converts nothing. The better of the two counts. Processor time is user and system time of all threads.
Frames are compared as RGB. OpenCV converts with BT.601 whatever the video says; so the frames are also compared with the matrix of ours.
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
BENCHMARKS = HERE.parents[2] / "artifacts/bin/Benchmarks/release/Unreel.Benchmarks.dll"
COUNT, STRIDE = 16, 4
ONE_PROCESSOR = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
long sysconf(int name) { return name == _SC_NPROCESSORS_ONLN ? 1 : ((long (*)(int))dlsym(RTLD_NEXT, "sysconf"))(name); }
"""


class Judge:
    """OpenCV in this process, behind the same lines as our program."""

    @staticmethod
    def read(cv2, way, first, stride, count, video):
        capture = cv2.VideoCapture(video, cv2.CAP_FFMPEG)
        if way == "seek":
            capture.set(cv2.CAP_PROP_POS_FRAMES, first)
        else:
            for _ in range(first):
                capture.grab()
        frames = []
        for number in range(count):
            ok, frame = capture.read()
            if not ok:
                sys.exit(f"{video}: OpenCV stops at frame {first + number * stride}")
            frames.append(frame)
            for _ in range(stride - 1 if number < count - 1 else 0):
                capture.grab()
        capture.release()
        return frames

    @classmethod
    def serve(cls):
        import time
        import cv2

        cv2.setNumThreads(1)
        for line in sys.stdin:
            command, first_word, way, first, stride, count, video = line.rstrip("\n").split(" ", 6)
            arguments = (cv2, way, int(first), int(stride), int(count), video)
            frames = cls.read(*arguments)
            if command == "frames":
                with open(first_word, "wb") as file:
                    for frame in frames:
                        file.write(frame[:, :, ::-1].tobytes())
                print("written", flush=True)
                continue
            del frames
            runs = int(first_word)
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(runs):
                cls.read(*arguments)
            print((time.perf_counter() - wall) / runs, (time.process_time() - cpu) / runs, flush=True)


class Server:
    def __init__(self, name, command, prefix, environment):
        self.name, self.prefix = name, prefix
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env={**os.environ, **environment})

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        answer = self.process.stdout.readline().strip()
        return answer if answer else sys.exit(f"{self.name} stopped")

    def go(self, runs, window, video):
        return tuple(map(float, self.ask(f"go {runs} {self.prefix}{window} {video}").split()))

    def frames(self, file, window, video):
        self.ask(f"frames {file} {self.prefix}{window} {video}")
        return pathlib.Path(file).read_bytes()


def servers(folder):
    (folder / "one.c").write_text(ONE_PROCESSOR)
    library = folder / "one.so"
    subprocess.run(["cc", "-shared", "-fPIC", folder / "one.c", "-o", library, "-ldl"], check=True)
    judge = [sys.executable, __file__, "judge"]
    yield Server("ours", ["dotnet", BENCHMARKS, "decode"], "", {})
    for threads, environment in (("one thread", {"LD_PRELOAD": str(library)}), ("default threads", {})):
        for way in ("seek", "plain"):
            yield Server(f"OpenCV {way}, {threads}", judge, f"{way} ", environment)


def videos(args, folder):
    for size in ("320x240", "1920x1080"):
        for gop, preset in ((12, "veryfast"), (250, "veryfast"), (250, "medium"), (250, "ultrafast")):
            name = f"{size} {preset} {gop}"
            if args.only and args.only not in name:
                continue
            path = folder / f"{size}-{preset}-{gop}.mp4"
            subprocess.run(["dotnet", BENCHMARKS, "videos", args.clip, size, str(gop), preset, path], check=True)
            yield name, path
    for path in args.videos:
        yield path.name, path


def difference(ours, theirs):
    import numpy

    a, b = (numpy.frombuffer(data, numpy.uint8) for data in (ours, theirs))
    if a.size != b.size:
        return "other size"
    apart = numpy.abs(a.astype(numpy.int16) - b)
    return f"{apart.mean():.2f} / {numpy.percentile(apart, 99.9):.0f} / {apart.max()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("videos", nargs="*", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="part of the names of the made videos that are wanted")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        programs = list(servers(folder))
        print("| video | MB | program | processor ms | ours faster | elapsed ms | ours faster | difference: mean / 99.9 % / most |")
        print("|---|---|---|---|---|---|---|---|")
        for name, path in videos(args, folder):
            measure(args, name, path, programs, folder)


def frame_count(path):
    import cv2

    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    return int(capture.get(cv2.CAP_PROP_FRAME_COUNT))


def measure(args, name, path, programs, folder):
    total = frame_count(path)
    first = max((total - COUNT * STRIDE) // 2, 0)
    window = f"{first} {STRIDE} {COUNT}"
    runs = 2 if path.stat().st_size > 2e6 else 10
    results = {program.name: [] for program in programs}
    for _ in range(args.rounds):
        for program in programs:
            results[program.name].append(program.go(runs, window, path))
    own = results["ours"]
    pixels = programs[0].frames(folder / "ours.rgb", window, path)
    for program in programs:
        mine = results[program.name]
        wall, cpu = (statistics.median(one[part] for one in mine) for part in (0, 1))
        faster = [statistics.median(theirs[part] / ours[part] for theirs, ours in zip(mine, own)) for part in (0, 1)]
        apart = "" if program is programs[0] else difference(pixels, program.frames(folder / "theirs.rgb", window, path))
        print(f"| {name} | {path.stat().st_size / 1e6:.1f} | {program.name} | {1000 * cpu:.1f} | {faster[1]:.2f} | {1000 * wall:.1f} | {faster[0]:.2f} | {apart} |", flush=True)


if __name__ == "__main__":
    Judge.serve() if sys.argv[1:] == ["judge"] else main()
