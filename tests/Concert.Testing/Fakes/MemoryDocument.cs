using System.Text.Json;
using Concert.Booking.Ports;
using Concert.Booking.Storage;
using Concert.Testing.Promises.Documents;

namespace Concert.Testing.Fakes;

/// <summary>A document as it is stored, with what the store knows of it.</summary>
public sealed class MemoryDocument
{
    private const int MaxBytes = 2 << 20;

    private IDocument? _parsed;
    private bool _isParsed;

    private MemoryDocument(string id, byte[] json, string etag) => (Id, Json, ETag) = (id, json, etag);

    public string Id { get; }

    public byte[] Json { get; }

    public string ETag { get; }

    public string Type { get; private set; } = "";

    public string? Status { get; private set; }

    /// <summary>Unix milliseconds.</summary>
    public long? Due { get; private set; }

    public DateTimeOffset GoneAt { get; private set; } = DateTimeOffset.MaxValue;

    public StoredDocument Stored => new(Id, Json, ETag);

    /// <summary>The domain's own reading of it; null for a type that is none of the domain's.</summary>
    public IDocument? Parsed
    {
        get
        {
            if (!_isParsed)
            {
                (_parsed, _isParsed) = (DocumentReading.Parse(Type, Stored), true);
            }

            return _parsed;
        }
    }

    /// <summary>Reads what the store acts on. Throws <see cref="ArgumentException"/> for JSON that no store would take, or that says it is another document.</summary>
    public static MemoryDocument Write(string id, ReadOnlyMemory<byte> json, string etag, DateTimeOffset now)
    {
        ThrowUnless(json.Length <= MaxBytes, "A document has at most 2 MB.");
        var document = new MemoryDocument(id, json.ToArray(), etag);
        string? named = null;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            ThrowUnless(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "A document is one JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                switch (name, reader.TokenType)
                {
                    case ("id", JsonTokenType.String): named = reader.GetString(); break;
                    case ("type", JsonTokenType.String): document.Type = reader.GetString()!; break;
                    case ("status", JsonTokenType.String): document.Status = reader.GetString(); break;
                    case ("due", JsonTokenType.Number): document.Due = reader.GetInt64(); break;
                    case ("ttl", JsonTokenType.Number): document.GoneAt = GoneAfter(reader.GetInt64(), now); break;
                    default: reader.Skip(); break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new ArgumentException($"A document is one JSON object; {id} is not: {e.Message}", nameof(json), e);
        }

        ThrowUnless(named == id, $"The document written as {id} says that its id is {named}.");
        ThrowUnless(document.Type.Length > 0, $"Document {id} has no type.");
        return document;
    }

    /// <summary>-1 is Cosmos DB's "never", 0 is refused there too.</summary>
    private static DateTimeOffset GoneAfter(long seconds, DateTimeOffset now) => seconds switch
    {
        -1 => DateTimeOffset.MaxValue,
        > 0 and <= int.MaxValue => now.AddSeconds(seconds),
        _ => throw new FormatException("ttl is -1 or a positive number of seconds."),
    };

    private static void ThrowUnless(bool isValid, string message)
    {
        if (!isValid)
        {
            throw new ArgumentException(message);
        }
    }
}

/// <summary>One document's change in a commit.</summary>
public readonly record struct DocumentChange(string Id, MemoryDocument? Before, MemoryDocument? After);

/// <summary>One logical partition; also has what has outlived its time and was not replaced yet.</summary>
public sealed class MemoryPartition(PartitionRef reference)
{
    public PartitionRef Reference => reference;

    public SortedDictionary<string, MemoryDocument> Documents { get; } = new(StringComparer.Ordinal);
}
