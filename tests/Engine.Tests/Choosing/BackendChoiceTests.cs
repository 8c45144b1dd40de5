// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using AwesomeAssertions;
using Livewatcher.Engine.Choosing;
using Livewatcher.Model;
using Xunit;

namespace Livewatcher.Engine.Tests.Choosing;

/// <summary>The whole table: what the machine can do, times what the user wants.</summary>
public sealed class BackendChoiceTests
{
    private const string Refusal = "loading the program: EPERM";

    private static readonly string[] Backends = ["auto", "bpf", "perf"];
    private static readonly string[] Scopes = ["auto", "cpu", "task"];
    private static readonly string[] Guards = ["auto", "on", "off"];

    /// <summary>Per capability and wish: backend/scope, or the option that the refusal is about.</summary>
    private static readonly Dictionary<(bool Bpf, bool Virtual, string Backend, string Scope), string> Table = new()
    {
        [(true, false, "auto", "auto")] = "bpf/cpu",
        [(true, false, "auto", "cpu")] = "bpf/cpu",
        [(true, false, "auto", "task")] = "bpf/task",
        [(true, false, "bpf", "auto")] = "bpf/cpu",
        [(true, false, "bpf", "cpu")] = "bpf/cpu",
        [(true, false, "bpf", "task")] = "bpf/task",
        [(true, false, "perf", "auto")] = "perf/task",
        [(true, false, "perf", "cpu")] = "--scope cpu",
        [(true, false, "perf", "task")] = "perf/task",
        [(true, true, "auto", "auto")] = "bpf/task",
        [(true, true, "auto", "cpu")] = "bpf/cpu",
        [(true, true, "auto", "task")] = "bpf/task",
        [(true, true, "bpf", "auto")] = "bpf/task",
        [(true, true, "bpf", "cpu")] = "bpf/cpu",
        [(true, true, "bpf", "task")] = "bpf/task",
        [(true, true, "perf", "auto")] = "perf/task",
        [(true, true, "perf", "cpu")] = "--scope cpu",
        [(true, true, "perf", "task")] = "perf/task",
        [(false, false, "auto", "auto")] = "perf/task",
        [(false, false, "auto", "cpu")] = "--scope cpu",
        [(false, false, "auto", "task")] = "perf/task",
        [(false, false, "bpf", "auto")] = "--backend bpf",
        [(false, false, "bpf", "cpu")] = "--backend bpf",
        [(false, false, "bpf", "task")] = "--backend bpf",
        [(false, false, "perf", "auto")] = "perf/task",
        [(false, false, "perf", "cpu")] = "--scope cpu",
        [(false, false, "perf", "task")] = "perf/task",
        [(false, true, "auto", "auto")] = "perf/task",
        [(false, true, "auto", "cpu")] = "--scope cpu",
        [(false, true, "auto", "task")] = "perf/task",
        [(false, true, "bpf", "auto")] = "--backend bpf",
        [(false, true, "bpf", "cpu")] = "--backend bpf",
        [(false, true, "bpf", "task")] = "--backend bpf",
        [(false, true, "perf", "auto")] = "perf/task",
        [(false, true, "perf", "cpu")] = "--scope cpu",
        [(false, true, "perf", "task")] = "perf/task",
    };

