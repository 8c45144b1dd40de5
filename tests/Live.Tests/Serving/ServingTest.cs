// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Live.Tests.Building;
using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;
using Livewatcher.Live.Tests.Running;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>A "livewatcher listen" under way, and programs that it serves.</summary>
public abstract class ServingTest : LiveTest
{
    /// <summary>Linked with liblivewatcher.</summary>
    private protected static Recipe Serve { get; } = LinkedWithLibrary("serve.c");

    private protected static Recipe Reach { get; } = LinkedWithLibrary("reach.c");

    private protected string Socket => Path.Combine(Folder, "socket");

    private protected static Recipe LinkedWithLibrary(string source) => new(source)
    {
        Extra = $"-I{Path.Combine(Repository.Root, "native", "liblivewatcher", "include")} -L{Library} -Wl,-rpath,{Library} -Wl,--no-as-needed -llivewatcher",
    };

    /// <summary>Listening, with JSON to a file.</summary>
    private protected async Task<Attachment> ListenAsync(params IReadOnlyList<string> options)
    {
        var output = NewPath("jsonl");
        var child = StartLivewatcher(
            ["listen", "--socket", Socket, "--no-log", "--format", "json", "--output", output, .. Emulation.Options(options), .. options]);
        await Patience.UntilAsync(() => child.HasExited || (File.Exists(output) && File.ReadAllText(output).Contains("listens at", StringComparison.Ordinal)), Limit, () => child.Describe("it does not listen"));
        child.HasExited.Should().BeFalse(child.Describe("it ended at once"));
        return new Attachment(child, output);
    }

    private protected async Task<Child> StartServedAsync(Recipe recipe, params IReadOnlyList<string> arguments) => Start(
        await Toolchain.BuildAsync(recipe), arguments, environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LIVEWATCHER_SOCKET"] = Socket,
            // To arm a thousand threads takes an emulated machine as long.
            ["LIVEWATCHER_PATIENCE"] = Emulation.IsOn ? "600" : "10",
        });

    /// <summary>Runs a program to its good end.</summary>
    private protected async Task<Facts> ServeAsync(Recipe recipe, params IReadOnlyList<string> arguments)
    {
        var child = await StartServedAsync(recipe, arguments);
        var status = await child.ExitAsync(Slow.IsAsked ? TimeSpan.FromHours(1) : Limit + Limit);
        status.Should().Be(0, child.Describe("it comes to no harm"));
        return new Facts(child.Output);
    }

    /// <summary>livewatcher ctl; its exit status must be 0.</summary>
    private protected async Task<string> ControlAsync(params IReadOnlyList<string> words)
    {
        var child = StartLivewatcher(["ctl", "--socket", Socket, .. words]);
        (await child.ExitAsync(Limit)).Should().Be(0, child.Describe("it is answered"));
        return child.Output;
    }

    /// <summary>The same refused, with status 2: the error's line.</summary>
    private protected async Task<string> RefusedControlAsync(params IReadOnlyList<string> words)
    {
        var child = StartLivewatcher(["ctl", "--socket", Socket, .. words]);
        (await child.ExitAsync(Limit)).Should().Be(2, child.Describe("it is refused"));
        child.Output.Should().BeEmpty();
        return child.Errors;
    }

    private protected async Task<Report> QuitAsync(Attachment listening)
    {
        await ControlAsync("quit");
        var report = await listening.EndAsync(Limit);
        File.Exists(Socket).Should().BeFalse("the socket goes with its listener");
        return report;
    }

    /// <summary>Reported so far.</summary>
    private protected static int Hits(Attachment listening) =>
        File.ReadLines(listening.OutputPath).Count(line => line.StartsWith("{\"type\":\"hit\"", StringComparison.Ordinal));

    private static string Library => Path.Combine(Repository.Root, "artifacts", "native", "liblivewatcher");
}
