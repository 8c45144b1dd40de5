// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Export.Messages;

namespace Livewatcher.Export.Sending;

/// <summary>One receiver. Used by one thread.</summary>
internal interface IOutlet : IDisposable
{
    /// <summary>The receiver, for people.</summary>
    string Place { get; }

    /// <summary>Messages of a parcel.</summary>
    int MaxBatch { get; }

    /// <summary>Sends what is left of a parcel, and says in it how far it has come. Anything that goes wrong with the receiver is an
    /// exception that <see cref="Failures.IsExpected"/>; the parcel is then tried again from there.</summary>
    Task SendAsync(Parcel parcel, CancellationToken stop);

    /// <summary>What it has to say besides, from time to time.</summary>
    /// <param name="last">It is the last time.</param>
    Task SendSummaryAsync(bool last, CancellationToken stop) => Task.CompletedTask;
}

/// <summary>Messages on their way, and how far they have come.</summary>
internal sealed class Parcel(IReadOnlyList<Message> messages)
{
    internal IReadOnlyList<Message> Messages => messages;

    /// <summary>So many of them need not be sent any more.</summary>
    internal int Done { get; private set; }

    /// <summary>Of these, so many were not taken by the receiver.</summary>
    internal long Refused { get; private set; }

    internal string? WhyRefused { get; private set; }

    internal int Left => messages.Count - Done;

    internal void Sent(int count) => Done += count;

    internal void Refuse(long count, string why)
    {
        Refused += count;
        WhyRefused = why;
    }
}
