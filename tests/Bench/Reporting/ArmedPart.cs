// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using Livewatcher.Bench.Contests;
using Livewatcher.Bench.Measuring;

namespace Livewatcher.Bench.Reporting;

/// <summary>What needs debug registers that can be armed, and no hit: watching without hits, arming and leaving.</summary>
public sealed class ArmedPart(Ground ground) : IPart
{
    public IReadOnlyList<Section> Sections =>
    [
        new("Cost of no hit", Idle),
        new("Arming and leaving", Arming),
        .. ground.Untried ? [new("A page fault in the place of a hit", StandIn)] : Array.Empty<Section>(),
        new("The BPF program at a hit", Program),
    ];

    private void StandIn(Markdown text)
    {
        HitCost hits = new(ground, Trigger.StandIn(ground));
        text.Paragraph($"What a hit costs on this machine's own processor, but for the trap: a program looks at a word {hits.Writes:N0} times, whose page it gives back before. The look is a page fault, and each tool is asked for page faults; livewatcher, which "
            + "knows of no such event, is given them where it opens a breakpoint (LD_PRELOAD, tests/Bench/programs/standin.c), and does all that it does about a hit: value, condition, registers, stack, ring, names. ns of the look itself; "
            + "the floor is perf stat, which counts. What the program starts with is page faults too, so who counts all of them counts some more; livewatcher's audit brings the page back now and then, so that there is no fault. gdb has nothing to stop at.");
        IReadOnlyList<Row> rows = hits.HoldStandIn();
        text.Table(rows, HitCost.Floor, "ns a look");
        text.Paragraph("The hypervisor has a fault of its own, which no kernel counts, where the kernel, and once more where the program, looks first at a page that has just come. livewatcher alone looks there at the event. At a hit, whose page has been there, "
            + "nobody has that: it is taken from livewatcher's costs below.");
        double look = Contest.MedianOf(rows, HitCost.Look);
        text.Bars([.. HitBars.AgainstFloor(rows, look), .. HitBars.AgainstPeers(rows, look)]);
    }

    /// <summary>Of a counted hit in the virtual machine that this project began on, us; it is the hypervisor's.</summary>
    private const double TrapMicroseconds = 12;

    private void Program(Markdown text)
    {
        if (!ground.Untried)
        {
            ProgramCost hits = new(ground, Trigger.Hit(ground));
            text.Paragraph($"What livewatcher adds to the trap of a hit, by the kernel's account of the BPF program (`kernel.bpf_stats_enabled`); {hits.Writes:N0} hits a round.");
            text.Table(hits.Hold([]), ProgramCost.Filtered, "ns a hit");
            return;
        }

        ProgramCost cost = new(ground, Trigger.StandIn(ground));
        text.Paragraph($"What livewatcher adds to the trap of a hit, on this machine's own processor, by the kernel's account of the BPF program (`kernel.bpf_stats_enabled`); {cost.Writes:N0} hits a round. A page fault takes the "
            + "breakpoint's place, so this needs no debug register that traps: the program reads the value, decides, copies registers and stack and puts the record into the ring, as ever, while livewatcher drains, "
            + "names and writes them on the other processor. What the program starts with is page faults too, which are counted, and filtered. The ring has its usual 16 MiB.");
        IReadOnlyList<Row> rows = cost.Hold([cost.TheLook]);
        text.Table(rows, ProgramCost.Filtered, "ns a hit");
        double look = Contest.MedianOf(rows, HitCost.Look), filtered = (Contest.MedianOf(rows, ProgramCost.Filtered) - look) / 1000, whole = (Contest.MedianOf(rows, ProgramCost.Whole) - look) / 1000;
        text.Paragraph($"Without that first look, which is the hypervisor's and not a watchpoint's: {Markdown.Number(filtered)} us for a filtered hit, {Markdown.Number(whole)} us for a recorded one with 16 KiB of stack. A hit that was only counted took 11 to 16 us in the virtual machine that this project began on, whose registers did trap. Beside {TrapMicroseconds} us this makes "
            + $"{Markdown.Ratio(1 + (filtered / TrapMicroseconds))} for a filtered hit, where at most 1.15 is wanted, and {Markdown.Ratio(1 + (whole / TrapMicroseconds))} for a recorded one, where it is 1.5; an estimate from two machines, not a measurement of one.");
    }

