// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Text;
using Livewatcher.Fuzz.Hostile;
using Livewatcher.Model;
using Livewatcher.Symbols;
using Livewatcher.Symbols.Expressions.Syntax;

namespace Livewatcher.Fuzz.Targets;

/// <summary>The input is what a user, or an editor, wrote to be watched: it gives an expression or a reason, what the parser writes it
/// reads again, and resolving it in a program is a value in any case.</summary>
internal static class ExpressionTarget
{
    private static readonly Lazy<TargetSymbols> Program = new(OpenProgram);

    internal static void Run(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        WatchSyntax? syntax = ExpressionParser.Parse(text, out string? error);
        Claim.Holds((syntax is null) != (error is null), "there is an expression or a reason, and never both");
        if (syntax?.ToString() is { Length: <= ExpressionParser.MaximumLength } written)
        {
            WatchSyntax? again = ExpressionParser.Parse(written, out error);
            Claim.Holds(again is not null, $"what the parser writes it reads again: {written} ({error})");
            Claim.Holds(again!.ToString() == written, $"{written} is read as {again}");
        }

        Resolve(text, AccessMode.Write);
        Resolve(text, AccessMode.Execute);
    }

    private static void Resolve(string text, AccessMode mode)
    {
        if (Program.Value.Resolve(new WatchRequest(text, mode)) is WatchResolution.Resolved { Watch: var watch })
        {
            Claim.Holds(watch.Length > 0, "a watch has bytes");
            Claim.IsPrintable(watch.Format.Format(new byte[Math.Min(watch.Length, 64)], Program.Value.NameOf).Text, "a value");
        }
    }

    private static TargetSymbols OpenProgram()
    {
        using Stream resource = typeof(ExpressionTarget).Assembly.GetManifestResourceStream("types")!;
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        Scratch.Put(bytes);
        return new TargetSymbols(new ImageProcess(bytes, Scratch.Program, openable: true));
    }
}
