// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Microsoft.Data.Sqlite;

namespace Livewatcher.Recording.Writing;

/// <summary>Watches, modules, stacks, instructions and threads of a recording: each is stored once.</summary>
internal sealed class Names : IDisposable
{
    private const int MaxReferences = 1 << 16;

    private readonly Insert watch;
    private readonly Insert module;
    private readonly Insert stack;
    private readonly Insert frame;
    private readonly Insert instruction;
    private readonly Insert thread;
    private readonly Interned<WatchKey> watches;
    private readonly Interned<ModuleKey> modules;
    private readonly Interned<CallStack> stacks;
    private readonly Interned<InstructionKey> instructions;
    private readonly Interned<ThreadKey> threads;

    /// <summary>The same object is the same stack, without a look at its frames.</summary>
    private readonly Dictionary<CallStack, long> references = new(ReferenceEqualityComparer.Instance);

    internal Names(SqliteConnection connection)
    {
        watch = new Insert(connection, "watch", 9);
        module = new Insert(connection, "module", 5);
        stack = new Insert(connection, "stack", 2);
        frame = new Insert(connection, "frame", 9);
        instruction = new Insert(connection, "instruction", 4);
        thread = new Insert(connection, "thread", 4);
        watches = new Interned<WatchKey>((id, key) => watch.Run(
            id, key.Label, key.Mode.Word(), key.Address.Value, (long)key.Length, key.Type, key.Resolution, key.Condition, key.Shape));
        modules = new Interned<ModuleKey>((id, key) => module.Run(
            id, key.Name, key.Binary?.Path, key.Binary?.BuildId, key.Binary is { } binary ? binary.Bias : null));
        stacks = new Interned<CallStack>(Store, new StackComparer());
        instructions = new Interned<InstructionKey>((id, key) => instruction.Run(
            id, key.Address.Value, key.Text, key.Proven));
        threads = new Interned<ThreadKey>((id, key) => thread.Run(id, (long)key.Process.Value, key.Thread is { } tid ? (long)tid.Value : null, key.Name));
    }

    internal long Of(Watch one) => watches.IdOf(new WatchKey(one.Label, one.Mode, one.Address, one.Length, one.TypeName, one.Resolution, one.Condition?.Text, one.Shape));

    internal long Of(Instruction one) => instructions.IdOf(new InstructionKey(one.Address, one.Text, one.Proven));

    internal long Of(ProcessId process, ThreadId? tid, string? name) => threads.IdOf(new ThreadKey(process, tid, name));

    internal long Of(CallStack one)
    {
        if (references.TryGetValue(one, out long id))
            return id;
        if (references.Count >= MaxReferences)
            references.Clear();
        return references[one] = stacks.IdOf(one);
    }

    internal void Commit()
    {
        watches.Commit();
        modules.Commit();
        stacks.Commit();
        instructions.Commit();
        threads.Commit();
    }

    internal void Rollback()
    {
        references.Clear();
        watches.Rollback();
        modules.Rollback();
        stacks.Rollback();
        instructions.Rollback();
        threads.Rollback();
    }

    public void Dispose()
    {
        foreach (Insert one in (Insert[])[watch, module, stack, frame, instruction, thread])
            one.Dispose();
    }

    private void Store(long id, CallStack one)
    {
        stack.Run(id, one.CutShort);
        for (int depth = 0; depth < one.Frames.Count; depth++)
        {
            Frame line = one.Frames[depth];
            long? place = line.Module is null && line.Binary is null ? null : modules.IdOf(new ModuleKey(line.Module, line.Binary));
            frame.Run(
                id, (long)depth, line.Address.Value, place, line.Function, line.Offset, line.File,
                (long)line.Line, line.Inlined);
        }
    }

    private readonly record struct WatchKey(string Label, AccessMode Mode, Address Address, int Length, string? Type, string? Resolution, string? Condition, string? Shape);

    private readonly record struct ModuleKey(string? Name, Binary? Binary);

    private readonly record struct InstructionKey(Address Address, string Text, bool Proven);

    private readonly record struct ThreadKey(ProcessId Process, ThreadId? Thread, string? Name);

    /// <summary>By their frames.</summary>
    private sealed class StackComparer : IEqualityComparer<CallStack>
    {
        public bool Equals(CallStack? left, CallStack? right) =>
            ReferenceEquals(left, right)
            || (left is not null && right is not null && left.CutShort == right.CutShort && left.Frames.SequenceEqual(right.Frames));

        public int GetHashCode(CallStack one)
        {
            HashCode hash = default;
            foreach (Frame line in one.Frames)
                hash.Add(line.Address.Value);
            return hash.ToHashCode();
        }
    }
}
