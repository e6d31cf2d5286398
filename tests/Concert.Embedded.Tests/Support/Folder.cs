using System.Text;
using Concert.Booking.Ports;
using Concert.Embedded.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concert.Embedded.Tests.Support;

/// <summary>Short forms for backends, documents and messages.</summary>
internal static class Folder
{
    public static readonly PartitionRef Section = new(DocumentContainer.Bookings, "c1-0001:1");

    /// <summary>When the clocks of these tests begin.</summary>
    public static readonly DateTimeOffset Start = new(2030, 5, 1, 20, 0, 0, TimeSpan.Zero);

    public static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    /// <summary>A backend on a folder, or in memory without one.</summary>
    public static EmbeddedBackend Open(
        DataDirectory? folder = null, EmbeddedOptions? options = null, TimeProvider? time = null, ILogger? logger = null, Disk? disk = null)
    {
        options ??= new EmbeddedOptions();
        options.DataFolder = folder?.Path;
        return EmbeddedBackend.Open(options, time ?? TimeProvider.System, logger ?? NullLogger.Instance, disk is null ? null : disk.BeforeCommit);
    }

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

    /// <summary>How many documents <see cref="Section"/> has.</summary>
    public static async Task<int> CountAsync(this EmbeddedBackend backend)
    {
        var (count, after) = (0, default(string));
        do
        {
            var page = await backend.Store.QueryAsync(Section, new PartitionQuery("", after), Cancel);
            (count, after) = (count + page.Items.Count, page.Continuation);
        }
        while (after is not null);
        return count;
    }

    /// <summary>Lets the database file grow to so many pages only.</summary>
    public static async Task LimitAsync(this EmbeddedBackend backend, int pages) =>
        _ = await backend.Database.Writer.ReadAsync(new Query<long>(backend.Database.Connection, database => database.Number($"PRAGMA max_page_count = {pages}")));
}
