// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.CommandLine;
using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>How much a watch may be hit.</summary>
/// <param name="HitsPerSecond">Null: any number.</param>
/// <param name="CpuPercent">Null: any.</param>
/// <param name="Answer">What is done beyond it.</param>
internal sealed record FloodSettings(long? HitsPerSecond, double? CpuPercent, FloodAnswer Answer)
{
    /// <param name="trapNanoseconds">What a hit costs beside its recording.</param>
    internal FloodLimit? ToLimit(long trapNanoseconds) =>
        HitsPerSecond is null && CpuPercent is null ? null : new FloodLimit(HitsPerSecond, CpuPercent, Answer, trapNanoseconds);
}

/// <summary>The options that keep a watch on a hot variable from bringing the machine down, defined once.</summary>
internal sealed class FloodOptions
{
    private const string Off = "off";

    private readonly Option<string> rate = new("--max-rate")
    {
        Description = "Record at most so many hits a second of a watch; a burst of a second's worth is let through. 'off': no limit.",
        DefaultValueFactory = _ => "1000000",
        HelpName = "N",
    };

    private readonly Option<string> cpu = new("--max-cpu")
    {
        Description = "Spend at most so much of one CPU in a watch's hits, a burst of a second's worth let through. 'off': no limit.",
        DefaultValueFactory = _ => "100",
        HelpName = "PERCENT",
    };

    private readonly Option<string> flood = Choices.Of(
        "--flood", "Beyond --max-rate and --max-cpu: count every hit and record some (sample), switch the watch off for a second at least (pause), or end (stop).",
        "sample", "pause", "stop");

    internal IEnumerable<Option> All => [rate, cpu, flood];

    /// <exception cref="UserException">A value makes no sense.</exception>
    internal FloodSettings Read(ParseResult parsed)
    {
        string rateText = parsed.GetValue(rate)!;
        string cpuText = parsed.GetValue(cpu)!;
        long hits = 0;
        double percent = 0;
        if (rateText != Off && !(long.TryParse(rateText, NumberStyles.None, CultureInfo.InvariantCulture, out hits) && hits is >= 1 and <= 1_000_000_000))
            throw new UserException($"--max-rate {rateText}: 1 to 1000000000 hits a second, or off");
        if (cpuText != Off && !(double.TryParse(cpuText.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent) && percent is >= 0.1 and <= 100_000))
            throw new UserException($"--max-cpu {cpuText}: 0.1 to 100000 per cent of one CPU, or off");
        FloodAnswer answer = parsed.GetValue(flood) switch { "pause" => FloodAnswer.Pause, "stop" => FloodAnswer.Stop, _ => FloodAnswer.Sample };
        return new FloodSettings(rateText == Off ? null : hits, cpuText == Off ? null : percent, answer);
    }
}
