namespace Concert.Api.Requests;

/// <summary>Joins the waiting room of one concert, or the general one.</summary>
public sealed record IssueRequest(string? UserId, string? ConcertId);

/// <summary>Tops up a wallet; won.</summary>
public sealed record ChargeRequest(string? UserId, long? Amount)
{
    internal static Problem NoAmount => Problem.Invalid("amount is needed: a whole number of won.");
}
