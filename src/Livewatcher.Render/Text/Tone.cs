// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Render;

/// <summary>What a piece of text means; <see cref="Tones.Sequence"/> says how that looks.</summary>
internal enum Tone
{
    Plain,
    Faint,
    Strong,
    Read,
    Write,
    Execute,
    Value,
    Thread,
    Function,
    Place,
    Warning,
    Alarm,
    Good,
}

internal static class Tones
{
    public const string Reset = "\e[0m";

    /// <summary>SGR parameters of ECMA-48, 8.3.117.</summary>
    public static string Sequence(this Tone tone) => tone switch
    {
        Tone.Faint => "\e[2m",
        Tone.Strong => "\e[1m",
        Tone.Read => "\e[34m",
        Tone.Write => "\e[33m",
        Tone.Execute => "\e[35m",
        Tone.Value => "\e[1;32m",
        Tone.Thread => "\e[36m",
        Tone.Function => "\e[1m",
        Tone.Place => "\e[32m",
        Tone.Warning => "\e[33m",
        Tone.Alarm => "\e[1;31m",
        Tone.Good => "\e[1;32m",
        _ => "",
    };
}
