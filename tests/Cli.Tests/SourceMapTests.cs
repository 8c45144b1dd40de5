// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Cli.Options;
using Livewatcher.Cli.Output;
using Livewatcher.Model;
using Livewatcher.Symbols.Servers;
using Xunit;

namespace Livewatcher.Cli.Tests;

/// <summary>--source-map, and the other options of where things are.</summary>
public sealed class SourceMapTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("livewatcher-sources-");

    [Theory]
    [InlineData("/build/server/a/b.c", "src/a/b.c")]
    [InlineData("/build/server/lib/x.c", "/opt/lib/x.c")]
    [InlineData("/build/serverless/b.c", null)]
    [InlineData("/build/server", "src/")]
    [InlineData("./a.c", "/here/a.c")]
    [InlineData("a.c", null)]
    public void TheLongestFolderCounts(string path, string? found) =>
        SourceMap.Parse(["/build/server=./src/".Replace("./", "", StringComparison.Ordinal), "/build/server/lib/=/opt/lib", ".=/here"]).Find(path).Should().Be(found);

    [Fact]
    public void TheRootIsAFolderToo() => SourceMap.Parse(["/=/sysroot"]).Find("/usr/src/a.c").Should().Be("/sysroot/usr/src/a.c");

    [Theory]
    [InlineData("/a")]
    [InlineData("=/a")]
    [InlineData("/a=")]
    public void APairIsMeant(string text)
    {
        Action parse = () => SourceMap.Parse([text]);
        parse.Should().Throw<UserException>().WithMessage($"--source-map {text}: OLD=NEW is meant*");
    }

    [Fact]
    public void AMappedFileComesBeforeTheOneThatDebugInformationNames()
    {
        string old = Directory.CreateDirectory(Path.Combine(folder.FullName, "old")).FullName, now = Directory.CreateDirectory(Path.Combine(folder.FullName, "new")).FullName;
        File.WriteAllText($"{old}/a.c", "old\n");
        File.WriteAllText($"{old}/b.c", "only here\n");
        File.WriteAllText($"{now}/a.c", "new\n");
        SourceFiles files = new(new SourcePlaces(SourceMap.Parse([$"{old}={now}"]), null));
        files.Lines(FrameOf($"{old}/a.c")).Should().Equal("new");
        files.Lines(FrameOf($"{old}/b.c")).Should().Equal("only here");
        files.Lines(FrameOf($"{old}/c.c")).Should().BeNull();
    }

    [Theory]
    [InlineData("9464", "127.0.0.1:9464")]
    [InlineData(":9464", "127.0.0.1:9464")]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    public void MetricsAreServedAtTheLoopbackUnlessAnAddressIsGiven(string text, string place) => ExportOptions.ParsePlace(text).ToString().Should().Be(place);

    [Theory]
    [InlineData("server:9464")]
    [InlineData("99999")]
    [InlineData("10.0.0.1")]
    [InlineData("::9464")]
    public void NoPlaceForMetrics(string text)
    {
        Action parse = () => ExportOptions.ParsePlace(text);
        parse.Should().Throw<UserException>().WithMessage($"--prometheus {text}: *");
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("127.0.0.1:4318")]
    [InlineData("http://user:word@x")]
    public void NoReceiver(string text)
    {
        Action parse = () => ExportOptions.ParseUrl(text);
        parse.Should().Throw<UserException>().WithMessage($"--otlp {text}: *");
    }

    [Fact]
    public void ADownloadHasItsMegabytes()
    {
        DownloadLine.Of(new DownloadProgress("a\e.c", 1_500_000, 20_000_000, Done: false)).Should().Be("a\\x1b.c: 1.5 of 20.0 MB");
        DownloadLine.Of(new DownloadProgress("a.c", 1_500_000, null, Done: false)).Should().Be("a.c: 1.5 MB");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static Frame FrameOf(string file) => new(new Address(1), "a", "f", 0, file, 1, false);
}
