/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * liblivewatcher for C++17: a watch that is armed as long as its scope lives.
 *
 *     livewatcher::watch w{order.total, "total"};
 *
 * Contract. Nothing throws. A watch owns its watcher: movable, not copyable. It watches the object it was made from, wherever the
 * watch itself moves, and must not outlive it. There are four watchers in a process; a watch that got none is not ok().
 */
#ifndef LIVEWATCHER_HPP
#define LIVEWATCHER_HPP

#if __cplusplus < 201703L
#error "livewatcher.hpp needs C++17; livewatcher.h serves older programs"
#endif

#include <cerrno>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "livewatcher.h"

namespace livewatcher {

enum class access : int {
    write = LW_MODE_W,
    read_write = LW_MODE_WR,
    change = LW_MODE_W | LW_MODE_CHANGE, /* only writes that change the value */
};

class watch {
public:
    /* Watches nothing, till another is moved here. */
    watch() noexcept = default;

    template <class T, class = std::enable_if_t<!std::is_same_v<std::remove_cv_t<T>, watch>>>
    explicit watch(T &object, const char *label = nullptr, access on = access::write) noexcept
        : watch(at(address_of(object), sizeof(T), static_cast<int>(on), label))
    {
        static_assert(sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8,
                      "a debug register watches 1, 2, 4 or 8 bytes: watch a member");
        static_assert(!std::is_function_v<T>, "livewatcher::watch::execution watches a function");
    }

    /* A temporary is gone before anybody could write to it. */
    template <class T, class = std::enable_if_t<!std::is_same_v<std::remove_cv_t<T>, watch>>>
    explicit watch(const T &&object, const char *label = nullptr, access on = access::write) = delete;

    /* Memory without a type; mode and errors as for lw_watch. */
    static watch at(void *address, std::size_t length, int mode, const char *label = nullptr) noexcept
    {
        watch made;
        int kept = errno;
        made.number_ = lw_watch(address, length, mode, label);
        made.error_ = made.number_ < 0 ? errno : 0;
        errno = kept;
        return made;
    }

    /* Each time the function is entered. */
    template <class R, class... A>
    static watch execution(R (*function)(A...), const char *label = nullptr) noexcept
    {
        return at(reinterpret_cast<void *>(function), 1, LW_MODE_EXE, label);
    }

    watch(const watch &) = delete;
    watch &operator=(const watch &) = delete;

    watch(watch &&other) noexcept
        : number_(std::exchange(other.number_, -1)), error_(std::exchange(other.error_, EINVAL))
    {
    }

    watch &operator=(watch &&other) noexcept
    {
        if (this != &other) {
            reset();
            number_ = std::exchange(other.number_, -1);
            error_ = std::exchange(other.error_, EINVAL);
        }
        return *this;
    }

    ~watch() { reset(); }

    /* Disarms before the scope ends. */
    void reset() noexcept
    {
        int kept = errno;
        if (number_ >= 0)
            free_watcher(number_);
        errno = kept;
        number_ = -1;
        error_ = EINVAL;
    }

    /* It has a watcher and set it: armed in all threads, or would be if somebody listened. */
    bool ok() const noexcept { return number_ >= 0; }
    explicit operator bool() const noexcept { return ok(); }

    /* It is ok() and somebody listens. */
    bool armed() const noexcept { return ok() && lw_active() == 1; }

    /* Why it is not ok(), an errno. EINVAL: it watches nothing. */
    int error() const noexcept { return error_; }

    /* The watcher's number, or -1. */
    int number() const noexcept { return number_; }

private:
    template <class T>
    static void *address_of(T &object) noexcept
    {
        return const_cast<void *>(static_cast<const volatile void *>(std::addressof(object)));
    }

    int number_ = -1;
    int error_ = EINVAL;
};

} // namespace livewatcher

#endif
