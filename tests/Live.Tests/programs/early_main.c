/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

#include "early.h"
#include "own.h"

int main(void)
{
    write_early(7);
    fact("hits g_early", 2);
    return 0;
}
