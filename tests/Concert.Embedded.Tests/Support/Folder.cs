using System.Text;
using Concert.Booking.Messaging;
using Concert.Booking.Storage;
using Concert.Embedded.Journaling;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Embedded.Tests.Support;

/// <summary>Short forms for backends, documents and messages.</summary>
internal static class Folder
{
    public static readonly PartitionRef Section = new(DocumentContainer.Bookings, "c1-0001:1");

    public static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public static EmbeddedBackend Open(IJournalFiles files, EmbeddedOptions? options = null, TimeProvider? time = null, ILogger? logger = null) =>
        EmbeddedBackend.Open(options ?? new EmbeddedOptions(), time ?? TimeProvider.System, logger ?? NullLogger.Instance, files, folderLock: null);

    public static ReadOnlyMemory<byte> Json(string json) => Encoding.UTF8.GetBytes(json);

    public static DocumentOperation Upsert(string id, string members = "\"n\":0") =>
        new DocumentOperation.Upsert(id, Json($$"""{"id":"{{id}}",{{members}}}"""));

    public static CommandMessage Message(string id, string session = "s") => new(id, session, Json($$"""{"command":"{{id}}"}"""));

    public static async Task CommitAsync(this EmbeddedBackend backend, params DocumentOperation[] operations)
    {
        var result = await backend.Store.CommitAsync(Section, operations, Cancel);
        Xunit.Assert.IsType<CommitResult.Committed>(result);
    }

    public static async Task SendAsync(this EmbeddedBackend backend, params CommandMessage[] messages) =>
        Xunit.Assert.IsType<SendResult.Accepted>(await backend.Queue.SendAsync(messages, Cancel));

    /// <summary>All documents of <see cref="Section"/> as text, in order.</summary>
    public static async Task<string[]> DocumentsAsync(this EmbeddedBackend backend)
    {
        var page = await backend.Store.QueryAsync(Section, new PartitionQuery(""), Cancel);
        return [.. page.Items.Select(document => Encoding.UTF8.GetString(document.Json.Span))];
    }
}
