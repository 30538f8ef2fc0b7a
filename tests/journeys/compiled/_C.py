import ctypes
import os

_library = ctypes.CDLL(os.path.join(os.path.dirname(__file__), "lib", "libtorch_cpu.so"))
_library.gencode.restype = ctypes.c_char_p


def _cuda_getArchFlags():
    """What was compiled in, read out of the library."""
    codes = [word for word in _library.gencode().decode().replace(",", " ").split() if word.startswith("code=")]
    assert _library.sum() == 28 * 3, "not every file is in the library"
    return " ".join(code[len("code="):] for code in codes)
