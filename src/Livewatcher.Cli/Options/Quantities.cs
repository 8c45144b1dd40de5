// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Globalization;
using Livewatcher.Model;

namespace Livewatcher.Cli.Options;

/// <summary>Times and sizes as people write them.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, double Seconds)[] Times = [("ms", 0.001), ("us", 0.000001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <exception cref="UserException">Not a time.</exception>
    internal static TimeSpan ParseTime(string text, string option = "--for")
    {
        foreach ((string suffix, double seconds) in Times)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal) && TryNumber(text[..^suffix.Length], out double number))
                return TimeSpan.FromSeconds(Math.Min(number * seconds, TimeSpan.MaxValue.TotalSeconds / 2));
        }

        if (TryNumber(text, out double plain))
            return TimeSpan.FromSeconds(Math.Min(plain, TimeSpan.MaxValue.TotalSeconds / 2));
        throw new UserException($"{option} {text}: a time such as 30s, 500ms, 5m or 2h is meant");
    }

    /// <summary>Bytes; a power of two from 64 KiB to 1 GiB, as the kernel wants a BPF ring.</summary>
    /// <exception cref="UserException">Not such a size.</exception>
    internal static int ParseRing(string text)
    {
        long unit = text.Length > 0 ? char.ToUpperInvariant(text[^1]) switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 } : 1;
        string digits = unit == 1 ? text : text[..^1];
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= (1L << 30) / unit && number * unit >= 1 << 16 && long.IsPow2(number * unit))
        {
            return (int)(number * unit);
        }

        throw new UserException($"--ring {text}: a power of two from 64K to 1G is meant");
    }

    /// <summary>Bytes, in powers of 1,024: 500K, 64M, 1GiB.</summary>
    /// <exception cref="UserException">Not a size, or less than a megabyte.</exception>
    internal static long ParseSize(string text, string option)
    {
        string plain = text.EndsWith("iB", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text;
        long unit = plain.Length > 0 ? char.ToUpperInvariant(plain[^1]) switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, 'T' => 1L << 40, _ => 1 } : 1;
        if (TryNumber(unit == 1 ? plain : plain[..^1], out double number) && number * unit >= 1 << 20 && number * unit < 1L << 60)
            return (long)(number * unit);
        throw new UserException($"{option} {text}: a size of at least 1M is meant, such as 64M or 1GiB");
    }

    /// <summary>A file's permission as chmod(1) takes it.</summary>
    /// <exception cref="UserException">Not such a number.</exception>
    internal static UnixFileMode ParseMode(string text)
    {
        const int All = 0x1ff; // 0777
        int mode = 0;
        foreach (char digit in text)
            mode = digit is >= '0' and <= '7' && mode <= All ? (mode * 8) + (digit - '0') : int.MaxValue;
        if (text.Length == 0 || mode > All)
            throw new UserException($"--mode {text}: an octal number such as 0660 is meant");
        return (UnixFileMode)mode;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
        && number > 0 && double.IsFinite(number);
}
