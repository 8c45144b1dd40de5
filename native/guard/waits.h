/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * The results of waitpid(2), handed to on_wait(). Asked for any of thousands of tracees, the kernel looks at each of them (kernel/exit.c,
 * do_wait_thread()), which is quadratic where each of them stops once; asked for one it looks at that one (Linux 5.13).
 */
#ifndef LIVEWATCHER_WAITS_H
#define LIVEWATCHER_WAITS_H

#include <stdbool.h>

/* Serves the stops that are there; false where there were none. No thread's turn comes twice: one that hits without end
 * must not starve the others, or us of commands. */
bool drain_waits(void);

/* This thread is on its way to a stop: it is asked for by itself. */
void await_stop(int tid);
void forget_awaited(int tid);

/* How many are. */
int awaited_stops(void);

/* Serves the stops of those that are awaited, and of all others: where somebody is awaited, or the caller has work and comes again soon, every few
 * milliseconds only, for to ask for all takes as long as there are tracees. False where there were none. */
bool serve_stops(bool hurried);

/* Whether serve_stops() has gone on until nobody stood in a stop: whoever stops since sends a SIGCHLD. */
bool all_were_asked_for(void);

/* To be called now and then in long work: whoever has woken on our CPU meanwhile gets it, though our niceness is better than his;
 * unless somebody stands for us, or is about to. */
void give_way(void);

/* Milliseconds until all others are to be asked; -1 where nobody is awaited. */
int awaited_patience(void);

#endif
