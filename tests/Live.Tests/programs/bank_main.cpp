/* Copyright (c) livewatcher contributors. SPDX-License-Identifier: MIT */

// bank [N] [THREADS]: each thread makes N deposits under a mutex and N visits.
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>

#include "bank.hpp"
#include "own.h"

int main(int argc, char **argv)
{
    const long rounds = argument(argc, argv, 1, 1000);
    const long threads = argument(argc, argv, 2, 4);
    std::mutex lock;
    bank::Payee &payee = bank::vault;
    std::vector<long> deposits(threads), visits(threads);
    std::vector<std::thread> workers;
    gate();
    for (long i = 0; i < threads; i++) {
        workers.emplace_back([&, i] {
            pthread_setname_np(pthread_self(), ("worker-" + std::to_string(i)).c_str());
            for (long round = 0; round < rounds; round++) {
                {
                    std::lock_guard<std::mutex> hold(lock);
                    payee.deposit(1);
                    deposits[i]++;
                }
                bank::visit();
                visits[i]++;
            }
        });
    }
    long all_deposits = 0, all_visits = 0;
    for (long i = 0; i < threads; i++) {
        workers[i].join();
        std::printf("thread worker-%ld %ld\n", i, deposits[i] + visits[i]);
        all_deposits += deposits[i];
        all_visits += visits[i];
    }
    fact("hits bank::vault.balance", all_deposits);
    fact("hits bank::visits", all_visits);
    return 0;
}
