#!/bin/bash
# The promise of the README: on a bare Debian 12 the two commands do everything, and do it again.
# Bootstraps one, clones the repository's last commit into it and runs them there, as root.
#
#   bare_debian_test.sh [COMMAND...]    tools/demo and tools/test, each twice, unless given
#
# Needs root, debootstrap, about 10 GB below TMPDIR, and an hour or two on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/debian_root.sh"

[ "$(id -u)" = 0 ] || { echo "bare_debian_test.sh: error: needs root for debootstrap and chroot" >&2; exit 1; }

# Mounts and processes live in namespaces that end with the inner script: nothing of the machine
# can be left mounted below the directory when it is removed.
if [ "${KERROS_BARE_ROOT-}" = "" ]; then
  work=$(mktemp -d "${TMPDIR:-/tmp}/kerros-bare-XXXXXX")
  trap 'rm -rf --one-file-system "$work"' EXIT
  KERROS_BARE_ROOT=$work/root unshare --mount --pid --mount-proc --fork --kill-child "$0" "$@"
  exit
fi

root=$KERROS_BARE_ROOT
kept=${TMPDIR:-/tmp}/$(basename "$(dirname "$root")").log
[ $# -gt 0 ] || set -- tools/demo tools/test tools/demo tools/test

# timed WHAT COMMAND...: runs it and says how long it took; when it fails the end of its output is shown
# and the whole is kept.
timed() {
  local what=$1 start=$SECONDS
  shift
  if ! "$@" >"$root.out" 2>&1 </dev/null; then
    tail -n 60 "$root.out"
    mv "$root.out" "$kept"
    echo "FAIL  $what after $((SECONDS - start)) s; all it printed is in $kept"
    exit 1
  fi
  echo "ok    $what ($((SECONDS - start)) s): $(grep -v '^ *$' "$root.out" | tail -n 1)"
}

inside() {
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    "${settings[@]}" /bin/bash -c "cd /root/kerros && $1"
}

mapfile -t settings < <(carry_settings)
timed "debootstrap makes a bare Debian 12" make_debian_root "$root"
# A root that is a mount, as that of a machine is: network namespaces with names are made below one.
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
timed "the last commit is cloned into it" \
  git clone -q --depth 1 "file://$(cd "$here/../.." && pwd)" "$root/root/kerros"
for command in "$@"; do timed "$command" inside "$command"; done
echo "$(($# + 2)) passed, 0 failed"
