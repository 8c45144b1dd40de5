/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

static volatile int g_vast;

int main(void)
{
    for (int i = 0; i < 100; i++)
        g_vast = i;
    return 0;
}
