// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Expressions.Arising;
using Livewatcher.Symbols.Expressions.Code;
using Livewatcher.Symbols.Expressions.Conditions;
using Livewatcher.Symbols.Expressions.Evaluation;
using Livewatcher.Symbols.Expressions.Lookup;
using Livewatcher.Symbols.Expressions.Memory;
using Livewatcher.Symbols.Expressions.Recorded;
using Livewatcher.Symbols.Expressions.Syntax;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Types;
using Livewatcher.Symbols.Types.Formats;
using Livewatcher.Symbols.Unwinding;

namespace Livewatcher.Symbols.Expressions;

/// <summary>Turns what the user asked to watch into memory of the process, as it is at this moment. Pointers are followed
/// once, now. Not thread-safe. What the target's memory or files hold never makes it throw.</summary>
/// <param name="process">The target.</param>
/// <param name="modules">Its modules at the time of each resolving.</param>
/// <param name="nameOf">Names an address; null where nothing is there.</param>
/// <param name="progress">Is told how far the reading of debug information has come.</param>
internal sealed class WatchResolver(ITargetProcess process, Func<IReadOnlyList<ILoadedModule>> modules, Func<Address, string?> nameOf, ReadingProgress? progress = null)
{
    /// <summary>Four debug registers of 8 bytes.</summary>
    private const int MaximumLength = 32;

    private readonly ModuleIndexes _indexes = new(progress);

    internal WatchResolution Resolve(WatchRequest request)
    {
        try
        {
            IReadOnlyList<ILoadedModule> now = modules();
            _indexes.Keep(now);
            var view = new TargetView(process, now);
            return new WatchResolution.Resolved(request.Mode == AccessMode.Execute ? ResolveCode(request, view) : ResolveData(request, view));
        }
        catch (RefusalException refusal)
        {
            return refusal.Resolution;
        }
    }

    /// <param name="request">With its rule.</param>
    /// <param name="rowAt">The call frame information of a code address.</param>
    internal ArisingResolution ResolveArising(WatchRequest request, Func<ulong, UnwindRow?> rowAt)
    {
        try
        {
            IReadOnlyList<ILoadedModule> now = modules();
            _indexes.Keep(now);
            var view = new TargetView(process, now);
            if (view.PointerSize != sizeof(ulong))
            {
                throw new RefusalException("it is a 32-bit program, in which no watch can arm itself");
            }

            var finder = new ArisingFinder(view, _indexes, rowAt);
            return new(request.Arising switch
            {
                ArisingRule.Local => Local(request, view, rowAt),
                ArisingRule.Canary canary => WithCondition(finder.Canary(request, canary.Function), view),
                ArisingRule.ReturnAddress address => WithCondition(finder.ReturnAddress(request, address.Function), view),
                ArisingRule.At at => new ObjectFinder(view, _indexes, rowAt, moment => ResolveData(request, view, moment.Names, moment.Later)).Find(at),
                ArisingRule.Heap heap => WithCondition(finder.Heap(request, heap), view),
                _ => throw new RefusalException("it does not arm itself"),
            }, null);
        }
        catch (RefusalException refusal)
        {
            return new(null, refusal.Message);
        }
    }

    private ArisingPlan Local(WatchRequest request, TargetView view, Func<ulong, UnwindRow?> rowAt)
    {
        var locals = new FrameLocals(view, _indexes, new TypeReader(), rowAt);
        Watch watch = ResolveData(request, view, locals);
        return ArisingFinder.Local(watch, locals.Function ?? throw new RefusalException($"{request.Expression} names no variable of a function: write FUNCTION::variable; a variable with an address of its own takes --watch"));
    }

    private ArisingPlan WithCondition(ArisingPlan plan, TargetView view)
    {
        WatchRequest request = plan.Watch.Request;
        DataType type = ArisingFinder.TypeOf(plan.Watch.Length);
        return request.Filter.HasCondition
            ? plan with { Watch = plan.Watch with { Condition = Condition(request, view, new WatchedObject(type, plan.Watch.Length, null)) } }
            : plan;
    }

    private Watch ResolveCode(WatchRequest request, TargetView view)
    {
        CodePlace place = new CodeFinder(view, _indexes, nameOf).Find(request.Expression);
        Condition? condition = request.Filter.HasCondition ? Condition(request, view, new WatchedObject(null, 0, null)) : null;
        return new(request, place.Address, 1, BytesFormat.Plain, null, place.Resolution) { Condition = condition };
    }

