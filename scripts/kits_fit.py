#!/usr/bin/env python3
"""Resolves every kit of the catalogue beside the newest torch, for each system that it is for, on PyPI.

    kits_fit.py UV
Exit code 1 names the kits that no longer fit: their rows in assets/catalog/kits.toml want a look.
"""
import pathlib
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor

CATALOG = pathlib.Path(__file__).parent.parent / "assets/catalog"
# The Python that is taken by default has wheels of nearly everything; a kit may want an earlier one.
PYTHONS = ["3.12", "3.11", "3.10"]
PLATFORMS = {"linux": "x86_64-manylinux_2_28", "windows": "x86_64-pc-windows-msvc"}


def python_of(kit: dict) -> str:
    """The first Python that its row takes; limits are minor versions there."""
    def takes(minor: int) -> bool:
        limits = [limit.strip() for limit in kit.get("python", "").split(",") if limit.strip()]
        number = lambda limit: int(limit.lstrip("<>=").split(".")[1])
        return all(minor < number(limit) if limit.startswith("<") else minor >= number(limit) for limit in limits)
    return next(python for python in PYTHONS if takes(int(python.split(".")[1])))


def fits(uv: str, requirements: list[str], python: str, platform: str) -> str:
    """An empty text, or the resolver's words."""
    command = [uv, "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:",
               "--python-version", python, "--python-platform", platform]
    done = subprocess.run(command, input="\n".join(requirements), capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr.strip()


def main(uv: str) -> int:
    kits = tomllib.loads((CATALOG / "kits.toml").read_text(encoding="utf-8"))["kit"]
    releases = tomllib.loads((CATALOG / "wheels.toml").read_text(encoding="utf-8"))["release"]
    torch = releases[0]["torch"]
    for kit in kits:
        if "program" in kit:
            print(f"skipped: {kit['name']}: its own list of packages is in its repository, which is not asked here")
    asked = [(kit, system) for kit in kits if kit["packages"] for system in kit.get("os", list(PLATFORMS))]

    def answer(one):
        kit, system = one
        return fits(uv, [f"torch=={torch}", *kit["packages"]], python_of(kit), PLATFORMS[system])

    # Each waits for the index most of the time.
    with ThreadPoolExecutor(len(PLATFORMS) * 3) as pool:
        answers = list(pool.map(answer, asked))
    for (kit, system), said in zip(asked, answers):
        print(f"{kit['name']}, {system}: {'fits' if not said else 'does not fit torch ' + torch}")
        if said:
            print("  " + said.replace("\n", "\n  "))
    return 1 if any(answers) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
