#!/bin/sh
# Provisions this Linux device, which has the AWS IoT Greengrass nucleus lite package installed, and proves at the end
# that it gets AWS credentials. May be run twice: a device that has its own certificate is only tested.
# https://docs.aws.amazon.com/greengrass/v2/developerguide/greengrass-nucleus-lite-component.html
set -eu

usage() {
  cat <<'TEXT'
Usage: sudo sh install.sh [options] NAME=VALUE ...

  NAME=VALUE      a parameter of the provisioning template; kit.env lists those that have no value yet
  --prefix DIR    put everything below this folder instead of / (for images and tests)
TEXT
}

say() { printf '%s\n' "$*"; }
fail() { printf 'install: %s\n' "$*" >&2; exit 1; }

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=''
[ -f "$here/kit.env" ] || fail "kit.env is missing beside this script: copy the whole folder."
# Values in kit.env are checked when the kit is made: letters, digits and -_.:/ only.
# shellcheck disable=SC1091
. "$here/kit.env"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 700 "$work"
cp "$here/config.yaml" "$work/config.yaml"

# A value stands in quotes in the YAML file and in the right side of a sed command: only what is harmless in both.
set_parameter() {
  case $1 in *[!A-Za-z0-9_]* | '') fail "Not a parameter name: $1" ;; esac
  case $2 in *[!A-Za-z0-9:_.@=+,-]* | '') fail "The value of $1 may have letters, digits and : _ . @ = + , - only." ;; esac
  grep -q "@$1@" "$work/config.yaml" || fail "The provisioning template of this kit has no open parameter $1. Open: ${KIT_PARAMETERS:-none}"
  sed "s|@$1@|$2|g" "$work/config.yaml" > "$work/next" && mv "$work/next" "$work/config.yaml"
}

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --prefix) [ $# -ge 2 ] || fail "--prefix needs a value."; prefix=$2; shift 2 ;;
    *=*) set_parameter "${1%%=*}" "${1#*=}"; shift ;;
    *) usage >&2; fail "Unknown option: $1" ;;
  esac
done
state=$prefix/var/lib/greengrass
credentials=$state/credentials
claims=$state/claim-certs

[ "$(id -u)" = 0 ] || fail "Run it as root: sudo sh install.sh ..."
for tool in fleet-provisioning systemctl curl sed openssl; do
  command -v "$tool" > /dev/null 2>&1 || fail "$tool is missing on this device. fleet-provisioning comes with the package aws-greengrass-lite."
done

test_credentials() {
  # The thing name is in the device's own settings only: the endpoint does without the header.
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 30 \
    --cert "$credentials/certificate.pem" --key "$credentials/priv_key" --cacert "$claims/AmazonRootCA1.pem" \
    "https://$KIT_CREDENTIAL_ENDPOINT/role-aliases/$KIT_ROLE_ALIAS/credentials") || status="no answer (curl $?)"
  case $status in
    200) say "Done: this device has its own certificate and gets AWS credentials by the role alias $KIT_ROLE_ALIAS." ;;
    400) fail "No AWS credentials (400): the role behind $KIT_ROLE_ALIAS is gone or does not trust credentials.iot.amazonaws.com." ;;
    403) fail "No AWS credentials (403): the device's IoT policy lacks iot:AssumeRoleWithCertificate on the alias $KIT_ROLE_ALIAS." ;;
    *) fail "No AWS credentials: $status from $KIT_CREDENTIAL_ENDPOINT. Is port 443 open?" ;;
  esac
}

if [ -s "$credentials/certificate.pem" ]; then
  say "This device has its own certificate already: nothing is provisioned again."
  test_credentials
  exit 0
fi

open=$(grep -o '@[A-Za-z0-9_]*@' "$work/config.yaml" | sort -u | tr -d '@' | tr '\n' ' ' || true)
[ -z "$open" ] || fail "Give a value for each of: $open(for example: sudo sh install.sh ThingName=MyCore-0001)"

mkdir -p "$claims"
chmod 700 "$claims"
for file in claim.pem.crt claim.private.pem.key AmazonRootCA1.pem; do
  [ -s "$here/claim-certs/$file" ] || fail "claim-certs/$file is missing in the kit."
  (umask 077 && cp "$here/claim-certs/$file" "$claims/$file")
  chmod 600 "$claims/$file"
done
[ -z "$prefix" ] || { sed "s|/var/lib/greengrass|$state|g" "$work/config.yaml" > "$work/next" && mv "$work/next" "$work/config.yaml"; }
mkdir -p "$prefix/etc/greengrass/config.d"
cp "$work/config.yaml" "$prefix/etc/greengrass/config.d/greengrass-fleet.yaml"
# The daemons of nucleus lite run as their own user and read it.
chmod 644 "$prefix/etc/greengrass/config.d/greengrass-fleet.yaml"

# What an earlier try left in the database wins over the file, and a left socket stops the tool.
systemctl stop greengrass-lite.target || true
rm -f "$state/config.db" "$prefix/run/greengrass/iotcoredfleet"
systemctl start greengrass-lite.target
fleet-provisioning || fail "Provisioning failed. Look into: journalctl -t fleet-provisioning"
# The core reports only after a restart.
systemctl restart greengrass-lite.target
[ -s "$credentials/certificate.pem" ] || fail "fleet-provisioning ended, but $credentials/certificate.pem is not there."
test_credentials
