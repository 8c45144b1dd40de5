// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Expressions.Programs;

/// <summary>Functions that print their addresses.</summary>
internal static class CodeProgram
{
    public const string First = """
        #include "facts.h"
        #define CODE(text, function) printf("at\t%s\t%p\t1\n", text, (void *)(function))
        int g_value;
        static int init(void) { return 1; }
        int work(int n)
        {
            int sum = 0; /* FIRST LINE */
            for (int i = 0; i < n; i++)
                sum += i; /* LOOP LINE */

            /* NO CODE HERE */
            g_value = sum; /* AFTER */
            return sum;
        }
        static inline __attribute__((always_inline)) int only_inlined(int n) { return n * 3; }
        void second(void);
        int main(int argc, char **argv)
        {
            (void)argv;
            CODE("work", work); CODE("main", main); CODE("first.c::init", init);
            g_value = only_inlined(argc) + work(argc) + init();
            second();
            ready();
            return g_value;
        } /* LAST */
        """;

    public const string Second = """
        #include "facts.h"
        #define CODE(text, function) printf("at\t%s\t%p\t1\n", text, (void *)(function))
        static int init(void) { return 2; }
        void second(void)
        {
            CODE("second", second);
            CODE("second.c::init", init);
            init();
        }
        """;

    public const string Cxx = """
        #include "facts.h"
        #include <cstdint>
        #define CODE(text, function) printf("at\t%s\t%p\t1\n", text, (void *)(function))
        template <typename T> void method(const char *text, T pointer) { void *words[2]; __builtin_memcpy(words, &pointer, sizeof words); CODE(text, words[0]); }
        int sink;
        namespace ns {
            struct Widget {
                int size = 0;
                Widget(int n) : size(n) { sink++; }
                int grow(int n) { return size += n; }
                int grow(double n) { return size += (int)n; }
                int look() const { return size; }
                Widget &operator+=(int n) { size += n; return *this; }
                bool operator<(const Widget &other) const { return size < other.size; }
                template <typename T> T as(T n) { return n + size; }
            };
            namespace { int hidden(int n) { return n + sink; } }
            int free_one(const char *text, unsigned long n) { return text[n]; }
        }
        template <typename T> T twice(T n) { return n + n + sink; }
        int overloaded(int n) { return n + sink; }
        int overloaded(unsigned long n) { return (int)n - sink; }

        int main()
        {
            using ns::Widget;
            Widget w(1);
            w += 2;
            bool less = w < Widget(4);
            method<int (Widget::*)(int)>("ns::Widget::grow(int)", &Widget::grow);
            method<int (Widget::*)(double)>("Widget::grow(double)", &Widget::grow);
            method<int (Widget::*)() const>("ns::Widget::look", &Widget::look);
            method<int (Widget::*)() const>("ns::Widget::look() const", &Widget::look);
            method<int (Widget::*)() const>("look", &Widget::look);
            method<Widget &(Widget::*)(int)>("ns::Widget::operator+=", &Widget::operator+=);
            method<bool (Widget::*)(const Widget &) const>("ns::Widget::operator<(ns::Widget const&) const", &Widget::operator<);
            method<long (Widget::*)(long)>("ns::Widget::as<long>", &Widget::as<long>);
            CODE("ns::(anonymous namespace)::hidden", ns::hidden);
            CODE("hidden(int)", ns::hidden);
            CODE("ns::free_one", ns::free_one);
            CODE("free_one(char const*, unsigned long)", ns::free_one);
            CODE("_ZN2ns8free_oneEPKcm", ns::free_one);
            CODE("twice<int>", twice<int>);
            CODE("twice<long>(long)", twice<long>);
            CODE("overloaded(int)", (int (*)(int))overloaded);
            CODE("overloaded(long unsigned int)", (int (*)(unsigned long))overloaded);
            CODE("code.cpp::overloaded(int)", (int (*)(int))overloaded);
            ready();
            return less + w.as(3L) + (int)twice(2) + (int)twice(2L);
        }
        """;
}
