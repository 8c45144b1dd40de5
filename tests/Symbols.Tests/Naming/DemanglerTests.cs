// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Symbols.Naming;
using Livewatcher.Symbols.Tests.Targets;
using Xunit;

namespace Livewatcher.Symbols.Tests.Naming;

/// <summary>Symbols are the target's choice. What they would become is bounded before the demangler, which bounds nothing.</summary>
public sealed class DemanglerTests
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/libstdc++.so.6";

    /// <summary>"transaction clone for " and the like, once in a name.</summary>
    private const int Preface = 64;

    [Theory]
    [InlineData("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector<int, std::allocator<int> >::push_back(int const&)")]
    [InlineData("_Z4swapISsEvRT_S1_", "void swap<std::string>(std::string&, std::string&)")]
    [InlineData("_Z4emitIJiilEEvDpT_", "void emit<int, int, long>(int, int, long)")]
    [InlineData("main", "main")]
    [InlineData("_Zbroken", "_Zbroken")]
    public void NamesAreWrittenAsInCxx(string name, string written) => Demangler.Demangle(name).Should().Be(written);

    /// <summary>A&lt;A&lt;...&gt;, A&lt;...&gt;&gt;, 36 times: two to the power of 36 times five characters.</summary>
    [Fact]
    public void ANameThatWouldFillTheMemoryStaysAsItIs()
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string name = "_Z1f1AIiiE" + string.Concat(Enumerable.Range(0, Digits.Length).Select(i => $"S_IS{Digits[i]}_S{Digits[i]}_E"));

        Demangler.Demangle(name).Should().Be(name);
    }

    [Fact]
    public void TheBoundIsOneForEveryNameOfTheStandardLibraryAndAllAreWritten()
    {
        List<string> names =
        [
            .. Shell.Run("nm", "-D", "--no-demangle", Library).Split('\n').Select(line => line.Split(' ')[^1].Split('@')[0]).Where(Demangler.IsMangled),
        ];
        names.Should().HaveCountGreaterThan(3000);
        names.Where(name => DemangledLength.Bound(name) + Preface < Demangler.Demangle(name).Length).Should().BeEmpty();
        names.Where(name => DemangledLength.Bound(name) > DemangledLength.Most).Should().BeEmpty();
    }
}
