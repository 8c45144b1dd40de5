// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using CsCheck;
using Livewatcher.Agent.Wire;
using Livewatcher.Engine.Serving;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Agent.Tests.Wire;

public sealed class RequestReaderTests
{
    private const int Rsp = 19;
    private const long Connection = 9;

    private static readonly ProcessId Process = new(1234);

    private static readonly Gen<uint> Small = Gen.OneOf(Gen.UInt[0, 10], Gen.UInt);

    /// <summary>Any header; each field is now and then one that makes sense.</summary>
    private static readonly Gen<WireHeader> Headers = Gen.Select(
        Gen.OneOf(Gen.UInt[0, 70], Gen.UInt), Small, Small, Small, Gen.OneOf(Gen.UInt[0, 2], Gen.UInt), Gen.OneOf(Gen.ULong, Gen.ULong.Select(value => value & ~7UL)), Gen.Int,
        (kind, watcher, length, mode, flags, address, value) => new WireHeader
        {
            Kind = (WireKind)kind, Watcher = watcher, Length = length, Mode = mode, Flags = flags, Address = address, Value = value, Tid = value,
            Setting = (WireSetting)(length % 6), Error = value, Generation = flags, Signal = value,
        });

    [Fact]
    public void HelloIsAJoin() => Read(new WireHeader { Kind = WireKind.LW_WIRE_HELLO }).Should().Be(new ClientRequest.Join(Process, Connection));

    [Theory]
    [InlineData(1u, 1u, AccessMode.Write)]
    [InlineData(2u, 1u, AccessMode.Write)]
    [InlineData(4u, 1u, AccessMode.Write)]
    [InlineData(8u, 1u, AccessMode.Write)]
    [InlineData(8u, 3u, AccessMode.Access)]
    public void ASetHasAllThatItSays(uint length, uint mode, AccessMode access)
    {
        WireHeader header = Set(length, mode, 0x7000);
        header.Flags = WireConstants.LW_WIRE_CHANGE_ONLY;
        header.Registers[Rsp] = 0x7ffe;
        Read(header, "label").Should().Be(new ClientRequest.Set(
            Process, 77, 2, new HardwareSlot(new Address(0x7000), (int)length, access), ChangesOnly: true, "label", header.ToRegisters()));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(99u)]
    public void AnExecutionHasLengthOneWhateverItSays(uint length) =>
        Read(Set(length, 0, 0x7001)).Should().BeOfType<ClientRequest.Set>().Which.Slot.Should().Be(new HardwareSlot(new Address(0x7001), 1, AccessMode.Execute));

    [Fact]
    public void ASetWithoutRegistersWasSetEarlier() => Read(Set(4, 1, 0x7000)).Should().BeOfType<ClientRequest.Set>().Which.Caller.Should().BeNull();

