// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Buffers.Text;

namespace Livewatcher.Render;

/// <summary>Bytes in, Base64 (RFC 4648) out. Disposing writes the end; the stream below stays the caller's.</summary>
internal sealed class Base64Stream(Stream output) : Stream
{
    /// <summary>A multiple of three, so that only the end is padded.</summary>
    private const int Block = 3 << 14;

    private readonly byte[] waiting = new byte[Block];
    private readonly byte[] encoded = new byte[Base64.GetMaxEncodedToUtf8Length(Block)];
    private int count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int taken = Math.Min(buffer.Length, Block - count);
            buffer[..taken].CopyTo(waiting.AsSpan(count));
            buffer = buffer[taken..];
            count += taken;
            if (count == Block)
                WriteOut();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && count > 0)
            WriteOut();
        base.Dispose(disposing);
    }

    private void WriteOut()
    {
        OperationStatus status = Base64.EncodeToUtf8(waiting.AsSpan(0, count), encoded, out _, out int written);
        System.Diagnostics.Debug.Assert(status == OperationStatus.Done, "the room is made for a whole block");
        output.Write(encoded.AsSpan(0, written));
        count = 0;
    }
}
