// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;

namespace Livewatcher.Cli.Tests.Screen;

/// <summary>A terminal with a shell in it, by a tmux server of its own: keys go in, the screen comes out.</summary>
internal sealed class Tmux : IDisposable
{
    internal const string Prompt = "ready> ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-tmux-").FullName;

    /// <param name="columns">Of the screen.</param>
    /// <param name="rows">Of the screen.</param>
    internal Tmux(int columns, int rows)
    {
        // No variable of whoever runs the tests: colours and language are fixed.
        Run("-f", "/dev/null", "new-session", "-d", "-x", Text(columns), "-y", Text(rows), $"env -u NO_COLOR LC_ALL=C.UTF-8 PS1='{Prompt}' ENV= sh");
        Until(screen => screen.Contains(Prompt.TrimEnd(), StringComparison.Ordinal), "a shell");
    }

    /// <summary>The screen's other page is shown, as full-screen programs have it.</summary>
    internal bool IsAlternate => Run("display-message", "-p", "#{alternate_on}").Trim() == "1";

    /// <summary>Of the shell.</summary>
    internal int Shell => int.Parse(Run("display-message", "-p", "#{pane_pid}"), CultureInfo.InvariantCulture);

    /// <summary>What is on the screen, a line each, without the spaces at their ends.</summary>
    internal string Screen => Run("capture-pane", "-p");

    /// <summary>Text, as it is typed.</summary>
    internal void Type(string text) => Run("send-keys", "-l", "--", text);

    /// <summary>Keys by tmux's names: Enter, C-c, Escape, Down, PageDown.</summary>
    internal void Press(params string[] keys) => Run(["send-keys", .. keys]);

    /// <summary>A command line in the shell.</summary>
    internal void Start(string command)
    {
        Type(command);
        Press("Enter");
    }

    internal void Resize(int columns, int rows) => Run("resize-window", "-x", Text(columns), "-y", Text(rows));

    /// <summary>Waits until something is on the screen.</summary>
    /// <returns>The screen.</returns>
    internal string Until(string text) => Until(screen => screen.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Waits until the screen is as it should be.</summary>
    /// <returns>The screen.</returns>
    internal string Until(Func<string, bool> isSo, string what)
    {
        Stopwatch since = Stopwatch.StartNew();
        string screen;
        while (!isSo(screen = Screen))
        {
            if (since.Elapsed > Patience)
                throw new TimeoutException($"not on the screen in {Patience.TotalSeconds:0} s: {what}\n{screen}");
            Thread.Sleep(50);
        }

        return screen;
    }

    /// <summary>How the terminal is set, as stty(1) saves it.</summary>
    internal string Settings()
    {
        string file = Path.Combine(folder, "settings");
        Start($"stty -g > {file}.new; mv {file}.new {file}");
        Stopwatch since = Stopwatch.StartNew();
        while (!File.Exists(file) && since.Elapsed < Patience)
            Thread.Sleep(20);
        string settings = File.ReadAllText(file);
        File.Delete(file);
        return settings;
    }

    public void Dispose()
    {
        Run("kill-server");
        Directory.Delete(folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Run(params string[] arguments)
    {
        ProcessStartInfo start = new("tmux", ["-S", Path.Combine(folder, "socket"), .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment.Remove("TMUX");
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {error}");
    }
}
