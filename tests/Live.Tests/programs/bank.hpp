/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

// The C++ twin of counter.h: a class template with a virtual member, and a std::atomic.
#pragma once

#include <atomic>

namespace bank {

class Payee {
public:
    virtual ~Payee() = default;
    virtual void deposit(long amount) = 0;
};

template <class T>
class Account : public Payee {
public:
    void deposit(long amount) override;

    T balance{};
};

extern Account<long> vault;
extern std::atomic<long> visits;

void visit();

} // namespace bank
