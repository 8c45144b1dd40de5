// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers;
using System.Text;

namespace Livewatcher.Live.Tests.Processes;

/// <summary>What a process has written so far, readable while it writes on.</summary>
internal sealed class Capture
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Lock _lock = new();
    private readonly Task _pump;

    public Capture(Stream source) => _pump = PumpAsync(source);

    public byte[] Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes.WrittenSpan.ToArray();
            }
        }
    }

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Waits for the end of the stream, which a process that inherited it can put off: hence the limit.</summary>
    public async Task EndAsync(TimeSpan limit) => await Task.WhenAny(_pump, Task.Delay(limit));

    private async Task PumpAsync(Stream source)
    {
        var buffer = new byte[65536];
        int count;
        while ((count = await source.ReadAsync(buffer)) > 0)
        {
            lock (_lock)
            {
                _bytes.Write(buffer.AsSpan(0, count));
            }
        }
    }
}
