// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Linux.Interop;

namespace Livewatcher.Cli.Screen;

/// <summary>Keeps what is written until a screen has gone, and then passes it on. What is kept is text without hits, which is short.</summary>
internal sealed class HeldStream(Stream inner) : WriteOnlyStream
{
    private readonly Lock gate = new();
    private readonly MemoryStream held = new();
    private bool isReleased;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (gate)
            (isReleased ? inner : held).Write(buffer);
    }

    /// <exception cref="IOException">The reader is gone, the disk is full.</exception>
    internal void Release()
    {
        lock (gate)
        {
            if (isReleased)
                return;
            isReleased = true;
            inner.Write(held.GetBuffer().AsSpan(0, (int)held.Length));
        }
    }

    protected override void Dispose(bool disposing)
    {
        held.Dispose();
        inner.Dispose();
        base.Dispose(disposing);
    }
}
