#!/usr/bin/env bash
# Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
#
# run.sh BINARY: makes recordings, has BINARY make pages of them, and looks at these in a headless Chromium. Prints "PASS name" or
# "FAIL name: reason" for each test. LW_ACCEPT=1 writes the reference screenshots anew.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(readlink -f "$1")
here=tests/Browser
work=artifacts/browser
load=artifacts/bin/Livewatcher.Recording.Load/release/Livewatcher.Recording.Load
mkdir -p "$work"

# npm works beside the sources, not among them, and only when what it is to install has changed.
if ! cmp -s $here/package-lock.json $work/package-lock.json || [ ! -e $work/node_modules/.done ]; then
  cp $here/package.json $here/package-lock.json $here/.npmrc $work/
  (cd $work && npm ci --ignore-scripts --loglevel=error >/dev/null)
  touch $work/node_modules/.done
fi

rm -f $work/*.lwr $work/*.html
"$load" $work/scene.lwr --scene $here/scene
"$load" $work/million.lwr 1000000 0 >/dev/null
for name in scene million; do
  "$binary" report $work/$name.lwr --format html --output $work/$name.html
done
cp $here/*.mjs $work/
cd $work
exec node main.mjs "$OLDPWD/$here/screenshots" "$OLDPWD/$work"
