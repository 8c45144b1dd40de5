/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The socket to the listener: one descriptor, opened, used and dropped here and nowhere else. What is said over it is session.h's.
 */
#ifndef LIVEWATCHER_CONNECTION_H
#define LIVEWATCHER_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

struct lw_message {
    struct lw_wire head;
    char text[LW_WIRE_TEXT];
};

enum lw_exchanged {
    LW_ANSWERED,
    LW_NOBODY,  /* the listener is gone; the connection is dropped */
    LW_UNSOUND, /* no answer in time, or none that makes sense; the connection is dropped */
};

bool lw_connected(void);

/* Tries the sockets of LIVEWATCHER_SOCKET, XDG_RUNTIME_DIR and /run, without waiting. */
bool lw_connect(void);

void lw_disconnect(void);

/* The listener has closed its end. */
bool lw_hung_up(void);

/* One request and its answer; what the listener asks in between is done here. For the holder of the session's lock. */
enum lw_exchanged lw_exchange(struct lw_message *request, struct lw_wire *answer, int64_t limit_ms);

/* A message without an answer, and a descriptor (-1: none) with it. Safe in signal handlers, needs no lock. False: lost. */
bool lw_notice(const struct lw_message *notice, int descriptor);

/* A message of this kind without text. */
void lw_message_begin(struct lw_message *m, uint32_t kind);

/* At most LW_WIRE_TEXT bytes of text. */
void lw_message_text(struct lw_message *m, const char *text, size_t length);

/* The process that listens, as this one sees it: 0 where it has no number here (another pid namespace). */
int32_t lw_peer(void);

/* In the child of a fork: close the parent's connection without a word. */
void lw_connection_after_fork(void);

#endif
