// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Linux.Interop;

/// <summary>Writes to standard output or standard error by write(2), whatever they are. The runtime's own streams take a reader
/// that is gone for success (EPIPE), and one of its file streams would write at a position of its own into a file that others append to.</summary>
/// <param name="descriptor">1 or 2; it stays open.</param>
public sealed unsafe class DescriptorStream(int descriptor) : WriteOnlyStream
{
    /// <exception cref="IOException">The reader is gone, the disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                nint written = Libc.Write(descriptor, bytes + done, (nuint)(buffer.Length - done));
                int errno = written < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (errno == Errno.EAGAIN)
                    AwaitRoom();
                else if (errno is not (0 or Errno.EINTR))
                    throw new IOException(Errno.Describe(errno));
                done += (int)Math.Max(written, 0);
            }
        }
    }

    private void AwaitRoom()
    {
        Libc.PollDescriptor polled = new() { Descriptor = descriptor, Events = Libc.POLLOUT };
        _ = Libc.Poll(&polled, 1, -1);
    }
}
