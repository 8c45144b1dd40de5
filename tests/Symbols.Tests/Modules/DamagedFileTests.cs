// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Livewatcher.Symbols.Tests.Unwinding;
using Xunit;

namespace Livewatcher.Symbols.Tests.Modules;

/// <summary>Files that nobody vetted: damaged debug information must cost names, never the run.</summary>
public sealed class DamagedFileTests
{
    [Theory]
    [InlineData("gcc", "-g", ".debug_info", false)]
    [InlineData("gcc", "-g", ".debug_abbrev", false)]
    [InlineData("gcc", "-g", ".debug_line", false)]
    [InlineData("gcc", "-g", ".debug_str", false)]
    [InlineData("gcc", "-g", ".debug_rnglists", false)]
    [InlineData("clang", "-g", ".debug_info", false)]
    [InlineData("clang", "-g", ".debug_addr", false)]
    [InlineData("clang++", "-gdwarf-4 -ffunction-sections", ".debug_ranges", false)]
    [InlineData("gcc", "-g", ".symtab", true)]
    [InlineData("gcc", "-g", ".strtab", true)]
    [InlineData("gcc", "-gdwarf-4", ".debug_line", true)]
    [InlineData("gcc", "-g", "section headers", true)]
    public void GarbledSectionsCostNamesOnly(string compiler, string format, string section, bool evenHeaders)
    {
        using var workshop = new Workshop();
        var source = workshop.Write("deep.c", Samples.Deep);
        var program = workshop.Build(compiler, "deep", [.. format.Split(' '), "-O2", "-x", "c"], source);
        using var gdb = new Gdb(program);
        gdb.RunTo($"deep.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");
        var hit = gdb.Capture();
        var real = new ProcTarget(gdb.ProcessId);
        var good = File.ReadAllBytes(program);
        var (offset, size) = SectionOf(program, section, good);
        var random = new Random(42);
        var damaged = Path.Combine(workshop.Folder, "damaged");
        var frames = gdb.Frames().Select(frame => frame.Pc).Distinct().ToList();
        for (var round = 0; round < 20; round++)
        {
            var bytes = (byte[])good.Clone();
            Garble(bytes.AsSpan(offset, size), random, round);
            File.WriteAllBytes(damaged, evenHeaders && round % 4 == 3 ? bytes[..random.Next(bytes.Length / 2, bytes.Length)] : bytes);
            using var symbols = new TargetSymbols(new ChangedTarget(real)
            {
                Open = mapping => mapping.Path == program ? damaged : real.OpenablePath(mapping),
            });

            var stack = symbols.Unwind(hit);

            // The call frame information is whole, so all frames are there, whatever they are called.
            if (section != "section headers")
            {
                stack.Frames.Select(frame => frame.Address.Value).Distinct().Should().Equal(frames);
            }

            symbols.NameOf(new Address(frames[0]));
            symbols.TakeWarnings();
            File.Delete(damaged);
        }
    }

    [Fact]
    public void GarbledCallFrameInformationEndsTheStackSomewhere()
    {
        using var workshop = new Workshop();
        var source = workshop.Write("deep.c", Samples.Deep);
        var program = workshop.Build("gcc", "deep", ["-g", "-O2"], source);
        using var gdb = new Gdb(program);
        gdb.RunTo($"deep.c:{Workshop.LineOf(source, "AFTER THE WRITE")}");
        var hit = gdb.Capture();
        var real = new ProcTarget(gdb.ProcessId);
        var good = File.ReadAllBytes(program);
        var random = new Random(42);
        var damaged = Path.Combine(workshop.Folder, "damaged");
        foreach (var section in new[] { ".eh_frame", ".eh_frame_hdr" })
        {
            var (offset, size) = SectionOf(program, section, good);
            for (var round = 0; round < 100; round++)
            {
                var bytes = (byte[])good.Clone();
                Garble(bytes.AsSpan(offset, size), random, round);
                File.WriteAllBytes(damaged, bytes);
                using var symbols = new TargetSymbols(new ChangedTarget(real)
                {
                    Open = mapping => mapping.Path == program ? damaged : real.OpenablePath(mapping),
                });

                var stack = symbols.Unwind(hit);

                stack.Frames[0].Function.Should().Be("store");
                stack.Frames.Should().HaveCountLessThanOrEqualTo(2 * 256);
                File.Delete(damaged);
            }
        }
    }

    private static void Garble(Span<byte> bytes, Random random, int round)
    {
        switch (round % 3)
        {
            case 0:
                random.NextBytes(bytes);
                break;
            case 1:
                bytes[random.Next(bytes.Length)..].Clear();
                break;
            default:
                for (var i = 0; i < 8; i++)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                break;
        }
    }

    private static (int Offset, int Size) SectionOf(string program, string section, byte[] bytes)
    {
        if (section == "section headers")
        {
            var start = (int)BitConverter.ToUInt64(bytes, 40);
            return (start, bytes.Length - start);
        }

        foreach (var line in Shell.Run("readelf", "-SW", program).Split('\n'))
        {
            var fields = line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 4 && fields[0] == section)
            {
                return (Convert.ToInt32(fields[3], 16), Convert.ToInt32(fields[4], 16));
            }
        }

        throw new InvalidOperationException($"{program} has no {section}");
    }
}
