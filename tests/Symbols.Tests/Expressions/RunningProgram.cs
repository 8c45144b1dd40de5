// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using Livewatcher.Model;
using Livewatcher.Symbols.Expressions;
using Livewatcher.Symbols.Modules;
using Livewatcher.Symbols.Tests.Targets;

namespace Livewatcher.Symbols.Tests.Expressions;

/// <summary>A sample that has printed what it knows about itself and now waits. Its lines are the facts that the resolver is
/// measured against: "at TEXT ADDRESS SIZE" for a place, "is TEXT VALUE" for a value, tab between the words.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process _process;
    private readonly ModuleMap _map;
    private readonly ThreadedTarget _target;
    private WatchResolver _resolver;

    public RunningProgram(string path, params IEnumerable<string> arguments)
    {
        var emulation = Emulation.For(path);
        IEnumerable<string> all = emulation is null ? arguments : [.. Emulation.Options, path, .. arguments];
        _process = Process.Start(new ProcessStartInfo(emulation is null ? path : Emulation.Emulator, all) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false })!;
        Dictionary<ThreadId, Address> pointers = [];
        while (_process.StandardOutput.ReadLine() is { } line && line != "ready")
        {
            string[] words = line.Split('\t');
            switch (words[0])
            {
                case "at":
                    Places.Add(new(words[1], new Address(Hex(words[2])), int.Parse(words[3], CultureInfo.InvariantCulture)));
                    break;
                case "is":
                    Values[words[1]] = words[2];
                    break;
                case "thread":
                    pointers[new(int.Parse(words[1], CultureInfo.InvariantCulture))] = new(Hex(words[2]));
                    break;
                default:
                    throw new InvalidOperationException(line);
            }
        }

        _target = new ThreadedTarget(_process.Id, pointers, emulation);
        _map = new ModuleMap(_target, SymbolOptions.Default, new Warnings());
        _map.Refresh();
        _resolver = new WatchResolver(_target, () => _map.Modules, NameOf);
    }

    public List<Place> Places { get; } = [];

    public Dictionary<string, string> Values { get; } = [];

    public int Id => _process.Id;

    public IReadOnlyList<ILoadedModule> Modules => _map.Modules;

    public Address this[string text] => Places.Single(p => p.Text == text).Address;

    /// <summary>What the resolver sees elsewhere, or with another size, than the program does.</summary>
    public IReadOnlyList<string> Misplaced() =>
    [
        .. from place in Places
           let expected = $"{place.Text} at {place.Address}, {place.Size} bytes"
           let resolution = Resolve(place.Text)
           let found = resolution is WatchResolution.Resolved { Watch: var watch }
               ? $"{place.Text} at {watch.Address}, {watch.Length} bytes"
               : resolution.ToString()
           where found != expected
           select $"{expected}: {found}",
    ];

    /// <summary>Resolves from now on as if no module had symbols with this prefix.</summary>
    public void HideSymbols(string prefix)
    {
        PartialModule[] modules = [.. _map.Modules.Select(m => new PartialModule(m, prefix))];
        _resolver = new WatchResolver(_target, () => modules, NameOf);
    }

    /// <summary>Lets the program go on to its next "ready".</summary>
    public void Continue()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
        while (_process.StandardOutput.ReadLine() is { } line && line != "ready")
        {
            string[] words = line.Split('\t');
            Places.Add(new(words[1], new Address(Hex(words[2])), int.Parse(words[3], CultureInfo.InvariantCulture)));
        }

        _map.Refresh();
    }

    public WatchResolution Resolve(string expression, int? length = null, AccessMode mode = AccessMode.Write) =>
        Resolve(new WatchRequest(expression, mode, length));

    public WatchResolution Resolve(WatchRequest request) => _resolver.Resolve(request);

    public Watch Watch(string expression, int? length = null) => Resolve(expression, length) switch
    {
        WatchResolution.Resolved resolved => resolved.Watch,
        WatchResolution.Impossible impossible => throw new InvalidOperationException($"{expression}: {impossible.Reason}"),
        WatchResolution.UnknownName unknown => throw new InvalidOperationException($"{expression}: {unknown.Reason}"),
        _ => throw new InvalidOperationException(),
    };

    public Watch Break(string place) => Resolve(place, mode: AccessMode.Execute) switch
    {
        WatchResolution.Resolved resolved => resolved.Watch,
        var other => throw new InvalidOperationException($"{place}: {other}"),
    };

    /// <summary>The reason why an expression is impossible.</summary>
    public string Refusal(string expression, int? length = null, AccessMode mode = AccessMode.Write) => Resolve(expression, length, mode) switch
    {
        WatchResolution.Impossible impossible => impossible.Reason,
        var other => throw new InvalidOperationException($"{expression}: {other}"),
    };

    /// <summary>The reason why a name is not known.</summary>
    public string Unknown(string expression, AccessMode mode = AccessMode.Write) => Resolve(expression, mode: mode) switch
    {
        WatchResolution.UnknownName unknown => unknown.Reason,
        var other => throw new InvalidOperationException($"{expression}: {other}"),
    };

    /// <summary>The watched memory as its format shows it.</summary>
    public Value Show(Watch watch)
    {
        byte[] bytes = new byte[watch.Length];
        return _target.TryRead(watch.Address, bytes)
            ? watch.Format.Format(bytes, NameOf)
            : throw new InvalidOperationException($"{watch.Address} cannot be read");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _map.Dispose();
    }

    private string? NameOf(Address address) =>
        _map.ModuleAt(address)?.SymbolAt(address) is { } symbol
            ? address == symbol.Address ? symbol.Name : $"{symbol.Name}+{address - symbol.Address}"
            : null;

    private static ulong Hex(string text) => ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    internal sealed record Place(string Text, Address Address, int Size);
}
