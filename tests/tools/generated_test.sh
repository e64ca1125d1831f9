#!/bin/bash
# Manual pages and completions are made from the help of the programs: every command has its place in
# them, roff finds nothing to complain of, and both shells complete what an administrator types.
#
#   generated_test.sh BIN_DIR
set -euo pipefail
export LC_ALL=C.UTF-8
bin=$(cd "$1" && pwd)
tools=$(cd "$(dirname "$0")/../../tools" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kerros=$bin/kerros
# shellcheck source=../../tools/help.sh
. "$tools/help.sh"
all=$(commands)
failures=0

fail() { echo "FAIL  $*"; failures=$((failures + 1)); }

"$tools/gen-man" "$kerros" "$bin/kerros-gateway" "$work/man"
while read -r words; do
  page=$work/man/kerros-${words%% *}.1
  grep -qF "kerros ${words//-/\\-}" "$page" || fail "no page has: kerros $words"
done <<<"$all"
for page in "$work"/man/*; do
  said=$(groff -man -Tutf8 -ww -z "$page" 2>&1)
  [ -z "$said" ] || fail "$page: $said"
done
# Every key of the configuration is in its page.
keys=$(grep -oE '^(# )?[a-z_]+ = ' "$tools/../docker/kerros.toml" | sort -u)
groff -man -Tascii -P-c "$work/man/kerros.toml.5" >"$work/toml"
while read -r key; do
  grep -qF -- "$key" "$work/toml" || fail "kerros.toml.5 lacks: $key"
done <<<"$keys"

"$tools/gen-completions" bash "$kerros" >"$work/kerros.bash"
"$tools/gen-completions" zsh "$kerros" >"$work/_kerros"

# in_bash WORDS...: what bash offers for the last of them.
in_bash() {
  bash --norc -c '
    source "$1"
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _kerros 2>/dev/null
    echo "${COMPREPLY[*]}"' complete "$work/kerros.bash" "$@"
}
# The same of zsh, whose own functions are replaced by ones that print what they are given.
in_zsh() {
  zsh -f -c '
    _describe() { print -r -- ${${(P)4}%%:*} }
    _arguments() { print -r -- ${${${(M)@:#\**}#\*}%%\[*} }
    file=$1
    shift
    words=("$@") CURRENT=$#
    source $file' complete "$work/_kerros" "$@"
}
# offers SHELL EXPECTED WORDS...: all words expected are among what is offered.
offers() {
  local shell=$1 expected=$2 offered word
  shift 2
  offered=$("in_$shell" "$@")
  for word in $expected; do
    [[ " $offered " == *" $word "* ]] || fail "$shell: \`$*\` should offer $word, got: $offered"
  done
}
for shell in bash zsh; do
  offers $shell "$(subcommands | tr '\n' ' ')" kerros ''
  offers $shell 'list rotate rewrap' kerros key ''
  offers $shell 'init import show' kerros --config k.toml proxy ca ''
  while read -r words; do
    # shellcheck disable=SC2086  # several words
    offers $shell "$(options $words | cut -f 1 | tr ',\n' '  ') --config" kerros $words -
  done < <(grep -E '^(key|audit|status|init)' <<<"$all")
done
[ "$(in_bash kerros key ro)" = rotate ] || fail "bash: \`kerros key ro\` is rotate"
[ "$(in_bash kerros key rotate --older-than '')" = '' ] || fail "bash: an age is nothing to offer"
[ "$(in_bash kerros key rotate --config key '')" = '' ] || fail "bash: a value is no word"

[ "$failures" = 0 ] || exit 1
echo "$(wc -l <<<"$all") commands, $(find "$work/man" -type f | wc -l) pages, two shells"
