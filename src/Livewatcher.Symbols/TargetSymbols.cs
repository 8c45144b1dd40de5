// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions;
using Livewatcher.Symbols.Expressions.Code;
using Livewatcher.Symbols.Instructions;
using Livewatcher.Symbols.Interop;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Naming;
using Livewatcher.Symbols.SystemCalls;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols;

/// <summary>Names for one process: modules by libdwfl, stacks by call frame information, functions and lines by DWARF,
/// watch expressions, instructions. Opens the target's files at <see cref="RefreshModules"/> and keeps them open, so
/// that hits are still named when the process is gone. Not thread-safe.</summary>
public sealed class TargetSymbols : ITargetSymbols
{
    /// <summary>Pages without a module that were asked for in vain, so that maps is not read again for each of them.</summary>
    private const int MaxUnknownPages = 4096;

    private const int PageBits = 12;

    private readonly Warnings _warnings = new();

    private readonly ModuleMap _modules;

    private readonly FirstFrame _firstFrame;

    private readonly StackUnwinder _unwinder;

    private readonly FrameNamer _namer;

    private readonly StackCache _stacks = new();

    private readonly InstructionFinder _instructions;

    private readonly SystemCallFormatter _systemCalls;

    private readonly WatchResolver _resolver;

    private readonly List<PhysicalFrame> _frames = [];

    /// <summary>Their CFAs.</summary>
    private readonly List<ulong> _addresses = [];

    private readonly HashSet<ulong> _unknownPages = [];

    private bool _changedUnasked;

    /// <param name="process">The target; not owned.</param>
    /// <param name="options">Null takes the defaults.</param>
    /// <exception cref="UserException">libdw is not installed.</exception>
    public TargetSymbols(ITargetProcess process, SymbolOptions? options = null)
    {
        if (!DwflNative.IsInstalled)
        {
            throw new UserException($"{DwflNative.Library} is not installed: apt-get install libdw1");
        }

        _modules = new ModuleMap(process, options ?? SymbolOptions.Default, _warnings);
        _firstFrame = new FirstFrame(_modules);
        _unwinder = new StackUnwinder(_modules, ModulesMayHaveCome, _warnings);
        _namer = new FrameNamer(_modules, _warnings);
        _instructions = new InstructionFinder(process.Memory, _modules.ModuleAt, NameOf, process.ReadThreadPointer);
        _systemCalls = new SystemCallFormatter(process);
        _resolver = new WatchResolver(process, () => _modules.Modules, NameOf, options?.Progress);
        Refresh();
    }

    /// <inheritdoc/>
    public bool RefreshModules()
    {
        var changed = Refresh() || _changedUnasked;
        _changedUnasked = false;
        return changed;
    }

    /// <inheritdoc/>
    public bool HasLibraries => _modules.Modules.Any(module => module.Name.StartsWith("libc.", StringComparison.Ordinal));

    /// <inheritdoc/>
    public bool LibrariesMayCome => !HasLibraries || _modules.Modules.Any(module => module.ImportsDlopen);

    /// <inheritdoc/>
    public WatchResolution Resolve(WatchRequest request)
    {
        _changedUnasked |= Refresh();
        return _resolver.Resolve(request);
    }

    /// <inheritdoc/>
    public ArisingResolution ResolveArising(WatchRequest request)
    {
        _changedUnasked |= Refresh();
        var rows = new RowFinder(_modules);
        return _resolver.ResolveArising(request, address => rows.Find(address, address));
    }

    /// <inheritdoc/>
    public bool? HasFrame(RawHit hit, Address frame, IReadOnlyList<(Address Start, Address End)> code)
    {
        StackEnd end = _unwinder.Unwind(hit, _firstFrame.KindOf(hit), _frames, _addresses);
        // Two functions that are called from the same place, one after the other, have the same CFA.
        int at = _addresses.IndexOf(frame.Value);
        if (at >= 0)
        {
            var place = new Address(_frames[at].Lookup);
            return code.Any(range => place >= range.Start && place < range.End);
        }

        // A stack that was overrun ends anywhere, before the frame in question; only what has plainly gone past it proves that it is not there.
        bool isOrderly = end.Kind is StackEndKind.Whole or StackEndKind.CopyEnds or StackEndKind.KnownTopEnds or StackEndKind.FrameLimit;
        return isOrderly && _addresses.Exists(above => above > frame.Value) ? false : null;
    }

