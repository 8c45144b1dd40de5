// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>A file is put together again from where a loader has placed it, in both classes of ELF.</summary>
public sealed class MemoryImageTests
{
    private const ulong Bias = 0x5655_6000;

    [Theory]
    [InlineData("/bin/true", 8)]
    [InlineData("/lib/ld-linux.so.2", 4)]
    [InlineData("/lib32/libc.so.6", 4)]
    public void WhatIsMappedIsThereAgainAndMissingSectionsAreNotPromised(string path, int wordSize)
    {
        var file = File.ReadAllBytes(path);
        var layout = ElfLayout.Read(new ByteArraySource(file), out _)!;
        layout.Shape.WordSize.Should().Be(wordSize);

        var image = MemoryImage.Build(new Placed(file, layout), layout, Bias)!;

        ElfLayout.Read(new ByteArraySource(image), out _)!.Headers.Should().Equal(layout.Headers);
        foreach (var header in layout.Headers.Where(header => header.IsLoaded && header.IsReadOnly && header.Offset > 0))
        {
            image.AsSpan((int)header.Offset, (int)header.FileSize)
                .SequenceEqual(file.AsSpan((int)header.Offset, (int)header.FileSize)).Should().BeTrue();
        }

        // e_shoff: the table lies behind everything that is mapped, so readelf must not look for it.
        layout.Shape.ReadWord(file.AsSpan(layout.Shape.SectionTableOffsetAt)).Should().BeGreaterThan((ulong)image.Length);
        var rebuilt = Path.GetTempFileName();
        File.WriteAllBytes(rebuilt, image);
        Shell.Run("readelf", "-hW", rebuilt).Should().MatchRegex("Start of section headers: +0 ").And.MatchRegex("Number of section headers: +0\\n")
            .And.MatchRegex("Section header string table index: +0\\n").And.MatchRegex($"Number of program headers: +{layout.Headers.Count}\\n");
        File.Delete(rebuilt);
    }

    [Fact]
    public void WhatHeadersClaimAndMemoryDoesNotHoldTakesNoRoom()
    {
        var file = File.ReadAllBytes("/bin/true");
        var real = ElfLayout.Read(new ByteArraySource(file), out _)!;
        var loaded = real.Headers.Select((header, index) => (header, index)).First(entry => entry.header.IsLoaded).index;
        var claiming = (byte[])file.Clone();
        BitConverter.TryWriteBytes(
            claiming.AsSpan((int)real.TableOffset + (loaded * real.Shape.ProgramHeaderSize) + real.Shape.FileSizeAt), 416UL << 20);
        var layout = ElfLayout.Read(new ByteArraySource(claiming), out _)!;

        var image = MemoryImage.Build(new Placed(claiming, layout), layout, Bias)!;

        image.Length.Should().BeLessThanOrEqualTo(file.Length + (2 * 4096));
    }

    /// <summary>Memory in which a file's segments lie as a loader maps them, in whole pages.</summary>
    private sealed class Placed(byte[] file, ElfLayout layout) : ITargetMemory
    {
        public bool TryRead(Address address, Span<byte> buffer)
        {
            foreach (var header in layout.Headers.Where(header => header.IsLoaded))
            {
                var offset = address.Value - Bias - header.VirtualAddress + header.Offset;
                if (address.Value >= Bias + header.VirtualAddress && offset + (ulong)buffer.Length <= header.Offset + header.FileSize + 4095
                    && offset + (ulong)buffer.Length <= (ulong)file.Length)
                {
                    file.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
                    return true;
                }
            }

            return false;
        }
    }
}
