// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text.RegularExpressions;
using AwesomeAssertions;
using Xunit;

namespace Livewatcher.Architecture.Tests;

/// <summary>Only Linux, Symbols/Interop and Recording/Interop may be unsafe or call native code.</summary>
public sealed partial class UnsafeCodeTests
{
    private static readonly string[] MayBeUnsafe = ["src/Livewatcher.Linux/", "src/Livewatcher.Symbols/Interop/", "src/Livewatcher.Recording/Interop/"];

    [Fact]
    public void UnsafeCodeAndNativeCallsLiveInTheirFolders() =>
        Repository.Sources(".cs")
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) && !MayBeUnsafe.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)))
            .Where(file => Unsafe().IsMatch(WithoutComments(Repository.Read(file))))
            .ShouldBeNone();

    [Fact]
    public void NativeCallsAreGeneratedAtCompileTime() =>
        Repository.Sources(".cs")
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .Where(file => DllImport().IsMatch(WithoutComments(Repository.Read(file))))
            .ShouldBeNone();

    [Fact]
    public void OnlyTheirProjectsAllowIt() =>
        Repository.Projects("src")
            .Where(project => Repository.Project(project).Descendants("AllowUnsafeBlocks").Any(item => item.Value == "true"))
            .Should().BeSubsetOf(["src/Livewatcher.Linux/Livewatcher.Linux.csproj", "src/Livewatcher.Symbols/Livewatcher.Symbols.csproj", "src/Livewatcher.Recording/Livewatcher.Recording.csproj"]);

    [Fact]
    public void OnlyTheirAssembliesCallNativeCode() =>
        Room.Names.Where(room => Room.Load(room).NativeModules.Count > 0).Should().BeSubsetOf(["Linux", "Symbols", "Recording"]);

    [Theory]
    [InlineData("// unsafe\nint x; /* DllImport */", false)]
    [InlineData("internal unsafe class X", true)]
    [InlineData("[LibraryImport(\"libc\")]", true)]
    [InlineData("string s = \"http://unsafe\";", false)]
    public void TheRuleReadsCodeOnly(string code, bool found) => Unsafe().IsMatch(WithoutComments(code)).Should().Be(found);

    private static string WithoutComments(string code) => CommentOrString().Replace(code, " ");

    [GeneratedRegex(@"\b(unsafe|LibraryImport|DllImport|NativeLibrary|delegate\*)\b|\bdelegate\*", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"\bDllImport\b", RegexOptions.None, 10_000)]
    private static partial Regex DllImport();

    [GeneratedRegex(@"""(\\.|[^""\\\n])*""|//[^\n]*|/\*.*?\*/", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex CommentOrString();
}
