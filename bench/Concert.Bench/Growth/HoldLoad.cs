using System.Diagnostics;
using Concert.Benchmarks.Services;
using Concert.Booking.Calls;
using Concert.Booking.Reservations;
using Concert.Booking.Reservations.Reserve;
using Concert.Booking.States;

namespace Concert.Bench.Growth;

/// <summary>What a reservation cost, from the request to the committed hold.</summary>
/// <param name="Wall">Microseconds, with 256 callers at once.</param>
/// <param name="Processor">Microseconds of every thread.</param>
internal readonly record struct HoldCost(double Wall, double Processor);

/// <summary>The service's own path without HTTP: accept, queue, decide, commit.</summary>
internal static class HoldLoad
{
    private const int AtOnce = 256;

    /// <summary>Distinct users ask for these, and every one is held. Throws when one is not.</summary>
    public static async Task<HoldCost> RunAsync(InProcessService service, string users, IReadOnlyList<ReservationRequest> requests)
    {
        var reserve = service.Services.GetRequiredService<IReserveUseCase>();
        var asked = new string[requests.Count];
        using var process = Process.GetCurrentProcess();
        var (start, before) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < requests.Count; i = Interlocked.Increment(ref next))
            {
                var accepted = await reserve.RequestAsync(new Caller($"{users}-{i}"), requests[i], CancellationToken.None);
                asked[i] = accepted.IsRefused(out var refusal) ? throw new InvalidOperationException($"Nobody should be refused here: {refusal}") : accepted.Value.Id;
            }
        })));
        await service.DrainAsync();
        var wall = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        var processor = process.TotalProcessorTime - before;
        await CheckAsync(service, users, asked);
        return new HoldCost(wall.TotalMicroseconds / requests.Count, processor.TotalMicroseconds / requests.Count);
    }

    private static async Task CheckAsync(InProcessService service, string users, string[] asked)
    {
        var reader = service.Services.GetRequiredService<IReservationReader>();
        for (var i = 0; i < asked.Length; i++)
        {
            var found = await reader.GetAsync(new Caller($"{users}-{i}"), asked[i], CancellationToken.None);
            if (found.IsRefused(out _) || found.Value.Status != ReservationStatus.Held)
            {
                throw new InvalidOperationException($"{asked[i]} is not held.");
            }
        }
    }
}
