/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * objects MODE ROUNDS: objects of the heap whose field is written to by all of 4 threads, while a function is at them and while none is.
 * return: named twice, in nested frames of enter(); written to inside and outside.
 * overlap: two threads are in enter() with the same object, and the one that came first leaves first.
 * leap: enter() is left by longjmp(3), and entered again with another object.
 * finish: written to after enter(), and again after finish().
 * born: returned by make(), or handed on by hand_on(), freed, and its memory written to by another owner.
 * walk: a loop comes to a line with one after the other of 4, half of them once more.
 * many: 6 have been in enter(), and then each is written to twice.
 * "seen" are the writes that a watch of enter()'s object, or of make()'s, has to tell. */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>

#include "own.h"

struct inner {
    char pad[12];
    volatile int b;
};

struct object {
    struct object *next;
    volatile long len;
    struct inner a;
    volatile int arr[6];
};

enum { WRITERS = 3 };

static struct object *all[6];
static struct object *target;
static int is_seen;
static long seen, unseen;
static pthread_barrier_t begin, end;
static sem_t first_is_in, second_is_in, first_has_left;
static jmp_buf back;

NOINLINE static void set(struct object *p, long value, int counted)
{
    p->len = value; /* @set */
    p->next->a.b = (int)value; /* @inner */
    __atomic_fetch_add(counted ? &seen : &unseen, 1, __ATOMIC_RELAXED);
}

static void *writer(void *unused)
{
    (void)unused;
    for (;;) {
        pthread_barrier_wait(&begin);
        struct object *p = target;
        if (!p)
            return NULL;
        set(p, 100, is_seen);
        set(p, 101, is_seen);
        pthread_barrier_wait(&end);
    }
}

static void all_write(struct object *p, int counted)
{
    target = p;
    is_seen = counted;
    pthread_barrier_wait(&begin);
    pthread_barrier_wait(&end);
}

static volatile long entered;

NOINLINE void enter(struct object *p, void (*body)(struct object *))
{
    body(p);
    entered++;
}

NOINLINE void finish(void)
{
    entered--;
}

NOINLINE struct object *make(void)
{
    struct object *p = calloc(1, sizeof(*p));
    must(p != NULL, "calloc");
    p->next = p;
    return p;
}

/* Optimised, it jumps to make(). */
NOINLINE struct object *hand_on(void)
{
    return make();
}

static void born(long round)
{
    struct object *p = round % 2 ? hand_on() : make();
    set(p, 1, 1);
    all_write(p, 1);
    if (round % 4 >= 2) {
        volatile unsigned long before = (unsigned long)p;
        p = realloc(p, sizeof(*p) + 4096); /* moves, or stays */
        must(p != NULL, "realloc");
        p->next = p;
        set(p, 2, before == (unsigned long)p);
    }
    free(p);
    struct object *other = malloc(sizeof(*other));
    must(other != NULL, "malloc");
    other->next = other;
    set(other, 3, 0);
    all_write(other, 0);
    free(other);
}

static void quiet(struct object *p)
{
    (void)p;
}

static void crowd(struct object *p)
{
    all_write(p, 1);
}

static void nested(struct object *p)
{
    set(p, 1, 1);
    enter(p, crowd);
    set(p, 2, 1);
    all_write(p, 1);
}

static void first(struct object *p)
{
    set(p, 1, 1);
    sem_post(&first_is_in);
    sem_wait(&second_is_in);
}

static void second(struct object *p)
{
    set(p, 2, 1);
    sem_post(&second_is_in);
    sem_wait(&first_has_left);
    set(p, 3, 1);
}

static void *enters_second(void *p)
{
    sem_wait(&first_is_in);
    enter(p, second);
    return NULL;
}

static void leap(struct object *p)
{
    set(p, 1, 1);
    longjmp(back, 1);
}

static void overlap(struct object *p)
{
    pthread_t other;
    must(pthread_create(&other, NULL, enters_second, p) == 0, "pthread_create");
    enter(p, first);
    sem_post(&first_has_left);
    pthread_join(other, NULL);
    set(p, 4, 0);
}

NOINLINE void walk(long count)
{
    for (long i = 0; i < count; i++) {
        struct object *q = all[i % 4];
        set(q, 1, i >= 4);
        entered++; /* @here */
        set(q, 2, 1);
        all_write(q, 1);
    }
    entered++;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "return";
    long rounds = argument(argc, argv, 2, 10);
    pthread_t writers[WRITERS];
    pthread_barrier_init(&begin, NULL, WRITERS + 1);
    pthread_barrier_init(&end, NULL, WRITERS + 1);
    sem_init(&first_is_in, 0, 0);
    sem_init(&second_is_in, 0, 0);
    sem_init(&first_has_left, 0, 0);
    for (int i = 0; i < 6; i++)
        must((all[i] = calloc(1, sizeof(struct object))) != NULL, "calloc");
    for (int i = 0; i < 6; i++)
        all[i]->next = all[(i + 1) % 6];
    for (int i = 0; i < WRITERS; i++)
        must(pthread_create(&writers[i], NULL, writer, NULL) == 0, "pthread_create");
    /* QEMU takes vector stores that are elsewhere in an object's page for writes to it: no buffer there. */
    setvbuf(stdout, NULL, _IONBF, 0);
    gate();
    enter(NULL, quiet);
    for (volatile long round = 0; round < rounds; round++) {
        struct object *volatile p = all[round % 2];
        if (mode[0] == 'r') {
            enter(p, nested);
            all_write(p, 0);
        } else if (mode[0] == 'o') {
            overlap(p);
        } else if (mode[0] == 'l') {
            if (setjmp(back) == 0)
                enter(p, leap);
            enter(all[2], crowd);
            set(p, 2, 0);
        } else if (mode[0] == 'w') {
            walk(6);
            for (int i = 0; i < 4; i++)
                all_write(all[i], 0);
        } else if (mode[0] == 'b') {
            born(round);
        } else if (mode[0] == 'f') {
            enter(p, quiet);
            set(p, 1, 1);
            all_write(p, 1);
            finish();
            all_write(p, 0);
        }
    }
    for (int i = 0; mode[0] == 'm' && i < 6; i++)
        enter(all[i], quiet);
    for (int i = 0; mode[0] == 'm' && i < 6; i++) {
        set(all[i], i, 1);
        set(all[i], 10 + i, 1);
    }
    target = NULL;
    pthread_barrier_wait(&begin);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i], NULL);
    fact("seen", seen);
    fact("unseen", unseen);
    return 0;
}
