/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT
 *
 * family RESULT WRITES PROCESSES: so many children that wait until all are there, then write g_hot, each its share of the writes; the time is
 * from the first write to the end of the last child.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "result.h"

volatile long g_hot;

int main(int argc, char **argv)
{
    must(argc == 4, "usage: family RESULT WRITES PROCESSES");
    long processes = atol(argv[3]), each = atol(argv[2]) / processes;
    int gate[2];
    char byte;
    must(pipe(gate) == 0, "pipe");
    for (long i = 0; i < processes; i++) {
        pid_t born = fork();
        must(born >= 0, "fork");
        if (born > 0)
            continue;
        close(gate[1]);
        must(read(gate[0], &byte, 1) == 0, "the gate");
        for (long n = 1; n <= each; n++)
            g_hot = n;
        _exit(0);
    }
    int64_t start = now_ns();
    close(gate[1]);
    int status;
    for (long i = 0; i < processes; i++)
        must(wait(&status) > 0 && status == 0, "a child");
    result(argv[1], each * processes, now_ns() - start);
    return 0;
}
