// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Livewatcher.Model;

namespace Livewatcher.Symbols.Tests.Targets;

/// <summary>A frame as gdb shows it.</summary>
internal readonly record struct GdbFrame(ulong Pc, bool Inlined, string Name, string File, int Line);

/// <summary>Runs a program under gdb up to a breakpoint. gdb supplies the registers, and the backtrace that the code
/// under test is compared with.</summary>
internal sealed partial class Gdb : IDisposable
{
    private const string EndMark = "@@end@@";

    private readonly Process _process;

    /// <summary>For a 32-bit program.</summary>
    private readonly Emulator? _emulator;

    /// <param name="program">What to debug.</param>
    /// <param name="arguments">Its arguments.</param>
    public Gdb(string program, params IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo("gdb", ["-q", "-nx", "--args", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment = { ["DEBUGINFOD_URLS"] = string.Empty },
        })!;
        _emulator = Emulation.For(program) is { } emulation ? new Emulator(emulation, arguments) : null;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        foreach (var setting in new[]
        {
            "pagination off", "confirm off", "width 0", "height 0", "disable-randomization off", "breakpoint pending on",
            "backtrace past-main on", "backtrace past-entry on", "print thread-events off", "startup-with-shell off",
        })
        {
            Ask($"set {setting}");
        }

        if (_emulator is not null)
        {
            Ask("set sysroot /");
            Ask($"target remote {_emulator.Socket}");
        }
    }

    /// <summary>The stopped program.</summary>
    public ProcTarget Target => new(ProcessId, _emulator?.Emulation);

    /// <summary>Process id of the stopped program.</summary>
    public int ProcessId => _emulator?.ProcessId ?? int.Parse(
        ProcessPattern().Match(Ask("info inferiors")).Groups["id"].Value, CultureInfo.InvariantCulture);

    /// <summary>Runs to a breakpoint (function, FILE:LINE, *ADDRESS).</summary>
    public string RunTo(string place)
    {
        Ask($"break {place}");
        if (_emulator is null)
        {
            return Ask("run");
        }

        var answer = Ask("continue");

        // gdb finds no libraries through qemu's stub.
        foreach (var library in Target.ReadMappings().Where(mapping => mapping.Path.StartsWith('/')).GroupBy(mapping => mapping.Path)
            .Where(group => group.Key != Path.GetFullPath(_emulator.Emulation.Program)))
        {
            Ask($"add-symbol-file {library.Key} -o {library.First().Start}");
        }

        return answer;
    }

    public string Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.WriteLine($"echo \\n{EndMark}\\n");
        _process.StandardInput.Flush();
        var answer = new StringBuilder();
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.EndsWith(EndMark, StringComparison.Ordinal))
            {
                return answer.ToString();
            }

            answer.Append(line.Replace("(gdb) ", string.Empty, StringComparison.Ordinal)).Append('\n');
        }

        throw new InvalidOperationException($"gdb ended at \"{command}\": {answer}");
    }

    /// <summary>All frames, innermost first. Without those that left by a tail call: gdb concludes them from the debug
    /// information, the stack does not hold them.</summary>
    public IReadOnlyList<GdbFrame> Frames() =>
    [
        .. FramePattern().Matches(Ask(
                "python exec(\"f = gdb.newest_frame()\\nwhile f:\\n  s = f.find_sal()\\n  f.type() == gdb.TAILCALL_FRAME or "
                + "print('frame %x %d %d %s %s;' % (f.pc(), f.type() == gdb.INLINE_FRAME, s.line, "
                + "s.symtab.fullname() if s.symtab else '-', f.name()))\\n  f = f.older()\")"))
            .Select(match => new GdbFrame(
                ulong.Parse(match.Groups["pc"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                match.Groups["inline"].Value == "1",
                match.Groups["name"].Value,
                match.Groups["file"].Value,
                int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture))),
    ];

    /// <summary>The selected thread as a backend would deliver it: registers, and a copy of the stack.</summary>
    public RawHit Capture(int stackBytes = 16384, bool execute = false, StackCut cut = StackCut.None)
    {
        var values = RegisterPattern().Matches(Ask("info registers")).ToDictionary(
            match => match.Groups["name"].Value,
            match => ulong.Parse(match.Groups["value"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        if (_emulator is not null)
        {
            Widen(values);
        }

        var target = Target;
        var stackPointer = new Address(values["rsp"]);
        var mapping = target.ReadMappings().First(entry => entry.Start <= stackPointer && stackPointer < entry.End);
        var length = (int)Math.Min((ulong)stackBytes, mapping.End - stackPointer);
        var stack = new byte[length];
        if (!target.TryRead(stackPointer, stack))
        {
            throw new InvalidOperationException("stack not readable");
        }

        return new RawHit
        {
            Time = 0,
            Process = target.Id,
            Thread = new ThreadId(target.Id.Value),
            ThreadName = "main",
            Cpu = 0,
            Slot = 0,
            Address = new Address(execute ? values["rip"] : 0x1000),
            Origin = HitOrigin.User,
            Registers = new UserRegisters(
                values["r15"], values["r14"], values["r13"], values["r12"], values["rbp"], values["rbx"], values["r11"],
                values["r10"], values["r9"], values["r8"], values["rax"], values["rcx"], values["rdx"], values["rsi"],
                values["rdi"], ulong.MaxValue, values["rip"], values["cs"], values["eflags"], values["rsp"], 0x2b),
            Stack = stack,
            StackCut = length < stackBytes ? StackCut.EndOfMapping : cut,
        };
    }

    public void Dispose()
    {
        try
        {
            _process.StandardInput.WriteLine("kill");
            _process.StandardInput.WriteLine("quit");
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // gdb has ended by itself, with the program it held.
        }

        if (!_process.WaitForExit(10_000))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _emulator?.Dispose();
    }

    /// <summary>As the kernel gives the registers of 32-bit code.</summary>
    private static void Widen(Dictionary<string, ulong> values)
    {
        foreach (var name in new[] { "ax", "bx", "cx", "dx", "si", "di", "bp", "sp", "ip" })
        {
            values[$"r{name}"] = values[$"e{name}"];
        }

        for (var i = 8; i < 16; i++)
        {
            values[$"r{i}"] = 0;
        }
    }

    [GeneratedRegex(@"process (?<id>\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex ProcessPattern();

    [GeneratedRegex(
        @"^frame (?<pc>[0-9a-f]+) (?<inline>[01]) (?<line>\d+) (?<file>\S+) (?<name>.*);$",
        RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex FramePattern();

    [GeneratedRegex(@"^(?<name>\w+) +0x(?<value>[0-9a-f]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RegisterPattern();
}
