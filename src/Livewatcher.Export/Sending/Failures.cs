// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Net.Sockets;

namespace Livewatcher.Export.Sending;

/// <summary>The receiver asks to be left alone for a while, or is not well.</summary>
internal sealed class ReceiverBusyException(string message, TimeSpan? after) : Exception(message)
{
    /// <summary>When it may be tried again; null where it does not say.</summary>
    internal TimeSpan? After => after;
}

/// <summary>What can go wrong with a receiver.</summary>
internal static class Failures
{
    internal static bool IsExpected(Exception e) =>
        e is IOException or SocketException or HttpRequestException or OperationCanceledException or ReceiverBusyException;

    internal static string Describe(Exception e) => e switch
    {
        OperationCanceledException => "it took too long",
        HttpRequestException { InnerException: { } inner } => inner.Message,
        _ => e.Message,
    };
}
