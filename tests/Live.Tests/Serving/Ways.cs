// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Livewatcher.Live.Tests.Serving;

/// <summary>How many times threads were armed which way, from the status line "threads armed: 12 by signal, 3 directly".</summary>
internal readonly record struct Ways(long Directly, long Held, long BySignal, long AtTrap)
{
    public static Ways operator -(Ways left, Ways right) =>
        new(left.Directly - right.Directly, left.Held - right.Held, left.BySignal - right.BySignal, left.AtTrap - right.AtTrap);

    public static Ways Of(string status)
    {
        var line = status.Split('\n').SingleOrDefault(line => line.Contains("threads armed: ", StringComparison.Ordinal)) ?? "";
        return new Ways(Count(line, "directly"), Count(line, "held"), Count(line, "by signal"), Count(line, "at a single-step trap"));
    }

    /// <summary>What programs/reach.c, of whose threads always one blocks every signal, two and the first one sleep and three run, must
    /// show at least, and what it cannot show. A thread that does not come to its signal in a second is armed directly.</summary>
    public void ShouldBeThoseOf(string method, int cycles)
    {
        switch (method)
        {
            case "direct":
                (Held, BySignal, AtTrap).Should().Be((0, 0, 0));
                break;
            case "sigall":
                (Held, AtTrap).Should().Be((0, 0));
                Directly.Should().BeGreaterThanOrEqualTo(cycles, "one thread takes no signal");
                BySignal.Should().BeGreaterThanOrEqualTo(cycles * 2);
                break;
            case "lockrq":
                AtTrap.Should().Be(0);
                Held.Should().BeGreaterThanOrEqualTo(cycles * 2);
                BySignal.Should().BePositive();
                break;
            case "sigrun":
                (Held, AtTrap).Should().Be((0, 0));
                Directly.Should().BeGreaterThanOrEqualTo(cycles * 2);
                BySignal.Should().BePositive();
                break;
            case "singlestep":
                Held.Should().Be(0);
                Directly.Should().BeGreaterThanOrEqualTo(cycles, "one thread takes no signal");
                AtTrap.Should().BeGreaterThanOrEqualTo(cycles);
                BySignal.Should().BePositive("one thread blocks the trap, and arms itself in the signal's handler");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(method), method, "no method");
        }
    }

    private static long Count(string line, string way)
    {
        var found = Regex.Match(line, $@"(?<count>[\d,]+) {way}(,|$)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        return found.Success ? long.Parse(found.Groups["count"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 0;
    }
}