    private void Idle(Markdown text)
    {
        text.Paragraph("Programs that never touch what is watched; ns for a unit of their work; under valgrind, a twentieth of it." + Where);
        IdleCost idle = new(ground);
        List<Bar> bars = [];
        List<string> told = [];
        foreach ((string kind, string words, int usually, int emulated) in IdleCost.Work)
        {
            text.Paragraph($"**{words}** ({ground.Amount(usually, emulated):N0} of them):");
            IReadOnlyList<Row> rows = idle.Hold(kind, usually, emulated);
            text.Table(rows, IdleCost.Alone, "ns each");
            told.Add(Told(words, rows, IdleCost.FloorAgain, IdleCost.Floor));
            bars.Add(OnePercent($"{words}: scope cpu, guard off, against its floor", rows, IdleCost.Watched, IdleCost.FloorOfCpus));
            bars.Add(OnePercent($"{words}: scope task, guard on, against the floor", rows, IdleCost.Guarded, IdleCost.Floor));
        }

        DatabaseCost database = new(ground);
        text.Paragraph($"**Debian's sqlite3**, {database.Rows:N0} rows put into a table, indexed, and asked for the same again and again; ms by its own `.timer`, undisturbed that of a question:");
        IReadOnlyList<Row> databases = database.Hold();
        text.Table(databases, IdleCost.Alone, "ms");
        told.Add(Told("sqlite3", databases, DatabaseCost.AloneAgain, IdleCost.Alone));
        bars.Add(OnePercent("sqlite3: two watches, guard off, against not watched", databases, DatabaseCost.Unguarded, IdleCost.Alone));
        bars.Add(OnePercent("sqlite3: two watches, guard on, against not watched", databases, DatabaseCost.Guarded, IdleCost.Alone));
        text.Paragraph("The floor is what the kernel takes for switching debug registers with each thread, whoever has asked for them, and what a processor that has one set takes more for copying (docs/guarantees.md), at scope cpu this alone; what is beyond it is livewatcher's. By default it is scope cpu without guard on real hardware, and scope task with guard in a virtual machine. "
            + "Scope task without guard has the kernel load the registers at each switch, where it would exchange the events of two threads otherwise, for its account of debug registers does not follow that (Arming/ScanArmingDelivery).");
        text.Paragraph("**Undisturbed** is what the quietest fiftieth of the work cost at most: each run is in a hundred slices (sqlite3's: in fifty questions), and all rounds' slices are taken together. Others use this machine's processor too, so that a whole run differs from the next by a tenth and more, "
            + $"and one in a hundred cannot be told from medians. How much can be told: the same once more, in the same rounds, is {string.Join(", ", told)}, where it is 1 (in brackets: by the median of the rounds' ratios). The bars hold undisturbed costs against each other; what they leave out is what livewatcher does now and then on another processor, or in the program's place. That is its own time:");
        IReadOnlyList<Row> own = new OwnTime(ground).Hold();
        text.Table(own, OwnTime.Watched, "ms of a processor a second");
        bars.AddRange(((string[])[OwnTime.Watched, OwnTime.Guarded]).Select(name => new Bar($"% of a processor that is taken by {name}", "at most 1", Contest.MedianOf(own, name) / 10, percent => percent <= 1)));
        text.Bars(bars);
    }

    private static string Told(string words, IReadOnlyList<Row> rows, string again, string basis) =>
        $"{words} {Markdown.Fine(Contest.UndisturbedRatioOf(rows, again, basis))} ({Markdown.Ratio(Contest.RatioOf(rows, again, basis))})";

    private static Bar OnePercent(string what, IReadOnlyList<Row> rows, string name, string basis) =>
        new(what, "at most 1.01", Contest.UndisturbedRatioOf(rows, name, basis), ratio => ratio <= 1.01) { IsFine = true };

    private void Arming(Markdown text)
    {
        text.Paragraph("attach to a crowd of threads that wake ten times a second, or 2,000 times altogether where they are more than 200: ms until all are armed (from livewatcher's start, reading symbols and loading the BPF program included), ms from SIGTERM to its end, the "
            + "longest that a thread was late, and livewatcher's resident memory. Scope *none* is the crowd by itself. *Of its own* is each without what the hypervisor had given to others meanwhile, of the processor that it had taken most of; the bars are held against that. Expected: a straight line in the number of threads at scope task, and a flatter one at scope cpu, where the guard seizes each of them; without guard none." + Where);
        ArmingCost arming = new(ground);
        var rows = arming.Hold();
        if (!arming.KnowsThefts)
            text.Paragraph("What the hypervisor takes is not known here (bpftrace does not run, or the kernel has no paravirtual time accounting): the columns are the same.");
        text.Grid(
            ["threads", "scope", "armed, ms", "of its own, ms", "left, ms", "longest pause, ms", "of its own, ms", "resident, MiB"],
            rows.Select(row => (string[])
            [
                $"{row.Threads:N0}", row.Scope, Of(row.Rounds.Armed, row.Rounds.Failure), Of(row.Rounds.OwnArmed), Of(row.Rounds.Left), Of(row.Rounds.Pause), Of(row.Rounds.OwnPause),
                Of(row.Rounds.Resident),
            ]));
        Attachments Rounds(string scope, int threads) => rows.Single(row => row.Scope == scope && row.Threads == threads).Rounds;
        int fewest = rows[0].Threads, most = rows[^1].Threads;
        double More(string scope) => Rounds(scope, most).OwnArmed.Against(Rounds(scope, fewest).OwnArmed, (many, few) => many - few).Median; // round by round
        double each = More("task") * 1000 / (most - fewest);
        text.Bars(
        [
            new("us a thread more, scope task", "at most 60", each, at => at <= 60),
            new($"longest pause of one of {most:N0} threads, ms", "at most 5", Rounds("task", most).OwnPause.Median, at => at <= 5),
            new("the same, the hypervisor's part counted, beyond that of the crowd by itself in the same round", "at most 5", Rounds("task", most).Pause.Against(Rounds(ArmingCost.Alone, most).Pause, (watched, alone) => watched - alone).Median, at => at <= 5),
            new($"ms for {most:N0} threads more than for {fewest:N0}, scope cpu with guard", "at most 30", More("cpu"), at => at <= 30),
        ]);
    }

    private string Where => ground.Untried ? " On this machine, whose debug registers are armed and switched with each thread, and only do not trap (`--trial off`)." : "";

    private static string Of(Sample sample, string? failure = null) => sample.Count > 0
        ? $"{Markdown.Number(sample.Median)} ({Markdown.Number(sample.LowerQuartile)} to {Markdown.Number(sample.UpperQuartile)})"
        : failure is null ? "" : $"not measured: {failure}";
}
