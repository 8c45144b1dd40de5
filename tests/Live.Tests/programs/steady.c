/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* steady [MICROSECONDS] [SECONDS]: writes g_steady, with a pause between two writes or none, until SIGTERM
   or until the time is over. Says how often. */
#include <signal.h>
#include <time.h>

#include "own.h"

static volatile long g_steady;
static volatile sig_atomic_t asked_to_end;

static void on_term(int signal)
{
    asked_to_end = signal;
}

NOINLINE static void write_steady(long value)
{
    g_steady = value; /* @write_steady */
}

int main(int argc, char **argv)
{
    long pause = argument(argc, argv, 1, 1000), written = 0;
    time_t end = time(NULL) + argument(argc, argv, 2, 60);
    signal(SIGTERM, on_term);
    fact_address("g_steady", &g_steady);
    puts("ready");
    fflush(stdout);
    while (!asked_to_end && time(NULL) < end) {
        write_steady(++written);
        if (pause > 0)
            usleep((useconds_t)pause);
    }
    fact("written", written);
    return 0;
}
