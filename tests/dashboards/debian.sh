#!/usr/bin/env bash
# Unpacks Prometheus and what the live tests need beside it from Debian's packages. Nothing is installed, nothing starts.
#   tests/dashboards/debian.sh FOLDER [COMMAND...]   runs the command with the programs on its PATH
set -euo pipefail

folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
packages=(prometheus prometheus-alertmanager prometheus-postgres-exporter prometheus-redis-exporter
    redis-server redis-tools libjemalloc2 liblzf1)

if [ ! -e "$folder/complete" ]; then
    command -v apt-get >/dev/null || { echo "no apt-get here: the live tests will be skipped" >&2; exec "$@"; }
    apt-cache show prometheus >/dev/null 2>&1 || apt-get update -q
    # In some releases a package of its own, in others a part of prometheus.
    ! apt-cache show promtool >/dev/null 2>&1 || packages+=(promtool)
    (cd "$folder" && apt-get download -q "${packages[@]}")
    for package in "$folder"/*.deb; do
        dpkg -x "$package" "$folder"
    done
    mkdir -p "$folder/lib"
    find "$folder/usr/lib" -name '*.so.*' -exec cp --no-dereference {} "$folder/lib" \;
    touch "$folder/complete"
fi
export PATH="$folder/usr/bin:$PATH" LD_LIBRARY_PATH="$folder/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$@"
