// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Architecture.Tests;

/// <summary>THIRD-PARTY-NOTICES.md names everything that is in the binary or that it loads.</summary>
public sealed partial class NoticesTests
{
    private static readonly string Notices = Repository.Read("THIRD-PARTY-NOTICES.md");

    /// <summary>Headings of the notices: "## Iced 1.22.0".</summary>
    private static readonly IReadOnlyList<string> Headings = [.. Notices.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim())];

    [Fact]
    public void EveryPackageThatShipsIsNamedWithItsVersion() => Shipped().Should().BeSubsetOf(Headings);

    /// <summary>Of the page's packages those ship that it depends on; the others bundle it.</summary>
    [Fact]
    public void EveryPackageOfThePageIsNamedWithItsVersion()
    {
        using JsonDocument page = JsonDocument.Parse(Repository.Read("src/Livewatcher.Render/Html/page/package.json"));
        page.RootElement.GetProperty("dependencies").EnumerateObject().Select(one => $"{(one.Name == "uplot" ? "uPlot" : one.Name)} {one.Value.GetString()}")
            .Should().NotBeEmpty().And.BeSubsetOf(Headings);
    }

    [Fact]
    public void NoPackageIsNamedThatDoesNotShip() =>
        Versions().Select(package => package.Name)
            .Where(name => Headings.Any(heading => heading.StartsWith($"{name} ", StringComparison.Ordinal)))
            .Should().BeEquivalentTo(Shipped().Select(heading => heading.Split(' ')[0]));

    [Fact]
    public void EveryLibraryThatIsLoadedIsNamed()
    {
        IEnumerable<string> loaded = Repository.Sources(".cs")
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => Library().Matches(Repository.Read(file)).Select(match => match.Groups["name"].Value))
            .Distinct(StringComparer.Ordinal);
        loaded.Should().Contain(["libdw.so.1", "libbpf.so.1"]).And.OnlyContain(library => Notices.Contains($"`{library}`"));
    }

    [Fact]
    public void TheProjectsOwnLicenceIsThere() => Repository.Read("LICENSE").Should().StartWith("MIT License").And.Contain("livewatcher contributors");

    private static IEnumerable<string> Shipped()
    {
        HashSet<string> used = [.. Repository.Projects("src").SelectMany(project => Repository.Items(project, "PackageReference"))];
        return Versions().Where(package => used.Contains(package.Name)).Select(package => $"{package.Name} {package.Version}");
    }

    private static IEnumerable<(string Name, string Version)> Versions() =>
        XDocument.Load(Repository.Full("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(item => ((string)item.Attribute("Include")!, (string)item.Attribute("Version")!));

    [GeneratedRegex("\"(?<name>lib[a-z+]+\\.so\\.[0-9]+)\"", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Library();
}
