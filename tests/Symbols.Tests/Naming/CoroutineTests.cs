// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Naming;

/// <summary>gcc moves a coroutine's body into a function whose symbol it puts together from other mangled names. What gcc 12
/// makes is no name that a demangler takes.</summary>
public sealed class CoroutineTests
{
    private const string Source = """
        #include <coroutine>

        struct Task {
            struct promise_type {
                Task get_return_object() { return { std::coroutine_handle<promise_type>::from_promise(*this) }; }
                std::suspend_always initial_suspend() noexcept { return {}; }
                std::suspend_always final_suspend() noexcept { return {}; }
                void return_void() {}
                void unhandled_exception() {}
            };
            std::coroutine_handle<promise_type> handle;
        };

        volatile long g_value;

        __attribute__((noinline)) void store(long n) { g_value = n; }

        static Task count(long n)
        {
            co_await std::suspend_always{};
            store(n);
        }

        Task visible(long n)
        {
            co_await std::suspend_always{};
            store(-n);
        }

        int main()
        {
            Task tasks[] = { count(3), visible(4) };
            for (Task task : tasks) {
                task.handle.resume();
                task.handle.resume();
                task.handle.destroy();
            }
        }
        """;

    [Theory]
    [InlineData("-O0")]
    [InlineData("-O2")]
    public void ItsBodyHasTheCoroutinesNameAndTheBodysParameter(string level)
    {
        using var workshop = new Workshop();
        using var gdb = new Gdb(workshop.Build("g++", "tasks", ["-g", "-std=c++20", level], workshop.Write("tasks.cpp", Source)));
        gdb.RunTo("store");
        using var symbols = new TargetSymbols(new ProcTarget(gdb.ProcessId));

        NameOfBody(symbols, gdb).Should().Be("count(count::_ZL5countl.Frame *)");
        gdb.Ask("continue");
        NameOfBody(symbols, gdb).Should().Be("visible(visible::_Z7visiblel.Frame *)");
    }

    private static string? NameOfBody(TargetSymbols symbols, Gdb gdb)
    {
        var stack = symbols.Unwind(gdb.Capture());
        stack.CutShort.Should().BeNull();
        stack.Frames.Should().Contain(frame => frame.Function == "main");
        stack.Frames[1].Function.Should().StartWith($"{gdb.Frames()[1].Name.Split('(')[0]}(");
        return stack.Frames[1].Function;
    }
}
