/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * crowd BEFORE DURING AFTER: so many threads are there before "ready"; from "start" on two threads create so many more as
 * fast as they can; at "go" the rest. Then each thread writes once.
 */
#include "target.h"

enum { CREATORS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int open_gate;
static atomic_long written, waiting;

static void *member(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&lock);
    atomic_fetch_add(&waiting, 1);
    while (!open_gate)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    g_watched = atomic_fetch_add(&written, 1) + 1;
    return NULL;
}

static void *create(void *argument)
{
    for (long i = 0; i < (long)(intptr_t)argument; i++) {
        start_thread(member, NULL, 1);
        if (i % 8 == 0)
            usleep(200);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    long before = number(argc, argv, 1, 300), during = number(argc, argv, 2, 400), after = number(argc, argv, 3, 300);
    pthread_t creators[CREATORS];
    begin();
    create((void *)(intptr_t)before);
    say("ready", 0);
    await("start");
    for (int i = 0; i < CREATORS; i++)
        creators[i] = start_thread(create, (void *)(intptr_t)(during / CREATORS), 0);
    await("go");
    for (int i = 0; i < CREATORS; i++)
        pthread_join(creators[i], NULL);
    create((void *)(intptr_t)after);
    long all = before + during / CREATORS * CREATORS + after;
    while (atomic_load(&waiting) < all)
        usleep(1000);
    pthread_mutex_lock(&lock);
    open_gate = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    while (atomic_load(&written) < all)
        usleep(1000);
    usleep(20000); /* the last one has counted before it wrote */
    finish(all);
    return 0;
}
