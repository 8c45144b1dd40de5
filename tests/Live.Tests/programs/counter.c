/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

#include "counter.h"

/* Not static, so that a shared library reaches them through its global offset table. */
long g_counter;
long g_atomic;

__attribute__((noinline)) void add_one(void)
{
    g_counter++; /* @add_one */
}

__attribute__((noinline)) void add_atomic(void)
{
    __atomic_fetch_add(&g_atomic, 1, __ATOMIC_SEQ_CST); /* @add_atomic */
}
