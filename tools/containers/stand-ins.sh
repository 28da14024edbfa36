#!/usr/bin/env bash
# The container tests where no registry can be reached: an engine, and stand-ins for the pinned images, from Debian's
# packages. An engine that answers and images that are there or can be pulled are used as they are.
#
#   stand-ins.sh engine           have an engine with Compose and Buildx (makes one as root on Debian)
#   stand-ins.sh images NAME...   have these images
#   stand-ins.sh list             the names it knows
#
# INDEX_SHIM may name a folder with a sitecustomize.py that Python needs for the package index of this machine.
# Exit code: 69 where there can be no engine. For the tests:
#   CONTAINERS_SH=$PWD/tools/containers/stand-ins.sh make test-all ARGS=tests/containers
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly store=${STAND_INS_FOLDER:-/var/lib/stand-ins}
readonly suite=forky # has all but the older interpreters; its packages are unpacked, nothing of this machine replaced

say() { printf '%s\n' "$*" >&2; }
none() {
    say "no engine: $*"
    exit 69
}

# ------------------------------------------------------------------------------------------------- packages of Debian
source_of() { # source_of SUITE : its line for apt, at the mirror that this machine uses
    local own mirror
    own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    # shellcheck disable=SC2016  # apt's own variables
    mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
        sed -n "s/^$own //p" | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian/} $1 main"
}

unpack() { # unpack SUITE FOLDER PACKAGE... : without installing them
    local from=$1 to=$2 lists=$store/apt-$1 debs
    shift 2
    mkdir -p "$lists/state/lists/partial" "$lists/cache/archives/partial" "$to"
    source_of "$from" >"$lists/sources.list"
    cat >"$lists/apt.conf" <<EOF
Dir::State "$lists/state";
Dir::Cache "$lists/cache";
Dir::Etc::SourceList "$lists/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Sandbox::User "root";
Acquire::Languages "none";
EOF
    debs=$(mktemp -d)
    APT_CONFIG=$lists/apt.conf apt-get update -qq
    (cd "$debs" && APT_CONFIG=$lists/apt.conf apt-get download -qq "${@/%//$from}")
    find "$debs" -name '*.deb' -exec dpkg-deb -x {} "$to" \;
    rm -rf "$debs"
}

have_package() { # have_package NAME : installed, or installed now
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' ||
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$1" >/dev/null
}

# --------------------------------------------------------------------------------------------------------- the engine
answers() { docker version >/dev/null 2>&1 && docker compose version >/dev/null 2>&1 && docker buildx version >/dev/null 2>&1; }

engine() {
    local bin=$store/engine/bin root=$store/engine/root plugins=/usr/local/libexec/docker/cli-plugins
    if answers; then
        return
    fi
    [ "$(id -u)" = 0 ] || none "an engine can only be made by root"
    command -v apt-get >/dev/null || none "an engine is made of Debian's packages, and there is no apt-get"
    mkdir -p "$store"
    exec 9>"$store/lock"
    flock 9 # a second run waits and finds it done
    if answers; then
        return
    fi
    if [ ! -e "$bin/dockerd" ]; then
        say "unpacking the engine into $store/engine"
        unpack "$suite" "$root" docker.io docker-cli docker-compose docker-buildx containerd runc tini-static ||
            none "Debian's packages cannot be fetched"
        mkdir -p "$bin"
        cp "$root"/usr/bin/{docker,containerd,containerd-shim-runc-v2} "$root"/usr/sbin/{docker-proxy,runc} "$bin/"
        cp "$root/usr/bin/tini-static" "$bin/docker-init"
        # It links to a newer C library than this machine may have; the machine's own release has one that fits.
        "$bin/runc" --version >/dev/null 2>&1 || { have_package runc && cp "$(command -v runc)" "$bin/runc"; }
        have_package iptables
        mkdir -p "$plugins"
        ln -sf "$root"/usr/libexec/docker/cli-plugins/docker-{compose,buildx} "$plugins/"
        command -v docker >/dev/null || ln -s "$bin/docker" /usr/local/bin/docker
        cp "$root/usr/sbin/dockerd" "$bin/" # last: it says that all is there
    fi
    say "starting dockerd; its log is $store/dockerd.log"
    PATH=$bin:$PATH setsid "$bin/dockerd" "${packet_size[@]}" >"$store/dockerd.log" 2>&1 </dev/null 9>&- &
    for _ in {1..120}; do
        if answers; then
            return
        fi
        sleep 0.25
    done
    tail -n 5 "$store/dockerd.log" >&2
    none "dockerd does not start"
}

