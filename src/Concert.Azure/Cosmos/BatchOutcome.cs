using System.Net;
using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

/// <summary>Reads the answer to a transactional batch.</summary>
internal static class BatchOutcome
{
    /// <summary>The result; null when two writers met inside the store (449) and the batch is to be sent again.</summary>
    public static CommitResult? Of(TransactionalBatchResponse response, IReadOnlyList<DocumentOperation> operations)
    {
        if (response.IsSuccessStatusCode)
        {
            return new CommitResult.Committed([.. response.Select((result, i) => operations[i] is DocumentOperation.Delete ? "" : result.ETag)]);
        }

        if (response.StatusCode == CosmosFault.RetryWith)
        {
            return null;
        }

        var failed = FailedOperation(response, operations.Count);
        return (failed >= 0 ? Conflict(failed, response, operations[failed]) : null)
            ?? CosmosFault.OfCommit(
                response.StatusCode, CosmosFault.SubStatus(response.Headers), RetryAfter(response, failed), response.ErrorMessage);
    }

    /// <summary>
    /// The operation that failed while the others were only dragged along (424). A batch refused as a whole says the same of each, and is nobody's
    /// conflict; for a batch of one the status itself has to tell, see <see cref="Conflict"/>.
    /// </summary>
    private static int FailedOperation(TransactionalBatchResponse response, int count)
    {
        var failed = Enumerable.Range(0, response.Count).Where(i => (int)response[i].StatusCode >= 400 && response[i].StatusCode != HttpStatusCode.FailedDependency);
        return response.Count == count && failed.Take(2).ToList() is [var only] ? only : -1;
    }

    private static CommitResult.Conflict? Conflict(int index, TransactionalBatchResponse response, DocumentOperation operation) => response[index].StatusCode switch
    {
        HttpStatusCode.Conflict => new CommitResult.Conflict(index, ConflictKind.Exists),
        HttpStatusCode.NotFound when CosmosFault.IsAbsent(HttpStatusCode.NotFound, CosmosFault.SubStatus(response.Headers)) =>
            new CommitResult.Conflict(index, ConflictKind.Missing),
        HttpStatusCode.PreconditionFailed => new CommitResult.Conflict(
            index, operation is DocumentOperation.Increment ? ConflictKind.OutOfBounds : ConflictKind.Changed),
        _ => null,
    };

    private static TimeSpan? RetryAfter(TransactionalBatchResponse response, int failed) =>
        response.RetryAfter ?? (failed >= 0 && response[failed].RetryAfter > TimeSpan.Zero ? response[failed].RetryAfter : null);
}