    [Theory]
    [InlineData(0u, 1u, 0x7000)]
    [InlineData(3u, 1u, 0x7000)]
    [InlineData(16u, 1u, 0x7000)]
    [InlineData(0x8000_0004u, 1u, 0x7000)]
    [InlineData(2u, 1u, 0x7001)]
    [InlineData(4u, 1u, 0x7002)]
    [InlineData(8u, 3u, 0x7004)]
    [InlineData(4u, 2u, 0x7000)]
    [InlineData(4u, 4u, 0x7000)]
    [InlineData(4u, uint.MaxValue, 0x7000)]
    public void ASetThatNoRegisterCanHoldIsNone(uint length, uint mode, ulong address) => Read(Set(length, mode, address)).Should().BeNull();

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(0x8000_0000u)]
    public void UnknownFlagsAreNone(uint flags) => Read(Set(4, 1, 0x7000) with { Flags = flags }).Should().BeNull();

    [Theory]
    [InlineData(4u)]
    [InlineData(0x8000_0000u)]
    [InlineData(uint.MaxValue)]
    public void NumbersBeyondTheFourAreNone(uint watcher)
    {
        Read(Set(4, 1, 0x7000) with { Watcher = watcher }).Should().BeNull();
        Read(new WireHeader { Kind = WireKind.LW_WIRE_RESET, Watcher = watcher }).Should().BeNull();
    }

    [Fact]
    public void ResetHasItsNumber() =>
        Read(new WireHeader { Kind = WireKind.LW_WIRE_RESET, Watcher = 3, Tid = 7 }).Should().Be(new ClientRequest.Reset(Process, 7, 3));

    [Fact]
    public void WordsAreWords()
    {
        WireHeader header = new() { Tid = 7 };
        header.Registers[16] = 0x401000;
        Read(header with { Kind = WireKind.LW_WIRE_INFO }, "w").Should().Be(new ClientRequest.Say(Process, 7, MessageKind.Info, "w", null));
        Read(header with { Kind = WireKind.LW_WIRE_MARK }, "w").Should().Be(new ClientRequest.Say(Process, 7, MessageKind.Mark, "w", null));
        Read(header with { Kind = WireKind.LW_WIRE_BACKTRACE }, "w").Should().Be(new ClientRequest.Say(Process, 7, MessageKind.Backtrace, "w", header.ToRegisters()));
        Read(header with { Kind = WireKind.LW_WIRE_DUMP }).Should().Be(new ClientRequest.DumpRegisters(Process, 7, header.ToRegisters()));
    }

    [Theory]
    [InlineData(1u, "ignore_hwbp_sigtrap")]
    [InlineData(2u, "record_watcher")]
    [InlineData(3u, "ubacktrace_detail")]
    [InlineData(0u, null)]
    [InlineData(4u, null)]
    [InlineData(uint.MaxValue, null)]
    public void SettingsHaveTheirNames(uint setting, string? name) =>
        Read(new WireHeader { Kind = WireKind.LW_WIRE_SETTING, Setting = (WireSetting)setting, Value = -1, Tid = 7 })
            .Should().Be(name is null ? null : new ClientRequest.Setting(Process, 7, name, -1));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    [InlineData(-5, 0)]
    [InlineData(int.MinValue, 0)]
    public void ARecoveredHitSaysHowManyWereLost(int value, int lost) =>
        Read(new WireHeader { Kind = WireKind.LW_WIRE_RECOVERED, Value = value }).Should().BeOfType<ClientRequest.Recovered>().Which.Lost.Should().Be(lost);

    [Theory]
    [InlineData(0u)]
    [InlineData((uint)WireKind.LW_WIRE_CONTROL)]
    [InlineData((uint)WireKind.LW_WIRE_ANSWER)]
    [InlineData((uint)WireKind.LW_WIRE_PREPARE)]
    [InlineData(10u)]
    [InlineData(uint.MaxValue)]
    public void OtherKindsAreNoRequests(uint kind) => Read(new WireHeader { Kind = (WireKind)kind }).Should().BeNull();

    [Fact]
    public void WhateverASenderSaysTheRequestIsWithinLimitsAndItsProcessIsTheSocketsOne() =>
        Gen.Select(Headers, Gen.String).Sample((header, text) => RequestReader.Read(Process, Connection, header, text) switch
        {
            null => true,
            ClientRequest.Set set => set.Process == Process && set.Number is >= 0 and < 4 && set.Slot.Length is 1 or 2 or 4 or 8
                && set.Slot.Address.Value % (ulong)set.Slot.Length == 0 && Enum.IsDefined(set.Slot.Mode),
            ClientRequest.Reset reset => reset.Process == Process && reset.Number is >= 0 and < 4,
            ClientRequest.Setting setting => setting.Process == Process && ListenSettings.Names.Contains(setting.Name),
            ClientRequest.Recovered recovered => recovered.Process == Process && recovered.Lost >= 0,
            ClientRequest.Join join => join.Process == Process && join.Connection == Connection,
            { } other => other.Process == Process,
        });

    private static WireHeader Set(uint length, uint mode, ulong address) =>
        new() { Kind = WireKind.LW_WIRE_SET, Watcher = 2, Tid = 77, Length = length, Mode = mode, Address = address };

    private static ClientRequest? Read(WireHeader header, string text = "") => RequestReader.Read(Process, Connection, header, text);
}
