using System.Text;

namespace Concert.Azure.Redis.Scripting;

/// <summary>What a script answered. Errors are no replies: the client throws them. A status such as <c>OK</c> is a <see cref="Bulk"/>.</summary>
public abstract record RedisReply
{
    private RedisReply()
    {
    }

    public sealed record Integer(long Value) : RedisReply;

    public sealed record Bulk(ReadOnlyMemory<byte> Bytes) : RedisReply;

    public sealed record Array(IReadOnlyList<RedisReply> Items) : RedisReply;

    public sealed record Nil : RedisReply;

    internal long AsLong() => this is Integer reply ? reply.Value : throw Unexpected("an integer");

    internal ReadOnlyMemory<byte> AsBytes() => this is Bulk reply ? reply.Bytes : throw Unexpected("bytes");

    internal string AsText() => Encoding.UTF8.GetString(AsBytes().Span);

    internal IReadOnlyList<RedisReply> AsArray() => this is Array reply ? reply.Items : throw Unexpected("an array");

    private InvalidDataException Unexpected(string wanted) => new($"The script answered {GetType().Name} instead of {wanted}.");
}
