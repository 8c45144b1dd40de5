/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * livewatcher.hpp: what a scope guard promises, as far as it shows without a listener.
 */
#include <livewatcher.hpp>

#include <cstdint>
#include <cstdio>
#include <type_traits>
#include <utility>
#include <vector>

using livewatcher::access;
using livewatcher::watch;

static_assert(!std::is_copy_constructible_v<watch> && !std::is_copy_assignable_v<watch>);
static_assert(std::is_nothrow_move_constructible_v<watch> && std::is_nothrow_move_assignable_v<watch>);
static_assert(std::is_constructible_v<watch, int &> && std::is_constructible_v<watch, const volatile double &, const char *>);
static_assert(!std::is_constructible_v<watch, int> && !std::is_constructible_v<watch, const int>);
static_assert(!std::is_constructible_v<watch, watch &>);
static_assert(!std::is_convertible_v<int &, watch> && !std::is_convertible_v<watch, bool>);

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            std::printf("scope.cpp:%d: %s\n", __LINE__, #condition);                                                   \
            return 1;                                                                                                  \
        }                                                                                                              \
    } while (0)

struct order {
    std::int64_t total;
    bool paid;
    void *next;
    const char *name;
    char code[4];
    struct { // looks like something else where & is taken
        int value;
        int *operator&() { return nullptr; }
    } odd;
};

/* The number that the next watcher gets: how many are taken, from below. */
static int next_free()
{
    int number = alloc_watcher();
    if (number >= 0)
        free_watcher(number);
    return number;
}

static void function_to_watch(int) {}

int main()
{
    static order o{};
    {
        watch total{o.total};
        CHECK(total.ok() && total && total.number() == 0 && total.error() == 0 && !total.armed());
        watch paid{o.paid, "paid", access::change}, next{o.next, "next", access::read_write};
        CHECK(paid && next && next_free() == 3);
        const watch code{o.code};
        CHECK(code);
        errno = 77;
        watch fifth{o.odd};
        CHECK(!fifth.ok() && !fifth && fifth.error() == ENOSPC && fifth.number() == -1 && errno == 77);
    }
    CHECK(next_free() == 0);
    {
        watch odd{o.odd};
        CHECK(odd);
        watch moved{std::move(odd)};
        CHECK(moved.number() == 0 && !odd && odd.error() == EINVAL && next_free() == 1);
        watch other{o.total};
        CHECK(other.number() == 1);
        other = std::move(moved); // gives its own back
        CHECK(other.number() == 0 && !moved && next_free() == 1);
        watch &same = other;
        other = std::move(same);
        CHECK(other.number() == 0);
        other.reset();
        CHECK(!other && next_free() == 0);
    }
    {
        std::vector<watch> several;
        for (int i = 0; i < 4; i++)
            several.emplace_back(o.total, "several");
        CHECK(several.back().number() == 3 && next_free() == -1);
        several.erase(several.begin());
        CHECK(next_free() == 0);
    }
    {
        watch here = watch::execution(function_to_watch, "entry"), bad = watch::at(&o, 3, LW_MODE_W);
        CHECK(here && !bad && bad.error() == EINVAL);
        watch none;
        CHECK(!none && none.error() == EINVAL);
        none = watch::at(&o.total, 8, LW_MODE_WR);
        CHECK(none && none.number() == 1);
    }
    CHECK(next_free() == 0);
    return 0;
}
