#!/bin/bash
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
#
# fetch-kernel.sh [--backports] DIR [PACKAGE]: Debian's stock kernel (linux-image-amd64, or another meta package), unpacked under DIR and
# never installed (the host's /boot stays as it is): vmlinuz, config, and modules/, the few that a machine needs to see the
# host's files. Prints the folder on standard output, and one line a step on standard error.
# A version fetched before is used again; where the index names none, the newest one fetched before. --backports: from the
# backports of the release, at the place that apt has this machine's release from; apt's own settings stay as they are.
set -euo pipefail

backports=
[ "${1:-}" != --backports ] || { backports=yes; shift; }

directory=${1:?usage: fetch-kernel.sh DIR [PACKAGE]}
meta=${2:-linux-image-amd64}
mkdir -p "$directory"

# In the order of loading: what each needs stands before it.
modules='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk netfs fscache 9pnet 9pnet_virtio 9p overlay'

say() { echo "vm: $*" >&2; }

# Options of apt, whose lists are another place's for backports.
apt=(-o APT::Sandbox::User=root)
scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
if [ -n "$backports" ]; then
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    # Where "main" of the release itself is fetched from.
    site=$(apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT) $(CREATED_BY)' |
        sed -n "s/ $release main Packages$//p" | head -n 1)
    [ -n "$site" ] || { say "apt names no place of $release/main"; exit 1; }
    lists=$(readlink -f "$directory")/backports
    mkdir -p "$lists/state/partial" "$lists/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $release-backports main" >"$lists/sources.list"
    apt+=(-o "Dir::Etc::sourcelist=$lists/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::lists=$lists/state" -o "Dir::Cache=$lists/cache")
fi

# "NAME VERSION" of the release's current kernel: what the meta package's candidate depends on.
current() {
    apt-cache "${apt[@]}" show --no-all-versions "$meta" 2>/dev/null |
        sed -n 's/^Depends: \(linux-image-[^ ]*\) (= \([^)]*\)).*/\1 \2/p' | head -n 1
}

folder() { echo "$directory/$1_${2//[:\/]/_}"; }

read -r image version <<<"$(current)" || true
if [ -z "$image" ] && [ "$(id -u)" = 0 ]; then
    say "updating the package index"
    apt-get -qq "${apt[@]}" update >&2 || true
    read -r image version <<<"$(current)" || true
fi
if [ -z "$image" ] && [ -n "$backports" ]; then
    say "no backports can be had"
    exit 1
fi
if [ -z "$image" ]; then
    cached=$(find "$directory" -mindepth 2 -maxdepth 2 -path "*/linux-image-*[0-9]-${meta#linux-image-}_*/vmlinuz" ! -path '*~bpo*' | sort -V | tail -n 1)
    [ -n "$cached" ] || { say "no package index names $meta, and no kernel was fetched before"; exit 1; }
    say "$(basename "$(dirname "$cached")") (fetched before; no package index names a newer one)"
    dirname "$cached"
    exit 0
fi

if [ "$(cat "$(folder "$image" "$version")/modules/list" 2>/dev/null)" = "$modules" ]; then
    folder "$image" "$version"
    exit 0
fi

# All work happens in a scratch folder that is renamed at the end: an interrupted run leaves no half kernel.
scratch=$(mktemp -d "$directory/.fetch.XXXXXX")
download() { (cd "$scratch" && apt-get -qq "${apt[@]}" download "$image=$version" >&2); }
if ! download; then
    say "the package index is out of date; updating it"
    apt-get -qq "${apt[@]}" update >&2
    read -r image version <<<"$(current)"
    download
fi
dpkg-deb -x "$scratch"/*.deb "$scratch/tree"
mkdir -p "$scratch/done/modules"
cp "$scratch"/tree/boot/vmlinuz-* "$scratch/done/vmlinuz"
cp "$scratch"/tree/boot/config-* "$scratch/done/config"
number=10
for module in $modules; do
    # What is built in, or not known by that name to this version, has no file.
    file=$(find "$scratch/tree/lib/modules" -name "$module.ko" -o -name "$module.ko.xz" | head -n 1)
    case $file in
        *.xz) xz -dc "$file" >"$scratch/done/modules/$number-$module.ko" ;;
        ?*) cp "$file" "$scratch/done/modules/$number-$module.ko" ;;
    esac
    number=$((number + 1))
done
echo "$modules" >"$scratch/done/modules/list"
rm -rf "$(folder "$image" "$version")"
mv "$scratch/done" "$(folder "$image" "$version")"
say "kernel $image $version downloaded and unpacked"
folder "$image" "$version"
