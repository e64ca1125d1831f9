#!/bin/bash
# Fuzz targets on their own corpora with libFuzzer, one after the other, under AddressSanitizer and
# UndefinedBehaviorSanitizer: fuzz_test.sh [MINUTES [NAME...]]
#
# MINUTES is per target, five and a half unless told; NAMEs are those of tests/fuzz/corpus, all of
# them unless told, which takes about an hour. An hour for each parser that Graph's clients and the
# cloud reach first: fuzz_test.sh 60 target rewrite range batch
# Ends at the first input that breaks a property; that input is printed as it belongs into the corpus.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
minutes=${1:-5.5}
seconds=$(awk -v m="$minutes" 'BEGIN { printf "%d", m * 60 }')
if [ "$seconds" -lt 1 ]; then
  echo "fuzz_test.sh: \"$minutes\" is no number of minutes" >&2
  exit 2
fi

if [ $# -gt 1 ]; then
  names=("${@:2}")
else
  mapfile -t names < <(cd "$root/tests/fuzz/corpus" && ls)
fi
for name in "${names[@]}"; do
  if [ ! -d "$root/tests/fuzz/corpus/$name" ]; then
    echo "fuzz_test.sh: there is no target \"$name\"; they are:" "$(ls -x -w 1000 "$root/tests/fuzz/corpus")" >&2
    exit 2
  fi
done
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
