/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 * What the recording of the browser's tests is said to be of. Its comments are as hostile as a program's can be:
 * </script><script>document.title = "owned"</script> <!-- <img src=x onerror="document.title='owned'"> */
#include <pthread.h>
#include <string.h>

struct queue {
    int len;
    struct item *head;
};

enum state { STARTING, RUNNING, DRAINING, STOPPED };

static struct queue g_queue;
static enum state g_state;

static void push(struct queue *q, struct item *item) {
    item->next = q->head;
    q->head = item;
    q->len++; /* under the lock, as it should be */
}

static struct item *pop(struct queue *q) {
    struct item *item = q->head;
    q->head = item->next;
    q->len--;
    return item;
}

static void reset_stats(void) {
    /* One element too many: it takes the queue's length along. */
    memset(&g_stats, 0xff, sizeof g_stats + sizeof(int)); /* </script> & "quoted" */
}

static void *worker(void *argument) {
    for (;;) {
        pthread_mutex_lock(&g_lock);
        if (next_is_push())
            push(&g_queue, make_item());
        else
            free_item(pop(&g_queue));
        pthread_mutex_unlock(&g_lock);
    }
}
