// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Symbols.Tests.Instructions;

/// <summary>One line of objdump -d.</summary>
internal sealed record Line(ulong Address, string Text, string Function);

/// <summary>objdump's own reading of an executable: the independent fact about where instructions begin.</summary>
internal sealed class Listing
{
    private readonly Dictionary<ulong, int> _byAddress = [];

    public Listing(string path, params string[] options)
    {
        string function = string.Empty;
        foreach (string line in Tools.Lines("objdump", ["-d", "-w", "-M", "intel", "--no-show-raw-insn", .. options, path]))
        {
            int colon = line.IndexOf(':');
            if (line.EndsWith(">:"))
            {
                function = line[(line.IndexOf('<') + 1)..^2];
            }
            else if (colon > 0 && ulong.TryParse(line[..colon].Trim(), NumberStyles.HexNumber, null, out ulong address))
            {
                _byAddress[address] = Lines.Count;
                Lines.Add(new Line(address, line[(colon + 1)..].Trim(), function));
            }
        }
    }

    public List<Line> Lines { get; } = [];

    public Line At(ulong address) => Lines[_byAddress[address]];

    public List<Line> Function(string name) => Lines.FindAll(line => line.Function == name);
}
