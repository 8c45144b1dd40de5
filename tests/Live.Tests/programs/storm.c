/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* storm [N]: a thread writes g_main N times while another sends it SIGUSR1 all the time; the handler writes g_handler. */
#include <pthread.h>
#include <signal.h>

#include "own.h"

static volatile long g_main, g_handler;
static volatile sig_atomic_t done;
static pthread_t writer;

static void on_signal(int signal)
{
    (void)signal;
    g_handler = g_handler + 1; /* @handler */
}

static void *send_signals(void *nothing)
{
    while (!done)
        pthread_kill(writer, SIGUSR1);
    return nothing;
}

NOINLINE static void write_main(long value)
{
    g_main = value; /* @write_main */
}

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 1, 3000);
    pthread_t sender;
    struct sigaction action = { .sa_handler = on_signal };
    must(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
    writer = pthread_self();
    must(pthread_create(&sender, NULL, send_signals, NULL) == 0, "pthread_create");
    for (long i = 1; i <= rounds; i++)
        write_main(i);
    done = 1;
    pthread_join(sender, NULL);
    fact("hits g_main", rounds);
    fact("hits g_handler", g_handler);
    return 0;
}
