#!/usr/bin/env python3
"""Measures torch-wizard beside what people do without it, in one run on one machine.

install  ours against `uv venv` + `uv pip install` and `python -m venv` + `pip install` of the same pins, each with empty
         caches; verification is taken out of ours, because the others have none
detect   `torch-wizard detect` against `python -m torch.utils.collect_env`

Standard library only. Everything is made in a temporary folder and removed at the end.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def clean_environment(**more):
    """Ours without settings that would favour one side."""
    bent = re.compile(r"^(UV_|PIP_(?!INDEX_URL|CERT)|TORCH_WIZARD_|VIRTUAL_ENV|PYTHONPATH)")
    env = {name: value for name, value in os.environ.items() if not bent.match(name) or name == "UV_DEFAULT_INDEX"}
    return env | {name: str(value) for name, value in more.items()}


def timed(command, env):
    """Seconds of a command; its output is shown if it fails."""
    began = time.monotonic()
    done = subprocess.run([str(word) for word in command], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return time.monotonic() - began


def size_of(folder):
    """Bytes of the files of a folder, each hard link once."""
    seen = {}
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            stat = path.stat()
            seen[stat.st_dev, stat.st_ino] = stat.st_size
    return sum(seen.values())


def memory_of(process, what):
    """Bytes of a process by the kernel's word for them; 0 where there is no such file."""
    try:
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(what + ":")), 0)


class Ours:
    """One `install --json`, line by line."""

    def __init__(self, command, env):
        self.starts, self.ends, self.bytes = {}, {}, 0
        began = last = time.monotonic()
        self.silence, self.silent_at = 0.0, "start"
        # When it says its first line, and the most until it says its last one.
        self.memory = []
        child = subprocess.Popen([str(word) for word in command], env=env, stdout=subprocess.PIPE, text=True)
        exit_code = None
        for line in child.stdout:
            now = time.monotonic()
            event = json.loads(line)
            if now - last > self.silence:
                self.silence, self.silent_at = now - last, event.get("step") or event.get("doing") or event["kind"]
            if not self.memory:
                self.memory.append(memory_of(child.pid, "VmRSS"))
            last = now
            step, kind = event.get("step"), event["kind"]
            if kind == "started":
                self.starts[step] = now
            elif kind == "finished":
                self.ends[step] = now
            elif kind == "progress":
                self.bytes = max(self.bytes, event["done_bytes"])
            elif kind == "ended":
                exit_code = event["exit"]
                self.memory.append(memory_of(child.pid, "VmHWM"))
        child.wait()
        if "promote" not in self.ends:
            sys.exit(f"our install ended with {exit_code} before its end")
        self.planning = self.starts["environment"] - began
        self.verification = self.ends["verify"] - self.starts["verify"]
        self.total = self.ends["promote"] - began - self.verification
        self.install = self.total - self.planning


def pins_of(wizard, env, options, folder):
    """The plan as data and its pins; without hashes where the index names none."""
    plan = json.loads(
        subprocess.run([wizard, "plan", "--json", *options, "--env", folder / "never"], env=env, check=True,
                       capture_output=True, text=True).stdout)
    indexes = plan["indexes"]
    lines = [f"--index-url {indexes['default']}"] if indexes["default"] else []
    lines += [f"--extra-index-url {url}" for url in [indexes["torch"], *indexes["extra"]]
              if url and url != indexes["default"]]
    packages = plan["lock"]["packages"]
    hashed = all(package["wheel"]["sha256"] for package in packages)
    for package in packages:
        line = f"{package['name']}=={package['version']}"
        lines.append(line + (f" --hash=sha256:{package['wheel']['sha256']}" if hashed else ""))
    path = folder / "pins.txt"
    path.write_text("\n".join(lines) + "\n")
    return plan, path


def find_uv(plan, folder):
    """The uv of the plan, laid where every run finds it first."""
    found = plan["choices"]["uv"] or shutil.which("uv")
    if not found:
        sys.exit("no uv: put one on PATH")
    place = folder / "bin"
    place.mkdir()
    return pathlib.Path(shutil.copy2(found, place))


def made(folder):
    """A new folder, once all that was written before is on the disk, so that no side pays for another one's bytes."""
    getattr(os, "sync", lambda: None)()
    folder.mkdir()
    return folder


