"""Tests of the check program, assets/python/verify: python -B tests/verify_py_test.py [NAME of a test ...]

They lie in verify_py/. What needs torch is skipped, saying so, where torch is missing.
"""

import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent / "verify_py"

if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER))
    wanted = [f"-k={name}" for name in sys.argv[1:]]
    unittest.main(module=None, argv=[sys.argv[0], "discover", "-s", str(FOLDER), "-t", str(FOLDER), *wanted])