    /// <inheritdoc/>
    public CallStack Unwind(RawHit hit) => Unwind(hit, out _);

    /// <inheritdoc/>
    public CallStack Unwind(RawHit hit, out StackReach reach)
    {
        var end = _unwinder.Unwind(hit, _firstFrame.KindOf(hit), _frames, _addresses);
        reach = new StackReach(end.Kind == StackEndKind.Whole && _addresses.Count > 0 ? new Address(_addresses[^1]) : null, end.Kind == StackEndKind.KnownTopEnds);
        var physical = CollectionsMarshal.AsSpan(_frames);
        if (_stacks.TryGet(physical, end, out var known))
        {
            return known!;
        }

        List<Frame> named = [];
        foreach (var frame in physical)
        {
            named.AddRange(_namer.Name(frame));
        }

        var stack = new CallStack(named, end.Describe(pc => _modules.ModuleAt(new Address(pc))?.Name));
        _stacks.Add(physical, end, stack);
        return stack;
    }

    /// <inheritdoc/>
    public Instruction? FindInstruction(RawHit hit, IReadOnlyList<HardwareSlot> candidates) =>
        _instructions.Find(hit, candidates);

    /// <inheritdoc/>
    public IReadOnlyList<int> TouchedSlots(RawHit hit, IReadOnlyList<HardwareSlot> slots) =>
        _instructions.TouchedSlots(hit, slots);

    /// <inheritdoc/>
    public bool? HasTouched(RawHit hit, HardwareSlot slot, HardwareSlot part) => _instructions.HasTouched(hit, slot, part);

    /// <inheritdoc/>
    public ulong? StoredValue(RawHit hit, HardwareSlot slot, ulong? old) => _instructions.NewValue(hit, slot, old);

    /// <inheritdoc/>
    public string? FormatSystemCall(UserRegisters registers, string? descriptor = null)
    {
        bool isToldByCode = registers.OrigRax == UserRegisters.UnknownCall;
        ulong number = isToldByCode && _instructions.CallNumber(registers) is { } found ? (ulong)found : registers.OrigRax;
        return _systemCalls.Format(registers with { OrigRax = number }, descriptor);
    }

    /// <inheritdoc/>
    public int Generation { get; private set; }

    /// <inheritdoc/>
    public CodePosition? SiteOf(Address code)
    {
        if (_modules.ModuleAt(code) is not { } module)
        {
            return null;
        }

        ElfSymbol? symbol = module.SymbolAt(code);
        return new CodePosition(module.BuildId, module.Name, symbol?.Name, code - (symbol?.Address ?? module.Start));
    }

    /// <inheritdoc/>
    public bool IsInProgram(Address address) => _modules.ModuleAt(address) is { IsMainProgram: true };

    /// <inheritdoc/>
    public bool IsAt(WriterRule rule, Frame frame) => WriterPlaces.Matches(rule, frame);

    /// <inheritdoc/>
    public string? NameOf(Address address)
    {
        if (_modules.ModuleAt(address)?.SymbolAt(address) is not { } symbol)
        {
            return null;
        }

        var name = FunctionNames.OfSymbol(symbol.Name);
        return symbol.Address == address ? name : $"{name}+{address - symbol.Address}";
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> TakeWarnings() => _warnings.Take();

    /// <inheritdoc/>
    public void Dispose() => _modules.Dispose();

    private bool Refresh()
    {
        if (!_modules.Refresh())
        {
            return false;
        }

        Generation++;
        _unknownPages.Clear();
        _firstFrame.Clear();
        _unwinder.Clear();
        _namer.Clear();
        _stacks.Clear();
        _instructions.Forget();
        return true;
    }

    /// <summary>A frame in code that no known module holds: a library may have been loaded since.</summary>
    private bool ModulesMayHaveCome(ulong address)
    {
        if (_unknownPages.Count == MaxUnknownPages || !_unknownPages.Add(address >> PageBits))
        {
            return false;
        }

        var changed = Refresh();
        _changedUnasked |= changed;
        return changed;
    }
}
