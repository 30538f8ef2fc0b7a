#!/usr/bin/env bash
# Puts the wheels of what builds torch into a folder, for the tests: CMake and Ninja, or with --cuda NVIDIA's compilers.
#   packaging/fetch-build.sh [--cuda] DIR
# All from PyPI, checked by hash; for Linux on x86-64 alone. What lies there already is not fetched again.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/wheel.sh"
which=build
if [ "${1:-}" = --cuda ]; then
    which=cuda
    shift
fi
[ $# = 1 ] || { echo "fetch-build.sh [--cuda] DIR" >&2; exit 2; }
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "no wheels are pinned for $(uname -sm)" >&2; exit 1; }
# The wheels of CUDA 12 have no nvcc; the assembler in them says which cards a toolkit knows.
case "$which" in
    build) pins="
cmake 3.31.6 manylinux_2_17_x86_64 1c8b05df0602365da91ee6a3336fe57525b137706c4ab5675498f662ae1dbcec
ninja 1.13.2 manylinux_2_17_x86_64 65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c" ;;
    cuda) pins="
nvidia-cuda-nvcc 13.0.88 manylinux_2_17_x86_64 56fe502eb77625a12f25172caa3cdddb4e4c8ba2c8c17dba44b164761b380f03
nvidia-nvvm 13.0.88 manylinux_2_12_x86_64 c5f41ffeb6466944a026dfa5317d7d85355c119bbec279205d22f1869d1054e0
nvidia-cuda-crt 13.0.88 manylinux_2_17_x86_64 2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4
nvidia-cuda-runtime 13.0.96 manylinux_2_17_x86_64 7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548
nvidia-cuda-nvcc-cu12 12.8.93 manylinux_2_12_x86_64 2d6dc36fb7cb5ac9c0b8825bc13d193c35487a315664007287d0126531238011
nvidia-cuda-nvcc-cu12 12.4.131 manylinux2014_x86_64 e4c9a35435c3b0e36c6397c5696334c9ea6650e524736cbd1c5d345ea099bb04" ;;
esac
while read -r name version platform sha256; do
    [ -n "$name" ] || continue
    mark="$1/.$name-$version-$sha256"
    [ ! -e "$mark" ] || continue
    download_wheel "$name==$version" "$sha256" "$platform" "$1"
    touch "$mark"
done <<<"$pins"
