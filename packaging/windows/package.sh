#!/usr/bin/env bash
# Builds what a Windows user gets.
#   package.sh [--profile release|ci-windows] [--programs DIR] OUT
# In OUT: a portable folder and the same as a zip; an MSI with uv.exe inside (the one to offer first), one without; the
# manifests for winget; SHA256SUMS.
#   --programs DIR   torch-wizard.exe and torch-wizardw.exe that are built (and signed) already
# The console program is built without the window's crates. uv.exe comes from its wheel (hash pinned in
# assets/catalog/tools.toml). What is built here is not signed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
profile=release programs=""
while [ $# -gt 1 ]; do
    case "$1" in
        --profile) profile="$2"; shift 2 ;;
        --programs) programs="$(realpath "$2")"; shift 2 ;;
        *) die "unknown option $1" ;;
    esac
done
out="$(realpath -m "${1:?package.sh [--profile P] [--programs DIR] OUT}")"
root="$(cd "$KIT/../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target/windows-cross}"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)"

if [ -z "$programs" ]; then
    "$KIT/setup.sh" --build-only >&2
    build() { (cd "$root" && "$KIT/cargo-windows.sh" build --locked --profile "$profile" "$@"); }
    build --no-default-features --bin torch-wizard
    build --bin torch-wizardw
    programs="$CARGO_TARGET_DIR/$WINKIT_TARGET/$profile"
fi
name="torch-wizard-$version-windows-x86_64" folder="$out/torch-wizard-$version-windows-x86_64"
rm -rf "$folder"
mkdir -p "$folder"
install -m 755 "$programs/torch-wizard.exe" "$programs/torch-wizardw.exe" "$folder/"
install -m 644 "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$root/README.md" "$folder/"
for licence in "$root"/assets/fonts/*-LICENCE.txt; do
    printf '%s\n\n' "── $(basename "$licence" -LICENCE.txt) ──"
    cat "$licence"
    echo
done >"$folder/FONT-LICENCES.txt"
"$KIT/../fetch-uv.sh" windows_x86_64 "$folder"
rm -f "$folder"/.uv-wheel-*
(cd "$out" && rm -f "$name.zip" && python3 -m zipfile -c "$name.zip" "$name")
msi() { "$KIT/msi-build.sh" --version "$version" --bin "$folder" --dist "$root" "$@" "$root/wix/main.wxs"; }
msi --with-uv --out "$out/$name.msi"
msi --out "$out/$name-without-uv.msi"

# What winget's repository takes, filled in with this build's version, hash and product code.
rm -rf "$out/winget"
mkdir "$out/winget"
hash="$(sha256sum "$out/$name.msi" | cut -d' ' -f1)"
code="$(msiinfo export "$out/$name.msi" Property | awk -F'\t' '$1 == "ProductCode" { print $2 }' | tr -d '\r')"
for template in "$KIT"/winget/*.yaml; do
    sed -e "s/@VERSION@/$version/g" -e "s/@FILE@/$name.msi/g" -e "s/@SHA256@/${hash^^}/g" -e "s/@CODE@/$code/g" \
        "$template" >"$out/winget/$(basename "$template")"
done

(cd "$out" && sha256sum -- "$name.zip" "$name.msi" "$name-without-uv.msi" | tee SHA256SUMS)
"$KIT/sizes.sh" "$profile" "$out"
