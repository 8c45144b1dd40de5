/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A server in miniature with a known bug. Four workers take and drop references to sessions, correctly and under a lock.
 * A fifth thread renames sessions now and then, and once a name is longer than its buffer: the copy runs on into the
 * neighbouring field. Nothing crashes there; much later a session looks referenced for ever.
 *
 * Find it: livewatcher run --watch 'g_sessions[3].refcnt' --source -- samples/overrun/overrun
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct session {
    char name[12];
    int refcnt;
};

struct session g_sessions[8];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void take(struct session *s)
{
    pthread_mutex_lock(&lock);
    s->refcnt++;
    pthread_mutex_unlock(&lock);
}

static void drop(struct session *s)
{
    pthread_mutex_lock(&lock);
    s->refcnt--;
    pthread_mutex_unlock(&lock);
}

static void copy_name(char *to, const char *from)
{
    while (*from)
        *to++ = *from++; /* no bound: this is the bug */
}

static void *work(void *unused)
{
    (void)unused;
    for (int i = 0; i < 500; i++) {
        struct session *s = &g_sessions[i % 8];
        take(s);
        usleep(100);
        drop(s);
    }
    return NULL;
}

static void *rename_sessions(void *unused)
{
    static const char *const names[] = {"alpha", "beta", "gamma", "a-name-too-long", "delta", "epsilon"};
    (void)unused;
    for (int i = 0; i < 6; i++) {
        usleep(5000);
        copy_name(g_sessions[i].name, names[i]);
    }
    return NULL;
}

int main(void)
{
    pthread_t workers[4], renamer;
    for (int i = 0; i < 4; i++) {
        char name[16];
        pthread_create(&workers[i], NULL, work, NULL);
        snprintf(name, sizeof(name), "worker-%d", i);
        pthread_setname_np(workers[i], name);
    }
    pthread_create(&renamer, NULL, rename_sessions, NULL);
    pthread_setname_np(renamer, "renamer");
    for (int i = 0; i < 4; i++)
        pthread_join(workers[i], NULL);
    pthread_join(renamer, NULL);
    for (int i = 0; i < 8; i++)
        if (g_sessions[i].refcnt != 0)
            printf("session %d is still referenced %d times\n", i, g_sessions[i].refcnt);
    return 0;
}
