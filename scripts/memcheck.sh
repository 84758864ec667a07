#!/usr/bin/env bash
# Runs the kernels' tests, and the networks' tests that use every kernel, under valgrind's memcheck: scripts/memcheck.sh
#
# Valgrind does not support AVX-512, so the portable and the AVX2 path run. It takes a few minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind >/dev/null || { echo "memcheck: valgrind is not installed" >&2; exit 1; }

# Builds a test program from arguments for cargo, and prints its path.
program() {
    cargo test --locked --no-run --message-format=json "$@" | grep -o '"executable":"[^"]*"' | tail -1 | cut -d'"' -f4
}

# Runs a test program under valgrind, and prints a line about the result.
check() {
    local name=$1 log
    shift
    log=$(mktemp)
    if valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
        --fair-sched=yes "$@" >"$log" 2>&1; then
        # A test that prints which instruction paths it took is quoted.
        echo "proof: memcheck: $name: no error, $(grep -o '[0-9]* passed' "$log")" \
            "$(sed -n 's/.*configurations on \(.*\), [0-9]* blocks.*/on \1/p' "$log")"
    else
        cat "$log" >&2
        echo "memcheck: $name: failed" >&2
        return 1
    fi
    rm -f "$log"
}

kernels=$(program -p wellfit-kernels --lib)
fast_path=$(program -p wellfit --test fast_path)
# Valgrind 3.19 takes the ordered comparison of a NaN (NEQ_OQ of AVX) for true, so the test that plants NaN is left out.
check "kernels" "$kernels" --skip a_number_that_is_not_finite
check "engine, random networks against f64" "$fast_path" fast_steps_of_random_networks --nocapture
check "engine, batches in pieces" "$fast_path" a_batch_larger_than_the_space
check "engine, 1 to 8 threads" "$fast_path" any_number_of_threads
