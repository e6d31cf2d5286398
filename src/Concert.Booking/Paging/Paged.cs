using System.Buffers.Text;
using System.Text;
using Concert.Booking.Calls;

namespace Concert.Booking.Paging;

/// <summary>A page of a list in its order; <see cref="Continuation"/> is null on the last one.</summary>
public sealed record Paged<T>(IReadOnlyList<T> Items, string? Continuation);

/// <summary>Continuation tokens of lists: the last document id, so that a page stays right while entries are added.</summary>
internal static class ListContinuation
{
    private const int MaxLength = 512;

    public static Refusal Invalid { get; } = Refusal.Invalid("Invalid continuation.");

    public static string? Write(string? documentId) => documentId is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(documentId));

    public static Result<string?> Read(string? continuation, string prefix)
    {
        if (continuation is null)
        {
            return (string?)null;
        }

        if (continuation.Length > MaxLength || !Base64Url.IsValid(continuation))
        {
            return Invalid;
        }

        var id = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(continuation));
        return id.StartsWith(prefix, StringComparison.Ordinal) && id.All(c => c is > ' ' and < (char)127) ? id : Invalid;
    }
}
