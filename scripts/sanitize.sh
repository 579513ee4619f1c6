#!/usr/bin/env bash
# Runs tests on an addon that checks every memory access and every undefined operation
# (AddressSanitizer, UndefinedBehaviorSanitizer), and whose memory starts out as NaN, so that a number
# that was never written shows in the results. Arguments go to Vitest in place of the default tests;
# CONVOY_FUZZ_CALLS says how many arbitrary calls test/conformance/fuzz.test.ts makes.
# The first time it also builds into build/sanitize; CONTRIBUTING.md says how long all this takes.
set -euo pipefail
cd "$(dirname "$0")/.."

target=build/sanitize
cmake -S native -B "$target" -DCMAKE_BUILD_TYPE=Release -DCONVOY_SANITIZE=ON \
  -DNODE_HEADERS="$PWD/node_modules/node-api-headers/include" \
  -DNODE_ADDON_API="$PWD/node_modules/node-addon-api" >/dev/null
cmake --build "$target" -j "${JOBS:-2}"

# Node itself is not built with the sanitizers, so their library comes first by hand; Node's own
# memory is never all freed, which is not the addon's fault. Memory that cannot be had is refused, as it
# is without a sanitizer.
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$target/CMakeCache.txt")
export CONVOY_ADDON="$PWD/$target/convoy.node"
checks="detect_leaks=0:halt_on_error=1:abort_on_error=1:detect_stack_use_after_return=0"
export ASAN_OPTIONS="$checks:allocator_may_return_null=1"
export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"
export CONVOY_FUZZ_CALLS="${CONVOY_FUZZ_CALLS:-100000}"
tests=("$@")
[ $# -gt 0 ] || tests=(test/conformance src/engine)
exec env LD_PRELOAD="$("$compiler" -print-file-name=libasan.so)" \
  "$(command -v node)" node_modules/vitest/vitest.mjs run --pool=forks --maxWorkers=1 \
  --testTimeout=600000 --hookTimeout=600000 "${tests[@]}"
