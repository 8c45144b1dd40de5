/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

// modern MODE [N]: writers that C++ hides: inlined, virtual, while an exception is under way, in a coroutine.
#include <coroutine>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "own.h"

namespace {

class Meter {
public:
    __attribute__((always_inline)) void step() { store(value_ + 1); }

private:
    __attribute__((always_inline)) void store(long value)
    {
        value_ = value; // @inlined
    }

    volatile long value_ = 0;
};

} // namespace

namespace shop {

Meter meter;
long unwound;
long caught;
long resumed;
long drawn;

} // namespace shop

NOINLINE static void turn()
{
    shop::meter.step(); // @turn
}

struct Shape {
    virtual ~Shape() = default;
    virtual void draw() = 0;
};

struct Circle final : Shape {
    NOINLINE void draw() override
    {
        shop::drawn++; // @circle
    }
};

struct Square final : Shape {
    NOINLINE void draw() override
    {
        shop::drawn++; // @square
    }
};

struct Cleanup {
    NOINLINE ~Cleanup()
    {
        shop::unwound++; // @cleanup
    }
};

NOINLINE static void fail()
{
    Cleanup cleanup;
    throw std::runtime_error("on purpose");
}

NOINLINE static void risk()
{
    try {
        fail();
    } catch (const std::runtime_error &) {
        shop::caught++; // @catch
    }
}

struct Task {
    struct promise_type {
        Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };

    std::coroutine_handle<promise_type> handle;
};

static Task count(long rounds)
{
    for (long i = 0; i < rounds; i++) {
        shop::resumed++; // @coroutine
        co_await std::suspend_always{};
    }
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    const long rounds = argument(argc, argv, 2, 500);
    long done = 0;
    if (std::strcmp(mode, "inlined") == 0) {
        for (; done < rounds; done++)
            turn();
    } else if (std::strcmp(mode, "virtual") == 0) {
        Circle circle;
        Square square;
        Shape *shapes[] = {&circle, &square};
        for (; done < rounds; done++)
            shapes[done % 2]->draw();
    } else if (std::strcmp(mode, "exception") == 0) {
        for (; done < rounds; done++)
            risk();
    } else if (std::strcmp(mode, "coroutine") == 0) {
        Task task = count(rounds);
        for (; done < rounds; done++)
            task.handle.resume();
        task.handle.destroy();
    }
    fact("hits", done);
    return 0;
}
