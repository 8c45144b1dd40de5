// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

// Debug registers and the two CPUs of a small machine are shared by all live tests: one at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
