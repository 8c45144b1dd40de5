// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Net.Sockets;
using Livewatcher.Model;
using Microsoft.Win32.SafeHandles;

namespace Livewatcher.Agent.Serving;

/// <summary>The socket by which programs and `livewatcher ctl` find the listener. The library looks in the same places
/// (native/liblivewatcher/src/wire.h).</summary>
public static class AgentSocket
{
    public const string PathVariable = "LIVEWATCHER_SOCKET";
    private const string ActivatedVariable = "LISTEN_FDS";
    private const string ActivatedProcessVariable = "LISTEN_PID";
    private const int FirstActivated = 3; // SD_LISTEN_FDS_START, sd_listen_fds(3)
    private const int Backlog = 4096;
    private const int ENXIO = 6;
    private const string SystemPlace = "/run/livewatcher/socket";

    /// <summary>Where a listener of this user's is, in the order in which the library looks.</summary>
    public static IReadOnlyList<string> Places => [.. new[] { GivenPlace, RuntimePlace, SystemPlace }.OfType<string>()];

    private static string? GivenPlace => Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } given ? given : null;

    private static string? RuntimePlace =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? Path.Combine(runtime, "livewatcher", "socket") : null;

    /// <summary>Where a listener without --socket listens.</summary>
    public static string OwnPlace(bool isRoot) => GivenPlace ?? (isRoot ? null : RuntimePlace) ?? SystemPlace;

    /// <summary>The socket that systemd has opened for us; null where it has not.</summary>
    public static Socket? Activated()
    {
        bool isOurs = int.TryParse(Environment.GetEnvironmentVariable(ActivatedProcessVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && process == Environment.ProcessId
            && Environment.GetEnvironmentVariable(ActivatedVariable) == "1";
        return isOurs ? new Socket(new SafeSocketHandle(FirstActivated, ownsHandle: true)) : null;
    }

    /// <summary>Listens at a path.</summary>
    /// <param name="path">Its folder is made where there is none. A socket that nobody listens at any more is taken over.</param>
    /// <param name="mode">Who may connect: read and write permission of the socket.</param>
    /// <exception cref="UserException">Somebody listens there, or it cannot be made.</exception>
    public static Socket Listen(string path, UnixFileMode mode)
    {
        Socket socket = New();
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            if (File.Exists(path))
                TakeOver(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, mode);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new UserException($"cannot listen at {path}: {e.Message}; --socket takes another path");
        }
        catch (UserException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to a listener.</summary>
    /// <returns>Null where nobody listens.</returns>
    public static Socket? Connect(string path)
    {
        Socket socket = New();
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);

    /// <summary>open(2) refuses sockets with ENXIO.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            // For writing too: to open a pipe for reading alone would wait for its writer.
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (IOException e) when (e.HResult == ENXIO)
        {
            return true;
        }
    }

    private static void TakeOver(string path)
    {
        if (!IsSocket(path))
            throw new UserException($"cannot listen at {path}: there is a file that is no socket; --socket takes another path");
        using Socket? other = Connect(path);
        if (other is not null)
            throw new UserException($"another livewatcher listens at {path}; --socket takes another path");
        File.Delete(path);
    }
}
