// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Export.Messages;

/// <summary>Syslog's severities (RFC 5424, table 2) that occur here.</summary>
internal enum Severity
{
    Warning = 4,
    Notice = 5,
    Info = 6,
}

/// <summary>An event as every receiver gets it: a line for people, and what is in it by names. No text in it has a control character: it
/// comes from the target, and goes to terminals.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Severity">How much somebody ought to look.</param>
/// <param name="Kind">hit, escape, armed, disarmed, message, note or coverage.</param>
/// <param name="Text">One line.</param>
/// <param name="Fields">By names in lower case, with underscores.</param>
internal sealed record Message(DateTimeOffset Time, Severity Severity, string Kind, string Text, IReadOnlyList<Field> Fields);

/// <summary>One thing in a message.</summary>
/// <param name="Name">In lower case, with underscores.</param>
/// <param name="Text">Null: it is a number.</param>
/// <param name="Number">Where Text is null.</param>
internal readonly record struct Field(string Name, string? Text, long Number = 0);
