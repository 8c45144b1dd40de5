/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/*
 * What a soaked program counts, in a file that it shares with the soak: an account is there at every moment, whoever is killed.
 * Each access is counted before and after: who dies in between leaves two numbers, and the truth lies between them.
 * Target/TargetPage.cs reads the same.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdint.h>

enum word { BYTE, SHORT, INT, LONG, FIELD, HEAP, STEP, WORDS }; /* STEP is a function: its executions are counted as stores */

/* Whose accesses: the program's, those after it has executed itself, the children's of each. */
enum role { FIRST, SECOND, CHILDREN, CHILDREN_OF_SECOND, ROLES };

/* What the soak asks for. At REST everything goes on but the accesses. */
enum command { WAIT, RUN, REST, EXECUTE, STOP, LEAVE };

struct tally {
    uint64_t begun, done;
};

struct account {
    struct tally stores; /* by instructions of the program */
    struct tally calls;  /* by read(2) */
    struct tally loads;
};

struct page {
    uint32_t command;
    uint32_t pid;
    uint32_t ready;    /* it waits for its command */
    uint32_t finished; /* its last act but for exit(3): everything was as it should be */
    uint32_t wrong;    /* the line of soaked.c that has found out otherwise */
    uint32_t error;    /* errno there */
    struct account accounts[ROLES][WORDS];
};

_Static_assert(sizeof(struct account) == 48 && sizeof(struct page) == 24 + 4 * 7 * 48, "Target/TargetPage.cs");

#endif
