/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Threads that sleep need not be stopped: where one slept before and after something was done, it has done nothing itself meanwhile.
 */
#ifndef LIVEWATCHER_ASLEEP_H
#define LIVEWATCHER_ASLEEP_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a thread sleeps in a system call, and in none of which a thread or a program may come into being. False also where /proc does not tell. */
bool sleeps(int tgid, int tid);

/* A look at how often a thread has come to run. */
struct runs {
    int fd;
    uint64_t count;
};

/* False where the kernel does not tell. */
bool begin_runs(struct runs *runs, int tgid, int tid);

/* Whether it has not come to run since. */
bool end_runs(struct runs *runs);

#endif
