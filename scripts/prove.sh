#!/usr/bin/env bash
# Proves the promises in full, where CI tries a few cases of each: scripts/prove.sh [TEST...]
#
# TEST is the name of a test program (no_leak, killed, ..); without any, all of them run, which takes an hour or two.
# What they print of themselves is kept in benchmarks/runs/<date>-proofs.md when all of them ran.
set -euo pipefail
cd "$(dirname "$0")/.."

programs=()
for name in "$@"; do
    programs+=(--test "$name")
done
log=$(mktemp)
typed=$(mktemp -d)
trap 'rm -rf "$log" "$typed"' EXIT

export WELLFIT_PROOF=full
if "${WELLFIT_PYTHON:-false}" -c 'import duckdb, pandas, polars, pyarrow' 2>/dev/null; then
    "$WELLFIT_PYTHON" scripts/typed_table.py "$typed"
    export WELLFIT_TYPED_TABLES="$typed"
else
    echo "skipped: the typed table in full; WELLFIT_PYTHON names no Python that has duckdb, pandas, polars and pyarrow"
fi
passed=yes
cargo test --workspace --locked --no-fail-fast "${programs[@]}" -- --nocapture 2>&1 | tee "$log" || passed=no
if [ "$#" -eq 0 ] && command -v valgrind >/dev/null; then
    scripts/memcheck.sh 2>&1 | tee -a "$log" || passed=no
fi

table() {
    printf '# The promises, proved in full\n\n'
    printf '%s · %s cores · %s · commit %s\n\n' "$(date -I)" "$(nproc)" "$(rustc --version)" "$(git rev-parse --short HEAD)"
    # A test's name may stand before what it prints.
    grep -o 'proof: .*' "$log" | sed "s/^proof: /- /; s|${WELLFIT_DATA:-/nowhere}/||g" | LC_ALL=C sort
    printf '\n'
    grep '^test result:' "$log" | awk '{passed += $4; failed += $6} END {print passed " tests passed, " failed " failed."}'
}

if [ "$#" -eq 0 ] && [ "$passed" = yes ]; then
    table | tee "benchmarks/runs/$(date -I)-proofs.md"
else
    table
fi
[ "$passed" = yes ]
