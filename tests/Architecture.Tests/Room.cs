// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Livewatcher.Architecture.Tests;

/// <summary>One compiled room: what it refers to, whatever its source looks like.</summary>
internal sealed class Room
{
    private Room(string name)
    {
        Name = name;
        string file = Path.Combine(AppContext.BaseDirectory, $"{(name == "Cli" ? "livewatcher" : $"Livewatcher.{name}")}.dll");
        using PEReader image = new(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        Assemblies = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        Types = [.. metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
        Members = [.. metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => (Parent: metadata.GetTypeReference((TypeReferenceHandle)member.Parent), Member: metadata.GetString(member.Name)))
            .Select(member => $"{metadata.GetString(member.Parent.Namespace)}.{metadata.GetString(member.Parent.Name)}.{member.Member}")];
        NativeModules = [.. Enumerable.Range(1, metadata.GetTableRowCount(TableIndex.ModuleRef))
            .Select(MetadataTokens.ModuleReferenceHandle)
            .Select(handle => metadata.GetString(metadata.GetModuleReference(handle).Name))];
        IsTrimmable = HasMetadata(metadata, "IsTrimmable", "True");
    }

    internal static IReadOnlyList<string> Names { get; } = [.. Repository.Projects("src").Select(project => project.Split('/')[1]["Livewatcher.".Length..])];

    internal string Name { get; }

    internal IReadOnlyList<string> Assemblies { get; }

    /// <summary>Other rooms.</summary>
    internal IEnumerable<string> Uses => Assemblies.Where(name => name.StartsWith("Livewatcher.", StringComparison.Ordinal)).Select(name => name["Livewatcher.".Length..]);

    internal IReadOnlyList<string> Types { get; }

    internal IReadOnlyList<string> Members { get; }

    internal IReadOnlyList<string> NativeModules { get; }

    /// <summary>What IsAotCompatible leaves in an assembly.</summary>
    internal bool IsTrimmable { get; }

    internal static Room Load(string name) => new(name);

    private static bool HasMetadata(MetadataReader metadata, string key, string value)
    {
        foreach (CustomAttributeHandle handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
        {
            CustomAttribute attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind != HandleKind.MemberReference)
                continue;
            MemberReference constructor = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor);
            if (metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)constructor.Parent).Name) != "AssemblyMetadataAttribute")
                continue;
            BlobReader blob = metadata.GetBlobReader(attribute.Value);
            blob.ReadUInt16(); // ECMA-335 II.23.3: prolog 1, then the fixed arguments
            if (blob.ReadSerializedString() == key && blob.ReadSerializedString() == value)
                return true;
        }

        return false;
    }
}
