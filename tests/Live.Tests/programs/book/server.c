/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

/* server [OPTIONS, none of which matters]: runs until SIGINT or SIGTERM, and says after each round which one that was. */
#include <livewatcher.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "server.h"

enum { PAUSE = 20000 }; /* us between two rounds */

struct connection {
    int refcnt;
};

enum state g_state;
struct entry g_table[4];
int g_refs;
int g_cap = 4;

/* 0x7f12a0: the linker puts it there. */
__attribute__((section(".fixed"))) long g_fixed = 1;

static struct {
    char owner[8];
    long balance;
} g_account = {"ann", 0};

static volatile sig_atomic_t asked_to_end, told;
static pthread_mutex_t state_lock = PTHREAD_MUTEX_INITIALIZER;

void set_state(enum state state)
{
    g_state = state;
}

static void ref_get(void)
{
    g_refs++;
    g_table[3].refcnt++;
}

static void ref_put(void)
{
    g_refs--;
    g_table[3].refcnt--;
}

static void reset_refs(void)
{
    g_refs = 0;
}

static void pay_in(long amount)
{
    g_account.balance += amount;
}

static void close_account(void)
{
    g_account.balance = 0;
}

static void on_signal(int signal)
{
    if (signal == SIGUSR1)
        told = 1;
    else
        asked_to_end = 1;
}

static void *control(void *argument)
{
    pthread_setname_np(pthread_self(), "control");
    while (!asked_to_end) {
        pthread_mutex_lock(&state_lock);
        set_state(STOPPED);
        pthread_mutex_unlock(&state_lock);
        usleep(PAUSE);
    }
    return argument;
}

/* A restart while it ran, a fault, and an end that is not control's. */
static void go_through_states(void)
{
    static const enum state way[] = {STARTING, RUNNING, STARTING, RUNNING, BROKEN, STOPPED};
    pthread_mutex_lock(&state_lock);
    for (unsigned i = 0; i < sizeof way / sizeof way[0]; i++)
        set_state(way[i]);
    pthread_mutex_unlock(&state_lock);
}

static void serve_connection(void)
{
    static struct connection connection;
    struct connection *conn = &connection;
    int w = lw_watch(&conn->refcnt, sizeof(conn->refcnt), LW_MODE_W, "conn->refcnt");
    conn->refcnt++;
    conn->refcnt--;
    if (w >= 0)
        free_watcher(w);
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    pthread_t thread;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&thread, NULL, control, NULL);
    for (long round = 1; !asked_to_end; round++) {
        cfg_init(cfg);
        go_through_states();
        ref_get();
        ref_put();
        reset_refs();
        pay_in(50);
        pay_in(25);
        close_account();
        g_fixed = round;
        parse_header();
        run_sessions();
        run_queue();
        run_channels();
        fill_cache();
        serve_connection();
        printf("round %ld%s\n", round, told ? ", told" : "");
        fflush(stdout);
        usleep(PAUSE);
    }
    pthread_join(thread, NULL);
    return 0;
}
