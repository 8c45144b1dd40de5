// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Live.Tests.Processes;
using Livewatcher.Live.Tests.Reports;

namespace Livewatcher.Live.Tests.Running;

/// <summary>One "livewatcher run" that is over.</summary>
/// <param name="Status">Its exit status, which is the program's.</param>
/// <param name="Report">What livewatcher has said; checked for consistency.</param>
/// <param name="Facts">What the program has said.</param>
/// <param name="Process">Its standard streams: livewatcher's and the program's.</param>
internal sealed record Run(int Status, Report Report, Facts Facts, Child Process);
