/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* Sessions and their messages. */
#include <stdlib.h>
#include <string.h>

#include "server.h"

enum { IDLE, ACTIVE, CLOSED };

struct session {
    long number;
    long requests;
    int state;
    int peer;
};

struct message {
    char text[16];
    int priority;
};

/* The one that has ended last: freed. */
static struct session *last;

/* How many there have been. */
static long sessions;

static void take_text(char *text, const char *from)
{
    memset(text, 0, 16);
    for (int i = 0; from[i] != '\0'; i++)
        text[i] = from[i];
}

/* The bug: a text of 17 characters, of which the last one goes into the priority. */
static int handle(void)
{
    struct message message = {"", 1};
    take_text(message.text, "seventeen letters");
    return message.priority;
}

/* The bug: it masks the address it returns to, and makes that good again. */
static void copy_name(void)
{
    char name[16] = "session";
    char *above = (char *)__builtin_frame_address(0) + sizeof(long);
    mask(name, sizeof name);
    mask(above, sizeof(long));
    mask(above, sizeof(long));
}

/* All but what requests change. */
static void begin(struct session *session)
{
    session->number = ++sessions;
    session->requests = 0;
    session->peer = 0;
    session->state = ACTIVE;
}

static void request(struct session *session)
{
    session->requests++;
    copy_name();
    if (handle() > 0)
        session->peer++;
}

/* Forgets it, or should. */
static void end(struct session *session)
{
    last = session;
    free(session);
}

/* The bug: it is freed already. The allocator keeps nothing at that place. */
static void note_end(void)
{
    last->state = CLOSED;
}

void run_sessions(void)
{
    struct session *session;

    session = malloc(sizeof *session); /* line 88 */
    begin(session);
    request(session);
    end(session);
    note_end();
}
