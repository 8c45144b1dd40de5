// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Collections;
using System.Globalization;
using Livewatcher.Linux.Acting;
using Livewatcher.Model;
using Livewatcher.Render;

namespace Livewatcher.Cli.Acting;

/// <summary>Starts a shell command for a hit: the hit as a line of JSON on its standard input, and in its environment. Never waits for one; a few
/// may run at a time.</summary>
internal sealed class HitCommands : IHitCommands, IDisposable
{
    private const int MostAtOnce = 4;

    /// <summary>How long a command that was started may take to be handed its input when the watching is over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly List<Task> feeding = [];
    private readonly List<ShellCommand> running = [];

    public CommandStart Run(string command, Hit hit)
    {
        running.RemoveAll(one => one.HasEnded());
        feeding.RemoveAll(task => task.IsCompleted);
        if (running.Count >= MostAtOnce)
            return new CommandStart(null, null);
        if (ShellCommand.Start(command, Environment(hit), out string? failure) is not { } started)
            return new CommandStart(null, failure);
        running.Add(started);
        feeding.Add(FeedAsync(started.Input, Json(hit)));
        return new CommandStart(started.Process, null);
    }

    /// <summary>Commands that still run are left to themselves.</summary>
    public void Dispose() => Task.WaitAll([.. feeding], Patience);

    private static List<string> Environment(Hit hit)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            all[(string)entry.Key] = entry.Value as string ?? "";
        foreach ((string name, string? value) in Variables(hit))
        {
            if (value is null)
                all.Remove($"LIVEWATCHER_{name}");
            else
                all[$"LIVEWATCHER_{name}"] = value.Replace("\0", "", StringComparison.Ordinal);
        }

        return [.. all.Select(one => $"{one.Key}={one.Value}")];
    }

    /// <summary>What is not known is not set.</summary>
    private static IEnumerable<(string Name, string? Value)> Variables(Hit hit)
    {
        Frame? writer = hit.Stack.Frames is [var first, ..] ? first : null;
        yield return ("SEQ", hit.Sequence.ToString(CultureInfo.InvariantCulture));
        yield return ("TIME", hit.Time.ToString("O", CultureInfo.InvariantCulture));
        yield return ("WATCH", hit.Watch.Label);
        yield return ("ADDRESS", hit.Address.ToString());
        yield return ("ACCESS", hit.Access.Word());
        yield return ("OLD", hit.Old?.Text);
        yield return ("NEW", hit.New?.Text);
        yield return ("PID", hit.Process.ToString());
        yield return ("TID", hit.Thread?.ToString());
        yield return ("THREAD", hit.ThreadName);
        yield return ("CPU", hit.Cpu?.ToString(CultureInfo.InvariantCulture));
        yield return ("SYSCALL", hit.SystemCall);
        yield return ("FUNCTION", writer?.Function);
        yield return ("FILE", writer?.File);
        yield return ("LINE", writer is { Line: > 0 } ? writer.Line.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static byte[] Json(Hit hit)
    {
        using MemoryStream line = new();
        using JsonRenderer renderer = new(line);
        renderer.Publish(hit);
        return line.ToArray();
    }

    /// <summary>A command that does not read holds up nobody but itself.</summary>
    private static async Task FeedAsync(Stream input, byte[] json)
    {
        await Task.Yield();
        try
        {
            await using (input.ConfigureAwait(false))
                await input.WriteAsync(json).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended, or closed its input: it did not want to know.
        }
    }
}
