#!/usr/bin/env bash
# Runs a command with Debian's Chromium and its driver; installs them first, where they are missing and may be installed.
#   tests/clients/browser/chromium.sh COMMAND...
set -euo pipefail

if ! command -v chromedriver >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-cache show chromium-driver >/dev/null 2>&1 || apt-get update -q
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium chromium-driver
    else
        echo "no chromedriver here, and no right to install it: the tests in a browser will be SKIPPED" >&2
    fi
fi
exec "$@"
