/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.
 * SPDX-License-Identifier: MIT
 *
 * Must not compile: no debug register watches 12 bytes.
 */
#include <livewatcher.hpp>

int main()
{
    struct {
        int three[3];
    } wide{};
    livewatcher::watch w{wide};
}
