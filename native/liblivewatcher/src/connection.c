/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "arming.h"
#include "descriptors.h"
#include "kernel.h"
#include "lock.h"
#include "sigtrap.h"

#define FIRST_FREE_DESCRIPTOR 3
#define MOST_DESCRIPTORS 4 /* that one message of the listener may carry; the kernel closes more */
#define NOTICE_TRIES 20
#define NOTICE_WAIT_MS 50

_Static_assert(sizeof(struct lw_wire) == 232 && sizeof(struct lw_message) == 232 + LW_WIRE_TEXT, "no padding on the wire");

/* Read by signal handlers of other threads, hence atomic. inode: programs that close every descriptor they do not know exist, and
 * the number may then be somebody else's file. */
static int32_t socket_fd = -1;
static uint64_t socket_inode;
static int32_t peer;
static uint32_t last_sequence;

static uint64_t inode_of(int fd)
{
    struct stat status;
    memset(&status, 0, sizeof(status));
    return lw_kernel(SYS_fstat, fd, (long)&status, 0, 0, 0, 0) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

/* -1: there is none. */
static int current_socket(void)
{
    int fd = __atomic_load_n(&socket_fd, __ATOMIC_ACQUIRE);
    return fd >= 0 && inode_of(fd) == __atomic_load_n(&socket_inode, __ATOMIC_RELAXED) ? fd : -1;
}

bool lw_connected(void)
{
    return current_socket() >= 0;
}

int32_t lw_peer(void)
{
    return __atomic_load_n(&peer, __ATOMIC_RELAXED);
}

static int new_socket(void)
{
    long fd = lw_kernel(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, 0, 0, 0);
    if (fd >= 0 && fd < FIRST_FREE_DESCRIPTOR) {
        /* The program runs without one of the standard streams: what it prints must not go to the listener. */
        long higher = lw_kernel(SYS_fcntl, fd, F_DUPFD_CLOEXEC, FIRST_FREE_DESCRIPTOR, 0, 0, 0);
        lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
        fd = higher;
    }
    return (int)fd;
}

static bool try_socket(int fd, const char *directory, const char *name)
{
    struct sockaddr_un address;
    if (!directory || !*directory)
        return false;
    size_t first = strlen(directory), second = strlen(name);
    if (first + second >= sizeof(address.sun_path))
        return false;
    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, directory, first);
    memcpy(address.sun_path + first, name, second);
    /* Not blocking: a listener whose backlog is full is none. */
    return lw_kernel(SYS_connect, fd, (long)&address, sizeof(address), 0, 0, 0) == 0;
}

static void remember_peer(int fd)
{
    struct ucred credentials = {0, 0, 0};
    socklen_t size = sizeof(credentials);
    lw_kernel(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, (long)&credentials, (long)&size, 0);
    __atomic_store_n(&peer, credentials.pid, __ATOMIC_RELAXED);
}

bool lw_connect(void)
{
    bool taken = lw_descriptors_take();
    int fd = new_socket();
    bool connected = fd >= 0 && (try_socket(fd, secure_getenv("LIVEWATCHER_SOCKET"), "") ||
                                 try_socket(fd, secure_getenv("XDG_RUNTIME_DIR"), "/livewatcher/socket") ||
                                 try_socket(fd, "/run", "/livewatcher/socket"));
    if (connected) {
        remember_peer(fd);
        __atomic_store_n(&socket_inode, inode_of(fd), __ATOMIC_RELAXED);
        __atomic_store_n(&socket_fd, fd, __ATOMIC_RELEASE);
    } else if (fd >= 0) {
        lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
    }
    lw_descriptors_give(taken);
    return connected;
}

void lw_disconnect(void)
{
    bool taken = lw_descriptors_take();
    int fd = current_socket();
    __atomic_store_n(&socket_fd, -1, __ATOMIC_RELEASE);
    if (fd >= 0)
        lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
    lw_descriptors_give(taken);
    lw_arming_retire();
}

void lw_connection_after_fork(void)
{
    int fd = current_socket();
    __atomic_store_n(&socket_fd, -1, __ATOMIC_RELAXED);
    if (fd >= 0)
        lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
}

/* Waits for events until the deadline. False: it has passed. */
static bool wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - lw_now_ms();
        struct pollfd ready = {.fd = fd, .events = events};
        long n = lw_kernel(SYS_poll, (long)&ready, 1, left > 0 ? left : 0, 0, 0, 0);
        if (n == -EINTR && left > 0)
            continue;
        return n > 0;
    }
}

bool lw_hung_up(void)
{
    int fd = current_socket();
    struct pollfd ready = {.fd = fd, .events = 0};
    return fd < 0 || (lw_kernel(SYS_poll, (long)&ready, 1, 0, 0, 0, 0) > 0 && ready.revents & (POLLHUP | POLLERR));
}

/* 0 or -errno. */
static long send_once(int fd, const struct lw_message *m, int descriptor)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {(void *)m, sizeof(m->head) + m->head.text_length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        memset(&control, 0, sizeof(control));
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(int));
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
    }
    long sent;
    do {
        sent = lw_kernel(SYS_sendmsg, fd, (long)&message, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0, 0);
    } while (sent == -EINTR);
    return sent < 0 ? sent : 0;
}

