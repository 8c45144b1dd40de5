// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Fuzz.Seeds;

/// <summary>Writes the seeds that no compiler makes: packets, records, recordings, and the compiled ELF files with one field each that lies.</summary>
internal static class SeedWriter
{
    internal static void Write(string corpus)
    {
        foreach ((string name, byte[] bytes) in PacketSeeds.All())
            File.WriteAllBytes(Path.Combine(corpus, "wire", name), bytes);
        foreach ((string name, byte[] bytes) in RecordSeeds.All())
            File.WriteAllBytes(Path.Combine(corpus, "record", name), bytes);
        foreach ((string name, byte[] bytes) in RecordingSeeds.All())
            File.WriteAllBytes(Path.Combine(corpus, "recording", name), bytes);
        foreach ((string name, byte[] bytes) in ElfSeeds.All(Path.Combine(corpus, "elf")))
            File.WriteAllBytes(Path.Combine(corpus, "elf", name), bytes);
    }
}
