// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Livewatcher.Export.Syslog;
using Livewatcher.Model;
using Livewatcher.Render.Tests;
using Xunit;

namespace Livewatcher.Export.Tests;

/// <summary>--syslog by each transport, and Debian's rsyslog.</summary>
public sealed partial class SyslogTests : ExportTest
{
    [Fact]
    public void ADatagramIsAMessageOfRfc5424()
    {
        using LocalReceiver receiver = new(At("log"));
        using Exporters exporters = Open(At("log"));
        exporters.Add(HostileHit);
        Lost(Export(exporters, 1)).Should().Be(0);
        List<string> messages = receiver.Read();
        messages.Should().HaveCount(3).And.OnlyContain(message => Rfc5424().IsMatch(message));
        messages[0].Should().Contain(" thread_name=\"\\\\x1b[2J\\\\x0aPRIORITY=0\\\"\\]\\\\\\\\u202e{x}</script>\" ");
        messages[1].Should().StartWith("<13>1 2026-11-22T14:02:10.002000+01:00 ").And.Contain(" livewatcher ").And.Contain(" hit [hit@32473 watch=\"g_table[3\\].refcnt\" access=\"write\" ")
            .And.EndWith("] write g_table[3].refcnt: 1 -> 0 by release(conn*) server.c:88, worker-2 (4127)");
    }

    [Fact]
    public void ByUdpNoMessageIsLongerThanReceiversTake()
    {
        using UdpClient receiver = new(new IPEndPoint(IPAddress.Loopback, 0));
        using Exporters exporters = Open($"udp://127.0.0.1:{((IPEndPoint)receiver.Client.LocalEndPoint!).Port}");
        string longName = string.Concat(Enumerable.Repeat("é", 5000));
        exporters.Add(Hit(1) with
        {
            ThreadName = longName, SystemCall = longName, New = new Value(ValueKind.Bytes, longName),
            Stack = new CallStack([Scenario.Release with { Function = longName, File = longName, Module = longName }], null),
        });
        Lost(exporters.Finish(Scenario.Coverage())).Should().Be(0);
        IPEndPoint? from = null;
        byte[] first = receiver.Receive(ref from);
        first.Length.Should().BeLessThanOrEqualTo(2048).And.BeGreaterThan(1500);
        Rfc5424().IsMatch(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(first)).Should().BeTrue();
    }

    [Fact]
    public async Task ByTcpMessagesAreCountedOff()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Exporters exporters = Open($"tcp://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
        Task<string> reading = ReadAll(listener);
        Lost(Export(exporters, 300)).Should().Be(0);
        exporters.Dispose();
        Split(await reading).Should().HaveCount(301).And.OnlyContain(message => Rfc5424().IsMatch(message));
    }

    /// <summary>What was in the kernel's hands when it went is nobody's to know: it counts as sent. What came after is not.</summary>
    [Fact]
    public async Task ByTcpAReceiverThatGoesAwayIsTriedAgain()
    {
        TcpListener first = new(IPAddress.Loopback, 0);
        first.Start();
        int port = ((IPEndPoint)first.LocalEndpoint).Port;
        using Exporters exporters = Open($"tcp://127.0.0.1:{port}");
        exporters.Add(Hit(1));
        using (Socket one = await first.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            byte[] some = new byte[4096];
            one.Receive(some);
            one.LingerState = new LingerOption(true, 0); // gone with a reset
        }

        first.Dispose();
        await Task.Delay(100, TestContext.Current.CancellationToken);
        exporters.Add(Hit(2));
        await Task.Delay(400, TestContext.Current.CancellationToken);
        using TcpListener second = new(IPAddress.Loopback, port);
        second.Start();
        Task<string> reading = ReadAll(second);
        exporters.Add(Hit(3));
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Lost(exporters.Finish(Scenario.Coverage())).Should().Be(0);
        exporters.Dispose();
        Split(await reading).Count(message => message.Contains("sequence=\"3\"")).Should().Be(1);
    }

    [Fact]
    public async Task DebiansRsyslogUnderstandsIt()
    {
        int port = FreePort();
        File.WriteAllText(At("rsyslog.conf"), $$"""
            module(load="imtcp")
            input(type="imtcp" port="{{port}}" address="127.0.0.1")
            template(name="parsed" type="string" string="%app-name%|%msgid%|%syslogpriority%|%timestamp:::date-rfc3339%|%structured-data%|%msg%\n")
            action(type="omfile" file="{{At("parsed")}}" template="parsed")
            """);
        Start("/usr/sbin/rsyslogd", "-n", "-i", At("pid"), "-f", At("rsyslog.conf"));
        using Exporters exporters = Open($"tcp://127.0.0.1:{port}");
        exporters.Add(Hit(1));
        string line = await Eventually(
            () => Task.FromResult(File.Exists(At("parsed")) && File.ReadAllText(At("parsed")).EndsWith('\n') ? File.ReadAllLines(At("parsed"))[0] : null), TimeSpan.FromSeconds(20));
        line.Should().StartWith("livewatcher|hit|5|2026-11-22T14:02:10.002000+01:00|[hit@32473 watch=\"g_table[3\\].refcnt\" ")
            .And.EndWith("|write g_table[3].refcnt: 1 -> 0 by release(conn*) server.c:88, worker-2 (4127)");
    }

    [Theory]
    [InlineData("/run/log", SyslogTransport.Local, "/run/log", 0)]
    [InlineData("udp://10.0.0.1", SyslogTransport.Udp, "10.0.0.1", 514)]
    [InlineData("tcp://[::1]:6514", SyslogTransport.Tcp, "::1", 6514)]
    public void Addresses(string text, SyslogTransport transport, string host, int port) =>
        SyslogAddress.Parse(text).Should().BeEquivalentTo(new { Transport = transport, Port = port }, one => one.ExcludingMissingMembers()).And.Match<SyslogAddress>(one => one.Host.Trim('[', ']') == host);

    [Theory]
    [InlineData("4121")]
    [InlineData("http://x")]
    [InlineData("udp://x/y")]
    [InlineData("udp://")]
    public void NoAddresses(string text)
    {
        Action parse = () => SyslogAddress.Parse(text);
        parse.Should().Throw<UserException>().WithMessage($"--syslog {text}: *");
    }

    private static Exporters Open(string address) => Exporters.Open(new ExportSettings { Syslog = SyslogAddress.Parse(address), Limits = Quick });

    private static async Task<string> ReadAll(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadToEndAsync();
    }

    /// <summary>RFC 6587, 3.4.1; all of it is ASCII here.</summary>
    private static List<string> Split(string stream)
    {
        List<string> all = [];
        for (int at = 0; at < stream.Length;)
        {
            int space = stream.IndexOf(' ', at);
            int length = int.Parse(stream[at..space], System.Globalization.CultureInfo.InvariantCulture);
            all.Add(stream.Substring(space + 1, length));
            at = space + 1 + length;
        }

        return all;
    }

    // Section 6: HEADER SP STRUCTURED-DATA SP MSG.
    [GeneratedRegex("""^<\d{1,3}>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d) [!-~]{1,255} [!-~]{1,48} \d+ [!-~]{1,32} (-|\[[a-z]+@\d+( [a-z_]{1,32}="([^"\\\]]|\\["\\\]])*")*\]) [^\x00-\x1f\x7f]*$""", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Rfc5424();
}
