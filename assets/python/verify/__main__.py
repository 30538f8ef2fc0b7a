"""Reads the command line; becomes the process that prints, or a worker of it."""

import argparse
import os
import sys

if not __package__:
    # Started as a folder or as this file, not as a module.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from verify.session import parent_main
from verify.worker import worker_main

LEVELS = ("quick", "full", "soak")


def seconds(text):
    """A whole number of seconds, one or more."""
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def main(arguments):
    parser = argparse.ArgumentParser(description="Compares PyTorch's kernels with float64 on the processor.")
    parser.add_argument("--device", default="all", help="cpu, all, or numbers or UUIDs of cards with commas")
    parser.add_argument("--level", default="quick", choices=LEVELS)
    parser.add_argument("--seconds", type=seconds, default=300, help="how long the load of the level soak lasts")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if options.worker is not None:
        worker_main(options.worker)
    parent_main(options.device, options.level, options.seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
