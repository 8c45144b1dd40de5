// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Symbols.Expressions.Lookup;

/// <summary>The names a user may have meant.</summary>
public static class NearestNames
{
    private const int MostSuggestions = 3;

    /// <summary>At most three, nearest first.</summary>
    /// <param name="wanted">What was written.</param>
    /// <param name="candidates">All names; those with scopes are compared as a whole and by their last part.</param>
    public static IReadOnlyList<string> Find(string wanted, IEnumerable<string> candidates)
    {
        int most = Bound(wanted);
        return [.. candidates.DistinctBy(CxxName.Normalise, StringComparer.Ordinal)
            .Select(name => (name, distance: Math.Min(Distance(wanted, name, most), Distance(wanted, LastPart(name), most))))
            .Where(c => c.distance <= most)
            .OrderBy(c => c.distance).ThenBy(c => c.name, StringComparer.Ordinal)
            .Take(MostSuggestions)
            .Select(c => c.name)];
    }

    /// <summary>Entries whose last name is near.</summary>
    internal static IEnumerable<IndexEntry> Near(string wanted, NameTable table) =>
        table.Names.Where(n => Distance(wanted, n, Bound(wanted)) <= Bound(wanted)).SelectMany(table.Find);

    /// <summary>"; nearest: a, b", or nothing.</summary>
    public static string Phrase(IReadOnlyList<string> names) => names.Count == 0 ? "" : $"; nearest: {string.Join(", ", names)}";

    /// <summary>Edit distance with neighbours exchanged as one edit; upper and lower case differ by nothing. Above the bound
    /// any larger number.</summary>
    internal static int Distance(string left, string right, int bound)
    {
        if (Math.Abs(left.Length - right.Length) > bound)
        {
            return bound + 1;
        }

        int[] twoBack = new int[right.Length + 1];
        int[] back = [.. Enumerable.Range(0, right.Length + 1)];
        int[] row = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            int best = i;
            for (int j = 1; j <= right.Length; j++)
            {
                bool same = Same(left[i - 1], right[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], back[j]) + 1, back[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    row[j] = Math.Min(row[j], twoBack[j - 2] + 1);
                }

                best = Math.Min(best, row[j]);
            }

            if (best > bound)
            {
                return bound + 1;
            }

            (twoBack, back, row) = (back, row, twoBack);
        }

        return back[right.Length];
    }

    private static int Bound(string wanted) => Math.Clamp(wanted.Length / 3, 1, 4);

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);

    private static string LastPart(string name) =>
        name.LastIndexOf("::", StringComparison.Ordinal) is var split and >= 0 ? name[(split + 2)..] : name;
}
