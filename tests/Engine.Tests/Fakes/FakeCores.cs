// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Engine.Tests.Fakes;

/// <summary>Writes a core file for as many questions as it is told to.</summary>
internal sealed class FakeCores : ICoreDumper
{
    private readonly Dictionary<ProcessId, (string File, int Left)> writing = [];

    internal List<string> Begun { get; } = [];

    /// <summary>Times that it is asked in vain whether one has ended.</summary>
    internal int Length { get; set; } = 3;

    /// <summary>Why there is none in the end.</summary>
    internal string? Failure { get; set; }

    /// <summary>Why none is begun.</summary>
    internal string? Refusal { get; set; }

    internal int Abandoned { get; private set; }

    public bool IsBusy(ProcessId? process) => process is { } one ? writing.ContainsKey(one) : writing.Count > 0;

    public string? Begin(ProcessId process, string file)
    {
        if (Refusal is null)
        {
            Begun.Add(file);
            writing.Add(process, (file, Length));
        }

        return Refusal;
    }

    public IReadOnlyList<CoreFile> TakeFinished()
    {
        List<CoreFile> finished = [];
        foreach ((ProcessId process, (string file, int left)) in writing.ToList())
        {
            writing[process] = (file, left - 1);
            if (left > 0)
                continue;
            writing.Remove(process);
            finished.Add(new CoreFile(process, file, Failure is null ? 4096 : 0, TimeSpan.FromSeconds(0.2), Failure));
        }

        return finished;
    }

    public void Abandon()
    {
        Abandoned += writing.Count;
        writing.Clear();
    }
}
