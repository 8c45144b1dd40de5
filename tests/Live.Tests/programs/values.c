/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Values of every type, each written twice; the test knows them. */
#include <stdbool.h>
#include <stdint.h>

#include "own.h"

enum phase { PHASE_IDLE, PHASE_BUSY, PHASE_DONE = 7 };

struct point {
    short x, y;
};

volatile int8_t g_tiny = -1;
volatile uint64_t g_large;
volatile float g_ratio;
volatile double g_price;
volatile bool g_open;
volatile enum phase g_phase;
volatile char g_letter = 'a';
int g_numbers[4];
int *volatile g_pointer;
struct point g_point;

int main(void)
{
    g_tiny = 127;
    g_tiny = -128;
    g_large = 18446744073709551615u;
    g_large = 1;
    g_ratio = 0.1f;
    g_ratio = -2.5f;
    g_price = 19.99;
    g_price = 1e300;
    g_open = true;
    g_open = false;
    g_phase = PHASE_BUSY;
    g_phase = PHASE_DONE;
    g_letter = 'z';
    g_letter = '\n';
    g_pointer = &g_numbers[2];
    g_pointer = NULL;
    *(volatile short *)&g_point.x = 258;
    *(volatile short *)&g_point.y = -1;
    fact("rounds", 2);
    return 0;
}
