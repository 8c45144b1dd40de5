// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What a listener has to show besides hits: programs' own words, debug registers, its state.</summary>
internal sealed class ServingText(Page page, TextOptions options)
{
    private const int FirstLevel = 2;
    private const int SecondLevel = 4;

    private readonly StackText _stacks = new(page, options);

    public void Write(MessageEvent message)
    {
        page.Add(message.Kind == MessageKind.Mark ? "mark" : "info", Tone.Good).To(StackText.Indent);
        page.Add(Timestamps.Clock(message.Time), Tone.Faint).Gap();
        page.Add(WhoOf(message), Tone.Thread).Gap().Sentence(message.Text, StackText.Indent, message.Kind == MessageKind.Mark ? Tone.Strong : Tone.Plain);
        if (message.Stack is { } stack)
        {
            _stacks.WriteWhole(stack, options.FullPaths);
        }
    }

    public void Write(DisarmedEvent disarmed)
    {
        var account = disarmed.Account;
        page.Add("reset", Tone.Faint).To(StackText.Indent).Add(Timestamps.Clock(disarmed.Time), Tone.Faint).Gap();
        page.Add(disarmed.Watch.Label, Tone.Strong).Gap().Add($"at {disarmed.Watch.Address}", Tone.Faint).Gap();
        page.Sentence($"pid {disarmed.Process}, {Accounts(account)}", StackText.Indent);
    }

    public void Write(RegistersEvent registers)
    {
        var whose = registers.Thread is { } thread ? $"thread {thread} of pid {registers.Process}" : $"pid {registers.Process}, every thread";
        page.Add("dr", Tone.Good).To(StackText.Indent).Add(Timestamps.Clock(registers.Time), Tone.Faint).Gap();
        page.Sentence($"{whose} (by {registers.Source})", StackText.Indent);
        WriteRegisters(registers.Registers, StackText.Indent);
        if (registers.Stack is { } stack)
        {
            _stacks.WriteWhole(stack, options.FullPaths);
        }
    }

    public void Write(StatusEvent status)
    {
        page.Sentence(
            $"listening since {Timestamps.Full(status.Since)}: backend {status.Backend}, scope {status.Scope}, guard {(status.Guard ? "on" : "off")}", 0);
        page.Sentence(string.Join(", ", status.Settings.Select(setting => $"{setting.Key} {setting.Value}")), FirstLevel);
        page.Sentence($"{Words.Count(status.Processes.Count, "program is", "programs are")} connected, {Words.Count(status.Hits, "hit")} reported", FirstLevel);
        if (Words.Ways(status.Sync) is { Length: > 0 } ways)
        {
            page.Sentence($"threads armed: {ways}", FirstLevel);
        }

        foreach (var gap in status.Gaps)
        {
            page.Sentence($"gap: {gap}", FirstLevel, Tone.Warning);
        }

        foreach (var served in status.Processes)
        {
            Write(served);
        }
    }

    private void Write(ServedProcess served)
    {
        page.Add($"pid {served.Process}", Tone.Strong).Gap().Add(served.Name, Tone.Thread).Gap();
        page.Sentence(
            $"{Words.Count(served.Threads, "thread")}, {Words.Count(served.Armings, "watch", "watches")} set so far, {Words.Count(served.Hits, "hit")}", SecondLevel);
        foreach (var watch in served.Watches)
        {
            page.To(FirstLevel).Add(watch.Number.ToString(CultureInfo.InvariantCulture)).Gap().Add(watch.Watch.Label, Tone.Strong).Gap();
            page.Sentence(
                $"{watch.Watch.Mode.Word()}, {Words.Count(watch.Watch.Length, "byte")} at {watch.Watch.Address} in DR{watch.Slot}: {Accounts(watch.Account)}{Compared(watch.Kernel)}",
                SecondLevel);
        }

        WriteRegisters(served.Registers, SecondLevel);
    }

    private void WriteRegisters(IReadOnlyList<ulong> registers, int indent)
    {
        for (var i = 0; i < registers.Count; i++)
        {
            var name = i == registers.Count - 1 ? "dr7" : $"dr{i}";
            page.Piece(24, indent).Add(name, Tone.Faint).Gap(1).Add($"0x{registers[i]:x16}");
        }

        page.End();
    }

    private static string Accounts(SlotAccount account)
    {
        var parts = $"{Words.Count((long)account.Counted, "hit")}";
        parts += account.Filtered > 0 ? $", {account.Filtered:N0} filtered" : "";
        parts += account.Skipped > 0 ? $", {account.Skipped:N0} skipped" : "";
        return account.Dropped > 0 ? $"{parts}, {account.Dropped:N0} dropped" : parts;
    }

    private static string Compared(KernelCount? kernel) => kernel switch
    {
        null => "",
        { Missing: 0 } => ", as the kernel has counted",
        { Missing: > 0 and var missing } => $"; the kernel has counted {missing:N0} more",
        { Missing: var surplus } => $"; the kernel has counted {-surplus:N0} fewer",
    };

    private static string WhoOf(MessageEvent message) => (message.Thread, message.ThreadName) switch
    {
        ({ } thread, { } name) => $"{name} ({thread}) pid {message.Process}",
        ({ } thread, _) => $"thread {thread} pid {message.Process}",
        _ => $"pid {message.Process}",
    };
}
