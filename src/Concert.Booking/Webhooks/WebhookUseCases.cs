using System.Globalization;
using Concert.Booking.Calls;
using Concert.Booking.Idempotency;
using Concert.Booking.Ids;
using Concert.Booking.Outbox;
using Concert.Booking.Paging;
using Concert.Booking.Ports;
using Concert.Booking.Storage;

namespace Concert.Booking.Webhooks;

/// <summary>Registers receivers, and shows and repeats what they did not take.</summary>
public sealed class WebhookUseCases(
    IDocumentStore store,
    StoreLoop loop,
    WebhookRegistry registry,
    WebhookDelivery delivery,
    IWebhookSender sender,
    IdempotencyClaims claims,
    IdGenerator ids,
    IRandomSource random,
    TimeProvider time) : IWebhookUseCases
{
    private const int MaxAttempts = 10;
    private const int MaxUrl = 2_000;
    private const int IdLength = 8;
    private const int SecretLength = 32;
    private const int MaxResent = 10_000;
    private const int PageSize = 200;

    private static readonly string[] Failed = [DeliveryStatus.Failed];

    public async Task<Result<WebhookView>> RegisterAsync(NewWebhook request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var valid = Check(request);
        if (valid.IsRefused(out var refusal))
        {
            return refusal;
        }

        var (url, events) = valid.Value;
        var now = time.GetUtcNow();
        var key = ids.NewCatalogId("w", IdLength);
        if (KeyedCall.OfStaff("webhook", idempotencyKey, url, string.Join(',', events)) is { } keyed)
        {
            var claimed = await claims.FindOrTakeAsync(keyed, key, now, cancellationToken);
            if (claimed.IsRefused(out refusal))
            {
                return refusal;
            }

            key = claimed.Value.Resource;
        }

        var registered = await loop.RunAsync<Result<WebhookView>>(
            WebhookDocument.Partition,
            MaxAttempts,
            async token =>
            {
                var counted = await ReadCountAsync(token);
                var all = await registry.ReadAsync(token);
                if (all.FirstOrDefault(w => w.Key == key) is { } there)
                {
                    return new([], View(there) with { Secret = there.Secret });
                }

                if (all.Count >= WebhookRegistry.MaxReceivers)
                {
                    return new([], new Refusal(RefusalCode.LimitReached, $"There are {WebhookRegistry.MaxReceivers} webhooks already."));
                }

                var made = new WebhookDocument(key, url, events, NewSecret(), now.ToUnixTimeMilliseconds());
                return new([DocumentJson.Put(made, null), DocumentJson.Put(new WebhookCountDocument(all.Count + 1), counted)], View(made) with { Secret = made.Secret });
            },
            cancellationToken);
        registry.Forget();
        return registered;
    }

    public async Task<IReadOnlyList<WebhookView>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await registry.ReadAsync(cancellationToken)).OrderBy(w => w.CreatedAt).Select(View)];

    public async Task<Refusal?> RemoveAsync(string id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfStaff("webhook-remove", idempotencyKey, id);
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        // A repeat under its key finds it gone and is told what the first call was told.
        if (known.Value is null && !await IsThereAsync(id, cancellationToken))
        {
            return Refusal.NotYours("webhook");
        }

        if (keyed is not null && (await claims.TakeAsync(keyed, id, time.GetUtcNow(), cancellationToken)).IsRefused(out refusal))
        {
            return refusal;
        }

        await loop.RunAsync(
            WebhookDocument.Partition,
            MaxAttempts,
            async token =>
            {
                var counted = await ReadCountAsync(token);
                var all = await registry.ReadAsync(token);
                return all.FirstOrDefault(w => w.Key == id) is { } there
                    ? new Attempt<bool>([new DocumentOperation.Delete(there.Id), DocumentJson.Put(new WebhookCountDocument(all.Count - 1), counted)], true)
                    : new Attempt<bool>([], true);
            },
            cancellationToken);
        registry.Forget();
        await delivery.ClearAsync(id, cancellationToken);
        return null;
    }

    public async Task<Result<Paged<FailedDelivery>>> FailuresAsync(string id, string? continuation, int limit, CancellationToken cancellationToken)
    {
        var after = ListContinuation.Read(continuation, DeliveryDocument.Prefix);
        if (after.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (!await IsThereAsync(id, cancellationToken))
        {
            return Refusal.NotYours("webhook");
        }

        var page = await store.QueryAsync(
            WebhookDocument.QueueOf(id), new PartitionQuery(DeliveryDocument.Prefix, after.Value, limit, Failed), cancellationToken);
        return new Paged<FailedDelivery>([.. page.Items.Select(DocumentJson.Read<DeliveryDocument>).Select(View)], ListContinuation.Write(page.Continuation));
    }

    public async Task<Result<ResendResult>> ResendAsync(string id, ResendRequest request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var keyed = KeyedCall.OfStaff("webhook-resend", idempotencyKey, [id, .. (request.Ids ?? []).Order(StringComparer.Ordinal)]);
        var known = await claims.FindAsync(keyed, cancellationToken);
        if (known.IsRefused(out var refusal))
        {
            return refusal;
        }

        if (known.Value?.Outcome is { } before)
        {
            return new ResendResult(int.Parse(before, CultureInfo.InvariantCulture));
        }

        if (!await IsThereAsync(id, cancellationToken))
        {
            return Refusal.NotYours("webhook");
        }

        if (keyed is not null && (await claims.TakeAsync(keyed, id, time.GetUtcNow(), cancellationToken)).IsRefused(out refusal))
        {
            return refusal;
        }

        var resent = await RequeueAsync(WebhookDocument.QueueOf(id), request.Ids?.ToHashSet(StringComparer.Ordinal), cancellationToken);
        return new ResendResult(
            keyed is null ? resent : int.Parse(await claims.SettleAsync(keyed, resent.ToString(CultureInfo.InvariantCulture), cancellationToken), CultureInfo.InvariantCulture));
    }

    private async Task<int> RequeueAsync(PartitionRef queue, HashSet<string>? wanted, CancellationToken cancellationToken)
    {
        var resent = 0;
        string? after = null;
        do
        {
            var page = await store.QueryAsync(queue, new PartitionQuery(DeliveryDocument.Prefix, after, PageSize, Failed), cancellationToken);
            foreach (var (failed, etag) in page.Items.Select(item => DocumentJson.ReadVersioned<DeliveryDocument>(item)!.Value))
            {
                if (wanted?.Contains(failed.EventId) == false)
                {
                    continue;
                }

                var again = failed with { Status = DeliveryStatus.Queued, Attempts = 0, FirstAt = null, NextAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
                resent += await store.CommitAsync(queue, [DocumentJson.Put(again, etag)], cancellationToken) is CommitResult.Committed ? 1 : 0;
            }

            after = page.Continuation;
        }
        while (after is not null && resent < MaxResent);

        return resent;
    }

    /// <summary>The version of the count, which is read before the receivers are: a list that has changed since then is not built on.</summary>
    private async Task<string?> ReadCountAsync(CancellationToken cancellationToken) =>
        (await store.ReadAsync(WebhookDocument.Partition, WebhookCountDocument.DocumentId, cancellationToken))?.ETag;

    private static WebhookView View(WebhookDocument w) => new(w.Key, w.Url, w.Events, DateTimeOffset.FromUnixTimeMilliseconds(w.CreatedAt));

    private static FailedDelivery View(DeliveryDocument d) =>
        new(d.EventId, d.Event, d.About, DateTimeOffset.FromUnixTimeMilliseconds(d.At), d.Attempts, d.Fault);

    private async Task<bool> IsThereAsync(string id, CancellationToken cancellationToken) =>
        id.Length <= SectionRef.MaxIdLength && await store.ReadAsync(WebhookDocument.Partition, WebhookDocument.IdOf(id), cancellationToken) is not null;

    private Result<(string Url, IReadOnlyList<string> Events)> Check(NewWebhook request)
    {
        if (request.Url is not { Length: > 0 and <= MaxUrl } text || !Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            return Refusal.Invalid($"url must be an absolute https address of at most {MaxUrl} characters, without user and fragment.");
        }

        if (sender.WhyNot(url) is { } reason)
        {
            return Refusal.Invalid(reason);
        }

        var events = request.Events ?? WebhookEvents.All;
        return events.Count == 0 || events.Any(e => !WebhookEvents.All.Contains(e))
            ? Refusal.Invalid($"events must be some of {string.Join(", ", WebhookEvents.All)}.")
            : (url.AbsoluteUri, [.. WebhookEvents.All.Where(events.Contains)]);
    }

    private string NewSecret()
    {
        Span<byte> bytes = stackalloc byte[SecretLength];
        random.Fill(bytes);
        return "whsec_" + Convert.ToBase64String(bytes);
    }
}
