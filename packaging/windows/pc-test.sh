#!/usr/bin/env bash
# tests/windows_pc under wine: the real program, the real uv.exe, a real CPython, a played NVML.
#   pc-test.sh [words for cargo, e.g. --locked --profile ci-windows --no-default-features]
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
"$KIT/wine-run.sh" --prepare
"$KIT/wine-python/setup.sh" >&2
root="$(cd "$KIT/../.." && pwd)"
dos() { local path="Z:$1"; printf '%s' "${path//\//\\}"; }
nvml="$WINKIT_CACHE/fake-nvml/nvml.dll"
mkdir -p "$(dirname "$nvml")"
x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -shared -static-libgcc -o "$nvml" "$root/tests/fake_nvml/fake_nvml.c" -lm
TORCH_WIZARD_TEST_UV="$(dos "$WINKIT_CACHE/winpython/uv.exe")"
TORCH_WIZARD_TEST_PYTHON="$(dos "$WINKIT_CACHE/winpython/python.exe")"
TORCH_WIZARD_TEST_NVML="$(dos "$nvml")"
export TORCH_WIZARD_TEST_UV TORCH_WIZARD_TEST_PYTHON TORCH_WIZARD_TEST_NVML
cd "$root"
"$KIT/cargo-windows.sh" test "$@" --test windows_pc --test nvml_fake
