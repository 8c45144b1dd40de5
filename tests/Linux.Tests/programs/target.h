/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A watched program talks to its test over standard input and output: it says "NAME VALUE", the test says one word a
 * line. It counts its writes itself, and knows nothing of debug registers but this: on some virtual machines a debug
 * exception now and then arrives without its cause and the kernel sends a SIGTRAP (TRAP_BRKPT) instead of counting a hit.
 * Compiled with CATCH_STRAYS it counts those too, so that hits and strays together are the writes.
 */
#ifndef TARGET_H
#define TARGET_H

#define _GNU_SOURCE

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_long strays;
static _Alignas(64) volatile long g_watched;

#ifdef CATCH_STRAYS
static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    if (info->si_code != TRAP_BRKPT)
        _exit(98);
    atomic_fetch_add(&strays, 1);
}
#endif

static inline void say(const char *name, long value)
{
    printf("%s %ld\n", name, value);
    fflush(stdout);
}

static inline void must(int condition, const char *what)
{
    if (!condition) {
        perror(what);
        exit(99);
    }
}

static inline void begin(void)
{
#ifdef CATCH_STRAYS
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_RESTART};
    must(sigaction(SIGTRAP, &action, NULL) == 0, "sigaction");
#endif
    say("address", (long)(uintptr_t)&g_watched);
}

/* Waits until the test says this word; ends with it. */
static inline void await(const char *word)
{
    static char line[64];
    do {
        if (!fgets(line, sizeof(line), stdin))
            exit(0);
        line[strcspn(line, "\n")] = 0;
    } while (strcmp(line, word) != 0);
}

static inline void finish(long writes)
{
    say("strays", atomic_load(&strays));
    say("writes", writes);
    await("end");
}

static inline long number(int argc, char **argv, int at, long otherwise)
{
    return argc > at ? strtol(argv[at], NULL, 10) : otherwise;
}

static inline pthread_t start_thread(void *(*body)(void *), void *argument, int detached)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    if (detached)
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    must(pthread_create(&thread, &attributes, body, argument) == 0, "pthread_create");
    pthread_attr_destroy(&attributes);
    return thread;
}

#endif
