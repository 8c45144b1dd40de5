// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using AwesomeAssertions;
using Livewatcher.Linux.ProcFs;
using Livewatcher.Linux.Tests.Support;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.ProcFs;

public sealed class MappingTests
{
    private static Mapping? Parse(string line) => MappingsFile.Parse(Encoding.UTF8.GetBytes(line));

    [Theory]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835                       /usr/bin/x", "/usr/bin/x")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /tmp/a b  c", "/tmp/a b  c")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /tmp/two\\012lines", "/tmp/two\nlines")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /tmp/x (deleted)", "/tmp/x (deleted)")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /tmp/0-1 r-xp 0 00:00 0", "/tmp/0-1 r-xp 0 00:00 0")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 1835 /tmp/\u00e4\u4e2d", "/tmp/\u00e4\u4e2d")]
    public void Paths_may_hold_anything(string line, string path) =>
        Parse(line).Should().Be(new Mapping(
            new Address(0x55d0c4a09000), new Address(0x55d0c4a0a000), true, true, false, 0x3000, 1835, path));

    [Fact]
    public void A_mapping_without_a_file_has_no_path() =>
        Parse("7f0000000000-7f0000001000 ---p 00000000 00:00 0 ").Should().Be(new Mapping(
            new Address(0x7f0000000000), new Address(0x7f0000001000), false, false, false, 0, 0, string.Empty));

    [Fact]
    public void The_last_page_of_the_address_space_is_read() =>
        Parse("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]")!
            .Should().Match<Mapping>(mapping => mapping.Start.Value == 0xffffffffff600000 && mapping.Executable && mapping.Path == "[vsyscall]");

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("55d0c4a09000")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00")]
    [InlineData("-55d0c4a0a000 rw-p 00003000 fe:00 1835")]
    [InlineData("55d0c4a09000- rw-p 00003000 fe:00 1835")]
    [InlineData("xyz-55d0c4a0a000 rw-p 00003000 fe:00 1835")]
    [InlineData("11112222333344445-55d0c4a0a000 rw-p 00003000 fe:00 1835")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw 00003000 fe:00 1835")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p zz fe:00 1835")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 -1")]
    [InlineData("55d0c4a09000-55d0c4a0a000 rw-p 00003000 fe:00 99999999999999999999")]
    public void What_is_no_mapping_is_none(string line) => Parse(line).Should().BeNull();

    /// <summary>Random bytes must never do worse than to be refused.</summary>
    [Fact]
    public void Nothing_throws()
    {
        Random random = new(1);
        const string alphabet = "0123456789abcdef-rwxp: /\\[]\0\u00e9";
        for (int i = 0; i < 20_000; i++)
        {
            string line = new([.. Enumerable.Range(0, random.Next(80)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            _ = Parse(line);
        }
    }

    [Fact]
    public void Lines_are_longer_than_what_is_read_at_once_and_the_last_has_no_newline()
    {
        string path = Path.GetTempFileName(), name = "/" + new string('n', 200_000);
        File.WriteAllText(path, $"1000-2000 r--p 00000000 fe:00 7 {name}\n2000-3000 r-xp 00001000 fe:00 7 {name}\nrubbish\n3000-4000 rw-p 00000000 00:00 0");

        List<Mapping> mappings = MappingsFile.Read(path);

        mappings.Should().HaveCount(3);
        mappings[1].Path.Should().Be(name).And.BeSameAs(mappings[0].Path);
        mappings[2].Should().Be(new Mapping(new Address(0x3000), new Address(0x4000), true, true, false, 0, 0, string.Empty));
        File.Delete(path);
    }

    [Fact]
    public void Of_a_process_that_is_gone_there_are_none() => MappingsFile.Read("/proc/0/maps").Should().BeEmpty();

    /// <summary>A file whose name is hostile, mapped by a live process.</summary>
    [Fact]
    public void A_hostile_name_is_read_from_a_live_process()
    {
        string folder = Directory.CreateTempSubdirectory("livewatcher maps ").FullName;
        string path = Path.Combine(folder, "a b\n7f0000000000-7f0000001000 rwxp 0 00:00 5 /x");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Tools.Compile("writers"), path);
        using Target target = Target.Start(path, 1, 1);

        IReadOnlyList<Mapping> mappings = new TargetProcess(ProcessLife.Open(target.Id)).ReadMappings();

        mappings.Should().Contain(mapping => mapping.Path == path && mapping.Executable);
        mappings.Should().NotContain(mapping => mapping.Start.Value == 0x7f0000000000 && mapping.Inode == 5);
        mappings.Should().OnlyContain(mapping => mapping.Start < mapping.End);
    }
}
