#!/bin/bash
# The running half of image_test.sh, in mount, process and network namespaces of its own: the root
# of an image, read-only, with the services of a compose file. Clients come from this machine.
#
#   image_run.sh IMAGE_ROOT WORK_DIR COMPOSE_FILE
set -euo pipefail
export LC_ALL=C
image=$1 work=$2 compose=$3
root=$work/root

ip link set lo up
mkdir -p "$root" "$work"/volumes/{key,gateway,cloud}
chown 10001:10001 "$work"/volumes/*
chmod 0700 "$work"/volumes/*
mount --bind "$image" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777,size=64m tmpfs "$root/tmp"
mount -t tmpfs -o mode=0700,uid=10001,gid=10001 tmpfs "$root/run/kerros"
mount --bind "$work/volumes/key" "$root/etc/kerros"
mount --bind "$work/volumes/gateway" "$root/var/lib/kerros"
mount --bind "$work/volumes/cloud" "$root/var/lib/kerros-sandbox"

# command_of SERVICE: its words in compose.yml, or the image's own, ended by zero bytes.
command_of() {
  python3 - "$compose" "$1" <<'PYTHON'
import sys, yaml
service = yaml.safe_load(open(sys.argv[1]))["services"][sys.argv[2]]
own = ["kerros-gateway", "--config", "/var/lib/kerros/home/kerros.toml"]
for word in service.get("command", own):
    sys.stdout.write(word.replace("$$", "$") + "\0")
PYTHON
}

# As the engine starts it: user of the image, no capabilities, none to be gained, 64 MiB lockable
# (or what this machine lets its root grant).
inside() {
  (
    ulimit -l 65536 2>/dev/null || ulimit -l "$(ulimit -H -l)"
    exec chroot "$root" /usr/bin/setpriv --reuid 10001 --regid 10001 --clear-groups \
      --no-new-privs --bounding-set=-all --inh-caps=-all \
      /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR=/run/kerros \
      KERROS_CONFIG=/var/lib/kerros/home/kerros.toml "$@"
  )
}

service() {
  local words
  mapfile -d '' -t words < <(command_of "$1")
  inside "${words[@]}"
}

# until_healthy PORT PATH: within ten seconds.
until_healthy() {
  local attempt
  for attempt in $(seq 100); do
    if inside health "$1" "$2" 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  echo "nothing healthy on port $1 after $attempt attempts"
  cat "$work"/*.log
  return 1
}

fails() { ! "$@" 2>/dev/null || { echo "should have failed: $*"; return 1; }; }

fails touch "$root/usr/local/bin/planted"  # not even root can
fails inside health 9480 /healthz

service sandbox >"$work/sandbox.log" 2>&1 &
until_healthy 8447 /counters
service init
service init  # finds an installation and leaves it as it is
service gateway >"$work/gateway.log" 2>&1 &
gateway=$!
until_healthy 9480 /healthz
inside kerros status

pid=$(pgrep -x kerros-gateway)
grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs):' "/proc/$pid/status"
grep -q '^Uid:.10001.10001.10001.10001$' "/proc/$pid/status"
grep -q '^CapEff:.0000000000000000$' "/proc/$pid/status"
grep -q '^NoNewPrivs:.1$' "/proc/$pid/status"

# One confidential file there and back.
ask() { curl --silent --show-error --fail --max-time 60 "$@"; }
token=$(ask --cacert "$work/volumes/cloud/cloud/tls/ca.pem" \
  --connect-to login.microsoftonline.com:443:127.0.0.1:8446 \
  --data 'grant_type=password&client_id=image&password=x&username=aino@contoso.test' \
  https://login.microsoftonline.com/common/oauth2/v2.0/token | node -pe \
  'JSON.parse(require("node:fs").readFileSync(0)).access_token')
office() {
  ask --cacert "$work/volumes/gateway/home/tls/ca.pem" --oauth2-bearer "$token" "$@"
}
drive=https://localhost:8443/v1.0/me/drive
head -c 1000000 /dev/urandom >"$work/plain"
office --json '{"name":"Salassa","folder":{}}' $drive/root/children >/dev/null
office --upload-file "$work/plain" "$drive/root:/Salassa/paper.bin:/content" >/dev/null
office --output "$work/back" "$drive/root:/Salassa/paper.bin:/content"
cmp "$work/plain" "$work/back"
inside kerros item list --json | node -e '
  const [item] = JSON.parse(require("node:fs").readFileSync(0));
  require("node:assert").deepStrictEqual([item.name, item.plain_size, item.state], ["paper.bin", 1000000, "bound"]);'
# The cloud keeps files as they are: one of about that size, and none that begins as ours does.
find "$work/volumes/cloud" -type f -size +1000000c | grep -q .
find "$work/volumes/cloud" -type f -exec cmp -s -n 64 "$work/plain" {} ';' -print >"$work/same"
[ ! -s "$work/same" ] || { echo "the cloud holds plaintext: $(cat "$work/same")"; exit 1; }

kill -TERM "$pid"
wait "$gateway"
fails inside health 9480 /healthz
echo "1 MB sealed on its way out and whole when it came back; SIGTERM ended the gateway with 0"
