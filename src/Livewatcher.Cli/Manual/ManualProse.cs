// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

namespace Livewatcher.Cli.Manual;

/// <summary>What the manual says beyond --help. `Code` stands between grave accents; an empty term is a paragraph.</summary>
internal static class ManualProse
{
    internal static readonly IReadOnlyList<string> Introduction =
    [
        "The program is not recompiled, and it is not stopped for a hit: each access is reported with its thread, instruction, source line, whole call stack (inlined frames too) and the value before and after. Nothing is lost without being counted: every run ends with a coverage statement.",
        "There are four debug registers. They cover 32 bytes at most at a time, and are shared with every debugger on the machine. Where there are more watches, neighbours share one, and the run says who.",
    ];

    internal static readonly IReadOnlyList<(string, string)> Expressions =
    [
        ("", "An expression is C or C++ and names an object in memory. A chain of pointers is followed once, when it is armed; the report says to which address."),
        ("`name`, `file.c::name`, `ns::Class::member`", "A variable, also a static one of a file or of a class."),
        ("`a.b`, `p->q`, `a[3]`, `*p`, `&x`", "Members, elements, what a pointer points to, an address. Indexes and `+`, `-` and `*` may be computed."),
        ("`(type) x`, `*(long*)0x7f12a0`", "A cast, by the types of the program's own debug information."),
        ("`0x7f12a0:8`, `buffer:16`", "So many bytes from there. Without a length the type's own is meant; `--len` says the same for all expressions of the command."),
        ("`tls_var@THREAD`", "A thread-local variable of the thread with that id or name. With one thread @THREAD may be left out."),
        ("", "A name of a library that is not loaded yet is waited for. Quote an expression: the shell has meanings of its own for its characters."),
    ];

    internal static readonly IReadOnlyList<(string, string)> Locations =
    [
        ("`function`, `function+OFFSET`", "A function's entry, or an instruction inside of it."),
        ("`file.c:88`", "The code of a source line."),
        ("`0x401136`", "An address, at which an instruction begins."),
    ];

    internal static readonly IReadOnlyList<(string, string)> Output =
    [
        ("armed", "A watch covers every thread: its value, address, process, and how it was armed."),
        ("#N", "A hit, in the order of time: when, old and new value, thread, CPU, the instruction, and the stack, innermost frame first. The bytes of one system call are one hit, which names the call."),
        ("writers", "At the end a table of the distinct writers, most suspicious first: the rare ones and those that change the value in another way than the others."),
        ("coverage", "Last of all the coverage statement; see below."),
        ("", "Text is coloured on a terminal and plain elsewhere. With `--format json` each of these is one object on one line."),
    ];

    internal static readonly IReadOnlyList<(string, string)> Coverage =
    [
        ("complete", "Nothing can have been missed. Then no hit at all is a finding: nobody touched it."),
        ("not complete", "Something can have been missed; each reason is a line that begins with gap. No hit proves nothing then."),
        ("counted = recorded + filtered + dropped", "The kernel's own count against what arrived, what was set aside on purpose, and what found a buffer full (see `--ring`)."),
        ("recovered", "Hits that a virtual machine has turned into a stray SIGTRAP, and that the guard has turned back."),
        ("escaped", "The memory has changed and no hit says by whom: a register was lost, or the write came another way, as from process_vm_writev(2), DMA or another mapping."),
        ("", "A run without a coverage statement was killed, and proves nothing."),
    ];

    internal static readonly IReadOnlyList<(string, string)> Limits =
    [
        ("", "Linux on x86-64, programs of 64 bits. x86 has no register for reads alone: `--awatch` reports both reads and writes."),
        ("", "Without root, or CAP_BPF and CAP_PERFMON, backend perf serves the user's own processes, and accesses by the kernel are hidden. Where perf events are refused too, backend ptrace is left: it takes nothing but the right to trace the process, stops the thread at each hit, and does not see the kernel's accesses. A kill -9 of livewatcher leaves the program alive and unarmed; one of the process lw-guard does so between two hits, not within one. `livewatcher doctor` tells what lacks."),
        ("", "Under the guard each thread is interrupted once when it is armed: epoll_wait(2) and the other calls that signal(7) lists may return EINTR, as after SIGSTOP and SIGCONT."),
    ];

    internal static readonly IReadOnlyList<(string, string)> Files =
    [
        ("/usr/lib/debug", "Separate debug files, by build-id or name. They are looked for first as the target sees that folder, then as livewatcher does."),
    ];

    internal static readonly IReadOnlyList<string> OtherPages = ["gdb(1), perf(1), perf_event_open(2), bpf(2), ptrace(2), capabilities(7)"];

    private static readonly (string, string) Colour = ("NO_COLOR", "Where it is set to anything, `--color auto` does not colour.");
    private static readonly (string, string) Servers = ("DEBUGINFOD_URLS", "Servers to ask for missing debug information and sources, with `--debuginfod` only.");
    private static readonly (string, string) Cache = ("DEBUGINFOD_CACHE_PATH", "Where files from such servers are kept; else debuginfod_client in XDG_CACHE_HOME or ~/.cache.");
    private static readonly (string, string) Search = ("PATH", "Where `run` looks for a program without a slash in its name.");

