"""The check program in both its forms, and ways to run it: for the tests beside this file."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "assets" / "python"
PACKAGE = SOURCES / "verify"
sys.path.insert(0, str(SOURCES))

try:
    import torch
except ImportError:
    torch = None
else:
    # As in a worker.
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))
needs_torch = unittest.skipIf(torch is None, "torch is not installed here")

# As the program: isolated, unbuffered; and no file beside the sources.
PYTHON = [sys.executable, "-B", "-I", "-u"]

_kept = tempfile.TemporaryDirectory(prefix="verify-bundle-")


def bundle_text():
    """The bundle as the Rust side makes it: `to_string(&to_string(&sources))` of serde_json in place of the literal."""
    sources = {path.relative_to(SOURCES).as_posix(): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    # serde_json leaves what is not ASCII as it is; the sources must have nothing of it.
    once = json.dumps(sources, ensure_ascii=False, separators=(",", ":"))
    twice = json.dumps(once, ensure_ascii=False)
    beginning, found, end = (SOURCES / "bundle.py").read_text("utf-8").partition('"@SOURCES@"')
    assert found and '"@SOURCES@"' not in end
    return beginning + twice + end


def bundle():
    """The bundle as a file."""
    path = pathlib.Path(_kept.name, "verify.py")
    if not path.exists():
        path.write_text(bundle_text(), encoding="utf-8", newline="\n")
    return path


FORMS = {"package": lambda: PACKAGE, "bundle": bundle}

# Imports `verify` from whichever form stands first on the command line.
LOAD = textwrap.dedent("""
    import importlib.util, io, json, os, pathlib, sys, time
    program = sys.argv[1]
    if program.endswith(".py"):
        spec = importlib.util.spec_from_file_location("bundle", program)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    else:
        sys.path.insert(0, os.path.dirname(program))
    import verify.process, verify.protocol, verify.registry, verify.session, verify.worker
""")

# A worker that plays torch, two cards and its checks.
PLAYED_WORKER = LOAD + textwrap.dedent("""
    parent, folder, behaviour = int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
    def import_torch(state):
        if "import" in behaviour:
            os._exit(78)
        state["torch"] = "played"
        return dict(torch="2.15.0+cu130", cuda_runtime="13.0", import_error=None, pid=os.getpid())
    def list_devices(torch):
        cards = [("Card", "7.5"), ("Other", "9.0"), ("Card", "7.5")][: behaviour.get("cards", 2)]
        devices = [
            dict(name=name, capability=capability, memory_bytes=1, kernels="native", index=index, uuid=f"GPU-{index}")
            for index, (name, capability) in enumerate(cards)]
        return dict(cuda_available=True, arch_list=["sm_75"], devices=devices, why_not=None,
                    driver_runtime="13.2", companions={"triton": "3.9.0"})
    def perform(torch, check, device, rounds, seconds, tell):
        seen = pathlib.Path(folder, f"{device}-{check}".replace(":", "-"))
        before = seen.exists()
        with seen.open("a") as log:
            log.write(f"{os.getpid()} ")
        how = behaviour.get(check, "right")
        if how == "wrong here" and device != "cuda:0" or how == "wrong on cards" and device == "cpu":
            how = "right"
        if how == "crash" or how == "wrong, then crash" and before:
            os._exit(77)
        if how == "hang":
            time.sleep(600)
        if how in ("slow", "slower"):
            for step in range(3):
                tell(step, 3, "steps")
                time.sleep(1.2 if how == "slower" else 0.02)
        if how == "wrong once" and before:
            how = "right"
        if how.startswith("wrong") or how == "no kernel image":
            return verify.protocol.result("failed", how) | dict(max_error=0.5)
        return verify.protocol.result("passed")
    verify.worker.import_torch, verify.worker.list_devices, verify.worker.perform = import_torch, list_devices, perform
    verify.worker.worker_main(parent)
""")

# The real parent, with few checks, short limits and that worker.
PLAYED_PARENT = LOAD + textwrap.dedent("""
    worker, folder, wanted, behaviour, limits, level = sys.argv[2:8]
    command = [sys.executable, "-B", "-u", worker, program, str(os.getpid()), folder, behaviour]
    verify.process.worker_command = lambda: command
    few = ("matmul-fp16", "matmul-bf16", "conv2d", "softmax", "layer-norm", "memory-pattern", "streams")
    table, limits = verify.registry.CHECKS, json.loads(limits)
    for name in list(table):
        if name not in few:
            del table[name]
        elif "check" in limits:
            table[name] = table[name]._replace(limit=limits["check"])
    verify.session.parent_main(wanted, level)
""")


def played(program, behaviour, wanted="0", level="quick", heard=None, environment=None, **limits):
    """The lines of a run with the played worker, and the processes of each check: {"cuda-0-conv2d": [pid]}.

    `heard` takes what the run says on standard error.
    """
    with tempfile.TemporaryDirectory() as folder:
        worker, parent = pathlib.Path(folder, "worker.py"), pathlib.Path(folder, "parent.py")
        worker.write_text(PLAYED_WORKER, encoding="utf-8")
        parent.write_text(PLAYED_PARENT, encoding="utf-8")
        arguments = [program, worker, folder, wanted, json.dumps(behaviour), json.dumps(limits), level]
        lines = read([sys.executable, "-B", "-u", parent, *arguments], heard, env=environment or {})
        seen = [*pathlib.Path(folder).glob("c*-*")]
        processes = {path.name: path.read_text().split() for path in seen}
    return lines, processes


def run(program, *arguments, python=PYTHON, **named):
    """The lines of a whole run."""
    return read([*python, program, *arguments], **named)


def read(command, heard=None, **named):
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=600,
        env=dict(os.environ, **named.pop("env", {})), **named,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    if heard is not None:
        heard.append(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def outcomes(lines):
    return {line["check"]: line["outcome"] for line in lines if line["kind"] == "check"}


def of(lines, check):
    """The line of a check."""
    (line,) = [line for line in lines if line["kind"] == "check" and line["check"] == check]
    return line