bool lw_notice(const struct lw_message *notice, int descriptor)
{
    /* A listener that lags is waited for, a little: what is lost here is a hit, or a thread's event. */
    for (int i = 0; i < NOTICE_TRIES; i++) {
        int fd = current_socket();
        long sent = fd < 0 ? -EBADF : send_once(fd, notice, descriptor);
        if (sent == 0)
            return true;
        if (sent != -EAGAIN && sent != -ENOBUFS && sent != -ENOMEM && sent != -ETOOMANYREFS)
            return false;
        /* Ready to write says nothing of the other three: sleep on no event at all. */
        struct pollfd room = {.fd = sent == -EAGAIN ? fd : -1, .events = POLLOUT};
        lw_kernel(SYS_poll, (long)&room, 1, NOTICE_WAIT_MS, 0, 0, 0);
    }
    return false;
}

static enum lw_exchanged send_request(int fd, const struct lw_message *m, int64_t deadline)
{
    for (;;) {
        switch (send_once(fd, m, -1)) {
        case 0:
            return LW_ANSWERED;
        case -EAGAIN:
            if (!wait_for(fd, POLLOUT, deadline))
                return LW_UNSOUND;
            break;
        case -EPIPE:
        case -ECONNRESET:
        case -ENOTCONN:
            return LW_NOBODY;
        default:
            return LW_UNSOUND;
        }
    }
}

/* The first descriptor that came along, or -1; a listener has no business to send more, which are closed. */
static int take_descriptors(struct msghdr *message)
{
    int kept = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= c->cmsg_len; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
            if (kept < 0)
                kept = fd;
            else
                lw_kernel(SYS_close, fd, 0, 0, 0, 0, 0);
        }
    }
    return kept;
}

/* Bytes received, 0 at the end, or -errno. A descriptor is handed to arming.c before a fork can happen. */
static long receive_once(int fd, struct lw_message *m)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
    } control;
    struct iovec part = {m, sizeof(*m)};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    bool taken = lw_descriptors_take();
    long n = lw_kernel(SYS_recvmsg, fd, (long)&message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, 0, 0, 0);
    if (n >= 0)
        lw_arming_receive(take_descriptors(&message));
    lw_descriptors_give(taken);
    return n >= 0 && message.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}

static bool well_formed(const struct lw_message *m, long received)
{
    return received >= (long)sizeof(m->head) && m->head.version == LW_WIRE_VERSION && m->head.text_length <= LW_WIRE_TEXT &&
           received == (long)(sizeof(m->head) + m->head.text_length);
}

static enum lw_exchanged receive_answer(int fd, uint32_t sequence, struct lw_wire *answer, int64_t deadline)
{
    for (;;) {
        struct lw_message m;
        if (!wait_for(fd, POLLIN, deadline))
            return LW_UNSOUND;
        long n = receive_once(fd, &m);
        if (n == -EAGAIN || n == -EINTR)
            continue;
        if (n == 0 || n == -ECONNRESET)
            return LW_NOBODY;
        if (n < 0 || !well_formed(&m, n))
            return LW_UNSOUND;
        if (m.head.kind == LW_WIRE_PREPARE) {
            struct lw_message prepared;
            lw_message_begin(&prepared, LW_WIRE_PREPARED);
            prepared.head.sequence = m.head.sequence;
            prepared.head.generation = m.head.generation;
            if (m.head.flags & (LW_WIRE_PREPARE_HANDLER | LW_WIRE_PREPARE_STEP))
                lw_sigtrap_want(true);
            prepared.head.error = lw_arming_prepare(&m.head, lw_peer());
            enum lw_exchanged sent = send_request(fd, &prepared, deadline);
            if (sent != LW_ANSWERED)
                return sent;
            continue;
        }
        if (m.head.kind != LW_WIRE_ANSWER || m.head.sequence != sequence || m.head.error < 0 || m.head.error > 4095)
            return LW_UNSOUND;
        *answer = m.head;
        return LW_ANSWERED;
    }
}

enum lw_exchanged lw_exchange(struct lw_message *request, struct lw_wire *answer, int64_t limit_ms)
{
    int64_t deadline = lw_now_ms() + limit_ms;
    int fd = current_socket();
    request->head.sequence = ++last_sequence;
    enum lw_exchanged outcome = fd < 0 ? LW_NOBODY : send_request(fd, request, deadline);
    if (outcome == LW_ANSWERED)
        outcome = receive_answer(fd, request->head.sequence, answer, deadline);
    lw_arming_retire();
    if (outcome != LW_ANSWERED)
        lw_disconnect();
    return outcome;
}

void lw_message_begin(struct lw_message *m, uint32_t kind)
{
    memset(&m->head, 0, sizeof(m->head));
    m->head.version = LW_WIRE_VERSION;
    m->head.kind = kind;
    m->head.tid = lw_tid();
}

void lw_message_text(struct lw_message *m, const char *text, size_t length)
{
    static const char cut[] = "...";
    m->head.text_length = (uint32_t)(length < LW_WIRE_TEXT ? length : LW_WIRE_TEXT);
    memcpy(m->text, text, m->head.text_length);
    if (length <= LW_WIRE_TEXT)
        return;
    size_t end = LW_WIRE_TEXT - (sizeof(cut) - 1);
    while (end > 0 && ((unsigned char)m->text[end] & 0xc0) == 0x80)
        end--; /* not in the middle of a character of UTF-8 */
    memcpy(m->text + end, cut, sizeof(cut) - 1);
    m->head.text_length = (uint32_t)(end + sizeof(cut) - 1);
}
