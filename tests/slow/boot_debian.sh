# Sourced by tests that need a Debian whose first process is systemd. Functions only.
#
# boot_debian ROOT       starts systemd in ROOT, in namespaces of its own, network included; sets
#                        $booted to its process id. Needs a mounted cgroup2 hierarchy.
# halt_debian            ends it, with all that runs in it
# inside COMMAND...      runs a command there, as root
# shellcheck shell=bash

# Units that would reach for the machine itself, or for a terminal.
readonly kUnwanted='systemd-sysctl systemd-modules-load systemd-remount-fs console-getty getty@tty1
  systemd-journal-flush systemd-update-utmp'

# In the new namespaces: what a container manager prepares, then systemd.
enter_debian() {
  local root=$1 device
  mount --make-rprivate /
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount -t tmpfs -o mode=0755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
  for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  ln -s /proc/self/fd "$root/dev/fd"
  ln -s pts/ptmx "$root/dev/ptmx"
  ip link set lo up
  # Not a chroot: units get views of the file system of their own, made from its root.
  cd "$root"
  pivot_root . .
  umount -l .
  exec /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --unit=multi-user.target --log-target=journal --show-status=0
}

# A group below the machine's own, so that systemd rules over nothing else.
own_cgroup() {
  local hierarchy
  hierarchy=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
  [ -n "$hierarchy" ] || { echo "no cgroup2 hierarchy is mounted here" >&2; return 1; }
  cgroup=$(mktemp -d "$hierarchy/kerros-test-XXXXXX")
}

boot_debian() {
  local root=$1 unit attempt launcher
  for unit in $kUnwanted; do ln -sf /dev/null "$root/etc/systemd/system/$unit.service"; done
  own_cgroup || return 1
  (
    echo 0 >"$cgroup/cgroup.procs"
    export -f enter_debian
    exec unshare --mount --pid --net --ipc --uts --cgroup --fork --kill-child \
      /bin/bash -c 'enter_debian "$1"' enter "$root" >"$root.log" 2>&1
  ) &
  launcher=$!
  for attempt in $(seq 300); do
    booted=$(pgrep -P "$launcher" -x systemd || true)
    case "$([ -z "$booted" ] || inside systemctl is-system-running 2>/dev/null)" in
      running | degraded) return 0 ;;
    esac
    kill -0 "$launcher" 2>/dev/null || break
    sleep 0.2
  done
  cat "$root.log"
  echo "systemd did not come up in $root (attempt $attempt)" >&2
  return 1
}

halt_debian() {
  local attempt
  [ -z "${booted-}" ] || kill -KILL "$booted" 2>/dev/null || true
  wait 2>/dev/null || true
  for attempt in $(seq 50); do
    find "${cgroup:-/nonexistent}" -depth -type d -exec rmdir {} ';' 2>/dev/null || true
    [ -d "${cgroup:-/nonexistent}" ] || return 0
    sleep 0.1
  done
  echo "processes of attempt $attempt are left in $cgroup" >&2
  return 1
}

inside() {
  nsenter -t "$booted" --all --root --wd -- /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
