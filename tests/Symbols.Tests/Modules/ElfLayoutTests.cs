// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>The ELF header is read by us, before libdw sees a file.</summary>
public sealed class ElfLayoutTests
{
    [Theory]
    [InlineData("/bin/true")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("/lib32/libc.so.6")]
    [InlineData("/lib/ld-linux.so.2")]
    public void HeadersAreThoseOfReadelf(string path)
    {
        var layout = Read(File.ReadAllBytes(path), out var reason);

        reason.Should().BeNull();
        List<string> expected = [];
        foreach (var line in Shell.Run("readelf", "-lW", path).Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["LOAD", var offset, var address, _, var fileSize, var size, ..])
            {
                expected.Add($"{Number(offset):x} {Number(address):x} {Number(fileSize):x} {Number(size):x}");
            }
        }

        layout!.Headers.Where(header => header.IsLoaded)
            .Select(header => $"{header.Offset:x} {header.VirtualAddress:x} {header.FileSize:x} {header.MemorySize:x}")
            .Should().Equal(expected);
    }

    [Fact]
    public void WhatIsNoElfFileGivesAReason()
    {
        Read([], out var empty).Should().BeNull();
        empty.Should().Be("not an ELF file");
        Read("#!/bin/sh\nexit 0\n and some more text to fill the header of sixty-four bytes ............"u8.ToArray(), out var script)
            .Should().BeNull();
        script.Should().Be("not an ELF file");

        var bytes = File.ReadAllBytes("/bin/true");
        bytes[4] = 1; // ELFCLASS32 with EM_X86_64 is the x32 ABI
        Read(bytes, out var x32).Should().BeNull();
        x32.Should().Be("not an x86 ELF file");
    }

    [Theory]
    [InlineData("/bin/true")]
    [InlineData("/lib32/libc.so.6")]
    public void DamageIsRefusedOrRead(string path)
    {
        var good = File.ReadAllBytes(path)[..4096];
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = good[..random.Next(1, good.Length)];
            for (var i = 0; i < 3; i++)
            {
                bytes[random.Next(Math.Min(bytes.Length, 1024))] = (byte)random.Next(256);
            }

            var layout = Read(bytes, out var reason);

            (layout is null).Should().Be(reason is not null);
            layout?.Headers.Count.Should().BeLessThanOrEqualTo(ElfLayout.MaxHeaders);
        }
    }

    private static ElfLayout? Read(byte[] bytes, out string? reason) => ElfLayout.Read(new ByteArraySource(bytes), out reason);

    private static ulong Number(string text) => Convert.ToUInt64(text, 16);
}
