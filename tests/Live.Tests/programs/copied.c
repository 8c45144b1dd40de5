/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* A library's global of which a program that is not position-independent has its own copy (R_X86_64_COPY). */
long g_copied = 1;

void change_copied(void)
{
    g_copied++; /* @change_copied */
}
