// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Unwinding;

/// <summary>Programs whose stacks are looked at.</summary>
internal static class Samples
{
    /// <summary>Several functions, some inlined at -O2, one with a variable-length array, one recursive.</summary>
    public const string Deep = """
        #include <stdlib.h>
        #include <string.h>

        volatile int g_value;
        volatile int g_sink;

        static inline __attribute__((always_inline)) void store(int v)
        {
            g_value = v;
            g_sink = v + 1; /* AFTER THE WRITE */
        }

        static inline __attribute__((always_inline)) void store_twice(int v)
        {
            if (v > 0)
                store(v);
        }

        __attribute__((noinline)) static int leaf(int a, int b, int c, int d, int e, int f, int g)
        {
            store_twice(a + b + c + d + e + f + g);
            return g_sink;
        }

        __attribute__((noinline)) static int array(int n)
        {
            char buffer[n];
            memset(buffer, n, n);
            int r = leaf(n, 2, 3, 4, 5, 6, 7);
            return r + buffer[n - 1];
        }

        __attribute__((noinline)) int recurse(int n)
        {
            int r = n > 0 ? recurse(n - 1) : array(40);
            return r + g_sink;
        }

        static int compare(const void *a, const void *b)
        {
            int r = recurse(3);
            return *(const int *)a - *(const int *)b + 0 * r;
        }

        int main(int argc, char **argv)
        {
            (void)argv;
            int numbers[] = { argc, 2 };
            qsort(numbers, 2, sizeof numbers[0], compare);
            g_sink = numbers[0];
            return g_sink == 1000;
        }
        """;

    public const string Library = """
        int walk(int (*visit)(int, void *), void *data, int count)
        {
            int sum = 0;
            for (int i = 0; i < count; i++)
                sum += visit(i, data);
            return sum;
        }
        """;

    public const string LibraryUser = """
        #include <pthread.h>
        #include <stddef.h>

        int walk(int (*visit)(int, void *), void *data, int count);
        volatile long g_total;
        volatile int g_sink;

        static int on_item(int i, void *data)
        {
            g_total += i + (data != NULL);
            g_sink = i; /* AFTER THE WRITE */
            return i;
        }

        static void *thread_main(void *arg)
        {
            g_sink = walk(on_item, arg, 3);
            return arg;
        }

        int main(void)
        {
            pthread_t t;
            pthread_create(&t, NULL, thread_main, NULL);
            pthread_join(t, NULL);
            return g_sink == 1000;
        }
        """;

    public const string Cxx = """
        #include <memory>
        #include <stdexcept>
        #include <string>
        #include <vector>

        volatile int g_size;
        volatile int g_sink;

        namespace geometry {
        struct Shape {
            virtual ~Shape() = default;
            virtual void grow(int by) = 0;
        };

        namespace {
        struct Square : Shape {
            __attribute__((noinline)) void grow(int by) override
            {
                g_size = g_size + by;
                g_sink = by; // AFTER THE WRITE
            }
        };
        }

        template <typename T, typename F>
        __attribute__((noinline)) void apply(std::vector<T> &items, F function)
        {
            for (auto &item : items)
                function(item);
            g_sink = 1;
        }

        static void grow_all(std::vector<std::unique_ptr<Shape>> &shapes, const std::string &why)
        {
            apply(shapes, [&](std::unique_ptr<Shape> &shape) { shape->grow(static_cast<int>(why.size())); });
            g_sink = 2;
        }
        }

        __attribute__((noinline)) static void fail(int code)
        {
            if (code > 0)
                throw std::runtime_error("no");
        }

        int main(int argc, char **)
        {
            std::vector<std::unique_ptr<geometry::Shape>> shapes;
            shapes.push_back(std::make_unique<geometry::Square>());
            try {
                fail(argc);
            } catch (const std::exception &e) {
                geometry::grow_all(shapes, e.what());
                g_sink = 3;
            }
            return g_sink == 1000;
        }
        """;
}
