// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Render.Tests.Schema;
using Xunit;

namespace Livewatcher.Render.Tests.Doctor;

public sealed class DoctorRendererTests
{
    private static readonly string SchemaPath = Repository.File("docs", "schema", "doctor.schema.json");

    [Fact]
    public void PipeIsPlainAndWhole() => Snapshot.Verify(Text(DoctorScenario.Mixed, new TextOptions()), "doctor.pipe.txt");

    [Fact]
    public void TerminalFits80Columns() =>
        Snapshot.Verify(Text(DoctorScenario.Mixed, new TextOptions { Width = 80 }), "doctor.terminal-80.txt");

    [Fact]
    public void TerminalHasColours() =>
        Snapshot.Verify(Text(DoctorScenario.Mixed, new TextOptions { Colour = true, Width = 100 }), "doctor.colour.txt");

    [Fact]
    public void AHealthyMachineIsShort() => Snapshot.Verify(Text(DoctorScenario.Healthy, new TextOptions()), "doctor.healthy.txt");

    [Fact]
    public void JsonIsOneLine() => Snapshot.Verify(Json(DoctorScenario.Mixed), "doctor.json");

    [Fact]
    public void ACommandIsNeverBroken()
    {
        foreach (var width in (int[])[0, 60, 80])
        {
            Text(DoctorScenario.Mixed, new TextOptions { Width = width }).Should()
                .Contain("$ sudo setcap cap_sys_ptrace+ep /usr/local/bin/livewatcher\n");
        }
    }

    [Fact]
    public void NoControlCharacterOfAProcessGetsThrough() =>
        Text(DoctorScenario.Mixed, new TextOptions()).Where(one => char.IsControl(one) && one != '\n').Should().BeEmpty();

    [Fact]
    public void JsonKeepsToTheSchemaAndShowsAllOfIt()
    {
        var schema = SchemaCheck.Load(SchemaPath);
        schema.Check(JsonElement.Parse(Json(DoctorScenario.Mixed))).Should().BeEmpty();
        schema.Check(JsonElement.Parse(Json(DoctorScenario.Healthy))).Should().BeEmpty();

        using var document = JsonDocument.Parse(Json(DoctorScenario.Mixed));
        var seen = Members(document.RootElement).Concat(Members(document.RootElement.GetProperty("machine")))
            .Concat(Members(document.RootElement.GetProperty("checks")[0])).Concat(Members(document.RootElement.GetProperty("outlooks")[0]));
        seen.Distinct().Should().BeEquivalentTo(SchemaMembers());
    }

    [Fact]
    public void TheDocumentNamesEveryMember()
    {
        var text = File.ReadAllText(Repository.File("docs", "doctor.md"));
        SchemaMembers().Should().AllSatisfy(name => text.Should().Contain($"`{name}`"));
    }

    private static IEnumerable<string> SchemaMembers()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath));
        return [.. schema.RootElement.GetProperty("$defs").EnumerateObject()
            .Where(definition => definition.Value.TryGetProperty("properties", out _))
            .SelectMany(definition => Members(definition.Value.GetProperty("properties"))).Distinct()];
    }

    private static IEnumerable<string> Members(JsonElement element) => element.EnumerateObject().Select(member => member.Name);

    private static string Text(DoctorReport report, TextOptions options)
    {
        using var output = new StringWriter();
        DoctorTextRenderer.Write(output, report, options);
        return output.ToString();
    }

    private static string Json(DoctorReport report)
    {
        using var output = new MemoryStream();
        DoctorJsonRenderer.Write(output, report);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
