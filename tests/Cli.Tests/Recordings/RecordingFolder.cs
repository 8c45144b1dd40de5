// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;

namespace Livewatcher.Cli.Tests.Recordings;

/// <summary>A folder of one test, and recordings in it that tests/Recording.Load makes.</summary>
internal sealed class RecordingFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-report-").FullName;

    internal static string Scene => Path.Combine(Binary.Root, "tests", "Browser", "scene");

    internal string At(string name) => Path.Combine(folder, name);

    /// <param name="how">Number and rate of made-up hits, or --scene and where its sources are.</param>
    internal async Task<string> MakeAsync(params string[] how)
    {
        string recording = At("hits.lwr");
        string tool = Path.Combine(Binary.Root, "artifacts", "bin", "Livewatcher.Recording.Load", "release", "Livewatcher.Recording.Load");
        Outcome made = await Binary.RunOtherAsync(tool, [recording, .. how]);
        made.Status.Should().BeLessThan(2, made.Error + made.Output);
        return recording;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
