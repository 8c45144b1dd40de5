// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>Which mappings are an ELF file's, and where it lies.</summary>
public sealed class MappedImageTests
{
    /// <summary>Text at offset 0x1000, data at offset 0x2e00 and p_vaddr 0x3e00: as ld lays programs out.</summary>
    private static readonly ElfLayout Library = Layout(
        shared: true, (4, 0, 0, 0x500), (5, 0x1000, 0x1000, 0x800), (6, 0x2e00, 0x3e00, 0x300));

    [Fact]
    public void ALibraryIsFoundWithItsBias()
    {
        Mapping[] mappings =
        [
            Map(0x7000_0000, 0x1000, 0), Map(0x7000_1000, 0x1000, 0x1000, executable: true), Map(0x7000_3000, 0x2000, 0x2000),
        ];

        var image = MappedImage.Match(mappings, mappings, Library)!;

        image.Bias.Should().Be(0x7000_0000);
        image.Start.Value.Should().Be(0x7000_0000);
        image.End.Value.Should().Be(0x7000_5000);
        image.Mappings.Should().Equal(mappings);
    }

    [Fact]
    public void AFileThatIsMappedAsDataIsNoImage()
    {
        Mapping[] whole = [Map(0x7000_0000, 0x5000, 0)];
        Mapping[] head = [Map(0x7000_0000, 0x1000, 0)];

        MappedImage.Match(whole, whole, Library).Should().BeNull();
        MappedImage.Match(head, head, Library).Should().BeNull();
    }

    [Fact]
    public void ASecondCopyIsASecondImage()
    {
        Mapping[] mappings =
        [
            Map(0x7000_0000, 0x1000, 0), Map(0x7000_1000, 0x1000, 0x1000, executable: true), Map(0x7000_3000, 0x2000, 0x2000),
            Map(0x7100_0000, 0x1000, 0), Map(0x7100_1000, 0x1000, 0x1000, executable: true), Map(0x7100_3000, 0x2000, 0x2000),
        ];

        MappedImage.Match(mappings, mappings, Library)!.Mappings.Should().Equal(mappings[..3]);
        MappedImage.Match(mappings[3..], mappings, Library)!.Bias.Should().Be(0x7100_0000);
    }

    /// <summary>ld.lld lets segments share pages of the file, so the same offset is mapped twice.</summary>
    [Fact]
    public void SegmentsMayShareAPageOfTheFile()
    {
        var layout = Layout(shared: false, (4, 0, 0x200000, 0x5c0), (5, 0x5c0, 0x2015c0, 0x200), (6, 0x7c0, 0x2027c0, 0x100));
        Mapping[] mappings =
        [
            Map(0x200000, 0x1000, 0), Map(0x201000, 0x1000, 0, executable: true), Map(0x202000, 0x1000, 0),
        ];

        var image = MappedImage.Match(mappings, mappings, layout)!;

        image.Bias.Should().Be(0);
        image.Mappings.Should().HaveCount(3);
    }

    [Fact]
    public void TextThatWasMovedToAnonymousMemoryIsNoObstacle()
    {
        Mapping[] own = [Map(0x7000_0000, 0x1000, 0), Map(0x7000_3000, 0x2000, 0x2000)];
        Mapping[] all = [.. own, Map(0x7000_1000, 0x1000, 0, executable: true) with { Path = string.Empty, Inode = 0 }];

        MappedImage.Match(own, all, Library)!.Bias.Should().Be(0x7000_0000);
        MappedImage.Match(own, own, Library).Should().BeNull();
    }

    [Fact]
    public void ProgramsWithFixedAddressesLieThere()
    {
        var layout = Layout(shared: false, (5, 0, 0x400000, 0x800));
        Mapping[] right = [Map(0x400000, 0x1000, 0, executable: true)];
        Mapping[] wrong = [Map(0x500000, 0x1000, 0, executable: true)];

        MappedImage.Match(right, right, layout)!.Bias.Should().Be(0);
        MappedImage.Match(wrong, wrong, layout).Should().BeNull();
    }

    [Fact]
    public void DevicesAndAnonymousMemoryAreNotLookedAt()
    {
        Mapping[] mappings =
        [
            Map(0x1000, 0x1000, 0) with { Path = "/dev/dri/card0" }, Map(0x2000, 0x1000, 0) with { Path = "[heap]" },
            Map(0x3000, 0x1000, 0) with { Path = string.Empty }, Map(0x4000, 0x1000, 0) with { Path = "[vdso]" },
            Map(0x5000, 0x1000, 0) with { Path = "/dev/shm/lib.so" }, Map(0x6000, 0x1000, 0) with { Path = "/lib/x.so (deleted)" },
            Map(0x7000, 0x1000, 0) with { Path = "/lib/x.so" },
        ];

        MappedImage.GroupByFile(mappings).Select(group => group.Count).Should().Equal(1, 1, 2);
    }

    private static Mapping Map(ulong start, ulong length, ulong offset, bool executable = false) =>
        new(new Address(start), new Address(start + length), true, false, executable, offset, 77, "/lib/x.so");

    private static ElfLayout Layout(bool shared, params (uint Flags, ulong Offset, ulong Address, ulong Size)[] segments)
    {
        var file = new byte[64 + (segments.Length * 56)];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        file[16] = (byte)(shared ? 3 : 2);
        file[18] = 62;
        file[32] = 64;
        file[54] = 56;
        file[56] = (byte)segments.Length;
        for (var i = 0; i < segments.Length; i++)
        {
            var header = file.AsSpan(64 + (i * 56));
            header[0] = 1;
            header[4] = (byte)segments[i].Flags;
            BinaryPrimitives.WriteUInt64LittleEndian(header[8..], segments[i].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header[16..], segments[i].Address);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], segments[i].Size);
            BinaryPrimitives.WriteUInt64LittleEndian(header[40..], segments[i].Size);
        }

        return ElfLayout.Read(new ByteArraySource(file), out _)!;
    }
}
