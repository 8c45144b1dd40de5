// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Linux.Tests.Support;

/// <summary>A program of programs/target.h's kind, running; killed at the end, or when it has kept us for too long.</summary>
internal sealed class Target : IDisposable
{
    /// <summary>An emulated machine, beside others, is many times slower.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("LW_EMULATED") == "1" ? 300 : 60);

    private readonly Process process;
    private readonly Timer watchdog;

    private Target(Process process)
    {
        this.process = process;
        watchdog = new Timer(_ => process.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
    }

    public ProcessId Id => new(process.Id);

    public Address Watched { get; private set; }

    public bool HasExited => process.HasExited;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static Target Start(string path, params IEnumerable<object> arguments)
    {
        ProcessStartInfo start = new(path, arguments.Select(argument => Convert.ToString(argument, CultureInfo.InvariantCulture)!))
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        Target target = new(Process.Start(start) ?? throw new InvalidOperationException(path));
        target.Watched = new Address((ulong)target.Read("address"));
        target.Read("ready");
        return target;
    }

    public void Say(string word)
    {
        process.StandardInput.WriteLine(word);
        process.StandardInput.Flush();
    }

    /// <summary>The value that the program gives this name next.</summary>
    public long Read(string name)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            if (words[0] == name)
                return long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        process.WaitForExit();
        throw new InvalidOperationException($"the program has ended with status {process.ExitCode} before it said {name}");
    }

    /// <summary>Its exit status, as Process has it: 128 + n for a signal.</summary>
    public int WaitForExit()
    {
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        watchdog.Dispose();
        Kill(); // nothing where it has ended
        process.Dispose();
    }
}
