/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

// scopes [N]: names that live in C++ scopes, each written N times.
#include "own.h"

namespace outer {
namespace inner {
volatile long depth;
} // namespace inner

class Registry {
public:
    static volatile long entries;
    NOINLINE static void enter(long value)
    {
        entries = value; // @entries
    }
};

volatile long Registry::entries;

template <class T>
struct Cell {
    static inline volatile T content{};
};

struct Base {
    long inherited = 0;
};

struct Derived : Base {
    long own = 0;
};

Derived thing;
} // namespace outer

namespace {
volatile long hidden;
}

NOINLINE static void write_depth(long value)
{
    outer::inner::depth = value; // @depth
}

NOINLINE static void write_cell(int value)
{
    outer::Cell<int>::content = value; // @cell
}

NOINLINE static void write_hidden(long value)
{
    hidden = value; // @hidden
}

NOINLINE static void write_inherited(outer::Derived &thing, long value)
{
    thing.inherited = value; // @inherited
}

int main(int argc, char **argv)
{
    const long rounds = argument(argc, argv, 1, 100);
    for (long i = 1; i <= rounds; i++) {
        write_depth(i);
        outer::Registry::enter(i);
        write_cell(static_cast<int>(i));
        write_hidden(i);
        write_inherited(outer::thing, i);
    }
    fact("rounds", rounds);
    return 0;
}
