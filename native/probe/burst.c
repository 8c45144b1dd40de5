/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * As many writes as fast as possible, by the main thread, which was there at arming, and by one that has come since.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "orders.h"

struct writer {
    struct lw_probe_page *page;
    uint32_t count;
    uint32_t batch;
    uint64_t deadline;
    bool timed;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void *write_all(void *argument)
{
    const struct writer *w = argument;
    struct lw_probe_page *page = w->page;
    uint64_t before = now_ns();
    for (uint32_t done = 0; done < w->count && before < w->deadline;) {
        uint32_t batch = w->count - done < w->batch ? w->count - done : w->batch;
        for (uint32_t i = 0; i < batch; i++)
            page->word = ++done;
        __atomic_fetch_add(&page->writes, batch, __ATOMIC_RELAXED);
        uint64_t after = now_ns();
        if (w->timed && page->batches < LW_PROBE_BATCHES)
            page->batch_ns[page->batches++] = after - before;
        before = after;
    }
    return NULL;
}

void probe_burst(struct lw_probe_page *page, const struct lw_probe_order *order)
{
    if (order->batch == 0 || order->threads < 1 || order->threads > 2) {
        page->error = EINVAL;
        return;
    }
    struct writer first = {.page = page,
                           .count = order->count / order->threads,
                           .batch = order->batch,
                           .deadline = now_ns() + (uint64_t)order->patience_ms * 1000000u,
                           .timed = true};
    struct writer second = first;
    second.count = order->count - first.count;
    second.timed = false;
    pthread_t thread;
    if (order->threads == 2 && (page->error = pthread_create(&thread, NULL, write_all, &second)) != 0)
        return;
    write_all(&first);
    if (order->threads == 2)
        pthread_join(thread, NULL);
}
