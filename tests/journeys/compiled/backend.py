"""The build backend: compiles, then makes a wheel of the package."""
import base64
import hashlib
import os
import subprocess
import sys
import zipfile


def prepare_metadata_for_build_wheel(folder, settings=None):
    version = os.environ["PYTORCH_BUILD_VERSION"]
    name = "torch-%s.dist-info" % version
    os.mkdir(os.path.join(folder, name))
    with open(os.path.join(folder, name, "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\nName: torch\nVersion: %s\n" % version)
    return name


def build_wheel(folder, settings=None, metadata=None):
    subprocess.check_call([sys.executable, "setup.py", "build"])
    version = os.environ["PYTORCH_BUILD_VERSION"]
    files = {
        "torch/version.py": ("__version__ = %r\ncuda = '13.0'\n" % version).encode(),
        "torch_wizard_replay.pth": b"import _torch_wizard_replay\n",
    }
    for path in ["torch/__init__.py", "torch/_C.py", "torch/lib/libtorch_cpu.so"]:
        with open(path, "rb") as file:
            files[path] = file.read()
    with open("replay.py", "rb") as file:
        files["_torch_wizard_replay.py"] = file.read()
    info = "torch-%s.dist-info/" % version
    files[info + "METADATA"] = ("Metadata-Version: 2.1\nName: torch\nVersion: %s\n" % version).encode()
    files[info + "WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\n" % (path, digest, len(data))
    files[info + "RECORD"] = (record + info + "RECORD,,\n").encode()
    name = "torch-%s-py3-none-any.whl" % version
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
    return name
