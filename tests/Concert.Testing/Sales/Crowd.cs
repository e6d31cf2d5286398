using Concert.Testing.Http;

namespace Concert.Testing.Sales;

/// <summary>Users with tokens.</summary>
public static class Crowd
{
    private const int AtOnce = 64;

    /// <summary>Tokens of as many users; active where the waiting room has room for all.</summary>
    public static async Task<IReadOnlyList<string>> JoinAsync(BookingApi api, string concertId, int users, CancellationToken cancellationToken)
    {
        var tokens = new List<string>(users);
        foreach (var some in Enumerable.Range(0, users).Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(user => api.IssueAsync($"user-{user}", concertId, null, cancellationToken)));
            tokens.AddRange(answers.Select(a => a.Require("Joining the waiting room").Token!));
        }

        return tokens;
    }
}
