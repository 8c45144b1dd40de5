/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* A second file-static "state", beside that of kinds.c. */
#include "own.h"

void write_other(long rounds);

static volatile int state;

void write_other(long rounds)
{
    for (long i = 1; i <= rounds; i++)
        state = (int)i; /* @state */
}
