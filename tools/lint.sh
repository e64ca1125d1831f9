#!/bin/bash
# What can be checked about the sources without compiling them. Each finding says where, why it is
# not wanted, and what to do instead.
#
#   tools/lint.sh                    all checks
#   tools/lint.sh CHECK...           some of: borders conformance coroutines foreign format headers
#                                    output reveal scripts secrets words
#   tools/lint.sh --tidy [PATTERN]   clang-tidy over build/release (minutes), or the files that match
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C

all='borders conformance coroutines foreign format headers output reveal scripts secrets words'
product='crypto keystore gateway tools'
findings=0

# files_named FOLDERS PATTERN...: ours below the folders, sorted.
files_named() {
  local folders=$1 names=() pattern
  shift
  for pattern in "$@"; do names+=(-o -name "$pattern"); done
  # shellcheck disable=SC2086  # several folders
  find $folders -name node_modules -prune -o -type f \( "${names[@]:1}" \) -print | sort
}

# search PATTERN EXCEPT FOLDERS [NAMES...]: matching lines that are not comments, in C++ files whose
# path does not match EXCEPT.
search() {
  local pattern=$1 except=$2 folders=$3
  shift 3
  [ $# -gt 0 ] || set -- '*.h' '*.cc'
  files_named "$folders" "$@" | { grep -Ev -- "$except" || true; } |
    { xargs -r grep -HnE -- "$pattern" || true; } | { grep -Ev '^[^:]*:[0-9]*: *//' || true; }
}

# complain LINES WHY INSTEAD
complain() {
  [ -n "$1" ] || return 0
  findings=$((findings + 1))
  printf '%s\n  why: %s\n  instead: %s\n' "$1" "$2" "$3"
}

# Rooms include downwards only; tools/borders.txt is the table.
check_borders() {
  local crossed
  crossed=$(files_named "$product" '*.h' '*.cc' | xargs grep -Hn '^#include "' | awk '
    function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
    function trim(text) { gsub(/^ +| +$/, "", text); return text }
    FILENAME != "-" {
      if ($0 ~ /^#/ || NF == 0) next
      split($0, part, "|")
      room = trim(part[1])
      # Rooms of the ring see those above them only, so that no two ever need each other.
      if (room ~ /^gateway\/io/) {
        count = split(trim(part[2]), seen, " ")
        for (i = 1; i <= count; i++)
          if (seen[i] ~ /^gateway\/io/ && !(seen[i] in allowed))
            print "tools/borders.txt: " room " names " seen[i] ", which does not stand above it"
      }
      allowed[room] = " " trim(part[2]) " "
      sentence[room] = trim(part[3])
      next
    }
    {
      split($0, at, ":")
      file = at[1]
      split($0, quoted, "\"")
      wanted = quoted[2]
      room = (file in allowed) ? file : folder(file)
      if (!(room in allowed)) { print file ": tools/borders.txt does not know this folder"; next }
      if (folder(wanted) == folder(file)) next
      if (index(allowed[room], " " folder(wanted) " ") || index(allowed[room], " " wanted " ")) next
      print file ":" at[2] ": includes " wanted
      print "  " sentence[room]
    }' tools/borders.txt -)
  complain "$crossed" "a room that sees less is reviewed, tested and replaced by itself" \
    "pass a value down, or move the code to the room that may see both"
}

# Which of somebody else's headers show up where. Debian puts them all in one folder, so linking
# rules see nothing.
check_foreign() {
  complain "$(search '<sodium\.h>' '^crypto/[a-z_]*\.cc$|^gateway/audit/[a-z_]*\.cc$' "$product")" \
    "libsodium stays behind crypto/, so that another backend is a change in a few .cc files" \
    "use crypto/aead.h, crypto/hkdf.h, crypto/secret.h"
  complain "$(search '<intel-ipsec-mb\.h>' '^crypto/ipsecmb\.cc$' "$product tests")" \
    "a library that may be missing is looked for in one place" "use crypto/aead.h"
  complain "$(search '<lmdb\.h>' '^keystore/[a-z_]*\.cc$' "$product")" \
    "the database stays behind keystore/ and out of its headers" "add a verb to keystore/key_store.h"
  complain "$(search '<openssl/' '^tools/sandbox/|^gateway/tls/' "$product" '*.h')" \
    "whoever includes the header would see all of OpenSSL" \
    "forward-declare the struct (struct ssl_st) and include it in the .cc file"
  complain "$(search '<toml\+\+/' '^gateway/toml\.h$' "$product")" \
    "its assertions would end the process over a mistake in a configuration" "include gateway/toml.h"
  complain "$(search '<boost/' '^gateway/(io|tls)/|^tools/sandbox/|^tools/admin_client\.cc$' "$product")" \
    "sockets and coroutines belong to the moving ring; everything below compiles in a second" \
    "take bytes and return bytes; let gateway/io/ move them"
}

# The page of all cases is what the scripts say now, and every test it names exists.
check_conformance() {
  local page wrong
  page=$(mktemp)
  wrong=$(tools/gen-conformance 2>&1 >"$page" || true)
  wrong+=$(diff -q "$page" docs/graph-conformance.md >/dev/null || echo ' docs/graph-conformance.md is stale')
  rm -f "$page"
  complain "$wrong" "the page of all cases would promise what no test shows" \
    "correct tests/conformance/catalogue.mjs, then tools/gen-conformance > docs/graph-conformance.md"
}

check_coroutines() {
  complain "$(search 'co_await|co_return' '^gateway/(io|tls)/|^tools/sandbox/' "$product")" \
    "coroutines live in the moving ring only" "write a function of values and call it from gateway/io/"
}

check_format() {
  complain "$(files_named "$product tests" '*.h' '*.cc' |
              xargs -P "$(nproc)" -n 20 clang-format-19 --dry-run 2>&1 | { grep warning: || true; })" \
    "one look for all files, decided by .clang-format" "clang-format-19 -i FILE"
}

check_headers() {
  complain "$(files_named "$product tests" '*.h' | xargs grep -L '^#pragma once' || true)" \
    "a header may be included twice" "begin it with #pragma once"
}

check_output() {
  complain "$(search 'std::(cout|cerr|clog)|[^n]printf\(|spdlog::' \
                     '^crypto/check\.h$|^gateway/(io/|main\.cc)|^tools/(main|output)\.cc$|^tools/sandbox/' \
                     "$product")" \
    "libraries return; only programs and gateway/io/ speak, so that no secret finds a way out" \
    "return a Result, or write to the stream you were given"
}

# Every file that looks at a secret is in a committed list, with its reason.
check_reveal() {
  local listed readers
  listed=$(awk '!/^#/ && NF { print $1 }' tools/reveal-readers.txt | sort)
  readers=$(search 'reveal\(\)' '^crypto/secret\.(h|cc)$' "$product" | cut -d: -f1 | sort -u)
  complain "$(comm -13 <(echo "$listed") <(echo "$readers"))" \
    "these files look at a secret and are not in tools/reveal-readers.txt" \
    "hand the secret on as it is, or add the file with the reason why it must look"
  complain "$(comm -23 <(echo "$listed") <(echo "$readers"))" \
    "tools/reveal-readers.txt lists files that no longer look at a secret" "remove their lines"
}

check_secrets() {
  complain "$(search '(^|[^_])memcmp\(' '^$' "$product")" \
    "memcmp stops at the first difference and tells by its time where that is" \
    "equal_constant_time() of crypto/secret.h; for public bytes std::ranges::equal"
  complain "$(search 'randombytes|RAND_(priv_)?bytes|getrandom\([^2]|std::(random_device|mt19937|rand\()' \
                     '^crypto/random\.cc$|^tools/sandbox/' "$product")" \
    "one file draws randomness, so that tests can replace it and reviewers find it" "crypto/random.h"
}

# A script that does not parse is found here and not on somebody's first day.
check_scripts() {
  local script broken=''
  for script in tools/build tools/setup tools/test tools/lint.sh .ci/run; do
    broken+=$(bash -n "$script" 2>&1 || true)
  done
  for script in $(files_named 'tools tests' '*.mjs'); do
    broken+=$(node --check "$script" 2>&1 || true)
  done
  complain "$broken" "it does not parse" "run it once before committing it"
}

check_words() {
  complain "$(search '\b(TO[D]O|FIX[M]E|X[X]X)\b' '^$' "$product tests docs docker cmake" \
                     '*.h' '*.cc' '*.mjs' '*.md' '*.txt' '*.toml' '*.cmake')" \
    "a note about unfinished work is unfinished work" "finish it, or leave it out"
  complain "$(grep -Hn '"resolved"' tests/stories/package-lock.json || true)" \
    "a lock file says versions and hashes; where to fetch them is the setting of whoever builds" \
    "remove the line; tests/stories/.npmrc keeps npm from writing it again"
}

tidy() {
  [ -f build/release/compile_commands.json ] || tools/build release
  local log
  log=$(mktemp)
  # Headers are judged with the .cc files that include them.
  files_named "$product tests" '*.cc' | { grep -E -- "${1:-.}" || true; } |
    xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/release --quiet 2>/dev/null |
    { grep -E '(warning|error): ' || true; } | sort -u | tee "$log"
  local count
  count=$(wc -l <"$log")
  rm -f "$log"
  echo "clang-tidy: $count findings"
  [ "$count" = 0 ]
}

if [ "${1-}" = --tidy ]; then
  tidy "${2-}"
  exit
fi
for check in ${*:-$all}; do
  case " $all " in
    *" $check "*) "check_$check" ;;
    *) echo "tools/lint.sh: no check is called $check; there are: $all" >&2; exit 2 ;;
  esac
done
if [ "$findings" -gt 0 ]; then
  echo "tools/lint.sh: $findings findings"
  exit 1
fi
echo "tools/lint.sh: nothing found"