    private Condition Condition(WatchRequest request, TargetView view, WatchedObject watched)
    {
        var reader = new TypeReader();
        var types = new TypeFinder(view.Modules, _indexes, reader, view.PointerSize);
        return Condition(request, view, types, new VariableFinder(view, _indexes, types, reader), watched);
    }

    /// <summary>Every --if and every --expect turned over, in one.</summary>
    private Condition Condition(WatchRequest request, TargetView view, TypeFinder types, VariableFinder variables, WatchedObject watched, ILocalNames? locals = null)
    {
        Expression? whole = null;
        List<string> texts = [];
        foreach ((string text, bool isExpected) in request.Filter.Conditions.Select(text => (text, false)).Concat(request.Filter.Expectations.Select(text => (text, true))))
        {
            string option = isExpected ? "--expect" : "--if";
            Expression part = ExpressionParser.ParseCondition(text, out string? error) ?? throw new RefusalException($"{option} '{text}': {error}");
            part = isExpected ? new PrefixExpression('!', part) : part;
            whole = whole is null ? part : new OperatorExpression("&&", whole, part);
            texts.Add(isExpected ? $"!({text})" : text);
        }

        string all = texts.Count == 1 ? texts[0] : string.Join(" && ", texts.Select(text => $"({text})"));
        try
        {
            return ConditionCompiler.Compile(all, whole!, watched, new ProgramNames(variables, new FunctionFinder(view, _indexes), types, locals));
        }
        catch (RefusalException refusal)
        {
            throw new RefusalException($"the condition {all} of '{request.Expression}': {refusal.Message}", refusal.MayComeLater);
        }
    }

    private Watch ResolveData(WatchRequest request, TargetView view, ILocalNames? locals = null, LaterMemory? later = null)
    {
        WatchSyntax syntax = ExpressionParser.Parse(request.Expression, out string? error) ?? throw new RefusalException(error ?? "no expression");
        int? length = Length(syntax.Length, request.Length);
        var trail = new Trail();
        var reader = new TypeReader();
        var types = new TypeFinder(view.Modules, _indexes, reader, view.PointerSize);
        var variables = new VariableFinder(view, _indexes, types, reader) { Locals = locals };
        var evaluator = new Evaluator(view, variables, types, syntax.Thread, trail, nameOf, later);
        Operand operand = evaluator.Evaluate(syntax.Root);
        if (syntax.Thread is not null && !evaluator.UsesThread)
        {
            throw new RefusalException($"{syntax.Root} is not thread-local: leave @{syntax.Thread} out");
        }

        Watch watch = operand switch
        {
            Operand.Place { Bits: { } bits } place => BitField(request, syntax, place, bits, length, trail),
            Operand.Place place => Object(request, syntax, place, types.Complete(place.Type), length, trail),
            Operand.Computed computed => Untyped(request, syntax, computed, length, trail),
            _ => throw new RefusalException($"{syntax.Root} is no object in memory"),
        };
        if (locals is null)
        {
            CheckReadable(watch);
        }

        watch = watch with { Shape = ShapeWriter.Write(Watched(operand, types, watch), types) };
        return request.Filter.HasCondition
            ? watch with { Condition = Condition(request, view, types, new VariableFinder(view, _indexes, types, reader), Watched(operand, types, watch), locals) }
            : watch;
    }

    /// <summary>What new and old are in a condition.</summary>
    private static WatchedObject Watched(Operand operand, TypeFinder types, Watch watch)
    {
        if (operand is Operand.Place { Bits: { } bits } field)
        {
            return new(field.Type, watch.Length, new BitRange(unchecked(bits.First + ((field.Address.Value - watch.Address.Value) * 8)), bits.Count));
        }

        DataType type = operand is Operand.Place place ? types.Complete(place.Type) : DataType.Opaque((ulong)watch.Length);
        // Of something that --len has cut to another size the bytes are a number without a sign.
        return new(type.Size == (ulong)watch.Length ? type : DataType.Opaque((ulong)watch.Length), watch.Length, null);
    }

