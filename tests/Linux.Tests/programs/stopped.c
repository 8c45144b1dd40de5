/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * stopped: a parent that stops and continues its child as a shell does, and tells what waitpid(2) tells it. The child has
 * two threads that write by turns.
 */
#include "target.h"

#include <sys/prctl.h>
#include <sys/wait.h>

static atomic_long written;

static void *work(void *argument)
{
    for (;;) {
        g_watched = atomic_fetch_add(&written, 1) + 1;
        usleep(1000);
    }
    return argument;
}

static int wait_for(pid_t child, int options)
{
    int status = -1;
    must(waitpid(child, &status, options) == child, "waitpid");
    return status;
}

int main(void)
{
    begin();
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* As a shell does: to an orphaned process group SIGTSTP is nothing (setpgid(2)). */
        setpgid(0, 0);
        start_thread(work, NULL, 1);
        work(NULL);
    }
    say("ready", 0);
    say("child", child);
    await("go");
    const int stops[] = {SIGSTOP, SIGTSTP};
    for (int i = 0; i < 2; i++) {
        kill(child, stops[i]);
        int status = wait_for(child, WUNTRACED);
        say("stopped", WIFSTOPPED(status) ? WSTOPSIG(status) : -1);
        await("on");
        kill(child, SIGCONT);
        say("continued", WIFCONTINUED(wait_for(child, WCONTINUED)));
        await("on");
    }
    kill(child, SIGTERM);
    int status = wait_for(child, 0);
    say("ended", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
    await("end");
    return 0;
}
