#!/bin/sh
# Installs the AWS IoT Greengrass nucleus (classic) with the fleet provisioning plugin on this Linux device, and
# proves at the end that the device gets AWS credentials. May be run twice: a device that has its own certificate
# is only tested.
# https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html
set -eu

usage() {
  cat <<'TEXT'
Usage: sudo sh install.sh [options] NAME=VALUE ...

  NAME=VALUE            a parameter of the provisioning template; kit.env lists those that have no value yet
  --root DIR            where Greengrass lives (default /greengrass/v2)
  --nucleus FILE        nucleus zip that is on the device already, instead of a download
  --plugin FILE         fleet provisioning plugin (jar) that is on the device already
  --nucleus-sha256 HEX  expected checksum of the nucleus zip
  --plugin-sha256 HEX   expected checksum of the plugin
  --wait SECONDS        how long to wait for the device's own certificate (default 180)
TEXT
}

say() { printf '%s\n' "$*"; }
fail() { printf 'install: %s\n' "$*" >&2; exit 1; }

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=/greengrass/v2
releases=https://d2s8p88vqu9w66.cloudfront.net/releases
nucleus='' plugin='' nucleus_sha='' plugin_sha='' wait_seconds=180

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
    --root | --nucleus | --plugin | --nucleus-sha256 | --plugin-sha256 | --wait)
      [ $# -ge 2 ] || fail "$1 needs a value."
      case $1 in
        --root) root=$2 ;;
        --nucleus) nucleus=$2 ;;
        --plugin) plugin=$2 ;;
        --nucleus-sha256) nucleus_sha=$2 ;;
        --plugin-sha256) plugin_sha=$2 ;;
        --wait) wait_seconds=$2 ;;
      esac
      shift 2 ;;
    *=*) set_parameter "${1%%=*}" "${1#*=}"; shift ;;
    *) usage >&2; fail "Unknown option: $1" ;;
  esac
done
case $root in /*) ;; *) fail "--root must be an absolute path." ;; esac
case $root in *[!A-Za-z0-9/_.-]*) fail "--root may have letters, digits and / _ . - only." ;; esac
case $wait_seconds in *[!0-9]* | '') fail "--wait must be a number of seconds." ;; esac

[ "$(id -u)" = 0 ] || fail "Run it as root: sudo sh install.sh ..."
for tool in java unzip curl systemctl sed; do
  command -v "$tool" > /dev/null 2>&1 || fail "$tool is missing on this device. Install it, then run this again."
done

# The guide asks for Java 11 or later. https://docs.aws.amazon.com/greengrass/v2/developerguide/greengrass-nucleus-component.html
java_major=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
[ "${java_major:-0}" -ge 11 ] || fail "Java 11 or later is needed; this device has ${java_major:-none}."

test_credentials() {
  thing=$(sed -n 's/^[[:space:]]*thingName:[[:space:]]*"\{0,1\}\([A-Za-z0-9:_-]*\).*/\1/p' "$root/config/effectiveConfig.yaml" 2> /dev/null | head -n 1)
  [ -n "$thing" ] || fail "The device has a certificate, but $root/config/effectiveConfig.yaml names no thing yet. Look into $root/logs/greengrass.log."
  # The answer holds credentials: it goes nowhere, only the status is read.
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 30 \
    --cert "$root/thingCert.crt" --key "$root/privKey.key" --cacert "$root/claim-certs/AmazonRootCA1.pem" \
    --header "x-amzn-iot-thingname: $thing" \
    "https://$KIT_CREDENTIAL_ENDPOINT/role-aliases/$KIT_ROLE_ALIAS/credentials") || status="no answer (curl $?)"
  case $status in
    200) say "Done: $thing has its own certificate and gets AWS credentials by the role alias $KIT_ROLE_ALIAS." ;;
    400) fail "$thing gets no AWS credentials (400): the role behind $KIT_ROLE_ALIAS is gone or does not trust credentials.iot.amazonaws.com." ;;
    403) fail "$thing gets no AWS credentials (403): its IoT policy lacks iot:AssumeRoleWithCertificate on the alias $KIT_ROLE_ALIAS." ;;
    *) fail "$thing gets no AWS credentials: $status from $KIT_CREDENTIAL_ENDPOINT. Is port 443 open?" ;;
  esac
}

