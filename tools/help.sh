# Sourced by what is generated from the help of `kerros`. Functions only; $kerros is the command.
#
# subcommands WORDS...   the names below "Subcommands:", a line each
# commands               the words of every command that does something, a line each
# words_above            the words of every group of commands, a line each; "" is the command itself
# summary WORDS...       its one sentence
# options WORDS...       NAMES <tab> VALUE <tab> WHAT IT DOES, a line each; VALUE is empty for a switch
# positionals WORDS...   NAME <tab> WHAT IT IS, a line each
# exit_codes             NUMBER <tab> MEANING, a line each
# shellcheck shell=sh

# Help must not depend on who asks.
unset KERROS_CONFIG

# The first empty line is the formatter's own, so is the last.
help_of() { "${kerros:?}" "$@" --help | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'; }

subcommands() {
  "${kerros:?}" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

# walk WHICH WORDS...: WHICH is "leaves" or "groups".
walk() {
  _which=$1
  shift
  _below=$(subcommands "$@")
  if [ -z "$_below" ]; then
    [ "$_which" = groups ] || echo "$*"
    return 0
  fi
  [ "$_which" = leaves ] || echo "$*"
  # In a subshell each: the shell's variables are global.
  for _name in $_below; do (walk "$_which" "$@" "$_name"); done
}
commands() { walk leaves; }
words_above() { walk groups; }

summary() { "${kerros:?}" "$@" --help | awk 'NF { print; exit }'; }

# entries HEADING WORDS...: FIRST COLUMN <tab> SECOND COLUMN of a list in the help.
entries() {
  _heading=$1
  shift
  "${kerros:?}" "$@" --help | awk -v heading="$_heading:" '
    function flush() { if (left != "") print left "\t" right; left = right = "" }
    $0 == heading { on = 1; next }
    /^ *$/ { if (on) flush(); on = 0 }
    on && /^  [^ ]/ {
      flush()
      line = substr($0, 3)
      gap = match(line, /  +/)
      left = gap ? substr(line, 1, gap - 1) : line
      right = gap ? substr(line, gap + RLENGTH) : ""
      next
    }
    on { sub(/^ +/, ""); right = right (right == "" ? "" : " ") $0 }
    END { flush() }'
}

options() {
  entries Options "$@" | awk -F '\t' '{
    space = index($1, " ")
    names = space ? substr($1, 1, space - 1) : $1
    print names "\t" (space ? substr($1, space + 1) : "") "\t" $2
  }'
}
positionals() { entries Positionals "$@"; }

exit_codes() {
  sed -n 's|^  k[A-Za-z]* = \([0-9]*\), *// |\1	|p' "$(dirname "$0")/exit_codes.h"
}
