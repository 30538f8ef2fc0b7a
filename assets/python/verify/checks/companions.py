"""torchvision, torchaudio, Triton: whether they load beside this torch, and whether their compiled parts work."""

import importlib
import importlib.metadata
import math
import os
import platform
import re
import sys

from ..registry import EXACT, Case, Skip, check

# Distributions whose versions are told in the hello line; several names of one package.
NAMES = {
    "torchvision": ("torchvision",), "torchaudio": ("torchaudio",), "bitsandbytes": ("bitsandbytes",),
    "triton": ("triton", "triton-windows", "pytorch-triton"), "xformers": ("xformers",),
}


def version_of(package):
    """The installed version of a package, or None. Imports nothing."""
    for name in NAMES[package]:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def companions():
    """Installed packages beside torch: {name: version}."""
    return {package: version for package in NAMES if (version := version_of(package))}


@check("torchvision", package="torchvision", limit=120)
def torchvision(c):
    """Its kernel for dropping boxes that overlap better ones (nms), which it compiles against this very torch."""
    torch = c.torch
    import torchvision.ops

    count, limit = (1000, 0.5) if c.cuda else (300, 0.5)
    # Corners are whole numbers: areas and their ratios are the same in every arithmetic, but for the last bit.
    corner, size = c.whole(0, 200, count, 2), c.whole(20, 80, count, 2)
    boxes, scores = torch.cat((corner, corner + size), dim=1).float(), c.order(count).float()
    device_boxes, device_scores = c.put(boxes), c.put(scores)

    def run():
        kept = torchvision.ops.nms(device_boxes, device_scores, limit)
        return (torch.zeros(count, device=c.device).index_fill(0, kept, 1.0),)

    def reference():
        kept = torch.zeros(count, dtype=torch.float64)
        places, left = boxes.double(), scores.argsort(descending=True).tolist()
        areas = (places[:, 2] - places[:, 0]) * (places[:, 3] - places[:, 1])
        while left:
            best, *others = left
            kept[best] = 1
            rest = torch.tensor(others, dtype=torch.long)
            low, high = places[rest, :2].maximum(places[best, :2]), places[rest, 2:].minimum(places[best, 2:])
            shared = (high - low).clamp(min=0).prod(dim=1)
            overlap = shared / (areas[rest] + areas[best] - shared)
            left = rest[overlap <= limit].tolist()
        return (kept,)

    return Case(run, reference, EXACT, words=lambda: f"torchvision {torchvision.__version__}")


@check("torchaudio", package="torchaudio", limit=120)
def torchaudio(c):
    """Resampling of tones, from 16 000 to 24 000 numbers a second; and loading, which runs its compiled parts."""
    torch = c.torch
    import torchaudio.functional

    rates, seconds, tones = (16000, 24000), 0.25, torch.tensor([440.0, 1000.0, 2500.0, 4000.0])

    def tone(rate):
        time = torch.arange(int(rate * seconds), dtype=torch.float64) / rate
        return torch.sin(2 * math.pi * tones.double().unsqueeze(1) * time)

    device_x = c.put(tone(rates[0]).float())
    inner = slice(1000, -1000)

    def run():
        return (torchaudio.functional.resample(device_x, *rates, lowpass_filter_width=64),)

    # A tone stays the same tone but for the ripple of a filter of this width, measured as 7e-7; without its ends.
    return Case(
        run, lambda: (tone(rates[1])[:, inner],), 1e-5, pick=lambda out: (out[:, inner],),
        # Where it makes its filter is its own matter.
        watched=False, words=lambda: f"torchaudio {torchaudio.__version__}",
    )


def numbers_of(version):
    return [int(part) for part in re.match(r"\d+(\.\d+)*", version).group().split(".")]


def satisfies(version, asked):
    """Whether 3.9.0 is what ">=3.8,<4", "==3.9.0" or "~=3.9.0" asks for. Labels behind a + do not count."""
    have = numbers_of(version)
    for sign, wanted in re.findall(r"(~=|==|!=|>=|<=|<|>)\s*(\d[\w.]*)", asked):
        limit = numbers_of(wanted)
        # As many parts on both sides.
        width = max(len(have), len(limit))
        left, right = (parts + [0] * (width - len(parts)) for parts in (have, limit))
        stays = left[: len(limit) - 1] == right[: len(limit) - 1]
        answers = {"==": left == right, "!=": left != right, ">=": left >= right, "<=": left <= right,
                   "<": left < right, ">": left > right, "~=": left >= right and stays}
        if not answers[sign]:
            return False
    return True


def holds(marker):
    """Whether an environment marker (PEP 508) is true here; None if it asks what is not known here, an extra say."""
    here = {
        "os_name": os.name, "sys_platform": sys.platform, "platform_system": platform.system(),
        "platform_machine": platform.machine(), "python_version": "{}.{}".format(*sys.version_info),
        "python_full_version": platform.python_version(), "implementation_name": sys.implementation.name,
    }
    answers = []
    for part in re.split(r"\band\b", marker):
        match = re.fullmatch(r"""\s*(\w+)\s*(==|!=|<=|>=|<|>)\s*["']([^"']*)["']\s*""", part)
        if not match or match.group(1) not in here:
            return None
        name, sign, wanted = match.groups()
        if name.startswith("python"):
            answers.append(satisfies(here[name], sign + wanted))
        elif sign in ("==", "!="):
            answers.append((here[name] == wanted) == (sign == "=="))
        else:
            return None
    return all(answers)


def triton_asked():
    """What torch's metadata asks of Triton here ("~=3.9.0"); None if nothing."""
    for requirement in importlib.metadata.requires("torch") or []:
        asked, _, marker = requirement.partition(";")
        match = re.match(r"(?:pytorch[-_])?triton(?![\w-])\s*\(?([^)]*)", asked)
        if match and (not marker or holds(marker)):
            return match.group(1).strip()
    return None


def triton_missing():
    """The same for an environment in which there may be no torch by that name."""
    try:
        return triton_asked()
    except importlib.metadata.PackageNotFoundError:
        return None


@check("triton", package="triton", asked=triton_missing, limit=120, once=True)
def triton(c):
    """Its version is what torch asks for, and its compiled part loads. Whether it compiles is the check `compile`."""
    importlib.import_module("triton")
    # The compiler itself, a library.
    importlib.import_module("triton._C.libtriton")
    version = version_of("triton") or importlib.import_module("triton").__version__
    try:
        asked = triton_asked()
    except importlib.metadata.PackageNotFoundError as error:
        raise Skip(f"Triton {version}; torch has no metadata that says which it asks for") from error
    if asked and not satisfies(version, asked):
        raise RuntimeError(f"Triton {version} is installed, this torch asks for {asked}")
    words = f"Triton {version}, torch asks for {asked or 'no particular one'}"
    return Case(lambda: (), lambda: (), EXACT, repeatable=False, watched=False, timed=False, words=lambda: words)