def row(name, seconds, base=None):
    median = statistics.median(seconds)
    ratio = f"{median / base:6.2f} ×" if base else ""
    print(f"{name:<46} {median:9.2f} s {ratio:>9}   ({', '.join(f'{value:.2f}' for value in seconds)})")
    return median


def compare_installs(args, folder):
    options = ["--route", args.route, *(["--python", args.python] if args.python else []), *args.option]
    plan, pins = pins_of(args.wizard, clean_environment(TORCH_WIZARD_HOME=folder / "home"), options, folder)
    uv, python = find_uv(plan, folder), plan["choices"]["python"]
    path = f"{uv.parent}{os.pathsep}{os.environ['PATH']}"
    bin_name = "Scripts" if os.name == "nt" else "bin"
    ours, uvs, pips = [], [], []
    # Nothing is removed before the end: ext4 passes over what was removed in the last minutes one by one, which made
    # every side up to twice as slow when the next round began right after the last one's gigabytes were gone.
    for number in range(args.rounds):
        place = made(folder / f"ours-{number}")
        env = clean_environment(TORCH_WIZARD_HOME=place / "home", PATH=path)
        target = place / "ours"
        ours.append(Ours([args.wizard, "install", "--yes", "--json", *options, "--env", target], env))
        if number == 0:
            print(f"environment of ours: {size_of(target) / 1e9:.2f} GB, fetched {ours[0].bytes / 1e9:.3f} GB")
        place = made(folder / f"uv-{number}")
        env = clean_environment(UV_CACHE_DIR=place / "cache", UV_NO_CONFIG="1")
        target = place / "uv"
        seconds = timed([uv, "venv", "--python", python, target], env)
        seconds += timed([uv, "pip", "install", "--python", target / bin_name / "python",
                          "--index-strategy", "unsafe-best-match", "-r", pins], env)
        uvs.append(seconds)
        if not args.without_pip:
            env, target = clean_environment(), made(folder / f"pip-{number}") / "pip"
            seconds = timed([python, "-m", "venv", target], env)
            seconds += timed([target / bin_name / "python", "-m", "pip", "install", "--quiet", "--no-cache-dir",
                              "-r", pins], env)
            pips.append(seconds)
    print(f"{len(plan['lock']['packages'])} packages, Python {plan['choices']['python_version']}, medians of {args.rounds}")
    base = row("uv venv + uv pip install", uvs)
    row("ours, fetch to promote, without verification", [run.install for run in ours], base)
    row("ours, with detection and planning", [run.total for run in ours], base)
    if pips:
        row("python -m venv + pip install", pips, base)
    row("ours: detection and planning", [run.planning for run in ours])
    row("ours: verification", [run.verification for run in ours])
    worst = max(ours, key=lambda run: run.silence)
    print(f"ours: longest silence: {worst.silence:.2f} s (in {worst.silent_at})")
    first, most = max(ours, key=lambda run: run.memory[-1]).memory
    print(f"ours: memory at the first line {first / 1e6:.1f} MB, at most {most / 1e6:.1f} MB")


def compare_detection(args, folder):
    env = clean_environment(TORCH_WIZARD_HOME=folder / "home")
    rounds = max(args.rounds, 5)
    online = [timed([args.wizard, "detect", "--json"], env) for _ in range(rounds)]
    offline = [timed([args.wizard, "detect", "--json", "--offline"], env) for _ in range(rounds)]
    base = None
    if args.torch_python:
        base = row("python -m torch.utils.collect_env",
                   [timed([args.torch_python, "-m", "torch.utils.collect_env"], env) for _ in range(rounds)])
    else:
        print("no --torch-python given: collect_env is not measured")
    row("torch-wizard detect", online, base)
    row("torch-wizard detect --offline", offline, base)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["install", "detect"])
    parser.add_argument("--wizard", default="target/release/torch-wizard", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--route", default="cpu")
    parser.add_argument("--python", help="version or path for all sides")
    parser.add_argument("--option", action="append", default=[], help="one more word for our plan and install")
    parser.add_argument("--torch-python", help="an interpreter with torch, for collect_env")
    parser.add_argument("--without-pip", action="store_true")
    parser.add_argument("--folder", help="where the temporary folder is made (a volume with room for it)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder, prefix="torch-wizard-bench-") as folder:
        {"install": compare_installs, "detect": compare_detection}[args.what](args, pathlib.Path(folder))


if __name__ == "__main__":
    main()
