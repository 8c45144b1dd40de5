// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections.Concurrent;
using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>The C++ sample in each way of compiling it, built when first asked for, running until the class's tests are done.</summary>
public sealed class CxxPrograms : IDisposable
{
    private readonly Workshop _workshop = new();
    private readonly ConcurrentDictionary<Toolchain, Lazy<RunningProgram>> _programs = new();

    internal RunningProgram this[Toolchain toolchain] => _programs.GetOrAdd(toolchain, t => new(() => Build(t))).Value;

    public void Dispose()
    {
        foreach (Lazy<RunningProgram> program in _programs.Values.Where(p => p.IsValueCreated))
        {
            program.Value.Dispose();
        }

        _workshop.Dispose();
    }

    private RunningProgram Build(Toolchain toolchain)
    {
        _workshop.Write("facts.h", CProgram.Facts);
        _workshop.Write("sample.hpp", CxxProgram.Header);
        return new RunningProgram(_workshop.Build(
            toolchain.Cxx, toolchain.ToString().Replace(' ', '_'), [.. toolchain.Compile, toolchain.Link, "-std=c++17"],
            _workshop.Write("main.cpp", CxxProgram.Main), _workshop.Write("more.cpp", CxxProgram.More)));
    }
}
