#!/usr/bin/env bash
# Puts uv, taken from its wheel on PyPI and checked by hash, into a folder together with its licences.
#   packaging/fetch-uv.sh PLATFORM DIR          e.g. windows_x86_64 dist
# PLATFORM: a `platform` of [[uv_wheel]] in assets/catalog/tools.toml, the one place that holds the pin.
# Says nothing and fetches nothing when DIR already holds that very file.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/wheel.sh"
[ $# = 2 ] || { echo "fetch-uv.sh PLATFORM DIR" >&2; exit 2; }
platform="$1" dir="$2"
pins="$here/../assets/catalog/tools.toml"

# pin KEY: the value of KEY in the [[uv_wheel]] of this platform.
pin() {
    awk -v want="$platform" -v key="$1" '
        function take() { if (row["platform"] == want) print row[key]; delete row }
        /^\[/ { take(); inside = ($0 ~ /^\[\[uv_wheel\]\]/); next }
        inside && match($0, /^[a-z0-9_]+ *= *"[^"]*"/) {
            split(substr($0, RSTART, RLENGTH), part, / *= *"/)
            sub(/"$/, "", part[2]); row[part[1]] = part[2]
        }
        END { take() }' "$pins"
}
[ -r "$pins" ] || { echo "no $pins: nothing says which uv is meant" >&2; exit 1; }
file="$(pin file)" sha256="$(pin sha256)"
if [ -z "$file" ] || [ -z "$sha256" ]; then
    echo "no complete [[uv_wheel]] for platform $platform in $pins" >&2
    exit 1
fi
mark="$dir/.uv-wheel-$sha256"
[ ! -e "$mark" ] || exit 0

# uv-0.13.8-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl: the version is the second field, and pip
# wants one platform tag of the last.
version="${file#uv-}"
version="${version%%-*}"
tags="${file%.whl}"
tags="${tags##*-}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
unpack_wheel "uv==$version" "$sha256" "${tags%%.*}" "$work"
mkdir -p "$dir"
rm -f "$dir"/.uv-wheel-*
find "$work" -path '*.data/scripts/uv' -exec install -m 755 {} "$dir/uv" \;
find "$work" -path '*.data/scripts/uv.exe' -exec install -m 755 {} "$dir/uv.exe" \;
find "$work" -path '*/licenses/LICENSE-*' -exec sh -c 'install -m 644 "$2" "$1/uv-${2##*/}"' sh "$dir" {} \;
if [ ! -e "$dir/uv" ] && [ ! -e "$dir/uv.exe" ]; then
    echo "$file holds no uv" >&2
    exit 1
fi
touch "$mark"
