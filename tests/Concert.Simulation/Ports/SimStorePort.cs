using Concert.Booking.Ports;
using Concert.Booking.Reservations;
using Concert.Booking.States;
using Concert.Booking.Storage;
using Concert.Booking.Wallets;
using Concert.Simulation.Engine;
using Concert.Simulation.Faults;
using Concert.Simulation.Planted;

namespace Concert.Simulation.Ports;

/// <summary>The store as one instance reaches it: over a network on which calls get slow, refused and lost.</summary>
public sealed class SimStorePort(World world, SimProcess process, SimStore store, SimGate gate, Defect defect) : IDocumentStore
{
    private readonly Dictionary<string, IReadOnlyList<LocatedDocument>> _staleDue = new(StringComparer.Ordinal);

    public Task<StoredDocument?> ReadAsync(PartitionRef partition, string id, CancellationToken cancellationToken) => ReadAsync(
        () =>
        {
            var found = store.Read(partition, id);
            return found is not null && Hides(found.Id) ? null : found;
        },
        cancellationToken);

    public Task<IReadOnlyList<StoredDocument?>> ReadManyAsync(PartitionRef partition, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<StoredDocument?>>(
            () => [.. store.ReadMany(partition, ids).Select(found => Broken(partition, ids, found))], cancellationToken);

    public Task<DocumentPage> QueryAsync(PartitionRef partition, PartitionQuery query, CancellationToken cancellationToken) =>
        ReadAsync(() => store.Query(partition, query), cancellationToken);

    public Task<IReadOnlyList<LocatedDocument>> QueryDueAsync(
        DocumentContainer container, IReadOnlyList<string> statuses, DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            () =>
            {
                // What this very question was answered the time before.
                var question = $"{container} {string.Join(' ', statuses)}";
                var stale = _staleDue.GetValueOrDefault(question, []);
                var fresh = _staleDue[question] = store.Due(container, statuses, dueBefore, limit);
                return world.Faults.Roll(Fault.StaleDue) ? stale : fresh;
            },
            cancellationToken);

    public Task<LocatedPage> ScanAsync(DocumentContainer container, string idPrefix, string? continuation, int limit, CancellationToken cancellationToken) =>
        ReadAsync(() => store.Scan(container, idPrefix, continuation, limit), cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => ReadAsync(() => true, cancellationToken);

    public Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken) =>
        process.CallAsync(
            () =>
            {
                var result = Commit(partition, defect == Defect.TokenLeftByRepair ? [.. operations.Select(WithoutToken)] : operations);
                world.History.Mix(result is CommitResult.Committed ? 1 : 2);
                world.History.Add(process.Name, $"commit {partition.Key} [{Describe(operations)}] -> {Describe(result)}");
                if (process.IsAlive && process.Crash is { } crash && world.Faults.Roll(Fault.CrashAtCommit))
                {
                    crash();
                }

                return result;
            },
            cancellationToken);

    private CommitResult Commit(PartitionRef partition, IReadOnlyList<DocumentOperation> operations)
    {
        if (world.Faults.Roll(Fault.CommitThrottled))
        {
            return new CommitResult.Throttled(world.Faults.Between(0.001, 3));
        }

        if (world.Faults.Roll(Fault.CommitUnavailable))
        {
            return new CommitResult.Unavailable(false, "503");
        }

        if (world.Faults.Roll(Fault.CommitConflict))
        {
            return new CommitResult.Conflict(world.Faults.Next(operations.Count), ConflictKind.Changed);
        }

        if (world.Faults.Roll(Fault.CommitLost))
        {
            return new CommitResult.Unavailable(true, "timed out");
        }

        if (world.Faults.Roll(Fault.CommitLate))
        {
            // It overtakes nothing that conflicts with it: its ETags still decide.
            world.Schedule(null, world.Faults.Between(0, 5), () => store.Commit(partition, operations));
            return new CommitResult.Unavailable(true, "timed out");
        }

        var result = store.Commit(partition, operations);
        if (world.Faults.Roll(Fault.CommitApplied))
        {
            return new CommitResult.Unavailable(true, "timed out");
        }

        // The client library repeated a call whose answer it lost, and met its own write.
        return result is CommitResult.Committed && operations[0] is DocumentOperation.Create or DocumentOperation.Replace && world.Faults.Roll(Fault.CommitConflictApplied)
            ? new CommitResult.Conflict(0, operations[0] is DocumentOperation.Create ? ConflictKind.Exists : ConflictKind.Changed)
            : result;
    }

    private Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken) => process.CallAsync(
        () =>
            world.Faults.Roll(Fault.ReadUnavailable) ? throw new StoreUnavailableException("503")
            : world.Faults.Roll(Fault.ReadThrottled) ? throw new StoreUnavailableException("429", world.Faults.Between(0.001, 3))
            : read(),
        cancellationToken);

