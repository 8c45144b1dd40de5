// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using System.Text;
using Livewatcher.Model;

namespace Livewatcher.Engine.Comparing;

/// <summary>What makes a writer the same one in another run, where everything lies elsewhere: no address of the process is in it.</summary>
internal static class WriterIdentity
{
    /// <summary>By build-id, function and line of each frame. Without a line the offset in the function is meant, without a function the address in
    /// the file, without a build-id the file's name.</summary>
    internal static string Exact(WriterRow row) => Of(row, frame =>
        $"{frame.Binary?.BuildId ?? frame.Module}\u001f{PlaceOf(frame)}");

    /// <summary>By file name and function of each frame: the same code in another build.</summary>
    internal static string Loose(WriterRow row) => Of(row, frame => $"{frame.Module}\u001f{frame.Function}");

    private static string PlaceOf(Frame frame)
    {
        if (frame.Function is null)
            return string.Create(CultureInfo.InvariantCulture, $"+{frame.Address.Value - (frame.Binary?.Bias ?? 0):x}");
        return frame.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{frame.Function}\u001f{frame.File}:{frame.Line}")
            : string.Create(CultureInfo.InvariantCulture, $"{frame.Function}+{frame.Offset:x}");
    }

    private static string Of(WriterRow row, Func<Frame, string> name)
    {
        StringBuilder key = new();
        key.Append(row.Watch.Label).Append('\u001e').Append(row.Access).Append('\u001e').Append(row.SystemCall);
        foreach (Frame frame in row.Stack.Frames)
            key.Append('\u001e').Append(name(frame));
        return key.ToString();
    }
}
