#!/usr/bin/env bash
# Installs and unpacks all that building and running the Windows program on Debian 12 needs. Idempotent; a second run takes about a second.
#   setup.sh [--build-only | --wine-only]
# Cache: $WINKIT_CACHE (default: winkit in the user's cache directory).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
part="${1:-all}"
mkdir -p "$WINKIT_CACHE"
exec 9>"$WINKIT_CACHE/.setup.lock"; flock 9

root=(); [ "$(id -u)" = 0 ] || root=(sudo)

candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p' | grep -v '(none)' || true; }
fresh_lists() {
    # An image's old package lists offer rustc-web 1.85, too old for this package.
    local c; c="$(candidate rustc-web)"
    if [ -z "$c" ] || dpkg --compare-versions "$c" lt "$WINKIT_MIN_RUST"; then
        say "package lists are old (rustc-web: ${c:-none}): apt-get update"
        "${root[@]}" apt-get update -qq
    fi
}
install_now() {
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$WINKIT_CACHE/apt.log" 2>&1
}
need_packages() {
    local want=() p
    for p in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null || true)" = installed ] || want+=("$p")
    done
    if [ ${#want[@]} -gt 0 ]; then
        fresh_lists
        say "installing ${want[*]}"
        install_now "${want[@]}" || { "${root[@]}" apt-get update -qq; install_now "${want[@]}"; } \
            || { tail -20 "$WINKIT_CACHE/apt.log" >&2; die "apt-get install failed"; }
    fi
}

if [ "$part" != --wine-only ]; then
    # libedit2 libxml2 libz3-4 libzstd1: what libllvm22 links to.
    need_packages gcc g++ gcc-mingw-w64-x86-64-win32 g++-mingw-w64-x86-64-win32 binutils-mingw-w64-x86-64 \
        libedit2 libxml2 libz3-4 libzstd1 libffi8 wixl msitools
    command -v cargo >/dev/null || die "no cargo on PATH (any 1.9x will do; only the compiler comes from this kit)"
    # A cache of before clippy belonged to it is made anew.
    if [ ! -e "$WINKIT_TC/.complete" ] || [ ! -x "$WINKIT_TC/usr/bin/clippy-driver" ]; then
        fresh_lists
        new="$WINKIT_CACHE/toolchain.new"; rm -rf "$new"; mkdir -p "$new" "$WINKIT_CACHE/debs"
        std="$(apt-cache depends rustc-web libstd-rust-web-dev | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p' | sort -V | tail -1)"
        llvm="$(apt-cache depends "$std" | sed -n 's/.*Depends: \(libllvm[0-9]*\)$/\1/p' | tail -1)"
        if [ -z "$std" ] || [ -z "$llvm" ]; then die "cannot tell the std and LLVM packages of rustc-web"; fi
        say "fetching rustc-web rust-web-clippy rust-web-src libstd-rust-web-dev $std $llvm"
        (cd "$WINKIT_CACHE/debs" && rm -f -- *.deb && apt-get download -qq rustc-web rust-web-clippy rust-web-src libstd-rust-web-dev "$std" "$llvm" 2>/dev/null)
        for d in "$WINKIT_CACHE"/debs/*.deb; do dpkg -x "$d" "$new"; done
        say "building std for $WINKIT_TARGET once (1.5 to 3 min)"
        w="$WINKIT_CACHE/stdbuild"; rm -rf "$w"; mkdir -p "$w/src"; : >"$w/src/lib.rs"
        printf '[package]\nname = "stdbuild"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$w/Cargo.toml"
        src="$(readlink -f "$new/usr/lib/rustlib/src/rust")"
        # All panic strategies and libtest; bitcode kept, so that LTO of the app works;
        # source paths mapped, so that no path of this machine ends up in the exe.
        (cd "$w" && env -u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_RUSTFLAGS -u RUSTC_WRAPPER \
            LD_LIBRARY_PATH="$new/usr/lib/x86_64-linux-gnu" RUSTC="$new/usr/bin/rustc" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$w/target" \
            RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$new/usr/lib/rustlib/src/rust=/rustc/src --remap-path-prefix=$src=/rustc/src --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
            nice -n 5 cargo build -q --release --target "$WINKIT_TARGET" -Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro)
        lib="$new/usr/lib/rustlib/$WINKIT_TARGET/lib"; mkdir -p "$lib"
        cp "$w/target/$WINKIT_TARGET/release/deps/"*.rlib "$lib/"; rm -f "$lib"/libstdbuild*
        rm -rf "$w" "$WINKIT_CACHE/debs"
        touch "$new/.complete"; rm -rf "$WINKIT_TC"; mv "$new" "$WINKIT_TC"
    fi
    LD_LIBRARY_PATH="$WINKIT_TC/usr/lib/x86_64-linux-gnu" "$WINKIT_TC/usr/bin/rustc" -vV | sed -n '1p;s/^LLVM/LLVM/p'
    cargo --version
    x86_64-w64-mingw32-gcc --version | head -1
    echo "wixl $(dpkg-query -W -f='${Version}' wixl)"
fi

if [ "$part" != --build-only ]; then
    need_packages wine wine64 xvfb x11-utils x11-xserver-utils imagemagick mesa-vulkan-drivers libgl1-mesa-dri libvulkan1 gcc-mingw-w64-x86-64-win32 fonts-dejavu-core xdotool
    "$KIT/wine-run.sh" --prepare
    wine --version
fi
du -sh "$WINKIT_CACHE" | sed 's/\t.*/ in the cache/'