if [ -s "$root/thingCert.crt" ]; then
  say "This device has its own certificate already: nothing is installed again."
  test_credentials
  exit 0
fi

open=$(grep -o '@[A-Za-z0-9_]*@' "$work/config.yaml" | sort -u | tr -d '@' | tr '\n' ' ' || true)
[ -z "$open" ] || fail "Give a value for each of: $open(for example: sudo sh install.sh ThingName=MyCore-0001)"
sed "s|/greengrass/v2|$root|g" "$work/config.yaml" > "$work/next" && mv "$work/next" "$work/config.yaml"

check_sum() { # file, expected
  actual=$(sha256sum "$1" | cut -d ' ' -f 1)
  [ "$actual" = "$2" ] || fail "The checksum of $1 is $actual, not $2. Nothing was installed."
}
download() { # address, file
  say "Downloading $1"
  curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --output "$2" "$1" || fail "Cannot download $1."
}

if [ -z "$nucleus" ]; then
  nucleus=$work/nucleus.zip
  download "$releases/greengrass-nucleus-latest.zip" "$nucleus"
fi
if [ -n "$nucleus_sha" ]; then
  check_sum "$nucleus" "$nucleus_sha"
else
  # AWS signs the zip. https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html
  command -v jarsigner > /dev/null 2>&1 || fail "jarsigner (of a JDK) is missing, so the nucleus cannot be verified. Install a JDK or give --nucleus-sha256."
  jarsigner -verify "$nucleus" 2>&1 | grep -q '^jar verified' || fail "The signature of the nucleus is not valid. Nothing was installed."
fi
if [ -z "$plugin" ]; then
  plugin=$work/aws.greengrass.FleetProvisioningByClaim.jar
  download "$releases/aws-greengrass-FleetProvisioningByClaim/fleetprovisioningbyclaim-latest.jar" "$plugin"
fi
if [ -n "$plugin_sha" ]; then
  check_sum "$plugin" "$plugin_sha"
else
  unzip -tqq "$plugin" > /dev/null || fail "The plugin is not a whole jar file. Nothing was installed."
fi
case $plugin in *.jar) ;; *) fail "The installer takes a plugin whose name ends in .jar only: $plugin" ;; esac

getent group ggc_group > /dev/null || groupadd --system ggc_group
getent passwd ggc_user > /dev/null || useradd --system --create-home --gid ggc_group ggc_user

# The folder above the root must be 755, or components of ggc_user cannot be reached.
mkdir -p "$root"
chmod 755 "$(dirname -- "$root")"
mkdir -p "$root/claim-certs"
chmod 700 "$root/claim-certs"
for file in claim.pem.crt claim.private.pem.key AmazonRootCA1.pem; do
  [ -s "$here/claim-certs/$file" ] || fail "claim-certs/$file is missing in the kit."
  (umask 077 && cp "$here/claim-certs/$file" "$root/claim-certs/$file")
  chmod 600 "$root/claim-certs/$file"
done

unzip -qq "$nucleus" -d "$work/installer"
version=$(java -jar "$work/installer/lib/Greengrass.jar" --version 2> /dev/null | sed -n 's/.*v\([0-9][0-9.]*\).*/\1/p' | head -n 1)
[ -z "$version" ] || { sed "s|version: \"[0-9.]*\"|version: \"$version\"|" "$work/config.yaml" > "$work/next" && mv "$work/next" "$work/config.yaml"; }
java -Droot="$root" -Dlog.store=FILE -jar "$work/installer/lib/Greengrass.jar" \
  --trusted-plugin "$plugin" --init-config "$work/config.yaml" \
  --component-default-user ggc_user:ggc_group --setup-system-service true

# The installer prints success even where provisioning failed: only the device's certificate tells.
say "Waiting for the device's own certificate ..."
waited=0
until [ -s "$root/thingCert.crt" ] && grep -q 'thingName: *"\{0,1\}[A-Za-z0-9]' "$root/config/effectiveConfig.yaml" 2> /dev/null; do
  [ "$waited" -lt "$wait_seconds" ] || fail "No certificate after $wait_seconds seconds. Look into $root/logs/greengrass.log."
  sleep 1
  waited=$((waited + 1))
done
test_credentials
