// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Runtime.InteropServices;

namespace Livewatcher.Recording.Interop;

/// <summary>The row that a statement stands on (sqlite.org/c3ref/column_blob.html), and the step to the next. By the statement's address, not as SQLitePCLRaw has it: a handle that
/// counts its uses costs two atomic operations for each of the calls that a column takes. The caller keeps the statement alive. A column is looked up once (sqlite3_column_value); what it
/// holds is asked of the value, which is unprotected: one thread at a time, as with all else of a connection here.</summary>
internal static unsafe partial class Columns
{
    private const string Library = "sqlite3";

    /// <returns>SQLITE_ROW, SQLITE_DONE, or what is wrong. Behind the last row it would begin anew.</returns>
    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    internal static partial int Step(nint statement);

    // These return what is there, neither wait nor call back, and are shorter than telling the collector of a call.
    /// <summary>Until the statement steps on.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_column_value")]
    [SuppressGCTransition]
    internal static partial nint Value(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_type")]
    [SuppressGCTransition]
    internal static partial int Type(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_int64")]
    [SuppressGCTransition]
    internal static partial long Int64(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_double")]
    [SuppressGCTransition]
    internal static partial double Double(nint value);

    /// <summary>Up to a NUL: no text of ours has one.</summary>
    internal static string Text(nint value) => Marshal.PtrToStringUTF8(TextAt(value)) ?? "";

    internal static byte[] Blob(nint value)
    {
        nint at = BlobAt(value);
        return new ReadOnlySpan<byte>((void*)at, at == 0 ? 0 : Length(value)).ToArray();
    }

    // A file may have its text in UTF-16, which these translate.
    [LibraryImport(Library, EntryPoint = "sqlite3_value_text")]
    private static partial nint TextAt(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_blob")]
    private static partial nint BlobAt(nint value);

    [LibraryImport(Library, EntryPoint = "sqlite3_value_bytes")]
    private static partial int Length(nint value);
}
