#!/usr/bin/env bash
# Builds the program that is given away: stripped, and without a path of the machine that built it. scripts/release.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=${1:-target/release-to-give}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$PWD=wellfit --remap-path-prefix=$cargo_home=cargo --remap-path-prefix=$(rustc --print sysroot)=rust"
export CFLAGS="${CFLAGS:-} -ffile-prefix-map=$cargo_home=cargo"
cargo build --release --locked -p wellfit-cli --target-dir "$folder"

program=$folder/release/wellfit
for path in "$HOME/" "$cargo_home" "$PWD"; do
    if grep -aqF -- "$path" "$program"; then
        echo "$program names $path" >&2
        exit 1
    fi
done
echo "$program: $(wc -c <"$program") bytes"
