// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Tests.Expressions.Programs;

/// <summary>A C++ program that tells the place and size of everything it has.</summary>
internal static class CxxProgram
{
    public const string Header = """
        #pragma once
        #include "facts.h"
        #include <atomic>
        #include <cstdint>

        struct Shape {
            virtual ~Shape() {}
            virtual int area() { return 0; }
            int corners = 4;
            static int created;
        };

        template <typename T, unsigned N = 2> struct Box {
            T items[N];
            static T total;
            static T *last() { static T kept; kept++; return &kept; }
        };
        template <typename T, unsigned N> T Box<T, N>::total = 3;

        extern Shape g_shape;
        void more_facts();
        """;

    public const string More = """
        #include "sample.hpp"

        int Shape::created = 12;
        Shape g_shape;

        namespace { int hidden = 2; }
        namespace tool { static int counter = 31; int exported = 32; }

        void more_facts()
        {
            PLACE("more.cpp::hidden", hidden);
            PLACE("more.cpp::tool::counter", tool::counter);
            AT(tool::exported);
        }
        """;

    public const string Main = """
        #include "sample.hpp"
        #include <cstdlib>

        int plain = 1;
        namespace { int hidden = 1; int only_hidden = 5; struct Local { short a; short b; } local_object; }
        namespace ns {
            int x = 10;
            namespace inner { double y = 1.5; struct Point { int h, v; }; Point origin{3, 4}; }
            namespace { long deep = 7; }
            inline namespace v2 { int versioned = 8; }
            static int counter = 30;
            enum class Colour : unsigned char { Red, Green, Blue };
            enum Mode { Off, On };
            Colour colour = Colour::Blue;
            Colour strange = static_cast<Colour>(9);
            Mode mode = On;
            struct Widget {
                int id = 1;
                static int made;
                static inline long inlined = 77;
                static constexpr int limit = 99;
                struct Part { char kind = 'p'; static short parts; };
                Part part;
                int *bump() { static int calls; calls++; return &calls; }
                union { int as_int; float as_float; };
            };
            int Widget::made = 5;
            short Widget::Part::parts = 6;
            Widget widget;
        }
        namespace tool { int *bump() { static int counter_inside = 3; return &counter_inside; } }

        struct Named { int same = 1; int first = 2; };
        struct Second { int same = 3; long second = 4; };
        struct Both : Named, Second { int own = 5; };
        struct Top { int top = 6; };
        struct Left : virtual Top { int left = 7; };
        struct Right : virtual Top { int right = 8; };
        struct Diamond : Left, Right { int bottom = 9; };
        struct Hides : Named { short first = 11; };
        struct Circle : Shape { double radius = 2.5; int area() override { return 3; } };
        struct Holder { int &ref; Both &&moved; Holder(int &r, Both &&b) : ref(r), moved(static_cast<Both &&>(b)) {} };

        Both both;
        Both *both_pointer = &both;
        Second *second_pointer = &both;
        Diamond diamond;
        Diamond *diamond_pointer = &diamond;
        Right *right_pointer = &diamond;
        Hides hides;
        Circle circle;
        Shape *shape = &circle;
        std::atomic<int> atomic_int{41};
        std::atomic<bool> atomic_bool{true};
        std::atomic<long *> atomic_pointer{nullptr};
        Box<long> box{{1, 2}};
        Box<unsigned char, 5> wide_box{{1, 2, 3, 4, 5}};
        char16_t utf16 = u'x';
        wchar_t wide = L'w';
        int choose(int n) { return n; }
        int numbers[4] = {1, 2, 3, 4};
        int &reference = numbers[choose(2)];
        int *&pointer_reference = *new int *(&numbers[1]);
        Holder holder(numbers[3], static_cast<Both &&>(both));

        int *overloaded(int) { static int place = 1; return &place; }
        int *overloaded(double) { static int place = 2; return &place; }

        int main()
        {
            AT(plain); AT(only_hidden); AT(local_object.b); AT(ns::x); AT(ns::inner::y); AT(ns::inner::origin); AT(ns::inner::origin.v); AT(ns::deep); AT(ns::versioned);
            AT(ns::v2::versioned); AT(ns::colour); AT(ns::mode); AT(ns::Widget::made); AT(ns::Widget::inlined); AT(ns::Widget::Part::parts); AT(ns::widget);
            AT(ns::widget.part.kind); AT(ns::widget.as_float); AT(both); AT(both.first); AT(both.second); AT(both.own); AT(both.Second::same); AT(both_pointer->Named::same);
            AT(((Both *)second_pointer)->own); AT(((Second *)both_pointer)->second); AT(second_pointer->second); AT(diamond.top); AT(diamond_pointer->top); AT(right_pointer->top);
            AT(diamond.left); AT(diamond.right); AT(diamond.bottom); AT(hides.first); AT(hides.Named::first); AT(circle.radius); AT(circle.corners); AT(((Circle *)shape)->radius);
            AT(shape->corners); AT(Shape::created); AT(g_shape.corners); AT(circle.created); AT(shape->created); AT(atomic_int); AT(atomic_bool); AT(atomic_pointer);
            AT(box); AT(box.items[1]); AT(Box<long>::total); PLACE("Box<long, 2>::total", box.total); AT(reference); AT(pointer_reference); AT(*pointer_reference); AT(holder.ref); AT(holder.moved.own);
            AT(*(ns::inner::Point *)&ns::inner::origin); AT(((ns::Widget::Part *)&ns::widget.part)->kind); AT(((struct Both *)both_pointer)->own); AT((int &)ns::mode); AT(::plain);
            AT(*(Box<long> *)&box); AT(((Box<unsigned char, 5> *)&wide_box)->items[4]); AT((&numbers[1])[2]); AT(*(&reference - 1)); AT(utf16); AT(wide);
            PLACE("(anonymous namespace)::only_hidden", only_hidden);
            PLACE("ns::(anonymous namespace)::deep", ns::deep);
            PLACE("main.cpp::hidden", hidden);
            PLACE("main.cpp::ns::counter", ns::counter);
            PLACE("ns::counter", ns::counter);
            PLACE("Box<long int>::total", box.total);
            PLACE("Box<long, 2u>::total", box.total);
            PLACE("ns::Widget::bump::calls", *ns::widget.bump());
            PLACE("Widget::bump::calls", *ns::widget.bump());
            PLACE("calls", *ns::widget.bump());
            PLACE("tool::bump::counter_inside", *tool::bump());
            PLACE("overloaded(int)::place", *overloaded(1));
            PLACE("overloaded(double)::place", *overloaded(1.0));
            PLACE("kept", *Box<long>::last());
            more_facts();
            WHOLE(ns::colour); WHOLE(ns::mode); WHOLE(atomic_int); WHOLE(atomic_bool); WHOLE(reference); WHOLE(diamond.top); WHOLE(utf16); WHOLE(wide);
            ready();
            return ns::Widget::limit;
        }
        """;
}
