/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* dozing WRITES: threads that sleep in system calls which no signal restarts (signal(7)), while the first one writes g_written WRITES times, 2 ms apart, and then
   waits for its watcher to go. Whoever is woken before the end says so. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "own.h"

static volatile long g_written;
static atomic_long disturbed;
static int over; /* eventfd(2) */

NOINLINE static void write_it(long value)
{
    g_written = value; /* @write_it */
}

static void *in_epoll(void *unused)
{
    struct epoll_event wanted = {.events = EPOLLIN}, got;
    int queue = epoll_create1(0), count;
    must(queue >= 0 && epoll_ctl(queue, EPOLL_CTL_ADD, over, &wanted) == 0, "epoll");
    while ((count = epoll_wait(queue, &got, 1, -1)) != 1) {
        must(count < 0 && errno == EINTR, "epoll_wait");
        atomic_fetch_add(&disturbed, 1);
    }
    return unused;
}

static void *in_sigtimedwait(void *unused)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    while (sigwaitinfo(&set, NULL) != SIGUSR1) {
        must(errno == EINTR, "sigwaitinfo");
        atomic_fetch_add(&disturbed, 1);
    }
    return unused;
}

int main(int argc, char **argv)
{
    long writes = argument(argc, argv, 1, 100);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    must((over = eventfd(0, 0)) >= 0, "eventfd");
    pthread_t one, other;
    must(pthread_create(&one, NULL, in_epoll, NULL) == 0 && pthread_create(&other, NULL, in_sigtimedwait, NULL) == 0, "pthread_create");
    usleep(50000); /* asleep by then */
    gate();
    for (long i = 1; i <= writes; i++) {
        write_it(i);
        usleep(2000);
    }
    while (!second_gate_is_open())
        usleep(10000);
    fact("disturbed", atomic_load(&disturbed));
    must(eventfd_write(over, 1) == 0, "eventfd_write");
    pthread_kill(other, SIGUSR1);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    fact("hits g_written", writes);
    return 0;
}
