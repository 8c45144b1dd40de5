// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Architecture.Tests;

/// <summary>Who may use whom: the table of docs/architecture.md. "May use" is the whole list.</summary>
public sealed class RoomTests
{
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Linux"] = ["Model"],
        ["Symbols"] = ["Model"],
        ["Engine"] = ["Model"],
        ["Recording"] = ["Model"],
        ["Render"] = ["Model"],
        ["Export"] = ["Model", "Render"],
        ["Agent"] = ["Model", "Engine"],
        ["Cli"] = ["Model", "Linux", "Symbols", "Engine", "Recording", "Render", "Export", "Agent"],
    };

    /// <summary>Packages are a room's own business, but each is named here once.</summary>
    private static readonly Dictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        ["Recording"] = ["Microsoft.Data.Sqlite", "SQLitePCLRaw.core", "SQLitePCLRaw.provider.sqlite3"],
        ["Symbols"] = ["Iced"],
        ["Cli"] = ["System.CommandLine", "Tomlyn"],
    };

    /// <summary>The rooms that see no operating system: what happens there can be tested without one.</summary>
    private static readonly string[] Pure = ["Model", "Engine", "Render"];

    private static readonly string[] Foreign =
    [
        "System.Console", "System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo", "System.IO.File", "System.IO.FileStream",
        "System.IO.FileInfo", "System.IO.Directory", "System.Net.Sockets.Socket", "System.Runtime.InteropServices.NativeLibrary",
        "System.Runtime.InteropServices.Marshal", "Microsoft.Win32.SafeHandles.SafeFileHandle",
    ];

    private static readonly string[] Clocks =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Diagnostics.Stopwatch.GetTimestamp", "System.Diagnostics.Stopwatch.StartNew", "System.TimeProvider.get_System",
    ];

    public static TheoryData<string> Rooms => [.. Room.Names];

    public static TheoryData<string> PureRooms => [.. Pure];

    [Fact]
    public void EveryRoomIsInTheTable() => MayUse.Keys.Should().BeEquivalentTo(Room.Names);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void AProjectRefersToWhatItMayUse(string room)
    {
        IEnumerable<string> referred = Repository.Items($"src/Livewatcher.{room}/Livewatcher.{room}.csproj", "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["Livewatcher.".Length..]);
        referred.Should().BeSubsetOf(MayUse[room]);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void AnAssemblyUsesWhatItMayUse(string room) => Room.Load(room).Uses.Should().BeSubsetOf(MayUse[room]);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void AnAssemblyUsesNoPackageThatIsNotNamedHere(string room) =>
        Room.Load(room).Assemblies
            .Where(name => !name.StartsWith("Livewatcher.", StringComparison.Ordinal))
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) || Packages.Values.Any(packages => packages.Contains(name)))
            .Where(name => name != "Microsoft.Win32.Primitives")
            .Should().BeSubsetOf(Packages.GetValueOrDefault(room, []));

    [Theory]
    [MemberData(nameof(PureRooms))]
    public void APureRoomSeesNoOperatingSystem(string room)
    {
        Room.Load(room).Types.Where(type => Foreign.Contains(type)).ShouldBeNone();
        // The compiler writes CurrentManagedThreadId into every iterator.
        Room.Load(room).Members.Where(member => member.StartsWith("System.Environment.", StringComparison.Ordinal))
            .Except(["System.Environment.get_CurrentManagedThreadId", "System.Environment.get_NewLine"]).ShouldBeNone();
    }

    [Theory]
    [MemberData(nameof(PureRooms))]
    public void APureRoomHasNoClock(string room) => Room.Load(room).Members.Where(member => Clocks.Contains(member)).ShouldBeNone();

    [Fact]
    public void OnlyTheCommandLineTalksToTheTerminal() =>
        Room.Names.Where(room => room != "Cli").Where(room => Room.Load(room).Types.Contains("System.Console")).ShouldBeNone();

    /// <summary>The runtime's reaper of children now and then eats a ptrace stop: targets are started by the guard.</summary>
    [Fact]
    public void NobodyStartsProcessesTheManagedWay() =>
        Room.Names.Where(room => Room.Load(room).Members.Contains("System.Diagnostics.Process.Start")).ShouldBeNone();

    [Theory]
    [MemberData(nameof(Rooms))]
    public void EveryRoomIsFitForNativeAot(string room) => Room.Load(room).IsTrimmable.Should().BeTrue("IsAotCompatible says so in the assembly");
}
