"""Drives CMake and Ninja as torch's own setup.py does: configures once, then builds and installs into the package."""
import os
import subprocess
import sys

import arrays

assert sys.argv[1:] == ["build"]
if not os.path.exists("build/build.ninja"):
    archs = os.environ["TORCH_CUDA_ARCH_LIST"].replace(".", "")
    subprocess.check_call(
        ["cmake", "-GNinja", "-S", ".", "-B", "build", "-DCMAKE_BUILD_TYPE=Release", "-DARCHS=" + archs]
        + ["-DARRAYS=" + os.path.join(os.path.dirname(arrays.__file__), "include")]
    )
if os.environ.get("CMAKE_ONLY") != "1":
    subprocess.check_call(["cmake", "--build", "build", "--target", "install", "--", "-j", os.environ["MAX_JOBS"]])
