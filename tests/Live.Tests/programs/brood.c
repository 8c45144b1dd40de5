/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* brood CHILDREN: forks children as quickly as it can, eight at a time; each writes g_brood 20 times. Every third writes on until it is killed.
   Says of each child, by its number, how often it has begun to write and how often it has written, of which it keeps count on a page
   that outlives it. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "own.h"

enum { WRITES = 20, TOGETHER = 8, MOST = 4096 };

struct account {
    volatile long pid, begun, done;
};

static volatile long g_brood;
static struct account *accounts;

NOINLINE static void write_brood(long value)
{
    g_brood = value; /* @write_brood */
}

static void live(struct account *own, int doomed)
{
    own->pid = getpid();
    for (long i = 1; i <= (doomed ? 100000 : WRITES); i++) {
        own->begun = i;
        write_brood(i);
        own->done = i;
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    long children = argument(argc, argv, 1, 100), killed = 0, harmed = 0;
    must(children <= MOST, "more than there is room for");
    accounts = mmap(NULL, MOST * sizeof *accounts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(accounts != MAP_FAILED, "mmap");
    gate();
    for (long first = 0; first < children; first += TOGETHER) {
        pid_t together[TOGETHER];
        int count = 0, status;
        for (; count < TOGETHER && first + count < children; count++) {
            together[count] = fork();
            must(together[count] >= 0, "fork");
            if (together[count] == 0)
                live(&accounts[first + count], (first + count) % 3 == 0);
        }
        for (int i = 0; i < count; i++) {
            struct account *child = &accounts[first + i];
            if ((first + i) % 3 == 0) {
                while (child->begun < (first + i) % WRITES / 2 + 1)
                    usleep(100);
                kill(together[i], SIGKILL);
            }
            must(waitpid(together[i], &status, 0) == together[i], "waitpid");
            int was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
            killed += was_killed;
            harmed += !was_killed && status != 0;
        }
    }
    for (long i = 0; i < children; i++)
        printf("begun %ld %ld\ndone %ld %ld\n", accounts[i].pid, accounts[i].begun, accounts[i].pid, accounts[i].done);
    fact("killed", killed);
    fact("harmed", harmed);
    return 0;
}
