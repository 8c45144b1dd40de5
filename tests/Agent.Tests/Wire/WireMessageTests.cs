// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.Text;
using AwesomeAssertions;
using CsCheck;
using Livewatcher.Agent.Wire;
using Xunit;

namespace Livewatcher.Agent.Tests.Wire;

public sealed class WireMessageTests
{
    private const int TextLengthOffset = 52;

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        byte[] packet = WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_SET, Sequence = 7, Address = 0xdead_beef, Value = -3 }, "größe"u8);
        WireMessage.TryRead(packet, out WireHeader header, out string text).Should().BeTrue();
        (header.Version, header.Kind, header.Sequence, header.Address, header.Value, text)
            .Should().Be((WireConstants.LW_WIRE_VERSION, WireKind.LW_WIRE_SET, 7u, 0xdead_beef, -3, "größe"));
    }

    [Fact]
    public void EveryTruncatedPacketIsNone()
    {
        byte[] packet = WireMessage.Write(new WireHeader { Kind = WireKind.LW_WIRE_INFO }, "twelve bytes"u8);
        for (int length = 0; length < packet.Length; length++)
            WireMessage.TryRead(packet.AsSpan(0, length), out _, out string text).Should().BeFalse($"{length} of {packet.Length} bytes are no packet, '{text}'");
    }

    [Fact]
    public void APacketWithMoreThanItSaysIsNone() =>
        WireMessage.TryRead([.. WireMessage.Write(new WireHeader(), "text"u8), 0], out _, out _).Should().BeFalse();

    [Fact]
    public void TheLongestTextIsReadAndALongerOneIsNone()
    {
        WireMessage.TryRead(WireMessage.Write(new WireHeader(), new byte[WireConstants.LW_WIRE_TEXT]), out _, out string text).Should().BeTrue();
        text.Should().HaveLength(WireConstants.LW_WIRE_TEXT);
        WireMessage.TryRead(WireMessage.Write(new WireHeader(), new byte[WireConstants.LW_WIRE_TEXT + 1]), out _, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    [InlineData(5u)]
    [InlineData(513u)]
    [InlineData(0x7fff_ffffu)]
    [InlineData(0x8000_0000u)]
    [InlineData(0xffff_ff20u)] // with the header's bytes it is the packet's length again, in 32 bits
    [InlineData(uint.MaxValue)]
    public void ALengthThatLiesIsNone(uint lie)
    {
        byte[] packet = WireMessage.Write(new WireHeader(), "text"u8);
        BinaryPrimitives.ReadUInt32LittleEndian(packet.AsSpan(TextLengthOffset)).Should().Be(4);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(TextLengthOffset), lie);
        WireMessage.TryRead(packet, out _, out _).Should().BeFalse();
    }

    [Fact]
    public void TextThatIsNoUtf8IsReadAsFarAsItIs()
    {
        WireMessage.TryRead(WireMessage.Write(new WireHeader(), [0x61, 0xff, 0x62, 0xc3]), out _, out string text).Should().BeTrue();
        text.Should().Be("a\ufffdb\ufffd");
    }

    [Fact]
    public void AnyBytesAreAPacketOrNone() => Gen.Byte.Array[0, 900].Sample(bytes =>
    {
        bool isPacket = WireMessage.TryRead(bytes, out WireHeader header, out string text);
        return isPacket
            ? bytes.Length == WireMessage.HeaderBytes + (int)header.TextLength && Encoding.UTF8.GetCharCount(bytes.AsSpan(WireMessage.HeaderBytes)) == text.Length
            : text.Length == 0;
    });
}
