/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Which processor a thread runs on. */
#ifndef CPUS_H
#define CPUS_H

#include <sched.h>

#include "own.h"

static inline void bind_to(int cpu)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    must(sched_setaffinity(0, sizeof(cpus), &cpus) == 0, "sched_setaffinity");
}

#endif
