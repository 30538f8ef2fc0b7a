#!/usr/bin/env bash
# Builds what a Windows user gets: a portable folder, the same as a zip, and the MSI.
#   package.sh [--profile release|ci-windows] OUT
# The console program without the window's crates, uv.exe from its wheel beside it (hash pinned in
# assets/catalog/tools.toml), licences. The exe is not signed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
profile=release
if [ "${1:-}" = --profile ]; then profile="$2"; shift 2; fi
out="$(realpath -m "${1:?package.sh [--profile P] OUT}")"
root="$(cd "$KIT/../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target/windows-cross}"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)"

(cd "$root" && "$KIT/cargo-windows.sh" build --locked --no-default-features --profile "$profile" --bin torch-wizard)
folder="$out/torch-wizard-$version-windows-x86_64"
rm -rf "$folder"
mkdir -p "$folder"
install -m 755 "$CARGO_TARGET_DIR/$WINKIT_TARGET/$profile/torch-wizard.exe" "$folder/"
install -m 644 "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$root/README.md" "$folder/"
"$KIT/../fetch-uv.sh" windows_x86_64 "$folder"
rm -f "$folder"/.uv-wheel-*
(cd "$out" && python3 -m zipfile -c "$folder.zip" "$(basename "$folder")")
"$KIT/msi-build.sh" --version "$version" --bin "$folder" --dist "$root" --out "$folder.msi" "$root/wix/main.wxs"
(cd "$out" && sha256sum -- "$(basename "$folder").zip" "$(basename "$folder").msi" | tee SHA256SUMS)
