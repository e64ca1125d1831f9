#!/bin/bash
# The catalogues are whole: every text of the sources stands in each of them, translated, with the
# same places for values, and nothing else does.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$source_dir"

grep -lE '\b(tr|marked)\(' -r tools gateway --include='*.cc' | sort >"$work/files"
xgettext --language=C++ --from-code=UTF-8 --keyword=tr --keyword=marked --no-location --sort-output \
  --files-from="$work/files" --output="$work/kerros.pot"
texts=$(msgattrib --no-obsolete "$work/kerros.pot" | grep -c '^msgid ' || true)

for catalogue in tools/po/*.po; do
  msgfmt --check-format -o "$work/checked.mo" "$catalogue" >"$work/said" 2>&1 ||
    { cat "$work/said"; exit 1; }
  # Missing and untranslated ones are errors of msgcmp's, unused ones a warning.
  msgcmp "$catalogue" "$work/kerros.pot" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
  [ ! -s "$work/said" ] || { cat "$work/said"; exit 1; }
done
echo "$((texts - 1)) texts in $(find tools/po -name '*.po' | wc -l) languages beside English"
