// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;
using AwesomeAssertions;
using Livewatcher.Agent.Serving;
using Livewatcher.Agent.Wire;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Agent.Tests.Serving;

public sealed class AgentSocketTests : IDisposable
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string folder = Directory.CreateTempSubdirectory("livewatcher-socket-").FullName;

    private string Place => Path.Combine(folder, "new", "folder", "socket");

    [Theory]
    [InlineData(Own)]
    [InlineData(Own | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [InlineData(Own | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)]
    public void TheSocketIsOpenToWhomItShallBe(UnixFileMode mode)
    {
        using Socket socket = AgentSocket.Listen(Place, mode);
        File.GetUnixFileMode(Place).Should().Be(mode);
    }

    [Fact]
    public void ASocketThatNobodyListensAtAnyMoreIsTakenOver()
    {
        using (Socket gone = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
            gone.Bind(new UnixDomainSocketEndPoint(Place));
            gone.Listen();
            Abandon(gone);
        }

        File.Exists(Place).Should().BeTrue("its owner was killed");
        AgentSocket.Connect(Place).Should().BeNull();
        using Socket socket = AgentSocket.Listen(Place, Own);
        using Socket? connected = AgentSocket.Connect(Place);
        connected.Should().NotBeNull();
    }

    [Fact]
    public void ALivingOneIsLeftAlone()
    {
        using AgentRun run = new AgentRun().Start();
        FluentActions.Invoking(() => AgentSocket.Listen(run.SocketPath, Own)).Should().Throw<UserException>().WithMessage("another livewatcher listens at*");
        using WirePeer peer = run.Join();
        peer.Ask(WireKind.LW_WIRE_INFO).Error.Should().Be(0);
    }

    [Fact]
    public void AFileThatIsNoSocketIsNobodysToTake()
    {
        string file = Path.Combine(folder, "precious");
        File.WriteAllText(file, "precious");
        FluentActions.Invoking(() => AgentSocket.Listen(file, Own)).Should().Throw<UserException>().WithMessage($"cannot listen at {file}*");
        File.ReadAllText(file).Should().Be("precious");
    }

    [Fact]
    public void AFolderIsNoPlace() =>
        FluentActions.Invoking(() => AgentSocket.Listen(folder, Own)).Should().Throw<UserException>().WithMessage($"cannot listen at {folder}*--socket*");

    [Fact]
    public void APathThatIsTooLongForASocketIsSaid()
    {
        string path = Path.Combine(folder, new string('x', 200));
        FluentActions.Invoking(() => AgentSocket.Listen(path, Own)).Should().Throw<UserException>().WithMessage("cannot listen at*");
        AgentSocket.Connect(path).Should().BeNull();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>As a kill does: the descriptor goes, the file stays. The runtime's own way takes the file along.</summary>
    private void Abandon(Socket socket)
    {
        string aside = $"{Place}.aside";
        File.Move(Place, aside);
        socket.Dispose();
        if (!File.Exists(Place))
            File.Move(aside, Place);
    }
}
