// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.Json;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Contests;

/// <summary>What all contests stand on.</summary>
/// <param name="Livewatcher">The binary.</param>
/// <param name="Programs">Where build-programs.sh has put the measured programs.</param>
/// <param name="Scratch">A folder for results.</param>
/// <param name="Quick">Few rounds, small numbers.</param>
/// <param name="Untried">This machine's debug registers can be armed and do not trap: what arming costs can be measured, and hits cannot.</param>
public sealed record Ground(string Livewatcher, string Programs, string Scratch, bool Quick, bool Untried = false)
{
    /// <summary>Rounds of a curve, whose shape is what matters.</summary>
    public int CurveRounds => Quick ? 1 : 3;

    /// <summary>Without livewatcher's limits: what is sampled would be cheaper.</summary>
    public static IReadOnlyList<string> Unlimited { get; } = ["--max-rate", "off", "--max-cpu", "off"];

    /// <summary>A ring that does not fill up.</summary>
    public static IReadOnlyList<string> LargeRing { get; } = ["--ring", "128M"];

    /// <summary>Options with which livewatcher arms here.</summary>
    public IReadOnlyList<string> Arms => Untried ? ["--trial", "off"] : [];

    /// <summary>Whether this is the emulated machine of tools/vm.</summary>
    public bool IsEmulated { get; } = Environment.GetEnvironmentVariable("LW_EMULATED") == "1";

    /// <summary>Of a contest.</summary>
    public int Rounds => Quick ? 3 : 7;

    /// <summary>So many times fewer in an emulated machine, and of those a quarter when it shall be quick.</summary>
    public int Amount(int usually, int emulated)
    {
        int amount = IsEmulated ? emulated : usually;
        return Quick ? Math.Max(1, amount / 4) : amount;
    }

    /// <summary>Of contests whose contestants are close to each other: more and shorter ones, for a run differs from the next by a tenth, however long it is. An emulated machine has no
    /// time for that, nor has who is in a hurry.</summary>
    public int CloseRounds => IsEmulated || Quick ? Rounds : Rounds * 3;

    /// <summary>1, 10, 100 and so on.</summary>
    public static IEnumerable<int> Decades(int from, int to)
    {
        for (long number = from; number <= to; number *= 10)
            yield return (int)number;
    }

    public string At(string name) => Path.Combine(Scratch, name);

    public string Program(string name) => Path.Combine(Programs, name);

    /// <summary>The address of a variable of a program at fixed addresses, in hexadecimal digits.</summary>
    /// <exception cref="MeasuringException">It has none of that name.</exception>
    public string AddressOf(string program, string variable)
    {
        string line = Tool.Run("nm", Program(program)).Output.Split('\n').FirstOrDefault(line => line.EndsWith($" {variable}", StringComparison.Ordinal))
            ?? throw new MeasuringException($"{program} has no {variable}");
        return line.Split(' ')[0].TrimStart('0');
    }

    /// <summary>The kernel's own count, which the coverage statement ends with.</summary>
    /// <param name="lines">Output of --format json.</param>
    /// <exception cref="MeasuringException">There is no statement.</exception>
    public static (long Counted, long Recorded) CountsIn(IEnumerable<string> lines)
    {
        string last = lines.LastOrDefault(line => line.StartsWith("{\"type\":\"coverage\"", StringComparison.Ordinal)) ?? throw new MeasuringException("livewatcher has made no statement");
        using var document = JsonDocument.Parse(last);
        JsonElement hits = document.RootElement.GetProperty("hits");
        return (hits.GetProperty("counted").GetInt64(), hits.GetProperty("recorded").GetInt64());
    }

    public static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);
}
