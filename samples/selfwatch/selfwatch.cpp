/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * selfwatch++ [ROUNDS]: selfwatch in C++. Its watches live as long as their scope; one is taken away and set anew while three pinned
 * threads write.
 */
#include <livewatcher.hpp>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

static constexpr int threads = 3;
static constexpr int phases = 3;

static volatile char g_char;
static volatile short g_short;
static volatile int g_int;
static volatile long g_long;

static pthread_barrier_t gate;
static int rounds = 100;

/* One writer for each global, so that a hit's stack tells which. */
static void write_char(int i) { g_char = static_cast<char>(i); }
static void write_short(int i) { g_short = static_cast<short>(i); }
static void write_int(int i) { g_int = i; }
static void write_long(int i) { g_long = i; }

static void pin(int number)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(number % sysconf(_SC_NPROCESSORS_ONLN)), &one);
    pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
}

/* Phases: all four watched; one of them in flux; three watched. */
static void work(int number)
{
    pin(number);
    for (int phase = 0; phase < phases; phase++) {
        pthread_barrier_wait(&gate);
        for (int i = 1; i <= rounds; i++) {
            write_char(i);
            write_short(i);
            write_int(i);
            write_long(i);
        }
        pthread_barrier_wait(&gate);
    }
}

static void must(const livewatcher::watch &watch)
{
    if (!watch.ok()) {
        std::fprintf(stderr, "watch: errno %d\n", watch.error());
        std::exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1)
        rounds = std::atoi(argv[1]);
    pthread_barrier_init(&gate, nullptr, threads + 1);
    std::vector<std::thread> writers;
    for (int i = 0; i < threads; i++)
        writers.emplace_back(work, i);

    lw_show_info("selfwatch: %d threads, %d rounds", threads, rounds);
    {
        std::array<livewatcher::watch, 4> watches{
            livewatcher::watch{g_char, "g_char"}, livewatcher::watch{g_short, "g_short"},
            livewatcher::watch{g_int, "g_int"}, livewatcher::watch{g_long, "g_long"}};
        for (const auto &watch : watches)
            must(watch);
        lw_dump_dr();
        pthread_barrier_wait(&gate);
        pthread_barrier_wait(&gate);

        /* While they write, the last watch goes and comes. */
        pthread_barrier_wait(&gate);
        for (int i = 0; i < 5; i++) {
            watches[3].reset();
            watches[3] = livewatcher::watch{g_long, "g_long"};
            must(watches[3]);
        }
        pthread_barrier_wait(&gate);

        watches[3].reset();
        lw_mark("g_long is not watched any more");
        pthread_barrier_wait(&gate);
        pthread_barrier_wait(&gate);
    } /* the others end here */
    for (auto &writer : writers)
        writer.join();

    std::printf("listening %d\n", lw_active());
    for (const char *name : {"g_char", "g_short", "g_int"})
        std::printf("exact %s %d\n", name, phases * threads * rounds);
    std::printf("between g_long %d %d\n", threads * rounds, 2 * threads * rounds);
    return 0;
}
