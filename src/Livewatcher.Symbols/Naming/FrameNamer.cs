// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Naming;

/// <summary>Names frames, and remembers every name: one place costs libdw milliseconds.</summary>
internal sealed class FrameNamer(ModuleMap modules, Warnings warnings)
{
    /// <summary>As gdb calls the frame between a handler and what it interrupted.</summary>
    public const string SignalHandlerCalled = "<signal handler called>";

    private const int MaxRemembered = 1 << 17;

    private readonly Dictionary<ElfModule, ModuleNames> _modules = [];

    private readonly Dictionary<PhysicalFrame, Frame[]> _frames = [];

    /// <summary>The frame and the functions inlined into it, innermost first.</summary>
    public ReadOnlySpan<Frame> Name(PhysicalFrame frame)
    {
        if (_frames.TryGetValue(frame, out var known))
        {
            return known;
        }

        if (_frames.Count >= MaxRemembered)
        {
            _frames.Clear();
        }

        return _frames[frame] = Read(frame);
    }

    /// <summary>To be called whenever modules have come or gone.</summary>
    public void Clear()
    {
        _modules.Clear();
        _frames.Clear();
    }

    private Frame[] Read(PhysicalFrame frame)
    {
        var pc = new Address(frame.Pc);
        var lookup = new Address(frame.Lookup);
        if (modules.ModuleAt(lookup) is not { } module)
        {
            return [new Frame(pc, null, null, 0, null, 0, Inlined: false)];
        }

        if (frame.Kind == FrameKind.SignalTrampoline)
        {
            return [new Frame(pc, module.Name, SignalHandlerCalled, 0, null, 0, Inlined: false)];
        }

        if (!_modules.TryGetValue(module, out var names))
        {
            _modules[module] = names = new ModuleNames(module, warnings);
        }

        return names.Name(pc, lookup);
    }
}
