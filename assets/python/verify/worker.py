"""The process that has torch: answers requests, a line for a line; `progress` lines may come before an answer."""

import faulthandler
import json
import os
import queue
import signal
import sys
import threading
import traceback

from .cards import driver_runtime, kernels_for
from .checks.companions import companions
from .measure import perform
from .protocol import shorten


def import_torch(state):
    """Imports torch; its versions, or why that failed."""
    # Asked in here: on Windows the process that was started may only be a launcher.
    found = dict(pid=os.getpid(), torch=None, cuda_runtime=None, import_error=None)
    try:
        import torch
    except BaseException as error:
        traceback.print_exc()
        return found | dict(import_error=shorten(f"{type(error).__name__}: {error}"))
    # Whoever computes with every processor waits for each one that another program has; small sums a thousand times.
    torch.set_num_threads(max(1, torch.get_num_threads() // 2))
    state["torch"] = torch
    return found | dict(torch=str(torch.__version__), cuda_runtime=torch.version.cuda)


def list_devices(torch):
    """The cards that torch sees, or why it sees none; the driver, and what is installed beside torch."""
    found = dict(
        cuda_available=False, arch_list=[], devices=[], why_not=None, driver_runtime=driver_runtime(),
        companions=companions(),
    )
    if torch.version.cuda is None:
        found["why_not"] = f"this torch ({torch.__version__}) was built without CUDA"
        return found
    try:
        # torch.cuda.get_arch_list() is empty without a working driver; what the wheel holds is known all the same.
        found["arch_list"] = (torch._C._cuda_getArchFlags() or "").split()
    except (AttributeError, RuntimeError):
        found["arch_list"] = torch.cuda.get_arch_list()
    try:
        torch.cuda.init()
        count = torch.cuda.device_count()
    except Exception as error:
        found["why_not"] = shorten(str(error))
        count = 0
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if count == 0 and hidden is not None:
        found["why_not"] = f"CUDA_VISIBLE_DEVICES={hidden!r} is set; {found['why_not'] or 'no card is visible'}"
    cuda = tuple(int(part) for part in torch.version.cuda.split(".")[:2])
    for index in range(count):
        card = torch.cuda.get_device_properties(index)
        uuid = getattr(card, "uuid", None)
        found["devices"].append(dict(
            index=index, name=card.name, uuid=f"GPU-{uuid}" if uuid else None,
            capability=f"{card.major}.{card.minor}", memory_bytes=card.total_memory,
            kernels=kernels_for(card.major * 10 + card.minor, found["arch_list"], cuda),
        ))
    found["cuda_available"] = count > 0
    return found


def die_with_parent(parent):
    """Linux: the kernel kills this process when the parent dies, whatever it is stuck in."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    except (ImportError, OSError, AttributeError):
        return
    if os.getppid() != parent:
        os._exit(0)


def quiet_crash_dialogs():
    """Windows: a crash or a missing DLL ends the process at once instead of asking somebody to press a button."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)


def tell_where_it_hangs(limit):
    """Prints what every thread is doing shortly before the silence is given up."""
    faulthandler.dump_traceback_later(max(0.5, limit - 1))


def answer_to(request, state, say):
    """What a request asks for."""
    if request["do"] == "import":
        return import_torch(state)
    if request["do"] == "devices":
        return list_devices(state["torch"])

    def tell(done, total, unit):
        tell_where_it_hangs(request["limit"])
        say(dict(progress=dict(done=done, total=total, unit=unit)))

    return perform(
        state["torch"], request["check"], request["device"], request["rounds"], request["seconds"], tell)


def worker_main(parent):
    """Answers requests on standard input until it ends."""
    die_with_parent(parent)
    quiet_crash_dialogs()
    # The answers keep the pipe for themselves; whatever a library prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    faulthandler.enable()
    requests = queue.Queue()

    def read():
        for line in sys.stdin:
            requests.put(json.loads(line))
        os._exit(0)

    def say(answer):
        print(json.dumps(answer, allow_nan=False), file=answers, flush=True)

    threading.Thread(target=read, name="requests", daemon=True).start()
    state = {}
    while True:
        request = requests.get()
        tell_where_it_hangs(request["limit"])
        answer = answer_to(request, state, say)
        faulthandler.cancel_dump_traceback_later()
        say(answer)
