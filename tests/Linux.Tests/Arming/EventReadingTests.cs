// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using System.IO.Pipes;
using AwesomeAssertions;
using Livewatcher.Linux.Arming;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Linux.Tests.Arming;

/// <summary>What read(2) gives: a kernel that is asked for breakpoints never lets one fail later, so a pipe says what an event would.</summary>
public sealed class EventReadingTests
{
    [Fact]
    public void EndOfFileIsAnErrorState() => Read().Should().Be(new EventCount(0, Failed: 1));

    [Fact]
    public void ACountAlone() => Read(7).Should().Be(new EventCount(7));

    [Fact]
    public void TimesThatAgree() => Read(7, 1_000_000_000, 1_000_000_000).Should().Be(new EventCount(7));

    [Fact]
    public void TimeThatIsMissing() => Read(7, 1_000_000_000, 998_500_000).Should().Be(new EventCount(7, TimeSpan.FromMilliseconds(1.5)));

    [Fact]
    public void WhatTheKernelIsNotSureOf() => Read(7, 1_000_050_000, 1_000_000_000).Should().Be(new EventCount(7));

    private static EventCount Read(params ulong[] values)
    {
        using AnonymousPipeServerStream writer = new(PipeDirection.Out);
        using SafeDescriptor reader = new(writer.ClientSafePipeHandle.DangerousGetHandle().ToInt32());
        byte[] bytes = new byte[values.Length * sizeof(ulong)];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), values[i]);
        writer.Write(bytes);
        writer.ClientSafePipeHandle.SetHandleAsInvalid(); // it is the reader's now
        writer.Dispose();
        return EventReading.Of(reader);
    }
}
