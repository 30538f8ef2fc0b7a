"""Which machine code runs on which card, and which driver carries which CUDA runtime."""

import ctypes
import sys

# Code sm_XY runs on the same major version with the same or a higher minor version, except as listed; it is the table
# DEVICE_REQUIREMENT of torch/cuda/__init__.py (2.15.0, 2026-11-21).
NOT_ON = {50: {53}, 52: {53}, 60: {62}, 70: {72}, 80: {87}, 86: {87}, 100: {101}}
# CUDA 13.2 and newer: binaries for servers also run on the small boards (same place).
NOT_ON_SINCE_13_2 = {70: set(), 80: set(), 86: set()}
# 10.1 was renamed to 11.0 (same place). The other three are boards whose code runs nowhere else.
ONLY_ON = {53: {53}, 62: {62}, 72: {72}, 87: {87}, 101: {101, 110}, 110: {101, 110}}


def code_runs(code, device, cuda):
    """Whether machine code for `code` (86) runs on a card of capability `device` (89), with CUDA (13, 2)."""
    if code in ONLY_ON:
        return device in ONLY_ON[code]
    excluded = (NOT_ON | NOT_ON_SINCE_13_2 if cuda >= (13, 2) else NOT_ON).get(code, set())
    return code // 10 == device // 10 and code <= device and device not in excluded


def kernels_for(device, arch_list, cuda):
    """What this torch has for a card of capability `device`: native, same-major, ptx or none."""
    machine, virtual, exact = set(), set(), set()
    for arch in arch_list:
        kind, _, number = arch.partition("_")
        digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
        if kind not in ("sm", "compute") or not digits.isdigit():
            continue
        # sm_90a, compute_90a: code for exactly this card, promised to run on no other.
        if number.endswith("a"):
            exact.add(int(digits))
        else:
            (machine if kind == "sm" else virtual).add(int(digits))
    if device in machine | exact:
        return "native"
    if any(code_runs(code, device, cuda) for code in machine):
        return "same-major"
    return "ptx" if any(code <= device for code in virtual) else "none"


def capability(device):
    """(8, 9) of a device of the hello line."""
    major, _, minor = device["capability"].partition(".")
    return int(major), int(minor)


def driver_runtime():
    """The newest CUDA runtime that the installed driver knows ("13.2"), or None. Needs no torch and no card."""
    version = ctypes.c_int(0)
    try:
        library = ctypes.WinDLL("nvcuda.dll") if sys.platform == "win32" else ctypes.CDLL("libcuda.so.1")
        if library.cuDriverGetVersion(ctypes.byref(version)) != 0 or version.value <= 0:
            return None
    except (OSError, AttributeError):
        return None
    return f"{version.value // 1000}.{version.value % 1000 // 10}"


def judge_driver(driver, runtime):
    """Whether a driver that knows CUDA `driver` carries a wheel with CUDA `runtime`: outcome and words.

    Within a major version every driver runs programs of every minor version ("minor version compatibility",
    https://docs.nvidia.com/deploy/cuda-compatibility/), except where they need PTX compiled or a newer feature.
    """
    if driver is None:
        # Whether that is wrong, `cuda-available` says.
        return "skipped", f"no driver answers; this torch brings CUDA {runtime}"
    pair = f"the driver knows CUDA {driver}, this torch brings CUDA {runtime}"
    ours, theirs = (tuple(int(part) for part in text.split(".")[:2]) for text in (runtime, driver))
    if theirs >= ours:
        return "passed", pair
    if theirs[0] == ours[0]:
        limits = "but PTX and the newest features need a newer driver"
        return "passed", f"{pair}: compatible within CUDA {ours[0]}, {limits}"
    # The forward-compatibility packages of some servers answer for the driver, with their own version.
    return "failed", pair + f": too old, it needs a driver for CUDA {ours[0]}"
