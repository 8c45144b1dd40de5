/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * A listener that does what a test wants, in a thread of the test's own process. It checks of every message that it is well formed
 * and keeps them all.
 */
#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <sys/types.h>

#include "../src/connection.h"
#include "check.h"

enum manner {
    SOUND,
    SILENT,         /* no answer */
    DIES,           /* closes everything instead of answering */
    HANGS_UP,       /* closes the connection instead of answering; new ones are welcome */
    SHORT,          /* half a message */
    EMPTY,          /* a packet of no bytes */
    OVERSIZED,      /* more than a message can hold */
    WRONG_LENGTH,   /* text_length says more than there is */
    WRONG_VERSION,
    WRONG_SEQUENCE,
    WRONG_KIND,
    WRONG_ERROR,    /* negative */
    GARBAGE,        /* a message of noise */
};

struct received {
    struct lw_message message;
    pid_t pid;      /* of the sender, from SO_PEERCRED */
    int connection; /* counted from 1 */
    int descriptor; /* or -1 */
};

#define FAKE_RECEIVED 8192

struct fake;

struct script {
    uint32_t welcome;  /* flags of the answer to HELLO */
    uint32_t kind;     /* manner, error and delay are for this kind of request; 0: for all */
    enum manner manner;
    int error;
    int delay_ms;
    bool keep_nothing; /* of requests: too many to keep */
    void (*before_answer)(struct fake *f, int fd, const struct lw_wire *request); /* in the listener's thread */
};

struct fake {
    pthread_mutex_t lock; /* for all that follows */
    struct script script;
    struct received *received;
    int count, malformed, answered, connections;
    bool gone;

    pthread_t thread;
    int listening, stop[2];
};

struct fake *fake_start(struct script script);
void fake_script(struct fake *f, struct script script); /* for the requests that come from now on */
void fake_stop(struct fake *f);

/* How many of a kind have come (0: of any), and the last of them. */
int fake_count(struct fake *f, uint32_t kind);
int fake_connections(struct fake *f);
struct received fake_last(struct fake *f, uint32_t kind);
struct received fake_nth(struct fake *f, uint32_t kind, int n);

/* From before_answer: waits for a message of this kind on the connection; others are kept. */
void fake_await(struct fake *f, int fd, uint32_t kind);
void fake_send(int fd, const void *data, size_t length, int descriptor);

/* Retries at once, hangs for no longer than a test can wait. */
void be_impatient(void);

#endif
