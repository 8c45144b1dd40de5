/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Reads another process's memory as attach does it: not as its ancestor, which is what Yama makes a difference of
 * (Documentation/admin-guide/LSM/Yama.rst).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static int read_word(int32_t pid, uint64_t address)
{
    uint64_t word;
    struct iovec local = {&word, sizeof(word)}, remote = {(void *)address, sizeof(word)};
    return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)sizeof(word) ? 0 : errno;
}

int32_t lw_probe_peek(int32_t pid, uint64_t address)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0)
        _exit(read_word(pid, address)); /* errno values fit an exit status: the largest is 133 */
    int error = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child < 0)
        return error;
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}
