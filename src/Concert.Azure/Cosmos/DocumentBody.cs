using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Concert.Azure.Cosmos;

/// <summary>Documents as the container stores them: the JSON handed over, with the partition property put in front.</summary>
internal static class DocumentBody
{
    /// <summary>Copies the document with the partition property added. Throws <see cref="ArgumentException"/> when its id is not <paramref name="id"/>.</summary>
    public static MemoryStream WithPartition(ReadOnlyMemory<byte> json, string id, string property, string key)
    {
        var members = AfterOpeningBrace(json.Span, id, property);
        var head = Encoding.UTF8.GetBytes($$"""{"{{property}}":"{{JsonEncodedText.Encode(key, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}",""");
        var body = new byte[head.Length + json.Length - members];
        head.CopyTo(body, 0);
        json.Span[members..].CopyTo(body.AsSpan(head.Length));
        return new MemoryStream(body, writable: false);
    }

    /// <summary>Finds the start of the first member, and checks that the document is the one the operation names.</summary>
    private static int AfterOpeningBrace(ReadOnlySpan<byte> json, string id, string property)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ArgumentException($"Document {id} is not a JSON object.");
        }

        var members = (int)reader.BytesConsumed;
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(property))
            {
                throw new ArgumentException($"Document {id} has a property {property}, which is the store's.");
            }

            var isId = reader.ValueTextEquals("id");
            reader.Read();
            found |= isId && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(id);
            reader.Skip();
        }

        return found ? members : throw new ArgumentException($"The document written as {id} has another id in it.");
    }
}
