/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* reach CYCLES WRITES: sets a watch while threads run, yield, sleep, block all signals, block SIGTRAP, and start each other one after the
 * other. Once it is set each of the six, and one of the chain, writes so many times; between two watches as well. Says how often
 * g_reached was written while it was watched for sure, how often a handler of its own ran, and how many threads the chain had. */
#include <livewatcher.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "own.h"

enum kind {
    RUNS,
    YIELDS,
    SLEEPS,
    NAPS,
    DEAF,
    WITHOUT_TRAPS,
    KINDS,
};

static volatile long g_reached;
static long ready, phase, done, chain_phase, links, last_phase, writes;
static volatile sig_atomic_t handled;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t next = PTHREAD_COND_INITIALIZER;

NOINLINE static void write_reached(long value)
{
    g_reached = value; /* @write_reached */
}

static void write_all(void)
{
    for (long i = 0; i < writes; i++)
        write_reached(i);
    __atomic_add_fetch(&done, 1, __ATOMIC_ACQ_REL);
}

static long phase_now(void)
{
    return __atomic_load_n(&phase, __ATOMIC_ACQUIRE);
}

static void await_phase(enum kind kind, long wanted)
{
    if (kind == SLEEPS || kind == DEAF) {
        pthread_mutex_lock(&lock);
        while (phase_now() < wanted)
            pthread_cond_wait(&next, &lock);
        pthread_mutex_unlock(&lock);
    }
    while (phase_now() < wanted) {
        if (kind == NAPS)
            usleep(300);
        else if (kind != RUNS)
            sched_yield();
    }
}

static void *work(void *argument)
{
    enum kind kind = (enum kind)(long)argument;
    sigset_t blocked;
    sigemptyset(&blocked);
    if (kind == DEAF)
        sigfillset(&blocked);
    if (kind == WITHOUT_TRAPS)
        sigaddset(&blocked, SIGTRAP);
    must(setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 5) == 0, "setpriority"); /* the listener shall get its turn */
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    __atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
    for (long i = 1; i <= last_phase; i++) {
        await_phase(kind, i);
        write_all();
    }
    return NULL;
}

/* One thread of the chain: its turn, its successor, its end. */
static void *link_of_chain(void *argument)
{
    long now = phase_now();
    __atomic_add_fetch(&links, 1, __ATOMIC_RELAXED);
    if (chain_phase < now) { /* one at a time: the successor starts afterwards */
        chain_phase = now;
        write_all();
    }
    if (chain_phase == last_phase)
        return argument;
    usleep(100);
    pthread_t successor;
    must(pthread_create(&successor, NULL, link_of_chain, argument) == 0, "pthread_create");
    pthread_detach(successor);
    return argument;
}

static void on_user_signal(int signal)
{
    (void)signal;
    handled++;
}

static void let_all_write(void)
{
    __atomic_store_n(&done, 0, __ATOMIC_RELAXED);
    pthread_mutex_lock(&lock);
    __atomic_add_fetch(&phase, 1, __ATOMIC_ACQ_REL);
    pthread_cond_broadcast(&next);
    pthread_mutex_unlock(&lock);
    while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < KINDS + 1)
        usleep(500);
}

int main(int argc, char **argv)
{
    pthread_t all[KINDS], first;
    long cycles = argument(argc, argv, 1, 3);
    writes = argument(argc, argv, 2, 5);
    last_phase = 2 * cycles;
    for (int n = SIGRTMIN; n <= SIGRTMAX - 1; n++)
        signal(n, on_user_signal);
    fact("active", lw_active());
    for (long i = 0; i < KINDS; i++)
        pthread_create(&all[i], NULL, work, (void *)i);
    pthread_create(&first, NULL, link_of_chain, NULL);
    pthread_detach(first);
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < KINDS)
        usleep(500);
    for (long cycle = 0; cycle < cycles; cycle++) {
        int watcher = lw_watch((void *)&g_reached, sizeof(g_reached), LW_MODE_W, "g_reached");
        must(watcher >= 0, "lw_watch");
        let_all_write();
        must(free_watcher(watcher) >= 0, "free_watcher");
        let_all_write();
    }
    for (int i = 0; i < KINDS; i++)
        pthread_join(all[i], NULL);
    fact("watched", cycles * writes * (KINDS + 1));
    fact("handled", handled);
    fact("links", links);
    return 0;
}
