/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* ./server, the program that the pages of docs/ watch: it has their names, and on their lines (session.c:88, queue.c:88, cache.c:31,
 * parser.c:31) what the pages say of them. Each round it does everything once, the bugs too. None of these does lasting harm, so that
 * one program serves every page. */
#ifndef SERVER_H
#define SERVER_H

enum state { STARTING, RUNNING, STOPPED, BROKEN };

struct entry {
    int id;
    int refcnt;
};

struct config {
    int limit;
    int depth;
};

struct item {
    int owner;
    int size;
};

struct queue {
    struct item *items[8];
    unsigned head;
    unsigned tail;
    int len;
};

struct channel {
    long number;
    int state;
};

struct buffer {
    long start;
    long len;
};

extern enum state g_state;
extern struct config *cfg;
extern struct queue q;
extern struct buffer *g_current;
extern int g_cap;

void set_state(enum state state);
void cfg_init(struct config *config);
void mask(char *bytes, long count);
void parse_header(void);
void run_sessions(void);
void run_queue(void);
void run_channels(void);
void fill_cache(void);

#endif
