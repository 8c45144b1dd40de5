// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Soak.Faults;

internal static class Catalogue
{
    public static IReadOnlyList<Fault> All { get; } = [.. WatcherFaults.All, .. OutputFaults.All, .. TargetFaults.All];
}
