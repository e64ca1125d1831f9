#!/bin/bash
# The Debian package in a Debian 12 of its own, whose first process is systemd: built, looked at,
# installed, run, upgraded, removed, and what a purge does with keys.
#
#   package_test.sh [ROOT]    ROOT: a bare Debian 12 to copy instead of bootstrapping one
#
# Needs root, debootstrap, lintian, iproute2, a cgroup2 hierarchy and about 1 GB below TMPDIR.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/debian_root.sh"
# shellcheck source-path=SCRIPTDIR
source "$here/boot_debian.sh"

[ "$(id -u)" = 0 ] || { echo "package_test.sh: error: needs root for debootstrap and chroot" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/kerros-package-XXXXXX")
root=$work/root
booted='' cgroup=''
trap 'halt_debian || true; rm -rf --one-file-system "$work"' EXIT
passed=0
base=${1-}

# check SENTENCE COMMAND...: stops at the first that fails, since each needs the ones before.
check() {
  local sentence=$1 start=$SECONDS
  shift
  # In the background, since a shell that is asked whether something failed goes on after failures.
  (set -e; "$@") >"$work/output" 2>&1 </dev/null &
  if ! wait $!; then
    tail -n 40 "$work/output"
    [ -z "$booted" ] || inside journalctl -n 40 --no-pager -u 'kerros-*' || true
    echo "FAIL  $sentence"
    exit 1
  fi
  echo "ok    $sentence ($((SECONDS - start)) s)"
  passed=$((passed + 1))
}
fails() { if "$@"; then echo "should have failed: $*"; return 1; fi; }
says() { grep -qF -- "$1" "$work/said" || { echo "did not say: $1"; cat "$work/said"; return 1; }; }

# --- before it is installed ---

build_packages() {
  "$source_dir/tools/package" --out "$work"
  "$source_dir/tools/package" --version 99.0 --out "$work"
}
lint_package() { lintian --allow-root --fail-on error,warning "$work"/kerros_0*.deb; }
make_root() { if [ -n "$base" ]; then cp -a "$base" "$root"; else make_debian_root "$root"; fi; }

in_root() {
  chroot "$root" /usr/bin/env -i HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
install_package() {
  cp "$work"/kerros_*.deb "$source_dir/build/release/bin/kerros-sandbox" "$root/opt/"
  in_root apt-get -q update
  in_root apt-get -q -y install --no-install-recommends zlib1g "/opt/$(basename "$work"/kerros_0*.deb)"
  # Units that may start are started by systemd, which comes later.
  [ "$(in_root stat -c '%U %G %a' /var/lib/kerros /etc/kerros /etc/kerros/secrets | tr '\n' ,)" = \
    'kerros kerros 750,root kerros 750,kerros kerros 700,' ]
  in_root kerros version
}

verify_units() {
  in_root /bin/sh -c 'systemd-analyze verify --man=no /lib/systemd/system/kerros-*.service /lib/systemd/system/kerros-*.timer' \
    >"$work/said" 2>&1 || { cat "$work/said"; return 1; }
  [ ! -s "$work/said" ] || { cat "$work/said"; return 1; }
}
# What is left open is what the job needs: the network and one capability for the gateway.
judge_units() {
  local unit
  for unit in "$root"/lib/systemd/system/kerros-*.service; do
    in_root systemd-analyze security --offline=yes --threshold=20 "${unit##*/}" | tail -n 1
  done
}

# --- a machine that runs it ---

waits_for_init() {
  [ "$(inside systemctl is-enabled kerros-gateway)" = enabled ]
  [ "$(inside systemctl is-active kerros-gateway || true)" = inactive ]
  [ "$(inside systemctl is-enabled kerros-rotate.timer || true)" = disabled ]
}
start_cloud() {
  inside systemd-run --quiet --unit=cloud -p StateDirectory=cloud /opt/kerros-sandbox --dir=/var/lib/cloud/files \
    --graph-listen=127.0.0.1:8444 --tenant-listen=127.0.0.1:8445 --login-listen=127.0.0.1:8446 \
    --control-listen=127.0.0.1:8447
  until office http://127.0.0.1:8447/counters >/dev/null 2>&1; do sleep 0.2; done
  install -m 0644 "$root/var/lib/cloud/files/tls/ca.pem" "$root/opt/cloud.pem"
}
as_kerros() { inside runuser -u kerros -- "$@"; }
first_start() {
  as_kerros kerros init /var/lib/kerros/home --key-file /etc/kerros/secrets/root.key --protect '/Salassa/**' \
    --graph-listen 127.0.0.1:443 --upstream graph.microsoft.com=127.0.0.1:8444 \
    --upstream '*.sharepoint.com=127.0.0.1:8445' --upstream-ca /opt/cloud.pem | grep '^sessions: /run/kerros/'
  inside systemctl start kerros-gateway
  healthy
}
healthy() {
  local attempt
  for attempt in $(seq 100); do
    if office http://127.0.0.1:9480/readyz >/dev/null 2>&1; then return 0; fi
    sleep 0.2
  done
  echo "not ready after attempt $attempt"
  return 1
}
held() {
  local pid
  pid=$(inside systemctl show -p MainPID --value kerros-gateway)
  inside cat "/proc/$pid/status" >"$work/said"
  says 'NoNewPrivs:	1'
  says 'Seccomp:	2'
  grep -qE '^Cap(Eff|Bnd):.0000000000000400$' "$work/said"  # CAP_NET_BIND_SERVICE alone
  [ "$(inside stat -c %U "/proc/$pid")" = kerros ]
  fails inside nsenter -t "$pid" --mount -- touch /var/lib/kerros/home/kerros.toml /etc/kerros/planted
  inside nsenter -t "$pid" --mount -- touch /var/lib/kerros/home/run/written
  inside journalctl --no-pager -u kerros-gateway >"$work/said"
  says 'ready graph=127.0.0.1:443'
}

# Clients come from this machine, into the network of that one.
office() { nsenter -t "$booted" --net -- curl --silent --show-error --fail --max-time 60 "$@"; }
client() { office --cacert "$root/var/lib/kerros/home/tls/ca.pem" --oauth2-bearer "$(cat "$work/token")" "$@"; }
drive=https://localhost/v1.0/me/drive
sign_in() {
  office --cacert "$root/opt/cloud.pem" --connect-to login.microsoftonline.com:443:127.0.0.1:8446 \
    --data 'grant_type=password&client_id=package&password=x&username=aino@contoso.test' \
    https://login.microsoftonline.com/common/oauth2/v2.0/token |
    sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p' >"$work/token"
}
file_goes_out() {
  sign_in
  head -c 1000000 /dev/urandom >"$work/plain"
  client --json '{"name":"Salassa","folder":{}}' $drive/root/children >/dev/null
  client --upload-file "$work/plain" "$drive/root:/Salassa/paper.bin:/content" >/dev/null
  # The cloud has a file of about that size, and none that begins as ours does.
  find "$root/var/lib/cloud" -type f -size +1000000c | grep -q .
  [ -z "$(find "$root/var/lib/cloud" -type f -exec cmp -s -n 64 "$work/plain" {} ';' -print)" ]
}
file_comes_back() {
  client --output "$work/back" "$drive/root:/Salassa/paper.bin:/content"
  cmp "$work/plain" "$work/back"
}

# The timer's work, with every key due: the unit may do what it needs, and no more.
rotates() {
  echo 'KERROS_ROTATE_OLDER_THAN=0s' >"$root/etc/default/kerros"
  inside systemctl enable --now kerros-rotate.timer
  inside systemctl start kerros-rotate.service
  as_kerros kerros key list --json | grep -q '"version":2'
}

upgrades() {
  local before after
  before=$(inside systemctl show -p MainPID --value kerros-gateway)
  inside dpkg --install /opt/kerros_99.0_amd64.deb
  healthy
  after=$(inside systemctl show -p MainPID --value kerros-gateway)
  [ "$before" != "$after" ]
  grep -qx 'KERROS_ROTATE_OLDER_THAN=0s' "$root/etc/default/kerros"
  [ "$(inside systemctl is-enabled kerros-rotate.timer)" = enabled ]
  file_comes_back
}
removed_it_says_where() {
  inside dpkg --remove kerros >"$work/said" 2>&1
  says 'the store is /var/lib/kerros/home/store, with 1 records'
  says '/etc/kerros'
  [ ! -e "$root/usr/sbin/kerros-gateway" ]
  [ -s "$root/etc/kerros/secrets/root.key" ]
  [ -s "$root/var/lib/kerros/home/store/items/data.mdb" ]
}
purge_is_refused() {
  fails inside dpkg --purge kerros >"$work/said" 2>&1
  says 'kerros: error: the keys are not purged'
  [ -s "$root/etc/kerros/secrets/root.key" ]
  [ -s "$root/var/lib/kerros/home/store/items/data.mdb" ]
}
comes_back() {
  inside dpkg --install /opt/kerros_99.0_amd64.deb
  healthy
  file_comes_back
  [ -s "$root/etc/default/kerros" ]
}
nobody_knows_so_refused() {
  inside systemctl stop kerros-gateway
  rm "$root/etc/kerros/secrets/root.key"
  inside dpkg --remove kerros >"$work/said" 2>&1
  says 'an unknown number of records'
  fails inside dpkg --purge kerros
  [ -s "$root/var/lib/kerros/home/store/items/data.mdb" ]
}
purged_by_hand() {
  rm -r "$root/var/lib/kerros" "$root/etc/kerros"
  inside dpkg --purge kerros
  fails inside dpkg-query --show kerros
  [ ! -e "$root/etc/default/kerros" ]
}
purged_when_empty() {
  inside dpkg --install /opt/kerros_99.0_amd64.deb
  as_kerros kerros init /var/lib/kerros/home --key-file /etc/kerros/secrets/root.key
  inside dpkg --purge kerros
  [ ! -e "$root/var/lib/kerros" ] && [ ! -e "$root/etc/kerros" ]
}

check "tools/package builds two versions" build_packages
check "lintian has nothing to say" lint_package
check "a bare Debian 12 is made" make_root
check "apt installs the package with what it needs; directories belong to whom they should" install_package
check "systemd-analyze verify has nothing to say of the units" verify_units
check "systemd-analyze security: little is open" judge_units
boot_debian "$root"
check "installed and without configuration, the gateway is enabled, not started and not failed" waits_for_init
check "a cloud runs" start_cloud
check "kerros init, then systemctl start: ready on port 443, sessions below /run/kerros" first_start
check "the gateway runs as kerros, under seccomp, with one capability; its policy is read-only to it" held
check "a confidential file goes out sealed" file_goes_out
check "and comes back whole" file_comes_back
check "the rotation timer's unit rotates" rotates
check "an upgrade restarts the gateway, keeps settings and timers, and the file opens" upgrades
check "removed, it keeps keys and records and says where" removed_it_says_where
check "a purge is refused while the store holds a record" purge_is_refused
check "installed again it serves again, and the file opens" comes_back
check "a store that nobody can open is not purged either" nobody_knows_so_refused
check "once the keys were removed by hand a purge goes through" purged_by_hand
check "an installation without a record is purged, keys and all" purged_when_empty
echo "$passed passed, 0 failed"
