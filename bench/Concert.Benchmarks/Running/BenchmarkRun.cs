using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using BenchmarkDotNet.Validators;
using Concert.Bench.Service;
using Concert.Benchmarks.Measured;
using Concert.Benchmarks.Reporting;
using Concert.Lab.Report;

namespace Concert.Benchmarks.Running;

/// <summary>Runs the benchmarks, each in a process of its own unless it is quick.</summary>
internal static class BenchmarkRun
{
    /// <summary>Always among what is run: other machines' reports are compared by them.</summary>
    private static readonly string[] References = ["*.ReferenceBenchmarks.*", "*.DiskReferenceBenchmarks.*"];

    /// <summary>It builds a program of its own, which on a busy machine takes minutes.</summary>
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(10);

    /// <param name="filters">Globs of full names; empty for all.</param>
    /// <param name="isQuick">Three short iterations, all in this process.</param>
    /// <param name="profile">Also samples where the time goes, into a file for speedscope.app in this folder; null for not.</param>
    public static Report Run(IReadOnlyList<string> filters, bool isQuick, string? profile)
    {
        using var scratch = new ScratchFolder();
        var date = TimeProvider.System.GetLocalNow();
        var machine = Machine.Describe(scratch.Path);
        var job = isQuick
            ? Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance)
            // As the one-process host runs.
            : Job.Default.WithIterationCount(15).WithMaxWarmupCount(20).WithEnvironmentVariable("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0");
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default, new ProcessorTime())
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddValidator(JitOptimizationsValidator.FailOnError, ExecutionValidator.DontFailOnError)
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary)
            .WithBuildTimeout(BuildTimeout)
            .WithArtifactsPath(profile ?? scratch.Sub("artifacts"));
        if (profile is not null)
        {
            config = config.AddDiagnoser(EventPipeProfiler.Default);
        }

        if (filters.Count > 0)
        {
            config = config.AddFilter(new GlobFilter([.. filters, .. profile is null ? References : []]));
        }

        var classes = typeof(ReferenceBenchmarks).Assembly.GetTypes().Where(type => type.Namespace == typeof(ReferenceBenchmarks).Namespace && type.IsPublic).ToArray();
        return new Report($"{date:yyyy-MM-dd}", machine, isQuick, Results.Of(BenchmarkRunner.Run(classes, config)));
    }
}
