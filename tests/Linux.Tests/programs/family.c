/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * family CHILDREN WRITES: at "go" it forks, vforks and spawns children one after the other, writing all the while; the
 * forked ones write too, to their own copy. Tells how its children fared.
 */
#include "target.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static int status_of(pid_t child)
{
    int status = 0;
    must(child > 0, "child");
    must(waitpid(child, &status, 0) == child, "waitpid");
    return status;
}

/* In a function of its own: what vfork(2) returns twice into must not keep its variables in registers. */
__attribute__((noinline)) static int vforked(void)
{
    char *no_arguments[] = {"true", NULL};
    pid_t child = vfork();
    if (child == 0) {
        execve("/bin/true", no_arguments, environ);
        _exit(127);
    }
    return status_of(child);
}

int main(int argc, char **argv)
{
    long children = number(argc, argv, 1, 10), writes = number(argc, argv, 2, 20), written = 0, harmed = 0;
    char *no_arguments[] = {"true", NULL};
    begin();
    say("ready", 0);
    await("go");
    for (long i = 0; i < children; i++) {
        g_watched = ++written;
        pid_t child = fork();
        if (child == 0) {
            for (long k = 0; k < writes; k++)
                g_watched = -k - 1;
            _exit(7);
        }
        int status = status_of(child);
        harmed += !WIFEXITED(status) || WEXITSTATUS(status) != 7;

        status = vforked();
        harmed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;

        must(posix_spawn(&child, "/bin/true", NULL, NULL, no_arguments, environ) == 0, "posix_spawn");
        status = status_of(child);
        harmed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    say("harmed", harmed);
    say("forked", children * writes);
    finish(written);
    return 0;
}
