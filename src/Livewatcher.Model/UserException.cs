// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Model;

/// <summary>A failure that the user can mend: printed as one line without a stack, exit status 2.
/// The message says what was tried, errno's name where there is one, and what to do about it.</summary>
public sealed class UserException(string message) : Exception(message);
