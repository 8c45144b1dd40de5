// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;

namespace Livewatcher.Live.Tests.Reports;

/// <summary>What a watched program has said about itself (programs/own.h).</summary>
internal sealed class Facts
{
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    public Facts(string output)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = line.LastIndexOf(' ');
            if (blank > 0)
            {
                _facts[line[..blank]] = line[(blank + 1)..];
            }
        }
    }

    public long this[string name] => long.Parse(Word(name), CultureInfo.InvariantCulture);

    public string Word(string name) => _facts.TryGetValue(name, out var word)
        ? word
        : throw new KeyNotFoundException($"The program did not say \"{name}\"; it said: {string.Join(", ", _facts.Keys)}.");

    /// <summary>"address NAME 0x..."</summary>
    public string Address(string name) => Word("address " + name);

    /// <summary>Facts whose name begins so, without that beginning.</summary>
    public IReadOnlyDictionary<string, long> All(string beginning) => _facts
        .Where(fact => fact.Key.StartsWith(beginning, StringComparison.Ordinal))
        .ToDictionary(fact => fact.Key[beginning.Length..], fact => long.Parse(fact.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
