using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concert.Booking.Ports;

namespace Concert.Booking.Storage;

/// <summary>A document of the domain as it is written: see <see cref="StoredDocument"/> for the properties the store knows.</summary>
public interface IDocument
{
    string Id { get; }

    string Type { get; }
}

/// <summary>A document that knows how it is written: each folder of the domain has the JSON of its own documents.</summary>
public interface IDocument<T> : IDocument
    where T : class, IDocument<T>
{
    static abstract JsonTypeInfo<T> Json { get; }
}

/// <summary>A document and the ETag it was read at; null when it is not stored yet.</summary>
public readonly record struct Versioned<T>(T Value, string? ETag)
    where T : class, IDocument;

/// <summary>Documents to JSON and back.</summary>
public static class DocumentJson
{
    public static byte[] Write<T>(T document)
        where T : class, IDocument<T> =>
        JsonSerializer.SerializeToUtf8Bytes(document, T.Json);

    public static T Read<T>(StoredDocument document)
        where T : class, IDocument<T> =>
        JsonSerializer.Deserialize(document.Json.Span, T.Json)
        ?? throw new JsonException($"Document {document.Id} is null.");

    public static Versioned<T>? ReadVersioned<T>(StoredDocument? document)
        where T : class, IDocument<T> =>
        document is null ? null : new Versioned<T>(Read<T>(document), document.ETag);

    /// <summary>Create when it was not stored, replace if it is unchanged otherwise.</summary>
    public static DocumentOperation Put<T>(T document, string? etag)
        where T : class, IDocument<T> =>
        etag is null ? new DocumentOperation.Create(document.Id, Write(document)) : new DocumentOperation.Replace(document.Id, Write(document), etag);
}
