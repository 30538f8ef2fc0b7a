"""torch.compile: kernels that are written and compiled on this PC."""

import contextlib
import importlib.util
import os
import shutil
import sys
import sysconfig
import tempfile

from ..registry import Case, Skip, check

# What torch and Triton say where no compiler is; nothing else may be skipped.
NO_COMPILER = (
    "InvalidCxxCompiler", "No working C++ compiler", "Failed to find C compiler", "Compiler: cl is not found",
    "not supported on Python", "not yet supported for torch.compile", "Cannot find a working triton installation",
)


def why_not(c):
    """Why this PC cannot compile, as far as that is known beforehand."""
    torch = c.torch
    if not hasattr(torch, "compile"):
        return "this torch is older than torch.compile (2.0)"
    if not c.cuda:
        names = ("cl",) if sys.platform == "win32" else (os.environ.get("CXX", "g++"), "clang++", "c++")
        if not any(shutil.which(name) for name in names):
            return f"no C++ compiler here ({', '.join(names)}), which torch.compile needs for the processor"
    elif importlib.util.find_spec("triton") is None:
        return "Triton, which torch.compile needs, is not installed"
    elif sys.platform.startswith("linux") and not os.path.exists(sysconfig.get_path("include") + "/Python.h"):
        return "Triton compiles against Python.h, which belongs to the development files of this Python"
    elif c.torch.cuda.get_device_capability(c.device) < (7, 0):
        return "Triton needs compute capability 7.0"
    return None


def cache_away():
    """Compiled files go into a folder of their own that is removed, and no process is started that would outlive us."""
    folder = tempfile.TemporaryDirectory(prefix="torch-wizard-compile-", ignore_cleanup_errors=True)
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.path.join(folder.name, "inductor")
    os.environ["TRITON_CACHE_DIR"] = os.path.join(folder.name, "triton")
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    return folder


@contextlib.contextmanager
def or_skip():
    """Turns the words for a missing compiler into Skip, and no others."""
    try:
        yield
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        if reasons := [reason for reason in NO_COMPILER if reason in words]:
            raise Skip(f"torch.compile cannot work here: {words if len(words) < 300 else reasons[0]}") from error
        raise


@check("compile", level="full", isolated=True, limit=300, once=True)
def compiled(c):
    torch = c.torch
    if reason := why_not(c):
        raise Skip(reason)
    folder = cache_away()
    rows, width = (2048, 1024) if c.cuda else (128, 256)
    x, weight = c.normal(rows, width), c.normal(width)
    device_x, device_weight = c.put(x), c.put(weight)

    def layer(x, weight):
        # One kernel in place of six: a norm and an activation.
        scaled = x * torch.rsqrt((x * x).mean(dim=1, keepdim=True) + 1e-6) * weight
        return scaled * torch.sigmoid(scaled)

    with or_skip():
        fast = torch.compile(layer)

    def run():
        with or_skip():
            return (fast(device_x, device_weight),)

    def reference():
        exact = x.double()
        scaled = exact / ((exact * exact).mean(dim=1, keepdim=True) + 1e-6).sqrt() * weight.double()
        return (scaled / (1 + (-scaled).exp()),)

    def words():
        folder.cleanup()
        # Compiled, and not run step by step after a silent retreat.
        counted = torch._dynamo.utils.counters["stats"]
        if not counted.get("unique_graphs") and not counted.get("calls_captured"):
            raise RuntimeError("torch.compile compiled nothing")

    # A sum of 1024, the card's fast exp.
    return Case(run, reference, 1e-5, watched=False, words=words)
