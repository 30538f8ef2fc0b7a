#!/usr/bin/env bash
# Compiles a WiX v3 source into an MSI.
#   msi-build.sh --version 0.1.0 --bin DIR --dist DIR --out app.msi [main.wxs]
# In the .wxs: $(var.Version), $(var.BinDir) (the exes), $(var.DistDir) (icon, licence ...).
# wixl takes relative source paths only, so the work is done in a staging folder.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
version="" bin="" dist="" out="" wxs="$KIT/../../wix/main.wxs"
while [ $# -gt 0 ]; do
    case "$1" in
        --version) version="$2"; shift 2 ;;
        --bin) bin="$2"; shift 2 ;;
        --dist) dist="$2"; shift 2 ;;
        --out) out="$2"; shift 2 ;;
        -*) die "unknown option $1" ;;
        *) wxs="$1"; shift ;;
    esac
done
if [ -z "$version" ] || [ ! -d "$bin" ] || [ ! -d "$dist" ] || [ -z "$out" ]; then
    die "msi-build.sh --version V --bin DIR --dist DIR --out FILE [main.wxs]"
fi
out="$(realpath -m "$out")"
stage="$(mktemp -d)"; trap 'rm -rf "$stage"' EXIT
ln -s "$(realpath "$bin")" "$stage/bin"
ln -s "$(realpath "$dist")" "$stage/dist"
cp "$wxs" "$stage/main.wxs"
mkdir -p "$(dirname "$out")"
(cd "$stage" && wixl -a x64 -D Version="$version" -D BinDir=bin -D DistDir=dist -o out.msi main.wxs)
# A path that an attribute or file name of wixl did not take leaves no file: say so.
[ -s "$stage/out.msi" ] || die "wixl wrote nothing"
mv "$stage/out.msi" "$out"
say "$(basename "$out"): $(stat -c %s "$out") bytes"
