using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;

namespace Concert.Benchmarks.Running;

/// <summary>Processor time of the whole process an operation: what the threads beside the caller's do counts, and waiting does not.</summary>
internal sealed class ProcessorTime : IDiagnoser
{
    public const string Id = "Processor";

    private readonly Dictionary<BenchmarkCase, TimeSpan> _begin = [];
    private readonly Dictionary<BenchmarkCase, TimeSpan> _used = [];

    public IEnumerable<string> Ids => [Id];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    public RunMode GetRunMode(BenchmarkCase benchmarkCase) => RunMode.NoOverhead;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
        if (signal is not (HostSignal.BeforeActualRun or HostSignal.AfterActualRun))
        {
            return;
        }

        parameters.Process.Refresh();
        var used = parameters.Process.TotalProcessorTime;
        if (signal == HostSignal.BeforeActualRun)
        {
            _begin[parameters.BenchmarkCase] = used;
        }
        else
        {
            _used[parameters.BenchmarkCase] = used - _begin[parameters.BenchmarkCase];
        }
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results)
    {
        // Between the two signals lie the measured iterations and nothing else.
        var operations = results.Measurements.Where(m => m is { IterationMode: IterationMode.Workload, IterationStage: IterationStage.Actual }).Sum(m => m.Operations);
        return operations > 0 && _used.TryGetValue(results.BenchmarkCase, out var used) ? [new Metric(Descriptor.Instance, used.TotalNanoseconds / operations)] : [];
    }

    public void DisplayResults(BenchmarkDotNet.Loggers.ILogger logger)
    {
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    private sealed class Descriptor : IMetricDescriptor
    {
        public static readonly Descriptor Instance = new();

        public string Id => ProcessorTime.Id;

        public string DisplayName => "Processor";

        public string Legend => "Processor time of the whole process an operation";

        public string NumberFormat => "#0.0";

        public UnitType UnitType => UnitType.Time;

        public string Unit => "ns";

        public bool TheGreaterTheBetter => false;

        public int PriorityInCategory => 0;

        public bool GetIsAvailable(Metric metric) => true;
    }
}
