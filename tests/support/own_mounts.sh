#!/bin/sh
# Runs a command in a mount namespace of its own: what it mounts is seen by nobody else.
#
#   own_mounts.sh COMMAND...
#
# In a chroot whose root is no mount point nothing can be made private; there a mount may be seen
# from outside while the command runs.
set -eu
as_root=
[ "$(id -u)" = 0 ] || as_root='--user --map-root-user'
private='--propagation private'
# shellcheck disable=SC2086  # words
unshare $as_root --mount $private true 2>/dev/null || private='--propagation unchanged'
# shellcheck disable=SC2086
exec unshare $as_root --mount $private "$@"
