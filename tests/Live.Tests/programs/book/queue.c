/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* The queue, and channels. */
#include <stdlib.h>

#include "server.h"

enum { CLOSED, OPEN, BUSY };

struct queue q;

/* How many there have been. */
static long channels;

static void push(struct queue *queue, struct item *item)
{
    queue->items[queue->tail % 8] = item;
    queue->tail++;
    queue->len++;
}

static struct item *pop(struct queue *queue)
{
    struct item *item = queue->items[queue->head % 8];
    queue->head++;
    queue->len--;
    return item;
}

static struct channel *open_channel(void)
{
    struct channel *channel = malloc(sizeof *channel);
    channel->number = ++channels;
    channel->state = CLOSED;
    return channel;
}

static void use(struct channel *channel)
{
    channel->state = OPEN;
    channel->state = BUSY;
    channel->state = CLOSED;
}

static void close_channel(struct channel *channel)
{
    free(channel);
}

void run_channels(void)
{
    struct channel *first = open_channel();
    struct channel *second = open_channel();
    use(first);
    use(second);
    close_channel(first);
    close_channel(second);
}

/* The bug: one more than g_cap. */
static void fill(struct item *items)
{
    for (int i = 0; i <= g_cap; i++)
        push(&q, &items[i]);
}

static void drain(void)
{
    while (q.len > 0)
        pop(&q)->size = 0;
}

/* More than nothing, once they are handed over. */
static int sum(const struct item *items)
{
    int all = 0;
    for (int i = 0; i <= g_cap; i++)
        all += items[i].size;
    return all;
}

/* Gives each item away, and takes it back. */
static void hand_over(struct item *items)
{
    for (int i = 0; i <= g_cap; i++) {
        struct item *item = &items[i];
        int before = item->owner;
        item->size = i; /* line 88 */
        item->owner = i + 1;
        item->owner = before;
    }
}

void run_queue(void)
{
    static struct item items[8];
    fill(items);
    hand_over(items);
    if (sum(items) > 0)
        drain();
}
