// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Symbols.Tests.Targets;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>A program's line table as objdump(1) reads it, without libdw.</summary>
internal sealed class DecodedLines
{
    private readonly ILookup<(string File, int Line), ulong> _rows;

    public DecodedLines(string program)
    {
        // "first.c   6   0x1139   x" with a view number before the x where there are several rows at one address.
        _rows = Shell.Run("objdump", "--wide", "--dwarf=decodedline", program).Split('\n')
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length >= 4 && w[^1] == "x" && w[2].StartsWith("0x", StringComparison.Ordinal))
            .ToLookup(
                w => (Path.GetFileName(w[0]), int.Parse(w[1], CultureInfo.InvariantCulture)),
                w => ulong.Parse(w[2].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    public IEnumerable<ulong> Of(string file, int line) => _rows[(file, line)].Distinct().Order();

    public IEnumerable<int> Lines(string file) => _rows.Where(g => g.Key.File == file).Select(g => g.Key.Line).Order();
}
