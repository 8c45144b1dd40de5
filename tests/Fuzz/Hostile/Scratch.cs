// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Fuzz.Hostile;

/// <summary>A folder in which the input lies as a file: libdw opens files, and finds others beside them.</summary>
internal static class Scratch
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("livewatcher-fuzz-").FullName;

    static Scratch() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);

    /// <summary>A name that an input can refer to as its own debug file.</summary>
    internal static string Program { get; } = Path.Combine(Folder, "program");

    internal static void Put(byte[] bytes) => File.WriteAllBytes(Program, bytes);
}
