/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Making a record of a thread that stands in a stop: who, where, with which registers and stack.
 */
#ifndef LIVEWATCHER_RECORDS_H
#define LIVEWATCHER_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/user.h>

#include "tracees.h"

/* CLOCK_MONOTONIC, ns: the clock of every record. */
uint64_t record_time(void);

/* All of a record that does not depend on slots and values, but for its time. */
void fill_record(struct lw_record *r, const struct tracee *t, const struct user_regs_struct *regs);

/* Copies the stack behind a record, as much as is wanted and can be had. */
void copy_stack(struct lw_record *r, int tid, uint64_t rsp, uint8_t stack[LW_STACK_MAX]);

bool read_memory(int tid, uint64_t address, void *buffer, size_t length);

/* The slots of a process in the memory shared with livewatcher; NULL where it is not watched. */
struct lw_slot_state *slot_states(struct process *p);

/* proc(5) files are read in one piece; returns the length, and a 0 behind it. */
size_t read_file(const char *path, char *buffer, size_t room);

/* Of proc_pid_stat(5): a thread's state letter, and the CPU that it ran on last. False where the thread is gone. */
bool read_stat(int tgid, int tid, char *state, int *cpu);

/* A number of /proc/TGID/task/TID/status, by its name and colon; 0 where it, or the thread, is not there. */
int status_number(int tgid, int tid, const char *name);

/* Whether a process has a thread of that number. Makes no entry in /proc, which takes the kernel ten times as long (tgkill(2) of signal 0). */
bool is_thread_of(int tgid, int tid);

#endif
