/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

// gauges ROUNDS: objects whose member is written to by all of 4 threads, while a method of theirs runs, in nested frames, and while none does.
// "seen" are the writes that a watch of the method's object has to tell.
#include <pthread.h>

#include "own.h"

namespace plant {

struct Named {
    virtual ~Named() = default;
    virtual long key() const { return name[0]; }
    char name[12] = {};
};

class Gauge final : public Named {
public:
    void set(long value);
    void take(void (*body)(Gauge &));
    long key() const override { return taken_; }

private:
    long taken_ = 0;
    volatile long reading_ = 0;
};

NOINLINE void Gauge::set(long value)
{
    reading_ = value; // @set
}

NOINLINE void Gauge::take(void (*body)(Gauge &))
{
    body(*this);
    taken_++;
}

} // namespace plant

using plant::Gauge;

constexpr int Writers = 3;

static Gauge *target;
static bool is_seen;
static long seen, unseen;
static pthread_barrier_t begin_writing, end_writing;

static void write_to(Gauge &gauge, long value, bool counted)
{
    gauge.set(value);
    __atomic_fetch_add(counted ? &seen : &unseen, 1, __ATOMIC_RELAXED);
}

static void *writer(void *)
{
    for (;;) {
        pthread_barrier_wait(&begin_writing);
        Gauge *gauge = target;
        if (!gauge)
            return nullptr;
        write_to(*gauge, 100, is_seen);
        write_to(*gauge, 101, is_seen);
        pthread_barrier_wait(&end_writing);
    }
}

static void all_write(Gauge &gauge, bool counted)
{
    target = &gauge;
    is_seen = counted;
    pthread_barrier_wait(&begin_writing);
    pthread_barrier_wait(&end_writing);
}

static void inner(Gauge &gauge)
{
    all_write(gauge, true);
}

static void outer(Gauge &gauge)
{
    write_to(gauge, 1, true);
    gauge.take(inner);
    write_to(gauge, 2, true);
    all_write(gauge, true);
}

int main(int argc, char **argv)
{
    long rounds = argument(argc, argv, 1, 10);
    pthread_t writers[Writers];
    Gauge *all[] = {new Gauge, new Gauge};
    pthread_barrier_init(&begin_writing, nullptr, Writers + 1);
    pthread_barrier_init(&end_writing, nullptr, Writers + 1);
    for (pthread_t &one : writers)
        must(pthread_create(&one, nullptr, writer, nullptr) == 0, "pthread_create");
    // QEMU takes vector stores that are elsewhere in an object's page for writes to it: no buffer there.
    setvbuf(stdout, nullptr, _IONBF, 0);
    gate();
    for (long round = 0; round < rounds; round++) {
        Gauge &gauge = *all[round % 2];
        gauge.take(outer);
        all_write(gauge, false);
        write_to(gauge, 3, false);
    }
    target = nullptr;
    pthread_barrier_wait(&begin_writing);
    for (pthread_t one : writers)
        pthread_join(one, nullptr);
    fact("seen", seen);
    fact("unseen", unseen);
    must(all[0]->key() + all[1]->key() == 2 * rounds, "the methods' own count");
    return 0;
}