    public static TheoryData<bool, bool, string, string, string> Cases()
    {
        TheoryData<bool, bool, string, string, string> cases = [];
        foreach (bool bpf in (bool[])[true, false])
        {
            foreach (bool hypervisor in (bool[])[false, true])
            {
                foreach ((string backend, string scope, string guard) in
                    from b in Backends from s in Scopes from g in Guards select (b, s, g))
                {
                    cases.Add(bpf, hypervisor, backend, scope, guard);
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decides(bool bpf, bool hypervisor, string backend, string scope, string guard)
    {
        Capability capability = new(bpf ? null : Refusal, hypervisor);
        string expected = Table[(bpf, hypervisor, backend, scope)];
        if (expected.StartsWith("--", StringComparison.Ordinal))
        {
            Action decide = () => BackendChoice.Decide(capability, backend, scope, guard);
            decide.Should().Throw<UserException>().Which.Message.Should().StartWith(expected);
            return;
        }

        BackendChoice choice = BackendChoice.Decide(capability, backend, scope, guard);
        $"{choice.Backend}/{choice.Scope}".Should().Be(expected);
        choice.Guard.Should().Be(guard == "on" || (guard == "auto" && hypervisor));
        Told(choice, "because BPF is refused").Should().Be(backend == "auto" && !bpf);
        Told(choice, "scope cpu in a virtual machine").Should().Be(hypervisor && choice.Scope == "cpu");
        Told(choice, "guard off in a virtual machine").Should().Be(hypervisor && guard == "off");
    }

    [Fact]
    public void ARefusalSaysWhyAndWhatItTakes()
    {
        Action decide = () => BackendChoice.Decide(new Capability(Refusal, false), "bpf", "auto", "auto");
        decide.Should().Throw<UserException>().WithMessage($"*{Refusal}*CAP_BPF*");
    }

    /// <summary>Forced, or where neither of the others can be had; a tracer is what it is, so the guard is on everywhere.</summary>
    [Theory]
    [InlineData("ptrace", "auto", "auto", false)]
    [InlineData("ptrace", "task", "on", true)]
    [InlineData("auto", "auto", "auto", false)]
    [InlineData("auto", "task", "on", true)]
    public void PtraceIsScopeTaskWithTheGuardOn(string backend, string scope, string guard, bool hypervisor)
    {
        Capability neither = new(Refusal, hypervisor, "perf_event_open(2): EACCES");
        BackendChoice choice = BackendChoice.Decide(neither, backend, scope, guard);
        (choice.Backend, choice.Scope, choice.Guard).Should().Be(("ptrace", "task", true));
        Told(choice, "stops the thread at each hit").Should().BeTrue();
        Told(choice, "EACCES").Should().Be(backend == "auto", "who has asked for it need not be told why");
    }

    [Theory]
    [InlineData("ptrace", "cpu", "auto", "--scope cpu")]
    [InlineData("ptrace", "auto", "off", "--guard off")]
    [InlineData("auto", "cpu", "auto", "--scope cpu")]
    [InlineData("auto", "auto", "off", "--guard off")]
    public void PtraceRefusesWhatItCannotDo(string backend, string scope, string guard, string option)
    {
        Action decide = () => BackendChoice.Decide(new Capability(Refusal, false, "perf_event_open(2): EACCES"), backend, scope, guard);
        decide.Should().Throw<UserException>().Which.Message.Should().StartWith(option);
    }

    private static bool Told(BackendChoice choice, string what) => choice.Notes.Any(note => note.Contains(what));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WatchesThatArmThemselvesTakeTheGuard(bool hypervisor) =>
        BackendChoice.Decide(new Capability(null, hypervisor), "auto", "auto", "auto", arises: true).Describe().Should().Be("backend bpf, scope task, guard on");

    [Theory]
    [InlineData("perf", "auto", "auto", null, "--backend perf;")]
    [InlineData("ptrace", "auto", "auto", null, "--backend ptrace;")]
    [InlineData("bpf", "cpu", "auto", null, "--scope cpu;")]
    [InlineData("auto", "task", "off", null, "--guard off;")]
    [InlineData("auto", "auto", "auto", "EPERM", "this machine: EPERM;")]
    public void WhatTheyCannotDoWithoutIsSaid(string backend, string scope, string guard, string? refusal, string against)
    {
        Action attempt = () => BackendChoice.Decide(new Capability(refusal, Hypervisor: true), backend, scope, guard, arises: true);
        attempt.Should().Throw<UserException>().Which.Message.Should().Contain($"do not go with {against}");
    }
}
