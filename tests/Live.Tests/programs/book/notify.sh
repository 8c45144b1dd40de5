#!/bin/sh
# Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
# What --on-hit exec starts.
echo "$LIVEWATCHER_WATCH is $LIVEWATCHER_NEW" >>notified.txt
