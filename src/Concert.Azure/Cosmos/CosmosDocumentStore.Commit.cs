using Concert.Booking.Ports;
using Microsoft.Azure.Cosmos;

namespace Concert.Azure.Cosmos;

public sealed partial class CosmosDocumentStore
{
    private static readonly TimeSpan FirstContentionWait = TimeSpan.FromMilliseconds(10);

    public async Task<CommitResult> CommitAsync(PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operations);
        if (operations.Count is 0 or > DocumentOperation.MaxPerBatch)
        {
            throw new ArgumentException($"A batch has 1 to {DocumentOperation.MaxPerBatch} operations, not {operations.Count}.", nameof(operations));
        }

        if (operations.DistinctBy(operation => operation.Id, StringComparer.Ordinal).Count() != operations.Count)
        {
            // The service would apply them one after the other, which no other store does.
            throw new ArgumentException("Each operation of a batch is on another document.", nameof(operations));
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var timeout = new CancellationTokenSource(_options.OperationTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await SendUntilDecidedAsync(partition, operations, either.Token);
        }
        catch (CosmosException exception)
        {
            return CosmosFault.OfCommit(exception.StatusCode, exception.SubStatusCode, exception.RetryAfter, exception.ResponseBody);
        }
        catch (HttpRequestException exception)
        {
            return CosmosFault.OfCommit(exception);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CosmosFault.TimedOut(_options.OperationTimeout);
        }
    }

    /// <summary>Sends the batch, again while writers meet inside the store (449: nothing was applied), waiting longer each time and never in step.</summary>
    private async Task<CommitResult> SendUntilDecidedAsync(
        PartitionRef partition, IReadOnlyList<DocumentOperation> operations, CancellationToken cancellationToken)
    {
        var container = CosmosContainers.Of(partition.Container);
        var wait = FirstContentionWait;
        for (var attempt = 0; ; attempt++)
        {
            using (var response = await Batch(container, partition.Key, operations).ExecuteAsync(cancellationToken))
            {
                Charge("commit", container, response.RequestCharge);
                if (BatchOutcome.Of(response, operations) is { } result)
                {
                    return result;
                }
            }

            if (attempt == _options.ContentionRetries)
            {
                return new CommitResult.Throttled(wait);
            }

            await Task.Delay(wait * (0.5 + _random.NextDouble()), _time, cancellationToken);
            wait *= 2;
        }
    }

    /// <summary>A batch is used up by sending it: its streams are read and disposed.</summary>
    private TransactionalBatch Batch(CosmosContainer container, string key, IReadOnlyList<DocumentOperation> operations)
    {
        var batch = Container(container).CreateTransactionalBatch(new PartitionKey(key));
        foreach (var operation in operations)
        {
            Add(batch, container, key, operation);
        }

        return batch;
    }

    private static TransactionalBatch Add(TransactionalBatch batch, CosmosContainer container, string key, DocumentOperation operation)
    {
        return operation switch
        {
            DocumentOperation.Create create => batch.CreateItemStream(Body(create.Json), Quiet()),
            DocumentOperation.Replace replace => batch.ReplaceItemStream(replace.Id, Body(replace.Json), Quiet(replace.IfMatch)),
            DocumentOperation.Upsert upsert => batch.UpsertItemStream(Body(upsert.Json), Quiet()),
            DocumentOperation.Delete delete => batch.DeleteItem(delete.Id, Quiet(delete.IfMatch)),
            DocumentOperation.Increment increment => batch.PatchItem(
                increment.Id,
                IncrementPatch.Operations(increment),
                new TransactionalBatchPatchItemRequestOptions { FilterPredicate = IncrementPatch.Predicate(increment), EnableContentResponseOnWrite = false }),
            _ => throw new NotSupportedException($"{operation.GetType().Name} is no operation of a batch."),
        };

        MemoryStream Body(ReadOnlyMemory<byte> json) => DocumentBody.WithPartition(json, operation.Id, container.PartitionProperty, key);
    }

    /// <summary>No document in the answer: the ETag is all that is needed.</summary>
    private static TransactionalBatchItemRequestOptions Quiet(string? ifMatch = null) => new() { IfMatchEtag = ifMatch, EnableContentResponseOnWrite = false };
}
