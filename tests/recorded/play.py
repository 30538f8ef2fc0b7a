"""Writes the recordings of cards anew: python -B tests/recorded/play.py

The check program's real parent, with a worker that plays torch and its cards: the protocol in the recordings is real,
the numbers are not. `cpu-run` and `no-driver` are of real runs without a card: name a Python with torch to write them
anew as well.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "assets" / "python"
ARCHES = ["sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"]
OLD_ARCHES = ["sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"]

# milliseconds, error, tolerance, 10^12 operations and 10^9 bytes a second of a healthy card.
FIGURES = {
    "torchvision": (0.21, 0.0, 1e-9, None, None),
    "torchaudio": (0.34, 2.1e-7, 1e-5, None, None),
    "triton": (None, 0.0, 1e-9, None, None),
    "matmul-fp32": (4.61, 1.9e-6, 2e-5, 29.8, None),
    "matmul-tf32": (15.4, 4.6e-4, 2e-3, 30.2, None),
    "matmul-fp16": (17.9, 2.3e-4, 2e-3, 61.4, None),
    "matmul-bf16": (17.8, 1.83e-3, 7.8e-3, 61.8, None),
    "matmul-fp8": (9.1, 1.7e-3, 2e-2, 120.8, None),
    "conv2d": (0.92, 1.4e-6, 5e-5, 16.1, None),
    "lstm": (0.88, 5.1e-7, 5e-5, None, None),
    "layer-norm": (0.061, 1.5e-7, 1e-5, None, None),
    "softmax": (0.058, 2.9e-7, 1e-5, None, None),
    "embedding": (0.19, 5.1e-8, 1e-6, None, None),
    "attention-flash": (0.71, 4.1e-4, 4e-3, 48.4, None),
    "attention-efficient": (1.02, 4.3e-4, 4e-3, 33.7, None),
    "attention-math": (2.9, 6.4e-4, 4e-3, 11.8, None),
    "reductions": (0.24, 1.1e-7, 1e-5, None, None),
    "sort": (0.83, 0.0, 1e-9, None, None),
    "indexing": (0.29, 0.0, 1e-9, None, None),
    "random": (0.18, 0.12, 1.0, None, None),
    "forward-backward": (0.84, 6.2e-7, 5e-5, None, None),
    "optimizer-step": (0.31, 9.1e-8, 2e-6, None, None),
    "memory-copy": (1.31, 0.0, 1e-9, None, 614.0),
}
RTX_5070 = dict(
    name="NVIDIA GeForce RTX 5070", uuid="GPU-3f8e5a1c-0b6d-4d1e-9a57-2c4f1d9e7b60", capability="12.0",
    memory_bytes=12820480000, kernels="native")
RTX_2060 = dict(
    name="NVIDIA GeForce RTX 2060", uuid="GPU-77a0c9d2-5e14-4c8b-8f3a-6b1e0d2f4a95", capability="7.5",
    memory_bytes=6215892992, kernels="native")
GTX_1080 = dict(
    name="NVIDIA GeForce GTX 1080", uuid="GPU-b2d4f6a8-1c3e-4a5b-8d7f-9e0a1b2c3d4e", capability="6.1",
    memory_bytes=8510701568, kernels="none")
NO_IMAGE = (
    "RuntimeError: CUDA error: no kernel image is available for execution on the device CUDA kernel errors might be "
    "asynchronously reported at some other API call, so the stacktrace below might be incorrect.")
MISSING_DLL = (
    'OSError: [WinError 126] The specified module could not be found. Error loading '
    '"C:\\\\env\\\\Lib\\\\site-packages\\\\torch\\\\lib\\\\fbgemm.dll" or one of its dependencies.')

# What each recording plays: the cards, the build, and what goes wrong.
PLAYS = {
    "rtx5070-healthy": dict(cards=[RTX_5070]),
    "rtx2060-healthy": dict(cards=[RTX_2060]),
    "rtx5070-wrong-softmax": dict(cards=[RTX_5070], wrong={"softmax": 0.0103}),
    "rtx5070-crash-conv2d": dict(cards=[RTX_5070], crash=["conv2d"]),
    "rtx5070-hang-lstm": dict(cards=[RTX_5070], hang=["lstm"]),
    "rtx5070-arch-missing": dict(
        cards=[RTX_5070 | dict(uuid=None, kernels="none")], torch="2.6.0+cu124", cuda="12.4", arches=OLD_ARCHES,
        no_image=True),
    "rtx5070-and-gtx1080": dict(cards=[RTX_5070, GTX_1080]),
    "cpu-wheel": dict(
        cards=[], torch="2.15.0+cpu", cuda=None, arches=[], why_not="this torch (2.15.0+cpu) was built without CUDA"),
    "import-error": dict(cards=[], import_error=MISSING_DLL),
}


def worker(play, parent):
    """Plays torch to the real parent."""
    sys.path.insert(0, str(SOURCES))
    import verify.worker
    from verify.protocol import result

    def import_torch(state):
        state["torch"] = "played"
        # The parent shows a process id; the same in every recording.
        told = dict(torch=play.get("torch", "2.15.0+cu130"), cuda_runtime=play.get("cuda", "13.0"), pid=77)
        broken = play.get("import_error")
        return dict(torch=None, cuda_runtime=None, pid=77, import_error=broken) if broken else told | dict(import_error=None)

    def list_devices(torch):
        devices = [dict(index=index, **card) for index, card in enumerate(play["cards"])]
        return dict(
            cuda_available=bool(devices), arch_list=play.get("arches", ARCHES), devices=devices,
            why_not=play.get("why_not"), driver_runtime="13.2" if devices else None,
            companions={} if not devices else {"torchaudio": "2.15.0", "torchvision": "0.30.0", "triton": "3.9.0"})

    def perform(torch, check, device, rounds, seconds, tell):
        milliseconds, error, tolerance, tflops, gb = FIGURES[check]
        on_card = device != "cpu"
        if on_card and play.get("no_image") and check != "triton":
            return result("failed", NO_IMAGE)
        if on_card and check in play.get("crash", []):
            os.kill(os.getpid(), signal.SIGSEGV)
        if on_card and check in play.get("hang", []):
            signal.pause()
        if on_card and check in play.get("wrong", {}):
            off = play["wrong"][check]
            words = f"wrong result: error {off:.2g}, allowed {tolerance:.2g} (round 1 of 1)"
            return result("failed", words) | dict(max_error=off, tolerance=tolerance, deterministic=True)
        proof = dict(allocated_bytes=268435456, event_milliseconds=milliseconds) if on_card else None
        return result("passed") | dict(
            milliseconds=milliseconds, max_error=error, tolerance=tolerance, tflops=tflops, gb_per_second=gb,
            deterministic=True, on_device=proof)

    verify.worker.import_torch, verify.worker.list_devices, verify.worker.perform = import_torch, list_devices, perform
    verify.worker.worker_main(parent)


def parent(name):
    """The real parent, which starts this file as its worker."""
    sys.path.insert(0, str(SOURCES))
    import verify.process
    import verify.registry
    import verify.session

    # What plays is not Python 3.11 of somebody's machine.
    verify.session.platform.python_version = lambda: "3.12.4"
    verify.session.lacks_package = lambda check: None
    command = [sys.executable, "-B", "-u", __file__, "worker", name, str(os.getpid())]
    verify.process.worker_command = lambda: command
    table = verify.registry.CHECKS
    for check in table:
        table[check] = table[check]._replace(limit=3)
    verify.session.parent_main("all", "quick")


def record(name, command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", check=True)
    # Waits depend on the machine, but for those of what hangs.
    lines = [line for line in done.stdout.splitlines() if '"waiting"' not in line or "hang" in name]
    lines = [line for line in lines if '"for": "import torch"' not in line]
    (HERE / name).with_suffix(".jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(name, len(lines))


def real(python):
    """The two real runs, by the bundle, as it is shipped."""
    sys.path.insert(0, str(HERE.parents[1] / "tests" / "verify_py"))
    import programs

    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "verify.py")
        script.write_text(programs.bundle_text(), encoding="utf-8")
        for name, device in [("cpu-run", "cpu"), ("no-driver", "all")]:
            record(name, [python, "-B", "-I", "-u", str(script), "--device", device])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["worker", name, pid]:
            worker(PLAYS[name], int(pid))
        case ["parent", name]:
            parent(name)
        case _:
            for each in PLAYS:
                record(each, [sys.executable, "-B", "-u", __file__, "parent", each])
            if sys.argv[1:]:
                real(sys.argv[1])
