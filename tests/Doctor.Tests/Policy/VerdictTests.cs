// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Examining;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Doctor.Tests.Policy;

public sealed class VerdictTests
{
    [Fact]
    public void WhereEverythingWorksTheStatusIsZeroAndNothingIsToBeMended()
    {
        var report = Examination.Of(Seen.Healthy);
        ((int)report.Verdict).Should().Be(0);
        report.Checks.Should().AllSatisfy(check => check.Outcome.Should().Be(CheckOutcome.Works, check.Finding));
        report.Checks.SelectMany(check => check.Remedies).Should().BeEmpty();
        report.Outlooks.Should().AllSatisfy(outlook => outlook.Possible.Should().BeTrue());
    }

    [Fact]
    public void TheChecksAreThoseOfTheDocumentAndInItsOrder()
    {
        var names = Examination.Of(Seen.Healthy).Checks.Select(check => check.Name).ToList();
        names.Should().OnlyHaveUniqueItems();
        // Where there is no probe, it takes the place of all that needs one.
        var broken = Examination.Of(Seen.Healthy with { Probe = Seen.Denied }).Checks.Select(check => check.Name);
        Rows().Should().Equal(names.Take(1).Concat(broken.Except(names)).Concat(names.Skip(1)));
    }

    [Fact]
    public void TheFiguresAreThoseOfTheDocument()
    {
        foreach (var check in Examination.Of(Seen.Healthy).Checks)
        {
            var row = Document().Single(line => line.StartsWith($"| `{check.Name}` |", StringComparison.Ordinal));
            check.Figures.Select(figure => figure.Name.StartsWith("free_on_cpu_", StringComparison.Ordinal) ? "free_on_cpu_N" : figure.Name)
                .Should().AllSatisfy(figure => row.Should().Contain($"`{figure}`"));
        }
    }

    /// <summary>First column of the table of checks: the only table of the document whose rows begin with a name of code.</summary>
    private static IEnumerable<string> Rows() =>
        Document().SkipWhile(line => line != "## What it tries").TakeWhile(line => line != "## Exit status")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

    private static IEnumerable<string> Document() => File.ReadLines(Running.Repository.File("docs", "doctor.md"));

    [Fact]
    public void WithoutBpfItIsDegraded()
    {
        var report = Examination.Of(Seen.Unprivileged);
        ((int)report.Verdict).Should().Be(1);
        Of(report, "bpf").Outcome.Should().Be(CheckOutcome.Fails);
        Of(report, "slots").Outcome.Should().Be(CheckOutcome.Works, "a user needs no whole CPU");
        report.Outlooks.Should().AllSatisfy(outlook => (outlook.Backend, outlook.Scope).Should().Be(("perf", "task")));
    }

    [Fact]
    public void WhereNothingArrivesItCannotWatch()
    {
        Examination.Of(Seen.Mute(delivery: null)).Verdict.Should().Be(DoctorVerdict.CannotWatch);
        Examination.Of(Seen.Mute(Seen.Denied)).Verdict.Should().Be(DoctorVerdict.CannotWatch);
        Examination.Of(Seen.Healthy with { Flood = Seen.Flood(counted: 20_000, recorded: 0) }).Verdict.Should().Be(DoctorVerdict.CannotWatch);
        var report = Examination.Of(Seen.Mute(Seen.Denied));
        report.Outlooks.Should().AllSatisfy(outlook => outlook.Possible.Should().BeFalse());
        Of(report, "lost_hits").Finding.Should().Contain(Seen.Denied.ToString());
    }

    [Fact]
    public void WithoutAProbeItCannotTellAndSaysSo()
    {
        var report = Examination.Of(new Observations { Machine = Seen.Root, Libraries = [], Probe = Seen.Denied });
        report.Verdict.Should().Be(DoctorVerdict.CannotWatch);
        Of(report, "probe").Finding.Should().Contain(Seen.Denied.ToString());
    }

    [Fact]
    public void ALibraryIsFatalUnlessItIsLibbpf()
    {
        var withoutBpf = Examination.Of(Seen.Unprivileged with { Libraries = [new("libbpf.so.1", "libbpf1", "not found")] });
        withoutBpf.Verdict.Should().Be(DoctorVerdict.Degraded);
        Of(withoutBpf, "libraries").Remedies.Should().Equal("sudo apt-get install libbpf1");
        var withoutDwarf = Examination.Of(Seen.Healthy with { Libraries = [new("libdw.so.1", "libdw1", "not found")] });
        withoutDwarf.Verdict.Should().Be(DoctorVerdict.CannotWatch);
        Of(withoutDwarf, "libraries").Remedies.Should().Equal("apt-get install libdw1");
    }

    [Fact]
    public void PtraceDecidesAboutRunAndReadingAboutAttach()
    {
        var tracer = Examination.Of(Seen.Healthy with { TraceOwnChild = Seen.Denied, TraceOther = Seen.Denied });
        tracer.Verdict.Should().Be(DoctorVerdict.Degraded, "on a physical machine attach needs no guard");
        tracer.Outlooks.Select(outlook => (outlook.Verb, outlook.Possible)).Should().Equal(("run", false), ("attach", true));

        var reader = Examination.Of(Seen.Healthy with { TraceOther = Seen.Denied, ReadOther = Seen.Denied });
        reader.Verdict.Should().Be(DoctorVerdict.Degraded);
        reader.Outlooks.Select(outlook => (outlook.Verb, outlook.Possible)).Should().Equal(("run", true), ("attach", false));

        Examination.Of(Seen.Healthy with { TraceOwnChild = Seen.Denied, TraceOther = Seen.Denied, ReadOther = Seen.Denied })
            .Verdict.Should().Be(DoctorVerdict.CannotWatch);
    }

    [Fact]
    public void InAVirtualMachineAttachNeedsItsGuard()
    {
        var report = Examination.Of(Seen.Healthy with { Machine = Seen.Root with { Hypervisor = true }, TraceOther = Seen.Denied });
        report.Outlooks.Select(outlook => (outlook.Verb, outlook.Possible, outlook.Scope, outlook.Guard))
            .Should().Equal(("run", true, "task", true), ("attach", false, "task", true));
        Of(report, "ptrace").Remedies.Should().Contain("livewatcher attach PID --watch EXPR --guard off");
    }

    internal static Check Of(DoctorReport report, string name) => report.Checks.Single(check => check.Name == name);
}
