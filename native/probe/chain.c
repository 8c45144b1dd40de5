/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Threads of which each writes once, starts the next and ends: whoever arms by looking for threads comes too late.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "orders.h"

#define LINK_STACK_BYTES (128 << 10)

/* Not on a stack: when patience ends, links may still be running. A late one finds its own round over and stops. */
static struct {
    struct lw_probe_page *page;
    uint32_t left;
    uint32_t stop;
    sem_t done;
} chain;

static int start_link(void);

static void *link_main(void *unused)
{
    (void)unused;
    chain.page->word = chain.left;
    __atomic_fetch_add(&chain.page->writes, 1, __ATOMIC_RELAXED);
    int error = 0;
    if (--chain.left > 0 && !__atomic_load_n(&chain.stop, __ATOMIC_ACQUIRE) && (error = start_link()) == 0)
        return NULL;
    chain.page->error = error;
    sem_post(&chain.done);
    return NULL;
}

static int start_link(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, LINK_STACK_BYTES);
    int error = pthread_create(&thread, &attributes, link_main, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

void probe_chain(struct lw_probe_page *page, const struct lw_probe_order *order)
{
    chain.page = page;
    chain.left = order->count;
    chain.stop = 0;
    sem_init(&chain.done, 0, 0);
    if (order->count == 0 || (page->error = start_link()) != 0)
        return;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += order->patience_ms / 1000;
    until.tv_nsec += (long)(order->patience_ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int waited;
    while ((waited = sem_timedwait(&chain.done, &until)) != 0 && errno == EINTR)
        continue;
    if (waited == 0)
        return;
    /* The link that runs now is the last one, and it is waited for: nothing may write once we have answered. */
    __atomic_store_n(&chain.stop, 1, __ATOMIC_RELEASE);
    while (sem_wait(&chain.done) != 0 && errno == EINTR)
        continue;
}
