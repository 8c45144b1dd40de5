// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Export.Syslog;

/// <summary>How messages reach a syslog receiver.</summary>
public enum SyslogTransport
{
    /// <summary>A datagram socket of this machine.</summary>
    Local,

    /// <summary>RFC 5426.</summary>
    Udp,

    /// <summary>RFC 6587, octet counting.</summary>
    Tcp,
}

/// <summary>A syslog receiver.</summary>
/// <param name="Transport">How.</param>
/// <param name="Host">A name or an address; the path for Local.</param>
/// <param name="Port">0 for Local.</param>
public sealed record SyslogAddress(SyslogTransport Transport, string Host, int Port)
{
    /// <summary>UDP's by RFC 5426; the one in use for TCP too.</summary>
    private const int UsualPort = 514;

    /// <summary>Where syslog(3) sends.</summary>
    public static SyslogAddress Usual { get; } = new(SyslogTransport.Local, "/dev/log", 0);

    /// <summary>/PATH, udp://HOST[:PORT] or tcp://HOST[:PORT].</summary>
    /// <exception cref="UserException">It is none of these.</exception>
    public static SyslogAddress Parse(string text)
    {
        if (text.StartsWith('/'))
            return new SyslogAddress(SyslogTransport.Local, text, 0);
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "udp" or "tcp", Host.Length: > 0, AbsolutePath: "" or "/", UserInfo: "", Query: "", Fragment: "" })
            return new SyslogAddress(uri.Scheme == "udp" ? SyslogTransport.Udp : SyslogTransport.Tcp, uri.IdnHost, uri.Port < 0 ? UsualPort : uri.Port);
        throw new UserException($"--syslog {text}: the path of a socket, udp://HOST[:PORT] or tcp://HOST[:PORT] is meant; for /dev/log before something else, --syslog=/dev/log");
    }

    public override string ToString() =>
        Transport == SyslogTransport.Local ? Host : $"{(Transport == SyslogTransport.Udp ? "udp" : "tcp")}://{(Host.Contains(':') ? $"[{Host.Trim('[', ']')}]" : Host)}:{Port}";
}
