/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

#ifndef EARLY_H
#define EARLY_H

void write_early(long value);

#endif
