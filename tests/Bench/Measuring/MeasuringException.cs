// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Bench.Measuring;

/// <summary>A run that says nothing: a program that failed, or is not there.</summary>
public sealed class MeasuringException(string message) : Exception(message);
