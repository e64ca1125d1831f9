#!/bin/bash
# The container image without a container engine: built by buildah from docker/Dockerfile on a Debian
# bootstrapped here, looked at, and run as docker/compose.yml says (image_run.sh).
#
#   image_test.sh
#
# KERROS_BIN=DIR    take the programs from there instead of compiling them in the build stage: a
#                   quick look at everything but that stage
#
# Needs root, buildah, debootstrap, docker-compose (to read the compose file), iproute2 and about
# 10 GB below TMPDIR. What only an engine does stays untried: published ports, restarts, and the
# timing of health checks.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR
source "$here/debian_root.sh"

[ "$(id -u)" = 0 ] || { echo "image_test.sh: error: needs root for debootstrap and chroot" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/kerros-image-XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
passed=0

# check SENTENCE COMMAND...: stops at the first that fails, since each needs the ones before.
check() {
  local sentence=$1 start=$SECONDS
  shift
  if ! "$@" >"$work/output" 2>&1 </dev/null; then
    tail -n 40 "$work/output"
    echo "FAIL  $sentence"
    exit 1
  fi
  echo "ok    $sentence ($((SECONDS - start)) s)"
  passed=$((passed + 1))
}

# Storage of its own: nothing of the machine's images is touched.
run_buildah() { buildah --root "$work/storage" --runroot "$work/state" --storage-driver vfs "$@"; }

# image_of_directory DIR WHERE NAME
image_of_directory() {
  local container
  container=$(run_buildah from scratch)
  run_buildah copy -q "$container" "$1" "$2"
  run_buildah commit -q "$container" "$3"
  run_buildah rm "$container"
}

make_base() {
  make_debian_root "$work/base"
  image_of_directory "$work/base" / docker.io/library/debian:bookworm-slim
  rm -rf --one-file-system "$work/base"
}

# The Dockerfile, or what follows its first stage when the programs are brought along.
dockerfile() {
  if [ -z "${KERROS_BIN-}" ]; then
    echo "$source_dir/docker/Dockerfile"
    return
  fi
  mkdir "$work/bin"
  cp "$KERROS_BIN"/{kerros,kerros-gateway,kerros-sandbox} "$work/bin/"
  image_of_directory "$work/bin" /src/build/release/bin localhost/build >&2
  awk '/^FROM/ { stage++ } stage != 1' "$source_dir/docker/Dockerfile" |
    sed 's/--from=build/--from=localhost\/build/' >"$work/Dockerfile"
  echo "$work/Dockerfile"
}

build_image() {
  run_buildah bud --isolation chroot --pull-never --format docker -f "$(dockerfile)" -t kerros "$source_dir"
}

described() {
  run_buildah inspect --type image kerros >"$work/image.json"
  node -e '
    const assert = require("node:assert");
    const { config } = JSON.parse(require("node:fs").readFileSync(process.argv[1])).Docker;
    assert.strictEqual(config.User, "10001:10001");
    assert.strictEqual(config.StopSignal, "SIGTERM");
    assert.deepStrictEqual(config.Healthcheck.Test, ["CMD", "health", "9480", "/healthz"]);
    assert.deepStrictEqual(Object.keys(config.Volumes), ["/etc/kerros", "/var/lib/kerros"]);
    assert.strictEqual(config.Cmd[0], "kerros-gateway");
  ' "$work/image.json"
}

# What is not there cannot be used by whoever gets in.
lean() {
  local program
  for program in clang-19 cmake git curl node npm python3; do
    [ ! -e "$image/usr/bin/$program" ] || { echo "the image holds $program"; return 1; }
  done
  [ ! -e "$image/src" ] || { echo "the image holds the sources"; return 1; }
}

all_libraries_there() {
  local program
  for program in kerros kerros-gateway kerros-sandbox; do
    chroot "$image" ldd "/usr/local/bin/$program" >"$work/libraries"
    if grep 'not found' "$work/libraries"; then return 1; fi
  done
}

run_image() {
  unshare --mount --pid --mount-proc --net --fork --kill-child \
    "$here/image_run.sh" "$image" "$work/run" "$source_dir/docker/compose.yml"
}

check "docker-compose accepts the compose file" \
  docker-compose -f "$source_dir/docker/compose.yml" config
check "a base image is made of a bare Debian 12" make_base
check "the image is built from the Dockerfile" build_image
check "the image names user, volumes, stop signal and health command" described
container=$(run_buildah from --pull-never kerros)
image=$(run_buildah mount "$container")
check "the image holds no compiler, no client and no sources" lean
check "every library of the programs is in the image" all_libraries_there
check "sandbox and gateway run as compose.yml says: no root, no capability, nothing written outside" run_image
cat "$work/output"
echo "$passed passed, 0 failed"
