/* Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE. */
/* SPDX-License-Identifier: MIT */
namespace ns {
template <typename T> struct Box {
    T held;
    static int boxes;
    void keep(T value) { held = value; }
};
template <typename T> int Box<T>::boxes = 3;
namespace {
int hidden = 4;
}
struct Base {
    int base;
};
struct Derived : virtual Base {
    Box<long> *box;
    int &reference;
};
} // namespace ns

ns::Box<long> box;
ns::Derived *derived;

extern "C" void _start()
{
    auto add = [](int by) { ns::hidden += by; };
    add(2);
    box.keep(ns::Box<long>::boxes);
}
