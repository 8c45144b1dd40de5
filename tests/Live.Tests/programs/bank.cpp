/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

#include "bank.hpp"

namespace bank {

template <class T>
__attribute__((noinline)) void Account<T>::deposit(long amount)
{
    balance += static_cast<T>(amount); // @deposit
}

template class Account<long>;

Account<long> vault;
std::atomic<long> visits;

__attribute__((noinline)) void visit()
{
    visits.fetch_add(1); // @visit
}

} // namespace bank
