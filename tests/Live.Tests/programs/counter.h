/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Two counters that many threads change: one under a mutex, one atomically. counter.c is linked in or a shared library. */
#ifndef COUNTER_H
#define COUNTER_H

void add_one(void);
void add_atomic(void);

#endif
