// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render.Screen;

/// <summary>Orders of the writers' list.</summary>
public static class WriterOrders
{
    /// <param name="rows">As the closing table has them.</param>
    /// <param name="order">Which.</param>
    public static IReadOnlyList<WriterRow> Sort(IReadOnlyList<WriterRow> rows, WriterOrder order) => order switch
    {
        WriterOrder.Busiest => [.. rows.OrderByDescending(row => row.Count).ThenBy(row => row.Rank)],
        WriterOrder.Newest => [.. rows.OrderByDescending(row => row.Last).ThenBy(row => row.Rank)],
        WriterOrder.Function => [.. rows.OrderBy(FunctionOf, StringComparer.Ordinal).ThenBy(row => row.Rank)],
        _ => rows,
    };

    public static WriterOrder After(WriterOrder order) => order == WriterOrder.Function ? WriterOrder.Rarest : order + 1;

    internal static string Words(WriterOrder order) => order switch
    {
        WriterOrder.Busiest => "busiest first",
        WriterOrder.Newest => "newest first",
        WriterOrder.Function => "by function",
        _ => "rarest first",
    };

    private static string FunctionOf(WriterRow row) => row.Stack.Frames is [var first, ..] ? StackText.FunctionOf(first) : "";
}
