using System.Buffers;
using Concert.Booking.Ports;
using Microsoft.Extensions.Caching.Hybrid;

namespace Concert.Booking.Storage;

/// <summary>Documents in the second level of a cache look as they do in the store.</summary>
internal sealed class DocumentCacheSerializer<T> : IHybridCacheSerializer<T>
    where T : class, IDocument<T>
{
    public T Deserialize(ReadOnlySequence<byte> source) => DocumentJson.Read<T>(new StoredDocument("cached", source.ToArray(), ""));

    public void Serialize(T value, IBufferWriter<byte> target) => target.Write(DocumentJson.Write(value));
}
