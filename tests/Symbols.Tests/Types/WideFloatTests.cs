// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Model;
using Livewatcher.Symbols.Tests.Targets;
using Livewatcher.Symbols.Types.Formats;
using Xunit;

namespace Livewatcher.Symbols.Tests.Types;

/// <summary>long double and _Float128 against the C library's own decimal conversion.</summary>
public sealed class WideFloatTests : IDisposable
{
    private const string Source = """
        #define __STDC_WANT_IEC_60559_TYPES_EXT__
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>

        static unsigned long long state = 42;
        static unsigned long long next(void)
        {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            return state >> 20;
        }

        static void hex(const char *kind, const void *bytes, int n, const char *text)
        {
            printf("%s\t", kind);
            for (int i = 0; i < n; i++)
                printf("%02x", ((const unsigned char *)bytes)[i]);
            printf("\t%s\n", text);
        }

        static void extended(long double value)
        {
            char text[128];
            snprintf(text, sizeof text, "%.18Lg", value);
            hex("extended", &value, 10, text);
        }

        static void quadruple(_Float128 value)
        {
            char text[128];
            strfromf128(text, sizeof text, "%.33g", value);
            hex("quadruple", &value, 16, text);
        }

        int main(void)
        {
            long double some[] = { 0, -0.0L, 1, -1, 0.1L, 3.25L, 1e-5L, 1e-4L, 123456789012345678.0L, 999999999999999999.5L, 1e18L, 9.99999999999999999e17L, 1e4000L, 3.6e-4951L, 1.0L / 0, -1.0L / 0, 0.5L, 1e17L };
            for (unsigned i = 0; i < sizeof some / sizeof *some; i++) {
                extended(some[i]);
                quadruple(some[i]);
            }
            for (int i = 0; i < 4000; i++) {
                unsigned long long bits = (next() << 40) ^ (next() << 20) ^ next() | 1ULL << 63;
                unsigned short top = i % 2 ? next() & 0xffff : 16383 - 70 + next() % 140;
                long double value = 0;
                if ((top & 0x7fff) == 0x7fff || (top & 0x7fff) == 0)
                    continue;
                memcpy(&value, &bits, 8);
                memcpy((char *)&value + 8, &top, 2);
                extended(value);
                _Float128 wide;
                unsigned long long words[2] = { (next() << 30) ^ next(), ((unsigned long long)top << 48) | next() };
                memcpy(&wide, words, 16);
                quadruple(wide);
            }
            return 0;
        }
        """;

    private readonly Workshop _workshop = new();

    [Fact]
    public void DigitsAreThoseOfPrintf()
    {
        string[] lines = Shell.Run(_workshop.Build("gcc", "wide", [], _workshop.Write("wide.c", Source))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Should().HaveCountGreaterThan(5000);
        foreach (string[] words in lines.Select(l => l.Split('\t')))
        {
            var format = new FloatFormat(words[0] == "extended" ? FloatShape.Extended : FloatShape.Quadruple);
            format.Format(Convert.FromHexString(words[1]), _ => null).Text.Should().Be(words[2], words[1]);
        }
    }

    [Fact]
    public void SubnormalsAndNansAreNumbersToo()
    {
        var extended = new FloatFormat(FloatShape.Extended);
        extended.Format([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], _ => null).Text.Should().Be("3.6451995318824746e-4951");
        extended.Format([0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0x7f], _ => null).Should().Be(new Value(ValueKind.Float, "nan", Real: double.NaN));
    }

    public void Dispose() => _workshop.Dispose();
}
