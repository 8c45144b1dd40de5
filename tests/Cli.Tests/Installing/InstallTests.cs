// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Cli.Tests.Installing;

/// <summary>make install and make uninstall, into a root of their own.</summary>
public sealed class InstallTests : IDisposable
{
    private const string Prefix = "/usr";

    private readonly string root = Directory.CreateTempSubdirectory("livewatcher-install-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task WhatIsInstalledIsFoundAndUninstalledWhole()
    {
        string neighbour = Path.Combine(root, "usr", "share", "man", "man1", "livewatcher-other.1");
        Directory.CreateDirectory(Path.GetDirectoryName(neighbour)!);
        await File.WriteAllTextAsync(neighbour, "not ours", TestContext.Current.CancellationToken);

        await MakeAsync("install");
        Files().Should().BeEquivalentTo(
        [
            "usr/bin/livewatcher",
            "usr/include/livewatcher.h", "usr/include/livewatcher.hpp",
            "usr/lib/cmake/livewatcher/livewatcher-config-version.cmake", "usr/lib/cmake/livewatcher/livewatcher-config.cmake",
            "usr/lib/liblivewatcher.a", "usr/lib/liblivewatcher.so", "usr/lib/liblivewatcher.so.1", "usr/lib/liblivewatcher.so.1.0.0",
            "usr/lib/pkgconfig/livewatcher.pc",
            "usr/lib/systemd/system/livewatcher.service", "usr/lib/systemd/system/livewatcher.socket",
            "usr/share/bash-completion/completions/livewatcher",
            "usr/share/fish/vendor_completions.d/livewatcher.fish",
            "usr/share/man/man1/livewatcher-attach.1", "usr/share/man/man1/livewatcher-listen.1", "usr/share/man/man1/livewatcher-ctl.1",
            "usr/share/man/man1/livewatcher-completion.1",
            "usr/share/man/man1/livewatcher-check.1",
            "usr/share/man/man1/livewatcher-diff.1",
            "usr/share/man/man1/livewatcher-doctor.1",
            "usr/share/man/man1/livewatcher-man.1",
            "usr/share/man/man1/livewatcher-other.1",
            "usr/share/man/man1/livewatcher-report.1",
            "usr/share/man/man1/livewatcher-run.1",
            "usr/share/man/man1/livewatcher.1",
            "usr/share/zsh/site-functions/_livewatcher",
        ]);
        (await Binary.RunOtherAsync(Path.Combine(root, "usr/bin/livewatcher"), "--version")).Output.Should().StartWith("livewatcher ");
        foreach ((string shell, string file) in ((string, string)[])[("bash", "bash-completion/completions/livewatcher"), ("zsh", "zsh/site-functions/_livewatcher"), ("fish", "fish/vendor_completions.d/livewatcher.fish")])
        {
            (await File.ReadAllTextAsync(Path.Combine(root, "usr/share", file), TestContext.Current.CancellationToken))
                .Should().Be((await Binary.RunAsync("completion", shell)).Output);
        }

        foreach (string file in Files())
        {
            File.GetUnixFileMode(Path.Combine(root, file)).Should().HaveFlag(UnixFileMode.OtherRead, $"{file} is for everybody");
        }

        await MakeAsync("uninstall");
        Files().Should().Equal("usr/share/man/man1/livewatcher-other.1");
    }

    /// <summary>-o: the binary under test is as it is; make is not to build another.</summary>
    private async Task MakeAsync(string target)
    {
        Outcome outcome = await Binary.RunOtherAsync(
            "make", "-s", "-C", Binary.Root, "-o", Binary.Location, $"BINARY={Binary.Location}", $"DESTDIR={root}", $"PREFIX={Prefix}", target);
        outcome.Status.Should().Be(0, outcome.Error + outcome.Output);
    }

    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file));
}
