// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Render.Tests.Schema;

namespace Livewatcher.Doctor.Tests.Running;

/// <summary>The JSON of one examination.</summary>
internal sealed class Report
{
    private readonly JsonElement _root;

    private Report(JsonElement root) => _root = root;

    public int ExitStatus => _root.GetProperty("exit_status").GetInt32();

    public JsonElement Machine => _root.GetProperty("machine");

    public IReadOnlyList<JsonElement> Outlooks => [.. _root.GetProperty("outlooks").EnumerateArray()];

    public IEnumerable<string> Remedies => _root.GetProperty("checks").EnumerateArray()
        .SelectMany(check => check.GetProperty("remedies").EnumerateArray()).Select(remedy => remedy.GetString()!);

    /// <summary>Reads it and holds it to the schema: one line, one object, the status that the process had.</summary>
    public static Report Of(Outcome outcome)
    {
        outcome.Errors.Should().BeEmpty();
        outcome.Output.Should().EndWith("}\n");
        outcome.Output.TrimEnd('\n').Should().NotContain("\n");
        var root = JsonElement.Parse(outcome.Output);
        SchemaCheck.Load(Repository.File("docs", "schema", "doctor.schema.json")).Check(root).Should().BeEmpty();
        var report = new Report(root);
        report.ExitStatus.Should().Be(outcome.Status);
        return report;
    }

    public JsonElement Check(string name) =>
        _root.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == name);

    public string OutcomeOf(string name) => Check(name).GetProperty("outcome").GetString()!;

    public string Finding(string name) => Check(name).GetProperty("finding").GetString()!;

    public long Figure(string name, string figure) => Check(name).GetProperty("figures").GetProperty(figure).GetInt64();

    public bool Possible(string verb) =>
        Outlooks.Single(outlook => outlook.GetProperty("verb").GetString() == verb).GetProperty("possible").GetBoolean();

    public override string ToString() => _root.GetRawText();
}
