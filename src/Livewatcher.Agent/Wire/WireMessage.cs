// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Agent.Wire;

/// <summary>uint64_t registers[LW_WIRE_REGISTERS].</summary>
[InlineArray(WireConstants.LW_WIRE_REGISTERS)]
internal struct WireRegisters
{
    private ulong first;
}

/// <summary>struct lw_wire of native/liblivewatcher/src/wire.h. text_length bytes of text follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WireHeader
{
    public uint Version;
    public WireKind Kind;
    public uint Sequence;
    public int Error;
    public int Tid;
    public uint Watcher;
    public uint Length;
    public uint Mode;
    public uint Flags;
    public WireSetting Setting;
    public int Value;
    public uint Generation;
    public int Signal;
    public uint TextLength;
    public ulong Address;
    public WireRegisters Registers;

    /// <summary>In the order of struct pt_regs (arch/x86/include/uapi/asm/ptrace.h).</summary>
    internal readonly UserRegisters ToRegisters() => new(
        R15: Registers[0], R14: Registers[1], R13: Registers[2], R12: Registers[3], Rbp: Registers[4], Rbx: Registers[5],
        R11: Registers[6], R10: Registers[7], R9: Registers[8], R8: Registers[9], Rax: Registers[10], Rcx: Registers[11],
        Rdx: Registers[12], Rsi: Registers[13], Rdi: Registers[14], OrigRax: ulong.MaxValue, Rip: Registers[16], Cs: Registers[17],
        Eflags: Registers[18], Rsp: Registers[19], Ss: Registers[20]);
}

/// <summary>A packet, taken apart and put together. A packet whose lengths do not agree is none.</summary>
internal static class WireMessage
{
    internal static int HeaderBytes => Unsafe.SizeOf<WireHeader>();

    /// <summary>Longer ones do not exist.</summary>
    internal static int MostBytes => HeaderBytes + WireConstants.LW_WIRE_TEXT;

    internal static bool TryRead(ReadOnlySpan<byte> packet, out WireHeader header, out string text)
    {
        text = string.Empty;
        if (!MemoryMarshal.TryRead(packet, out header) || header.TextLength > WireConstants.LW_WIRE_TEXT
            || packet.Length != HeaderBytes + (int)header.TextLength)
        {
            return false;
        }

        text = Encoding.UTF8.GetString(packet[HeaderBytes..]);
        return true;
    }

    /// <param name="header">Version and the text's length are filled in.</param>
    /// <param name="text">At most <see cref="WireConstants.LW_WIRE_TEXT"/> bytes.</param>
    internal static byte[] Write(WireHeader header, ReadOnlySpan<byte> text = default)
    {
        header.Version = WireConstants.LW_WIRE_VERSION;
        header.TextLength = (uint)text.Length;
        byte[] packet = new byte[HeaderBytes + text.Length];
        MemoryMarshal.Write(packet, in header);
        text.CopyTo(packet.AsSpan(HeaderBytes));
        return packet;
    }
}
