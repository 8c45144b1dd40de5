// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Xunit.Sdk;
using Xunit.v3;

// Debug registers are one resource of the whole machine, and what is measured here is disturbed by company.
[assembly: Parallelization(Mode = ParallelMode.None)]
