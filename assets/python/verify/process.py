"""A worker process as its parent sees it."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time

from .protocol import emit


class Lost(Exception):
    """A worker that gives no answer any more. `outcome` is `crashed` or `timed-out`."""

    def __init__(self, outcome, detail):
        super().__init__(detail)
        self.outcome, self.detail = outcome, detail


def worker_command():
    """How a worker is started: the same program once more, isolated as this process, without buffers."""
    # What was told not to write compiled files beside the packages does not let others do so either.
    silent = ["-B"] if sys.dont_write_bytecode else []
    # The bundle, or __main__.py of the package.
    program = os.path.abspath(sys.modules["__main__"].__file__)
    return [sys.executable, "-I", "-u", *silent, program, "--worker", str(os.getpid())]


def worker_environment():
    """Devices are numbered as NVML does. A forced TF32 would make every float32 result wrong."""
    environment = dict(os.environ, CUDA_DEVICE_ORDER="PCI_BUS_ID")
    environment.pop("NVIDIA_TF32_OVERRIDE", None)
    # cuBLAS gives the same bits each time, also where several streams work (its notes on reproducibility).
    environment.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return environment


def how_it_ended(code):
    """An exit status in words."""
    if code < 0:
        try:
            return f"the process was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"the process was ended by signal {-code}"
    return f"the process ended with {code if code < 0x80000000 else hex(code)}"


def print_native_stack(pid):
    """What a process that hangs does inside of libraries, where py-spy is there to tell it. The worker itself has told
    where it is in Python."""
    spy = shutil.which("py-spy")
    if spy is None:
        return
    try:
        subprocess.run(
            [spy, "dump", "--native", "--pid", str(pid)], stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=10,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"py-spy told nothing: {error}", file=sys.stderr)


class Worker:
    """A process that has torch."""

    def __init__(self):
        self.process = subprocess.Popen(
            worker_command(), env=worker_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            encoding="utf-8", errors="replace", creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.lines = queue.Queue()
        self.pid = None
        threading.Thread(target=self._read, name="answers", daemon=True).start()

    def _read(self):
        with self.process.stdout as answers:
            for line in answers:
                self.lines.put(line)
        self.lines.put(None)

    def ask(self, waiting_for, limit, tell=lambda progress: None, **request):
        """The answer to a request; says every second that it still waits, and hands on progress. Raises Lost.

        `limit`: seconds of silence until it is given up.
        """
        try:
            self.process.stdin.write(json.dumps(request | dict(limit=limit)) + "\n")
            self.process.stdin.flush()
        except OSError:
            pass  # It died: the queue says so.
        begin = heard = time.monotonic()
        while True:
            try:
                line = self.lines.get(timeout=1.0)
            except queue.Empty:
                now = time.monotonic()
                if round(now - heard) >= limit:
                    print_native_stack(self.process.pid)
                    self.end()
                    raise Lost("timed-out", f"no answer within {limit} s") from None
                emit("waiting", **{"for": waiting_for, "seconds": round(now - begin)})
                continue
            if line is None:
                self.end()
                code = self.process.returncode
                raise Lost("crashed", how_it_ended(code) if code is not None else "the process cannot be ended")
            answer = json.loads(line)
            if "progress" not in answer:
                return answer
            heard = time.monotonic()
            tell(answer["progress"])

    def end(self):
        """Ends the process. One that hangs inside a driver cannot be ended; it is left behind."""
        try:
            # Also what ends the real interpreter behind the launcher of a Windows environment.
            self.process.stdin.close()
        except OSError:
            pass
        for last_resort in (self.process.kill, lambda: None):
            try:
                self.process.wait(timeout=1)
                return
            except subprocess.TimeoutExpired:
                last_resort()
