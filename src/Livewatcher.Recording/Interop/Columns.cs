// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Recording.Interop;

/// <summary>Columns of the row that a statement stands on (sqlite.org/c3ref/column_blob.html). By its address, not as SQLitePCLRaw has it: a handle that counts its uses
/// costs two atomic operations for each of the two calls that a column takes. The caller keeps the statement alive.</summary>
internal static unsafe partial class Columns
{
    private const string Library = "sqlite3";

    // These return what is there, neither wait nor call back, and are shorter than telling the collector of a call.
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    internal static partial int Type(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    internal static partial long Int64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    [SuppressGCTransition]
    internal static partial double Double(nint statement, int column);

    /// <summary>Up to a NUL: no text of ours has one.</summary>
    internal static string Text(nint statement, int column) => Marshal.PtrToStringUTF8(TextAt(statement, column)) ?? "";

    internal static byte[] Blob(nint statement, int column)
    {
        nint at = BlobAt(statement, column);
        return new ReadOnlySpan<byte>((void*)at, at == 0 ? 0 : Length(statement, column)).ToArray();
    }

    internal static string? Name(nint statement, int column) => Marshal.PtrToStringUTF8(NameAt(statement, column));

    // A file may have its text in UTF-16, which these translate.
    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    private static partial nint TextAt(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    private static partial nint BlobAt(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    private static partial int Length(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_name")]
    private static partial nint NameAt(nint statement, int column);
}