    private static readonly (string, string) Socket = ("LIVEWATCHER_SOCKET", "The listener's socket: where it listens, where programs and `ctl` look first.");
    private static readonly (string, string) Runtime = ("XDG_RUNTIME_DIR", "Its folder livewatcher holds the socket of a listener that is not root's. Programs and `ctl` look there before /run/livewatcher.");

    private static (string, string) Headers => ("OTEL_EXPORTER_OTLP_HEADERS", "Headers of each request of `--otlp`: name=value,name=value.");

    internal static IReadOnlyList<(string, string)> Environment => [Colour, Servers, Cache, Search, Headers];

    internal static IReadOnlyList<(string, string)> EnvironmentOf(string verb) => verb switch
    {
        "run" => Environment,
        "attach" => [Colour, Servers, Cache, Headers],
        "listen" => [Colour, Servers, Cache, Socket, Runtime, Headers],
        "ctl" => [Socket, Runtime],
        "report" => [Colour, Servers, Cache],
        "doctor" or "diff" => [Colour],
        "man" => [("SOURCE_DATE_EPOCH", "Seconds since 1970: the pages' date.")],
        _ => [],
    };

    internal static IReadOnlyList<string> DescriptionOf(string verb) => verb switch
    {
        "run" =>
        [
            "The program is armed before its constructors and before main. It keeps its arguments, environment and standard streams, and is started as a child of the guard, a small process that traces it.",
            "Ctrl-C, SIGTERM and SIGHUP to livewatcher end the watching and leave the program running.",
        ],
        "attach" =>
        [
            "The target may be given by its PID, by the name of its program or by the path of its executable; where several processes fit, they are listed and none is taken.",
            "Every thread is covered, those that exist and those to come. Ctrl-C, SIGTERM and SIGHUP to livewatcher end the watching.",
            "With `--on-hit stop` the process stands still with the thread at the instruction behind the access, before that one runs, and stays so when livewatcher ends; gdb(1) can attach then. `kill -CONT` lets it go on.",
        ],
        "listen" =>
        [
            "A program is linked with liblivewatcher and calls `set_watcher`(3) and its like; it has four watches, and there is no limit to the number of programs. What it sets is armed in all its threads when the call returns. A program that ends, hangs or is killed leaves nothing armed, and when the listener ends or is killed, the programs go on unarmed.",
            "At the prompt, on a line of a pipe and by `livewatcher-ctl`(1): `help`; `status` shows backend, settings, and each program with its watches, debug registers and counts; `watches`; `dr`; `set` NAME VALUE; `dump` FILE (what the flight recorder of `--last` holds); `quit`, `exit`. The prompt has the keys of readline(3), its history, and completion by Tab.",
            "Settings: `record_watcher` N (with each hit also show where its watch was set: 0 off, N levels, at least 3, negative all), `ignore_hwbp_sigtrap` 0|1 (1: the program never notices a hit; 0: the accessing thread receives SIGTRAP before its next instruction), `ubacktrace_detail` 0|1 (frames with place and module, or functions alone), `addr2line` 0|1, `sync` NAME (as `--sync`, for watches that are set from then on). A program may change them too (`lw_record_watcher`(3) and its like).",
            "Who may connect is decided by the socket's permission, `--mode` and `--group`, and by `--program`; a program can arm only itself. Commands from outside take the same user or root. With socket activation (sd_listen_fds(3)) the socket that is handed over is used.",
        ],
        "report" =>
        [
            "The table of writers is made of the hits in the recording, the rest is shown as the run has shown it. What the recording lacks, because it was bounded or could not be written, is a gap of its closing statement. `--format json` has the lines of a run's `--format json`.",
            "The file is an SQLite database; sqlite3(1) reads it, and its view access joins what is asked for most. Nothing in it is believed: a file that no livewatcher has written is one line of error.",
        ],
        "diff" =>
        [
            "For each writer that both recordings have, it is said what has changed: hits, changes of the value, the values themselves where they are few. A writer of which the recording with a gap has nothing may have been there all the same, so what each recording can prove stands first.",
        ],
        "check" =>
        [
            "A watch file holds the options of `livewatcher-run`(1) and `livewatcher-attach`(1), without dashes, in TOML (or JSON, where its name ends in .json); each `[[watch]]` is a watch with its conditions and writers. What is wrong in it is said with its line.",
            "Nothing is started. Types are checked behind pointers too, but which memory a pointer leads to is for the run to say.",
        ],
        "ctl" =>
        [
            "The commands are those of the prompt of `livewatcher-listen`(1).",
        ],
        "doctor" =>
        [
            "One line for each thing that watching needs: `works`, `degraded` (with a restriction) or `fails`, what was found, and below it, after a dollar sign, commands that mend it. Then what `run` and `attach` would choose if they were given no options, and why.",
        ],
        _ => [],
    };
}
