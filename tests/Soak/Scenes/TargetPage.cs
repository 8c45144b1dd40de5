// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.IO.MemoryMappedFiles;

namespace Livewatcher.Soak.Scenes;

/// <summary>As in programs/page.h.</summary>
internal enum Command
{
    Wait,
    Run,

    /// <summary>Everything goes on but the accesses.</summary>
    Rest,
    Execute,
    Stop,
    Leave,
}

/// <summary>The page that a soaked program shares with us (programs/page.h).</summary>
internal sealed class TargetPage : IDisposable
{
    private const int Size = Counts.Offset + Counts.Bytes;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public TargetPage(string path)
    {
        Path = path;
        File.WriteAllBytes(path, new byte[Size]);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Size);
        _view = _file.CreateViewAccessor(0, Size);
    }

    public string Path { get; }

    public Command Command
    {
        get => (Command)_view.ReadUInt32(0);
        set => _view.Write(0, (uint)value);
    }

    /// <summary>0 before it has come to its first lines.</summary>
    public int Pid => (int)_view.ReadUInt32(4);

    public bool Ready => _view.ReadUInt32(8) != 0;

    /// <summary>It came to its own end, and all was as it should be.</summary>
    public bool Finished => _view.ReadUInt32(12) != 0;

    /// <summary>What its own checks have found; null where all is well.</summary>
    public string? Wrong => _view.ReadUInt32(16) is var line and not 0 ? $"soaked.c:{line} is not so (errno {_view.ReadUInt32(20)})" : null;

    public Counts Read() => new(_view);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
