/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Writes before main: a constructor's, in the program or in a shared library. */
#include "early.h"

volatile long g_early = 5; /* volatile, or clang runs the constructor at compile time */

__attribute__((constructor)) static void first_of_all(void)
{
    g_early = 6; /* @constructor */
}

void write_early(long value)
{
    g_early = value; /* @later */
}