    /// <summary>The planted: records of earlier work that are not seen.</summary>
    private bool Hides(string id) => defect switch
    {
        Defect.IdempotencyIgnored => id.StartsWith("claim:", StringComparison.Ordinal),
        Defect.DebitNotIdempotent => id.StartsWith(PaymentDocument.Prefix, StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>The planted: a reservation being paid that does not say with which token.</summary>
    private static DocumentOperation WithoutToken(DocumentOperation operation) => operation switch
    {
        DocumentOperation.Replace replace when replace.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal) => replace with
        {
            Json = DocumentJson.Write(DocumentJson.Read<ReservationDocument>(new StoredDocument(replace.Id, replace.Json, "")) with { Token = null }),
        },
        _ => operation,
    };

    private StoredDocument? Broken(PartitionRef partition, IReadOnlyList<string> ids, StoredDocument? found)
    {
        if (found is null || Hides(found.Id))
        {
            return null;
        }

        if (defect == Defect.RefundNotIdempotent && found.Id.StartsWith(PaymentDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<PaymentDocument>(found) is { Status: PaymentStatus.Refunded } refunded)
        {
            return found with { Json = DocumentJson.Write(refunded with { Status = PaymentStatus.Completed, Refunds = null }) };
        }

        if (defect == Defect.PartRefundedTwice && found.Id.StartsWith(PaymentDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<PaymentDocument>(found) is { Status: PaymentStatus.Completed, Refunds: { } parts } partly)
        {
            return found with { Json = DocumentJson.Write(partly with { Refunds = [.. parts.Select(r => r with { Number = 0 })] }) };
        }

        if (defect == Defect.PartCancelledTwice && found.Id.StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal)
            && DocumentJson.Read<ReservationDocument>(found) is { Cancellations: { } cancellations } reservation)
        {
            return found with { Json = DocumentJson.Write(reservation with { Cancellations = [.. cancellations.Select(c => c with { Request = "" })] }) };
        }

        // A handler that has the gate does not look at the seat.
        return defect == Defect.GateTrusted && found.Id.StartsWith(SeatDocument.Prefix, StringComparison.Ordinal)
            && ids[0].StartsWith(ReservationDocument.Prefix, StringComparison.Ordinal) && gate.IsOwnedBy(partition.Key, found.Id, ids[0])
                ? found with { Json = DocumentJson.Write(SeatDocument.Available(DocumentJson.Read<SeatDocument>(found).Number)) }
                : found;
    }

    private static string Describe(IReadOnlyList<DocumentOperation> operations) => string.Join(" ", operations.Select(o => o switch
    {
        DocumentOperation.Create create => $"+{Short(o.Id)}{Status(create.Json)}",
        DocumentOperation.Replace replace => $"{Short(o.Id)}{Status(replace.Json)}",
        DocumentOperation.Upsert => $"^{Short(o.Id)}",
        DocumentOperation.Delete => $"-{Short(o.Id)}",
        DocumentOperation.Increment increment => string.Join(',', increment.Fields.Select(f => $"{f.Field}{f.Delta:+0;-0}")),
        _ => "?",
    }));

    private static string Status(ReadOnlyMemory<byte> json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("status", out var status) ? "=" + status.GetString()
            : document.RootElement.TryGetProperty("balance", out var balance) ? "=" + balance.GetRawText()
            : document.RootElement.TryGetProperty("counted", out var counted) ? "=" + counted.EnumerateArray().Sum(c => c.GetProperty("p").GetInt32())
            : "";
    }

    /// <summary>Enough of an id to tell it from others in the timeline.</summary>
    private static string Short(string id) => id.Length > 14 ? $"{id[..id.IndexOf(':', StringComparison.Ordinal)]}:…{id[^6..]}" : id;

    private static string Describe(CommitResult result) => result switch
    {
        CommitResult.Committed => "ok",
        CommitResult.Conflict conflict => $"conflict {conflict.Kind} at {conflict.Operation}",
        CommitResult.Throttled => "throttled",
        CommitResult.Unavailable unavailable => unavailable.OutcomeUnknown ? "unknown" : "unavailable",
        _ => "?",
    };
}
