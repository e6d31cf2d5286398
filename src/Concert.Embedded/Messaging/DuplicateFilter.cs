using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Concert.Embedded.Messaging;

/// <summary>Message ids of the duplicate window, as 128 bits of their SHA-256: a tenth of the strings' memory. Not thread-safe.</summary>
internal sealed class DuplicateFilter(TimeSpan window)
{
    private readonly HashSet<UInt128> _known = [];
    private readonly Queue<(UInt128 Id, long Until)> _inOrder = new();

    /// <summary>Remembers an id; false when it was known already.</summary>
    public bool TryAdd(UInt128 id, long sentAt)
    {
        Forget(sentAt);
        return Restore(id, sentAt + (long)window.TotalMilliseconds);
    }

    public bool Restore(UInt128 id, long until)
    {
        if (!_known.Add(id))
        {
            return false;
        }

        _inOrder.Enqueue((id, until));
        return true;
    }

    public (UInt128 Id, long Until)[] ToArray() => [.. _inOrder];

    private void Forget(long now)
    {
        while (_inOrder.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _inOrder.Dequeue();
            _known.Remove(oldest.Id);
        }
    }

    /// <summary>What is remembered of a message id. Ask before taking the lock: it takes longer than the rest.</summary>
    public static UInt128 Hash(string messageId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(messageId), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
