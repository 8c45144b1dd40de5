/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* calls [N]: the kernel is the writer. N calls of read(2), and N of recv(2), each filling a page around a member. */
#include <sys/socket.h>
#include <unistd.h>

#include "own.h"

struct page {
    char head[1000];
    volatile long value;
    char tail[4096 - 1008];
};

static struct page g_file, g_message;
static struct page source;
static int read_line, receive_line;

__attribute__((noinline)) static int read_page(int descriptor)
{
    ssize_t got = read(descriptor, &g_file, sizeof g_file); read_line = __LINE__;
    return got == sizeof g_file;
}

__attribute__((noinline)) static int receive_page(int descriptor)
{
    ssize_t got = recv(descriptor, &g_message, sizeof g_message, 0); receive_line = __LINE__;
    return got == sizeof g_message;
}

int main(int argc, char **argv)
{
    long count = count_argument(argc, argv, 300), reads = 0, receives = 0;
    int ends[2], sockets[2];
    must(pipe(ends) == 0, "pipe");
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "socketpair");
    while (reads < count) {
        source.value = reads + 1;
        must(write(ends[1], &source, sizeof source) == sizeof source, "write");
        must(read_page(ends[0]), "read");
        reads++;
        must(send(sockets[1], &source, sizeof source, 0) == sizeof source, "send");
        must(receive_page(sockets[0]), "recv");
        receives++;
    }
    own_hits("g_file.value", reads);
    own_writer("g_file.value", "read_page", read_line);
    puts("syscall g_file.value read\nrising g_file.value");
    own_hits("g_message.value", receives);
    own_writer("g_message.value", "receive_page", receive_line);
    /* The C library makes recv(2) of the one call that the architecture has. */
    puts(sizeof(long) == 4 ? "syscall g_message.value socketcall" : "syscall g_message.value recvfrom");
    puts("rising g_message.value");
    return 0;
}
