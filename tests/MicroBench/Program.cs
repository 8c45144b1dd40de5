// Copyright (c) livewatcher contributors. Licensed under the MIT licence, see LICENSE.

using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// Livewatcher.MicroBench OUTPUT [--quick] [--filter GLOB...]: runs the benchmarks in this process, under the JIT, and puts their tables into OUTPUT. --quick: three rounds
// each.
if (args is not [var output, .. var rest])
{
    Console.Error.WriteLine("usage: Livewatcher.MicroBench OUTPUT [--quick] [--filter GLOB...]");
    return 2;
}

bool quick = rest is ["--quick", ..];
ManualConfig config = ManualConfig.CreateEmpty()
    .AddJob((quick ? Job.ShortRun : Job.MediumRun.WithLaunchCount(1)).WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(TargetMethodColumn.Method, StatisticColumn.Median, StatisticColumn.Q1, StatisticColumn.Q3)
    .AddColumnProvider(DefaultColumnProviders.Metrics)
    .AddExporter(MarkdownExporter.GitHub)
    .AddLogger(ConsoleLogger.Default)
    .WithSummaryStyle(SummaryStyle.Default)
    .WithArtifactsPath(output);
string[] chosen = quick ? rest[1..] : rest;
Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(chosen.Length > 0 ? chosen : ["--filter", "*"], config)];
return summaries.Length > 0 && summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
