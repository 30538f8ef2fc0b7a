# shellcheck shell=bash disable=SC2034
# Sourced by the other scripts of this folder; sets paths only.
KIT="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
WINKIT_CACHE="${WINKIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/winkit}"
WINKIT_TARGET=x86_64-pc-windows-gnu
WINKIT_TC="$WINKIT_CACHE/toolchain"            # unpacked compiler, with a std for $WINKIT_TARGET
WINKIT_MIN_RUST=1.95                           # `rust-version` of Cargo.toml
export WINEPREFIX="${WINKIT_PREFIX:-$WINKIT_CACHE/wineprefix}"
export WINEARCH=win64
export WINEDEBUG="${WINEDEBUG:--all}"
# No Mono/Gecko offers, no menu entries on the host, no debugger window on a crash.
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-mscoree=d;mshtml=d;winemenubuilder.exe=d;winedbg.exe=d}"
say() { printf '%s\n' "windows: $*" >&2; }
die() { say "$*"; exit 1; }
