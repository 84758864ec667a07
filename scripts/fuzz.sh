#!/usr/bin/env bash
# Gives every reader arbitrary bytes for a while, one target after the other: scripts/fuzz.sh [SECONDS [TARGET...]]
#
# Ten minutes each unless said otherwise. It needs a nightly compiler and cargo-fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
shift || true
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    targets=(csv idx parquet config model checkpoint)
fi

cargo +nightly fuzz build --fuzz-dir fuzz -O -a
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for target in "${targets[@]}"; do
    mkdir -p "fuzz/corpus/$target"
    cp -n fuzz/seeds/"$target"/* "fuzz/corpus/$target/"
    # The Parquet library may count for seconds over crafted metadata.
    if cargo +nightly fuzz run --fuzz-dir fuzz -O -a "$target" -- \
        -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=120 -print_final_stats=1 >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "proof: fuzzing $target: $seconds s, $runs inputs, nothing found"
    else
        tail -n 40 "$log" >&2
        echo "fuzz: $target: failed; what it failed on is in fuzz/artifacts/$target" >&2
        exit 1
    fi
done