    private static int? Length(ulong? written, int? option)
    {
        if (written is { } inside && option is { } outside && inside != (ulong)outside)
        {
            throw new RefusalException($"the expression says {inside} bytes and --len says {outside}");
        }

        ulong? length = written ?? (option is { } given ? (ulong)Math.Max(given, 0) : null);
        return length is 0 or > MaximumLength
            ? throw new RefusalException($"a length of {length} cannot be watched: 1 to {MaximumLength} bytes can")
            : (int?)length;
    }

    private static Watch Object(WatchRequest request, WatchSyntax syntax, Operand.Place place, DataType whole, int? length, Trail trail)
    {
        if (whole.Kind is TypeKind.Function or TypeKind.Void)
        {
            throw new RefusalException($"{syntax.Root} is {(whole.Kind == TypeKind.Void ? "void" : "a function")}, not an object in memory");
        }

        ulong size = (ulong?)length ?? whole.Size ?? 0;
        if (size is 0 or > int.MaxValue)
        {
            throw new RefusalException(size == 0
                ? $"the size of {syntax.Root} is not known{(whole.IsIncomplete ? $" ({place.Type} is incomplete)" : "")}: say how many bytes, as {syntax.Root}:8 or --len 8"
                : $"{syntax.Root} has {size} bytes, too many to watch", mayComeLater: whole.IsIncomplete);
        }

        DataType shown = whole.Plain.IsIncomplete || place.Type.Plain.IsIncomplete ? whole : place.Type;
        return new(
            request, place.Address, (int)size, ValueFormats.For(shown, (int)size), whole.IsUntyped ? null : place.Type.ToString(),
            trail.End($"{syntax.Root} at {place.Address}"));
    }

    /// <summary>The smallest unit of 1, 2, 4 or 8 aligned bytes that holds all the bits.</summary>
    private static Watch BitField(WatchRequest request, WatchSyntax syntax, Operand.Place place, BitRange bits, int? length, Trail trail)
    {
        if (length is not null)
        {
            throw new RefusalException($"{syntax.Root} is a bit-field: its type says which bytes hold it, so leave the length out");
        }

        ulong first = place.Address.Value + (bits.First / 8);
        ulong last = place.Address.Value + ((bits.First + (ulong)bits.Count - 1) / 8);
        (ulong start, int size) = (first, (int)(last - first) + 1);
        foreach (int unit in (ReadOnlySpan<int>)[1, 2, 4, 8])
        {
            ulong aligned = first & ~((ulong)unit - 1);
            if (last < aligned + (ulong)unit)
            {
                (start, size) = (aligned, unit);
                break;
            }
        }

        var inside = new BitRange(unchecked(bits.First + ((place.Address.Value - start) * 8)), bits.Count);
        string where = bits.Count == 1 ? $"bit {inside.First}" : $"bits {inside.First} to {inside.First + (ulong)bits.Count - 1}";
        string at = $"{syntax.Root} is {where} of the {size} bytes at {new Address(start)}";
        trail.Add(at);
        return new(request, new Address(start), size, ValueFormats.ForBits(place.Type, inside), $"{place.Type} : {bits.Count}", trail.End(at));
    }

    /// <summary>An address and a length: 0x7f12a0:8, &amp;x:4.</summary>
    private static Watch Untyped(WatchRequest request, WatchSyntax syntax, Operand.Computed computed, int? length, Trail trail)
    {
        bool isPointer = computed.Type.Plain.Kind == TypeKind.Pointer;
        if (!isPointer && !computed.IsConstant)
        {
            throw new RefusalException($"{syntax.Root} is a value, not an object in memory");
        }

        if (length is not { } bytes)
        {
            bool known = isPointer && computed.Type.Plain.Target is { IsUntyped: false, Kind: not TypeKind.Void };
            throw new RefusalException(known
                ? $"{syntax.Root} is an address; to watch what is there write *({syntax.Root})"
                : $"{syntax.Root} is an address without a type: write *(long*)({syntax.Root}), or say how many bytes, as {syntax.Root}:8");
        }

        var address = new Address(unchecked((ulong)computed.Number));
        return new(request, address, bytes, BytesFormat.Plain, null, trail.End($"{bytes} bytes at {address}"));
    }

    private void CheckReadable(Watch watch)
    {
        byte[] probe = new byte[Math.Min(watch.Length, MaximumLength)];
        if (!process.Memory.TryRead(watch.Address, probe))
        {
            throw new RefusalException($"{watch.Label} is at {watch.Address}, where the process has no readable memory");
        }
    }
}
