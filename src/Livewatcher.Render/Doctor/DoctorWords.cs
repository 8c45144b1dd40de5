// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>The words for outcome and verdict, the same in text and JSON.</summary>
internal static class DoctorWords
{
    public static string Of(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Works => "works",
        CheckOutcome.Degraded => "degraded",
        _ => "fails",
    };

    public static string Of(DoctorVerdict verdict) => verdict switch
    {
        DoctorVerdict.Works => "works",
        DoctorVerdict.Degraded => "degraded",
        _ => "cannot_watch",
    };
}
