"""Says in one line for each file of each distribution that is not what RECORD says of it; imports torch."""
import base64
import csv
import hashlib
import os
import sysconfig

site = sysconfig.get_paths()["purelib"]
for info in sorted(os.listdir(site)):
    if info.startswith("~"):
        print(info, "is a leftover")
    if not info.endswith(".dist-info"):
        continue
    record = os.path.join(site, info, "RECORD")
    if not os.path.exists(record):
        print(info, "has no RECORD")
        continue
    with open(record, newline="", encoding="utf-8") as lines:
        for name, said, *_ in csv.reader(lines):
            path = os.path.normpath(os.path.join(site, name))
            if not os.path.lexists(path):
                if not path.endswith(".pyc"):
                    print(name, "of", info, "is missing")
            elif said:
                kind, said = said.split("=", 1)
                with open(path, "rb") as file:
                    found = base64.urlsafe_b64encode(hashlib.new(kind, file.read()).digest()).rstrip(b"=").decode()
                if found != said:
                    print(name, "of", info, "is not what its RECORD says")

import torch

assert torch.__version__
