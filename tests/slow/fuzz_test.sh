#!/bin/bash
# Every fuzz target on its own corpus with libFuzzer, one after the other, under AddressSanitizer
# and UndefinedBehaviorSanitizer: fuzz_test.sh [MINUTES]
#
# MINUTES is per target, five and a half unless told: about an hour for all of them. Ends at the
# first input that breaks a property; that input is printed as it belongs into the corpus.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
minutes=${1:-5.5}
seconds=$(awk -v m="$minutes" 'BEGIN { printf "%d", m * 60 }')

mapfile -t names < <(cd "$root/tests/fuzz/corpus" && ls)
"$root/tools/build" fuzz "${names[@]/#/fuzz_}" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

run() {
  local name=$1 corpus=$root/tests/fuzz/corpus/$1
  mkdir "$work/$name"
  if ! "$root/build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 \
      -print_final_stats=1 -artifact_prefix="$work/broke-" "$work/$name" "$corpus" \
      >"$work/$name.log" 2>&1; then
    echo "fuzz_$name broke:"
    tail -n 60 "$work/$name.log"
    for input in "$work"/broke-*; do
      [ -e "$input" ] && echo "base64 of the input: $(base64 -w0 "$input")"
    done
    return 1
  fi
  awk -v name="$name" '/number_of_executed_units/ { runs = $2 } /peak_rss_mb/ { rss = $2 }
    END { if (runs < 1) exit 1; printf "%-14s %10d executions, %d MiB\n", name, runs, rss }' \
    "$work/$name.log"
}

for name in "${names[@]}"; do
  run "$name"
done
