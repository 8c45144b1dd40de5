// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Buffers.Binary;
using Livewatcher.Model;
using Livewatcher.Recording.Format;

namespace Livewatcher.Recording.Writing;

/// <summary>A file that is ours to write: empty, and locked against another livewatcher (flock(2), which SQLite does not use).</summary>
internal static class FileClaim
{
    /// <summary>Where PRAGMA application_id stands in a file (sqlite.org/fileformat.html, 1.3).</summary>
    private const int ApplicationIdOffset = 68;

    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    /// <param name="path">Of a recording, of nothing, or of an empty file.</param>
    /// <param name="keep">Leaves what is there.</param>
    /// <returns>Holds the lock until it is disposed of. After SQLite has closed the file, not before.</returns>
    /// <exception cref="UserException">It cannot be written, or is something else than a recording.</exception>
    internal static FileStream Take(string path, bool keep = false)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (!file.CanSeek)
                throw new UserException($"cannot write --record {path}: it is no regular file");
            if (file.Length > 0 && !IsRecording(file))
                throw new UserException($"cannot write --record {path}: it exists and is no recording; give another name, or remove it");
            if (keep)
                return file;
            file.SetLength(0);
            foreach (string companion in Companions)
                File.Delete(path + companion);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            file?.Dispose();
            throw new UserException($"cannot write --record {path}: {e.Message}");
        }
        catch (UserException)
        {
            file?.Dispose();
            throw;
        }
    }

    private static bool IsRecording(FileStream file)
    {
        Span<byte> head = stackalloc byte[ApplicationIdOffset + sizeof(int)];
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && BinaryPrimitives.ReadInt32BigEndian(head[ApplicationIdOffset..]) == Schema.ApplicationId;
    }
}
