#!/usr/bin/env python3
"""Measures the window beside an empty eframe window, in one run, under Xvfb.

  cargo build --release && cargo build --release --example empty_window
  benches/window.py [--rounds N]

First frame: from the start of the process to the beginning of the second frame, when the first is out. Memory: proportional set
size of the program with all its processes, five seconds later. Idle: processor time used in ten seconds with nothing to do
and nothing moved.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"


def tree(pid):
    """The process and all below it."""
    pids = [pid]
    for at in pids:
        try:
            text = pathlib.Path(f"/proc/{at}/task/{at}/children").read_text()
        except OSError:
            continue
        pids.extend(int(child) for child in text.split())
    return pids


def memory(pid):
    total = 0
    for at in tree(pid):
        for line in pathlib.Path(f"/proc/{at}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def ticks(pid):
    """Processor time of the tree in seconds."""
    total = 0
    for at in tree(pid):
        fields = pathlib.Path(f"/proc/{at}/stat").read_text().rsplit(") ", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def measure(command, env, ready):
    began = time.monotonic()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        ready(child)
        first = time.monotonic() - began
        time.sleep(5)
        used = memory(child.pid)
        before = ticks(child.pid)
        time.sleep(10)
        idle = ticks(child.pid) - before
        return {"first_frame_s": first, "memory_mb": used / 1e6, "idle_cpu_s": idle}
    finally:
        for pid in reversed(tree(child.pid)):
            try:
                os.kill(pid, 9)
            except OSError:
                pass
        child.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-noreset"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    display = ":" + server.stdout.readline().strip()
    results = {"empty": [], "ours": []}
    try:
        with tempfile.TemporaryDirectory() as folder:
            env = dict(os.environ, DISPLAY=display, TORCH_WIZARD_HOME=folder, XDG_RUNTIME_DIR=folder)
            env.pop("WAYLAND_DISPLAY", None)
            logs = pathlib.Path(folder) / "data" / "logs"

            def empty_is_ready(child):
                assert child.stdout.readline().strip() == "ready"

            def ours_is_ready(child):
                while not any("window: first frame" in log.read_text() for log in logs.glob("*.log")):
                    assert child.poll() is None, "the window ended"
                    time.sleep(0.001)

            # One start that is not counted: the renderer that works is remembered, caches are warm.
            measure_once = [("ours", [RELEASE / "torch-wizard"], ours_is_ready),
                            ("empty", [RELEASE / "examples" / "empty_window"], empty_is_ready)]
            for number in range(rounds + 1):
                for name, command, ready in measure_once:
                    for log in logs.glob("*.log"):
                        log.unlink()
                    result = measure([str(word) for word in command], env, ready)
                    if number:
                        results[name].append(result)
    finally:
        server.kill()
        server.wait()
    medians = {name: {key: statistics.median(one[key] for one in all_of) for key in all_of[0]}
               for name, all_of in results.items()}
    for key in ("first_frame_s", "memory_mb", "idle_cpu_s"):
        ours, empty = medians["ours"][key], medians["empty"][key]
        ratio = f"{ours / empty:.2f} ×" if empty else "-"
        print(f"{key:16} ours {ours:8.3f}   empty {empty:8.3f}   {ratio}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
