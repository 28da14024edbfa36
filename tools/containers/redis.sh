#!/bin/sh
# What compose files rely on of the official image's entrypoint: root owns nothing, the network decides who may ask.
set -eu

[ "${1:-}" = redis-server ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  chown -R redis .
  exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi
exec "$@" --protected-mode no
