/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * When to connect, what to say first, and who may speak: one thread at a time. Says HELLO, then tells a listener that has come
 * late, or again, the settings and the watches that the program has set meanwhile.
 */
#ifndef LIVEWATCHER_SESSION_H
#define LIVEWATCHER_SESSION_H

#include <stdbool.h>

#include "connection.h"

/* Milliseconds; variables, so that the tests need not wait. */
struct lw_patience {
    int64_t answer;  /* a listener arms thousands of threads in well under a second */
    int64_t hello;   /* needs no work at all */
    int64_t retry;   /* between two attempts to connect */
    int64_t penalty; /* the same after a listener that did not answer HELLO as it should: each attempt costs the program `hello` */
    int64_t lock;
};
extern struct lw_patience lw_patience;

/* Nobody listens, and it is not yet time to look again: nothing to do. No lock, no system call. */
bool lw_quiet(void);

/* 0, or EBUSY. Every function below is for the one who has entered. */
int lw_enter(void);
void lw_leave(void);

/* Connected, after an attempt if one is due. */
bool lw_listened(void);

/* Sends a request and waits: the listener's errno; EBUSY: no sound answer; 0 too where nobody listens. */
int lw_request(struct lw_message *request);

#endif
