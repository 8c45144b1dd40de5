// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Symbols.Tests.Expressions.Programs;
using Livewatcher.Symbols.Tests.Targets;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>Builds and starts the C sample.</summary>
internal sealed class CProgramBuild : IDisposable
{
    private readonly Workshop _workshop = new();

    public CProgramBuild(Toolchain toolchain, params string[] extra)
        : this(toolchain, isShared: false, extra)
    {
    }

    /// <param name="toolchain">How to compile.</param>
    /// <param name="isShared">Let dwz(1) move what program and library have in common into a third file.</param>
    /// <param name="extra">Further flags.</param>
    public CProgramBuild(Toolchain toolchain, bool isShared, params string[] extra)
    {
        Directory.CreateDirectory(Path.Combine(_workshop.Folder, "folder"));
        _workshop.Write("facts.h", CProgram.Facts);
        string library = _workshop.Build(
            toolchain.Compiler, "libsample.so", [.. toolchain.Compile, "-fPIC", "-shared", .. extra], _workshop.Write("lib.c", CProgram.Library));
        string program = _workshop.Build(
            toolchain.Compiler, "sample", [.. toolchain.Compile, toolchain.Link, $"-I{_workshop.Folder}", $"-Wl,-rpath,{_workshop.Folder}", .. extra],
            _workshop.Write("main.c", CProgram.Main), _workshop.Write("folder/other.c", CProgram.Other), library);
        if (isShared)
        {
            Shell.Run("dwz", "-m", Path.Combine(_workshop.Folder, "common.debug"), program, library);
        }

        Program = new RunningProgram(program);
    }

    public RunningProgram Program { get; }

    public string Folder => _workshop.Folder;

    public void Dispose()
    {
        Program.Dispose();
        _workshop.Dispose();
    }
}
