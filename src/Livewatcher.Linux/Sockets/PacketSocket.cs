// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;
using Livewatcher.Linux.Interop;
using Livewatcher.Model;

namespace Livewatcher.Linux.Sockets;

/// <summary>By sendmsg(2) and recvmsg(2): .NET's sockets drop descriptors that come along.</summary>
public sealed unsafe class PacketSocket : IPacketSocket
{
    /// <summary>More in one packet are closed by the kernel.</summary>
    private const int MostDescriptors = 4;

    public int Receive(SafeHandle socket, Span<byte> buffer, out SafeHandle? descriptor)
    {
        descriptor = null;
        byte* control = stackalloc byte[sizeof(SocketMessages.ControlHeader) + (MostDescriptors * sizeof(int))];
        fixed (byte* bytes = buffer)
        {
            Libc.IoVector part = new() { Base = bytes, Length = (nuint)buffer.Length };
            SocketMessages.MessageHeader message = new()
            {
                Parts = &part,
                PartCount = 1,
                Control = control,
                ControlLength = (nuint)(sizeof(SocketMessages.ControlHeader) + (MostDescriptors * sizeof(int))),
            };
            nint length = SocketMessages.Receive(socket, &message, SocketMessages.MSG_DONTWAIT | SocketMessages.MSG_CMSG_CLOEXEC);
            if (length < 0)
                return -Marshal.GetLastPInvokeError();
            descriptor = FirstOf(message);
            return (int)length;
        }
    }

    public int Send(SafeHandle socket, ReadOnlySpan<byte> packet, int? descriptor)
    {
        // As long as CMSG_SPACE(sizeof(int)) says.
        byte* control = stackalloc byte[sizeof(SocketMessages.ControlHeader) + sizeof(long)];
        fixed (byte* bytes = packet)
        {
            Libc.IoVector part = new() { Base = bytes, Length = (nuint)packet.Length };
            SocketMessages.MessageHeader message = new() { Parts = &part, PartCount = 1 };
            if (descriptor is { } number)
            {
                *(SocketMessages.ControlHeader*)control = new SocketMessages.ControlHeader
                {
                    Length = (nuint)(sizeof(SocketMessages.ControlHeader) + sizeof(int)),
                    Level = Libc.SOL_SOCKET,
                    Type = SocketMessages.SCM_RIGHTS,
                };
                *(int*)(control + sizeof(SocketMessages.ControlHeader)) = number;
                message.Control = control;
                message.ControlLength = (nuint)(sizeof(SocketMessages.ControlHeader) + sizeof(long));
            }

            nint sent = SocketMessages.Send(socket, &message, SocketMessages.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
            return sent < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>The kernel gives all descriptors in one control message (net/core/scm.c, scm_detach_fds).</summary>
    private static SafeDescriptor? FirstOf(in SocketMessages.MessageHeader message)
    {
        SocketMessages.ControlHeader* header = (SocketMessages.ControlHeader*)message.Control;
        if (message.ControlLength < (nuint)sizeof(SocketMessages.ControlHeader) || header->Level != Libc.SOL_SOCKET || header->Type != SocketMessages.SCM_RIGHTS)
            return null;
        int count = (int)(header->Length - (nuint)sizeof(SocketMessages.ControlHeader)) / sizeof(int);
        ReadOnlySpan<int> numbers = new(header + 1, count);
        SafeDescriptor? first = null;
        foreach (int number in numbers)
        {
            SafeDescriptor one = new(number);
            if (first is null)
                first = one;
            else
                one.Dispose();
        }

        return first;
    }
}
