// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Recording.Interop;
using SQLitePCL;

namespace Livewatcher.Recording.Reading;

/// <summary>Some rows of a query, as they were read: which type each column has is looked at by whoever takes them, on another thread maybe. Used again and again, for a
/// recording may have millions of rows.</summary>
/// <param name="most">Rows that it takes.</param>
internal sealed class RowBlock(int most)
{
    private string?[] names = [];
    private byte[] types = [];
    private long[] numbers = [];

    /// <summary>Texts and blobs; most columns hold numbers.</summary>
    private object?[] others = [];

    internal int Count { get; private set; }

    internal bool IsFull => Count == most;

    internal Row this[int row] => new(this, row * names.Length);

    /// <summary>Forgets its rows.</summary>
    internal void Clear() => Count = 0;

    /// <param name="columns">Names of those of the rows to come, as the query has them. The block is empty.</param>
    internal void Expect(string?[] columns)
    {
        if (ReferenceEquals(names, columns))
            return;
        names = columns;
        types = new byte[most * columns.Length];
        numbers = new long[most * columns.Length];
        others = [];
    }

    /// <summary>Copies the row that a statement stands on. It has room for it.</summary>
    /// <returns>It.</returns>
    internal Row Add(nint statement)
    {
        int first = Count * names.Length;
        Span<byte> typesHere = types.AsSpan(first, names.Length);
        Span<long> numbersHere = numbers.AsSpan(first, names.Length);
        for (int column = 0; column < typesHere.Length && column < numbersHere.Length; column++)
        {
            nint value = Columns.Value(statement, column);
            int type = Columns.Type(value);
            typesHere[column] = (byte)type;
            if (type == raw.SQLITE_INTEGER)
                numbersHere[column] = Columns.Int64(value);
            else if (type != raw.SQLITE_NULL)
                AddOther(first + column, type, value);
        }

        Count++;
        return new Row(this, first);
    }

    /// <summary>Forgets its rows from this one on.</summary>
    internal void Cut(int row) => Count = row;

    /// <returns>SQLite's number of it (sqlite.org/c3ref/c_blob.html).</returns>
    internal int Type(int cell) => types[cell];

    /// <summary>Of an integer.</summary>
    internal long Number(int cell) => numbers[cell];

    /// <summary>Of a float.</summary>
    internal double Real(int cell) => BitConverter.Int64BitsToDouble(numbers[cell]);

    /// <summary>Of a text.</summary>
    internal string Text(int cell) => (string)others[cell]!;

    internal byte[] Blob(int cell) => (byte[])others[cell]!;

    /// <param name="column">From 0.</param>
    internal string? Name(int column) => names[column];

    private void AddOther(int cell, int type, nint value)
    {
        if (type == raw.SQLITE_FLOAT)
        {
            numbers[cell] = BitConverter.DoubleToInt64Bits(Columns.Double(value));
            return;
        }

        if (others.Length == 0)
            others = new object?[types.Length];
        others[cell] = type == raw.SQLITE_TEXT ? Columns.Text(value) : Columns.Blob(value);
    }
}
