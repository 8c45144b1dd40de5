/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE. */
/* SPDX-License-Identifier: MIT */
/* The program that the seeds of corpus/elf are made of: one of each kind that the readers of debug information know. */

enum colour { RED, GREEN = 5 };
typedef unsigned long word;
struct node {
    struct node *next;
    enum colour colour;
    unsigned low : 3, high : 9;
    union { int number; char letters[4]; };
};

struct node first = { 0, GREEN, 1, 2, { 3 } };
struct node *head = &first;
word table[2][3] = { { 1 } };
#ifndef TINY
static double ratio = 1.5;
_Bool ready = 1;
int (*callback)(int);

static inline int twice(int value)
{
    static int counter = 1;
    counter += value;
    return value * counter;
}
#endif

#ifdef TINY
void _start(void)
{
    table[1][2] = 1;
}
#else
__attribute__((noinline)) static int store(struct node *at, int value)
{
    word local = value;
    at->number = twice(value);
    table[1][value & 1] += local;
    return ratio > 0;
}

void _start(void)
{
    callback = twice;
    ready = store(head, 7);
    for (;;)
        __asm__ volatile("hlt");
}
#endif
