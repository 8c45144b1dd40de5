// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;

namespace Livewatcher.Render;

/// <summary>What a report leaves out of a recording, in one sentence.</summary>
public static class SelectionWords
{
    public static string Of(HitSelection selection)
    {
        var undecided = selection.Undecided == 0 ? "" : $" ({selection.Undecided:N0} of them because it could not be decided)";
        return $"Of the recording's {Words.Count(selection.Shown + selection.SetAside, "hit")} {selection.Shown:N0} {(selection.Shown == 1 ? "is" : "are")} shown{undecided},"
            + $" {selection.SetAside:N0} set aside by {selection.Words}.";
    }
}
