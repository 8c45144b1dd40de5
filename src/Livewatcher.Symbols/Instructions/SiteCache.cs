// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Model;
using Livewatcher.Symbols.Modules;

namespace Livewatcher.Symbols.Instructions;

/// <summary>Remembers what was decoded, by instruction pointer. Code that came from memory is compared with what is
/// there now at each use: a just-in-time compiler may have put other code in its place.</summary>
internal sealed class SiteCache(ITargetMemory memory, Func<Address, ILoadedModule?> moduleAt, Func<Address, string?>? nameOf)
{
    private const int Limit = 1 << 16;

    private readonly SiteDecoder _decoder = new(new CodeReader(memory, moduleAt), moduleAt, new InstructionText(nameOf));
    private readonly Dictionary<ulong, CodeSite> _sites = [];

    public void Forget() => _sites.Clear();

    public CodeSite At(ulong rip, int bitness)
    {
        if (_sites.TryGetValue(rip, out CodeSite? site) && site.Bitness == bitness && IsUnchanged(site))
        {
            return site;
        }

        if (_sites.Count >= Limit)
        {
            _sites.Clear();
        }

        site = _decoder.Decode(rip, bitness);
        _sites[rip] = site;
        return site;
    }

    private bool IsUnchanged(CodeSite site)
    {
        if (site.VolatileBytes is null)
        {
            return true;
        }

        Span<byte> now = stackalloc byte[site.VolatileBytes.Length];
        return memory.TryRead(new Address(site.VolatileStart), now) && now.SequenceEqual(site.VolatileBytes);
    }
}