# Containers must not send bigger packets than this machine does on its way out.
device=$(awk '$2 == "00000000" { print $1; exit }' /proc/net/route)
mtu=$(cat "/sys/class/net/${device:-lo}/mtu")
readonly packet_size=(--mtu "$mtu" --default-network-opt "bridge=com.docker.network.driver.mtu=$mtu")

# --------------------------------------------------------------------------------------------------------- the images
base() { # base SUITE : a small Debian, with the certificate authorities that this machine trusts besides its own
    local extra=/usr/local/share/ca-certificates all=/etc/ssl/certs/ca-certificates.crt changes=() name dates
    docker image inspect "stand-in-base:$1" >/dev/null 2>&1 && return
    have_package mmdebstrap
    have_package debian-archive-keyring
    for name in SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE; do
        changes+=(--change "ENV $name=$all") # Python's tools bring lists of their own
    done
    dates=$(mktemp) # a mirror of another day: what this machine's apt does about its dates
    apt-config dump | grep '^Acquire::Check-' >"$dates" || :
    say "bootstrapping Debian $1"
    source_of "$1" | mmdebstrap --quiet --variant=minbase --include=busybox,ca-certificates,netbase,tzdata \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook="cp -R $extra/. \"\$1$extra/\" && chroot \"\$1\" update-ca-certificates >/dev/null 2>&1" \
        --customize-hook="cp $dates \"\$1/etc/apt/apt.conf.d/99dates\"" \
        --customize-hook="rm -rf \"\$1\"/var/lib/apt/lists/* && ln -s /bin/busybox \"\$1/usr/local/bin/wget\"" \
        --aptopt="$dates" "$1" - - | docker import "${changes[@]}" - "stand-in-base:$1" >/dev/null
    rm -f "$dates"
}

make() { # make TARGET [SUITE [ARGUMENT=VALUE...]] : the image $name from a target of the Dockerfile
    local target=$1 from=${2:-$suite} argument arguments=()
    shift $(($# < 2 ? $# : 2))
    base "$from"
    for argument in "SUITE=$from" "$@"; do
        arguments+=(--build-arg "$argument")
    done
    if [ -e "${INDEX_SHIM:-}/sitecustomize.py" ]; then
        arguments+=(--build-context "shim=$INDEX_SHIM")
    fi
    docker build --quiet --target "$target" --tag "$name" --label "stand-in=$target" "${arguments[@]}" "$here" >/dev/null
}

program() { # program PACKAGE PATH : an image that is one program of Debian's, at its path in the official image
    make program "$suite" "PACKAGE=$1" "AT=$2"
}

image() {
    local name=$1 index=${PIP_INDEX_URL:-}
    if docker image inspect "$name" >/dev/null 2>&1 || timeout 300 docker pull --quiet "$name" >/dev/null 2>&1; then
        return
    fi
    [ -n "$index" ] || index=$(python3 -m pip config get global.index-url 2>/dev/null || :)
    say "making a stand-in for $name"
    case $name in
        caddy:*) make caddy ;;
        grafana/grafana:*) make grafana && say "it is NOT Grafana: it reads what is provisioned and draws nothing" ;;
        oliver006/redis_exporter:*) program prometheus-redis-exporter /redis_exporter ;;
        postgres:*) make postgres ;;
        prom/alertmanager:*) program prometheus-alertmanager /bin/alertmanager ;;
        prom/prometheus:*) program prometheus /bin/prometheus ;;
        prometheuscommunity/postgres-exporter:*) program prometheus-postgres-exporter /bin/postgres_exporter ;;
        python:3.11*) make python bookworm V=3.11 "INDEX=$index" ;;
        python:3.13*) make python trixie V=3.13 "INDEX=$index" ;;
        python:3.14*) make python forky V=3.14 "INDEX=$index" ;;
        redis:*) make redis ;;
        *)
            say "there is no stand-in for $name"
            return 1
            ;;
    esac
}

case ${1:-} in
    engine) engine ;;
    images)
        shift
        for each in "$@"; do
            image "$each"
        done
        ;;
    list) sed -nE 's/^ +([a-z0-9_/-]+:[0-9.]*\*)\) .*/\1/p' "${BASH_SOURCE[0]}" ;;
    *)
        sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
        exit 64
        ;;
esac
