/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

#include "own.h"

extern long g_copied;
void change_copied(void);

int main(void)
{
    long written = 0;
    for (; written < 100; written++)
        change_copied();
    must(g_copied == 1 + written, "g_copied is not shared");
    fact("hits g_copied", written);
    return 0;
}
