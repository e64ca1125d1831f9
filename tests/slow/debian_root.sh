# Sourced by tests that need a Debian 12 of their own. Functions only.
#
# make_debian_root DIR    bootstraps a bare Debian 12 into DIR. It fetches packages from where this
#                         machine does: its Debian mirrors, apt settings, resolver, and the
#                         certificates it was told to trust are copied; credentials are not.
# carry_settings          prints NAME=VALUE lines for `env`: proxies and npm's registry.
# shellcheck shell=bash

# debian_uri CODENAME: the mirror this machine uses for bookworm, bookworm-updates, ...
debian_uri() {
  # shellcheck disable=SC2016  # apt fills these in
  apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v codename="$1" '$2 == "Debian" && $3 == codename && $4 == "main" { print $1; exit }'
}

make_debian_root() {
  local root=$1 mirror suite uri
  mirror=$(debian_uri bookworm)
  mirror=${mirror:-http://deb.debian.org/debian}
  debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
    tail -n 20 "$root.log" >&2
    return 1
  }
  echo "deb $mirror bookworm main" >"$root/etc/apt/sources.list"
  for suite in bookworm-updates bookworm-security; do
    uri=$(debian_uri "$suite")
    [ -z "$uri" ] || echo "deb $uri $suite main" >>"$root/etc/apt/sources.list"
  done
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check)' >"$root/etc/apt/apt.conf.d/10host" || true
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  # Installing ca-certificates there takes them in.
  mkdir -p "$root/usr/local/share/ca-certificates"
  cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
}

carry_settings() {
  local name registry
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name-}" ] || echo "$name=${!name}"
  done
  registry=$(npm config get registry 2>/dev/null || true)
  [ -z "$registry" ] || [ "$registry" = undefined ] || echo "npm_config_registry=$registry"
  # Only Debian's own npm knows Debian's certificates by itself.
  echo npm_config_cafile=/etc/ssl/certs/ca-certificates.crt
}
