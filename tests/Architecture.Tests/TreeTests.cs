// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using System.Xml.Linq;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Architecture.Tests;

/// <summary>Habits of the source tree.</summary>
public sealed class TreeTests
{
    private const string Licence = "Copyright (c) livewatcher contributors.";
    private const int LongestFile = 450;
    private const int FullestFolder = 25;

    private static readonly string[] C = [".c", ".h", ".cpp", ".hpp"];
    private static readonly string[] Code = [".cs", ".c", ".h", ".cpp", ".hpp", ".sh", ".py", ".js", ".mjs", ".css"];

    private static readonly string[] BuildOutput =
        [".o", ".a", ".so", ".dll", ".pdb", ".exe", ".nupkg", ".cache", ".binlog", ".trx", ".log"];

    [Fact]
    public void EveryCSharpFileSaysItsLicence() =>
        Repository.Sources(".cs")
            .Where(file => FirstLines(file, 1)[0].TrimStart('\uFEFF') != $"// {Licence} Licensed under the MIT licence, see LICENSE.")
            .ShouldBeNone();

    [Fact]
    public void EveryScriptOfThePageSaysItsLicence() =>
        Repository.Sources(".js", ".mjs", ".css").Where(file => !FirstLines(file, 1)[0].Contains(Licence, StringComparison.Ordinal)).ShouldBeNone();

    [Fact]
    public void EveryCFileSaysItsLicence() =>
        Repository.Sources(C)
            .Where(file => FirstLines(file, 3) is var head
                && (!head[0].StartsWith($"/* {Licence}", StringComparison.Ordinal) || !head.Any(line => line.Contains("SPDX-License-Identifier: "))))
            .ShouldBeNone();

    [Fact]
    public void NoFileIsTooLongToReadAtOnce() =>
        Repository.Sources(Code)
            .Select(file => (File: file, Lines: File.ReadLines(Repository.Full(file)).Count()))
            .Where(file => file.Lines > LongestFile)
            .Select(file => $"{file.File}: {file.Lines} lines")
            .ShouldBeNone();

    /// <summary>A folder of programs under test is a list, each of them whole in itself; so are snapshots, and inputs of the fuzzer.</summary>
    [Fact]
    public void NoFolderIsTooFullToSeeAtOnce() =>
        Repository.Files
            .GroupBy(file => Path.GetDirectoryName(file) ?? string.Empty, StringComparer.Ordinal)
            .Where(folder => Path.GetFileName(folder.Key) is not ("programs" or "Snapshots") && !folder.Key.Contains("/corpus/") && folder.Count() > FullestFolder)
            .Select(folder => $"{folder.Key}: {folder.Count()}")
            .ShouldBeNone();

    [Fact]
    public void NoBuildOutputIsInTheRepository() =>
        Repository.Files
            .Where(file => BuildOutput.Contains(Path.GetExtension(file))
                || file.Split('/').SkipLast(1).Any(folder => folder is "bin" or "obj" or "artifacts" or "node_modules" or "TestResults"))
            .ShouldBeNone();

    /// <summary>The repository builds anywhere: no file knows the machine it was written on.</summary>
    [Fact]
    public void NoFileNamesAPathOfTheMachineItWasWrittenOn()
    {
        // /proc/PID/root is none.
        Regex places = new($"{Regex.Escape(Repository.Root)}/|(?<![A-Za-z0-9])/(root|home)/", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
        Repository.Sources([.. Code, ".md", ".json", ".props", ".csproj", ".slnx", ".yml"])
            .Where(file => file != "tests/Architecture.Tests/TreeTests.cs" && places.IsMatch(Repository.Read(file)))
            .ShouldBeNone();
    }

    [Fact]
    public void EveryProjectIsInTheSolution() =>
        XDocument.Load(Repository.Full("livewatcher.slnx")).Descendants("Project").Select(project => (string)project.Attribute("Path")!)
            .Order(StringComparer.Ordinal).Should().Equal(Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)));

    [Fact]
    public void EveryProjectLocksItsPackages() =>
        Repository.Projects("src").Concat(Repository.Projects("tests"))
            .Where(project => !Repository.Files.Contains($"{Path.GetDirectoryName(project)}/packages.lock.json"))
            .ShouldBeNone();

    /// <summary>And says of none where it was fetched: whoever builds has a registry of their own.</summary>
    [Fact]
    public void EveryNpmPackageIsLocked()
    {
        List<string> packages = [.. Repository.Files.Where(file => Path.GetFileName(file) == "package.json")];
        packages.Should().NotBeEmpty();
        packages.Where(file => !Repository.Files.Contains($"{Path.GetDirectoryName(file)}/package-lock.json")).ShouldBeNone();
        Repository.Files.Where(file => Path.GetFileName(file) == "package-lock.json" && Repository.Read(file).Contains("\"resolved\"", StringComparison.Ordinal)).ShouldBeNone();
    }

    [Fact]
    public void VersionsArePlacedCentrally() =>
        Repository.Projects("src").Concat(Repository.Projects("tests"))
            .Where(project => Repository.Project(project).Descendants("PackageReference").Any(item => item.Attribute("Version") is not null))
            .ShouldBeNone();

    private static string[] FirstLines(string file, int count) => [.. File.ReadLines(Repository.Full(file)).Take(count).DefaultIfEmpty(string.Empty)];
}
