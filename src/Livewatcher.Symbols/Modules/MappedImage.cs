// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Symbols.Modules;

/// <summary>One ELF file as it lies in the target: its mappings, and the bias between file and memory.</summary>
/// <param name="Path">As the kernel names it, without " (deleted)".</param>
/// <param name="Mappings">All of this file within the image, by address.</param>
/// <param name="Layout">The file's program headers.</param>
/// <param name="Bias">Add to p_vaddr to get a target address.</param>
internal sealed record MappedImage(
    string Path, IReadOnlyList<Mapping> Mappings, ElfLayout Layout, ulong Bias)
{
    private const ulong PageMask = 0xfff;

    private const string DeletedMark = " (deleted)";

    public Address Start => Mappings[0].Start;

    public Address End { get; } = EndOf(Mappings, Layout, Bias);

    /// <summary>Mappings that may be an ELF file's, by file and by address.</summary>
    public static IEnumerable<IReadOnlyList<Mapping>> GroupByFile(IReadOnlyList<Mapping> mappings) =>
        mappings.Where(IsCandidate)
            .GroupBy(mapping => (WithoutMark(mapping.Path), mapping.Inode))
            .Select(IReadOnlyList<Mapping> (group) => [.. group.OrderBy(mapping => mapping.Start)]);

    /// <summary>The kernel marks the path of a file that has none any more.</summary>
    public static string WithoutMark(string path) =>
        path.EndsWith(DeletedMark, StringComparison.Ordinal) ? path[..^DeletedMark.Length] : path;

    /// <summary>Finds the image that begins with the first of a file's mappings. Null where these mappings are not
    /// how a loader places that file: a program that maps a library as data, or a loader half-way through.</summary>
    public static MappedImage? Match(IReadOnlyList<Mapping> fileMappings, IReadOnlyList<Mapping> all, ElfLayout layout)
    {
        var first = fileMappings[0];
        var head = layout.Headers.FirstOrDefault(header => header.IsLoaded && PageOf(header.Offset) == first.FileOffset);
        if (!head.IsLoaded)
        {
            return null;
        }

        var bias = first.Start.Value - PageOf(head.VirtualAddress);
        if ((bias != 0 && !layout.IsShared) || !IsPlacedByLoader(fileMappings, all, layout, bias))
        {
            return null;
        }

        var end = SpanEnd(layout, bias);
        Mapping[] own = [.. fileMappings.TakeWhile(mapping => mapping.Start.Value < end)];
        return new MappedImage(WithoutMark(first.Path), own, layout, bias);
    }

    /// <summary>True where the same file still lies at the same place. A loader's mprotect splits mappings after
    /// the fact, so their ends may differ.</summary>
    public bool IsStillThere(IReadOnlyList<Mapping> fileMappings) =>
        fileMappings.Any(mapping => mapping.Start == Start && mapping.FileOffset == Mappings[0].FileOffset)
        && Mappings.Where(mapping => mapping.Executable)
            .All(mapping => fileMappings.Any(now => now.Executable && now.Start == mapping.Start));

    private static bool IsCandidate(Mapping mapping) =>
        mapping.Path.Length > 0
        && (mapping.Path == "[vdso]"
            || (mapping.Path[0] == '/'
                && (!mapping.Path.StartsWith("/dev/", StringComparison.Ordinal)
                    || mapping.Path.StartsWith("/dev/shm/", StringComparison.Ordinal))));

    private static bool IsPlacedByLoader(
        IReadOnlyList<Mapping> fileMappings, IReadOnlyList<Mapping> all, ElfLayout layout, ulong bias)
    {
        foreach (var header in layout.Headers.Where(header => header.IsLoaded && header.FileSize > 0))
        {
            var address = new Address(bias + PageOf(header.VirtualAddress));
            var own = fileMappings.FirstOrDefault(mapping => mapping.Start <= address && address < mapping.End);
            if (own is null)
            {
                // Text that was moved to huge pages is anonymous memory now; a hole means that this is no image.
                if (!all.Any(mapping => mapping.Start <= address && address < mapping.End))
                {
                    return false;
                }
            }
            else if (own.FileOffset + (address - own.Start) != PageOf(header.Offset))
            {
                return false;
            }
        }

        return true;
    }

    private static Address EndOf(IReadOnlyList<Mapping> mappings, ElfLayout layout, ulong bias) =>
        new(Math.Max(mappings[^1].End.Value, SpanEnd(layout, bias)));

    private static ulong SpanEnd(ElfLayout layout, ulong bias)
    {
        ulong end = 0;
        foreach (var header in layout.Headers.Where(header => header.IsLoaded))
        {
            end = Math.Max(end, unchecked(bias + header.VirtualAddress + header.MemorySize));
        }

        return end;
    }

    private static ulong PageOf(ulong value) => value & ~PageMask;
}
