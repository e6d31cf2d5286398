using Concert.Rush.Observation;
using Concert.Testing.Sales;

namespace Concert.Rush.Drill;

/// <summary>One kind of rush.</summary>
public interface IScenario
{
    /// <summary>Concerts and schedules to drive. Throws <see cref="Concert.Testing.Http.ApiException"/> when the service does not let them be made.</summary>
    Task<IReadOnlyList<OpenSale>> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Drives everybody to the end, or as far as the time allows; what was seen is in the context's observations.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Adds what this scenario set out to do to the evidence.</summary>
    DrillEvidence Complete(DrillEvidence evidence);
}
