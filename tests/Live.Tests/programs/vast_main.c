// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

static volatile int g_vast;

int main(void)
{
    for (int i = 0; i < 100; i++)
        g_vast = i;
    return 0;
}
