// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Render.Tests.Serving;
using Xunit;

namespace Livewatcher.Render.Tests.Schema;

public sealed class SchemaTests
{
    private static readonly string SchemaPath = Repository.File("docs", "schema", "events.schema.json");

    [Fact]
    public void EveryLineOfARunKeepsToTheSchema()
    {
        var schema = SchemaCheck.Load(SchemaPath);
        foreach (var line in Lines())
        {
            schema.Check(line).Should().BeEmpty();
        }
    }

    [Fact]
    public void TheRunShowsEveryTypeAndEveryMemberOfTheSchema()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        var seen = Lines()
            .SelectMany(line => line.EnumerateObject().Select(member => $"{line.GetProperty("type").GetString()}.{member.Name}"))
            .ToHashSet();
        string[] types = ["armed", "hit", "note", "writer", "coverage", "disarmed", "message", "registers", "status"];
        var written = types.SelectMany(type => schema.RootElement.GetProperty("$defs").GetProperty(type).GetProperty("properties")
            .EnumerateObject().Select(member => $"{type}.{member.Name}"));
        seen.Should().BeEquivalentTo(written);
    }

    [Fact]
    public void TheDocumentNamesEveryMember()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        var document = File.ReadAllText(Repository.File("docs", "json.md"));
        var names = schema.RootElement.GetProperty("$defs").EnumerateObject()
            .Where(definition => definition.Value.TryGetProperty("properties", out _))
            .SelectMany(definition => definition.Value.GetProperty("properties").EnumerateObject().Select(member => member.Name));
        names.Distinct().Should().AllSatisfy(name => document.Should().Contain($"`{name}`"));
    }

    [Theory]
    [InlineData("""{"type":"note","time":"2026-11-22T14:02:10.5+01:00","level":"info","text":"x"}""", "pattern")]
    [InlineData("""{"type":"note","time":"2026-11-22T14:02:10.500000+01:00","level":"loud","text":"x"}""", "enum")]
    [InlineData("""{"type":"note","time":"2026-11-22T14:02:10.500000+01:00","level":"info"}""", "required")]
    [InlineData("""{"type":"note","time":"2026-11-22T14:02:10.500000+01:00","level":"info","text":1}""", "type")]
    [InlineData("""{"type":"note","time":"2026-11-22T14:02:10.500000+01:00","level":"info","text":"x","more":1}""", "not in the schema")]
    [InlineData("""{"type":"news"}""", "not in the schema")]
    public void TheCheckFindsFaults(string line, string fault) =>
        SchemaCheck.Load(SchemaPath).Check(JsonElement.Parse(line)).Should().ContainSingle().Which.Should().Contain(fault);

    private static IEnumerable<JsonElement> Lines() => Rendered.Json([.. Scenario.WholeRun, Scenario.Coverage() with { Selection = new("--filter 'new == 0'", 3, 9, 1) }, .. ServingScenario.WholeRun])
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonElement.Parse(line));
}
