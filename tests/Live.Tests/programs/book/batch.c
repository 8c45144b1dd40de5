/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* batch: counts to 100,000, slowly enough that it does not outrun whoever kills it. */
#include <unistd.h>

volatile long g_counter;

int main(void)
{
    for (int i = 0; i < 100000; i++) {
        g_counter++;
        if (i % 16 == 0)
            usleep(1000);
    }
    return 0;
}
