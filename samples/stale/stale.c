/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Use after free, by another thread. A ticker stamps the session that it was given; the session is closed and freed while the ticker still has its
 * pointer. The memory is nobody's then, and later somebody else's.
 *
 * Find it: livewatcher run --alloc stale.c:38 --offset 32:8 --after-free --source -- artifacts/samples/stale
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct session {
    char user[32];
    long stamp;
    char rest[400];
};

static struct session *volatile ticked;
static volatile int stop;

static void *tick(void *unused)
{
    (void)unused;
    struct session *mine = NULL;
    for (long now = 1; !stop; now++) {
        mine = mine ? mine : ticked; /* kept for ever */
        if (mine)
            mine->stamp = now; /* whether it is still open or not: this is the bug */
        usleep(20000);
    }
    return NULL;
}

static struct session *open_session(const char *user)
{
    struct session *session = malloc(sizeof(*session));
    snprintf(session->user, sizeof(session->user), "%s", user);
    session->stamp = 0;
    return session;
}

static void close_session(struct session *session)
{
    ticked = NULL;
    free(session);
}

int main(void)
{
    pthread_t ticker;
    pthread_create(&ticker, NULL, tick, NULL);
    pthread_setname_np(ticker, "ticker");
    struct session *session = open_session("anna");
    ticked = session;
    usleep(100000);
    close_session(session);
    usleep(100000);
    stop = 1;
    pthread_join(ticker, NULL);
    return 0;
}
