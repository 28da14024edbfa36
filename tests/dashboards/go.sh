#!/usr/bin/env bash
# Builds what the live tests need and Debian does not have: Jaeger, and a reader of Alloy's language. Nothing is installed.
#   tests/dashboards/go.sh FOLDER [COMMAND...]   runs the command with the programs on its PATH
set -euo pipefail

# The newest Jaeger that can be built from its module (2.13; the image has a newer one), and the parser of Alloy.
jaeger=github.com/jaegertracing/jaeger/cmd/jaeger@v1.76.0
alloy=github.com/grafana/alloy/syntax@v0.1.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift

build() { # build MODULE PACKAGE PROGRAM [SOURCE] : in a module of its own, which takes the versions that MODULE asks for
    local module=$folder/$3
    [ ! -e "$folder/bin/$3" ] || return 0
    mkdir -p "$module"
    [ $# -lt 4 ] || cp "$4" "$module/main.go"
    (
        cd "$module"
        [ -e go.mod ] || go mod init live-tests
        go get "$1"
        go build -p 2 -o "$folder/bin/$3" "$2"
    )
}

if command -v go >/dev/null; then
    build "$alloy" . alloycheck "$here/alloycheck.go"
    build "$jaeger" "${jaeger%@*}" jaeger
else
    echo "no Go here: traces in Jaeger and the syntax of logs.alloy will not be tried" >&2
fi
PATH="$folder/bin:$PATH" exec "$@"
