// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using AwesomeAssertions;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Render.Tests.Export;

public sealed class ComparisonTests
{
    private static readonly IReadOnlyList<WriterRow> Rows = [.. Scenario.WholeRun.OfType<WriterRow>()];

    private static readonly RecordingComparison Differing = new(
        "good.lwr", "bad.lwr", Scenario.Coverage(), Scenario.Coverage("5 hits were dropped: the buffer was full"),
        [
            new(DifferenceKind.New, null, Rows[0], []), new(DifferenceKind.Gone, Rows[1], null, []),
            new(DifferenceKind.Changed, Rows[1] with { Count = 3 }, Rows[1], ["hits 3 -> 4,001", "writes 0 now"]), new(DifferenceKind.Same, Rows[0], Rows[0], []),
        ]);

    [Fact]
    public void AsText()
    {
        using StringWriter text = new();
        ComparisonText.Write(text, Differing, new TextOptions());
        Snapshot.Verify(text.ToString(), "comparison.txt");
    }

    [Fact]
    public void AsJson() => Snapshot.Verify(Json(Differing), "comparison.jsonl");

    [Fact]
    public void NoDifferenceIsSaid()
    {
        using StringWriter text = new();
        ComparisonText.Write(text, Differing with { Writers = [new(DifferenceKind.Same, Rows[0], Rows[0], [])] }, new TextOptions());
        text.ToString().Should().Contain("0 writers are new, 0 gone, 0 changed, 1 the same.").And.NotContain("who");
    }

    private static string Json(RecordingComparison comparison)
    {
        using MemoryStream output = new();
        ComparisonJson.Write(output, comparison);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
