# shellcheck shell=bash
# Sourced by the scripts that take a ready-made program out of a wheel on PyPI.
#   PYTHON        the interpreter to do it with (default python3); one without pip gets a throwaway venv
#   WHEEL_PYTHON  e.g. 3.11, when the wheel is for one Python only

# download_wheel NAME==VERSION SHA256 PLATFORM DIR
#   Downloads that one wheel into DIR with pip (so proxies, mirrors and certificates set for pip count) and lets
#   pip check the hash. PLATFORM is a wheel's platform tag, e.g. win_amd64.
download_wheel() (
    set -euo pipefail
    requirement="$1" sha256="$2" platform="$3" dir="$4"
    python="${PYTHON:-python3}"
    work="$(mktemp -d)"
    trap 'rm -rf "$work"' EXIT
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv "$work/venv" || { echo "$python has neither pip nor venv" >&2; exit 1; }
        python="$work/venv/bin/python"
    fi
    printf '%s --hash=sha256:%s\n' "$requirement" "$sha256" >"$work/requirements.txt"
    words=(download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes
        --platform "$platform" --dest "$dir" --requirement "$work/requirements.txt")
    [ -z "${WHEEL_PYTHON:-}" ] || words+=(--python-version "$WHEEL_PYTHON")
    mkdir -p "$dir"
    "$python" -m pip "${words[@]}"
)

# unpack_wheel NAME==VERSION SHA256 PLATFORM DIR
#   The same, and its content in DIR instead of the file.
unpack_wheel() (
    set -euo pipefail
    work="$(mktemp -d)"
    trap 'rm -rf "$work"' EXIT
    download_wheel "$1" "$2" "$3" "$work"
    mkdir -p "$4"
    "${PYTHON:-python3}" -m zipfile -e "$work"/*.whl "$4"
)
